"""What a worksheet's XML says beyond its values (merged cells, formulas never computed), and where its tables are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from curate.errors import DocumentError

MAX_CELLS = 200_000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

At = tuple[int, int]  # row and column, from 1
Range = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(slots=True)
class Extras:
    """`formulas` are those whose result was never stored: their text is all there is to show."""

    merged: list[Range] = field(default_factory=list)
    formulas: dict[At, str] = field(default_factory=dict)


def scan(stream: IO[bytes], title: str) -> Extras:
    """Reads a sheet's XML once, block by block; refuses a sheet that is larger than what a dataset can use."""
    from lxml import etree

    target = _Target(title)
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    while block := stream.read(1 << 18):
        parser.feed(block)
    parser.close()
    return target.extras


class _Target:
    """What lxml calls for each tag."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.extras = Extras()
        self._cells = 0
        self._at: At = (0, 0)
        self._row = 0
        self._tag = ""
        self._formula: str | None = None
        self._value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tag = tag.rsplit("}", 1)[-1]
        if self._tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._at = _checked((self._row, 0))
        elif self._tag == "c":
            self._cells += 1
            if self._cells > MAX_CELLS:
                message = f"the sheet {self.title!r} has more than {MAX_CELLS:,} cells"
                raise DocumentError(message, "save it as CSV, which is read at any length, or split it")
            self._at = _place(attributes["r"]) if "r" in attributes else (self._row, self._at[1] + 1)
            self._formula, self._value = None, False
        elif self._tag == "f":
            self._formula = ""
        elif self._tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.extras.merged.append((*_place(first), *_place(last or first)))

    def data(self, text: str) -> None:
        if self._tag == "f" and self._formula is not None:
            self._formula += text
        elif self._tag in ("v", "t") and text:
            self._value = True

    def end(self, tag: str) -> None:
        self._tag = ""
        if tag.endswith("}c") and self._formula and not self._value:
            self.extras.formulas[self._at] = f"={self._formula}"

    def close(self) -> None:
        """lxml wants it."""


def _place(reference: str) -> At:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference[:20]!r} is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return _checked((int(match[2]), column))


def _checked(at: At) -> At:
    if not (0 < at[0] <= MAX_ROW and at[1] <= MAX_COLUMN):
        raise ValueError(f"row {at[0]}, column {at[1]} lies outside of any sheet")
    return at


def fill_merged(cells: dict[At, str], merged: Iterable[Range]) -> None:
    """Puts a merged cell's text in each place it covers, so that every row reads alone; a title over a table stays one cell."""
    budget = MAX_CELLS
    filled = Counter(row for row, _ in cells)
    last_row, last_column = max(filled, default=0), max((column for _, column in cells), default=0)
    for top, left, bottom, right in merged:
        text = cells.get((top, left), "")
        rows = range(top, min(bottom, last_row) + 1)
        columns = range(left, left + 1 if filled[top] == 1 else min(right, last_column) + 1)
        budget -= len(rows) * len(columns)
        if text and budget > 0:
            cells.update({(row, column): text for row in rows for column in columns})


def regions(places: Iterable[At]) -> Iterator[list[At]]:
    """The filled places, parted at blank rows, then at blank columns, and again inside each part."""
    places = list(places)
    for axis in (0, 1):
        parts = _parted(places, axis)
        if len(parts) > 1:
            for part in parts:
                yield from regions(part)
            return
    if places:
        yield places


def _parted(places: list[At], axis: int) -> list[list[At]]:
    parts: list[list[At]] = []
    end = -1
    for place in sorted(places, key=lambda p: p[axis]):
        if not parts or place[axis] > end + 1:
            parts.append([])
        parts[-1].append(place)
        end = place[axis]
    return parts
