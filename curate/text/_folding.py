"""Text as it compares: folded, found again, and parted into words."""

import re
import unicodedata
from bisect import bisect_left

from curate.text._scripts import PUNCTUATION, UNSPACED

# Each pattern begins with the set of characters that it may begin with: the search then skips from one to the next.
_SOFT = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff*,](?:(?<![*,])|(?<=[^\W\d_]\*)\*{0,2}(?=[^\W\d_])|(?<=\d,)(?=\d{3}(?!\d)))")
_DROPPED = (
    rf"[\s{PUNCTUATION}](?<![%‰+<=>$¢£¥])(?<!\w#)(?!(?<=\d\.)\d|(?<=-)(?<![\w.]-)\d)"  # not what carries meaning: 3.5, -5, 5%, £5, C#
)
_GAP = re.compile(f"{_DROPPED}(?:{_DROPPED})*")
_LONE_SPACE = re.compile(rf" (?:(?<=[{UNSPACED}] )|(?=[{UNSPACED}]))")
_SPACED = re.compile(rf"[^\W{UNSPACED}]")  # a letter or digit of a script that parts words by spaces
_GOES_ON = re.compile(rf"[\w\u00ad\u200b-\u200d\u0300-\u036f.,-](?<![{UNSPACED}])")
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{PUNCTUATION}{UNSPACED}]+")
_ASCII = "".join(c.lower() if _TOKEN.match(c) else " " for c in map(chr, range(128)))
_PIECE = re.compile(rf"[{UNSPACED}]|[^\s{PUNCTUATION}{UNSPACED}]+|[%‰+<=>$¢£¥#]")


def fold(text: str) -> str:
    """The text as it compares: one case and width, no emphasis marks, every run of space and punctuation one space or, by CJK, none."""
    folded = _SOFT.sub("", unicodedata.normalize("NFKC", text).casefold())
    return _LONE_SPACE.sub("", _GAP.sub(" ", folded)).strip()


def find_folded(needle: str, text: str) -> tuple[int, int] | None:
    """Where `needle` first stands in `text` as whole words when both are folded: offsets in `text`; an exact occurrence goes first."""
    folded = fold(needle)
    if not folded:
        return None
    exact = text.find(needle)
    if exact >= 0 and _place(fold(text[max(0, exact - 1) : exact + len(needle) + 1]), folded) >= 0:
        return exact, exact + len(needle)
    held = fold(text)
    at = _place(held, folded)
    if at < 0:
        return None
    # About as far into the text as into what it folds to: less to fold again and again.
    near, slack = at * len(text) // len(held), 200 + len(text) // 20
    start, end = whole_words(text, near - slack, near + slack + 2 * len(needle))
    if _place(fold(text[start:end]), folded) < 0:
        start, end = 0, len(text)
    first, last = _narrowed(folded, text[start:end])
    return start + first, start + last


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The range within the text, grown by the letters and digits that go on at its ends."""
    start, end = max(start, 0), min(end, len(text))
    while 0 < start < len(text) and _GOES_ON.match(text[start]) and _GOES_ON.match(text[start - 1]):
        start -= 1
    while 0 < end < len(text) and _GOES_ON.match(text[end - 1]) and _GOES_ON.match(text[end]):
        end += 1
    return start, end


def _narrowed(folded: str, text: str) -> tuple[int, int]:
    """The smallest stretch of the text, which holds `folded` when it is folded, that does."""
    pieces = [m.span() for m in _PIECE.finditer(text)]
    # Whether the needle stands in a prefix is monotone in its end, in a suffix of that in its start: two binary searches.
    last = bisect_left(pieces, True, key=lambda p: _place(fold(text[: p[1]]), folded) >= 0)
    end = pieces[min(last, len(pieces) - 1)][1]
    first = bisect_left(pieces[: last + 1], True, key=lambda p: _place(fold(text[p[0] : end]), folded) < 0)
    return pieces[max(first - 1, 0)][0], end


def _place(text: str, needle: str) -> int:
    """Where the needle stands in the text as whole words, or -1: no letter or digit goes on at an end that has one."""
    at = text.find(needle)
    while at >= 0:
        end = at + len(needle)
        if not (_joined(text[at - 1 : at], needle[0]) or _joined(needle[-1], text[end : end + 1])):
            return at
        at = text.find(needle, at + 1)
    return -1


def _joined(left: str, right: str) -> bool:
    return bool(_SPACED.match(left) and _SPACED.match(right))


def words(text: str) -> list[str]:
    """Words, one case and width; each character of a script without spaces is a word of its own."""
    if text.isascii():  # the same, five times as fast
        return text.translate(_ASCII).split()
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
