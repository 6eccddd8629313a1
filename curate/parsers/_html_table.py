"""Tables of HTML: spans filled, key-value tables as lists, and tables that only lay out a page unfolded."""

import re
from typing import TYPE_CHECKING

from curate import markup
from curate.parsers import _html
from curate.parsers import _html_inline as inline

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_WIDEST, _LONGEST = 200, 20_000  # columns, rows: a forged span must not fill the memory
_BOLD = re.compile(r"\*\*[^*]+\*\*")
_ITEM = re.compile(r"(?m)^\s*(?:[-*]|\d+\.) ")
_MARKS = {"heading": re.compile(r"^#+ "), "quote": re.compile(r"(?m)^(?:> ?)+")}  # elsewhere # and > are what the cell says: ">= 10", "#3"


def pieces(table: "LexborNode", depth: int) -> list[_html.Piece]:
    """A caption, and the table as a pipe table, as a list of keys and values, or as what its cells hold."""
    rows = _rows(table)
    if _is_layout(table, rows):
        return [p for row in rows for cell in row for p in _html.pieces(cell, depth + 1)]
    grid = _grid(rows, depth)
    found = _caption(table)
    if len(grid) > 2 and len(grid[0][1]) > 1 and len({*grid[0][1]}) == 1:  # a title across the whole first row
        found.append(("caption", grid[0][1][0]))
        grid = grid[1:]
    grid = [(heading, line) for heading, line in grid if any(line)]
    if not grid:
        return found
    lines = [line for _, line in grid]
    if len(lines[0]) == 2 and _is_key_value(rows):
        return [*found, ("list", "\n".join(f"- {key.rstrip(':： ')}: {value}" for key, value in lines))]
    head = next((i for i, (heading, _) in enumerate(grid[:3]) if not heading), min(3, len(grid))) or 1
    return [*found, ("table", markup.table([_merged(lines[:head]), *lines[head:]]))]


def _rows(table: "LexborNode") -> list[list["LexborNode"]]:
    """The cells of this table's own rows, not of tables inside."""
    groups = [g for g in table.iter() if g.tag in ("thead", "tbody", "tfoot")] or [table]
    rows = [row for group in groups for row in group.iter() if row.tag == "tr"]
    return [cells for row in rows if (cells := [c for c in row.iter() if c.tag in ("td", "th")])]


def _is_layout(table: "LexborNode", rows: list[list["LexborNode"]]) -> bool:
    if (table.attributes.get("role") or "") in ("presentation", "none") or any(cell.css_first("table") for row in rows for cell in row):
        return True
    if table.css_first("th, caption"):
        return False
    filled = [row for row in rows if any(c.text().strip() for c in row)]
    if len(filled) <= 1 or max((len(row) for row in filled), default=0) <= 1:
        return True
    cells = [cell for row in filled for cell in row]
    return sum(len(cell.css("p, pre, ul, ol")) > 2 or len(cell.text()) > 800 for cell in cells) * 3 > len(cells)


def _grid(rows: list[list["LexborNode"]], depth: int) -> list[tuple[bool, list[str]]]:
    """For each row whether it is all header cells, and its texts; a place covered by a span repeats its cell's text."""
    grid: list[tuple[bool, list[str]]] = []
    hanging: dict[int, tuple[str, int]] = {}  # column -> text and how many more rows it covers
    width = 0
    for row in rows[:_LONGEST]:
        line: list[str] = []
        for cell in row:
            _fill(line, hanging)
            text, down = _text(cell, depth), _span(cell, "rowspan")
            for _ in range(min(_span(cell, "colspan"), _WIDEST - len(line))):
                if down > 1:
                    hanging[len(line)] = (text, down - 1)
                line.append(text)
        _fill(line, hanging)
        width = max(width, len(line))
        if len(line) == width or any(_span(cell, "rowspan") == 1 for cell in row):  # else it only opens spans
            grid.append((len(line) == width and all(cell.tag == "th" for cell in row), line))
    return [(heading, line + [""] * (width - len(line))) for heading, line in grid]


def _fill(line: list[str], hanging: dict[int, tuple[str, int]]) -> None:
    while len(line) in hanging:
        column = len(line)
        text, left = hanging.pop(column)
        if left > 1:
            hanging[column] = (text, left - 1)
        line.append(text)


def _span(cell: "LexborNode", name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), 1000) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _text(cell: "LexborNode", depth: int) -> str:
    """A cell on one line; items of a list in it are parted by semicolons."""
    parts = []
    for kind, text in _html.pieces(cell, depth + 1):
        if kind == "list":
            parts.append("; ".join(" ".join(item.split()) for item in _ITEM.split(text) if item.strip()))
        elif kind == "code":
            parts.append(f"`{' '.join(text.strip('`').split(chr(10), 1)[-1].split())}`")
        else:
            parts.append(" ".join(_MARKS[kind].sub("", text).split() if kind in _MARKS else text.split()))
    text = " ".join(parts)
    return text[2:-2] if _BOLD.fullmatch(text) else text


def _caption(table: "LexborNode") -> list[_html.Piece]:
    caption = table.css_first("caption")
    text = inline.plain(caption) if caption else ""
    return [("caption", text)] if text else []


def _is_key_value(rows: list[list["LexborNode"]]) -> bool:
    pairs = [row for row in rows if len(row) > 1]
    return bool(pairs) and all(row[0].tag == "th" and row[1].tag == "td" for row in pairs)


def _merged(head: list[list[str]]) -> list[str]:
    """Several header rows as one: the distinct texts above a column, joined."""
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*head, strict=True)]
