"""Finds paragraphs, headings, lists and tables in plain text, and joins lines only where they were evidently wrapped."""

import re
from itertools import pairwise

from curate import markup

Piece = tuple[str, str]  # kind of block, Markdown

_BULLET = re.compile(r"\s*(?:[-*•·▪◦‣●○■□–—]|\(?\d{1,3}[.)、]|\(?[a-zA-Z][.)]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳])\s*\S")
_MARKER = re.compile(r"^(\s*)[•·▪◦‣●○■□]\s*", re.M)
_NUMBERED = re.compile(r"((?:\d{1,2}\.){1,4}\d{0,2})\s+(\S.{0,78})")
_CHAPTER = re.compile(r"(?i)(chapter|part|section|appendix|article)\s+(?:[\divxlc]{1,6}|[A-Z])\b[.:]?(?:\s+\S.{0,70})?")
_CHINESE = re.compile(r"(?:第[一二三四五六七八九十百零〇\d]{1,5}([编篇部章节条款])|([一二三四五六七八九十]{1,3})、)\s*(.{0,40})")
_ARTICLE = re.compile(r"\s*第[一二三四五六七八九十百零〇\d]{1,5}条\s*\S")
_CHINESE_LEVELS = {"编": 1, "篇": 1, "部": 1, "章": 1, "节": 2, "条": 3, "款": 4}
_RULE = re.compile(r"\s*([=\-~*_#])\1{2,}\s*")
_ENDS = tuple(".!?;,:。！？；，：、…")
_CLOSED = tuple(".!?:;。！？：；…\"'”’）)")
_GAP = re.compile(r"[^.!?:\s] {2,}\S")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


def pieces(text: str) -> list[Piece]:
    """The blocks of a plain text."""
    text = text.expandtabs(4).replace("\f", "\n\n")
    width = _wrap_width(text)
    found: list[Piece] = []
    for group in re.split(r"\n[ ]*(?:\n[ ]*)+", text.strip("\n")):
        for lines in _articles([line.rstrip() for line in group.split("\n") if line.strip()]):
            found += _group(lines, width)
    return _titled(found)


def _titled(found: list[Piece]) -> list[Piece]:
    """A short line alone above a text that has headings is its title."""
    first = found[0][1] if found and found[0][0] == "text" else ""
    alone = 0 < _columns(first) <= 60 and "\n" not in first and not first.endswith(_ENDS) and not _BULLET.match(first)
    if alone and any(kind == "heading" for kind, _ in found[1:]):
        return [("heading", markup.heading(first, 1)), *found[1:]]
    return found


def _articles(lines: list[str]) -> list[list[str]]:
    """Articles of a Chinese contract or statute stand below each other without blank lines; each is a paragraph."""
    starts = [i for i, line in enumerate(lines) if i and _ARTICLE.match(line)]
    return [lines[a:b] for a, b in pairwise([0, *starts, len(lines)])] if lines else []


def _group(lines: list[str], width: int) -> list[Piece]:
    """Lines without a blank one between: an underlined or plain heading may open them."""
    lines = [line for i, line in enumerate(lines) if i == 1 or not _RULE.fullmatch(line)]
    if len(lines) > 1 and (rule := _RULE.fullmatch(lines[1])):
        if rule.group(1) in "=-~" and len(lines[0]) <= 100 and abs(_columns(lines[0]) - len(lines[1].strip())) <= 4:
            return [("heading", markup.heading(lines[0], 1 if rule.group(1) == "=" else 2)), *_rest(lines[2:], width)]
        lines = [lines[0], *lines[2:]]
    if not lines:
        return []
    alone = len(lines) == 1
    if level := _heading_level(lines[0].strip(), alone=alone):
        return [("heading", markup.heading(lines[0], level)), *_rest(lines[1:], width)]
    return _body(lines, width)


def _rest(lines: list[str], width: int) -> list[Piece]:
    return _group(lines, width) if lines else []


def _heading_level(line: str, *, alone: bool) -> int:
    """The level of a line that is a heading beyond reasonable doubt, else 0. `alone`: blank lines stand around it."""
    if found := _CHINESE.fullmatch(line):
        if line.endswith(_ENDS):
            return 0
        return _CHINESE_LEVELS.get(found.group(1) or "", 2) if found.group(3) or alone else 0
    if not alone or len(line) > 90 or line.endswith(_ENDS):
        return 0
    if found := _NUMBERED.fullmatch(line):
        dots = found.group(1).strip(".").count(".")
        return dots + 1 if found.group(2)[0].isupper() or _WIDE.match(found.group(2)) else 0
    if found := _CHAPTER.fullmatch(line):
        return 2 if found.group(1).lower() in ("section", "article") else 1
    letters = [c for c in line if c.isalpha()]
    capitals = len(letters) > 3 and all(c.isupper() for c in letters) and letters[0].lower() != letters[0]
    return 2 if capitals and len(letters) > len(line) * 0.6 and len(line.split()) <= 12 else 0


def _body(lines: list[str], width: int) -> list[Piece]:
    if _looks_laid_out(lines):
        return [("code", markup.code("\n".join(lines)))]
    starts = [bool(_BULLET.match(line)) for line in lines]
    if sum(starts) >= 2 and sum(starts) * 3 >= len(lines):
        first = starts.index(True)
        before = [("text", unwrap(lines[:first], width))] if first else []
        return [*before, ("list", _list(lines[first:], starts[first:]))]
    text = unwrap(lines, width)
    return _glued(text.split("\n")) if len(lines) > 15 else [("text", text)]


def _glued(lines: list[str]) -> list[Piece]:
    """Paragraphs that no blank line parts, as in text taken from a PDF: long lines stand alone, short ones together."""
    found: list[Piece] = []
    short: list[str] = []
    for line in lines:
        if len(line) > 200:
            found += [("text", "\n".join(short)), ("text", line)]
            short = []
        else:
            short.append(line)
    return [(kind, text) for kind, text in [*found, ("text", "\n".join(short))] if text]


def _looks_laid_out(lines: list[str]) -> bool:
    """Columns held together by runs of spaces, as in tables of plain text: joined lines would lose them."""
    return len(lines) > 2 and sum(len(re.findall(r"\S {3,}\S", line)) >= 2 for line in lines) > len(lines) * 0.6


def _list(lines: list[str], starts: list[bool]) -> str:
    """Items in Markdown; lines that start none go on with the item before."""
    items: list[str] = []
    for line, start in zip(lines, starts, strict=True):
        if start:
            items.append(_MARKER.sub(r"\1- ", line))
        else:
            items[-1] = _joined(items[-1], line.strip())
    indent = min((len(item) - len(item.lstrip()) for item in items), default=0)
    return "\n".join(item[indent:] for item in items)


def unwrap(lines: list[str], width: int) -> str:
    """Joins each line that is as long as the text is wide with the next; a shorter one ends its paragraph."""
    lines = [line.strip() for line in lines]
    joined = lines[:1]
    for before, line in pairwise(lines):
        if width and (_is_full(before, line, width) or _goes_on(before, line, width)):
            joined[-1] = _joined(joined[-1], line)
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on this line."""
    return _columns(line) + _first_word(after) > width


def _goes_on(line: str, after: str, width: int) -> bool:
    """Whether a line of some length breaks off within its sentence, as ragged edges and later edits make it."""
    in_columns = _GAP.search(line) or _GAP.search(after)
    return after[:1].islower() and not line.endswith(_CLOSED) and _columns(line) > width * 0.6 and not in_columns


def _joined(before: str, after: str) -> str:
    """No space between two wide characters, nor after a hyphen."""
    if _WIDE.match(before[-1:]) and _WIDE.match(after[:1]):
        return before + after
    if re.search(r"[a-z]-$", before) and after[:1].islower():
        return before + after
    return f"{before} {after}"


def _wrap_width(text: str) -> int:
    """The column at which the text was wrapped by hand, 0 where it was not."""
    groups = [[line.strip() for line in g.split("\n")] for g in re.split(r"\n\s*\n", text[:400_000])]
    lines = [pair for group in groups for pair in pairwise(group) if all(pair)]
    inner = [(line, after) for line, after in lines if not (_BULLET.match(line) or _GAP.search(line) or "|" in line)]
    if len(inner) < 3:
        return 0
    width = sorted(_columns(line) for line, _ in inner)[int(len(inner) * 0.9)]
    full = [line for line, after in inner if _is_full(line, after, width)]
    sentences = sum(line.endswith(_CLOSED) for line in full)  # a sentence a line is no wrapping
    return width if 40 <= width <= 130 and len(full) > len(inner) * 0.4 and sentences < len(full) * 0.5 else 0


def _columns(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _first_word(text: str) -> int:
    """Columns the next line's first word would have needed, with its space."""
    return 2 if _WIDE.match(text[:1]) else len(text.split(" ", 1)[0]) + 1
