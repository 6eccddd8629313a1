"""Finds ruled tables: cells between horizontal and vertical rules, filled with the words that stand in them."""

from collections.abc import Iterable
from itertools import pairwise

from curate.parsers._pdf_lines import Grid, Line, cover, joined
from curate.records import Bbox

SNAP = 3.0  # points within which two rules are one
MAX_RULES = 3000  # more than this on a page is a drawing
MAX_SLOTS = 10_000  # graph paper
Word = tuple[Bbox, Bbox, str]  # box as laid out, bbox on the page, text


def segments(box: Bbox) -> list[Bbox]:
    """The rules a drawn box stands for: itself if it is thin, else its four sides."""
    x0, y0, x1, y1 = box
    if x1 - x0 < SNAP and y1 - y0 < SNAP:
        return []
    if y1 - y0 < SNAP or x1 - x0 < SNAP:
        return [box]
    return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def grids(rules: list[Bbox], words: list[Word]) -> list[Line]:
    """The ruled tables as lines that hold a grid."""
    across = _merged([(y, x0, x1) for x0, y0, x1, y1 in rules if y1 - y0 < SNAP <= x1 - x0 for y in [(y0 + y1) / 2]])
    down = _merged([(x, y0, y1) for x0, y0, x1, y1 in rules if x1 - x0 < SNAP <= y1 - y0 for x in [(x0 + x1) / 2]])
    if len(across) < 2 or len(down) < 2 or len(across) + len(down) > MAX_RULES:
        return []
    return [line for hs, vs in _clusters(across, down) for part in _parts(hs, vs) if (line := _grid(*part, words))]


Rule = tuple[float, float, float]  # where it stands, from, to


def _merged(rules: list[Rule]) -> list[Rule]:
    """Rules on one straight line that touch, as one; dashes and doubled borders disappear."""
    result: list[Rule] = []
    for at in _snapped(sorted(rules)):
        place = sum(r[0] for r in at) / len(at)
        start, end = at[0][1], at[0][2]
        for _, begin, stop in sorted(at, key=lambda r: r[1]):
            if begin > end + SNAP:
                result.append((place, start, end))
                start = begin
                end = stop
            start, end = min(start, begin), max(end, stop)
        result.append((place, start, end))
    return result


def _snapped(rules: list[Rule]) -> Iterable[list[Rule]]:
    group: list[Rule] = []
    for rule in rules:
        if group and rule[0] - group[0][0] > SNAP:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _clusters(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """The rules in groups that touch one another."""
    parent = list(range(len(across) + len(down)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, (y, x0, x1) in enumerate(across):
        for j, (x, y0, y1) in enumerate(down):
            if x0 - SNAP <= x <= x1 + SNAP and y0 - SNAP <= y <= y1 + SNAP:
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n in range(len(parent)):
        hs, vs = groups.setdefault(root(n), ([], []))
        (hs if n < len(across) else vs).append(across[n] if n < len(across) else down[n - len(across)])
    return [(hs, vs) for hs, vs in groups.values() if len(hs) > 1 and len(vs) > 1]


def _parts(hs: list[Rule], vs: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """The rules of each table, where rows across the whole width part tables of different columns, or stand above one."""
    ys = _places(hs)
    inner = sorted(vs)[1:-1]
    columns = [
        frozenset(round(x / SNAP) for x, a, b in inner if a - SNAP <= (top + bottom) / 2 <= b + SNAP) for top, bottom in pairwise(ys)
    ]
    groups: list[list[int]] = []
    for n, here in enumerate(columns):
        if here:
            if groups and n - 1 in groups[-1]:
                groups[-1].append(n)
            else:
                groups.append([n])
    shapes = [frozenset().union(*(columns[n] for n in group)) for group in groups]
    if len(set(shapes)) <= 1:
        groups = [[groups[0][0], groups[-1][-1]]] if groups else []
    return [_cut(hs, vs, ys[group[0]], ys[group[-1] + 1]) for group in groups]


def _cut(hs: list[Rule], vs: list[Rule], top: float, bottom: float) -> tuple[list[Rule], list[Rule]]:
    return [h for h in hs if top - SNAP <= h[0] <= bottom + SNAP], [v for v in vs if v[1] < bottom - SNAP and v[2] > top + SNAP]


def _grid(hs: list[Rule], vs: list[Rule], words: list[Word]) -> Line | None:
    ys, xs = _places(hs), _places(vs)
    if len(ys) < 2 or len(xs) < 2 or len(ys) + len(xs) < 5 or len(ys) * len(xs) > MAX_SLOTS:
        return None
    area = (xs[0], ys[0], xs[-1], ys[-1])
    inside = [w for w in words if _in(w[0], area)]
    if not inside:
        return None
    owner = _cells(xs, ys, hs, vs)
    texts: dict[tuple[int, int], list[Word]] = {}
    for word in inside:
        (x0, y0, x1, y1), _, _ = word
        texts.setdefault(owner[_slot(ys, (y0 + y1) / 2), _slot(xs, (x0 + x1) / 2)], []).append(word)
    rows = [[_text(texts.get((r, c), [])) for c in range(len(xs) - 1)] for r in range(len(ys) - 1)]
    rows = _tidy(rows)
    if not _is_table(rows):
        return None
    return Line("", area, cover([w[1] for w in inside]), grid=Grid(rows))


def _is_table(rows: list[list[str]]) -> bool:
    """Two rows and two columns at least, not mostly empty, and no cell that is a page's text in a frame."""
    cells = [cell for row in rows for cell in row]
    filled = [cell for cell in cells if cell]
    if len(rows) < 2 or len(rows[0]) < 2 or len(filled) < 3 or len(filled) < 0.2 * len(cells):
        return False
    several = sum(sum(bool(c) for c in row) > 1 for row in rows)
    return several >= 2 and max(map(len, filled)) <= 2500


def _places(rules: list[Rule]) -> list[float]:
    result: list[float] = []
    for place in sorted(r[0] for r in rules):
        if not result or place - result[-1] > SNAP:
            result.append(place)
    return result


def _slot(places: list[float], at: float) -> int:
    return max(0, min(sum(p <= at for p in places) - 1, len(places) - 2))


def _cells(xs: list[float], ys: list[float], hs: list[Rule], vs: list[Rule]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each slot of the grid the first slot of the cell it belongs to: slots with no rule between them are one cell."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, (top, bottom) in enumerate(pairwise(ys)):
        for c, (left, right) in enumerate(pairwise(xs)):
            here = (r, c)
            if c and not _ruled(vs, left, top, bottom):
                here = owner[r, c - 1]
            elif r and not _ruled(hs, top, left, right):
                here = owner[r - 1, c]
            owner[r, c] = here
    return owner


def _ruled(rules: list[Rule], at: float, start: float, end: float) -> bool:
    middle = (start + end) / 2
    return any(abs(place - at) <= SNAP and a - SNAP <= middle <= b + SNAP for place, a, b in rules)


def _text(words: list[Word]) -> str:
    """The words of a cell line by line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w[0][1] + w[0][3], w[0][0])):
        height = word[0][3] - word[0][1]
        if lines and (word[0][1] + word[0][3]) / 2 - (lines[-1][0][0][1] + lines[-1][0][0][3]) / 2 < 0.5 * height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return joined([" ".join(w[2] for w in sorted(line, key=lambda w: w[0][0])) for line in lines])


def _tidy(rows: list[list[str]]) -> list[list[str]]:
    """The rows without those rows and columns that hold nothing."""
    rows = [row for row in rows if any(row)]
    keep = [i for i in range(max((len(r) for r in rows), default=0)) if any(r[i] for r in rows)]
    return [[row[i] for i in keep] for row in rows]


def _in(inner: Bbox, outer: Bbox) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - 1 <= x <= outer[2] + 1 and outer[1] - 1 <= y <= outer[3] + 1


def outside(lines: list[Line], tables: list[Line]) -> list[Line]:
    """The lines that no table holds."""
    return [line for line in lines if not any(_in(line.box, table.box) for table in tables)]
