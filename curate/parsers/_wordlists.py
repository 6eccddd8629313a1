"""Word's styles and numbering: what a paragraph is (heading, list item, code) and the number it shows."""

import re
from dataclasses import dataclass, field

from curate.parsers._ooxml import Element, qn

W_VAL = qn("w:val")
_HEADING = re.compile(r"(?:heading|标题|標題|見出し|제목|überschrift|titre|título|titolo|заголовок|kop|rubrik)\s*([1-9])$", re.I)
_CODE = {"source code", "code", "code block", "html preformatted", "preformatted text", "verbatim", "macro text", "macro"}
_MAX_DEPTH = 20  # of styles based on styles; a loop ends here


def value(element: Element | None, path: str, default: str = "") -> str:
    """The `w:val` at a path as `w:pPr/w:pStyle`, or the default."""
    found = element.find("/".join(qn(step) for step in path.split("/"))) if element is not None else None
    return str(found.get(W_VAL, default)) if found is not None else default


@dataclass(slots=True)
class Style:
    """What a paragraph style says after its ancestors were asked. level: 1-9 of a heading, else 0."""

    name: str = ""
    level: int = 0
    number_id: str = ""
    list_level: str = ""
    code: bool = False
    fonts: set[str] = field(default_factory=set)


class Styles:
    """The styles of one document by id."""

    def __init__(self, root: Element | None) -> None:
        found = root.findall(qn("w:style")) if root is not None else []
        self._elements = {s.get(qn("w:styleId")): s for s in found}
        default = (s for s in found if s.get(qn("w:type")) == "paragraph" and s.get(qn("w:default")) in ("1", "true"))
        self._default = next((s.get(qn("w:styleId")) for s in default), "")
        self._known: dict[str, Style] = {}

    def __getitem__(self, style_id: str) -> Style:
        style_id = style_id or self._default
        if style_id not in self._known:
            self._known[style_id] = self._resolve(style_id)
        return self._known[style_id]

    def chain(self, style_id: str) -> list[Element]:
        """A style and those it is based on, nearest first."""
        chain: list[Element] = []
        while (style := self._elements.get(style_id)) is not None and len(chain) < _MAX_DEPTH:
            chain.append(style)
            style_id = value(style, "w:basedOn")
        return chain

    def _resolve(self, style_id: str) -> Style:
        chain = self.chain(style_id)
        names = [value(s, "w:name", style_id) for s in chain]
        levels = (_level(s, name) for s, name in zip(chain, names, strict=True))
        return Style(
            name=names[0].lower() if names else style_id.lower(),
            level=next((n for n in levels if n is not None), 0),
            number_id=next((n for s in chain if (n := value(s, "w:pPr/w:numPr/w:numId"))), ""),
            list_level=next((n for s in chain if (n := value(s, "w:pPr/w:numPr/w:ilvl"))), ""),
            code=any(name.lower() in _CODE for name in names),
            fonts={f for s in chain for r in s.findall(f"{qn('w:rPr')}/{qn('w:rFonts')}") if (f := r.get(qn("w:ascii")))},
        )

    def number_style(self, style_id: str) -> str:
        """The list that a numbering style stands for."""
        return next((n for s in self.chain(style_id) if (n := value(s, "w:pPr/w:numPr/w:numId"))), "")


def _level(style: Element, name: str) -> int | None:
    """The heading level a style sets itself: 0 for body text said outright, None where it says nothing."""
    outline = value(style, "w:pPr/w:outlineLvl")
    if outline.isdigit():
        return int(outline) + 1 if int(outline) < 9 else 0
    named = _HEADING.match(name.strip())
    return int(named[1]) if named else None


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int
    style: str
    restarts: bool
    legal: bool  # shows every counter as a decimal


class Numbering:
    """The lists of one document; counts as it is asked, paragraph by paragraph."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, Element] = {}
        self._nums: dict[str, Element] = {}
        for element in root if root is not None else ():
            if element.tag == qn("w:abstractNum"):
                self._abstract[element.get(qn("w:abstractNumId"))] = element
            elif element.tag == qn("w:num"):
                self._nums[element.get(qn("w:numId"))] = element
        self._levels: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def marker(self, number_id: str, level: int) -> str | None:
        """The marker of the next item, as "-", "3." or "2.1"; "" for an item without one, None where there is no list."""
        abstract_id, levels = self._list(number_id)
        if level not in levels:
            return None
        counts = self._counts.setdefault(abstract_id, {})
        own = levels[level]
        begin = self._override(number_id, level)
        counts[level] = begin if begin is not None else counts.get(level, own.start - 1) + 1
        for skipped in [n for n in levels if n < level and n not in counts]:
            counts[skipped] = levels[skipped].start  # as if an item without text had stood there
        for deeper in [n for n in counts if n > level and n in levels and levels[n].restarts]:
            del counts[deeper]
        if own.format == "bullet":
            return "-"
        return "" if own.format == "none" else _shown(own, level, counts, levels)

    def level_of_style(self, number_id: str, style_id: str) -> int:
        """The level that is tied to a paragraph style."""
        return next((n for n, level in self._list(number_id)[1].items() if level.style == style_id), 0)

    def _override(self, number_id: str, level: int) -> int | None:
        """Where a list of its own start begins when first used, though it shares its counters with others."""
        num = self._nums.get(number_id)
        if num is None or (number_id, level) in self._begun:
            return None
        self._begun.add((number_id, level))
        mine = (o for o in num.findall(qn("w:lvlOverride")) if o.get(qn("w:ilvl")) == str(level))
        start = next((value(o, "w:startOverride") for o in mine), "")
        return _int(start, 1) if start else None

    def _list(self, number_id: str) -> tuple[str, dict[int, _Level]]:
        if number_id not in self._levels:
            self._levels[number_id] = self._read(number_id)
        return self._levels[number_id]

    def _read(self, number_id: str, depth: int = 0) -> tuple[str, dict[int, _Level]]:
        num = self._nums.get(number_id)
        abstract_id = value(num, "w:abstractNumId")
        abstract = self._abstract.get(abstract_id)
        if num is None or abstract is None:
            return "", {}
        linked = self._styles.number_style(value(abstract, "w:numStyleLink"))
        if linked and linked != number_id and depth < _MAX_DEPTH:
            return self._read(linked, depth + 1)
        overrides = [lvl for o in num.findall(qn("w:lvlOverride")) for lvl in o.findall(qn("w:lvl"))]
        found = [*abstract.findall(qn("w:lvl")), *overrides]
        return abstract_id, {_int(lvl.get(qn("w:ilvl"), ""), 0): _read_level(lvl) for lvl in found}


def _read_level(lvl: Element) -> _Level:
    return _Level(
        format=value(lvl, "w:numFmt", "decimal"),
        text=value(lvl, "w:lvlText"),
        start=_int(value(lvl, "w:start", "1"), 1),
        style=value(lvl, "w:pStyle"),
        restarts=value(lvl, "w:lvlRestart") != "0",
        legal=lvl.find(qn("w:isLgl")) is not None and value(lvl, "w:isLgl", "true") not in ("0", "false"),
    )


def _int(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _shown(own: _Level, level: int, counts: dict[int, int], levels: dict[int, _Level]) -> str:
    """`%1.%2` with the counters filled in."""

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        known = levels.get(at, own)
        return formatted(counts.get(at, known.start), "decimal" if own.legal else known.format)

    return re.sub(r"%([1-9])", number, own.text or f"%{level + 1}.").strip()


def formatted(number: int, style: str) -> str:
    """A counter in one of Office's numbering formats; decimal where the format is not known."""
    if style in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 50)
        return letters.upper() if style == "upperLetter" else letters
    if style in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman.lower() if style == "lowerRoman" else roman
    if style in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCountingThousand"):
        return _chinese(number)
    return f"{number:02d}" if style == "decimalZero" else str(number)


def _roman(number: int) -> str:
    steps = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for size, letters in (*steps, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (number // size)
        number %= size
    return text


def _chinese(number: int) -> str:
    digits = "〇一二三四五六七八九"
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
