"""Glossaries and definition lists, question-and-answer passages, and lines of the form key: value."""

import re
from collections.abc import Iterator

from curate.generators import _extract_ask_english as ask
from curate.generators import _extract_chinese, _extract_english
from curate.generators._extract_blocks import ITEM, Block
from curate.generators._extract_passage import Pair, Passage, Section, pick, size
from curate.generators._extract_reading import paragraph, plain, reading
from curate.generators._extract_standing import finished, stands_alone

GLOSSARY = re.compile(
    r"glossary|terminolog|definitions|acronyms|abbreviations|\bterms\b|vocabulary|jargon|术语|缩略语|名词解释|词汇表|缩写", re.I
)
TERM = re.compile(
    r"(?:\*\*(?P<b>[^*\n]{1,80}?)[:：]?\*\*|`(?P<c>[^`\n]{1,80})`|(?P<t>[^\s:：*`][^:：*`\n]{0,60}?))\s{0,3}(?:[:：]|[-–—]{1,2}(?=\s)|——)\s{0,3}(?P<d>\S.*)",
    re.S,
)
NESTED = re.compile(r"\n\s*(?:[-*+>|]|\d+[.)])\s")
NAMES_TERM = re.compile(r"[A-Z0-9]{2,}|[\u4e00-\u9fff]{2,}|[A-Za-z]{3,}")
BOLD = re.compile(r"\*\*([^*\n]{5,160})\*\*\s*$")
ASKED = re.compile(
    r"\s{0,3}(?:[-*] )?(?:\*\*)?(?:Q(?:uestion)?\s?\d{0,3}|问题?\s?\d{0,3})\s?[:：.、]\s?(?P<q>[^\n]{4,200}?)(?:\*\*)?\s*(?:\n|$)", re.I
)
REPLIED = re.compile(r"\s{0,3}(?:[-*] )?(?:\*\*)?(?:A(?:nswer)?\s?\d{0,3}|答案?\s?\d{0,3})\s?[:：.、](?:\*\*)?\s{0,3}", re.I)


def pairs(p: Passage) -> Iterator[Pair]:
    """Pairs from every section, by what its blocks look like."""
    for section in p.sections:
        for block in section.body if is_glossary(section, p) else ():
            if block.kind in ("list", "text"):
                yield from _glossary(block, p)
        yield from _questions(section)


def is_glossary(section: Section, p: Passage) -> bool:
    """Whether a section explains terms one by one."""
    named = GLOSSARY.search(section.heading) or GLOSSARY.search(p.title)
    return bool(named) and any(b.kind == "list" or (b.kind == "text" and TERM.match(b.text)) for b in section.body)


def _glossary(block: Block, p: Passage) -> Iterator[Pair]:
    for start, end in entries(block):
        raw = block.text[start:end]
        found = TERM.match(raw)
        if not found or NESTED.search(raw):
            continue
        term, meaning = plain(found["b"] or found["c"] or found["t"]), paragraph(found["d"])
        if not NAMES_TERM.search(term) or len(term.split()) > 7 or not 3 <= size(meaning) <= 150 or not stands_alone(meaning):
            continue
        forms = _extract_chinese.WHAT_IS if p.zh else _extract_english.TERM
        yield Pair("definition", pick(forms, term).format(term), meaning, block.start + start + found.start("d"), block.start + end)


def entries(block: Block) -> Iterator[tuple[int, int]]:
    """Where the items of a list stand, without their marks; a paragraph is one entry."""
    if block.kind != "list":
        yield 0, len(block.text)
        return
    at, begin = 0, -1
    for line in block.text.split("\n"):
        item = ITEM.match(line)
        if item and not item[1]:
            if begin >= 0:
                yield begin, begin + len(block.text[begin:at].rstrip())
            begin = at + item.end()
        at += len(line) + 1
    if begin >= 0:
        yield begin, len(block.text)


def _questions(section: Section) -> Iterator[Pair]:
    """Q: and A: in one paragraph or two, and a bold question over its answer."""
    body = section.body
    for i, block in enumerate(body):
        if block.kind not in ("text", "list"):
            continue
        asked = ASKED.match(block.text)
        if asked:
            yield from _replied(plain_question(asked["q"]), block, asked.end(), body[i + 1 : i + 2])
            continue
        bold = BOLD.fullmatch(block.text)
        if bold and bold[1].rstrip().endswith(("?", "？")):
            yield from _under(plain_question(bold[1]), body[i + 1 :], section)


def plain_question(text: str) -> str:
    """A question as it reads, with its mark."""
    words = plain(text)
    return words if words.endswith(("?", "？")) else words + ("？" if re.search(r"[\u4e00-\u9fff]", words) else "?")


def _replied(question: str, block: Block, at: int, following: list[Block]) -> Iterator[Pair]:
    source, found = block, REPLIED.match(block.text, at)
    if not found and following:
        source, found = following[0], REPLIED.match(following[0].text)
    if found:
        yield from _faq(question, paragraph(source.text[found.end() :]), source.start + found.end(), source.end)


def _under(question: str, following: list[Block], section: Section) -> Iterator[Pair]:
    """The blocks up to the next bold line answer a bold question, where that end is in sight."""
    held: list[Block] = []
    for block in following:
        if BOLD.fullmatch(block.text):
            break
        held.append(block)
    else:
        if not section.whole:
            return
    if held and all(b.kind in ("text", "list", "steps") for b in held):
        yield from _faq(question, "\n\n".join(reading(b) for b in held), held[0].start, held[-1].end)


def _faq(question: str, answer: str, start: int, end: int) -> Iterator[Pair]:
    clear = ask.clear(re.sub(r"\b(?:I|me|my)\b", "", question))
    whole = finished(answer) or "\n" in answer
    if clear and whole and len(question) >= 6 and 4 <= size(answer) <= 300 and stands_alone(answer):
        yield Pair("faq", question, answer, start, end)
