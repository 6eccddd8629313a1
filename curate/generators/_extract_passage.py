"""A chunk as the rules of `extractive` see it: its sections with heading and body, its language, its subject."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from curate.generators import _extract_chinese as chinese
from curate.generators._extract_blocks import Block, blocks, heading_text
from curate.generators._extract_reading import CJK, plain, reading
from curate.records import Chunk

HAN = re.compile(rf"[{CJK}]")
NUMBERING = re.compile(
    r"^(?:(?:第\s?[\d一二三四五六七八九十百]{1,4}\s?[章节条部分篇步])[\s:：、.]*|[一二三四五六七八九十]{1,3}[、.．]\s*|"
    r"[（(][\d一二三四五六七八九十]{1,3}[）)]\s*|\d{1,2}(?:\.\d{1,2}){1,5}[.、．:：)]?\s*|\d{1,2}[.、．:：)）-]\s*(?!\d)|"
    r"\d{1,2}\s+(?=[\u4e00-\u9fff])|(?:step|chapter|section|part|appendix)\s+[\dA-Z]{1,3}\s*[:.)–—-]\s*|[A-Z][.)]\s+)",
    re.I,
)
SUBTITLE = re.compile(r": |：|——|\s—\s")
SITE = re.compile(r"\s[–|·-]\s")  # what a web page's title has after it names the site
BADGE = re.compile(r"\s*\[\]\([^()\s]*\)")  # a picture that linked somewhere
SHEET = re.compile(r"\.(?:csv|tsv|jsonl?|xlsx?)$", re.I)
UNREAD = ("toc", "note")  # a table of contents, and what a speaker notes beside the slide
LONGER = re.compile(r"[A-Za-z]{4,}|[A-Za-z]*\d\w*")
FRAME = frozenset(("what", "when", "which", "regar", "shoul", "about", "steps", "follo", "comma", "give", "examp", "know", "tell", "does"))
FRAME_ZH = re.compile(
    r"^[^，]{1,30}(?:时|中|方面)，|^关于[^，]{1,30}，|如何|怎样|怎么|请给出|请说明|具体|步骤|示例|的命令|用什么|命令|可以|应该|怎么办|该"
    r"|处理|如果|是什么|才能|需要哪些"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer, which stands at `chunk.text[start:end]`."""

    rule: str
    question: str
    answer: str
    start: int
    end: int


@dataclass
class Section:
    """A heading with what stands directly under it. whole: nothing of it lies outside the chunk. leaf: no deeper heading under it."""

    heading: str
    parents: tuple[str, ...]
    level: int
    body: list[Block] = field(default_factory=list)
    whole: bool = True
    leaf: bool = True

    @cached_property
    def readings(self) -> list[str]:
        """The body block by block as it reads."""
        return [reading(b) for b in self.body]


@dataclass
class Passage:
    """A chunk ready for the rules."""

    chunk: Chunk
    zh: bool
    title: str
    sections: list[Section]


def passage(chunk: Chunk, *, opens: bool = True, closes: bool = True) -> Passage:
    """The sections of a chunk. opens, closes: whether its first section starts and its last one ends in it."""
    zh = chunk.language.startswith("zh") if chunk.language else is_chinese(chunk.text)
    found = list(_sections(chunk))
    if found:
        found[0].whole = found[0].whole and opens
        found[-1].whole = found[-1].whole and closes
    return Passage(chunk, zh, document_title(chunk.title), [s for s in found if s.body])


def is_chinese(text: str) -> bool:
    """Whether a fifth of a text's letters are Chinese: manuals hold much code and many English names."""
    sample = text[:4000]
    return len(HAN.findall(sample)) * 5 >= sum(c.isalpha() for c in sample) > 0


def _sections(chunk: Chunk) -> Iterator[Section]:
    """The text before the first heading belongs to the last heading of the chunk's path."""
    found = _read(chunk)
    path = [subject(h) for h in chunk.heading_path]
    if found and found[0].kind == "heading":
        words = subject(heading_text(found[0]))
        path = path[: path.index(words)] if words in path else path
    first = found[0].level if found and found[0].kind == "heading" else len(path) + 1
    bare = ("", 0)
    stack = [(first - len(path) + i, h) for i, h in enumerate(path)]
    now = Section(path[-1] if path else "", tuple(path[:-1]), stack[-1][0] if stack else 0)
    for block in found:
        if block.kind != "heading":
            now.body.append(block)
            continue
        now.leaf = not (now.level and block.level > now.level)
        yield now
        while stack and stack[-1][0] >= block.level:
            stack.pop()
        words = subject(heading_text(block))
        if not now.body and now.level == block.level:
            bare = (now.heading, block.level)
        above = tuple(h for _, h in stack)
        now = Section(words, (*above, bare[0]) if bare[0] and bare[1] == block.level and words in chinese.GENERIC else above, block.level)
        bare = bare if words in chinese.GENERIC and bare[1] <= block.level else ("", 0)
        stack.append((block.level, words))
    yield now


def _read(chunk: Chunk) -> list[Block]:
    """The blocks of a chunk but those that are no part of its text."""
    aside = [(b.start - chunk.start, b.end - chunk.start) for b in chunk.blocks if b.kind in UNREAD]
    return [b for b in blocks(chunk.text) if not any(start <= b.start < end for start, end in aside)]


def subject(heading: str) -> str:
    """A heading or title as words: no marks, no numbering."""
    words = plain(heading)
    return NUMBERING.sub("", words).strip() or words


def document_title(title: str) -> str:
    """A title as words; the full stop of an abbreviation stays."""
    words = SHEET.sub("", title).replace("_", " ") if SHEET.search(title) else SITE.split(subject(BADGE.sub("", title)))[0]
    words = words[:1].upper() + words[1:].replace("-", " ") if SHEET.search(title) else words
    short = SUBTITLE.split(words)[0]
    words = short if len(short.split()) > 1 or (HAN.search(short) and len(short) > 3) else words
    return words + "." if re.search(r"\.[A-Z]\.$", title.strip()) else words


def hashed(*key: str) -> int:
    """A number that depends on the key alone, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).digest()[:4], "big")


def pick(options: Sequence[str], *key: str) -> str:
    """One of the options, by the hash of a key."""
    return options[hashed(*key) % len(options)]


def size(text: str) -> int:
    """Words, a Chinese character counted as half of one."""
    han = len(HAN.findall(text))
    return len(text.split()) + han // 2 if han else len(text.split())


def gist(question: str) -> frozenset[str]:
    """What a question is about: its longer words by their beginnings, Chinese by its pairs of characters."""
    words = {w.lower()[:5] for w in LONGER.findall(question)} - FRAME
    han = "".join(HAN.findall(FRAME_ZH.sub(" ", question)))
    return frozenset(words | {han[i : i + 2] for i in range(len(han) - 1)})
