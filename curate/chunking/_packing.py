"""Packs the sections of a document into chunks: small neighbours under one parent together, sections of decent size alone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curate.chunking._cutting import Limits, cut
from curate.chunking._sections import Section
from curate.records import Document


class Piece(NamedTuple):
    """A chunk to be: `text[start:end]` of the sections first ... last.

    whole: these sections stand here to their last word; lead: what stands above a section's first sub-section; open: small, and
    so are all it was merged from.
    """

    start: int
    end: int
    tokens: int
    first: int
    last: int
    context: str = ""
    whole: bool = True
    lead: bool = False
    open: bool = False


def pack(document: Document, parts: Sequence[Section], limits: Limits) -> list[Piece]:
    """The pieces of the whole document, in order."""
    return _pack(document, parts, 0, len(parts), limits)


def _pack(document: Document, parts: Sequence[Section], first: int, stop: int, limits: Limits) -> list[Piece]:
    """The pieces of section `first` and those below it, which end before `stop`; at most seven levels deep."""
    result = _own(document, parts[first], first, limits)
    for child, end in _children(parts, first, stop):
        below = _pack(document, parts, child, end, limits)
        for piece in below:
            _add(result, piece._replace(whole=len(below) == 1, lead=False, open=piece.tokens < limits.small), parts, limits)
    return result


def _own(document: Document, part: Section, index: int, limits: Limits) -> list[Piece]:
    cuts = cut(document, part.start, part.end, limits)
    alone = len(cuts) == 1
    return [Piece(c.start, c.end, c.tokens, index, index, c.context, alone, alone, c.tokens < limits.small) for c in cuts]


def _children(parts: Sequence[Section], first: int, stop: int) -> Iterator[tuple[int, int]]:
    child = first + 1
    while child < stop:
        end = next((k for k in range(child + 1, stop) if parts[k].level <= parts[child].level), stop)
        yield child, end
        child = end


def _add(pieces: list[Piece], piece: Piece, parts: Sequence[Section], limits: Limits) -> None:
    if pieces and _belong(pieces[-1], piece, parts, limits):
        before = pieces[-1]
        pieces[-1] = Piece(
            before.start,
            piece.end,
            before.tokens + piece.tokens,
            before.first,
            piece.last,
            before.context,
            before.whole and piece.whole,
            False,
            before.open and piece.open,
        )
    else:
        pieces.append(piece)


def _belong(before: Piece, after: Piece, parts: Sequence[Section], limits: Limits) -> bool:
    """Whether two neighbours become one: two small ones up to the aim, or one that is too small to be understood alone."""
    tokens = before.tokens + after.tokens
    if before.lead and before.tokens < limits.tiny < limits.most < after.tokens:
        return True  # a bare heading goes with what it heads, even where that is too long already
    if tokens > limits.most or not (after.whole or before.lead or parts[before.last].unit == parts[after.first].unit):
        return False
    if before.open and after.open and tokens <= limits.aim:
        return True
    return min(before.tokens, after.tokens) < limits.tiny
