"""The numbers and dates that an answer states, and which of them its source holds."""

import re
from collections.abc import Iterator
from functools import lru_cache

from curate.filters._passage import folded
from curate.text import dates, fold, numbers

_WORDS = """zero|one first once|two second twice both pair|three third|four fourth|five fifth|six sixth|seven seventh|eight eighth
|nine ninth|ten tenth|eleven eleventh|twelve twelfth dozen|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty twentieth"""
_ENGLISH = {word: n for n, names in enumerate(_WORDS.split("|")) for word in names.split()}
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SHARES = {"half": ["0.5", "50"], "halves": ["0.5", "50"], "quarter": ["0.25", "25", "4"], "一半": ["0.5", "50"]}
_SPELLED = re.compile(rf"\b(?:{'|'.join([*_ENGLISH, *_TENS, *_SCALES])})\b", re.IGNORECASE)
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MARKER = re.compile(r"^[ \t]*(?:[-*•] )?(?:\*\*)?[(（]?\d{1,2}[.)、）:](?!\d)|\[\d{1,3}\]", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,2}[.)、])\s", re.MULTILINE)
_COMMA = re.compile(r"[,;，、；]|\band\b|\bor\b|[和及或与]")


def missing(answer: str, source: str) -> list[str]:
    """The numbers and dates of the answer that the source does not hold, as they compare."""
    bare = _MARKER.sub(" ", answer)
    stated = dict.fromkeys(numbers(bare))
    lost = [n for n in stated if n not in _held(source)]
    if lost:
        implied = {*spelled(source), *_parts(source)}
        lost = [n for n in lost if n not in implied and not _counts(n, answer, source)]
    return lost + _missing_dates(bare, source)


@lru_cache(maxsize=8)  # the samples of one chunk follow each other
def _held(source: str) -> frozenset[str]:
    return frozenset(numbers(source))


def spelled(text: str) -> Iterator[str]:
    """The numbers written in words: three, twenty-one, half, 二十一, 百分之五."""
    tens = 0
    for match in _SPELLED.finditer(text):
        word = match[0].lower()
        value = _ENGLISH.get(word, _TENS.get(word, _SCALES.get(word, 0)))
        yield str(value)
        if tens and value < 10:
            yield str(tens + value)
        tens = value if word in _TENS or word == "twenty" else 0
    for word, shares in _SHARES.items():
        if word in text.lower():
            yield from shares
    for match in _CHINESE.finditer(text):
        yield str(_chinese(match[0]))


def _chinese(text: str) -> int:
    """二十一 -> 21, 三千五 -> 3005, 二〇二四 -> 2024."""
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = part = digit = 0
    for c in text:
        place = _PLACES.get(c)
        if place is None:
            digit = _DIGITS[c]
        elif place >= 10**4:
            total, part, digit = (total + part + digit) * place, 0, 0
        else:
            part, digit = part + (digit or 1) * place, 0
    return total + part + digit


def _parts(source: str) -> Iterator[str]:
    """Numbers inside identifiers and dates, which an answer may state alone: A4, 3x, ISO9001, the 5 of May."""
    for digits in re.findall(r"\d+(?:[.,]\d+)*", source):
        yield from numbers(digits)
    for date in dates(source):
        yield from (part.lstrip("0") for part in _fields(date))


def _counts(number: str, answer: str, source: str) -> bool:
    """Whether a small number only counts what is listed."""
    if not number.isdecimal() or not 1 < int(number) <= 20:
        return False
    listed = {len(_ITEM.findall(answer)), len(_ITEM.findall(source))}
    lines = [line for text in (answer, source) for line in re.split(r"[.。!?！？\n]", text)]
    return int(number) in listed or any(_COMMA.search(line) and len(_COMMA.findall(line)) + 1 == int(number) for line in lines)


def _missing_dates(answer: str, source: str) -> list[str]:
    stated = dict.fromkeys(dates(answer))
    if not stated:
        return []
    held = dates(source)
    lost = [d for d in stated if not any(_agree(d, h) for h in held) and _has_month(d, held)]
    return [d for d in lost if fold(d) not in folded(source)]


def _agree(one: str, other: str) -> bool:
    """2024-05 agrees with 2024-05-03 and with --05-03."""
    return all(a == b or not a or not b for a, b in zip(_fields(one), _fields(other), strict=True))


def _fields(date: str) -> tuple[str, str, str]:
    year, month, day = "", "", ""
    if date.startswith("--"):
        month, _, day = date[2:].partition("-")
    else:
        year, _, rest = date.partition("-")
        month, _, day = rest.partition("-")
    return year, month, day


def _has_month(date: str, held: list[str]) -> bool:
    """A date is only called wrong where the source names dates as fine as it."""
    wanted = _fields(date)
    return any(all(bool(w) <= bool(h) for w, h in zip(wanted, _fields(d), strict=True)) for d in held)
