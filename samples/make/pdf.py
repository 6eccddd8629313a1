"""Writes a source as PDF: running header and page numbers, headings, lists, tables; in one column or in two."""

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from make.blocks import Block
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, ListFlowable, ListItem, PageTemplate, Paragraph, Table

MARGIN, GUTTER = 22 * mm, 8 * mm
HEADING_SIZES = {1: 20, 2: 14, 3: 11.5}
CHINESE = "STSong-Light"  # one of the fonts that every reader of PDF brings along


def write(blocks: list[Block], *, footer: str, columns: int = 1, chinese: bool = False) -> bytes:
    """The bytes of the PDF. footer: holds `{}` for the page number. The first heading is also the running header."""
    if chinese:
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    plain, bold = (CHINESE, CHINESE) if chinese else ("Helvetica", "Helvetica-Bold")
    title = blocks[0].text

    def furniture(canvas: Any, _: Any) -> None:
        canvas.setFont(plain, 8)
        canvas.drawString(MARGIN, A4[1] - 13 * mm, title)
        canvas.line(MARGIN, A4[1] - 15 * mm, A4[0] - MARGIN, A4[1] - 15 * mm)
        canvas.drawCentredString(A4[0] / 2, 12 * mm, footer.format(canvas.getPageNumber()))

    out = BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=title, author="", invariant=1)
    document.addPageTemplates(PageTemplate("page", _frames(columns), onPage=furniture))
    width = (A4[0] - 2 * MARGIN - (columns - 1) * GUTTER) / columns
    body = _style(plain, 10, spaceAfter=5, wordWrap="CJK" if chinese else None, alignment=TA_JUSTIFY if columns > 1 else 0)
    document.build([flowable for block in blocks for flowable in _flowables(block, body, bold, width)])
    return out.getvalue()


def _frames(columns: int) -> list[Frame]:
    width = (A4[0] - 2 * MARGIN - (columns - 1) * GUTTER) / columns
    bare = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    return [Frame(MARGIN + k * (width + GUTTER), 20 * mm, width, A4[1] - 40 * mm, **bare) for k in range(columns)]


def _style(font: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(f"{font} {size}", fontName=font, fontSize=size, leading=size * 1.4, **more)


def _flowables(block: Block, body: ParagraphStyle, bold: str, width: float) -> list[Flowable]:
    if block.kind == "heading":
        size = HEADING_SIZES[block.level]
        style = _style(bold, size, spaceBefore=size * 0.8, spaceAfter=size * 0.4, keepWithNext=1)
        return [Paragraph(escape(block.text), style)]
    if block.kind in ("list", "steps"):
        items = [ListItem(Paragraph(escape(item), body)) for item in block.items]
        kind: dict[str, Any] = (
            {"bulletType": "bullet", "start": "•"} if block.kind == "list" else {"bulletType": "1", "bulletFormat": "%s."}
        )
        return [ListFlowable(items, leftIndent=16, bulletFontSize=10, **kind)]
    if block.kind == "table":
        return [_table(block.rows, body, bold, width)]
    return [Paragraph(escape(block.text), body)]


def _table(rows: list[list[str]], body: ParagraphStyle, bold: str, width: float) -> Table:
    head = ParagraphStyle("head", parent=body, fontName=bold)
    cells = [[Paragraph(escape(cell), body if number else head) for cell in row] for number, row in enumerate(rows)]
    table = Table(cells, colWidths=[width / len(rows[0])] * len(rows[0]), repeatRows=1, spaceBefore=3, spaceAfter=10)
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table
