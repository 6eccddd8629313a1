"""Reads tables of comma-, semicolon-, tab- or pipe-separated values."""

import csv
import io
import re
import sys
from collections import Counter

from curate import encodings, markup
from curate.errors import DocumentError
from curate.markup import Builder
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".csv", ".tsv", ".tab", ".psv")

_DELIMITERS = (",", "\t", ";", "|")
_ROWS_A_TABLE = 500  # a long table becomes several, each with the header row
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,\s]*%?\)?|\d{4}-\d{2}-\d{2}.*|true|false|null|none|nan|n/a", re.I)


def sniff(name: str, data: bytes) -> int:
    return int(name.lower().endswith(SUFFIXES) and encodings.is_text(data))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data)
    delimiter = _delimiter(text, name)
    rows = _rows(text, delimiter)
    if not rows:
        raise DocumentError("this table holds no values", "every row of it is empty")
    builder = Builder()
    notes, header, body = _parted(rows)
    for note in notes:
        builder.add("text", note)
    for start in range(0, max(1, len(body)), _ROWS_A_TABLE):
        builder.add("table", markup.table([header, *body[start : start + _ROWS_A_TABLE]]))
    meta = {"encoding": encoding, "delimiter": delimiter, "rows": len(body), "columns": len(header)}
    return [builder.document(name, data, notes[0] if notes else "", meta)]


def _delimiter(text: str, name: str) -> str:
    """The separator that parts most rows into the same number of cells, and into the most."""
    head = text[: 1 << 16]
    if text[:4].lower() == "sep=":
        return text[4:5]
    complete = head if len(head) == len(text) else head.rsplit("\n", 1)[0]
    scores = {d: _evenness(complete, d) for d in _DELIMITERS}
    best = max(_DELIMITERS, key=scores.__getitem__)
    return best if scores[best] else "\t" if name.lower().endswith((".tsv", ".tab")) else ","


def _evenness(text: str, delimiter: str) -> float:
    widths = Counter(len(row) for row in _rows(text, delimiter)[:200])
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return count / widths.total() * min(width, 20) ** 0.5 if width > 1 else 0.0


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Rows with anything in them; a quote that is never closed is read as a character."""
    csv.field_size_limit(sys.maxsize)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    try:
        escape = "\\" if '\\"' in text and '""' not in text else None
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, escapechar=escape, strict=True))
    except csv.Error:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _parted(rows: list[list[str]]) -> tuple[list[str], list[str], list[list[str]]]:
    """Lines above the table, its header row and its body; columns without a name are numbered."""
    width = Counter(map(len, (_trimmed(row) for row in rows[:1000]))).most_common(1)[0][0]
    first = 0
    while width > 1 and first < min(5, len(rows) - 1) and len(_trimmed(rows[first])) == 1:
        first += 1
    notes, rows = [row[0] for row in rows[:first] if row[0]], rows[first:]
    widest = max(len(row) for row in rows)
    header = rows[0] if _is_header(rows) else []
    body = rows[1:] if header else rows
    empty = [i for i in range(widest) if not any(i < len(row) and row[i] for row in rows)]
    names = [(header[i] if i < len(header) else "") or f"column {i + 1}" for i in range(widest)]
    keep = [i for i in range(widest) if i not in empty]
    return notes, [names[i] for i in keep], [[row[i] if i < len(row) else "" for i in keep] for row in body]


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    return row[: max((i + 1 for i, cell in enumerate(row) if cell), default=0)]


def _is_header(rows: list[list[str]]) -> bool:
    """Names, not values: no number among the cells of the first row, but for years."""
    cells = [cell for cell in rows[0] if cell and not _YEAR.fullmatch(cell)]
    return len(rows) > 1 and bool(cells) and not any(_NUMBER.fullmatch(cell) for cell in cells)
