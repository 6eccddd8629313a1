"""Figures with their units: which unit an answer gives a number, and whether its source gives that number only others."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from curate.filters._spelled import CHINESE, ENGLISH, holds_words, value
from curate.text import numbers

# Each line: one unit and the ways it is written. Only notations are one: no unit is converted into another.
_FORMS = r"""km: km kilomet(?:er|re)s? 公里 千米
m: m met(?:er|re)s? 米
cm: cm centimet(?:er|re)s? 厘米
mm: mm millimet(?:er|re)s? 毫米
mile: mi miles? 英里
foot: ft foot feet 英尺
inch: inch(?:es)? 英寸
kg: kgs? kilo(?:gram)?s? 公斤 千克
g: g gram(?:me)?s? 克
mg: mg milligrams? 毫克
tonne: t tons? tonnes? 吨
pound: lbs? 磅
litre: l lit(?:er|re)s? 升
ml: ml millilit(?:er|re)s? 毫升
ms: ms milliseconds? 毫秒
second: s secs? seconds? 秒钟?
minute: mins? minutes? 分钟
hour: h hrs? hours? 小时 钟头
day: days? 天
week: weeks? 个?星期 周
month: months? 个月
year: years? yrs? 年
decade: decades?
century: (?:century|centuries) 世纪
percent: % percent per\scent
°C: °\s?c degrees?\scelsius 摄氏度
°F: °\s?f degrees?\sfahrenheit 华氏度
W: w watts? 瓦
kW: kw kilowatts? 千瓦
MW: mw megawatts? 兆瓦
V: volts? 伏
Hz: hz hertz 赫兹
A: amps? amperes? 安培?
Ω: Ω ohms? 欧姆?
Nm: n[·⋅]?m newton[\s-]met(?:er|re)s? 牛[·⋅]?米 牛顿[·⋅]?米
KB: kb kib kilobytes?
MB: mb mib megabytes?
GB: gb gib gigabytes?
TB: tb tib terabytes?
dollar: dollars? usd 美元
euro: euros? eur € 欧元
yuan: yuan rmb cny 元 人民币
yen: yen jpy 日元"""
_UNITS = [(line.partition(": ")[0], line.partition(": ")[2].split()) for line in _FORMS.splitlines()]
_ALL = "|".join(sorted((form for _, forms in _UNITS for form in forms), key=len, reverse=True))
_AFTER = rf"[\s-]?(?P<unit>{_ALL})(?![A-Za-z])"
_FIGURE = re.compile(rf"(?<![\d.,])(?P<digits>\d[\d,.]{{0,30}}(?:\s?(?:thousand|million|billion|[百千]?万|亿))?){_AFTER}", re.IGNORECASE)
_SPELLED = re.compile(
    rf"(?P<words>(?<!\w){ENGLISH}(?:(?:[\s-]|\sand\s){ENGLISH}){{0,6}}|{CHINESE}){_AFTER}|百分之(?P<share>{CHINESE})", re.IGNORECASE
)
_CURRENCY = re.compile(r"(?P<sign>[$€£])\s?(?P<digits>\d[\d,.]{0,30}(?:\s?(?:thousand|million|billion))?)")
_DIGIT = re.compile(r"\d")
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound sterling"}


@lru_cache(maxsize=1024)
def _unit(form: str) -> str:
    return next(name for name, forms in _UNITS if any(re.fullmatch(f, form, re.IGNORECASE) for f in forms))


def measures(text: str) -> Iterator[tuple[str, str, str]]:
    """(number, unit, as written) of every number with a unit that is known, in digits."""
    for match in _FIGURE.finditer(text):
        for number in numbers(match["digits"])[:1]:
            yield number, _unit(match["unit"]), match[0]
    for match in _CURRENCY.finditer(text):
        for number in numbers(match["digits"])[:1]:
            yield number, _SIGNS[match["sign"]], match[0].rstrip(".,")


def spelled_measures(text: str) -> Iterator[tuple[str, str, str]]:
    """The same of numbers in words: thirty days, 三十天, 百分之五."""
    if text.isascii() and not holds_words(text):
        return
    for match in _SPELLED.finditer(text):
        if match["share"]:
            yield str(value(match["share"])), "percent", match[0]
        else:
            yield str(value(match["words"])), _unit(match["unit"]), match[0]


@lru_cache(maxsize=8)  # the samples of one chunk follow each other
def _held(source: str) -> tuple[dict[str, set[str]], dict[str, int]]:
    units, counts = defaultdict[str, set[str]](set), defaultdict[str, int](int)
    for number, unit, _ in (*measures(source), *spelled_measures(source)):
        units[number].add(unit)
        counts[number] += 1
    for number in numbers(source):
        counts[number] -= 1
    return units, counts


def other_units(answer: str, source: str) -> list[str]:
    """What the answer measures in one unit and the source only in others, as written in the answer."""
    stated = list(measures(answer)) if _DIGIT.search(answer) else []
    if not stated:
        return []
    units, counts = _held(source)
    # Where the source also holds the number bare, a table's head or a range may give it the unit.
    return [written for number, unit, written in stated if units.get(number) and unit not in units[number] and counts[number] >= 0]


def figure_words(text: str) -> str:
    """What of the text says numbers and units."""
    return "\n".join(written for _, _, written in (*measures(text), *spelled_measures(text)))
