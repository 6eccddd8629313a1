import importlib.util
from pathlib import Path

import pytest
from office_files import ole, package, pieces

from curate.errors import DocumentError
from curate.parsers._rtf import unicode_rtf
from curate.parsers.unstructured import parse, sniff
from curate.records import Document
from curate.settings import Settings

INSTALLED = importlib.util.find_spec("unstructured") is not None and importlib.util.find_spec("spacy") is not None
needs_extra = pytest.mark.skipif(not INSTALLED, reason="needs the extra `unstructured`")

RST = b"""
Guide
=====

Pumps move water.

Steps
-----

- open the valve

  - slowly

- start the motor

::

    pump --start

====  =====
Part  Price
====  =====
seal  4
====  =====
"""
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODT_TEXT = f"""<office:document-content xmlns:office="{OFFICE}office:1.0" xmlns:text="{OFFICE}text:1.0"><office:body><office:text>
<text:h text:outline-level="1">Guide</text:h><text:p>Pumps move water over long distances.</text:p>
</office:text></office:body></office:document-content>"""
ODT_STYLES = f"""<office:document-styles xmlns:office="{OFFICE}office:1.0"><office:font-face-decls/><office:styles/>
<office:automatic-styles/><office:master-styles/></office:document-styles>"""


def read(name: str, data: bytes) -> Document:
    (document,) = parse(name, data, Settings())
    return document


def odt() -> bytes:
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ODT_TEXT, "styles.xml": ODT_STYLES})


@pytest.mark.parametrize(
    ("name", "data", "score"),
    [
        ("a.bin", b"{\\rtf1 x}", 2),
        ("a.bin", ole("WordDocument"), 2),
        ("a.bin", b'<?xml version="1.0"?><a/>', 2),
        ("a.bin", '<?xml version="1.0"?><a/>'.encode("utf-16"), 2),
        ("a.html", b'<?xml version="1.0"?><html><body/></html>', 0),
        ("a.rst", b"text", 1),
        ("a.txt", b"text", 0),
    ],
)
def test_a_file_is_known_by_its_content_or_its_name(name: str, data: bytes, score: int) -> None:
    assert sniff(name, data) == score


@pytest.mark.skipif(INSTALLED, reason="the extra `unstructured` is installed")
def test_without_the_extra_the_error_names_it() -> None:
    with pytest.raises(DocumentError, match="extra `unstructured`") as caught:
        read("a.rst", RST)
    assert caught.value.hint == 'pip install "curate[unstructured]"'


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.rtf", b"", "empty"),
        ("a.bin", ole("EncryptedPackage"), "encrypted"),
        ("a.bin", ole("Something"), "no document known"),
        ("a.odt", b"PK\x03\x04 cut", "damaged|not an"),
    ],
)
def test_what_cannot_be_read_is_told_with_a_hint_before_anything_is_loaded(name: str, data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        read(name, data)
    assert caught.value.hint


@needs_extra
def test_headings_lists_code_and_tables_of_restructured_text_are_kept() -> None:
    assert pieces(read("a.rst", RST)) == [
        ("heading", "# Guide"),
        ("text", "Pumps move water."),
        ("heading", "## Steps"),
        ("list", "- open the valve\n    - slowly\n- start the motor"),
        ("code", "```\npump --start\n```"),
        ("table", "| Part | Price |\n| --- | --- |\n| seal | 4 |"),
    ]


@needs_extra
def test_rich_text_opendocument_org_and_xml_are_read_without_a_network() -> None:
    assert read("a.rtf", b"{\\rtf1\\ansi Pumps move water over long distances.\\par}").text == "Pumps move water over long distances."
    assert sniff("a.bin", odt()) == 2
    assert read("a.odt", odt()).text == "# Guide\n\nPumps move water over long distances."
    assert read("a.org", b"* Guide\nPumps move water.\n").text == "# Guide\n\nPumps move water."
    assert read("a.xml", b"<?xml version='1.0'?><a><b>Pumps</b><c>Valves</c></a>").text == "Pumps\n\nValves"


@needs_extra
def test_a_short_chinese_paragraph_is_no_heading() -> None:
    assert pieces(read("a.rst", "水泵输送水。\n".encode())) == [("text", "水泵输送水。")]


@needs_extra
def test_no_other_file_gets_into_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    texts = [
        read("a.rst", f"Before\n\n.. include:: {secret}\n\n.. csv-table::\n   :file: {secret}\n\nAfter\n".encode()).text,
        read("a.org", f'Before\n#+INCLUDE: "{secret}"\nAfter\n'.encode()).text,
        read("a.xml", f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a><b>Before</b><c>&x;</c></a>'.encode()).text,
    ]
    assert all("Before" in text and "canary" not in text for text in texts)


@needs_extra
def test_an_entity_bomb_ends_at_once() -> None:
    bomb = "<!DOCTYPE d [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 30)) + "]>"
    with pytest.raises(DocumentError, match=r"damaged|no text"):
        read("a.xml", f"<?xml version='1.0'?>{bomb}<a>&a29;</a>".encode())


@needs_extra
@pytest.mark.parametrize("name", ["a.msg", "a.xls", "a.rtf", "a.xml"])
def test_a_damaged_file_is_told_without_a_path_of_this_machine(name: str) -> None:
    marks = {
        "a.msg": ole("__properties_version1.0"),
        "a.xls": ole("Workbook"),
        "a.rtf": b"{\\rtf1 {{{",
        "a.xml": b"<?xml version='1.0'?><a>",
    }
    with pytest.raises(DocumentError) as caught:
        read(name, marks[name])
    assert "/tmp" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("head", "letters", "text"),
    [
        (b"\\ansicpg936", "水泵".encode("gbk"), "水泵"),
        (b"\\ansicpg932", "表示".encode("cp932"), "表示"),
        (b"\\ansicpg1251", "насос".encode("cp1251"), "насос"),
        (b"\\ansicpg1252{\\fonttbl{\\f0\\fcharset134 SimSun;}}", "水泵".encode("gbk"), "水泵"),
    ],
)
def test_letters_of_an_old_code_page_become_unicode(head: bytes, letters: bytes, text: str) -> None:
    escaped = b"".join(b"\\'%02x" % byte for byte in letters)
    wanted = b"{\\uc1" + b"".join(b"\\u%d?" % (ord(c) - 65536 if ord(c) > 32767 else ord(c)) for c in text) + b"}"
    assert wanted in unicode_rtf(b"{\\rtf1" + head + b" " + escaped + b"}")


def test_western_rich_text_and_letters_said_twice_stay_as_they_are() -> None:
    western = b"{\\rtf1\\ansicpg1252 caf\\'e9}"
    twice = b"{\\rtf1\\ansicpg936\\uc2 \\u27700\\'cb\\'ae}"
    assert [unicode_rtf(western), unicode_rtf(twice)] == [western, twice]
