"""Reads Word documents: headings, lists with their numbers, tables, code, notes, equations; as a reader sees them accepted.

It walks the XML itself: python-docx knows no lists, notes, text boxes or tracked changes, and refuses Strict files, templates
and files with a relation to a missing part.
"""

import re
from collections.abc import Iterator, Mapping

from curate.markup import Builder, code, heading, table
from curate.parsers import _ooxml, _wordtext
from curate.parsers._charts import chart_rows
from curate.parsers._items import Items
from curate.parsers._ooxml import Element, Package, Relation, qn
from curate.parsers._wordlists import Numbering, Style, Styles, value
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")

_THROUGH = {qn(f"w:{n}") for n in ("ins", "moveTo", "customXml", "smartTag", "sdtContent")}
_MONOSPACED = re.compile(r"courier|consol|mono|menlo|monaco|lucida console|source code|fixedsys|terminal", re.I)
_LIKE_CODE = re.compile(r"[(){}\[\];=<>|\\$#]|^\s{2,}\S", re.M)
_MAX_COLUMNS = 256  # Word allows 63; a larger span is somebody's trick


def sniff(name: str, data: bytes) -> int:
    return _ooxml.sniff(name, data, "word/", SUFFIXES)


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document; comments, headers, footers, deletions and tables of contents are left out."""
    with _ooxml.reading("Word document"):
        return [_Reader(_ooxml.open_package(data)).document(name, data)]


class _Reader:
    """Walks the body and adds its blocks; what belongs to one list or one listing is collected and added as one."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.builder = Builder()
        self.styles = Styles(package.only(package.main, "styles"))
        self.numbering = Numbering(package.only(package.main, "numbering"), self.styles)
        self.relations: Mapping[str, Relation] = package.related(package.main)
        self.notes = {**self._notes("footnote"), **self._notes("endnote")}
        self.numbers: dict[tuple[str, str], int] = {}
        self.items = Items()
        self.listing: list[str] = []
        self.title = ""
        self.shift = 0  # headings stand one level deeper below a title
        self.unstyled = False  # no heading in the whole document is marked as one

    def document(self, name: str, data: bytes) -> Document:
        root = self.package.root(self.package.main)
        body = root.find(qn("w:body")) if root is not None else None
        if body is None:
            raise ValueError("it has no body")
        paragraphs = [(self._style(p), p) for p in body.iter(qn("w:p")) if _has_text(p)]
        self.shift = int(any(style.name == "title" for style, _ in paragraphs))
        self.unstyled = not self.shift and not any(self._level(p, style) for style, p in paragraphs)
        self.walk(body)
        self.flush()
        _ooxml.refuse_empty(self.builder, "Word document")
        return self.builder.document(name, data, self.title or self.package.title())

    def walk(self, container: Element) -> None:
        """Adds the blocks of a body, a cell or a text box."""
        for child in container:
            if child.tag == qn("w:p"):
                self.paragraph(child)
            elif child.tag == qn("w:tbl"):
                self.table(child)
            elif child.tag == qn("w:sdt"):
                if "table of contents" not in value(child, "w:sdtPr/w:docPartObj/w:docPartGallery").lower():
                    self.walk(child.find(qn("w:sdtContent")) if child.find(qn("w:sdtContent")) is not None else [])
            elif child.tag == qn("mc:AlternateContent"):
                self.walk(_wordtext.preferred(child))
            elif child.tag in _THROUGH:
                self.walk(child)

    def paragraph(self, paragraph: Element) -> None:
        style = self._style(paragraph)
        if re.match(r"(toc \d|table of figures|toc heading)", style.name):
            return
        level = self._level(paragraph, style)
        words = self._words(paragraph, emphasis=not (level or style.code or style.name == "title"))
        marker, depth = self._marker(paragraph, style)  # empty paragraphs count as well
        if self.unstyled and marker is None and words.bold and _like_heading(plain := words.text.replace("*", "")):
            level, words.text = 1, plain
        if self._is_code(words, style):
            self.flush(keep="listing")
            self.listing.append(self._words(paragraph, emphasis=False).text if not style.code else words.text)
        elif text := _tidy(words.text):
            self._text(text, style, level, marker, depth)
        self._after(words)

    def _text(self, text: str, style: Style, level: int, marker: str | None, depth: int) -> None:
        if style.name == "title" and not self.title:
            self.title = " ".join(text.split())
            self._add("heading", heading(text, 1))
        elif level:
            number = f"{marker} " if marker and marker != "-" else ""
            self._add("heading", heading(number + text, level + self.shift))
        elif marker is not None or re.match(r"\[[x ]\] ", text):
            self._item(marker if marker is not None else "-", depth, text)
        elif equation := re.fullmatch(r"\$\$?([^$]+)\$\$?", text):
            self._add("formula", f"$${equation[1]}$$")
        elif style.name in ("quote", "intense quote", "block text"):
            self._add("text", "> " + text.replace("\n", "\n> "))
        else:
            self._add("caption" if style.name == "caption" else "text", text)

    def _item(self, marker: str, depth: int, text: str) -> None:
        self.flush(keep="items")
        self.items.add(marker, depth, text)

    def _after(self, words: _wordtext.Words) -> None:
        """Adds what a paragraph carries beside its words: notes, text boxes, charts, alternative texts."""
        boxes = [box for graphic in words.graphics for box in _boxes(graphic)]
        captions = [text for graphic in words.graphics for text in _alternatives(graphic)]
        charts = [c.get(qn("r:id"), "") for graphic in words.graphics for c in graphic.iter(qn("c:chart"))]
        for box in boxes:
            self.walk(box)
        for caption in captions:
            self._add("caption", caption)
        for chart in charts:
            self._chart(chart)
        for key in words.notes:
            text = " ".join(t for p in self.notes.get(key, ()) if (t := _tidy(self._words(p).text)))
            self._add("note", f"[^{self.numbers[key]}]: {text}" if text else "")

    def _chart(self, relation_id: str) -> None:
        relation = self.relations.get(relation_id)
        root = self.package.root(relation.target) if relation else None
        title, rows = chart_rows(root)
        self._add("caption", title)
        self._add("table", table(rows))

    def table(self, element: Element) -> None:
        """A pipe table; a box of one cell is only a frame around its blocks."""
        rows = [_cells(row) for row in _inside(element, "w:tr") if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None]
        if len(rows) == 1 and len(rows[0]) == 1:
            return self.walk(rows[0][0])
        carried: list[_wordtext.Words] = []
        grid = self._grid(element, carried)
        if any(any(row) for row in grid):
            self._add("table", table(grid))
        for words in carried:
            self._after(words)
        return None

    def _grid(self, element: Element, carried: list[_wordtext.Words]) -> list[list[str]]:
        """The texts of a table; a merged cell's text stands in each place it covers, so that every row reads alone."""
        grid: list[list[str]] = []
        for row in _inside(element, "w:tr"):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            texts = [""] * min(_number(value(row, "w:trPr/w:gridBefore", "0")), _MAX_COLUMNS)
            for cell in _cells(row):
                merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                above = grid[-1][len(texts)] if grid and len(texts) < len(grid[-1]) else ""
                goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
                text = above if goes_on else self._cell(cell, carried)
                texts += [text] * min(_number(value(cell, "w:tcPr/w:gridSpan", "1")), _MAX_COLUMNS - len(texts))
            grid.append(texts)
        return grid

    def _cell(self, cell: Element, carried: list[_wordtext.Words]) -> str:
        parts: list[str] = []
        for child in _blocks(cell):
            if child.tag == qn("w:tbl"):
                parts.append("; ".join(", ".join(c for c in row if c) for row in self._grid(child, carried)))
                continue
            words = self._words(child, emphasis=False)
            marker, _ = self._marker(child, self._style(child))
            parts.append(f"{marker} {words.text}" if marker and words.text.strip() else words.text)
            carried.append(words)
        return " ".join(" ".join(parts).replace("$$", "$").split())

    def flush(self, keep: str = "") -> None:
        """Adds the list or the listing that has ended."""
        if self.items and keep != "items":
            self.builder.add("list", self.items.take())
        if self.listing and keep != "listing":
            self.builder.add("code", code("\n".join(self.listing)))
            self.listing = []

    def _add(self, kind: str, text: str) -> None:
        if text:
            self.flush()
            self.builder.add(kind, text)

    def _words(self, paragraph: Element, *, emphasis: bool = True) -> _wordtext.Words:
        return _wordtext.read(paragraph, self.relations, self.numbers, emphasis=emphasis)

    def _style(self, paragraph: Element) -> Style:
        return self.styles[value(paragraph, "w:pPr/w:pStyle")]

    def _level(self, paragraph: Element, style: Style) -> int:
        own = value(paragraph, "w:pPr/w:outlineLvl")
        return (int(own) + 1 if int(own) < 9 else 0) if own.isdecimal() else style.level

    def _marker(self, paragraph: Element, style: Style) -> tuple[str | None, int]:
        """The list marker of a paragraph and its level; None for one that is in no list."""
        own = value(paragraph, "w:pPr/w:numPr/w:numId")
        number_id = own or style.number_id
        if number_id in ("", "0"):
            return None, 0
        level = value(paragraph, "w:pPr/w:numPr/w:ilvl") or ("" if own else style.list_level)
        tied = self.numbering.level_of_style(number_id, value(paragraph, "w:pPr/w:pStyle"))
        depth = int(level) if level.isdecimal() else tied
        return self.numbering.marker(number_id, depth), depth

    def _is_code(self, words: _wordtext.Words, style: Style) -> bool:
        if not words.text.strip():
            return bool(self.listing) and style.code
        fonts = words.fonts - {""} | (style.fonts if "" in words.fonts else set())
        monospaced = bool(fonts) and all(_MONOSPACED.search(f) for f in fonts) and not ("" in words.fonts and not style.fonts)
        return style.code or (monospaced and bool(_LIKE_CODE.search(words.text)))

    def _notes(self, kind: str) -> dict[tuple[str, str], list[Element]]:
        root = self.package.only(self.package.main, f"{kind}s")
        found = root if root is not None else []
        return {(kind, n.get(qn("w:id"), "")): list(n.iter(qn("w:p"))) for n in found}


def _inside(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also where a content control or an insertion wraps them."""
    for child in element:
        if child.tag == qn(name):
            yield child
        elif child.tag == qn("w:sdt") or child.tag in _THROUGH:
            yield from _inside(child, name)


def _cells(row: Element) -> list[Element]:
    return list(_inside(row, "w:tc"))


def _blocks(cell: Element) -> Iterator[Element]:
    for child in cell:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag == qn("w:sdt") or child.tag in _THROUGH:
            yield from _blocks(child)


def _boxes(graphic: Element) -> Iterator[Element]:
    """The outermost text boxes of a graphic; those inside are met when their own paragraph is read."""
    for child in graphic:
        if child.tag == qn("w:txbxContent"):
            yield child
        elif child.tag == qn("mc:AlternateContent"):
            yield from _boxes(_wordtext.preferred(child))
        else:
            yield from _boxes(child)


def _alternatives(graphic: Element) -> list[str]:
    texts = [e.get("descr", "") for e in graphic.iter(qn("wp:docPr"))] + [e.get("alt", "") for e in graphic.iter(qn("v:shape"))]
    return [t for text in texts if (t := _wordtext.alternative(text))]


def _tidy(text: str) -> str:
    """One space between words; line breaks stay."""
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def _like_heading(text: str) -> bool:
    """A short line in bold that is no sentence; what counts as a heading where nobody used heading styles."""
    text = text.strip()
    return 2 < len(text) <= 80 and "\n" not in text and text[-1] not in ".,;:!?。，；：！？" and any(c.isalpha() for c in text)


def _has_text(paragraph: Element) -> bool:
    return any((t.text or "").strip() for t in paragraph.iter(qn("w:t")))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 1
