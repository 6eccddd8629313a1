"""Sentences that answer a question by themselves, and lead-in sentences together with the list or code they announce."""

import re
from collections.abc import Iterator

from curate.generators import _extract_sentences_chinese as chinese
from curate.generators import _extract_sentences_english as english
from curate.generators._extract_blocks import ITEM, Block
from curate.generators._extract_passage import Pair, Passage, Section, size
from curate.generators._extract_reading import paragraph, reading
from curate.generators._extract_sections import is_link_list
from curate.generators._extract_standing import AHEAD, finished, stands_alone
from curate.text import sentences

# A sentence by itself that speaks of what came before.
BEHIND = re.compile(r"\b(?:this|these|those) (?!(?:is|may|can|will|year|month|week|day)\b)[a-z]|此(?!外|时)|上述|这[些个种]", re.I)
FIRST = re.compile(r"[^。！？]*?(?:[.!?](?=\s)|[。！？])")
LONGEST = 700  # characters of one sentence
DEFINED = 90  # words of a definition with the sentences that follow it
LEAST = 7  # words of a sentence that is an answer


def pairs(p: Passage) -> Iterator[Pair]:
    """Pairs from the paragraphs and list items of a passage."""
    for section in p.sections:
        for i, block in enumerate(section.body):
            after = section.body[i + 1] if i + 1 < len(section.body) else None
            if block.kind == "text":
                yield from _prose(block, after, section, p)
            elif block.kind in ("list", "steps"):
                yield from _items(block, section, p)


def _prose(block: Block, after: Block | None, section: Section, p: Passage) -> Iterator[Pair]:
    spans = sentences(block.text)
    for i, (start, end) in enumerate(spans):
        if end - start > LONGEST:
            continue
        said = paragraph(block.text[start:end])
        if said.endswith((":", "：")):
            if i + 1 == len(spans) and after is not None:
                yield from _announced(block.start + start, said, after, section, p)
            continue
        for rule, question in _ask(said, section, p):
            others = rule == "definition" and any(_defines(block.text[a:b], section, p) for a, b in spans[i + 1 :])
            stop = _reach(block.text, spans, i) if rule == "definition" and not others else end
            yield from _pair(rule, question, paragraph(block.text[start:stop]), block.start + start, block.start + stop)


def _announced(start: int, said: str, after: Block, section: Section, p: Passage) -> Iterator[Pair]:
    if (
        after.kind not in ("list", "steps", "code")
        or (after.kind == "list" and is_link_list(after))
        or (not section.whole and after is section.body[-1])
    ):
        return
    if after.kind in ("list", "steps") and sum(bool(ITEM.match(line)) for line in after.text.split("\n")) < 2:
        return
    answer = f"{said}\n\n{reading(after)}"
    for rule, question in _ask(answer if after.kind != "code" else f"{said}\n```", section, p):
        yield from _pair(rule, question, answer, start, after.end)


def _items(block: Block, section: Section, p: Passage) -> Iterator[Pair]:
    """Items of one line, or soft-wrapped ones, that hold no list, code or quote of their own."""
    lines, at = block.text.split("\n"), 0
    begin: int | None = None
    for line in [*lines, ""]:
        item = ITEM.match(line)
        if begin is not None and (item or not line.strip()):
            yield from _item(block, begin, at - 1, section, p)
            begin = None
        if item:
            begin = at + item.end()
        elif line.lstrip().startswith(("```", ">", "|")):
            begin = None
        at += len(line) + 1


def _item(block: Block, start: int, end: int, section: Section, p: Passage) -> Iterator[Pair]:
    raw = block.text[start:end]
    if len(raw) > LONGEST or not raw.strip():
        return
    said = paragraph(raw)
    for rule, question in _ask(said, section, p):
        yield from _pair(rule, question, said, block.start + start, block.start + start + len(raw.rstrip()))


def _ask(said: str, section: Section, p: Passage) -> Iterator[tuple[str, str]]:
    return chinese.questions(said, section, p) if p.zh else english.questions(said, section, p)


def _defines(sentence: str, section: Section, p: Passage) -> bool:
    return len(sentence) <= LONGEST and any(rule == "definition" for rule, _ in _ask(paragraph(sentence), section, p))


def _reach(text: str, spans: list[tuple[int, int]], i: int) -> int:
    """A definition goes on to the end of its paragraph while that is short and stands by itself."""
    whole = paragraph(text[spans[i][0] : spans[-1][1]])
    return spans[-1][1] if size(whole) <= DEFINED and stands_alone(whole) and finished(whole) else spans[i][1]


def _pair(rule: str, question: str, answer: str, start: int, end: int) -> Iterator[Pair]:
    first = FIRST.match(answer)
    alone = answer if rule != "definition" or not first else first[0]  # what follows a definition may speak of it
    loose = "\n" not in answer and (not finished(answer) or answer.endswith(("？”", "！”")) or AHEAD.search(answer) or BEHIND.search(alone))
    if question and not loose and LEAST <= size(answer) <= 300 and stands_alone(answer):
        yield Pair(rule, question, answer, start, end)
