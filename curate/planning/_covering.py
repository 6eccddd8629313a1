"""Which stretches of a text are covered by evidence, and what of the rest is worth a question."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from curate.records import Chunk
from curate.text import sentences

Spans = list[tuple[int, int]]
"""Ranges of characters in order, none touching another."""
LEAST = 24
"""Characters of a sentence that says something; a Chinese one needs half."""
WORTH = 80
"""Uncovered characters (Chinese ones count double) from which a passage is asked about again."""
MOST_FOCUS = 8

_DULL = re.compile(
    r"^\s*(?:#{1,6}\s|[|:\s-]+$|[-*_=]{3,}\s*$|`{3}|~{3}|<!--|!\[)"  # headings, rules of tables, lines, code, images
    r"|©|\(c\)\s*\d{4}|all rights reserved|last (?:updated|modified)|table of contents|back to top|page \d+ of \d+|cookie"
    r"|版权所有|保留所有权利|最后更新|返回顶部|第\s*\d+\s*页|^\s*(?:目录|上一[页篇]|下一[页篇])",
    re.I,
)
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)|https?://\S+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_WIDE = re.compile("[\u3400-\u9fff]")


def united(spans: Iterable[tuple[int, int]]) -> Spans:
    """The union of ranges; empty ones vanish."""
    found: Spans = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def without(spans: Spans, taken: Spans) -> Spans:
    """What of the first no range of the second covers; both are unions."""
    found: Spans = []
    place = 0
    for start, end in spans:
        while place < len(taken) and taken[place][1] <= start:
            place += 1
        at, free = place, start
        while at < len(taken) and taken[at][0] < end:
            if taken[at][0] > free:
                found.append((free, taken[at][0]))
            free = taken[at][1]
            at += 1
        if free < end:
            found.append((free, end))
    return found


def touching(spans: Spans, start: int, end: int) -> Spans:
    """Those of a union that overlap a range or end at its start."""
    return spans[bisect_left(spans, start, key=lambda s: s[1]) : bisect_left(spans, end, key=lambda s: s[0])]


def length(spans: Iterable[tuple[int, int]]) -> int:
    """Characters in ranges that do not overlap."""
    return sum(end - start for start, end in spans)


def weight(text: str) -> int:
    """How much a text says, about: its characters, a Chinese one as two."""
    return len(text) + len(_WIDE.findall(text))


def informative(sentence: str) -> bool:
    """Whether a sentence, list item or table row says something: no heading, navigation, boilerplate or code."""
    said = _LINK.sub("", sentence)
    return weight(sentence) >= LEAST and 2 * len(said) >= len(sentence) and bool(_LETTERS.search(said)) and not _DULL.search(sentence)


def uncovered(chunk: Chunk, covered: Spans) -> list[str]:
    """The stretches of informative sentences of a passage that no evidence touches, in order; `covered` in the document's offsets."""
    found: Spans = []
    for start, end in sentences(chunk.text):
        first, last = chunk.start + start, chunk.start + end
        if informative(chunk.text[start:end]) and not any(a < last and first < b for a, b in covered):
            if found and not chunk.text[found[-1][1] : start].strip():
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
    return [chunk.text[start:end] for start, end in found]
