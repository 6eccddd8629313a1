"""Tells program text from prose, and sets it with its indentation."""

import re
from collections.abc import Iterator, Sequence

from curate.parsers._pdf_lines import CJK, Line

_CODE = re.compile(
    r"(\s=\s.*|\)\s*|^\s*(return|final|var|let|const|public|private|protected|static|import|package|using|int|String)\b.*);\s*(//.*|/\*.*\*/)?$|"
    r"[{}]\s*(//.*)?$|^\s*(//|/\*|\*/|[})\]]|@\w+|#include|import \w|from \w+ import|def \w)|^\s*(class \w+.*:|</?\w+[^>]*>)$"
)


def code_lines(lines: Sequence[Line], *, typewritten: bool) -> list[bool]:
    """Which lines are program text: set in a fixed-width font, or a run of lines with the punctuation of code."""
    smells = [not li.grid and _CODE.search(li.text) is not None and not CJK.match(li.text) for li in lines]
    marks = [li.mono and not li.grid and not typewritten for li in lines]
    for start, end in _runs(smells, [not li.grid and not CJK.match(li.text) for li in lines]):
        if sum(smells[start:end]) >= (2 if all(smells[start:end]) else 3):
            marks[start:end] = [True] * (end - start)
    return marks


def _runs(marked: list[bool], allowed: list[bool]) -> Iterator[tuple[int, int]]:
    """Runs of marked lines; one line between two of them may be unmarked where it is allowed."""
    i = 0
    while i < len(marked):
        end = i
        while end < len(marked) and (marked[end] or (end > i and allowed[end] and end + 1 < len(marked) and marked[end + 1])):
            end += 1
        if end > i:
            yield i, end
        i = max(end, i + 1)


def indented(places: Sequence[tuple[float, float]], texts: Sequence[str]) -> str:
    """Lines of code, each moved in by where it starts. places: x and the width of a letter, per line."""
    left = min(x for x, _ in places)
    widths = sorted(width for _, width in places if width > 0)
    letter = max(widths[len(widths) // 2] if widths else 6.0, 1.0)
    return "\n".join(" " * min(round((x - left) / letter), 80) + text for (x, _), text in zip(places, texts, strict=True))
