"""Renders the pages of a PDF or an image file, and the figures on them, as JPEG for a model that sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from curate.records import Bbox

QUALITY = 85
MOST_PIXELS = 4_000_000
"""Of one picture; larger pages are rendered smaller, for servers turn larger pictures down or shrink them themselves."""
MOST_PAGES = 500
FIGURE_SHARE, WHOLE_SHARE = 0.04, 0.85
"""Share of a page that a picture on it covers to count as a figure, and from which it is the page."""
MOST_FIGURES = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """One rendered page or figure. page: from 1. bbox: in points, None for the whole page. width, height: pixels."""

    page: int
    kind: str
    bbox: Bbox | None
    width: int
    height: int
    data: bytes


def pictures(document: Any, dpi: int) -> Iterator[Picture]:
    """The pages of an open MuPDF document with the figures on each; a page that cannot be rendered gives none."""
    import pymupdf

    for number in range(min(document.page_count, MOST_PAGES)):
        try:
            page = document[number]
            yield _rendered(page, number + 1, "page", None, dpi)
            for box in _figures(page):
                yield _rendered(page, number + 1, "figure", box, dpi)
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            continue


def _figures(page: Any) -> list[Bbox]:
    """Boxes of the largest pictures on a page, none of which is most of it."""
    area = abs(page.rect.width * page.rect.height) or 1.0
    found = []
    for info in page.get_image_info():
        x0, y0, x1, y1 = (round(v, 1) for v in info["bbox"])
        share = (x1 - x0) * (y1 - y0) / area
        if FIGURE_SHARE <= share < WHOLE_SHARE:
            found.append((share, (x0, y0, x1, y1)))
    return [box for _, box in sorted(dict.fromkeys(found), reverse=True)[:MOST_FIGURES]]


def _rendered(page: Any, number: int, kind: str, box: Bbox | None, dpi: int) -> Picture:
    import pymupdf

    clip = pymupdf.Rect(box) if box else page.rect
    scale = dpi / 72
    pixels = clip.width * clip.height * scale * scale
    if pixels > MOST_PIXELS:
        scale *= (MOST_PIXELS / pixels) ** 0.5
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=clip, alpha=False)
    return Picture(number, kind, box, drawn.width, drawn.height, drawn.tobytes("jpeg", jpg_quality=QUALITY))
