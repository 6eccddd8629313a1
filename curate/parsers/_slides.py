"""Where the shapes of a slide stand, in which order they are read, and which of their paragraphs are list items."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from curate.parsers._ooxml import Element, qn
from curate.parsers._wordlists import formatted
from curate.records import Bbox

Shape = Any  # a python-pptx shape; it ships no types
EMU = 12_700  # a point in English Metric Units
_GAP = 2.0  # points that two neighbours may overlap and still count as apart
_MANY = 200  # shapes of a slide from which on rows are no longer tried together
_FURNITURE = {"SLIDE_NUMBER", "FOOTER", "DATE"}
_NUMBERS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape and its box in points on the slide; the shapes of a group stand for the group."""

    shape: Shape
    box: Bbox | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """How coordinates inside a group become those of the slide."""

    dx: float = 0.0
    dy: float = 0.0
    sx: float = 1.0
    sy: float = 1.0


def placed(shapes: Iterable[Shape], frame: _Frame | None = None) -> Iterator[Placed]:
    """The shapes that hold content, out of their groups, without slide numbers, footers and dates."""
    frame = frame or _Frame()
    for shape in shapes:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind is not None and kind.name in _FURNITURE:
            continue
        if hasattr(shape, "shapes"):
            yield from placed(shape.shapes, _inner(shape, frame))
        else:
            yield Placed(shape, _box(shape, frame))


def _box(shape: Shape, frame: _Frame) -> Bbox | None:
    if None in (shape.left, shape.top, shape.width, shape.height):
        return None
    x, y = frame.dx + shape.left * frame.sx, frame.dy + shape.top * frame.sy
    right, bottom = x + shape.width * frame.sx, y + shape.height * frame.sy
    return (round(x / EMU, 1), round(y / EMU, 1), round(right / EMU, 1), round(bottom / EMU, 1))


def _inner(group: Shape, frame: _Frame) -> _Frame:
    xfrm = group._element.find(f"{qn('p:grpSpPr')}/{qn('a:xfrm')}")
    found = [xfrm.find(qn(f"a:{n}")) if xfrm is not None else None for n in ("off", "ext", "chOff", "chExt")]
    parts = [part for part in found if part is not None]
    if len(parts) < 4:
        return frame
    off, ext, inner_off, inner_ext = parts
    sx = int(ext.get("cx")) / (int(inner_ext.get("cx")) or 1)
    sy = int(ext.get("cy")) / (int(inner_ext.get("cy")) or 1)
    dx, dy = int(off.get("x")) - int(inner_off.get("x")) * sx, int(off.get("y")) - int(inner_off.get("y")) * sy
    return _Frame(frame.dx + dx * frame.sx, frame.dy + dy * frame.sy, sx * frame.sx, sy * frame.sy)


def reading_order(shapes: list[Placed]) -> list[Placed]:
    """Columns from left to right where a gap runs down between them, else rows from top to bottom, and so on inside each."""
    known = [(s, s.box) for s in shapes if s.box]
    return [s for s, _ in _cut(known)] + [s for s in shapes if not s.box]


def _cut(shapes: list[tuple[Placed, Bbox]]) -> list[tuple[Placed, Bbox]]:
    if len(shapes) < 2:
        return shapes
    columns, rows = _split(shapes, 0), _split(shapes, 1)
    parts = columns if len(columns) > 1 else _bands(rows) if len(rows) > 1 else []
    if parts:
        return [s for part in parts for s in _cut(part)]
    return sorted(shapes, key=lambda s: (s[1][1], s[1][0]))


def _bands(rows: list[list[tuple[Placed, Bbox]]]) -> list[list[tuple[Placed, Bbox]]]:
    """Rows that share a gap between columns, together: what spans them all parts them."""
    bands = rows[:1]
    for row in rows[1:]:
        together = bands[-1] + row
        shared = len(bands[-1]) > 1 and len(row) > 1 and len(together) < _MANY and len(_split(together, 0)) > 1
        bands[-1:] = [together] if shared else [bands[-1], row]
    return bands


def _split(shapes: list[tuple[Placed, Bbox]], axis: int) -> list[list[tuple[Placed, Bbox]]]:
    parts: list[list[tuple[Placed, Bbox]]] = []
    end = 0.0
    for shape in sorted(shapes, key=lambda s: s[1][axis]):
        if parts and shape[1][axis] < end - _GAP:
            parts[-1].append(shape)
        else:
            parts.append([shape])
        end = max(end, shape[1][axis + 2])
    return parts


class Bullets:
    """Whether the paragraphs of one shape are list items: by themselves, their shape, its layout or the master."""

    def __init__(self, shape: Shape) -> None:
        self._styles = list(_list_styles(shape))
        self._counts: dict[int, int] = {}

    def marker(self, paragraph: Element) -> str | None:
        """The marker of a paragraph, None for plain text."""
        properties = paragraph.find(qn("a:pPr"))
        level = int(properties.get("lvl", "0")) if properties is not None else 0
        own = [properties] if properties is not None else []
        named = (style.find(qn(f"a:lvl{level + 1}pPr")) for style in self._styles)
        found = next((b for p in [*own, *(n for n in named if n is not None)] if (b := _bullet(p)) is not None), None)
        if found is None or found.tag == qn("a:buNone"):
            self._counts.clear()
            return None
        for deeper in [n for n in self._counts if n > level]:
            del self._counts[deeper]
        if found.tag != qn("a:buAutoNum"):
            self._counts.pop(level, None)
            return "-"
        self._counts[level] = self._counts.get(level, int(found.get("startAt", "1")) - 1) + 1
        return _number(self._counts[level], found.get("type", "arabicPeriod"))


def _bullet(properties: Element) -> Element | None:
    kinds = (qn("a:buNone"), qn("a:buAutoNum"), qn("a:buChar"), qn("a:buBlip"))
    return next((child for child in properties if child.tag in kinds), None)


def _number(number: int, kind: str) -> str:
    style = next((v for k, v in _NUMBERS.items() if kind.startswith(k)), "decimal")
    shown = formatted(number, style)
    return f"({shown})" if kind.endswith("ParenBoth") else f"{shown})" if kind.endswith("ParenR") else f"{shown}."


def _list_styles(shape: Shape) -> Iterator[Element]:
    """The list styles that apply to a shape, nearest first."""
    yield from _own(shape._element)
    if not shape.is_placeholder:
        return
    slide, wanted = shape.part.slide, shape.placeholder_format
    layout = slide.slide_layout
    for holder in layout.placeholders:
        if holder.placeholder_format.idx == wanted.idx:
            yield from _own(holder._element)
    kind = "title" if wanted.type is not None and "TITLE" in wanted.type.name.replace("SUBTITLE", "") else "body"
    for holder in layout.slide_master.placeholders:
        if kind.upper() in holder.placeholder_format.type.name:
            yield from _own(holder._element)
    yield from layout.slide_master._element.iter(qn(f"p:{kind}Style"))


def _own(element: Element) -> Iterator[Element]:
    yield from element.findall(f"{qn('p:txBody')}/{qn('a:lstStyle')}")
