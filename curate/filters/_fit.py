"""Whether an answer is of the kind that its question asks for, and how near to what is asked it stands in the source."""

import re
from math import log

from curate.filters._passage import Source, source
from curate.filters._spelled import CHINESE, ENGLISH
from curate.text import words

_AUX = r"(?:is|are|was|were|do|does|did|can|could|may|must|should|has|have|had|will|would|shall)"
_YES_NO = re.compile(rf"^\W*{_AUX}\b|(?:吗|嗎)\s*[?？]?\s*$|是否|是不是|有没有|能否|可否|能不能|可不可以", re.IGNORECASE)
_WHICH_ONE = re.compile(r"\bor\b|\beither\b|还是|還是|或", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:who(?:m|se)?|what|which|when|where|why|how)\b|[谁誰哪几幾]|什么|什麼|多少|何|为什|為什|怎|如何", re.IGNORECASE)
# What a question asks for by its first words, and what an answer to it has to hold.
_TIME = re.compile(
    rf"^\W*(?:since |until |by |on |in )?when,? {_AUX}\b|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|decade|century)\b(?! of the week)"
    r"|何时|何時|什么时候|什麼時候|哪一?年|哪一?[天日]|几[年月]|幾[年月]|何年",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bhow (?:many|much(?! of\b)|old|tall)\b|\bwhat (?:percentage|percent|number of|proportion)\b|多少(?!地方)"
    r"|[几幾](?:个|個|名|位|次|人|种|條|条|座|家|部|天|岁)(?!公司)",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(
    rf"^\W*(?:who|whom|whose|where|why|how {_AUX})\b(?! {_AUX} (?:the )?(?:number|score))"
    r"|谁|誰|何人|哪里|哪裡|何处|何地|为什么|為什麼|为何",
    re.IGNORECASE,
)
_FIGURE = re.compile(rf"[\d½¼¾]|\b{ENGLISH}|{CHINESE}|[半双两雙兩]", re.IGNORECASE)
_DATED = re.compile(r"\d{3,4}|\d[:/.-]\d|\d(?:st|nd|rd|th)\b|[一二三四五六七八九十〇零]{2,}", re.IGNORECASE)
_MANY = re.compile(
    r"\b(?:all|none|no|not|most|many|some|several|few|half|both|double|twice|free|majority|hundreds|thousands|dozens|a|an|any|every|full)\b"
    r"|[全都无没多少免数]",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\b(?:januar|februar|march|april|may|june|jul[yi]|august|septem|octo|novem|decem|mon|tues|wednes|thurs|fri|satur|sun)\w*"
    r"|\b(?:after|before|during|when|until|since|while|once|if|as|upon|every|each|daily|weekly|monthly|yearly|annual\w*|immediately|now|today|spring|summer|autumn|winter|fall"
    r"|night|noon|midnight|morning|evening|(?:second|minute|hour|day|week|month|year|decade|century|centurie|time)s?|[ap]\.?m"
    r"|never|always|at|on|in|prior|follow\w+|later|early|end|start|beginning)\b"
    r"|[年月日时時号號周后後前期朝代春夏秋冬晨晚夜今]",
    re.IGNORECASE,
)
_BESIDE = re.compile(  # what stands beside the digits of a number or a date
    r"(?:jan|febr)uary|march|april|may|june|july|august|(?:sept|nov|dec)ember|october|(?<=\d)(?:st|nd|rd|th)\b|percent|[年月日号人个次]",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_BARE_YES_NO = re.compile(r"\W*(?:yes|no|是的?|不是|否|对|不对)\W*", re.IGNORECASE)
_KINDS = {"a time": _TIME, "a number": _COUNT, "no number": _NO_NUMBER}  # the first that the question is of
SHORT = 12  # words of an answer that names a thing; a longer one explains


def mismatch(question: str, answer: str) -> str:
    """Why a short answer is none to its question by its kind alone; empty where it may be one."""
    asks_yes_no = bool(_YES_NO.search(question))
    if _BARE_YES_NO.fullmatch(answer):
        return "the question cannot be answered by yes or no" if _ASKS.search(question) and not asks_yes_no else ""
    size = len(words(answer))
    if not size or size > SHORT * (1 if answer.isascii() else 2) or (asks_yes_no and not _WHICH_ONE.search(question)):
        return ""
    asked = next((kind for kind, pattern in _KINDS.items() if pattern.search(question)), "")
    if asked == "a time" and not _DATED.search(answer) and not _MOMENT.search(answer):
        return "the question asks for a time"
    if asked == "a number" and not _FIGURE.search(answer) and not _MANY.search(answer):
        return "the question asks for a number"
    only_figures = any(c.isdigit() for c in answer) and not _LETTER.search(_BESIDE.sub("", answer))
    return "the question asks for no number" if asked == "no number" and only_figures else ""


def nearness(question: str, answer: str, known: Source) -> float:
    """How well the sentence that holds the answer fits the question, against the sentence that fits best: 0 to 1."""
    asked = source(question).stems
    said = source(answer).stems - asked or source(answer).stems
    if not said or not asked or len(known.sentences) < 2:
        return 1.0
    held = known.stems_of
    weight = {w: log(1 + len(held) / n) for w in asked if (n := sum(w in s for s in held))}
    if len(weight) < 3:
        return 1.0
    own = [sum(weight[w] for w in weight.keys() & s) for s in held]
    # A sentence's neighbours lend it some of what they name: "It was built in 1990."
    near = [o + 0.4 * max(own[n - 1] if n else 0, own[n + 1] if n + 1 < len(own) else 0) for n, o in enumerate(own)]
    covers = [len(said & s) for s in held]
    best = max(covers)
    if not best:
        return 0.0
    return max(n for n, c in zip(near, covers, strict=True) if c == best) / (max(near) or 1)


def together(answer: str, known: Source) -> float:
    """How much of what the answer takes from the source stands in one place there, a sentence and the next: 0 to 1."""
    held = source(answer).stems & known.stems
    if len(held) < 2:
        return 1.0
    pairs = zip(known.stems_of, [*known.stems_of[1:], set[str]()], strict=True)
    return max(len(held & (one | other)) for one, other in pairs) / len(held)
