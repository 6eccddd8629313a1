import io
import re
import zipfile
from pathlib import Path

import docx as python_docx
import pytest
from office_files import docx, item, ole, p, package, pieces, relations

from curate.errors import DocumentError
from curate.parsers.docx import parse, sniff
from curate.records import Document
from curate.settings import Settings

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="标题 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="paragraph" w:styleId="Code"><w:name w:val="Source Code"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
"""


def level(number: int, kind: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = f"""
<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}{level(2, "decimal", "%1.%2.%3")}
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "•")}{level(1, "bullet", "o")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def read(data: bytes, name: str = "a.docx") -> Document:
    (document,) = parse(name, data, Settings())
    return document


def text(body: str, *links: tuple[str, str, str], **parts: str) -> str:
    return read(docx(body, *links, **parts)).text


def test_headings_are_found_by_outline_level_by_localised_name_and_through_the_style_they_are_based_on() -> None:
    body = p("Eins", "berschrift1") + p("Zwei", "Kapitel") + p("三", "a2") + p("Body") + p("Never ending", "Loop")
    assert text(body, styles=STYLES) == "# Eins\n\n# Zwei\n\n## 三\n\nBody\n\nNever ending"


def test_a_title_stands_above_the_headings_and_names_the_document() -> None:
    document = read(docx(p("Handbook", "Titel") + p("Leave", "berschrift1"), styles=STYLES))
    assert (document.title, document.text) == ("Handbook", "# Handbook\n\n## Leave")


def test_blocks_lie_where_their_text_lies() -> None:
    document = read(docx(p("One", "berschrift1") + p("Two") + item("a") + item("b"), styles=STYLES, numbering=NUMBERING))
    assert pieces(document) == [("heading", "# One"), ("text", "Two"), ("list", "1. a\n2. b")]


def test_lists_keep_their_numbers_their_depth_and_their_restarts() -> None:
    body = item("a") + item("b", level=1) + item("c", level=1) + item("d", level=2) + item("e") + item("f", level=1)
    body += p("Between") + item("g") + p("Again") + item("h", number_id=3) + item("i", number_id=3)
    assert text(body, numbering=NUMBERING) == (
        "1. a\n    - a) b\n    - b) c\n        - 1.b.1 d\n2. e\n    - a) f\n\nBetween\n\n3. g\n\nAgain\n\n1. h\n2. i"
    )


def test_bullets_are_bullets_and_a_list_that_begins_deep_begins_at_the_margin() -> None:
    assert text(item("x", 2, 1) + item("y", 2, 0) + item("z", 2, 1), numbering=NUMBERING) == "- x\n- y\n    - z"


def test_a_numbered_heading_shows_its_number() -> None:
    numbered = p("Scope", "berschrift1", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    assert text(numbered, styles=STYLES, numbering=NUMBERING) == "# 1. Scope"


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def test_merged_cells_stand_in_every_place_they_cover() -> None:
    body = (
        "<w:tbl><w:tr>" + cell(p("Region")) + cell(p("Sales"), '<w:gridSpan w:val="2"/>') + "</w:tr>"
        "<w:tr>" + cell(p("North"), '<w:vMerge w:val="restart"/>') + cell(p("1")) + cell(p("2")) + "</w:tr>"
        "<w:tr>" + cell("<w:p/>", "<w:vMerge/>") + cell(p("3")) + cell(p("a|b")) + "</w:tr></w:tbl>"
    )
    assert text(body) == "| Region | Sales | Sales |\n| --- | --- | --- |\n| North | 1 | 2 |\n| North | 3 | a\\|b |"


def test_a_span_beyond_reason_makes_no_endless_row() -> None:
    body = "<w:tbl><w:tr>" + cell(p("a"), '<w:gridSpan w:val="99999999"/>') + cell(p("b")) + "</w:tr></w:tbl>"
    assert len(text(body)) < 10_000


def test_a_nested_table_is_told_in_its_cell_and_a_frame_of_one_cell_is_no_table() -> None:
    inner = "<w:tbl><w:tr>" + cell(p("e")) + cell(p("f")) + "</w:tr><w:tr>" + cell(p("g")) + cell(p("h")) + "</w:tr></w:tbl>"
    outer = "<w:tbl><w:tr>" + cell(p("a")) + cell(inner) + "</w:tr></w:tbl>"
    frame = "<w:tbl><w:tr>" + cell(p("Note", "berschrift1") + p("Text")) + "</w:tr></w:tbl>"
    assert text(outer) == "| a | e, f; g, h |\n| --- | --- |"
    assert text(frame, styles=STYLES) == "# Note\n\nText"


def test_code_paragraphs_become_one_fenced_block_with_their_indent() -> None:
    body = p("def f():", "Code") + p("    return 1", "Code") + p("After")
    assert text(body, styles=STYLES) == "```\ndef f():\n    return 1\n```\n\nAfter"


def test_monospaced_prose_is_no_code_but_a_monospaced_statement_is() -> None:
    def mono(words: str) -> str:
        return f'<w:p><w:r><w:rPr><w:rFonts w:ascii="Courier New"/></w:rPr><w:t>{words}</w:t></w:r></w:p>'

    assert text(mono("A memo in an old typeface")) == "A memo in an old typeface"
    assert text(mono("x = f(1);")) == "```\nx = f(1);\n```"


def test_notes_follow_the_paragraph_that_points_to_them() -> None:
    body = '<w:p><w:r><w:t>Fact.</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    body += '<w:p><w:r><w:t>More.</w:t><w:endnoteReference w:id="2"/></w:r></w:p>'
    notes = {kind: f'<w:{kind} w:id="2">{p(f"My {kind}.")}</w:{kind}>' for kind in ("footnote", "endnote")}
    found = text(body, footnotes=notes["footnote"], endnotes=notes["endnote"])
    assert found == "Fact.[^1]\n\n[^1]: My footnote.\n\nMore.[^2]\n\n[^2]: My endnote."


def test_links_keep_their_text_and_their_address_unless_it_leads_nowhere_on_the_web() -> None:
    body = (
        '<w:p><w:hyperlink r:id="web"><w:r><w:t>site</w:t></w:r></w:hyperlink><w:r><w:t> and </w:t></w:r>'
        '<w:hyperlink r:id="disk"><w:r><w:t>file</w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> HYPERLINK "https://example.com/b" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>, field</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    links = (("web", "hyperlink", "https://example.com/a"), ("disk", "hyperlink", "file:///c:/secret"))
    assert text(body, *links) == "[site](https://example.com/a) and file[, field](https://example.com/b)"


def test_insertions_are_accepted_deletions_and_comments_and_hidden_text_left_out() -> None:
    body = (
        "<w:p><w:r><w:t>Keep </w:t></w:r><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved </w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden </w:t></w:r>"
        '<w:r><w:commentReference w:id="1"/></w:r><w:r><w:t>text</w:t></w:r></w:p>'
    )
    assert text(body, comments=f'<w:comment w:id="1">{p("A remark")}</w:comment>') == "Keep new text"


def test_a_text_box_is_read_once_though_it_is_stored_twice() -> None:
    box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Anchor</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wp:inline><wps:txbx>{box}</wps:txbx></wp:inline></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert text(body) == "Anchor\n\nIn the box"


def test_content_controls_and_check_boxes_are_read_a_table_of_contents_is_not() -> None:
    box = '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr></w:sdt>'
    body = f"<w:sdt><w:sdtContent>{p('Inside')}</w:sdtContent></w:sdt>" + p("Leave ... 3", "TOC1")
    body += f"<w:p>{box}<w:r><w:t>Done</w:t></w:r></w:p>"
    assert text(body, styles=STYLES) == "Inside\n\n- [x] Done"


def test_an_equation_becomes_latex() -> None:
    def run(letters: str) -> str:
        return f"<m:r><m:t>{letters}</m:t></m:r>"

    power = f"<m:sSup><m:e>{run('r')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    body = (
        f"<w:p><m:oMathPara><m:oMath>{run('A=π')}<m:f><m:num>{power}</m:num><m:den>{run('4')}</m:den></m:f></m:oMath></m:oMathPara></w:p>"
    )
    assert pieces(read(docx(body))) == [("formula", "$$A=\\pi \\frac{r^{2}}{4}$$")]


def test_a_picture_is_told_by_its_alternative_text() -> None:
    drawing = '<w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="A red valve"/></wp:inline></w:drawing>'
    assert pieces(read(docx(f"<w:p><w:r>{drawing}</w:r></w:p>"))) == [("caption", "A red valve")]


def test_bold_marks_whole_words_and_digits_set_high_stay_high() -> None:
    def run(words: str, mark: str) -> str:
        return f'<w:r><w:rPr>{mark}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'

    body = "<w:p>" + run("Term: ", "<w:b/>") + run("10 m", "") + run("2", '<w:vertAlign w:val="superscript"/>') + "</w:p>"
    assert text(body) == "**Term:** 10 m²"
    assert text("<w:p>" + run("H", "<w:b/>") + run("ello", "") + "</w:p>") == "Hello"


def bold(words: str) -> str:
    return f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{words}</w:t></w:r></w:p>"


def test_short_bold_lines_are_headings_only_where_nobody_used_heading_styles() -> None:
    assert text(bold("Scope") + p("All pumps.") + bold("Never run dry.")) == "# Scope\n\nAll pumps.\n\n**Never run dry.**"
    assert text(p("Top", "berschrift1") + bold("Scope"), styles=STYLES) == "# Top\n\n**Scope**"


def test_an_empty_item_counts_as_it_does_on_paper() -> None:
    assert text(item("a") + item("") + item("c"), numbering=NUMBERING) == "1. a\n3. c"


def test_a_level_that_was_skipped_counts_as_begun() -> None:
    assert text(item("a", level=1) + item("b") + item("c", level=1), numbering=NUMBERING) == "- a) a\n2. b\n    - a) c"


def test_a_strict_file_reads_like_a_transitional_one() -> None:
    data, out = docx(p("Same", "berschrift1"), styles=STYLES), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            strict = re.sub(
                rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument)/2006/",
                rb"http://purl.oclc.org/ooxml/\1/",
                old.read(name),
            )
            new.writestr(name, strict)
    assert b"purl" in zipfile.ZipFile(out).read("word/document.xml")
    assert read(out.getvalue()).text == "# Same"


def test_a_file_that_python_docx_writes_is_read(tmp_path: Path) -> None:
    made = python_docx.Document()
    made.add_heading("Guide", 0)
    made.add_heading("Steps", 1)
    made.add_paragraph("First", style="List Number")
    made.add_paragraph("Point", style="List Bullet")
    made.add_table(2, 2).cell(1, 1).text = "end"
    made.save(str(tmp_path / "a.docx"))
    data = (tmp_path / "a.docx").read_bytes()
    assert sniff("whatever.bin", data) == 3
    assert read(data).text == "# Guide\n\n## Steps\n\n1. First\n- Point\n\n|  |  |\n| --- | --- |\n|  | end |"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"plain text", "not an Office file"),
        (docx(p("x"))[:300], "damaged"),
        (ole("EncryptedPackage"), "encrypted"),
        (ole("WordDocument"), "old binary Office format"),
        (package({"[Content_Types].xml": "<a/>", "word/x.xml": "<a/>"}), "no main part"),
        (docx("<w:p>")[:-1], "damaged"),
        (docx(p("a") + "<w:p>"), "damaged"),
        (docx(""), "holds no text"),
        (package({"_rels/.rels": relations(("a", "officeDocument", "word/document.xml")), "word/document.xml": "<a/>"}), "no body"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_a_hint(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        parse("a.docx", data, Settings())
    assert caught.value.hint


def test_a_file_is_known_by_its_content_and_else_by_its_name() -> None:
    data = docx(p("x"))
    assert [sniff("a.zip", data), sniff("a.docx", b"PK damaged"), sniff("a.txt", b"text")] == [3, 1, 0]
    assert [sniff("a.docx", ole("EncryptedPackage")), sniff("a.xlsx", ole("EncryptedPackage"))] == [3, 0]


def test_an_external_entity_is_refused_and_its_file_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("canary")
    declared = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    with pytest.raises(DocumentError, match="entities") as caught:
        parse("a.docx", docx(p("&x;"), prolog=declared), Settings())
    assert "canary" not in str(caught.value)


def test_an_entity_bomb_ends_at_once() -> None:
    bomb = "<!-- <a> --><!DOCTYPE d [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 30)) + "]>"
    for encoding in ("utf-8", "utf-16"):
        whole = f"{bomb}<w:document xmlns:w='x'>&a29;</w:document>".encode(encoding)
        with pytest.raises(DocumentError, match="entities"):
            parse("a.docx", package({"_rels/.rels": relations(("a", "officeDocument", "word/d.xml")), "word/d.xml": whole}), Settings())
