"""Which kinds of question a passage can bear: a figure needs a number in it, a procedure its steps, a comparison two things."""

import re

from curate.planning._terms import latin, stem
from curate.records import Chunk

Borne = dict[str, frozenset[str]]
"""By dimension, of the labels that not every passage bears, those that this one does."""
SPECIAL: Borne = {
    "question": frozenset({"how-to", "why", "numeric", "comparison", "definition"}),
    "difficulty": frozenset({"medium", "hard"}),
}
"""Labels that need something of a passage; any other label, a user's own among them, suits every passage."""
MEDIUM, HARD = 2, 4
"""Statements from which a passage bears a question that puts some of them together."""

_ORDINAL = re.compile(r"^[ \t>]*(?:[-*+] +)?\(?\d{1,3}[.)、．] ?|^#{1,6}[ \t][^\n]*$|\]\([^)\n]*\)|https?://\S+", re.M)
_DIGIT = re.compile(r"(?<![\w./-])\d")
_SPELLED = re.compile(r"[一二两三四五六七八九十百千万半]个?(?:天|日|月|年|小时|分钟|秒|元|次|名|项|人|份|倍|周|工作日|成|度|米)")
_NUMBERED = re.compile(r"^[ \t]*\(?\d{1,2}[.)、．][ \t]?\S", re.M)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("/"))


# English words stand in a set of the passage's words; phrases and Chinese words are looked for as they are.
_NUMBERS = _words("two three four five six seven eight nine ten twelve thirty sixty hundred")
_UNITS = _words("second minute hour day week month year time percent dollar")
_STEPS = _words("step steps click select press install type enter submit run")
_STEP_PHRASES = _phrases(
    "how to/how do/how can/first,/fill in"
    "/步骤/点击/单击/打开/运行/执行/安装/首先/然后/随后/如何/怎么/怎样/办理/申请/填写/提交/登录/输入/依次/联系/选择"
)
_REASONS = _words("because since reason reasons purpose therefore thus why cause causes avoid ensure prevent protect")
_REASON_PHRASES = _phrases(
    "so that/in order to/due to/as a result/to keep/to help/to allow/to reduce"
    "/因为/由于/为了/以便/以免/因此/所以/目的/原因/防止/避免/导致/从而/确保/保证/为何/为什么"
)
_CONTRASTS = _words("whereas while unlike than differ differs different difference versus both either instead rather compared")
_CONTRAST_PHRASES = _phrases("on the other hand/相比/不同/区别/而非/分别/高于/低于/多于/少于/超过/大于/小于/或者/相对/优于/两种/两类")
_MEANINGS = _words("means refers called acronym abbreviation defined")
_MEANING_PHRASES = _phrases(
    " is a / is an / is the / are the /known as/stands for/是指/指的是/称为/称作/简称/即为/定义为/是一种/是一个/是一款/是用于/所谓/叫做"
)
_TERM = re.compile(r"(?:\*\*|__|`)[ \t]*(?:[:：—–-]|\([^)\n]*\):)|[:：](?:\*\*|__)")
_ROW = re.compile(r"^[ \t]*\|[^\n]*\|", re.M)
_NAMED = re.compile(r"^[ \t]*[-*+] +(?:\*\*|__|`)[^\n*_`]{2,60}(?:\*\*|__|`)", re.M)
_STATEMENT = re.compile(r"[.!?](?=\s|\Z)|[。！？；]|\n(?=[ \t]*(?:[-*+|]|\d+[.)]))")


def borne(text: str, headings: str = "") -> Borne:
    """What a text under these headings bears, of the labels in SPECIAL."""
    low = f"{headings}\n{text}".lower()
    held, rows = latin(low), len(_ROW.findall(text))

    def says(words: frozenset[str], phrases: tuple[str, ...]) -> bool:
        return not held.isdisjoint(words) or any(phrase in low for phrase in phrases)

    spelled = not held.isdisjoint(_NUMBERS) and any(stem(word) in _UNITS for word in held)
    kinds = {
        "numeric": spelled or bool(_DIGIT.search(_ORDINAL.sub("", text))) or bool(_SPELLED.search(text)),
        "how-to": rows < MEDIUM and (len(_NUMBERED.findall(text)) >= MEDIUM or says(_STEPS, _STEP_PHRASES)),
        "why": says(_REASONS, _REASON_PHRASES),
        "comparison": rows > 3 or says(_CONTRASTS, _CONTRAST_PHRASES) or len(_NAMED.findall(text)) >= MEDIUM,
        "definition": says(_MEANINGS, _MEANING_PHRASES) or bool(_TERM.search(text)),
    }
    said = max(len(_STATEMENT.findall(text)), rows - 2)
    levels = [label for label, least in (("medium", MEDIUM), ("hard", HARD)) if said >= least]
    return {"question": frozenset(k for k, yes in kinds.items() if yes), "difficulty": frozenset(levels)}


def borne_by(chunk: Chunk) -> Borne:
    """What a passage bears."""
    return borne(chunk.text, " / ".join(chunk.heading_path))


def suits(found: Borne, dimension: str, label: str) -> bool:
    """Whether a passage bears samples of this label."""
    return label not in SPECIAL.get(dimension, ()) or label in found[dimension]
