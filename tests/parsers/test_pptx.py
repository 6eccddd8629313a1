import io
import zipfile
from typing import Any

import pptx as python_pptx
import pytest
from office_files import ole, package, pieces
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from curate.errors import DocumentError
from curate.parsers.pptx import parse, sniff
from curate.records import Document
from curate.settings import Settings

BLANK, CONTENT = 6, 1


def deck() -> Any:
    return python_pptx.Presentation()


def slide(made: Any, layout: int = BLANK) -> Any:
    return made.slides.add_slide(made.slide_layouts[layout])


def box(shapes: Any, text: str, left: float, top: float, *, width: float = 2) -> Any:
    shape = shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(1))
    shape.text_frame.text = text
    return shape


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(made: Any) -> Document:
    (document,) = parse("a.pptx", saved(made), Settings())
    return document


def test_each_slide_is_a_page_with_its_size_and_its_title_a_heading() -> None:
    made = deck()
    for name in ("One", "Two"):
        slide(made, CONTENT).shapes.title.text = name
    document = read(made)
    assert document.text == "# One\n\n# Two"
    assert [(document.text[p.start : p.end].strip(), p.width, p.height) for p in document.pages] == [
        ("# One", 720.0, 540.0),
        ("# Two", 720.0, 540.0),
    ]
    assert (document.title, [b.page for b in document.blocks]) == ("One", [1, 2])


def test_bullets_that_the_master_gives_are_bullets_and_nest() -> None:
    made = deck()
    page = slide(made, CONTENT)
    page.shapes.title.text = "List"
    frame = page.placeholders[1].text_frame
    frame.text = "a"
    for text, level in (("b", 1), ("c", 2), ("d", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    assert pieces(read(made))[1] == ("list", "- a\n    - b\n        - c\n- d")


def test_a_text_box_has_no_bullets_unless_it_says_so_and_its_numbers_count() -> None:
    made = deck()
    shape = box(slide(made).shapes, "Intro", 1, 1)
    for text in ("x", "y"):
        paragraph = shape.text_frame.add_paragraph()
        paragraph.text = text
        numbering = paragraph._p.get_or_add_pPr().makeelement(
            "{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum", {"type": "arabicPeriod", "startAt": "3"}
        )
        paragraph._p.pPr.append(numbering)
    assert pieces(read(made)) == [("text", "Intro"), ("list", "3. x\n4. y")]


def test_columns_are_read_one_after_the_other_below_what_spans_them() -> None:
    made = deck()
    shapes = slide(made).shapes
    box(shapes, "right low", 5, 4)
    box(shapes, "left low", 1, 4)
    box(shapes, "right high", 5, 2)
    box(shapes, "left high", 1, 2)
    box(shapes, "across", 1, 0.5, width=7)
    assert read(made).text.split("\n\n") == ["across", "left high", "left low", "right high", "right low"]


def test_blocks_carry_their_box_in_points_also_inside_a_group() -> None:
    made = deck()
    shapes = slide(made).shapes
    group = shapes.add_group_shape()
    box(group.shapes, "inner", 1, 2, width=3)
    group.left = Inches(2)
    (block,) = read(made).blocks
    assert block.bbox == (144.0, 144.0, 360.0, 216.0)


def test_a_table_keeps_its_merged_cells_in_every_place() -> None:
    made = deck()
    table = slide(made).shapes.add_table(2, 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for column, text in enumerate(("Kind", "Share", "")):
        table.cell(0, column).text = text
    table.cell(1, 0).text, table.cell(1, 1).text, table.cell(1, 2).text = "a", "1", "2"
    table.cell(0, 1).merge(table.cell(0, 2))
    assert pieces(read(made)) == [("table", "| Kind | Share | Share |\n| --- | --- | --- |\n| a | 1 | 2 |")]


def test_a_chart_is_told_as_a_table_of_its_data() -> None:
    made = deck()
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("North", (1.5, 2))
    data.add_series("South", (3, 4))
    chart = slide(made).shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(5), Inches(4), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sales"
    assert pieces(read(made)) == [
        ("caption", "Sales"),
        ("table", "|  | North | South |\n| --- | --- | --- |\n| Q1 | 1.5 | 3 |\n| Q2 | 2 | 4 |"),
    ]


def test_notes_follow_their_slide_and_say_what_they_are() -> None:
    made = deck()
    first, second = slide(made, CONTENT), slide(made, CONTENT)
    first.shapes.title.text, second.shapes.title.text = "One", "Two"
    first.notes_slide.notes_text_frame.text = "Say this."
    assert read(made).text == "# One\n\nSpeaker notes: Say this.\n\n# Two"


def test_hidden_slides_are_kept_and_named() -> None:
    made = deck()
    page = slide(made, CONTENT)
    page.shapes.title.text = "Backup"
    page._element.set("show", "0")
    document = read(made)
    assert (document.text, document.meta) == ("# Backup", {"hidden_slides": [1]})


def test_a_picture_is_told_by_its_alternative_text() -> None:
    made = deck()
    shape = box(slide(made).shapes, "", 1, 1)
    shape._element.nvSpPr.cNvPr.set("descr", "A pump, cut open")
    assert pieces(read(made)) == [("caption", "A pump, cut open")]


def test_a_line_break_in_a_title_makes_no_second_heading() -> None:
    made = deck()
    page = slide(made, CONTENT)
    page.shapes.title.text = "Long\vtitle"
    page.placeholders[1].text_frame.paragraphs[0].font.size = Pt(12)
    assert read(made).text == "# Long title"


def test_a_relation_to_a_part_that_is_missing_does_not_cost_the_document() -> None:
    made = deck()
    slide(made, CONTENT).shapes.title.text = "Still here"
    with zipfile.ZipFile(io.BytesIO(saved(made))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if "printerSettings" not in name}
    link = b'<Relationship Id="gone" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="NULL"/>'
    name = "ppt/slides/_rels/slide1.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", link + b"</Relationships>")
    (document,) = parse("a.pptx", package(dict(parts)), Settings())
    assert document.text == "# Still here"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (ole("EncryptedPackage"), "encrypted"),
        (ole("PowerPoint Document"), "old binary Office format"),
        (saved(deck())[:2000], "damaged"),
        (saved(deck()), "holds no text"),
    ],
)
def test_what_cannot_be_read_is_told_with_a_hint(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        parse("a.pptx", data, Settings())
    assert caught.value.hint


def test_a_presentation_is_known_by_its_content() -> None:
    assert [sniff("a.bin", saved(deck())), sniff("a.pptx", b""), sniff("a.docx", b"")] == [3, 1, 0]
