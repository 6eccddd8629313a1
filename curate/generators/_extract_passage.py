"""A chunk as the rules of `extractive` see it: its sections with heading and body, its language, its subject."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from curate.generators import _extract_chinese as chinese
from curate.generators._extract_blocks import Block, blocks, heading_text
from curate.generators._extract_reading import CJK, clean, paragraph, plain, reading
from curate.records import Chunk

HAN = re.compile(rf"[{CJK}]")
NUMBERING = re.compile(
    r"^(?:(?:第\s?[\d一二三四五六七八九十百]{1,4}\s?[章节条部分篇步])[\s:：、.]*|[一二三四五六七八九十]{1,3}[、.．]\s*|"
    r"[（(][\d一二三四五六七八九十]{1,3}[）)]\s*|\d{1,2}(?:\.\d{1,2}){1,5}[.、．:：)]?\s*|\d{1,2}[.、．:：)）-]\s*(?!\d)|"
    r"\d{1,2}\s+(?=[\u4e00-\u9fff])|(?:step|chapter|section|part|appendix)\s+[\dA-Z]{1,3}\s*[:.)–—-]\s*|[A-Z][.)]\s+)",
    re.I,
)
POINTER = re.compile(
    r"\b(?:see|as|shown|described|listed|mentioned|outlined|noted) (?:below|above)\b|\b(?:above|below)[- ]?mentioned\b|\b(?:the|table|list|chart|section|steps?|"
    r"instructions?|information|links?|form|example|figure|image|screenshot) (?:below|above)\b|\bfollowing (?:figure|image|picture|screenshot|diagram|chart)\b|"
    r"\b(?:figure|fig\.|table|appendix|chapter) \d|\bclick here\b|\b(?:this|these) (?:[\w-]+ ){0,2}(?:pages?|sections?|chapter|documents?|links?|guide|articles?|posts?|figure|table|diagram|image|videos?|forms?|spreadsheet|threads?|folder|channel|sheet|docs?|files?|repo|deck|presentation|templates?)\b|"
    r"\b(?:left|right)[- ]hand side of this\b|\bsee here\b|(?<=\w )here[.)]|\bskip ahead\b|\bpictured\b|\btodo\b|\btbd\b|\blorem ipsum\b|\bread more\b|\btable of contents\b|\b(?:either )?above or below\b|\bfound (?:below|above)\b|\bsee\b.{1,60}\bfor (?:more|details|further|additional|directions|info)|\bfollow the instructions\.|"
    r"\(download\)|^(?:written|posted|published|updated|last updated) (?:by|on)\b|^by [A-Z]|^see (?:the |our |regular )|"
    r"\bprevious (?:section|chapter|step|example)|\bnext (?:section|chapter)|\bearlier in\b|\blater in this\b|"
    r"如[下上]?图|[下上]图|图\s?\d|见图|如[下上]?表|[下上]表|见表|表\s?\d|参见|参阅|详见|请见|如上所|上[文节述]|下[文节]|前[文节]|前面|后[文面]|本[文章节篇]|点击(?:这里|此处)|此[处文]|"
    r"上一[节章步]|下一[节章]|下述|如\s?\d[\d.]{0,6}\s?[节所]|第\s?[\d一二三四五六七八九十.]{1,6}\s?[章节]|点击[^，。]{0,14}查看|截图|接下来|一起来|待补充|未完待续|公众号",
    re.I | re.M,
)
# Where a site's template tag stood and is gone, a sentence has a hole.
HOLE = re.compile(r"\b(?:to|the|in|with|at|and|or|of|for|from|via|by|on|our|your)(?:\s+[.,;](?!\w)| {2,}\w| \n *\w)|\(\s*\)|“\s*”")
CUT_LINE = re.compile(r"\b(?:and|or|the|of|with|an?|to|our|your|from|into)$", re.M)
DANGLING = re.compile(
    r"(?:this|these|those|that|it|its|it’s|it's|they|them|their|he|she|his|her|such|here|above|however|also|additionally|then|but|and|so|or|therefore|otherwise|"
    r"instead|for example|e\.g\.|another|other|the (?:above|former|latter|same|following)|both|each of|once (?:this|that|it)|after (?:this|that)|note that|again|finally|"
    r"furthermore|moreover|similarly|likewise|in addition|in this case|in that case|if so|if not|yes|no|alternatively|meanwhile|thus|hence|as such|to do (?:so|this|that)|"
    r"there(?:fore)?|which|who|where|while doing)\b|"
    r"(?:这|该|此|其|本|它|他|她|那|上述|以上|因此|所以|但|而(?!且)|并|另外|此外|同时|然后|否则|如上|同样|同理|于是|由此|之后|接着|随后|最后|再|也|反之|例如|比如|即|不过|然而|可见|综上|总之|且)",
    re.I,
)
ENDINGS = (".", "!", "?", "。", "！", "？", "…", '."', '!"', '?"', ".”", "!”", "?”", "。”", "！”", "？”", ".)", "!)", "?)", "。）", "！）", "？）", ".’", ".'", "；", "。)", "。」")
FENCES = re.compile(r"^[ \t>]*(?:```|~~~)", re.M)
INTRODUCES = (":", "：", "：**", ":**", "，", ",", "、")


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
    found = blocks(chunk.text)
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


def subject(heading: str) -> str:
    """A heading or title as words: no marks, no numbering."""
    words = plain(heading)
    return NUMBERING.sub("", words).strip() or words


def document_title(title: str) -> str:
    """A title as words; the full stop of an abbreviation stays."""
    words = subject(title)
    return words + "." if re.search(r"\.[A-Z]\.$", title.strip()) else words


def pick(options: Sequence[str], *key: str) -> str:
    """One of the options, the same on every machine, by the hash of a key."""
    digest = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).digest()
    return options[int.from_bytes(digest[:4], "big") % len(options)]


def size(text: str) -> int:
    """Words, a Chinese character counted as half of one."""
    han = len(HAN.findall(text))
    return len(text.split()) + han // 2 if han else len(text.split())


def finished(text: str) -> bool:
    """Whether a text ends where a sentence, a list, a table or a code block ends."""
    tail = text.rstrip()
    if FENCES.search(text) and len(FENCES.findall(text)) % 2:
        return False
    return tail.endswith(ENDINGS) or tail.endswith(("```", "~~~", "|"))


def stands_alone(text: str) -> bool:
    """Whether an answer can be read without what stands around it: no pointers elsewhere, no loose start, no leftovers of tools."""
    return bool(text) and text[0] not in "#|/,.，。、)）" and not DANGLING.match(text) and not POINTER.search(text) and not CUT_LINE.search(text) and clean(text)
