"""Builds paragraphs, lists, code and headings from the ordered lines of a page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from curate.parsers._pdf_cells import table_runs
from curate.parsers._pdf_code import code_lines, indented
from curate.parsers._pdf_lines import CJK, Line, cover, join, joined
from curate.parsers._pdf_order import Region, rows
from curate.parsers._pdf_style import CAPTION, Style
from curate.records import Bbox

BULLET = re.compile(r"([•●▪■◦○‣⁃∙·➢✓❖]\s*|[*–—-]\s+|o\s+(?=[A-Z]))(?=\S)")
_DOTS = set("•●▪■◦○‣⁃➢✓❖")
ORDERED = re.compile(
    r"(\d{1,3}[.)](?=\s|[^\d\s.])|\(\d{1,3}\)|[（]\d{1,2}[）]|\d{1,2}[）、]|[①-⑳]|\(?[a-zA-Z][.)]\s|\(?[ivx]{1,5}[.)]\s)\s*(?=\S)"
)
_LABEL = re.compile(r"[\u4e00-\u9fff]{1,6}[:：]")
_LEADERS = re.compile(r"\s*(\.\s?){4,}\s*|\s*…{2,}\s*|\s*·{4,}\s*")
_END = re.compile(r"[.!?:;。！？：；…][\"'”’)）\]」』]*$")


@dataclass(slots=True)
class Piece:
    """A block to be: its kind, its lines (an item or a row each, for lists and tables) and where it stands."""

    kind: str
    page: int
    boxes: list[Bbox] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    last: Line | None = None
    first: Line | None = None
    level: int = 0
    open_end: bool = False  # a paragraph whose sentence may go on in the next column or on the next page

    @property
    def bbox(self) -> Bbox:
        return cover(self.boxes)


def pieces(region: Region, style: Style, page: int) -> list[Piece]:
    """The blocks of one column or band."""
    result: list[Piece] = []
    lines: list[Line] = []
    for run, cells in table_runs(rows(region)):
        if cells is None:
            lines.extend(_flat(row) for row in run)
            continue
        result.extend(_Column(lines, style, page).build())
        lines = []
        flat = [line for row in run for line in row]
        result.append(Piece("table", page, [li.bbox for li in flat], rows=cells, first=flat[0], last=flat[-1]))
    return [*result, *_Column(lines, style, page).build()]


def _flat(row: list[Line]) -> Line:
    """A row that is not of a table, as one line."""
    line = row[0]
    for other in row[1:]:
        line = replace(
            line,
            text=f"{line.text} {other.text}",
            box=cover([line.box, other.box]),
            bbox=cover([line.bbox, other.bbox]),
            bold=line.bold and other.bold,
        )
    return line


class _Column:
    """Goes down the lines of one column and decides for each whether it goes on with the block before."""

    def __init__(self, lines: Sequence[Line], style: Style, page: int) -> None:
        self.lines, self.style, self.page = lines, style, page
        self.code = code_lines(lines, typewritten=style.typewritten)
        text = [li for li, is_code in zip(lines, self.code, strict=True) if not (li.grid or is_code)]
        edges = sorted(li.box[2] for li in text)
        self.left = min((li.box[0] for li in text), default=0.0)
        self.right = edges[int(0.95 * (len(edges) - 1))] if edges else 0.0
        steps = [(b.box[3] - a.box[3]) / max(a.size, 4) for a, b in pairwise(text) if abs(a.size - b.size) < 0.6]
        self.pitch = median([step for step in steps if 0.8 < step < 2.6] or [1.25])  # in ems
        self.index = {id(line): i for i, line in enumerate(lines)}
        self.heads = self._headings()
        self.result: list[Piece] = []
        self.open: Piece | None = None

    def build(self) -> list[Piece]:
        for i, line in enumerate(self.lines):
            self._take(i, line)
        for piece in self.result:
            if piece.kind == "text" and (label := CAPTION.match(piece.texts[0])) and (label[2].strip() or len(piece.texts[0]) < 80):
                piece.kind = "caption"
        last = self.result[-1] if self.result else None
        if last and last.last and last.kind in ("text", "list"):
            last.open_end = not _END.search(last.last.text) and self.right - last.last.box[2] < 4 * last.last.size
        return self.result

    def _headings(self) -> list[bool]:
        """Which lines are headings; a run of more than four of one look is text in a larger or heavier type."""
        lines = self.lines
        marks = [
            not li.grid and li.text[:1] not in _DOTS and self.style.heading(li, self._neighbour(i, -1), self._neighbour(i, 1))
            for i, li in enumerate(lines)
        ]
        start = 0
        for i in range(1, len(lines) + 1):
            if i == len(lines) or not (marks[i] and marks[i - 1] and _same(lines[i - 1], lines[i]) and self._near(lines[i - 1], lines[i])):
                if i - start > 4 and not any(self.style.numbered(li) for li in lines[start:i]):
                    marks[start:i] = [False] * (i - start)
                start = i
        return marks

    def _take(self, i: int, line: Line) -> None:
        if line.grid:
            self._start("table", line).rows = line.grid.rows
        elif self.code[i]:
            self._code(line)
        elif _LEADERS.search(line.text):
            self._add("toc", line, _LEADERS.sub(" … ", line.text).strip(), at=self.open)
        elif self.heads[i]:
            self._heading(line)
        elif marker := BULLET.match(line.text) or ORDERED.match(line.text):
            self._item(line, marker)
        else:
            self._text(i, line)

    def _neighbour(self, i: int, step: int) -> Line | None:
        return self.lines[i + step] if 0 <= i + step < len(self.lines) else None

    def _start(self, kind: str, line: Line) -> Piece:
        self.open = Piece(kind, self.page, [line.bbox], first=line, last=line)
        self.result.append(self.open)
        return self.open

    def _add(self, kind: str, line: Line, text: str, at: Piece | None) -> None:
        piece = at if at and at.kind == kind else self._start(kind, line)
        piece.texts.append(text)
        piece.boxes.append(line.bbox)
        piece.last = line

    def _extend(self, piece: Piece, line: Line) -> None:
        piece.texts[-1] = join(piece.texts[-1], line.text, self.style.hyphenated)
        piece.boxes.append(line.bbox)
        piece.last = line

    def _code(self, line: Line) -> None:
        near = self.open if self.open and self.open.last and line.box[1] - self.open.last.box[3] < 2.5 * max(line.size, 4) else None
        self._add("code", line, line.text, near)
        piece = self.result[-1]
        piece.rows.append([str(line.box[0]), str(line.width / max(len(line.text), 1))])

    def _heading(self, line: Line) -> None:
        piece = self.open
        if (
            piece
            and piece.kind == "heading"
            and piece.last
            and self._near(piece.last, line)
            and _same(piece.last, line)
            and not self.style.numbered(line)
        ):
            self._extend(piece, line)
        else:
            self._add("heading", line, line.text, None)

    def _item(self, line: Line, marker: re.Match[str]) -> None:
        piece = self.open
        bullet = BULLET.match(line.text) is not None
        if (
            piece
            and piece.kind == "text"
            and piece.last
            and not bullet
            and self._continues(piece.last, line)
            and not _END.search(piece.last.text)
        ):
            self._extend(piece, line)  # a sentence that happens to go on with a number
            return
        text = f"- {line.text[marker.end() :]}" if bullet else f"{marker[0].strip()} {line.text[marker.end() :]}"
        keep = (
            piece if piece and piece.last and piece.kind == "list" and line.box[1] - piece.last.box[3] < 1.6 * max(line.size, 4) else None
        )
        self._add("list", line, text, keep)
        self.result[-1].rows.append([str(line.box[0])])

    def _sentence_goes_on(self, a: Line, b: Line) -> bool:
        same = abs(a.size - b.size) < 0.6 and abs(a.box[0] - b.box[0]) < 2
        full = self._edge(a) - a.box[2] < 0.5 * b.size
        return same and full and self._near(a, b) and not _END.search(a.text) and not CJK.search(b.text[:6])

    def _text(self, i: int, line: Line) -> None:
        piece = self.open
        if (
            piece
            and piece.last
            and piece.kind in ("text", "list")
            and self._near(piece.last, line)
            and abs(piece.last.size - line.size) < 0.1 * line.size + 0.3
        ):
            if piece.kind == "list":
                if self._in_item(piece, line):
                    self._extend(piece, line)
                    return
            elif not self._indented(i, piece.last, line):
                if self._continues(piece.last, line):
                    self._extend(piece, line)
                    return
                if not _END.search(piece.last.text):
                    self._add("text", line, line.text, piece)
                    return
        self._add("text", line, line.text, None)

    def _near(self, a: Line, b: Line) -> bool:
        step = b.box[3] - a.box[3]
        return 0 < step < max(1.25 * self.pitch, 1.35) * max(a.size, b.size, 4)

    def _in_item(self, piece: Piece, line: Line) -> bool:
        start = float(piece.rows[-1][0])
        return line.box[0] > start + 2 or (abs(line.box[0] - start) <= 2 and piece.last is not None and self._continues(piece.last, line))

    def _indented(self, i: int, a: Line, b: Line) -> bool:
        """Whether b opens a paragraph by its indent: further in than both the line before and the line after."""
        if b.box[0] < a.box[0] + 0.7 * b.size:
            return False
        after = self._neighbour(i, 1)
        return after is None or not self._near(b, after) or after.box[0] < b.box[0] - 0.5 * b.size

    def _continues(self, a: Line, b: Line) -> bool:
        """Whether line a was broken because it was full: the first word of b would not have fitted after it."""
        per_letter = b.width / max(len(b.text), 1)
        cjk = CJK.match(b.text) is not None
        word = 2 if cjk else len(b.text.split(" ", 1)[0]) + 1
        slack = self._edge(a) - a.box[2]
        if _LABEL.match(b.text) and (slack > b.size or _END.search(a.text)):
            return False
        width = self.right - self.left
        going = (cjk or b.text[:1].islower()) and not _END.search(a.text)
        if slack < word * per_letter + 0.3 * b.size:
            return going or self.right - a.box[2] < 0.35 * width
        return going and slack < (4 * b.size if cjk else 0.45 * width)

    def _edge(self, line: Line) -> float:
        """How far right the lines around this one reach."""
        at = self.index[id(line)]
        return max(
            (li.box[2] for li in self.lines[max(at - 5, 0) : at + 6] if abs(li.size - line.size) < 0.6 and not li.grid), default=self.right
        )


def _same(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) < 0.6 and a.bold == b.bold


def text_of(piece: Piece) -> str:
    """The Markdown of a paragraph, list, code or table-of-contents piece, without fences."""
    if piece.kind == "code":
        return indented([(float(x), float(w)) for x, w in piece.rows], piece.texts)
    if piece.kind == "list":
        return _indent_list(piece)
    if piece.kind == "heading":
        return joined(piece.texts)
    return "\n".join(" ".join(text.replace("\u00ad", "").split()) for text in piece.texts)


def _indent_list(piece: Piece) -> str:
    """Items nested by where their markers stand: each step in is one level."""
    stack: list[float] = []
    result = []
    for (at,), text in zip(piece.rows, piece.texts, strict=True):
        x = float(at)
        while stack and x < stack[-1] - 4:
            stack.pop()
        if not stack or x > stack[-1] + 4:
            stack.append(x)
        result.append("   " * (len(stack) - 1) + " ".join(text.replace("\u00ad", "").split()))
    return "\n".join(result)
