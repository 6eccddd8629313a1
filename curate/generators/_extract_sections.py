"""Sections whose heading makes a question and whose whole body answers it; the languages' own forms stand beside it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from curate.generators import _extract_sections_chinese as chinese
from curate.generators import _extract_sections_english as english
from curate.generators._extract_blocks import ITEM, Block
from curate.generators._extract_passage import Pair, Passage, Section, size
from curate.generators._extract_reading import paragraph
from curate.generators._extract_standing import AHEAD, INTRODUCES, fenced, finished, points, stands_alone
from curate.generators._extract_terms import is_glossary
from curate.text import sentences

LEAST, MOST = 12, 300  # words of an answer
LINK_ITEM = re.compile(
    r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\*\*)?\[[^\[\]\n]{1,300}\](?:\([^()\n]{1,500}\)|\[[^\[\]\n]{0,60}\])(?:\*\*)?[\s.,;]*$"
)
EMPTY_ROW = re.compile(r"^\|(?:\s*\|)+\s*$|\A[^\n]*\|\s*\|\s*$", re.M)
COLON = re.compile("[:：]")
FOOTNOTE = re.compile(r"\*\w")
LISTS = ("list", "steps")


def pairs(p: Passage) -> Iterator[Pair]:
    """One pair at most for each section that is whole."""
    ask = chinese.question if p.zh else english.question
    for section in p.sections:
        if not (section.whole and section.leaf and section.heading) or is_glossary(section, p):
            continue
        body = answer(section)
        if body is None:
            continue
        text, first, last = body
        asked = ask(section, text, p)
        if asked and asked[1]:
            yield Pair(asked[0], asked[1], text, first.start, last.end)


def answer(section: Section) -> tuple[str, Block, Block] | None:
    """The section's body as it reads, with its first and last block; None where it is too short, too long or not whole by itself."""
    kept = [(b, r) for b, r in zip(section.body, section.readings, strict=True) if b.kind != "rule" and r]
    while len(kept) > 1 and _dispensable(*kept[-1], before=kept[-2][1], rest=sum(size(r) for _, r in kept[:-1])):
        kept.pop()
    if kept:
        kept[-1] = _without_pointer(*kept[-1])
    if not kept or any(b.kind == "html" or has_bare_link(b) or is_poor_table(b) for b, _ in kept) or kept[0][0].kind == "code":
        return None
    text = "\n\n".join(r for _, r in kept)
    if not (LEAST <= size(text) <= MOST and stands_alone(text) and whole(kept)) or asks_back(text):
        return None
    return text, kept[0][0], kept[-1][0]


def whole(kept: list[tuple[Block, str]]) -> bool:
    """Whether the blocks end as prose, a list or code ends, and each colon is followed by what it announces."""
    for (_, reading), (after, _) in pairwise(kept):
        if reading.endswith(INTRODUCES) and after.kind in ("text", "html"):
            return False
    if any(_bare(b, r) for b, r in kept) or _promises(kept):
        return False
    last, reading = kept[-1]
    if not all(fenced(r) for _, r in kept):
        return False
    if last.kind in ("code", "table"):
        return True
    if last.kind in LISTS:
        return not reading.endswith(INTRODUCES[:2])
    return finished(reading)


def _promises(kept: list[tuple[Block, str]]) -> bool:
    """Whether prose speaks of what follows, and no list, table or code follows."""
    shown = max((i for i, (b, _) in enumerate(kept) if b.kind not in ("text", "quote")), default=-1)
    return any(AHEAD.search(r) and not COLON.search(r[:-1]) for _, r in kept[shown + 1 :])


def _bare(block: Block, reading: str) -> bool:
    """A line that is no sentence: a heading that was not marked as one, a label, a caption."""
    return (
        block.kind == "text"
        and size(reading) <= 8
        and not reading.startswith(("**", "`"))
        and not finished(reading)
        and not reading.endswith(INTRODUCES)
    )


def _dispensable(block: Block, reading: str, *, before: str, rest: int) -> bool:
    """A last block that only points elsewhere."""
    if is_link_list(block):
        return not before.endswith(INTRODUCES) and rest >= 60  # of a short section the links may be the point
    if block.kind == "text" and FOOTNOTE.match(reading) and "*" not in before:
        return True
    return block.kind in ("text", "quote") and size(reading) <= 40 and points(reading) and not before.endswith(INTRODUCES)


def _without_pointer(block: Block, reading: str) -> tuple[Block, str]:
    """A last paragraph without its last sentence, where that one only points elsewhere."""
    if block.kind != "text" or not points(reading):
        return block, reading
    spans = sentences(block.text)
    if len(spans) < 2 or not points(paragraph(block.text[spans[-1][0] :])):
        return block, reading
    text = block.text[: spans[-2][1]]
    return Block(block.kind, block.start, block.start + len(text), text), paragraph(text)


def is_link_list(block: Block) -> bool:
    """Whether most items of a list are links and nothing else: navigation, a table of contents."""
    if block.kind not in LISTS or "](" not in block.text:
        return False
    items = [line for line in block.text.split("\n") if ITEM.match(line)]
    links = sum(bool(LINK_ITEM.match(line)) for line in items)
    leads = sum(line.rstrip().endswith((":", "：")) for line in items)
    return links * 2 >= len(items) - leads > 0


def has_bare_link(block: Block) -> bool:
    """Whether an item of a list is a link and nothing else: it says nothing to who cannot follow it."""
    return block.kind in LISTS and any(LINK_ITEM.match(line) for line in block.text.split("\n"))


def is_poor_table(block: Block) -> bool:
    """Whether a table leads elsewhere with half of its rows, has one row, or is a form to fill in."""
    rows = block.text.count("\n") - 1
    return block.kind == "table" and (rows < 2 or block.text.count("](") * 2 > rows or bool(EMPTY_ROW.search(block.text)))


def asks_back(text: str) -> bool:
    """Whether a text is mostly questions to the reader."""
    return (text.count("?") + text.count("？")) * 3 > sum(text.count(c) for c in ".!?。！？\n")
