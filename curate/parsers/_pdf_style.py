"""What is ordinary in a document (size, weight) and what stands out as a heading, and at which level."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from curate.parsers._pdf_lines import CJK, HYPHENATED, Line

NUMBERED = re.compile(
    r"(?P<dots>(\d{1,2}|[A-Z])(\.\d{1,3}){1,4})\.?\s+(?=[^\W\d])|(?P<one>\d{1,2}|[IVX]{1,5}|[A-H])[.)]?\s+(?=[^\W\d_])|"
    r"(?P<word>(chapter|part|appendix|section|annex|article|kapitel|teil)\s+([0-9]+|[A-Z]|[IVXLC]+)\b)|"
    r"(?P<cjk>第[一二三四五六七八九十百零\d]+[章节条部分篇])|(?P<han>[一二三四五六七八九十]+、)|(?P<paren>[（(]([一二三四五六七八九十]+|\d{1,2})[)）])",
    re.IGNORECASE,
)
CAPTION = re.compile(r"(figure|fig\.|table|listing|abbildung|abb\.|tabelle|图|表|圖)\s*\d+([.:：\s-]|$)", re.IGNORECASE)
_STOPS = re.compile(r"[.,;，。；、:：]$")
_LEVELS = {"one": 1, "word": 1, "cjk": 1, "han": 1, "paren": 2}
Look = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Style:
    """body: the size most characters have. common: sizes of running text, that is of much of the document.

    heavy, typewritten: most of the document is bold, or of fixed width, so that this says nothing. titles: those of the outline.
    hyphenated: words with a hyphen inside a line, to know which keep it at the end of one.
    """

    body: float
    common: frozenset[float]
    heavy: bool
    typewritten: bool
    titles: dict[str, int] = field(default_factory=dict)
    hyphenated: frozenset[str] = frozenset()

    def heading(self, line: Line, before: Line | None, after: Line | None) -> bool:
        """Whether a line is (part of) a heading."""
        text = line.text.strip()
        letters = sum(c.isalpha() for c in text)
        if (
            CAPTION.match(text)
            or letters < 2
            or len(text) > 160
            or (line.mono and not self.typewritten)
            or letters < 0.4 * len(text.replace(" ", ""))
        ):
            return False
        if folded(text) in self.titles:
            return line.size >= 0.95 * self.body
        larger = line.size >= 1.15 * self.body and line.size - self.body >= 1 and line.size not in self.common
        if larger:
            return len(text) <= 120 or line.bold
        if _STOPS.search(text) or line.size < 0.9 * self.body or text[0].islower() or len(text) > 100:
            return False
        slightly = line.size >= 1.07 * self.body and line.size not in self.common
        return (line.bold or (slightly and self.numbered(line))) and not self.heavy and _alone(line, before, after)

    def numbered(self, line: Line) -> bool:
        """Whether the line starts with a section number."""
        return NUMBERED.match(line.text) is not None


def _alone(line: Line, before: Line | None, after: Line | None) -> bool:
    """A bold line is a heading where the text around it is set apart: not bold, or further away than a line."""
    for other in (before, after):
        if (
            other
            and not other.grid
            and other.bold
            and abs(other.box[3] - line.box[3]) < 1.5 * line.size
            and abs(other.size - line.size) < 0.3
            and len(other.text) > 60
        ):
            return False
    return not (before and not before.grid and not before.bold and abs(before.box[1] - line.box[1]) < 0.5 * line.size)


def style_of(lines: Iterable[Line], toc: Iterable[tuple[int, str, int]]) -> Style:
    """The style of a whole document."""
    sizes: Counter[float] = Counter()
    bold = mono = total = 0
    hyphenated: set[str] = set()
    for line in lines:
        weight = len(line.text) * (2 if CJK.search(line.text) else 1)
        total += weight
        bold += weight if line.bold else 0
        mono += weight if line.mono else 0
        if "-" in line.text:
            hyphenated.update(HYPHENATED.findall(line.text.casefold()))
        if not line.grid:
            sizes[line.size] += weight
    body = max(sizes, key=lambda s: (sizes[s], -s), default=10.0)
    common = frozenset(size for size, weight in sizes.items() if weight > 0.12 * sizes.total())
    titles = {folded(title): level for level, title, _ in toc if len(folded(title)) > 1}
    return Style(body, common | {body}, bold > 0.5 * total, mono > 0.6 * total, titles, frozenset(hyphenated))


def folded(text: str) -> str:
    """A title as it is compared with the outline: no spaces, no case, no trailing dots."""
    return re.sub(r"[\s.·…:：]+", "", text).casefold()


def levels(headings: list[tuple[str, Look]], titles: dict[str, int]) -> list[int]:
    """A level (1-6) for each heading (text, look): from the outline, from its number, else from how its look ranks among the others."""
    known: dict[Look, Counter[int]] = {}
    for text, look in headings:
        if level := titles.get(folded(text)):
            known.setdefault(look, Counter())[level] += 1
    rank = {look: i + 1 for i, look in enumerate(sorted({look for _, look in headings}, key=lambda look: (-look[0], not look[1])))}
    offset = max(0, min((rank[look] - depth for text, look in headings if (depth := _depth(text))), default=0))

    def level_of(text: str, look: Look) -> int:
        if found := titles.get(folded(text)):
            return found
        if look in known:
            return known[look].most_common(1)[0][0]
        depth = _depth(text)
        return depth + offset if depth else rank[look]

    found = [level_of(text, look) for text, look in headings]
    used = sorted(set(found))
    return [min(6, used.index(level) + 1) for level in found]  # no level is left out


def _depth(text: str) -> int:
    """How deep a section number is: 1 for `2.`, 3 for `2.1.4`; 0 without one."""
    found = NUMBERED.match(text)
    if not found:
        return 0
    return found["dots"].count(".") + 1 if found["dots"] else _LEVELS[found.lastgroup or "one"]
