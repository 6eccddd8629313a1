"""Fails samples whose evidence does not stand in the passage, or whose answer states what the passage does not hold."""

import re
from functools import lru_cache
from operator import add

from curate.filters._figures import missing
from curate.filters._passage import folded
from curate.filters._turns import answers, unanswerable
from curate.records import Chunk, Sample, Span, Verdict
from curate.settings import Settings
from curate.text import UNSPACED, language, words

VERSION = 1

SUPPORT = 0.4  # share of the answer's content words; a paraphrase keeps about half, an answer to another passage a tenth
_STOP_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """a about above after again all also am an and any are as at be because been before being below between both but by can could did
        do does doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself
        just may me might more most must my no nor not of off on once only or other our out over own same shall she should so some such
        than that the their them then there these they this those through to too under until up us very was we were what when where which
        while who whom why will with would you your yes""",
    )
)
_RUN = re.compile(f"[{UNSPACED}]+")


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """Score: share of the answer's content words that the passage or a tool's answer holds, None where there is nothing to compare."""
    if not chunks:
        return Verdict(sample.id, "grounded", True, None, "no source")
    reasons = [reason for span in sample.evidence if (reason := _misplaced(span, chunks))]
    if sample.replies and not sample.evidence and not unanswerable(sample):
        reasons.append("no evidence")
    source = _source(sample, chunks)
    answer = "\n".join(answers(sample))
    figures = missing(answer, source)
    if figures:
        reasons.append(f"the passage does not hold {', '.join(figures[:5])}")
    score = None if unanswerable(sample) else support(answer, source)
    if score is not None and score < SUPPORT:
        reasons.append(f"the passage holds {score:.0%} of the answer's words")
    return Verdict(sample.id, "grounded", not reasons, score, "; ".join(dict.fromkeys(reasons)), {"missing": figures} if figures else {})


def support(answer: str, source: str) -> float | None:
    """The share of the answer's content words in the source; None where it has none, or the two are in different languages."""
    wanted = _content(answer)
    if not wanted:
        return None
    lost = wanted - _held(source)
    if lost:
        lost = {w for w in lost if _stem(w) not in _stems(source)}
    share = (len(wanted) - len(lost)) / len(wanted)
    return None if share < SUPPORT and _foreign(answer, source) else round(share, 4)


def _misplaced(span: Span, chunks: list[Chunk]) -> str:
    own = [c for c in chunks if c.document_id == span.document_id]
    at = [c.text[span.start - c.start : span.end - c.start] for c in own if c.start <= span.start and span.end <= c.start + len(c.text)]
    if not folded(span.quote):
        return "an evidence quote is empty"
    if span.quote in at or folded(span.quote) in map(folded, at):
        return ""
    quote = span.quote if len(span.quote) <= 60 else span.quote[:57] + "..."
    if any(folded(span.quote) in folded(c.text) for c in own):
        return f"the evidence “{quote}” stands elsewhere in the passage than its offsets say"
    return f"the passage does not hold the evidence “{quote}”"


def _source(sample: Sample, chunks: list[Chunk]) -> str:
    parts = [part for c in chunks for part in (c.title, " ".join(c.heading_path), c.context, c.text)]
    return "\n".join([*parts, *(m.content for m in sample.messages if m.role == "tool")])


@lru_cache(maxsize=8)  # the samples of one chunk follow each other
def _held(source: str) -> frozenset[str]:
    return frozenset(_content(source))


@lru_cache(maxsize=8)
def _stems(source: str) -> frozenset[str]:
    return frozenset(map(_stem, _held(source)))


def _content(text: str) -> set[str]:
    """Words that carry content; where a script has no spaces, pairs of neighbouring characters."""
    found = {w for w in words(text) if len(w) > 1 and w not in _STOP_WORDS}
    for run in _RUN.findall(text):
        found.update(map(add, run, run[1:]) if len(run) > 1 else (run,))
    return found


def _stem(word: str) -> str:
    """Enough of a word to tell it from others whatever its ending: 5 letters, of longer words all but the last three."""
    return word[: max(5, len(word) - 3)] if word.isascii() else word


def _foreign(answer: str, source: str) -> bool:
    ours, theirs = language(answer), language(source)
    return bool(ours and theirs and ours != theirs) and len(words(answer)) >= 8  # fewer may be a name
