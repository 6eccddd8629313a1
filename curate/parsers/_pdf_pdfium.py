"""Reads the lines, tables and outline of a PDF with PDFium (BSD and Apache-2.0): the way without the AGPL."""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from curate.errors import DocumentError
from curate.parsers._pdf_grid import Word, grids, outside, segments
from curate.parsers._pdf_lines import MAX_PAGES, Direction, Line, Reading, Sheet, clean, facing, quarter, shown, turned, union, upright
from curate.records import Bbox, Json

MAX_PATHS = 4000  # a page with more is a drawing
_MONO = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt", re.IGNORECASE)
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters that stand side by side: their text, box on the page, and the index of the first."""

    text: str
    bbox: Bbox
    first: int


def read(data: bytes, password: str) -> Reading:
    """The file's pages; raises DocumentError where there are none to read."""
    if b"%PDF" not in data[:1024]:
        raise DocumentError("not a PDF: the content is something else", "give the file the ending of what it really is")
    with _open(data, password) as document:
        if not len(document):
            raise DocumentError("damaged PDF: no page could be found", "open it in a PDF viewer and save it again")
        if len(document) > MAX_PAGES:
            raise DocumentError(f"too large a PDF: {len(document):,} pages", f"split it; up to {MAX_PAGES:,} pages are read")
        return Reading([_sheet(document, index) for index in range(len(document))], list(_toc(document)), _info(document))


def _open(data: bytes, password: str) -> Any:
    """The document, without the password if it needs none."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" not in str(error).lower() or not password:
            raise _refused(str(error), password) from error
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        raise _refused(str(error), password) from error


def _refused(reason: str, password: str) -> DocumentError:
    if "password" in reason.lower() or "security" in reason.lower():
        return DocumentError(
            "encrypted PDF: the password is wrong" if password else "encrypted PDF: it needs a password",
            "give it as CURATE_PASSWORD, or save the file without one",
        )
    return DocumentError("damaged PDF: it cannot be opened", "open it in a PDF viewer and save it again")


def _sheet(document: Any, index: int) -> Sheet:
    """One page; a page that PDFium cannot load is an empty one, so that the rest of the file is kept."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        page = document[index]
        if pdfium.FPDFPage_GetAnnotCount(page) and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
            page = document[index]  # what was filled into forms is now part of the page
        width, height = page.get_size()
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return Sheet(index + 1, 0.0, 0.0, [], lost=1)
    runs = list(_runs(text, _View(page)))
    main = facing([(run.text, _direction(text, run, page)) for run in runs])
    lines, lost = _lines(text, runs, page, main)
    tables = _tables(page, runs, main) if len(lines) > 3 else []
    scanned = sum(len(line.text) for line in lines) < 20 and _imaged(page)
    return Sheet(index + 1, width, height, outside(lines, tables) + tables, upright(main, width, height), lost, scanned)


class _View:
    """Turns PDF coordinates (from the bottom left, before rotation) into those of the page as it is shown (from the top left)."""

    def __init__(self, page: Any) -> None:
        self.x0, self.y0, self.x1, self.y1 = page.get_cropbox()
        self.rotation = page.get_rotation()

    def __call__(self, left: float, bottom: float, right: float, top: float) -> Bbox:
        box = (left - self.x0, self.y1 - top, right - self.x0, self.y1 - bottom)
        width, height = self.x1 - self.x0, self.y1 - self.y0
        return shown(box, self.rotation, width, height)


def _runs(text: Any, view: _View) -> Iterator[_Run]:
    """The page's characters, parted at line ends and at gaps wider than a letter."""
    import pypdfium2.raw as pdfium

    letters: list[str] = []
    boxes: list[Bbox] = []
    first = 0
    rect = pdfium.FS_RECTF()
    for i in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, i)
        if code in (10, 13):
            yield from _closed(letters, boxes, first)
            letters, boxes = [], []
            continue
        letter = "-" if code == 2 else chr(code) if code < 0x110000 else "\ufffd"  # 2: a hyphen at the end of a line
        if letter.isspace() or not pdfium.FPDFText_GetLooseCharBox(text, i, ctypes.byref(rect)):
            letters.append(letter)
            continue
        box = view(rect.left, rect.bottom, rect.right, rect.top)
        if boxes and _apart(boxes[-1], box):
            yield from _closed(letters, boxes, first)
            letters, boxes = [], []
        first = first if boxes else i
        letters.append(letter)
        boxes.append(box)
    yield from _closed(letters, boxes, first)


def _closed(letters: list[str], boxes: list[Bbox], first: int) -> Iterator[_Run]:
    if boxes:
        yield _Run("".join(letters).strip(), union(boxes), first)


def _apart(a: Bbox, b: Bbox) -> bool:
    """Whether two characters that follow one another stand further apart than a letter is high."""
    em = max(min(a[3] - a[1], a[2] - a[0]), min(b[3] - b[1], b[2] - b[0]), 4.0)
    return max(b[0] - a[2], a[0] - b[2], b[1] - a[3], a[1] - b[3]) > 1.6 * em


def _direction(text: Any, run: _Run, page: Any) -> Direction:
    import pypdfium2.raw as pdfium

    angle = max(pdfium.FPDFText_GetCharAngle(text, run.first), 0.0) + math.radians(page.get_rotation())
    return quarter(math.cos(angle), math.sin(angle))


def _lines(text: Any, runs: list[_Run], page: Any, main: Direction) -> tuple[list[Line], int]:
    width, height = page.get_size()
    found, lost = [], 0
    for run in runs:
        kept, dropped = clean(run.text)
        lost += dropped
        if not kept.strip():
            continue
        size, bold, mono = _font(text, run.first + (len(run.text) > 2))
        direction = _direction(text, run, page)
        box = turned(run.bbox, direction, width, height)
        found.append(Line(kept.strip(), box, run.bbox, size, bold, mono, upright=direction == main))
    return found, lost


def _font(text: Any, index: int) -> tuple[float, bool, bool]:
    import pypdfium2.raw as pdfium

    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, index, name, 128, ctypes.byref(flags))
    called = name.value.decode("utf-8", "replace")
    bold = "bold" in called.lower() or bool(flags.value & _FORCE_BOLD) or pdfium.FPDFText_GetFontWeight(text, index) >= 600
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
    size = round(abs(pdfium.FPDFText_GetFontSize(text, index)) * (math.hypot(matrix.b, matrix.d) or 1.0) * 2) / 2
    return size, bold, bool(flags.value & _FIXED_PITCH) or _MONO.search(called) is not None


def _tables(page: Any, runs: list[_Run], main: Direction) -> list[Line]:
    size = page.get_size()
    rules = [turned(rule, main, *size) for rule in _rules(page)]
    words: list[Word] = [(turned(run.bbox, main, *size), run.bbox, clean(run.text)[0]) for run in runs] if len(rules) > 3 else []
    return grids(rules, words) if words else []


def _rules(page: Any) -> list[Bbox]:
    import pypdfium2.raw as pdfium

    view, width = _View(page), page.get_width()
    boxes = []
    for n, shape in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if n > MAX_PATHS:
            return []
        box = view(*shape.get_bounds())
        if box[2] - box[0] < 0.97 * width:
            boxes.append(box)
    return [rule for box in boxes for rule in segments(box)]


def _imaged(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    area = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        area += (right - left) * (top - bottom)
    return bool(area > 0.4 * page.get_width() * page.get_height())


def _toc(document: Any) -> Iterator[tuple[int, str, int]]:
    for mark in document.get_toc(max_depth=8):
        place = mark.get_dest()
        yield mark.level + 1, clean(mark.get_title())[0].strip(), (place.get_index() or 0) + 1 if place else 0


def _info(document: Any) -> Json:
    info = document.get_metadata_dict()
    names = {"title": "Title", "author": "Author", "producer": "Producer", "created": "CreationDate"}
    return {key: value for key, name in names.items() if (value := clean(info.get(name) or "")[0].strip())}
