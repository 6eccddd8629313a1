"""Whether an answer denies what its source says, affirms what it denies, or tells all of what it tells of some."""

import re

from curate.filters._passage import Source, content, source

_NOT = re.compile(
    r"\b(?:not(?! (?:only|just|merely|necessarily|least)\b)(?!(?<=, not) \d)|never|none|neither|nor|cannot|without"
    r"|nicht|kein(?:e[mnrs]?)?|nie|no(?!\.| (?:matter|doubt|longer than)\b|\s?\d))\b"
    r"|n['’]t\b"
    r"|(?<!是)(?<!与)(?:不(?![同仅但过過断斷少久管论論只光妨锈]|是[^。]{1,12}而是)|[没沒](?![收落])|未(?![来來央婚])|[无無](?![论論锡線线数數比穷疑])"
    r"|非(?![常洲凡])|勿|禁止|严禁)",
    re.IGNORECASE,
)
# Words that deny in their own way: where one stands, nothing is said of the rest.
_HALF = re.compile(
    r"\b(?:unless|except|only|hardly|rarely|seldom|barely|lacks?|fails?|failed|forbidden|prohibited|illegal|refus\w+|avoid\w*|unable"
    r"|den(?:y|ies|ied)|until|rather|instead|but|however|although|though|while|despite|whether|if|false|true|incorrect|wrong"
    r"|whatever|regardless|matters?|out of|free (?:of|from)|dis\w{4,}|un\w{4,}|in(?:valid|correct)\w*)\b"
    r"|除非|除了|无论|不论|不管|只有|仅|但|却|虽然|如果|否则|避免|拒绝|缺|错误|而是|才",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|everyone|always|each)\b|所有|全部|一切|每一?[个位名]|总是|始终", re.IGNORECASE)
_SOME = re.compile(
    r"\b(?:some|most|many|several|few|often|sometimes|usually|mostly|partly)\b|部分|有些|大多|多数|通常|有时|一些|往往", re.IGNORECASE
)
_OPENING = re.compile(r"^\W*(?:yes|no|是的?|不是?|否|对|不对)[,，.。!！:：]\s*", re.IGNORECASE)
_CLAUSE = re.compile(r"[,，;；:：—()（）]|\s-\s|\b(?:and|but|which|who|while|because|so that)\b|[而但]")
_NOT_HINTS = (" no ", " not", "n't", "n’t", " never", " neither", " none", " nor ", " without", " cannot", " nicht", " kein", " nie ")
_EXTENT_HINTS = (" all ", " every", " always", " each", " some", " most", " many ", " several", " few ", " often", " usually", " partly")
LEAST = 4  # content words that a sentence has to have in order to be compared
_SAME = 0.8  # share of them that a sentence of the source holds which says the same thing


def contradictions(answer: str, known: Source) -> list[str]:
    """What the answer says otherwise than the sentence of the source that it repeats, in words."""
    found = []
    for said, wanted in zip(source(answer).sentences, source(answer).words_of, strict=True):
        if len(wanted) < (LEAST if said.isascii() else 2 * LEAST):
            continue
        shares = [len(wanted & held) for held in known.words_of]
        best = max(shares, default=0)
        if best < _SAME * len(wanted):
            continue
        same = [known.sentences[n] for n, share in enumerate(shares) if share >= max(best - 1, _SAME * len(wanted))]
        bare = _OPENING.sub("", said)
        if bare not in same and (reason := _denial(bare, wanted, same) or _extent(bare, same)):
            found.append(reason)
    return found


def _denial(said: str, wanted: set[str], same: list[str]) -> str:
    """One side negates and the other does not, and nothing else in them could."""
    ours = _negations(said)
    theirs = [_negations(s) - ours for s in same]
    if any(n % 2 == 0 for n in theirs):
        return ""
    half = _halves(said)
    if any(_halves(s) != half for s in same):
        return ""
    if all(n < 0 for n in theirs):
        return f"the answer denies what the passage says: “{_short(same[0])}”"
    if all(_denied(s, wanted) for s in same):
        return f"the answer affirms what the passage denies: “{_short(same[0])}”"
    return ""


def _negations(text: str) -> int:
    return len(_NOT.findall(text)) if _hinted(text, _NOT_HINTS) else 0


def _hinted(text: str, hints: tuple[str, ...]) -> bool:
    """Whether it is worth the search: a fiftieth of its time."""
    lower = f" {text} ".lower().replace("\n", " ")
    return not text.isascii() or any(hint in lower for hint in hints)


def _halves(text: str) -> list[str]:
    return sorted(w.lower() for w in _HALF.findall(text))


def _denied(sentence: str, wanted: set[str]) -> bool:
    """Whether the clauses that hold a negation are what the answer repeats."""
    clauses = [content(c) for c in _CLAUSE.split(_NOT.sub(" \0 ", sentence)) if "\0" in c]
    return all(len(held) >= 2 and len(held & wanted) >= _SAME * len(held) for held in clauses)


def _extent(said: str, same: list[str]) -> str:
    if not any(_hinted(text, _EXTENT_HINTS) for text in (said, *same)):
        return ""
    ours, theirs = (_ALL.search(said), _SOME.search(said)), [(_ALL.search(s), _SOME.search(s)) for s in same]
    if ours[0] and not ours[1] and all(some and not every for every, some in theirs):
        return f"the answer says “{ours[0][0]}” where the passage says “{_short(same[0])}”"
    if ours[1] and not ours[0] and all(every and not some for every, some in theirs):
        return f"the answer says “{ours[1][0]}” where the passage says “{_short(same[0])}”"
    return ""


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= 80 else text.strip()[:77] + "..."
