"""The words of one Word paragraph as Markdown: runs, links, fields, check boxes, equations, tracked changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from curate.parsers._omml import latex
from curate.parsers._ooxml import Element, Relation, qn
from curate.parsers._wordlists import value

_SKIPPED = {qn(f"w:{n}") for n in ("del", "moveFrom", "rPr", "pPr", "delText", "instrText", "fldData", "commentReference", "rt")}
_GRAPHIC = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
_FIXED = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:footnoteRef"): "",
    qn("w:endnoteRef"): "",
}
_SUPER = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUB = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_GREEK = dict(zip("abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_LINK = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)*"?([^"\s]+)"?')
_GUESSED = re.compile(r"(Description )?automatically generated.*|AI[- ]generated content.*|AI 生成的内容.*", re.I | re.S)
_CHECKED = {"1", "true", "on"}


@dataclass(slots=True)
class Words:
    """A paragraph's Markdown, the notes it points to as (kind, id), and the graphics anchored in it."""

    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    graphics: list[Element] = field(default_factory=list)
    bold: bool = False
    fonts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Field:
    code: str = ""
    shown: bool = False  # what follows is the field's result
    at: int = 0  # the piece the result begins with


class _Reader:
    def __init__(self, relations: Mapping[str, Relation], numbers: dict[tuple[str, str], int]) -> None:
        self.relations = relations
        self.numbers = numbers
        self.pieces: list[tuple[str, str]] = []  # text and its style: some of "bi", "=" for text that is Markdown already
        self.fields: list[_Field] = []
        self.words = Words()

    def walk(self, element: Element) -> None:
        """Everything a reader sees inside a paragraph, in order."""
        for child in element:
            tag = child.tag
            if tag in _SKIPPED:
                continue
            if tag == qn("w:r"):
                self._run(child)
            elif tag in (qn("m:oMathPara"), qn("m:oMath")):
                fence = "$$" if tag == qn("m:oMathPara") else "$"
                self._add(f"{fence}{latex(child)}{fence}", "=")
            elif tag == qn("w:hyperlink"):
                self._hyperlink(child)
            elif tag == qn("w:sdt"):
                self._control(child)
            elif tag == qn("mc:AlternateContent"):
                self.walk(preferred(child))
            else:
                self.walk(child)

    def _run(self, run: Element) -> None:
        properties = run.find(qn("w:rPr"))
        if properties is not None and _on(properties, "w:vanish"):
            return
        style = "".join(mark for mark in "bi" if properties is not None and _on(properties, f"w:{mark}"))
        fonts = properties.find(qn("w:rFonts")) if properties is not None else None
        raised = value(properties, "w:vertAlign")
        for child in run:
            self._content(child, style, raised)
        if fonts is not None and any((t.text or "").strip() for t in run.findall(qn("w:t"))):
            self.words.fonts.add(fonts.get(qn("w:ascii"), ""))
        elif run.find(qn("w:t")) is not None:
            self.words.fonts.add("")

    def _content(self, child: Element, style: str, raised: str) -> None:
        tag = child.tag
        if tag == qn("w:t"):
            self._add(_raised(child.text or "", raised), style)
        elif tag == qn("w:fldChar"):
            self._field(child)
        elif tag == qn("w:instrText") and self.fields:
            self.fields[-1].code += child.text or ""
        elif tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
            self._note(child)
        elif tag == qn("w:sym"):
            self._add(_symbol(child), style)
        elif tag == qn("w:br"):
            self._add("\n" if child.get(qn("w:type"), "textWrapping") == "textWrapping" else " ", style)
        elif tag in _FIXED:
            self._add(_FIXED[tag], style)
        elif tag in _GRAPHIC:
            self.words.graphics.append(child)
        elif tag == qn("mc:AlternateContent"):
            for inner in preferred(child):
                self._content(inner, style, raised)
        elif tag == qn("w:ruby"):
            self.walk(child)

    def _add(self, text: str, style: str = "") -> None:
        if text and not (self.fields and not self.fields[-1].shown):
            self.pieces.append((text, style))

    def _field(self, char: Element) -> None:
        kind = char.get(qn("w:fldCharType"))
        if kind == "begin":
            box = char.find(f"{qn('w:ffData')}/{qn('w:checkBox')}")
            if box is not None:
                self._add("[x] " if value(box, "w:checked", value(box, "w:default")) in _CHECKED else "[ ] ")
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].shown, self.fields[-1].at = True, len(self.pieces)
        elif kind == "end" and self.fields:
            done = self.fields.pop()
            link = _LINK.search(done.code)
            if link and done.shown and "\\l" not in done.code:
                self._link(done.at, link[1])

    def _hyperlink(self, element: Element) -> None:
        begin = len(self.pieces)
        self.walk(element)
        relation = self.relations.get(element.get(qn("r:id"), ""))
        if relation is not None and relation.external:
            self._link(begin, relation.target)

    def _link(self, begin: int, url: str) -> None:
        """Makes one link of the pieces from `begin` on; addresses that lead nowhere on the web stay out."""
        label = "".join(text for text, _ in self.pieces[begin:])
        core = " ".join(label.split())
        bare = url.removeprefix("mailto:").rstrip("/")
        if not core or core.rstrip("/") == bare or not re.match(r"(https?|mailto|ftp):", url, re.I):
            return
        url = url.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
        before, after = label[: len(label) - len(label.lstrip())], label[len(label.rstrip()) :]
        self.pieces[begin:] = [(p, "") for p in (before,) if p] + [(f"[{core}]({url})", "=")] + [(p, "") for p in (after,) if p]

    def _control(self, control: Element) -> None:
        """A content control: its text, or its state where it is a check box; a placeholder nobody filled in is no text."""
        properties, content = control.find(qn("w:sdtPr")), control.find(qn("w:sdtContent"))
        box = properties.find(qn("w14:checkbox")) if properties is not None else None
        if box is not None:
            state = box.find(qn("w14:checked"))
            self._add("[x] " if state is not None and state.get(qn("w14:val")) in _CHECKED else "[ ] ")
        elif content is not None:
            self.walk(content)

    def _note(self, reference: Element) -> None:
        key = (reference.tag.rsplit("}", 1)[-1].removesuffix("Reference"), reference.get(qn("w:id"), ""))
        self.numbers.setdefault(key, len(self.numbers) + 1)
        self._add(f"[^{self.numbers[key]}]", "=")
        self.words.notes.append(key)


def read(paragraph: Element, relations: Mapping[str, Relation], numbers: dict[tuple[str, str], int], *, emphasis: bool = True) -> Words:
    """The words of a paragraph; `numbers` counts the notes of the document and is added to."""
    reader = _Reader(relations, numbers)
    reader.walk(paragraph)
    letters = [(t, s) for t, s in reader.pieces if t.strip()]
    reader.words.bold = bool(letters) and all("b" in s for _, s in letters)
    reader.words.text = _joined(reader.pieces) if emphasis else "".join(text for text, _ in reader.pieces)
    return reader.words


def alternative(text: str) -> str:
    """The alternative text of a picture without what Office adds to its own guesses."""
    return " ".join(_GUESSED.sub("", text).split())


def preferred(alternate: Element) -> Element:
    """The choice of an `mc:AlternateContent`; its fallback says the same again for older programs."""
    choice = alternate.find(qn("mc:Choice"))
    fallback = alternate.find(qn("mc:Fallback"))
    return choice if choice is not None else fallback if fallback is not None else []


def _joined(pieces: list[tuple[str, str]]) -> str:
    merged: list[tuple[str, str]] = []
    for text, style in pieces:
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + text, style)
        elif merged and not text.strip():
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, style))
    out = ""
    for index, (text, style) in enumerate(merged):
        after = merged[index + 1][0][:1] if index + 1 < len(merged) else ""
        out += _emphasised(text, style, out[-1:], after)
    return out


def _emphasised(text: str, style: str, before: str, after: str) -> str:
    """Marks for bold and italic around whole words; inside a word, across lines or on marks alone they would not read as such."""
    core = text.strip()
    if style in ("", "=") or not any(c.isalnum() for c in core) or "\n" in core or "*" in core:
        return text
    start = text.index(core)
    lead, tail = text[:start], text[start + len(core) :]
    if (not lead and before.isalnum()) or (not tail and after.isalnum()):
        return text
    mark = "**" if style == "b" else "*" if style == "i" else "***"
    return f"{lead}{mark}{core}{mark}{tail}"


def _on(properties: Element, name: str) -> bool:
    found = properties.find(qn(name))
    return found is not None and found.get(qn("w:val"), "true") not in ("0", "false", "off", "none")


def _raised(text: str, position: str) -> str:
    """Digits set high or low as such: m² is no m2."""
    if position not in ("superscript", "subscript") or not set(text) <= set("0123456789+-"):
        return text
    return text.translate(_SUPER if position == "superscript" else _SUB)


def _symbol(element: Element) -> str:
    """A character of a symbol font: check boxes and Greek letters are told, ornaments left out."""
    code = element.get(qn("w:char"), "")
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0
    font, letter = element.get(qn("w:font"), ""), chr(number & 0xFF)
    if font == "Symbol":
        return _GREEK.get(letter) or _GREEK.get(letter.lower(), "").upper()
    if font.startswith("Wingdings"):
        return {0xFE: "[x]", 0xFD: "[x]", 0xA8: "[ ]", 0x6F: "[ ]", 0xE0: "→", 0xDF: "←", 0xFC: "✓"}.get(number & 0xFF, "")
    return chr(number) if number >= 0x20 and not 0xD800 <= number <= 0xF8FF else ""
