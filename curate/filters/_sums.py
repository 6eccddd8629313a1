"""Sums that a text writes out: what they come to, and which of them are wrong."""

import re
from collections.abc import Iterator
from operator import add, mul, sub, truediv

from curate.filters._moments import reckoned
from curate.text import numbers

_NUMBER = r"[$€£¥]?\s?\d[\d,]{0,20}(?:\.\d{1,12})?\s?%?"
_UNIT = r"(?:[\s-]?[A-Za-z°]{1,15}){0,2}(?:[\u4e00-\u9fff]{0,3})"
_OPERATOR = r"\s?(?:[+\-−–×*x·/÷]|\\times|\\div|\\cdot|plus|minus|times|divided by|multiplied by|(?<=%)\sof|加|减|乘以?|除以)\s?"
_SUM = re.compile(
    rf"(?<![A-Za-z\d.:]){_NUMBER}{_UNIT}(?:{_OPERATOR}{_NUMBER}{_UNIT}){{1,8}}\s?(?:[=＝≈]|equals?|等于|得)\s?(?P<result>{_NUMBER})"
)
_PART = re.compile(rf"(?P<operator>{_OPERATOR})?(?P<number>{_NUMBER})")
_OPERATIONS = {"+": add, "plus": add, "加": add, "-": sub, "minus": sub, "减": sub, "/": truediv, "÷": truediv}
_OPERATIONS |= {"\\div": truediv, "divided by": truediv, "除以": truediv}
_CONVERSION = re.compile(
    r"(?<![\d.,])(?:(7)\s?(?:days|天)|(12)\s?(?:months|个月)|(24)\s?(?:hours|h\b|个?小时)|(60)\s?(?:min|sec|s\b|分钟?|秒))"
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s?(?:%|percent|per cent)|百分之(\d{1,3})", re.IGNORECASE)
_ROUNDED = 0.006  # how far a result may be off: 33.3 for a third of 100


def sums(text: str) -> Iterator[tuple[list[str], str, bool, str]]:
    """(operands, result, whether it is right, as written) of each sum; numbers and dates as `curate.text` gives them."""
    taken: list[tuple[int, int]] = []
    for operands, results, right, place in reckoned(text):
        taken.append(place)
        written = text[max(place[0] - 16, 0) : place[1] + 16].strip()
        yield from ((operands, result, right, written) for result in results)
    for match in _SUM.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        left = match[0][: match.start("result") - match.start()]
        parts = [(m["operator"], m["number"]) for m in _PART.finditer(left)]
        operands = [n for _, number in parts for n in numbers(number)[:1]]
        result = numbers(match["result"])[:1]
        if len(operands) == len(parts) and result:
            yield operands, result[0], _right(parts, match["result"]), match[0].strip()


def conversions(written: str) -> set[str]:
    """The numbers of a sum that turn one unit of time into another, which no source has to hold: 24 hours a day."""
    return {n for match in _CONVERSION.finditer(written) for n in match.groups() if n}


def hundredths(source: str) -> set[str]:
    """Its percentages as the factors that sums write: 0.03 for 3 percent."""
    return {n for match in _PERCENT.finditer(source) for n in numbers(f"{float(match[1] or match[2]) / 100:.8f}")}


def _right(parts: list[tuple[str | None, str]], result: str) -> bool:
    try:
        value = _value(parts)
    except ZeroDivisionError:
        return False
    shown = float(numbers(result)[0])
    decimals = len(result.rstrip("% ").partition(".")[2])
    values = (value, value * 100) if "%" in result else (value,)
    return any(abs(v - shown) <= max(_ROUNDED * abs(v), 0.51 * 10**-decimals if decimals else 1e-9) for v in values)


def _value(parts: list[tuple[str | None, str]]) -> float:
    """Products first, then from left to right."""
    terms: list[tuple[object, float]] = []
    for operator, written in parts:
        number = float(numbers(written)[0]) / (100 if "%" in written else 1)
        operation = _OPERATIONS.get((operator or "+").strip().replace("−", "-").replace("–", "-"), mul)
        if operation in (mul, truediv) and terms:
            before, value = terms[-1]
            terms[-1] = before, operation(value, number)
        else:
            terms.append((operation, number))
    return sum(-value if operation is sub else value for operation, value in terms)
