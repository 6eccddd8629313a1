"""Reads tables of comma-, semicolon-, tab- or pipe-separated values."""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from curate import encodings, markup
from curate.errors import DocumentError
from curate.markup import Builder
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".csv", ".tsv", ".tab", ".psv")

_DELIMITERS = (",", "\t", ";", "|")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEAD = 1000  # rows from which the shape of the table is told
_ROWS_A_TABLE = 500  # a long table becomes several, each with the header row
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,\s]*%?\)?|\d{4}-\d{2}-\d{2}.*|true|false|null|none|nan|n/a", re.I)


def sniff(name: str, data: bytes) -> int:
    return int(name.lower().endswith(SUFFIXES) and encodings.is_text(data))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data)
    delimiter = _delimiter(text, name)
    survey = _survey(text, delimiter)
    if not survey.head:
        raise DocumentError("this table holds no values", "every row of it is empty")
    builder = Builder()
    notes, header = _top(survey.head)
    for note in notes:
        builder.add("text", note)
    columns = sorted(survey.filled)
    names = [(header[i] if i < len(header) else "") or f"column {i + 1}" for i in columns]
    body = islice(_rows(text, delimiter, quoted=survey.quoted), len(notes) + bool(header), None)
    count = 0
    while (rows := list(islice(body, _ROWS_A_TABLE))) or not count:
        builder.add("table", markup.table([names, *([row[i] if i < len(row) else "" for i in columns] for row in rows)]))
        count += len(rows)
        if not rows:
            break
    meta = {"encoding": encoding, "delimiter": delimiter, "rows": count, "columns": len(columns)}
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
    widths = Counter(len(row) for row in _survey(text, delimiter).head[:200])
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return count / widths.total() * min(width, 20) ** 0.5 if width > 1 else 0.0


@dataclass(frozen=True, slots=True)
class _Survey:
    """What must be known before the table is written; the rows themselves are read again, so that they never all lie in memory."""

    quoted: bool
    head: list[list[str]]
    filled: set[int]


def _survey(text: str, delimiter: str) -> _Survey:
    """The first rows and the columns that hold anything; a quote that is never closed makes all quotes characters."""
    for quoted in (True, False):
        survey = _Survey(quoted, [], set())
        try:
            for row in _rows(text, delimiter, quoted=quoted):
                survey.filled.update(i for i, cell in enumerate(row) if cell)
                if len(survey.head) < _HEAD:
                    survey.head.append(row)
        except csv.Error:
            continue
        return survey
    raise DocumentError("this table cannot be read", "save it again as CSV from a spreadsheet program")


def _rows(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    """The rows with anything in them, one at a time."""
    csv.field_size_limit(sys.maxsize)
    start = text.find("\n") + 1 if text[:4].lower() == "sep=" else 0
    lines = (found.group() for found in _LINE.finditer(text, start))
    if quoted:
        escape = "\\" if '\\"' in text and '""' not in text else None
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, escapechar=escape, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield cells


def _top(rows: list[list[str]]) -> tuple[list[str], list[str]]:
    """Lines above the table, each a row of one cell, and the header row; an empty one where the table has none."""
    width = Counter(len(_trimmed(row)) for row in rows).most_common(1)[0][0]
    first = 0
    while width > 1 and first < min(5, len(rows) - 1) and len(_trimmed(rows[first])) == 1:
        first += 1
    return [row[0] for row in rows[:first]], rows[first] if _is_header(rows[first:]) else []


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    return row[: max((i + 1 for i, cell in enumerate(row) if cell), default=0)]


def _is_header(rows: list[list[str]]) -> bool:
    """Names, not values: no number among the cells of the first row, but for years."""
    cells = [cell for cell in rows[0] if cell and not _YEAR.fullmatch(cell)]
    return len(rows) > 1 and bool(cells) and not any(_NUMBER.fullmatch(cell) for cell in cells)
