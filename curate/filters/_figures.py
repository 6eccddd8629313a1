"""The numbers and dates that an answer states, and which of them its source holds."""

import re
from collections.abc import Iterator
from functools import lru_cache

from curate.filters._passage import folded
from curate.filters._spelled import spelled
from curate.filters._units import spelled_measures
from curate.text import dates, fold, numbers

_MARKER = re.compile(r"^[ \t]*(?:[-*•] )?(?:\*\*)?[(（]?\d{1,2}[.)、）:](?!\d)|\[\d{1,3}\]", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,2}[.)、])\s", re.MULTILINE)
_COMMA = re.compile(r"[,;，、；]|\band\b|\bor\b|[和及或与]")


def bare(text: str) -> str:
    """A text without the numbers that only count its items and references."""
    return _MARKER.sub(" ", text)


def missing(answer: str, source: str) -> list[str]:
    """The numbers and dates of the answer that the source does not hold, as they compare."""
    said = bare(answer)
    stated = dict.fromkeys(numbers(said))
    held = figures(source)
    for number, _, _ in spelled_measures(said):
        if number not in ("0", "1"):  # "one day" says nothing of a number
            stated[number] = None
    lost = [n for n in stated if n not in held]
    if lost:
        lost = [n for n in lost if n not in implied(source) and not _counts(n, answer, source)]
    return lost + _missing_dates(said, source)


@lru_cache(maxsize=8)  # the samples of one chunk follow each other
def figures(source: str) -> frozenset[str]:
    """The numbers that it writes in digits."""
    return frozenset(numbers(source))


@lru_cache(maxsize=8)
def implied(source: str) -> frozenset[str]:
    """The numbers that it holds in another form: in words, in dates, inside identifiers."""
    return frozenset((*spelled(source), *_parts(source)))


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
