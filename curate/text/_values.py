"""Numbers and dates in text, normalised."""

import re
import unicodedata
from collections.abc import Iterator

_NUMBER = re.compile(
    r"(\d(?<![A-Za-z_\d.].)(?:\d{0,2}(?:,\d{3})+|\d{0,29}))((?:\.\d{1,30})*)\s?(百万|千万|亿|万|千(?!米|克|瓦|字|赫)|thousand\b|million\b|billion\b|[kK](?=\b))?"
)
_SCALE = {"千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "thousand": 3, "million": 6, "billion": 9, "k": 3}
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = "(" + "|".join(f"{m[:3]}(?:{m[3:]})?" if m != "september" else "sept?(?:ember)?" for m in _MONTHS) + r")\b\.?"
_DATE = re.compile(
    rf"""(?<!\d)(?P<y1>\d{{4}})\s?[-/.年]\s?(?P<m1>\d{{1,2}})\s?[-/.月]\s?(?P<d1>\d{{1,2}})(?!\d)
      |(?<!\d)(?P<y2>\d{{4}})\s?年\s?(?P<m2>\d{{1,2}})\s?月
      |(?<!\d)(?P<m3>\d{{1,2}})\s?月\s?(?P<d3>\d{{1,2}})\s?[日号]
      |\b(?P<m4>{_MONTH})\s(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y4>\d{{4}}))?(?!\d)
      |\b(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m5>{_MONTH})(?:,?\s(?P<y5>\d{{4}})(?!\d))?
      |\b(?P<m6>{_MONTH}),?\s(?P<y6>\d{{4}})(?!\d)
      |(?<!\d)(?P<m7>\d{{1,2}})/(?P<d7>\d{{1,2}})/(?P<y7>\d{{4}})(?!\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST = re.compile(r"(?<![\d.,])(?P<day>\d{1,2})(?:st|nd|rd|th)?\s?(?:[-–]|to|and|until|or)\s?$")
_LAST = re.compile(r"\s?(?:[-–~至到和、]|to|until)\s?(?P<day>\d{1,2})(?:st|nd|rd|th|日|号)?(?![\d.,:]\d|\d|\s?[月/%])")
_BEGIN = re.compile(r"[\dADFJMNOSadfjmnos](?<!\d.)(?:(?<=\d)|(?<!\w.)(?i:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec))")  # of a date


def numbers(text: str) -> list[str]:
    """The numbers written in digits, normalised: 1,200 and 1.2千 -> 1200, 3.50 -> 3.5, 1.2.3 as it stands; none inside identifiers."""
    return [_number(*m.groups()) for m in _NUMBER.finditer(unicodedata.normalize("NFKC", text))]


def _number(whole: str, rest: str, scale: str | None) -> str:
    whole = whole.replace(",", "").lstrip("0") or "0"
    if rest.count(".") > 1:
        return whole + rest
    digits = rest[1:]
    if scale:
        places = _SCALE[scale.lower()]
        whole, digits = (whole + digits.ljust(places, "0")[:places]).lstrip("0") or "0", digits[places:]
    digits = digits.rstrip("0")
    return f"{whole}.{digits}" if digits else whole


def dates(text: str) -> list[str]:
    """The dates, normalised: 2024-05-03; 2024-05 without a day, --05-03 without a year; 3/5/2024 reads month first where it can.

    Of days that share a month ("3 to 14 March") each is one.
    """
    text = unicodedata.normalize("NFKC", text)
    return [d for match in _dated(text) if (date := _date(match)) for d in _shared(date, match, text)]


def _shared(date: str, match: re.Match[str], text: str) -> Iterator[str]:
    """The date, with the one that takes its month from it."""
    if match["d5"] and (first := _FIRST.search(text[max(match.start() - 12, 0) : match.start()])) and int(first["day"]) < int(match["d5"]):
        yield f"{date[:-2]}{int(first['day']):02}"
    yield date
    if (match["d3"] or match["d4"]) and (last := _LAST.match(text, match.end())) and int(date[-2:]) < int(last["day"]) <= 31:
        yield f"{date[:-2]}{int(last['day']):02}"


def _dated(text: str) -> Iterator[re.Match[str]]:
    """`_DATE.finditer`, entered only where a number or the name of a month begins: a tenth of the time."""
    end = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() >= end and (match := _DATE.match(text, begin.start())):
            end = match.end()
            yield match


def _date(match: re.Match[str]) -> str:
    parts = {k[0]: v for k, v in match.groupdict().items() if v}
    month, day = _month(parts["m"]), int(parts.get("d", 0))
    if month > 12 and "/" in match[0]:
        month, day = day, month
    if not 1 <= month <= 12 or day > 31:
        return ""
    return parts.get("y", "-") + f"-{month:02}" + (f"-{day:02}" if day else "")


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else 1 + next(i for i, m in enumerate(_MONTHS) if m[:3] == text[:3].lower())
