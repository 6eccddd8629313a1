"""The terms of a passage: words of scripts with spaces, pairs of characters of Chinese, common ones left out."""

import re
from collections import Counter

from curate.text import HAN

_COMMON = frozenset(
    re.findall(
        "[a-z]+",
        """
        about above across after again against all also although always among and another any anyone anything are around ask
        available away back based because become been before being below best better between both but call can cannot case change
        check come complete could create current currently day days did different does doing done don down during each either else
        end enough etc even every everyone example few find first following follow for form from full further get give given goes
        going good had has have having help her here him his how however http https include included includes including information
        into its itself just keep know large last least less let like list long look made make makes making many may might more most
        much must name near need needed needs never new next not note nothing now number off often once one only open optional other
        others our out over own page part people per please point possible provide provided provides put read really required right
        run same section see select sent set several shall she should show similar since small some someone something specific start
        started still such sure take takes tell than that the their them themselves then there these they thing things this those
        three through thus time times together too try two type under until upon use used useful user users uses using usually value
        very via want was way ways week well were what when where whether which while who whom whose why will with within without
        work working would write www year years yes yet you your yours com org gov html pdf docx true false null none
        """,
    )
)
_FUNCTION = frozenset(
    "的了是在和与及或就也都而但被把让向从对于等其之这那您你我他她它们所很更最不有为以将可需要请如若则各每该此个一二三四五六七八九十中上下"
)
_CODE = re.compile(r"^\d|\d[^\W\d]|\d{3}")  # hashes, keys, serial numbers
_WORD = re.compile(r"[a-z\u00df-\u024f\u0370-\u052f][a-z0-9\u00df-\u024f\u0370-\u052f]{2,23}")
SHARED = 0.7
"""Share of the places of a pair of Chinese characters that a longer word must hold to stand for it."""
_RUN = re.compile(f"[{HAN}]{{2,}}")


def terms(text: str) -> set[str]:
    """What a text may be told by."""
    return {word for w in latin(text) if (word := stem(w)) not in _COMMON and not _CODE.search(word)} | {
        pair for pair in pairs(text) if pair[0] not in _FUNCTION and pair[1] not in _FUNCTION
    }


def latin(text: str) -> set[str]:
    """The words of scripts with spaces, in one case; short ones left out."""
    return set(_WORD.findall(text.lower()))


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters."""
    return set() if text.isascii() else {run[i : i + 2] for run in _RUN.findall(text) for i in range(len(run) - 1)}


def forms(term: str) -> list[str]:
    """How a term may stand in a text in lower case: an English one also in the plural."""
    low = term.lower()
    return [low, f"{low}s", f"{low}es", f"{low[:-1]}ies"] if low.isascii() else [low]


def stem(word: str) -> str:
    """An English plural as its singular: policies, boxes, pumps; any other word as it is."""
    if len(word) < 5 or word[-1] != "s" or word[-2] in "sui" or not word.isascii():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]


def written(term: str, text: str) -> str:
    """How a text writes a term: with capitals of its own (VPN, GitHub), and a pair of Chinese characters as the word it is part of."""
    if _RUN.fullmatch(term):
        return _whole(term, text)
    held = Counter(re.findall(rf"(?<!\w){re.escape(term)}(?!\w)", text, re.I))
    most = max(held, key=lambda form: (held[form], form), default=term)
    return most if most[1:] != most[1:].lower() else term


def _whole(term: str, text: str) -> str:
    """The longest run of characters that stands at most places of this one: of 拟机, 虚拟机."""
    while len(term) < 8:
        places = [m.span() for m in re.finditer(re.escape(term), text)]
        longer = Counter(text[start - 1 : end] for start, end in places if _RUN.fullmatch(text[start - 1 : end]))
        longer.update(text[start : end + 1] for start, end in places if len(text) > end and _RUN.fullmatch(text[start : end + 1]))
        best = max(longer, key=lambda word: (longer[word], word), default=term)
        if longer[best] < SHARED * len(places) or best == term or best[0] in _FUNCTION or best[-1] in _FUNCTION:
            return term
        term = best
    return term
