"""Where sentences end, in English and Chinese, in prose and in Markdown."""

import re
from collections.abc import Iterator

from curate.text._scripts import UNSPACED

_CLOSERS = "\"'”’」』）】〉》)\\]*_"
_WHOLE = r"""(?P<fence>[ \t]*(?P<marks>`{3,}+|~{3,}+)[^\n]*+(?:\n(?:.*?^[ \t]*(?P=marks)[`~]*[ \t]*$|.*))?)
      |(?P<row>[ \t]*(?:\#{1,6}[ \t]|\||[-*_=]{3,}[ \t]*$)[^\n]*)"""
_FIRST = re.compile(_WHOLE, re.MULTILINE | re.DOTALL | re.VERBOSE)
_STOP = re.compile(  # begins with one set of characters, for which the engine searches fast
    rf"""[\n.!?…。！？｡](?:
       (?P<line>(?<=\n))(?P<blank>(?:[ \t]*\n)++)?(?:{_WHOLE})?
      |(?P<wide>(?:(?<=[。！？｡])|(?<=[{UNSPACED}”」』][!?]))[。！？｡!?…]*(?P<closed>[{_CLOSERS}]*))
      |(?P<narrow>(?<=[.!?…])[.!?…]*+[{_CLOSERS}`]*+)(?=\s|\Z))""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_BLOCK = re.compile(  # a line that begins with one of these begins a sentence
    r"""[ \t]*(?:\#{1,6}[ \t]|[-*+•·●○◦▪■◆※➢][ \t]|[-*_=]{3,}[ \t]*$|\||>|`{3}|~{3}|<|!\[|\$\$
      |\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)][ \t]|\d{1,3}(?:\.\d{1,3}){1,4}[ \t]|\d{1,3}[）、]
      |[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|[①-⑳]|第[一二三四五六七八九十百零\d]{1,6}[章节条款步])""",
    re.MULTILINE | re.VERBOSE,
)
_NUMBERED = re.compile(r"[ \t>#*+-]*\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\Z")
_NEXT = re.compile(r"[\s\"'“‘(\[*_]*([^\W\d_]*)(\d?)")
_BEFORE_WORD = re.compile(r"[\s(\[{\"'“‘*_/]")
_SHORT_LINE = 40  # columns: a line that ends well before any margin was ended on purpose


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER = _set("mr mrs ms dr prof st gen col capt lt sgt rep sen gov rev hon messrs e.g eg i.e ie cf vs viz approx esp incl")
_BEFORE_NUMBER = _set(
    "fig figs eq eqs no nos nr sec sect ch chap vol vols p pp art tab ref refs ex para cl ver v app "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
_MAYBE = _set("etc al inc ltd co corp jr sr dept est a.m p.m am pm")
_STARTERS = _set(
    "a after all also although an and any are as at be before both but by can click do does each every everyone finally first for "
    "from he her here his how however i if in is it its let most never no not note once one only open or our please run see she "
    "since so some that the their then there these they this those to use we what when where which while who why with you your"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each sentence, heading, list item, table row and fenced code block; all but white space is covered."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for end in (*_ends(text), len(text)):
        piece = text[begin:end]
        if body := piece.strip():
            start = begin + len(piece) - len(piece.lstrip())
            spans.append((start, start + len(body)))
        begin = end
    return spans


def _ends(text: str) -> Iterator[int]:
    first = _FIRST.match(text)
    if first:
        yield first.end()
    for stop in _STOP.finditer(text, first.end() if first else 0):
        kind = stop.lastgroup
        if kind == "line":
            if _line_ends(text, stop.start()):
                yield stop.end()
        elif kind == "narrow":
            if _stop_ends(text, stop):
                yield stop.end()
        elif kind == "wide":
            if _wide_ends(text, stop.end(), stop["closed"]):
                yield stop.end()
        else:  # blank lines, or a line end and what stands whole below it
            yield stop.start()
            yield stop.end()


def _wide_ends(text: str, end: int, closed: str) -> bool:
    follows = text[end : end + 1]
    if any(c in "）)]】》〉" for c in closed):  # an aside or a title: 《为什么？》一书 goes on
        return not follows.strip()
    return follows not in tuple("，、；：,;:的")


def _stop_ends(text: str, stop: re.Match[str]) -> bool:
    follows = _NEXT.match(text, stop.end())
    word, digit = follows.groups() if follows else ("", "")
    if word[:1].islower():
        return False
    if stop[0] != ".":
        return True
    near = max(0, stop.start() - 32)
    line = text.rfind("\n", near, stop.start()) + 1
    if (line or not near) and _NUMBERED.match(text, line, stop.start()):
        return False
    last = _BEFORE_WORD.split(text[max(line, near) : stop.start()])[-1]
    return not _abbreviates(last, word, digit)


def _abbreviates(last: str, word: str, digit: str) -> bool:
    """Whether the stop after `last` only abbreviates it, seeing the word or digit that follows."""
    lower = last.lower()
    if len(last) > 6 and "." not in last:
        return False
    if lower in _BEFORE_NUMBER:
        return bool(digit) or re.fullmatch("[IVXA-Z]{1,4}", word) is not None
    if lower in _MAYBE or re.fullmatch(r"[A-Za-z](?:\.[A-Za-z])*", last):  # J. Smith, the U.S. Army, 5 p.m. Monday
        return lower in _NEVER or word.lower() not in _STARTERS
    return lower in _NEVER


def _line_ends(text: str, at: int) -> bool:
    line = text.rfind("\n", 0, at) + 1
    here = text[line:at].strip()
    if not here or _BLOCK.match(text, at + 1):
        return True
    following = text.find("\n", at + 1)
    ahead = text[at + 1 : following if following >= 0 else len(text)].strip()
    if not ahead or text.endswith("  ", line, at):
        return True
    columns = len(here) if here.isascii() else len(here.encode("utf-8", "replace")) / 2
    return columns < _SHORT_LINE and not ahead[0].islower() and here[-1] not in ",，、;；(（-"
