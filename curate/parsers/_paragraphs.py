"""Finds paragraphs, headings, lists and tables in plain text, and joins lines only where they were evidently wrapped."""

import re
from itertools import pairwise
from statistics import median

from curate import markup

Piece = tuple[str, str]  # kind of block, Markdown

_BULLET = re.compile(r"\s*(?:[-*•·▪◦‣●○■□–—]|\(?\d{1,3}[.)、]|\(?[a-zA-Z][.)]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳])\s*\S")
_MARKER = re.compile(r"^(\s*)[•·▪◦‣●○■□]\s*", re.M)
_NUMBERED = re.compile(r"((?:\d{1,2}\.){1,4}\d{0,2})\s+(\S.{0,78})")
_CHAPTER = re.compile(r"(?i)(chapter|part|section|appendix|article)\s+(?:[\divxlc]{1,6}|[A-Z])\b[.:]?(?:\s+\S.{0,70})?")
_CHINESE = re.compile(r"(?:第[一二三四五六七八九十百零〇\d]{1,5}([编篇部章节条款])|([一二三四五六七八九十]{1,3})、)\s*(.{0,40})")
_CHINESE_LEVELS = {"编": 1, "篇": 1, "部": 1, "章": 1, "节": 2, "条": 3, "款": 4}
_RULE = re.compile(r"\s*([=\-~*_#])\1{2,}\s*")
_ENDS = tuple(".!?;,:。！？；，：、…")
_CLOSED = tuple(".!?:;。！？：；…\"'”’）)")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


def pieces(text: str) -> list[Piece]:
    """The blocks of a plain text."""
    text = text.expandtabs(4).replace("\f", "\n\n")
    width = _wrap_width(text)
    found: list[Piece] = []
    for group in re.split(r"\n[ ]*(?:\n[ ]*)+", text.strip("\n")):
        found += _group([line.rstrip() for line in group.split("\n") if line.strip()], width)
    return found


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
    return [("text", unwrap(lines, width))]


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
    """Joins lines into one where each but the last is about as long as the text is wide; else keeps them."""
    lines = [line.strip() for line in lines]
    if width and len(lines) > 1:
        full = sum(_columns(line) + _first_word(after) > width for line, after in pairwise(lines))
        if full >= (len(lines) - 1) * 0.8:
            whole = lines[0]
            for line in lines[1:]:
                whole = _joined(whole, line)
            return whole
    return "\n".join(lines)


def _joined(before: str, after: str) -> str:
    """No space between two wide characters; a hyphen that parted a word goes."""
    if _WIDE.match(before[-1:]) and _WIDE.match(after[:1]):
        return before + after
    if re.search(r"[a-z]-$", before) and after[:1].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _wrap_width(text: str) -> int:
    """The column at which the text was wrapped by hand, 0 where it was not."""
    groups = [g.split("\n") for g in re.split(r"\n\s*\n", text[:400_000])]
    inner = [_columns(line.strip()) for group in groups for line in group[:-1] if line.strip() and not _BULLET.match(line)]
    if len(inner) < 3:
        return 0
    longest = sorted(inner)[int(len(inner) * 0.95)]
    ended = sum(line.rstrip().endswith(_CLOSED) for group in groups for line in group[:-1])
    if not 40 <= longest <= 130 or median(inner) < longest * 0.75 or ended > len(inner) * 0.6:
        return 0
    return longest


def _columns(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _first_word(text: str) -> int:
    """Columns the next line's first word would have needed, with its space."""
    return 2 if _WIDE.match(text[:1]) else len(text.split(" ", 1)[0]) + 1
