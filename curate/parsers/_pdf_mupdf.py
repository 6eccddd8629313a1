"""Reads the lines, tables and outline of a PDF with PyMuPDF (AGPL or commercial)."""

from collections import Counter
from typing import Any

from curate.errors import DocumentError
from curate.parsers._page_pictures import Picture, pictures
from curate.parsers._pdf_grid import grids, outside, segments
from curate.parsers._pdf_lines import MAX_PAGES, Direction, Line, Reading, Sheet, clean, facing, quarter, shown, turned, union, upright
from curate.records import Bbox, Json

MAX_OBJECTS = 2_000_000
MAX_PATHS = 4000  # a page with more is a drawing; looking for a table in it takes seconds
_BOLD, _MONO = 16, 8


def read(data: bytes, password: str) -> Reading:
    """The file's pages; raises DocumentError where there are none to read."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    pymupdf.TOOLS.reset_mupdf_warnings()
    with _open(data, password) as document:
        sheets = [_sheet(document, number) for number in range(document.page_count)]
        warnings = [line for line in pymupdf.TOOLS.mupdf_warnings().splitlines() if line]
        return Reading(sheets, _toc(document), _info(document), bool(document.is_repaired), list(dict.fromkeys(warnings))[:10])


def rendered(data: bytes, password: str, dpi: int) -> list[Picture]:
    """The file's pages and figures as pictures."""
    with _open(data, password) as document:
        return list(pictures(document, dpi))


def _open(data: bytes, password: str) -> Any:
    import pymupdf

    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except (RuntimeError, pymupdf.mupdf.FzErrorBase) as error:
        raise DocumentError("damaged PDF: it cannot be opened", "open it in a PDF viewer and save it again") from error
    if not document.is_pdf:
        raise DocumentError("not a PDF: the content is something else", "give the file the ending of what it really is")
    if document.needs_pass and not document.authenticate(password):
        raise DocumentError(
            "encrypted PDF: the password is wrong" if password else "encrypted PDF: it needs a password",
            "give it as CURATE_PASSWORD, or save the file without one",
        )
    if document.page_count == 0:
        raise DocumentError("damaged PDF: no page could be found", "open it in a PDF viewer and save it again")
    if document.page_count > MAX_PAGES or document.xref_length() > MAX_OBJECTS:
        raise DocumentError(
            f"too large a PDF: {document.page_count:,} pages, {document.xref_length():,} objects",
            f"split it; up to {MAX_PAGES:,} pages and {MAX_OBJECTS:,} objects are read",
        )
    return document


def _sheet(document: Any, index: int) -> Sheet:
    """One page; a page that MuPDF cannot load is an empty one, so that the rest of the file is kept."""
    import pymupdf

    try:
        page = document[index]
        text = page.get_textpage(flags=_flags())
        raw = [line for block in page.get_text("dict", textpage=text)["blocks"] for line in block.get("lines", ())]
        shape = _Shape(page, facing([("".join(s["text"] for s in line["spans"]), _direction(line)) for line in raw]))
        lines, lost = _lines(shape, raw)
        tables = _tables(page, text, shape) if len(lines) > 3 else []
        scanned = _scanned(page, lines)
        return Sheet(index + 1, *shape.shown, outside(lines, tables) + tables, upright(shape.main, *shape.size), lost, scanned)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        return Sheet(index + 1, 0.0, 0.0, [], lost=1)


class _Shape:
    """A page's size as shown, its size before its own rotation (MuPDF places text in that), and where its text runs."""

    def __init__(self, page: Any, main: Direction) -> None:
        rect = page.rect
        self.rotation: int = page.rotation
        self.shown: tuple[float, float] = (rect.width, rect.height)
        self.size: tuple[float, float] = (rect.height, rect.width) if self.rotation % 180 else self.shown
        self.main = main


def _flags() -> int:
    import pymupdf

    return int(
        pymupdf.TEXT_PRESERVE_LIGATURES
        | pymupdf.TEXT_PRESERVE_WHITESPACE
        | pymupdf.TEXT_MEDIABOX_CLIP
        | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
    )


def _lines(shape: _Shape, raw: list[Any]) -> tuple[list[Line], int]:
    found, lost = [], 0
    for line in raw:
        made, dropped = _line(line, shape)
        lost += dropped
        if made:
            found.append(made)
    return found, lost


def _direction(line: Any) -> Direction:
    return (0.0, 1.0) if line["wmode"] else quarter(*line["dir"])


def _line(raw: Any, shape: _Shape) -> tuple[Line | None, int]:
    spans = [s for s in raw["spans"] if s["text"].strip() and s["size"] > 1]
    if not spans:
        return None, 0
    first, last = raw["spans"].index(spans[0]), raw["spans"].index(spans[-1])
    text, lost = clean("".join(s["text"] for s in raw["spans"][first : last + 1]))
    if not text.strip():
        return None, lost
    letters = Counter[bool]()
    mono = Counter[bool]()
    sizes = Counter[float]()
    for s in spans:
        count = len(s["text"].strip())
        letters[bool(s["flags"] & _BOLD) or "bold" in s["font"].lower()] += count
        mono[_is_mono(s)] += count
        sizes[round(s["size"] * 2) / 2] += count
    bbox = _tight(text, union([s["bbox"] for s in spans]))
    direction = _direction(raw)
    line = Line(
        text=text.strip(),
        box=turned(bbox, direction, *shape.size),
        bbox=shown(bbox, shape.rotation, *shape.size),
        size=max(sizes, key=lambda size: (sizes[size], size)),
        bold=letters[True] > 0.8 * letters.total(),
        mono=mono[True] > 0.8 * mono.total(),
        upright=direction == shape.main,
    )
    return line, lost


def _tight(text: str, bbox: Bbox) -> Bbox:
    """The box without the spaces at the start and the end of its text: code is indented by them."""
    x0, y0, x1, y1 = bbox
    if y1 - y0 > x1 - x0:
        return bbox
    letter = (x1 - x0) / len(text)
    return (x0 + letter * (len(text) - len(text.lstrip())), y0, x1 - letter * (len(text) - len(text.rstrip())), y1)


def _is_mono(span: Any) -> bool:
    font = span["font"].lower()
    return bool(span["flags"] & _MONO) or any(name in font for name in ("mono", "courier", "consol", "menlo", "typewriter", "cmtt"))


def _scanned(page: Any, lines: list[Line]) -> bool:
    """Whether the page is an image without text."""
    if sum(len(line.text) for line in lines) >= 20:
        return False
    images = sum((x1 - x0) * (y1 - y0) for kind, (x0, y0, x1, y1) in page.get_bboxlog() if kind == "fill-image")
    return bool(images > 0.4 * page.rect.width * page.rect.height)


def _tables(page: Any, text: Any, shape: _Shape) -> list[Line]:
    rules = [turned(rule, shape.main, *shape.size) for rule in _rules(page, shape.size[0])]
    if len(rules) < 4:
        return []
    words = page.get_text("words", textpage=text)
    placed = [(turned(w[:4], shape.main, *shape.size), shown(w[:4], shape.rotation, *shape.size), clean(w[4])[0]) for w in words]
    return grids(rules, placed)


def _rules(page: Any, width: float) -> list[Bbox]:
    """What is drawn as a rule: lines, thin boxes, the sides of framed boxes; of plain coloured areas only where nothing else is drawn."""
    paths = page.get_cdrawings()
    if len(paths) > MAX_PATHS:
        return []
    drawn: list[Bbox] = []
    areas: list[Bbox] = []
    for path in paths:
        for item in path["items"]:
            if item[0] == "re" and item[1][2] - item[1][0] > 0.97 * width:
                continue  # a banner or the page's background
            if item[0] == "l":
                (x0, y0), (x1, y1) = item[1:3]
                drawn.extend(segments((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))) if min(abs(x1 - x0), abs(y1 - y0)) < 1 else [])
            elif item[0] in ("re", "qu"):
                sides = segments(item[1] if item[0] == "re" else union([(*item[1][0], *item[1][3]), (*item[1][1], *item[1][2])]))
                (drawn if path["type"] != "f" or len(sides) < 2 else areas).extend(sides)
    upright = sum(1 for x0, _, x1, _ in drawn if x1 - x0 < 3)
    return drawn if 2 <= upright < len(drawn) - 1 else drawn + areas


def _toc(document: Any) -> list[tuple[int, str, int]]:
    import pymupdf

    try:
        return [(level, clean(title)[0].strip(), page) for level, title, page in document.get_toc()[:20_000]]
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        return []


def _info(document: Any) -> Json:
    info = document.metadata or {}
    names = {"title": "title", "author": "author", "producer": "producer", "created": "creationDate"}
    return {key: value for key, name in names.items() if (value := clean(info.get(name) or "")[0].strip())}
