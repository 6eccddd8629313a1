"""Finds tables without rules: runs of rows whose pieces stand in the same columns."""

from collections.abc import Iterator

from curate.parsers._pdf_lines import Line, joined

Row = list[Line]


def table_runs(found: list[Row]) -> Iterator[tuple[list[Row], list[list[str]] | None]]:
    """The rows in order, as runs: (rows, cells) for a table, (rows, None) for everything else."""
    plain: list[Row] = []
    i = 0
    while i < len(found):
        end = _run_end(found, i)
        cells = _cells(found[i:end]) if end - i >= 3 else None
        if cells:
            if plain and (head := _head(plain[-1], found[i], len(cells[0]))):
                cells.insert(0, head)
                plain.pop()
                i -= 1
            if plain:
                yield plain, None
                plain = []
            yield found[i:end], cells
            i = end
        else:
            plain.append(found[i])
            i += 1
    if plain:
        yield plain, None


def _head(above: Row, first: Row, width: int) -> list[str] | None:
    """A single piece centred above all columns but the first, as a header row that says it over each of them."""
    if len(above) != 1 or above[0].grid or _far(above, first) or width < 3:
        return None
    line, left, right = above[0], first[0].box[0], first[-1].box[2]
    if len(first) == width:
        left = first[1].box[0]
    centred = abs(line.box[0] + line.box[2] - left - right) < 0.15 * (right - left)
    return ["", *[line.text] * (width - 1)] if centred and line.box[0] > left and line.box[2] < right and len(line.text) < 60 else None


def _run_end(found: list[Row], start: int) -> int:
    """Where a run of rows with several pieces ends; it may hold rows of one piece (a wrapped cell, a label), never two in a row."""
    if len(found[start]) < 2:
        return start
    end = start + 1
    while end < len(found):
        if found[end][0].grid or _far(found[end - 1], found[end]):
            break
        if len(found[end]) < 2 and (end + 1 >= len(found) or len(found[end + 1]) < 2):
            break
        end += 1
    return end


def _far(above: Row, below: Row) -> bool:
    size = max(line.size for line in above + below) or 10.0
    return min(li.box[1] for li in below) - max(li.box[3] for li in above) > 2.5 * size


def _cells(run: list[Row]) -> list[list[str]] | None:
    """The cells of a run of rows, or None where its pieces do not stand in columns."""
    columns = _columns(run)
    if len(columns) < 2:
        return None
    table: list[list[list[str]]] = []
    clashes = multiple = 0
    for row in run:
        cells: list[list[str]] = [[] for _ in columns]
        for line in row:
            for n in _spanned(line, columns, header=not table):
                clashes += bool(cells[n]) and n == _spanned(line, columns, header=False)[0]
                cells[n].append(line.text)
        multiple += sum(bool(c) for c in cells) > 1
        if table and len(row) == 1 and not cells[0]:  # the rest of a cell above
            n = next(n for n, c in enumerate(cells) if c)
            table[-1][n].extend(cells[n])
        else:
            table.append(cells)
    if clashes > 0.1 * len(run) or multiple < 3 or multiple < 0.6 * len(table) or (len(columns) == 2 and multiple < 4):
        return None
    result = [[joined(cell) for cell in cells] for cells in table]
    return result if _is_table(result) else None


def _is_table(cells: list[list[str]]) -> bool:
    """Short cells, most of them filled and with words or numbers in them: no running text, no formula, no drawing."""
    filled = [cell for row in cells for cell in row if cell]
    words = sum(sum(c.isalnum() for c in cell) > 1 for cell in filled)
    short = sum(map(len, filled)) / len(filled) < (35 if len(cells[0]) == 2 else 60)
    return short and len(filled) >= 0.45 * len(cells) * len(cells[0]) and words >= 0.6 * len(filled)


def _columns(run: list[Row]) -> list[tuple[float, float]]:
    """The x-ranges that the pieces of the fullest rows share."""
    most = max(len(row) for row in run)
    spans = sorted((line.box[0], line.box[2]) for row in run if len(row) >= max(2, most - 1) for line in row)
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] + 2:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _spanned(line: Line, columns: list[tuple[float, float]], *, header: bool) -> list[int]:
    """The columns a piece stands in: all that it spans in the first row (a heading over several), else the one it overlaps most."""
    overlap = [min(line.box[2], x1) - max(line.box[0], x0) for x0, x1 in columns]
    if header and (over := [n for n, o in enumerate(overlap) if o > 0]):
        return over
    return [max(range(len(columns)), key=lambda n: overlap[n])]
