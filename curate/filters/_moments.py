"""Dates and times of day that a text reckons, as in "3 June + 14 days = 17 June" or "15:30 - 07:30 = 8 hours", and which are wrong."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from curate.text import dates, numbers

_UNITS = {
    "min": 1,
    "分": 1,
    "h": 60,
    "小": 60,
    "时": 60,
    "d": 1,
    "天": 1,
    "日": 1,
    "w": 7,
    "周": 7,
    "星": 7,
    "mo": 1,
    "月": 1,
    "y": 12,
    "年": 12,
}
_UNIT = r"(?P<unit>min(?:ute)?s?|分钟?|h(?:ours?)?|小时|时|days?|天|日|weeks?|周|星期|months?|月|years?|年)(?![a-z])"
_LENGTH = rf"(?P<count>\d{{1,4}})[\s-]?个?{_UNIT}"
_SHIFT = re.compile(rf"(?P<sign>[+\-−–]|plus|minus|加上?|减去?)\s?{_LENGTH}\s?(?:=|等于)\s?")
_BETWEEN = re.compile(rf"(?:=|等于)\s?{_LENGTH}")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?:[:：](\d\d)(?!\d)|[点时](?:(\d{1,2})分)?)(?:\s?(?P<half>[ap]\.?m\b))?", re.IGNORECASE)
_BACK = re.compile(r"[-−–减]|minus")
_REACH = 28  # characters of a date that stands beside a sign
_YEARS = (2023, 2024)  # what a date without a year is tried in: one with and one without 29 February


def reckoned(text: str) -> Iterator[tuple[list[str], list[str], bool, tuple[int, int]]]:
    """(operands, results, whether they are right, place of the sign and the length) of each; as `numbers` and `dates` give them."""
    for match in _SHIFT.finditer(text):
        left, right = text[max(match.start() - _REACH, 0) : match.start()], text[match.end() : match.end() + _REACH]
        size, clock = _size(match), match["unit"][0] in "h小时分" or match["unit"].startswith("min")
        size *= 1 if match["sign"][0] in "+p加" else -1
        if clock and (began := list(_CLOCK.finditer(left))) and (ended := _CLOCK.match(right)):
            halves = began[-1]["half"] or ended["half"]
            fits = (_minutes(began[-1]) + size - _minutes(ended)) % (12 * 60 if halves else 24 * 60) == 0
            yield [*numbers(began[-1][0]), *numbers(match["count"])], numbers(ended[0]), fits, match.span()
        elif not clock and (from_ := _whole(left)[-1:]) and (to := _whole(right)[:1]):
            fits = any(_agree(_shifted(day, size, match["unit"]), to[0], from_[0]) for day in _days(from_[0]))
            yield [*from_, *numbers(match["count"])], [to[0], *_parts(to[0])], fits, match.span()
    for match in _BETWEEN.finditer(text):
        left = text[max(match.start() - 2 * _REACH, 0) : match.start()]
        size, days, clocks = _size(match), _whole(left)[-2:], list(_CLOCK.finditer(left))[-2:]
        if len(clocks) == 2 and _BACK.search(left, clocks[0].end(), clocks[1].start()):
            fits = (_minutes(clocks[0]) - _minutes(clocks[1]) - size) % (12 * 60) == 0
            yield [n for c in clocks for n in numbers(c[0])], numbers(match["count"]), fits, match.span()
        elif len(days) == 2 and match["unit"][0] in "dw天日周星" and _BACK.search(left):
            fits = any(_agree(_shifted(day, size, match["unit"]), days[0], days[1]) for day in _days(days[1]))
            yield days, numbers(match["count"]), fits, match.span()


def _size(match: re.Match[str]) -> int:
    """A length in minutes, days or months."""
    return int(match["count"]) * next(size for name, size in _UNITS.items() if match["unit"].startswith(name))


def _minutes(clock: re.Match[str]) -> int:
    return 60 * int(clock[1]) + int(clock[2] or clock[3] or 0)


def _parts(day: str) -> list[str]:
    return [part.lstrip("0") for part in day.split("-") if part]


def _whole(text: str) -> list[str]:
    """Its dates that name a day."""
    return [day for day in dates(text) if day.count("-") > 1]


def _days(day: str) -> Iterator[date]:
    """The days that a date can be."""
    written = day.removeprefix("--").split("-")
    for year in _YEARS if day.startswith("--") else (int(written.pop(0)),):
        month, number = map(int, written)
        if year and 0 < number <= calendar.monthrange(year, month)[1]:
            yield date(year, month, number)


def _shifted(day: date, size: int, unit: str) -> str:
    if unit[0] in "y年月" or unit.startswith("mo"):
        year, month = divmod(12 * day.year + day.month - 1 + size, 12)
        year = min(max(year, 1), 9999)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])).isoformat()
    try:
        return (day + timedelta(days=size)).isoformat()
    except OverflowError:
        return ""


def _agree(day: str, written: str, began: str) -> bool:
    """Whether it is the day that stands there; the year counts where both dates have one."""
    return day[-5:] == written[-5:] if "--" in (written[:2], began[:2]) else day == written
