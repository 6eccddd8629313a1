"""Writes a source as docx, pptx or xlsx, without the times and ids that would make each run differ."""

import re
import zipfile
from io import BytesIO
from typing import Any

from make.blocks import Block

WHEN = (2025, 1, 1, 0, 0, 0)


def docx(blocks: list[Block]) -> bytes:
    """A Word document with heading styles, numbered lists that begin at 1 each, and tables with a header row."""
    from docx import Document

    document = Document()
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, block.level - 1)  # level 0 is the style Title
        elif block.kind == "table":
            _fill(document.add_table(len(block.rows), len(block.rows[0]), "Table Grid"), block.rows)
            document.add_paragraph()
        elif block.kind == "text":
            document.add_paragraph(block.text)
        else:
            number = _new_numbering(document) if block.kind == "steps" else None
            for item in block.items:
                _number(document.add_paragraph(item, "List Number" if number else "List Bullet"), number)
    return _saved(document)


def pptx(blocks: list[Block]) -> bytes:
    """A deck: a title slide, then one slide for each heading; a paragraph that begins with "Notes:" becomes the speaker's notes."""
    from pptx import Presentation

    deck = Presentation()
    slide: Any = None
    for block in blocks:
        if block.kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[0 if block.level == 1 else 1])
            slide.shapes.title.text = block.text
        elif block.kind == "table":
            _slide_table(slide, block.rows)
        elif block.text.startswith("Notes: "):
            slide.notes_slide.notes_text_frame.text = block.text.removeprefix("Notes: ")
        else:
            slide.placeholders[1].text = "\n".join(block.items) or block.text
            if block.kind == "steps":
                _auto_number(slide.placeholders[1])
    return _saved(deck)


def xlsx(blocks: list[Block]) -> bytes:
    """A workbook with one sheet for each second-level heading; numbers stay as they are written."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = blocks[0].text
    for block in blocks[1:]:
        if block.kind == "heading":
            sheet = book.create_sheet(block.text)
            continue
        for row in block.rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for column in sheet.columns:
            sheet.column_dimensions[column[0].column_letter].width = max(len(str(cell.value)) for cell in column) + 4
    return _saved(book)


def _fill(table: Any, rows: list[list[str]]) -> None:
    for y, row in enumerate(rows):
        for x, words in enumerate(row):
            table.cell(y, x).text = words


def _slide_table(slide: Any, rows: list[list[str]]) -> None:
    from pptx.util import Cm

    slide.placeholders[1].height = Cm(5)
    _fill(slide.shapes.add_table(len(rows), len(rows[0]), Cm(2), Cm(11), Cm(21), Cm(5)).table, rows)


def _auto_number(shape: Any) -> None:
    for paragraph in shape.text_frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum", {"type": "arabicPeriod"})
        )


def _new_numbering(document: Any) -> int:
    """The id of a numbering like that of "List Number" that begins at 1 again: one list would go on where the last one ended."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    old = next(num for num in numbering.num_lst if num.numId == style)
    new = numbering.add_num(old.abstractNumId.val)
    new.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(new.numId)


def _number(paragraph: Any, number: int | None) -> None:
    if number is not None:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number


def _saved(document: Any) -> bytes:
    """The file with fixed times: the zip entries' own and those in the document's properties."""
    raw, out = BytesIO(), BytesIO()
    document.save(raw)
    stamp = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = stamp.sub(rb"\g<1>2025-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(entry.filename, WHEN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
