"""What an unanswerable question must be: no sentence of its passages answers it, and the answer admits that."""

import re
from collections.abc import Iterator

from curate.filters._passage import content, source, stem
from curate.filters._turns import asked
from curate.records import Chunk, Sample, Verdict
from curate.text import words

FEWEST = 3  # terms of a question from which a sentence that holds them all is taken for its answer
HELD = 0.95  # share of the terms that such a sentence holds
_NO = r"(?:\b(?:not|never|nor|no|none|neither|nothing|nowhere|without)|n't|cannot)\b"
_SAY = (
    r"(?:stat|sa(?:y|id)|mention|specif|describ|defin|explain|address|tell|told|document|detail|indicat|answer|laid down|settled|publish|"
    r"discuss|establish|know|clear|information)"
)
_GIVE = r"(?:giv|list|cover|includ|contain|provid|set|fix|nam|found|find|appear|record|regulat|available|determin|express|go into|hold)"
_TEXT = (
    r"(?:documents?|passages?|texts?|handbook|manual|polic(?:y|ies)|pages?|sections?|guide|rules?|procedures?|tables?|entr(?:y|ies)|faq|"
    r"descriptions?|sources?|material|notes?|contract|terms|glossary|reference|here|this|that|it|they|which)"
)
_CHINESE_NO = r"(?:没有|未|并无|无|没|不)[^。！？\n]{0,20}?"
ADMITS = re.compile(
    rf"{_NO}[^.!?\n]{{0,80}}?\b{_SAY}\w*"
    rf"|\b{_TEXT}\b[^.!?\n]{{0,50}}?{_NO}[^.!?\n]{{0,60}}?\b{_GIVE}\w*"
    rf"|\b(?:no|nothing|none|neither|nowhere)\b[^.!?\n]{{0,80}}?\b{_GIVE}\w*"
    r"|\b(?:is|are|was|were|been)(?: not|n't) (?:\w+ )?(?:given|listed|named|provided|set out|recorded|found|available)\b"
    r"|\b(?:silent|leaves? (?:it|this|that|the \w+|open) ?(?:open)?|left open|unclear|unstated|unspecified|undocumented|unknown)\b"
    r"|\b(?:says?|said|states?|gives?|give|contains?|provides?|mentions?|holds?|there (?:is|are)) (?:nothing|no|neither|none)\b"
    rf"|{_CHINESE_NO}(?:说明|提到|提及|写明|写|给出|规定|涉及|列出|载明|注明|明确|介绍|记载|交代|描述|信息|答案|资料|指出|讲|标明|得知|知道|看出|回答|依据)"
    rf"|(?:资料|文件|文档|手册|规定|说明|文中|其中|这里|此处|表中)[^。！？\n]{{0,20}}{_CHINESE_NO}(?:提供|包含|包括|覆盖|限定|约定|公布|确定|讨论|解释|内容)"
    r"|不(?:清楚|明确|详)|无(?:法|从)(?:得知|判断|知晓|确定|回答)|查不到|找不到|看不出|只字未提",
    re.IGNORECASE,
)
WHY = re.compile(r"\bwhy\b|\breason\b|\bpurpose\b|为什么|为何|原因|目的|缘故|怎么会", re.IGNORECASE)
BECAUSE = re.compile(
    r"\b(?:because|since|so that|in order to|due to|therefore|as a result|reasons?|otherwise|hence"
    r"|to (?:avoid|prevent|ensure|protect|keep|make))\b"
    r"|因为|由于|以便|以免|为了|因此|所以|避免|防止|确保|否则|从而|目的",
    re.IGNORECASE,
)
_ASKING = re.compile(
    "什么时候|什么|多少|多久|多长|几天|几次|怎么办|怎么样|怎么|怎样|如何|为什么|为何|是否|能否|可否|可以|能不能|是不是|有没有|哪些|哪个|哪里|哪种|哪一|谁|"
    "请问|需要|应该|应当|一下|的话|吗|呢|吧|了|的|是|有|会|要|在|我|你|您|他|它|们|我们"
)
_FILLERS = frozenset(
    map(
        stem,
        words(
            """much many long often far old big soon time times date day kind type sort exactly actually please tell know need get give want
            happen use used work possible allowed allow cost costs price there say says stated one anyone someone something"""
        ),
    )
)


def unanswerable(sample: Sample, chunks: list[Chunk]) -> Verdict:
    """Whether figures and names stand in the passages is for `grounded`."""
    question, _, answer = asked(sample)
    reasons = []
    if not ADMITS.search(answer):
        reasons.append("the answer does not admit that nothing is stated")
    if sentence := next((s for chunk in chunks for s in _answering(question, chunk)), ""):
        reasons.append(f"the passage seems to answer it: “{sentence.strip()[:80]}”")
    return Verdict(sample.id, "kinds", not reasons, None, "; ".join(reasons))


def _answering(question: str, chunk: Chunk) -> Iterator[str]:
    """Sentences that hold all that is asked about: of those that ask why, only where a reason is given."""
    terms = {stem(w) for w in content(_ASKING.sub(" ", question))} - _FILLERS
    if len(terms) < FEWEST:
        return
    why = bool(WHY.search(question))
    terms -= {stem(w) for w in ("reason", "purpose")}
    known = source(chunk.text)
    for sentence, held in zip(known.sentences, known.stems_of, strict=True):
        if len(terms & held) >= HELD * len(terms) and (not why or BECAUSE.search(sentence)):
            yield sentence
