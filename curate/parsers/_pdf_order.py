"""Puts the lines of a page into reading order: columns are found by the gaps between lines, then read top to bottom."""

import re
from collections.abc import Iterable
from dataclasses import replace
from statistics import median

from curate.parsers._pdf_lines import CJK, Line, merged

LABEL = re.compile(
    r"([•●▪■◦○‣⁃∙·➢✓❖o*–—-]|\(?[0-9]{1,3}[.)]?|[0-9]+(\.[0-9]+)+\.?|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,5}[.)]|[（(]?[一二三四五六七八九十]+[、.)）])"
)
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEADING = re.compile(r"(\.\s?){4,}$|…{2,}$")
_CURRENCY = {"$", "€", "£", "¥", "US$"}
Region = list[Line]


def regions(lines: Iterable[Line]) -> list[Region]:
    """The columns and bands of the page in reading order, each with its lines from top to bottom."""
    upright = [line for line in lines if line.upright]
    turned = [line for line in lines if not line.upright]
    letters = "".join(line.text for line in upright)
    if len(_RTL.findall(letters)) > 0.4 * max(len(letters), 1):
        upright = [_mirrored(line) for line in upright]
    found = _split(_labelled(upright), depth=0)
    return [*found, *([_sorted(turned)] if turned else [])]


def _mirrored(line: Line) -> Line:
    """A line of a page that is read from right to left, laid out as if it were read from left to right."""
    x0, y0, x1, y1 = line.box
    return replace(line, box=(-x1, y0, -x0, y1))


def rows(lines: Region) -> list[list[Line]]:
    """Lines that stand side by side as one row, rows from top to bottom, pieces from left to right."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda li: (li.box[1] + li.box[3], li.box[0])):
        if found and all(_beside(line, other) for other in found[-1][-6:]):  # sorted: the last ones are the nearest
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda li: li.box[0]) for row in found]


def _beside(a: Line, b: Line) -> bool:
    small = a if a.height < b.height else b
    if len(small.text) <= 3 and small.size < 0.85 * max(a.size, b.size) and not (a.grid or b.grid):  # a raised or lowered letter
        overlap = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
        return overlap > 0.6 * small.height and -1 < max(a.box[0] - b.box[2], b.box[0] - a.box[2]) < a.size
    if max(a.height, b.height) > 2 * min(a.height, b.height):
        return False
    apart = abs(a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2
    return apart < 0.45 * min(a.height, b.height) and not (a.grid or b.grid) and (a.box[0] >= b.box[2] - 2 or b.box[0] >= a.box[2] - 2)


def _labelled(lines: Region) -> Region:
    """Bullets and numbers that stand apart from their text are put back in front of it."""
    result: Region = []
    for row in rows(lines):
        merged_row: Region = []
        for line in row:
            last = merged_row[-1] if merged_row else None
            if last and _belongs(last, line):
                merged_row[-1] = merged(
                    last, line, "" if last.text in _CURRENCY or (CJK.match(last.text[-1]) and CJK.match(line.text[0])) else " "
                )
            else:
                merged_row.append(line)
        result.extend(merged_row)
    return result


def _belongs(left: Line, right: Line) -> bool:
    gap = right.box[0] - left.box[2]
    em = max(left.size, right.size, 1.0)
    if _LEADING.search(left.text) and right.text.strip().isdigit():
        return True
    if left.text.strip() in _CURRENCY and right.text[:1] in "(0123456789-—–":
        return gap < 9 * em
    return gap < 0.9 * em or (gap < 4 * em and LABEL.fullmatch(left.text.strip()) is not None)


def _split(lines: Region, depth: int) -> list[Region]:
    """Cuts at the gutter that fewest lines cross; lines across it part the columns into bands."""
    if len(lines) < 6 or depth > 6:
        return [_sorted(lines)] if lines else []
    if (gutter := _gutter(lines)) is None:
        return _stacked(lines, depth)
    result: list[Region] = []
    left: Region = []
    right: Region = []
    across: Region = []

    def flush() -> None:
        result.extend([*_split(list(left), depth + 1), *_split(list(right), depth + 1)])
        left.clear()
        right.clear()

    for line in sorted(lines, key=lambda li: (li.box[1], li.box[0])):
        if line.box[0] < gutter < line.box[2] or (across and _tail(across[-1], line, lines)):
            if left or right:
                result.extend([_sorted(across)] if across else [])
                across.clear()
                flush()
            across.append(line)
            continue
        if across:
            result.append(_sorted(across))
            across.clear()
        (left if line.box[2] <= gutter else right).append(line)
    result.extend([_sorted(across)] if across else [])
    flush()
    return result


def _tail(above: Line, line: Line, lines: Region) -> bool:
    """Whether a line is the short end of the paragraph above it, which runs across the gutter: nothing stands beside it."""
    if line.box[1] - above.box[3] > 0.6 * line.size or abs(line.size - above.size) > 0.5 or abs(line.box[0] - above.box[0]) > 3 * line.size:
        return False
    if len(lines) > 2000:
        return False
    return not any(o is not line and o.box[1] < line.box[3] - 2 and o.box[3] > line.box[1] + 2 for o in lines)


def _stacked(lines: Region, depth: int) -> list[Region]:
    """Without a common gutter: the parts above and below the widest white band, if either of them has columns."""
    found = rows(lines)
    beside = sum(len(row) > 1 for row in found)
    if beside < 3 or beside < 0.15 * len(found):
        return [_sorted(lines)]
    ordered = sorted(lines, key=lambda li: li.box[1])
    best, at, bottom = 0.0, 0, ordered[0].box[3]
    for i, line in enumerate(ordered[1:], 1):
        if line.box[1] - bottom > best:
            best, at = line.box[1] - bottom, i
        bottom = max(bottom, line.box[3])
    if best < 0.8 * (median(li.size for li in lines) or 10.0):
        return [_sorted(lines)]
    above, below = _split(ordered[:at], depth + 1), _split(ordered[at:], depth + 1)
    return [*above, *below] if len(above) + len(below) > 2 else [_sorted(lines)]


def _gutter(lines: Region) -> float | None:
    """The x of the best gap between two columns of running text, or None."""
    x0, x1 = min(li.box[0] for li in lines), max(li.box[2] for li in lines)
    steps = max(int((x1 - x0) / 2), 1)
    if steps > 5000:
        return None
    profile = [0.0] * (steps + 2)
    for line in lines:  # a difference array: +height where a line begins, -height where it ends
        profile[int((line.box[0] - x0) / 2)] += line.height
        profile[min(int((line.box[2] - x0) / 2) + 1, steps + 1)] -= line.height
    total = sum(line.height for line in lines)
    running, valleys, begin = 0.0, [], -1
    for i, change in enumerate(profile):
        running += change
        if running <= 0.12 * total:
            begin = i if begin < 0 else begin
        elif begin >= 0:
            valleys.append((begin, i))
            begin = -1
    em = median(line.size for line in lines) or 10.0
    middles = [x0 + (a + b) for a, b in valleys if a > 0 and (b - a) * 2 >= 0.7 * em]
    good = [x for x in middles if _columns(lines, x, x1 - x0)]
    return min(good, key=lambda x: (sum(li.box[0] < x < li.box[2] for li in lines), abs(x - (x0 + x1) / 2))) if good else None


def _columns(lines: Region, x: float, width: float) -> bool:
    """Whether both sides of x are running text (full lines of some length), not the cells of a table or labels and values."""
    left, right = [li for li in lines if li.box[2] <= x], [li for li in lines if li.box[0] >= x]
    return _running(left, width) and _running(right, width)


def _running(side: Region, width: float) -> bool:
    if len(side) < 3 or sum(li.height for li in side) < 24:
        return False
    span = max(li.box[2] for li in side) - min(li.box[0] for li in side)
    full = sum(1 for li in side if li.width > 0.66 * span or li.grid)
    letters = sum(len(li.text) * (2 if CJK.search(li.text) else 1) for li in side) / len(side)
    return span > 0.18 * width and (full >= 0.4 * len(side) or letters >= 30) and letters >= 14


def _sorted(lines: Region) -> Region:
    return [line for row in rows(lines) for line in row]
