"""Cuts one section that is too long at the best places: between paragraphs, items, rows or sentences, near the wanted size."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from curate.records import Block, Document
from curate.text import Counter, sentences

_SOLID = ("code", "formula")
_SEPARATOR = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")
_ITEM = re.compile(r"(?:[-*+•]|\(?\w{1,3}[.)]|[（(]\w{1,3}[)）]|[一二三四五六七八九十]{1,3}、)\s")
_GLUED = 9.0  # a cost no distance reaches: only where nothing else is possible
_BREAKS = ("\n\n", "\n", "。", "；", "; ", "，", ", ", "、", " ")  # where to cut what is enormous, best first


@dataclass(frozen=True)
class Limits:
    """Sizes in tokens. aim: wanted; most: never above, but for one sentence, row or code block."""

    aim: int
    most: int
    overlap: int
    count: Counter

    @cached_property
    def whole(self) -> int:
        """A section up to this size is not cut."""
        return min(self.aim * 3 // 2, self.most - self.tiny)

    @cached_property
    def small(self) -> int:
        """A section below this size does not stand alone where it has small neighbours."""
        return self.aim * 2 // 5

    @cached_property
    def tiny(self) -> int:
        """A section below this size is not understood alone."""
        return self.aim // 8


class Cut(NamedTuple):
    """A piece of a section; context: the header rows of the table it begins in."""

    start: int
    end: int
    tokens: int
    context: str = ""


class _Atom(NamedTuple):
    """What is never cut: a sentence, heading, list line, code block or table row. header: where its table's header rows stand."""

    start: int
    end: int
    header: tuple[int, int] | None = None


def cut(document: Document, start: int, end: int, limits: Limits) -> list[Cut]:
    """The pieces of `text[start:end]`: one where it is short enough, none where it is blank."""
    text = document.text
    section = text[start:end]
    if not section.strip():
        return []
    tokens = limits.count(section)
    if tokens <= limits.whole:
        return [Cut(start, end, tokens)]
    atoms = list(_bounded(text, _atoms(document, start, end), limits))
    edges = [start, *(a.start for a in atoms[1:]), end]
    sizes = [limits.count(text[a:b]) for a, b in pairwise(edges)]
    firsts = [0, *_cuts([0, *accumulate(sizes)], _costs(text, atoms), limits), len(atoms)]
    return [_piece(text, atoms, edges, sizes, span=(a, b), overlap=limits.overlap) for a, b in pairwise(firsts)]


def _cuts(upto: list[int], costs: list[float], limits: Limits) -> Iterator[int]:
    """The atoms before which to cut. Each cut looks only ahead: an edit moves none above it, and seldom many below."""
    first, last = 0, len(upto) - 1
    most = limits.most - max(limits.overlap, limits.tiny)  # leaves room for what is put before it
    while upto[last] - upto[first] > limits.whole:
        best, least = last, float("inf")
        for k in range(first + 1, last + 1):
            size = upto[k] - upto[first]
            if size > most and upto[k - 1] - upto[first] >= limits.tiny:
                break  # an atom that is too long stands alone, but for its heading or the line that announces it
            cost = costs[k] + _misses(size, limits) + (0.5 if 0 < upto[last] - upto[k] < limits.small else 0)
            if cost < least:
                best, least = k, cost
        if best == last:
            return
        yield best
        first = best


def _misses(size: int, limits: Limits) -> float:
    """How far a size is from the wanted one, in shares of that."""
    return min(abs(size - limits.aim) / limits.aim, 1) + (0.5 if size < limits.small else 0)


def _costs(text: str, atoms: list[_Atom]) -> list[float]:
    """What it costs to cut before each atom, in shares of the wanted size."""
    return [_GLUED, *(_cost(text, a, b) for a, b in pairwise(atoms)), 0.0]


def _cost(text: str, before: _Atom, after: _Atom) -> float:
    if after.header and after.header == before.header:
        return _GLUED if before.start < after.header[1] else 0.9
    if text.startswith("#", before.start):
        return _GLUED
    gap = text[before.end : after.start]
    lines = gap.count("\n")
    cost = (0.5, 0.25, 0.0)[min(lines, 2)]
    if lines and (gap[-1] in " \t" or _ITEM.match(text, after.start)):
        cost = max(cost, 0.25) + (0.1 if gap[-1] in " \t" else 0)
    return cost + (0.6 if text[before.end - 1] in ":：" else 0)


def _piece(text: str, atoms: list[_Atom], edges: list[int], sizes: list[int], *, span: tuple[int, int], overlap: int) -> Cut:
    first, stop = span
    header = atoms[first].header
    context = _squeeze(text[header[0] : header[1]]) if header and atoms[first].start >= header[1] else ""
    tokens = sum(sizes[first:stop])
    start, repeated = first, 0
    while start and not header and not _stops_overlap(text, atoms[start - 1]):
        if (repeated := repeated + sizes[start - 1]) > overlap:
            break
        start -= 1
    return Cut(edges[start], edges[stop], tokens, context)


def _squeeze(rows: str) -> str:
    """Header rows without the padding that lines their columns up."""
    return re.sub(r"-{4,}", "---", re.sub(r"[ \t]{2,}", " ", rows))


def _stops_overlap(text: str, atom: _Atom) -> bool:
    return atom.header is not None or text[atom.start] in "#`~|"


def _atoms(document: Document, start: int, end: int) -> Iterator[_Atom]:
    text, at = document.text, start
    for block in _within(document.blocks, start, end):
        yield from _prose(text, at, block.start)
        if block.kind == "table":
            yield from _rows(text, list(_lines(text, block.start, block.end)))
        else:
            yield _Atom(block.start, block.end)
        at = block.end
    yield from _prose(text, at, end)


def _within(blocks: list[Block], start: int, end: int) -> Iterator[Block]:
    at = start
    for k in range(bisect_left(blocks, start, key=lambda b: b.start), len(blocks)):
        block = blocks[k]
        if block.start >= end:
            return
        if at <= block.start and block.end <= end and block.kind in (*_SOLID, "table"):
            at = block.end
            yield block


def _prose(text: str, start: int, end: int) -> Iterator[_Atom]:
    rows: list[tuple[int, int]] = []
    for a, b in sentences(text[start:end]):
        span = start + a, start + b
        if text.startswith("|", span[0]):
            if rows and text.count("\n", rows[-1][1], span[0]) > 1:
                yield from _rows(text, rows)
                rows = []
            rows.append(span)
            continue
        if rows:
            yield from _rows(text, rows)
            rows = []
        yield _Atom(*span)
    yield from _rows(text, rows)


def _rows(text: str, rows: list[tuple[int, int]]) -> Iterator[_Atom]:
    header = None
    if len(rows) > 2 and _SEPARATOR.fullmatch(text, *rows[1]):
        header = rows[0][0], rows[1][1]
    for row in rows:
        yield _Atom(*row, header)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"\S[^\n]*", text[start:end]):
        yield start + line.start(), start + line.start() + len(line[0].rstrip())


def _bounded(text: str, atoms: Iterable[_Atom], limits: Limits) -> Iterator[_Atom]:
    """The atoms; of those that are so enormous that no model could read them, the parts."""
    for atom in atoms:
        tokens = limits.count(text[atom.start : atom.end]) if atom.end - atom.start > limits.most else 0
        if tokens <= 4 * limits.most:
            yield atom
        else:
            yield from _parts(text, atom, tokens, limits)


def _parts(text: str, atom: _Atom, tokens: int, limits: Limits) -> Iterator[_Atom]:
    width = max(1, (atom.end - atom.start) * limits.aim // tokens)
    at = atom.start
    while at < atom.end:
        stop = _break(text, at, min(at + width, atom.end), atom.end)
        while stop - at > 1 and limits.count(text[at:stop]) > limits.most:
            stop = at + (stop - at) // 2
        if text[at:stop].strip():
            yield _Atom(at, stop, atom.header)
        at = stop


def _break(text: str, start: int, stop: int, end: int) -> int:
    if stop >= end:
        return end
    for mark in _BREAKS:
        at = text.rfind(mark, start + (stop - start) // 2, stop)
        if at >= 0:
            return at + len(mark)
    return stop
