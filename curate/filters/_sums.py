"""Sums that a text writes out: what they come to, and which of them are wrong."""

import re
from collections.abc import Iterator
from operator import add, mul, sub, truediv

from curate.text import numbers

_NUMBER = r"[$€£¥]?\s?\d[\d,]{0,20}(?:\.\d{1,12})?\s?%?"
_UNIT = r"(?:[\s-]?[A-Za-z°]{1,15}){0,2}(?:[\u4e00-\u9fff]{0,3})"
_OPERATOR = r"\s?(?:[+\-−–×*x·/÷]|\\times|\\div|\\cdot|plus|minus|times|divided by|multiplied by|(?<=%)\sof|加|减|乘以?|除以)\s?"
_SUM = re.compile(
    rf"(?<![A-Za-z\d.]){_NUMBER}{_UNIT}(?:{_OPERATOR}{_NUMBER}{_UNIT}){{1,8}}\s?(?:=|≈|equals?|等于|得)\s?(?P<result>{_NUMBER})"
)
_PART = re.compile(rf"(?P<operator>{_OPERATOR})?(?P<number>{_NUMBER})")
_OPERATIONS = {"+": add, "plus": add, "加": add, "-": sub, "minus": sub, "减": sub, "/": truediv, "÷": truediv}
_OPERATIONS |= {"\\div": truediv, "divided by": truediv, "除以": truediv}
_ROUNDED = 0.006  # how far a result may be off: 33.3 for a third of 100


def sums(text: str) -> Iterator[tuple[list[str], str, bool, str]]:
    """(operands, result, whether it is right, as written) of each sum; numbers as `curate.text.numbers` gives them."""
    for match in _SUM.finditer(text):
        left = match[0][: match.start("result") - match.start()]
        parts = [(m["operator"], m["number"]) for m in _PART.finditer(left)]
        operands = [n for _, number in parts for n in numbers(number)[:1]]
        result = numbers(match["result"])[:1]
        if len(operands) == len(parts) and result:
            yield operands, result[0], _right(parts, match["result"]), match[0].strip()


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
