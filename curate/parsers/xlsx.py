"""Reads Excel workbooks: each sheet a heading, each block of filled cells a table, values as their number format shows them."""

from typing import Any

from curate.errors import DocumentError
from curate.markup import Builder, heading, table
from curate.parsers import _ooxml
from curate.parsers._numbers import shown
from curate.parsers._ooxml import Package, qn
from curate.parsers._sheets import At, fill_merged, regions, scan
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")

_SPARSE = 50  # places of a region for each filled one, from which on it is no table


def sniff(name: str, data: bytes) -> int:
    return _ooxml.sniff(name, data, "xl/", SUFFIXES)


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document; formulas appear by their stored result, hidden sheets are kept and named in `meta`."""
    with _ooxml.reading("workbook"):
        import openpyxl

        package = _ooxml.open_package(data)
        if package.main.endswith(".bin"):
            raise DocumentError("the workbook is binary (.xlsb)", "save it as .xlsx")
        paths = _sheet_paths(package)
        extras = {title: scan(package.stream(path), title) for title, path in paths.items()}
        book = openpyxl.load_workbook(package.mended(), read_only=True, data_only=True, keep_links=False)
        builder = Builder()
        for sheet in book.worksheets:
            more = extras[sheet.title]
            texts, typed = _cells(sheet, more.formulas)
            fill_merged(texts, more.merged)
            _add(builder, sheet.title, texts, typed)
        _ooxml.refuse_empty(builder, "workbook")
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        uncomputed = sum(len(more.formulas) for more in extras.values())
        meta = {"hidden_sheets": hidden, "formulas_without_result": uncomputed}
        title = package.title() or name.rsplit("/", 1)[-1]
        return [builder.document(name, data, title, {key: found for key, found in meta.items() if found})]


def _sheet_paths(package: Package) -> dict[str, str]:
    """The parts of the worksheets by their titles; chart sheets show what stands in cells already."""
    related = package.related(package.main)
    root = package.root(package.main)
    sheets = root.iter(qn("s:sheet")) if root is not None else ()
    found = {s.get("name", ""): related.get(s.get(qn("r:id"), "")) for s in sheets}
    return {title: relation.target for title, relation in found.items() if relation and relation.kind == "worksheet"}


def _cells(sheet: Any, formulas: dict[At, str]) -> tuple[dict[At, str], set[At]]:
    """The texts of the filled cells, and which of them hold numbers."""
    sheet.reset_dimensions()  # what a file says of its size is not to be trusted
    texts: dict[At, str] = dict(formulas)
    numbers: set[At] = set()
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            text = shown(cell.value, cell.number_format or "General").strip()
            if text:
                texts[cell.row, cell.column] = text
            if _is_number(cell.value):
                numbers.add((cell.row, cell.column))
    return texts, numbers


def _is_number(value: object) -> bool:
    """Whether a value shows that its row is no header; a year may head a column as a word does."""
    if isinstance(value, (bool, str)):
        return False
    return not (isinstance(value, int) and 1900 <= value <= 2100)


def _add(builder: Builder, title: str, texts: dict[At, str], numbers: set[At]) -> None:
    builder.add("heading", heading(title, 1) if texts else "")
    for places in regions(texts):
        rows = sorted({row for row, _ in places})
        columns = sorted({column for _, column in places})
        if len(rows) * len(columns) > _SPARSE * len(places):
            _add_sparse(builder, places, texts)
            continue
        grid = [[texts.get((row, column), "") for column in columns] for row in rows]
        while len(grid) > 1 and len(columns) > 1 and _is_label(grid[0], grid[1]):
            builder.add("text", next(cell for cell in grid.pop(0) if cell))
            rows.pop(0)
        if len(grid) == 1 and len(columns) == 1:
            builder.add("text", "\n".join(line for raw in grid[0][0].splitlines() if (line := " ".join(raw.split()))))
            continue
        headed = not any((rows[0], column) in numbers for column in columns)
        builder.add("table", table(grid if headed else [[""] * len(columns), *grid]))


def _is_label(row: list[str], below: list[str]) -> bool:
    """A single text over a fuller row is a title of what follows, not its header."""
    return sum(map(bool, row)) == 1 and bool(row[0]) and sum(map(bool, below)) > 1


def _add_sparse(builder: Builder, places: list[At], texts: dict[At, str]) -> None:
    """Cells strewn over a sheet, one line for each row."""
    lines: dict[int, list[str]] = {}
    for row, column in sorted(places):
        lines.setdefault(row, []).append(" ".join(texts[row, column].split()))
    builder.add("text", "\n".join(", ".join(line) for line in lines.values()))
