"""Sections whose heading makes a question and whose whole body answers it; the languages' own forms stand beside it."""

import re
from collections.abc import Iterator

from curate.generators import _extract_sections_chinese as chinese
from curate.generators import _extract_sections_english as english
from curate.generators._extract_blocks import ITEM, Block
from curate.generators._extract_passage import INTRODUCES, POINTER, Pair, Passage, Section, finished, size, stands_alone

LEAST, MOST = 12, 300  # words of an answer
LINK_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\*\*)?\[[^\[\]\n]{1,300}\]\([^()\n]{1,500}\)(?:\*\*)?[\s.,;]*$")
LISTS = ("list", "steps")


def pairs(p: Passage) -> Iterator[Pair]:
    """One pair at most for each section that is whole."""
    ask = chinese.question if p.zh else english.question
    for section in p.sections:
        if not (section.whole and section.leaf and section.heading):
            continue
        body = answer(section)
        if body is None:
            continue
        text, first, last = body
        asked = ask(section, text, p)
        if asked:
            yield Pair(asked[0], asked[1], text, first.start, last.end)


def answer(section: Section) -> tuple[str, Block, Block] | None:
    """The section's body as it reads, with its first and last block; None where it is too short, too long or not whole by itself."""
    kept = [(b, r) for b, r in zip(section.body, section.readings, strict=True) if b.kind != "rule" and r]
    while len(kept) > 1 and _dispensable(*kept[-1], before=kept[-2][1]):
        kept.pop()
    if not kept or any(b.kind == "html" or is_link_list(b) for b, _ in kept) or kept[0][0].kind == "code":
        return None
    text = "\n\n".join(r for _, r in kept)
    if not (LEAST <= size(text) <= MOST and stands_alone(text) and whole(kept)):
        return None
    return text, kept[0][0], kept[-1][0]


def whole(kept: list[tuple[Block, str]]) -> bool:
    """Whether the blocks end as prose, a list or code ends, and each colon is followed by what it announces."""
    for (_, reading), (after, _) in zip(kept, kept[1:], strict=False):
        if reading.endswith(INTRODUCES) and after.kind in ("text", "html"):
            return False
    last, reading = kept[-1]
    if last.kind in ("code", "table"):
        return True
    if last.kind in LISTS:
        return not reading.endswith(INTRODUCES[:4])
    return finished(reading)


def _dispensable(block: Block, reading: str, *, before: str) -> bool:
    """A last block that only points elsewhere."""
    if is_link_list(block):
        return not before.endswith(INTRODUCES)
    return block.kind in ("text", "quote") and size(reading) <= 40 and bool(POINTER.search(reading)) and not before.endswith(INTRODUCES)


def is_link_list(block: Block) -> bool:
    """Whether most items of a list are links and nothing else: navigation, a table of contents."""
    if block.kind not in LISTS or "](" not in block.text:
        return False
    items = [line for line in block.text.split("\n") if ITEM.match(line)]
    return sum(bool(LINK_ITEM.match(line)) for line in items) * 2 > len(items)
