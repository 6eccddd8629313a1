"""Finds running headers, footers and page numbers: lines that repeat in the margins of several pages."""

import re

from curate.parsers._pdf_lines import Line, Sheet

MARGIN = 0.1  # share of the page's height, at the top and at the bottom
_NUMBER = re.compile(
    r"(page|seite|p\.|第)?\s*[-–—|/]?\s*(\d{1,4}|[ivxlc]{1,7})\s*((of|von|/|页\s*/?\s*共|，共)\s*\d+)?\s*[-–—|页頁]*", re.IGNORECASE
)
_STAMP = re.compile(r"downloaded (from|by)\b", re.IGNORECASE)  # what a library prints on every page it hands out
Key = tuple[str, str, int]


def without_furniture(sheets: list[Sheet]) -> list[list[Line]]:
    """The lines of each page without what repeats in the margins of pages near it, and without stamps.

    A single page keeps its header and footer: nothing there repeats.
    """
    seen: dict[Key, set[int]] = {}
    for sheet in sheets:
        for line in sheet.lines:
            for key in _keys(line, sheet):
                seen.setdefault(key, set()).add(sheet.number)
    needed = 2 if len(sheets) <= 4 else 3
    return [[line for line in sheet.lines if not _is_furniture(line, sheet, seen, needed)] for sheet in sheets]


def _is_furniture(line: Line, sheet: Sheet, seen: dict[Key, set[int]], needed: int) -> bool:
    edge = _edge(line, sheet)
    if edge == "side" or (edge and _STAMP.match(line.text)):
        return True
    return any(len(seen[key]) >= needed and _running(seen[key], sheet.number) for key in _keys(line, sheet))


def _running(pages: set[int], number: int) -> bool:
    """Whether it also stands on a page near by (left and right pages may differ): a heading that comes back chapters later does not."""
    return any(number + step in pages for step in (-2, -1, 1, 2))


def _keys(line: Line, sheet: Sheet) -> list[Key]:
    """What a margin line is counted under: its text with digits folded, at its height; nothing for a line of the body."""
    edge = _edge(line, sheet)
    if not edge or line.grid:
        return []
    if number := _NUMBER.fullmatch(line.text.strip()):  # a page number counts up with the pages
        return [(edge, "#", int(number[2]) - sheet.number if number[2].isdecimal() else 10_000)]
    text = re.sub(r"\d+", "#", " ".join(line.text.casefold().split()))
    if sum(c.isalpha() for c in text) < 2:
        return []
    place = round((line.box[1] if edge == "top" else sheet.upright[1] - line.box[3]) / 12)
    return [(edge, text, place), (edge, text, place + 1)]  # two cells, so that a line on the border between them is still one


def _edge(line: Line, sheet: Sheet) -> str:
    width, height = sheet.upright
    extent = height if line.upright else width
    top, bottom = line.box[3] <= extent * MARGIN, line.box[1] >= extent * (1 - MARGIN)
    if not line.upright:
        return "side" if top or bottom else ""
    return "top" if top else "bottom" if bottom else ""
