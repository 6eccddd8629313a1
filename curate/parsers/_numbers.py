"""Spreadsheet values as their number format shows them."""

import datetime
import re
from functools import lru_cache

Value = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]|\[[^\]]*\]')
_DATE_TOKEN = re.compile(r"y+|m+|d+|h+|s+(?:\.0+)?|AM/PM|A/P|上午/下午|e|[^ymdhse]", re.I)
_MONTH_NAME = re.compile(r"mmm", re.I)
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
    return tuple(re.findall(r'((?:"[^"]*"|\\.|[^;])*);?', number_format)) or ("General",)


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
    match = re.search(r"[0#?](?:[0#?,. \0]*[0#?])?,*(?:E[+-]0+)?", pattern)
    digits = match[0] if match else "0"
    percent = pattern.count("%")
    scale = len(digits) - len(digits.rstrip(","))
    body = _digits(value * 100**percent / 1000**scale if percent or scale else value, digits.rstrip(","))
    start, end = match.span() if match else (0, 0)
    text = pattern[:start] + ("-" if body.startswith("-") else "") + "\1" + pattern[end:]
    for literal in literals:
        text = text.replace("\0", literal, 1)
    sign = "-" if "-\1" in text else ""
    return sign + text.replace("-\1", "\1").replace("\1", body.lstrip("-")).strip()


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
    if "," not in whole and len(text.partition(".")[0].lstrip("-")) < least:
        sign = "-" if text.startswith("-") else ""
        text = sign + text.lstrip("-").zfill(least + (most + 1 if most else 0))
    return text if float(value) or not text.startswith("-") else text[1:]


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
    out: list[str] = []
    twelve = re.search(r"AM/PM|A/P", pattern, re.I) is not None
    rest = iter(literals)
    hour = False
    for token in _DATE_TOKEN.findall(pattern):
        low = token.lower()
        minutes = low in ("m", "mm") and (hour or _seconds_follow(pattern, len("".join(out))))
        hour = low[0] == "h" or (hour and not low[0].isalpha())
        out.append(next(rest, "") if token == "\0" else _token(value, low, token, twelve=twelve, minutes=minutes))
    return "".join(out).strip()


def _seconds_follow(pattern: str, _at: int) -> bool:
    return re.fullmatch(r"[^ymdh]*m+:s+(\.0+)?[^ymdh]*", pattern, re.I) is not None


def _token(value: datetime.datetime | datetime.date, low: str, token: str, *, twelve: bool, minutes: bool) -> str:
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    if low[0] in "ye":
        return f"{moment.year:04d}" if len(low) > 2 or low == "e" else f"{moment.year % 100:02d}"
    if low[0] == "m" and minutes:
        return f"{moment.minute:0{len(low)}d}"
    if low[0] == "m":
        named = {3: "%b", 4: "%B", 5: "%b"}.get(len(low))
        return moment.strftime(named) if named else f"{moment.month:0{len(low)}d}"
    if low[0] == "d":
        named = {3: "%a", 4: "%A"}.get(len(low))
        return moment.strftime(named) if named else f"{moment.day:0{len(low)}d}"
    if low[0] == "h":
        return f"{(moment.hour - 1) % 12 + 1 if twelve else moment.hour:0{len(low)}d}"
    if low[0] == "s":
        return f"{moment.second:02d}" if len(low) > 1 else str(moment.second)
    return ("AM" if moment.hour < 12 else "PM") if low in ("am/pm", "a/p", "上午/下午") else token
