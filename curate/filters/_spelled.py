"""Numbers written in words: three, twenty-one, half, 二十一, 百分之五."""

import re
from collections.abc import Iterator

_WORDS = """zero|one first once|two second twice both pair|three third|four fourth|five fifth|six sixth|seven seventh|eight eighth
|nine ninth|ten tenth|eleven eleventh|twelve twelfth dozen|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty twentieth"""
_ONES = {word: n for n, names in enumerate(_WORDS.split("|")) for word in names.split()}
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SHARES = {"half": ["0.5", "50"], "halves": ["0.5", "50"], "quarter": ["0.25", "25", "4"], "一半": ["0.5", "50"]}
ENGLISH = rf"(?:{'|'.join([*_ONES, *_TENS, *_SCALES])})\b"
CHINESE = "[零〇一二两三四五六七八九十百千万亿]{1,20}"
_NAMES = frozenset((*_ONES, *_TENS, *_SCALES))
_ENGLISH = re.compile(rf"\b{ENGLISH}", re.IGNORECASE)
_RUN = re.compile(rf"\b{ENGLISH}(?:(?:[\s-]|\sand\s){ENGLISH}){{1,6}}", re.IGNORECASE)
_CHINESE = re.compile(CHINESE)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def spelled(text: str) -> Iterator[str]:
    """The numbers that the words may mean: each word's own, and those of runs of them."""
    for match in _ENGLISH.finditer(text):
        yield str(_english(match[0]))
    for match in _RUN.finditer(text):
        yield str(_english(match[0]))
    for word, shares in _SHARES.items():
        if word in text.lower():
            yield from shares
    for match in _CHINESE.finditer(text):
        yield str(_chinese(match[0]))


def holds_words(text: str) -> bool:
    """Whether English number words stand in the text: far quicker than looking where."""
    return not _NAMES.isdisjoint(text.lower().replace("-", " ").split())


def value(text: str) -> int:
    """The number that a run of English or Chinese number words means."""
    return _english(text) if text[0].isascii() else _chinese(text)


def _english(text: str) -> int:
    """twenty-one -> 21, two hundred and five -> 205, three million -> 3000000."""
    total = part = 0
    for word in re.findall("[a-z]+", text.lower()):
        scale = _SCALES.get(word)
        if scale == 100:
            part = (part or 1) * 100
        elif scale:
            total, part = total + (part or 1) * scale, 0
        else:
            part += _ONES.get(word, _TENS.get(word, 0))
    return total + part


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
