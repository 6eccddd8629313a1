"""Spreadsheet values as their number format shows them."""

import datetime
import re
from functools import lru_cache

Value = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]|\[[^\]]*\]')
_DATE_TOKEN = re.compile(r"y+|m+|d+|h+|s+(?:\.0+)?|AM/PM|A/P|上午/下午|e|[^ymdhse]", re.I)
_MONTH_NAME = re.compile(r"mmm", re.I)
_DIGITS = re.compile(r"[0#?](?:[0#?,.]*[0#?])?,*(?:E[+-]0+)?")
_BIG = 1e15  # from here on Excel shows exponents


def shown(value: Value, number_format: str) -> str:
    """The text a reader sees in the cell. Dates in an order that depends on the country are written as 2026-03-09."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return _date(value, number_format)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, str):
        return value
    return _number(value, number_format)


def _number(value: int | float, number_format: str) -> str:
    sections = _sections(number_format)
    section, signed = sections[0], value
    if value < 0 and len(sections) > 1:
        section, signed = sections[1], -value  # its own section shows the sign, as in (5)
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    pattern, literals = _parts(section)
    if not re.search(r"[0#?]", pattern) or re.search(r"general|/", pattern, re.I):
        return _general(value) if re.search(r"general|/|@", pattern, re.I) or not literals else "".join(literals)
    return _filled(signed, pattern, literals)


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[str, ...]:
    """The parts for positive, negative and zero numbers; a `;` inside quotes parts nothing."""
    return tuple(re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format[:255])) or ("General",)


def _parts(section: str) -> tuple[str, list[str]]:
    """The format without its literal text, each piece of which leaves a NUL behind."""
    literals: list[str] = []

    def literal(match: re.Match[str]) -> str:
        text = next((g for g in match.groups() if g), "")
        if text:
            literals.append(text)
        return "\0" if text else ""

    return _LITERAL.sub(literal, section), literals


def _filled(value: int | float, pattern: str, literals: list[str]) -> str:
    """The number in place of the digits of the pattern, with the text around them."""
    match = re.search(_DIGITS, pattern)
    if match is None or re.search(_DIGITS, pattern[match.end() :]):
        return _general(value)  # digits in several groups, as of a telephone number
    digits = match[0].rstrip(",")
    scale, percent = len(match[0]) - len(digits), pattern.count("%")
    body = _digits(abs(value) * 100**percent / 1000**scale if percent or scale else abs(value), digits)
    sign = "-" if value < 0 and re.search(r"[1-9]", body) else ""
    text = pattern[: match.start()] + body + pattern[match.end() :]
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return sign + text.strip()


def _digits(value: int | float, digits: str) -> str:
    exponent = re.search(r"E[+-](0+)", digits)
    whole, _, decimals = digits.partition(".")
    fixed, most = decimals.count("0"), len(re.findall(r"[0#?]", decimals.split("E")[0]))
    if exponent:
        return f"{value:.{most}E}"
    text = f"{value:{',' if ',' in whole else ''}.{most}f}"
    if most > fixed:
        head, _, tail = text.partition(".")
        tail = tail[:fixed] + tail[fixed:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    least = whole.count("0")
    if not least and text.partition(".")[0] == "0":
        return text[1:]  # "#" and "?" show no zero
    return text.zfill(least + len(text) - len(text.partition(".")[0])) if "," not in whole else text


def _general(value: int | float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < _BIG):
        return str(int(value))
    return f"{value:.15g}" if len(f"{value:.15g}") < 14 else f"{value:.11g}"


def _duration(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _date(value: datetime.datetime | datetime.date | datetime.time, number_format: str) -> str:
    pattern, literals = _parts(_sections(number_format)[0])
    kinds = pattern.lower()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S" if value.second or "s" in kinds else "%H:%M")
    unambiguous = _MONTH_NAME.search(kinds) or kinds.lstrip("\0").startswith("yyyy") or "y" not in kinds
    if unambiguous and re.search(r"[ymd]", kinds):
        return _by_tokens(value, pattern, literals)
    clock = isinstance(value, datetime.datetime) and ("h" in kinds or value.time() != datetime.time())
    return value.strftime("%Y-%m-%d %H:%M:%S" if clock else "%Y-%m-%d").removesuffix(":00" if "s" not in kinds else "\0")


def _by_tokens(value: datetime.datetime | datetime.date, pattern: str, literals: list[str]) -> str:
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    twelve = re.search(r"AM/PM|A/P|上午/下午", pattern, re.I) is not None
    rest = iter(literals)
    out: list[str] = []
    minutes = re.match(r"[^ymdh]*m+:s", pattern, re.I) is not None  # "m" is a month unless hours or seconds are its neighbours
    for token in _DATE_TOKEN.findall(pattern):
        low = "M" + token.lower()[1:] if minutes and token.lower() in ("m", "mm") else token.lower()
        out.append(next(rest, "") if token == "\0" else _token(moment, low, twelve=twelve) or token)
        minutes = low[0] == "h" or (minutes and not low[0].isalpha())
    return "".join(out).strip()


def _token(moment: datetime.datetime, low: str, *, twelve: bool) -> str:
    """What one piece of a date format shows; "M" stands for minutes; empty for text that stands for itself."""
    named = {"mmm": "%b", "mmmm": "%B", "mmmmm": "%b", "ddd": "%a", "dddd": "%A", "am/pm": "%p", "a/p": "%p", "上午/下午": "%p"}
    if low in named:
        return moment.strftime(named[low])
    hour = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
    numbers = {"m": moment.month, "M": moment.minute, "d": moment.day, "h": hour, "s": moment.second}
    if low[0] in numbers:
        return f"{numbers[low[0]]:0{min(len(low), 2)}d}"
    if low[0] in "ye":
        return f"{moment.year % 100:02d}" if len(low) < 3 and low != "e" else f"{moment.year:04d}"
    return ""
