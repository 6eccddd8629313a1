"""Reads PowerPoint presentations: one page for each slide, its shapes in reading order, speaker notes after it."""

import re
from typing import Any

from curate.markup import Builder, heading, table
from curate.parsers import _ooxml
from curate.parsers._charts import chart_rows
from curate.parsers._items import Items
from curate.parsers._omml import latex
from curate.parsers._ooxml import Element, qn
from curate.parsers._slides import EMU, Bullets, Placed, Shape, placed, reading_order
from curate.parsers._wordtext import alternative
from curate.records import Bbox, Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm")

_FORMULA = "{http://schemas.microsoft.com/office/drawing/2010/main}m"


def sniff(name: str, data: bytes) -> int:
    return _ooxml.sniff(name, data, "ppt/", SUFFIXES)


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document; hidden slides are kept and named in `meta`, slide numbers and footers left out."""
    with _ooxml.reading("presentation"):
        from pptx.package import Package

        package = _ooxml.open_package(data)
        deck = Package.open(package.mended()).presentation_part.presentation
        reader = _Reader(deck.slide_width / EMU, deck.slide_height / EMU)
        for number, slide in enumerate(deck.slides, start=1):
            reader.slide(number, slide)
        _ooxml.refuse_empty(reader.builder, "presentation")
        meta = {"hidden_slides": reader.hidden} if reader.hidden else {}
        titled = any(block.kind == "heading" for block in reader.builder.blocks)
        return [reader.builder.document(name, data, "" if titled else package.title(), meta)]


class _Reader:
    """Adds the blocks of one slide after the other."""

    def __init__(self, width: float, height: float) -> None:
        self.builder = Builder()
        self.size = (round(width, 1), round(height, 1))
        self.hidden: list[int] = []
        self.page = 0

    def slide(self, number: int, slide: Any) -> None:
        self.page = number
        if slide._element.get("show") in ("0", "false"):
            self.hidden.append(number)
        title = slide.shapes.title
        shapes = list(placed(slide.shapes))
        for one in shapes:
            if title is not None and one.shape.shape_id == title.shape_id:
                self._add("heading", heading(t, 1) if (t := _plain(one.shape.text_frame)) else "", one.box)
        for one in reading_order([s for s in shapes if title is None or s.shape.shape_id != title.shape_id]):
            self._shape(one)
        self._notes(slide)
        self.builder.end_page(*self.size)

    def _shape(self, one: Placed) -> None:
        shape = one.shape
        if shape.has_text_frame:
            self._text(shape, one.box)
        elif getattr(shape, "has_table", False) and shape.has_table:
            self._add("table", table(_rows(shape.table)), one.box)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            title, rows = chart_rows(shape.chart_part._element)
            self._add("caption", title, one.box)
            self._add("table", table(rows), one.box)
        else:
            self._add("list", "\n".join(f"- {text}" for text in _diagram(shape)), one.box)
        described = shape._element.find(f".//{qn('p:cNvPr')}")
        self._add("caption", alternative(described.get("descr", "")) if described is not None else "", one.box)

    def _text(self, shape: Shape, box: Bbox | None) -> None:
        """The paragraphs of a shape: neighbours in one list are one block."""
        bullets, items = Bullets(shape), Items()
        for paragraph in shape.text_frame._txBody.iter(qn("a:p")):
            text = _words(paragraph)
            if not text:
                continue
            marker = bullets.marker(paragraph)
            if marker is None:
                self._add("list", items.take(), box)
                self._add("formula" if re.fullmatch(r"\$\$[^$]+\$\$", text) else "text", text, box)
                continue
            level = int(p.get("lvl", "0")) if (p := paragraph.find(qn("a:pPr"))) is not None else 0
            items.add(marker, level, text)
        self._add("list", items.take(), box)

    def _notes(self, slide: Any) -> None:
        frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        paragraphs = (_words(p) for p in frame._txBody.iter(qn("a:p"))) if frame is not None else ()
        text = "\n".join(p for p in paragraphs if p)
        self._add("note", f"Speaker notes: {text}" if text else "", None)

    def _add(self, kind: str, text: str, box: Bbox | None) -> None:
        self.builder.add(kind, text, self.page, box)


def _words(paragraph: Element) -> str:
    """The text of a paragraph with its links; equations as LaTeX, spaces made single."""
    parts: list[str] = []
    for child in paragraph:
        if child.tag in (qn("a:r"), qn("a:fld")):
            parts.append(child.findtext(qn("a:t"), ""))
        elif child.tag == qn("a:br"):
            parts.append("\n")
        elif child.tag == qn("mc:AlternateContent") or child.tag == _FORMULA:
            parts += [f"$${latex(m)}$$" for m in child.iter(qn("m:oMath"))]
    text = "".join(parts).replace("\v", "\n")
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def _plain(frame: Any) -> str:
    return " ".join(w for p in frame._txBody.iter(qn("a:p")) if (w := _words(p))).replace("\n", " ")


def _rows(grid: Any) -> list[list[str]]:
    """The texts of a table; a merged cell's text stands in each place it covers, so that every row reads alone."""
    height, width = len(grid.rows), len(grid.columns)
    rows = [[""] * width for _ in range(height)]
    for y in range(height):
        for x in range(width):
            cell = grid.cell(y, x)
            if cell.is_spanned:
                continue
            text = _plain(cell.text_frame)
            for down in range(min(cell.span_height, height - y) if cell.is_merge_origin else 1):
                for right in range(min(cell.span_width, width - x) if cell.is_merge_origin else 1):
                    rows[y + down][x + right] = text
    return rows


def _diagram(shape: Shape) -> list[str]:
    """The texts of a SmartArt diagram, whose data is a part of its own."""
    from lxml import etree

    reference = shape._element.find(f".//{qn('dgm:relIds')}")
    if reference is None:
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(shape.part.related_part(reference.get(qn("r:dm"))).blob, parser)
    return [text for point in root.iter(qn("dgm:t")) if (text := " ".join(w for p in point.iter(qn("a:p")) if (w := _words(p))))]
