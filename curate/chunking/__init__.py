"""Cuts a document into passages that can be read alone: by headings, then by size, with exact offsets."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence

from curate.chunking._cutting import Limits
from curate.chunking._packing import Piece, pack
from curate.chunking._sections import Section, sections
from curate.records import Block, Chunk, Document, content_id
from curate.settings import Settings
from curate.text import language, token_counter

VERSION = 1
"""Raised whenever the same document gives other chunks."""

__all__ = ["SplitOf", "chunk"]

SplitOf = Callable[[list[str]], str]
Path = tuple[str, ...]


def chunk(document: Document, settings: Settings, split_of: SplitOf | str) -> list[Chunk]:
    """The document's chunks in order; every character that is not white space is in at least one.

    split_of: the name of the split, or a function to it from the heading of a chunk's top-level section (none, or one: the first
    that divides the document). Sections merged into one chunk go where the first of them goes: no section lies in two splits.
    """
    parts = sections(document)
    count = token_counter(settings.tokenizer)
    aim = min(settings.chunk_tokens, settings.chunk_max_tokens)
    limits = Limits(aim, settings.chunk_max_tokens, min(settings.chunk_overlap, aim // 2), count)
    starts = [b.start for b in document.blocks]
    equals: Counter[tuple[Path, str]] = Counter()
    chunks: list[Chunk] = []
    for piece in pack(document, parts, limits):
        start, end = _trim(document.text, piece.start, piece.end)
        text = document.text[start:end]
        path, unit = _paths(document.text, parts, piece)
        number = equals[path, text]
        equals[path, text] += 1
        chunks.append(
            Chunk(
                id=content_id("chunk", document.path, path, text, number),
                document_id=document.id,
                index=len(chunks),
                heading_path=list(path),
                text=text,
                start=start,
                end=end,
                context=piece.context,
                path=document.path,
                title=document.title,
                language=document.language or language(text),
                split=split_of if isinstance(split_of, str) else split_of(list(unit)),
                blocks=_overlapping(document.blocks, starts, start, end),
            )
        )
    return chunks


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    body = piece.lstrip()
    return end - len(body), end - len(body) + len(body.rstrip())


def _paths(text: str, parts: Sequence[Section], piece: Piece) -> tuple[Path, Path]:
    """The headings that all of a piece stands under, and the unit it goes with; bare headings hold nothing."""
    within = parts[piece.first : piece.last + 1]
    filled = [p for p in within if text[p.body : p.end].strip()] or within
    return _common([p.path for p in filled]), next((p.unit for p in filled if p.unit), ())


def _common(paths: Sequence[Path]) -> Path:
    first, last = min(paths), max(paths)
    same = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same]


def _overlapping(blocks: list[Block], starts: list[int], start: int, end: int) -> list[Block]:
    """The blocks that overlap a range; blocks stand one after another."""
    found: list[Block] = []
    for k in range(max(bisect_right(starts, start) - 1, 0), len(blocks)):
        if starts[k] >= end:
            break
        if blocks[k].end > start:
            found.append(blocks[k])
    return found
