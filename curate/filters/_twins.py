"""Tells two texts of one template apart: another number, name, negation or content word makes another fact."""

import re
from collections import Counter

from curate.text import UNSPACED, numbers, words

SHORT = 40  # words; in a longer text single content words may differ
_NEGATION = re.compile(
    r"\b(?:not?|never|neither|nor|none|without|cannot|except|un(?:able|less))\b|n['’]t\b|[不没无未非勿别]", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;:)] )[A-Z][\w'’-]+|\b[A-Z]{2,}[A-Z0-9]*\b|\b\w*\d\w*\b")
_MARK = re.compile(r"[#%+＋％](?<=\w.)|[<>=$€¥£]|-(?=\d)(?<![\w.-].)")  # the sign comes first: the search then skips from sign to sign
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        """a an and any are as at be been by can could did do does for from had has have how i if in into is it its me my of on or
        our please shall should so such than that the their them then there these they this those to us was we were what whats
        when where which who will with would you your s tell exactly also actually
        的 了 吗 呢 是 什 么 为 何 怎 样 如 多 少 哪 些 个 请 问 在 有 和 与 及 可 以 要 会 能 该 这 那 我 你 您 他 们 吧 啊 呀
        把 被 对 于 之 其""",
    )
)


def distinct(one: str, other: str, *, strict: bool = False) -> str:
    """What makes two similar texts say different things ("200 / 300"), else "". strict: content words count in long texts too."""
    left, right = Counter(words(one)), Counter(words(other))
    mine, yours, short = left - right, right - left, min(left.total(), right.total()) <= SHORT
    if short and marks(one) != marks(other):
        return "a mark"
    if not mine and not yours:
        return ""
    if denials(one) != denials(other):
        return "a negation"
    found = next((f for find in (numbers, _NAME.findall) if (f := _swapped(Counter(find(one)), Counter(find(other))))), "")
    if not found and (strict or short):
        found = _swapped(_content(mine), _content(yours))
    return found


def denials(text: str) -> int:
    """How many of its words deny."""
    return len(_NEGATION.findall(text))


def marks(text: str) -> list[str]:
    """The punctuation that carries meaning: C and C#, 5 and 5%, 5 and -5, a < b and a > b."""
    return sorted(_MARK.findall(text))


def _content(bag: Counter[str]) -> Counter[str]:
    return Counter({word: n for word, n in bag.items() if word not in _SMALL})


def _swapped(left: Counter[str], right: Counter[str]) -> str:
    """What stands on one side alone and has no counterpart of nearly the same letters on the other, where both sides have such."""
    mine, yours = left - right, right - left
    mine, yours = _unlike(mine, yours), _unlike(yours, mine)
    return f"{min(mine)} / {min(yours)}" if mine and yours else ""


def _unlike(words_: Counter[str], others: Counter[str]) -> Counter[str]:
    return Counter({w: n for w, n in words_.items() if not any(_alike(w, o) for o in others)})


def _alike(one: str, other: str) -> bool:
    """The same word in another form or with a slip: flight and flights, colour and color; never two numbers or characters."""
    from rapidfuzz.distance import DamerauLevenshtein

    if one.casefold() == other.casefold():
        return True
    if min(len(one), len(other)) < 5 or any(c.isdigit() for c in one + other) or _UNSPACED.match(one):
        return False
    return DamerauLevenshtein.distance(one.casefold(), other.casefold()) <= (1 if len(one) < 9 else 2) and one[:2] == other[:2]
