"""Where a quote stands in a text that was scanned, hyphenated or marked up otherwise; never where another statement stands."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from curate.text._folding import find_folded, fold, whole_words
from curate.text._scripts import PUNCTUATION, UNSPACED

_SOFT = "\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"
_ELISION = re.compile(r"\s*[\[（(]?\s*(?:\.(?:\s?\.){2,}|[…⋯]+)\s*[\])）]?\s*")
_GAP = 600  # characters that an elision may leave out
_ELISIONS = 2
_DIGIT = rf"(?:(?:\d|[lIO](?!(?!s\b)[a-km-z]))[{_SOFT}]?)"  # a scanned 1 or 0 too
_TOKEN = re.compile(
    rf"""(?P<mark>\]\([^()\s]{{0,300}}\)|</?[A-Za-z][^<>]{{0,200}}>|(?m:^)[ \t]*\d{{1,2}}[.)、](?=\s)|\[\^?\d{{1,3}}\])
      |(?P<sign>(?<![\w)])[-−](?=\d)|[$€£¢¥￥](?=\s?\d)|(?<=\d)\s?[%‰％$€£¢¥￥]|[<>≤≥±](?=\s?\d)|(?<=[A-Za-z])(?:\+\+|\#)(?!\w))
      |(?P<number>{_DIGIT}{{0,12}}\d[{_SOFT}]?{_DIGIT}{{0,12}}(?:[.,]{_DIGIT}{{1,12}}){{0,9}})
      |(?P<word>[{UNSPACED}]|(?:(?:[^\W\d_{UNSPACED}{PUNCTUATION}]|(?<=[a-z])\|(?=[a-z]))[{_SOFT}]*)+)""",
    re.VERBOSE,
)
_THOUSANDS = re.compile(r",(?=[\dlIO]{3}(?![\dlIO]))")
_LIKE = str.maketrans("1I|0O", "lllo" + "o")  # what a scanner mixes up, before the case goes
_NEGATION = re.compile(
    r"(?:not?|never|none|nor|neither|without|cannot|nicht|kein\w*|nie|ohne|pas|jamais|sans|sin|nunca|[不没沒未无無非勿莫别別禁])"
)
_SWALLOWED = re.compile(
    r"not(?:ab|ic|ar|e|h|ion|wi)|no(?:where|body|ne)|in|un"
)  # beginnings of words that are no "not" with its space lost
# A quote that lacks one, or has one more, says the same.
_HARMLESS = frozenset(re.findall(r"\w+", "a an the that 的 了 之 为 der die das"))
# One slip of the pen away from a word that says another thing.
_FIXED = frozenset(
    re.findall(
        r"\w+",
        """about above after affect again allow always among before behind below beneath beyond could county country causal casual
        either effect eight eighteen eighty employee employer every except expect export fewer fifteen fifth fifty first former
        formal forty fourth fourteen friday hardly import inner lender marital martial might million billion trillion milligram
        microgram kilogram monday nearly never ninety nineteen often other outer quite quiet rarely saturday second seven seventeen
        seventy seventh shall should since sixteen sixty sixth sunday there these third thirteen thirty those though through thorough
        thursday trail trial tuesday twelve twelfth twenty twice under united unless until untied usually wednesday where whether
        which while within without would metre millimetre centimetre kilometre meter millimeter centimeter kilometer present prevent
        prescribe proscribe adapt adopt""",
    )
)
_ALIKE = {frozenset(pair) for pair in ("ce", "hb", "un", "gq", "ft", "vy", "il", "ij")}  # letters that a scanner takes for each other
_HAN_ALIKE = {
    frozenset(pair) for pair in ("己已", "己巳", "已巳", "日曰", "土士", "戊戌", "戌戍", "微徽", "侯候", "博搏", "臺台", "裏裡", "為爲")
}


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, number, sign or mark of a text. key: as it compares; scanned: also with what a scanner mixes up made one."""

    start: int
    end: int
    kind: str
    key: str
    scanned: str


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, as offsets of whole words: verbatim, folded, or as far off as scans, hyphens and "..." explain.

    Numbers, units, negations and every word that could tell another thing must agree.
    """
    if found := find_folded(quote, text):
        return found
    pieces = [piece for piece in _ELISION.split(quote) if fold(piece)]
    if not pieces:
        return None
    if len(pieces) == 1:
        return find_folded(pieces[0], text) or _noisy(pieces[0], text)
    return _joined(pieces, text) if len(pieces) <= _ELISIONS + 1 else None


def _joined(pieces: list[str], text: str) -> tuple[int, int] | None:
    """The stretch from the first piece to the last, where they follow each other closely and nothing that negates was left out."""
    if any(len(_tokens(piece)) < 2 for piece in pieces):
        return None
    first = end = -1
    for piece in pieces:
        begin = max(end, 0)
        part = text[begin:] if end < 0 else text[begin : begin + _GAP + 2 * len(piece)]
        found = find_folded(piece, part) or _noisy(piece, part)
        if not found or (end >= 0 and (found[0] > _GAP or _negates(part[: found[0]]))):
            return None
        first = begin + found[0] if first < 0 else first
        end = begin + found[1]
    return first, end


def _negates(left_out: str) -> bool:
    """Whether what was left out negates in the sentence that the quote shows: in its first or last sentence."""
    parts = re.split(r"[.!?。！？;；]\s*|\n\s*\n", left_out)
    return any(_NEGATION.fullmatch(t.key) for part in {parts[0], parts[-1]} for t in _tokens(part))


def _noisy(quote: str, text: str) -> tuple[int, int] | None:
    from rapidfuzz.fuzz import partial_ratio_alignment

    wanted = _tokens(quote)
    if len(wanted) < 2:
        return None
    one, other = quote.lower(), text.lower()
    if len(other) != len(text):  # a letter that grows: offsets would move
        one, other = quote, text
    near = partial_ratio_alignment(one, other, score_cutoff=55.0) if len(quote) <= len(text) + 40 else None
    if near is None:
        return None
    slack = 24 + len(quote) // 3
    start, end = whole_words(text, near.dest_start - slack, near.dest_end + slack)
    held = _tokens(text[start:end])
    found = _follow(wanted, held)
    return (start + held[found[0]].start, start + held[found[1] - 1].end) if found else None


def _follow(wanted: tuple[_Token, ...], held: tuple[_Token, ...]) -> tuple[int, int] | None:
    """The tightest run of `held` that says `wanted` with the fewest slips: all places at once, slip by slip."""
    size, least = len(wanted), sum(t.kind != "mark" for t in wanted)
    slips = 0 if least < 5 else 1 + least // 8
    reached = {(0, j): j for j, t in enumerate(held) if t.kind != "mark"}  # (of wanted, of held) -> where it began
    seen: dict[tuple[int, int], int] = {}
    for _ in range(slips + 1):
        todo, later = list(reached.items()), dict[tuple[int, int], int]()
        while todo:
            (i, j), start = todo.pop()
            if seen.get((i, j), -1) >= start:
                continue
            seen[i, j] = start
            for place, slip in _steps(wanted, held, i, j):
                if not slip:
                    todo.append((place, start))
                elif later.get(place, -1) < start:
                    later[place] = start
        ends = [(start, j) for (i, j), start in seen.items() if i == size and j > start]
        if ends:
            return min(ends, key=lambda e: (e[1] - e[0], e[0]))
        reached = later
    return None


def _steps(wanted: tuple[_Token, ...], held: tuple[_Token, ...], i: int, j: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Where one goes from here, and whether that is a slip (1) or not (0)."""
    one = wanted[i] if i < len(wanted) else None
    other = held[j] if j < len(held) else None
    if one and other:
        if one.key == other.key or one.scanned == other.scanned:
            yield (i + 1, j + 1), 0
            return
        if together := _together(wanted, held, i, j):
            yield together, 0
        elif _misspelled(one, other):
            yield (i + 1, j + 1), 1
    if one and (one.kind == "mark" or one.key in _HARMLESS):
        yield (i + 1, j), int(one.kind != "mark")
    if other and 0 < i < len(wanted) and (other.kind == "mark" or other.key in _HARMLESS):
        yield (i, j + 1), int(other.kind != "mark")


def _together(wanted: tuple[_Token, ...], held: tuple[_Token, ...], i: int, j: int) -> tuple[int, int] | None:
    """Past words that are the same but for where a space or hyphen parts them."""
    begin = i, j
    ours, theirs = _flat(wanted[i]), _flat(held[j])
    if not ours or not theirs:
        return None
    while ours != theirs:
        if not (ours.startswith(theirs) or theirs.startswith(ours)):
            return None
        if len(ours) < len(theirs):
            i += 1
            more = _flat(wanted[i]) if i < len(wanted) else ""
            ours += more
        else:
            j += 1
            more = _flat(held[j]) if j < len(held) else ""
            theirs += more
        if not more:
            return None
    parts = (wanted[begin[0] : i + 1], held[begin[1] : j + 1])
    spelled = [[t for t in run if _NEGATION.fullmatch(t.key)] for run in parts]
    if len(spelled[0]) != len(spelled[1]) and any(len(run) == 1 and _SWALLOWED.match(run[0].key) for run in parts):
        return None
    return (i + 1, j + 1) if _figures(parts[0]) == _figures(parts[1]) else None


def _flat(token: _Token) -> str:
    return "" if token.kind in ("mark", "sign") else token.scanned.replace("i", "l")


def _figures(run: tuple[_Token, ...]) -> list[str]:
    """Numbers that stand beside words; letters that a scanner made digits are no number."""
    return [t.key for t in run if t.kind == "number" and len(t.key) > 1 and t.key.isdigit()] if len(run) > 1 else []


def _misspelled(one: _Token, other: _Token) -> bool:
    """Whether a slip of the pen or of a scanner parts the two words, and no other meaning."""
    a, b = sorted((one.key, other.key), key=len)
    if len(a) == len(b) == 1:
        return frozenset((a, b)) in _HAN_ALIKE
    if {one.kind, other.kind} != {"word"} or len(a) < 5 or len(b) - len(a) > 1 or a in _FIXED or b in _FIXED or a[0] != b[0]:
        return False
    at = next((n for n, c in enumerate(a) if c != b[n]), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :] and (b[at] == "s" if at == len(a) else at > 1)
    swapped = a[:at] + a[at + 1 : at + 2] + a[at] + a[at + 2 :]
    return swapped == b or (a[at + 1 :] == b[at + 1 :] and frozenset((a[at], b[at])) in _ALIKE)


@lru_cache(maxsize=8)  # the quotes from one passage follow each other
def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(_token(m) for m in _TOKEN.finditer(text))


def _token(match: re.Match[str]) -> _Token:
    kind, text = match.lastgroup or "", match[0]
    if text.isascii() or len(text) == 1:
        key = text.lower()
    else:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.category(c).startswith(("M", "Cf")))
        key = text.casefold()
    if kind == "number":
        key = text = _THOUSANDS.sub("", text)
    elif kind == "sign":
        key = text = text.strip().replace("−", "-")
    scanned = text.translate(_LIKE).lower().replace("m", "rn").replace("w", "vv")  # longer: words may be joined after
    return _Token(match.start(), match.end(), kind, key, scanned)
