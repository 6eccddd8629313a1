"""Fails samples whose evidence does not stand in the passage, or whose answer states what the passage does not hold."""

import re

from curate.filters._claims import contradictions
from curate.filters._figures import figures, implied, missing
from curate.filters._fit import SHORT, mismatch, nearness, together
from curate.filters._names import unknown
from curate.filters._passage import RUN, Source, content, folded, phrases, source
from curate.filters._sums import conversions, hundredths, sums
from curate.filters._turns import answers, declines, questions, shows_passage
from curate.filters._units import figure_words, other_units
from curate.filters._values import structure, unsupported
from curate.records import Chunk, Json, Sample, Span, Verdict
from curate.settings import Settings
from curate.text import language, numbers, words

VERSION = 7

SUPPORT = 0.4  # share of the answer's content words; a paraphrase keeps about half, an answer to another passage a tenth
ADDED = 0.5  # share of what a short answer says beyond its question
PAIRED = 0.34  # the same where words are pairs of characters: one other word breaks two
KEPT = 0.8  # share of a passage's figures that a retelling keeps
APART = 0.3  # what a short answer loses that stands far from what is asked
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_COUNTER = re.compile(r"(?<![\w.])[01](?![\w.])")  # where code begins to count, which no passage says
_LETTER = re.compile(r"[^\W\d_]")
_SOURCELESS = ("smalltalk",)
_TOLD = ("decision", "instruct", "reasoning")  # their user tells a case, whose facts the answer rests on too
_NO_QUESTION = ("rewrite", "pretrain", "summary", "instruct", "reasoning")


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """Score: how far the answer's words stand in the passage, near what is asked; None where there is nothing to compare."""
    if not chunks or sample.kind in _SOURCELESS:
        return Verdict(sample.id, "grounded", True, None, "no source")
    known = _source(sample, chunks)
    detail: Json = {}
    quoted = [span for span in sample.evidence if span.quote or not sample.images]  # what an image shows has a place and no words
    reasons = [reason for span in quoted if (reason := _misplaced(span, chunks))]
    if sample.replies and not sample.evidence and not declines(sample):
        reasons.append("no evidence")
    if sample.meta.get("choices"):  # the answer is a label: the passage need not hold it
        return _verdict(sample, reasons, None, detail)
    said = answers(sample)
    answer = "\n".join(said)
    if sample.images:  # what only the image shows is in no text; of an answer that rests on words, the figures are
        reasons += _figures(sample, answer, known, _asked(sample), detail) if any(span.quote for span in quoted) else []
        return _verdict(sample, reasons, None, detail)
    if len(said) == 1 and (value := structure(answer)) is not None:
        if lost := unsupported(value, known, sample.meta.get("free", [])):
            detail["values"] = lost
            reasons.append(f"the passage does not hold {', '.join(lost[:5])}")
        return _verdict(sample, reasons, None, detail)
    asked = _asked(sample)
    reasons += _figures(sample, answer, known, asked, detail)
    reasons += _names(answer, known, asked, detail)
    if declines(sample):
        return _verdict(sample, reasons, None, detail)
    if denials := contradictions(answer, known):
        detail["contradicts"] = denials
        reasons += denials
    if sample.kind == "rewrite":
        reasons += _lost(answer, chunks)
    # What follows for a case is said in words of its own, and a task repeats in its answer what it works on.
    short = 0 if sample.kind in ("instruct", "reasoning") else SHORT
    score, weak = support(_told(sample, answer), asked, known, detail, short)
    reasons += weak
    if len(said) == 1 and asked and sample.kind not in _NO_QUESTION:
        score, misfits = _fit(asked, answer, known, score)
        reasons += misfits
    if score is not None and reasons:
        score /= 2
    return _verdict(sample, reasons, score, detail)


def _told(sample: Sample, answer: str) -> str:
    """The answer without code; one that is reached in steps says its words together with them, and `kinds` holds it against them."""
    steps = [m.reasoning for m in sample.messages if m.role == "assistant" and m.reasoning] if sample.kind == "reasoning" else []
    return "\n".join([*steps, _CODE.sub(" ", answer)])


def _asked(sample: Sample) -> str:
    """What the user asks, without the passages and examples that a prompt may hold: they tell nothing that is true of the source."""
    question = sample.meta.get("question")
    return str(question) if question else "" if shows_passage(sample) else "\n".join(questions(sample))


def _verdict(sample: Sample, reasons: list[str], score: float | None, detail: Json) -> Verdict:
    rounded = None if score is None else round(score, 4)
    return Verdict(sample.id, "grounded", not reasons, rounded, "; ".join(dict.fromkeys(reasons)), detail)


def _figures(sample: Sample, answer: str, known: Source, asked: str, detail: Json) -> list[str]:
    """Numbers, dates and units that neither stand in the source nor follow from what does."""
    reasoning = "\n".join(m.reasoning for m in sample.messages if m.role == "assistant" and m.reasoning)
    answer = _CODE.sub(lambda code: _COUNTER.sub(" ", code[0]), answer)
    stated = f"{reasoning}\n{answer}" if reasoning else answer
    lost = missing(stated, known.text)
    reasons = []
    if lost and asked:
        lost = [n for n in lost if n not in figures(asked) and n not in implied(asked)]
    if lost or reasoning:
        lost, wrong = _reckoned(stated, lost, known)
        if wrong:
            detail["wrong_sums"] = wrong
            reasons.append(f"the sum {wrong[0]} is wrong")
    if lost:
        detail["missing"] = lost
        reasons.append(f"the passage does not hold {', '.join(lost[:5])}")
    reckoned = {result for _, result, right, _ in sums(stated) if right} if reasoning else set()
    if units := [written for written in other_units(stated, known.text) if reckoned.isdisjoint(numbers(written))]:
        detail["units"] = units
        reasons.append(f"the passage gives another unit than {', '.join(units[:5])}")
    return reasons


def _reckoned(text: str, lost: list[str], known: Source) -> tuple[list[str], list[str]]:
    """What is still lost when sums over what is not are granted, and the sums that are wrong."""
    still, wrong = set(lost), []
    for operands, result, right, written in sums(text):
        if not right:
            wrong.append(written)
            continue
        still -= {n for n in still & {*operands} if n in conversions(written) or n in hundredths(known.text)}
        if still.isdisjoint(operands):
            still -= {result, *_whole(result)}
    return [n for n in lost if n in still], wrong


def _whole(number: str) -> set[str]:
    """What is said of a number that must be whole: 7.5 machines are 8."""
    if "." not in number:
        return set()
    below = int(float(number))
    return {str(below), str(below + 1)}


def _names(answer: str, known: Source, asked: str, detail: Json) -> list[str]:
    lost = unknown(answer, known)
    if lost:  # units are compared as such
        units = set(figure_words(answer).split())
        lost = [name for name in lost if name not in units]
    if lost and asked:
        lost = [name for name in lost if source(asked).lost(content(name))]
    if not lost or _foreign(answer, known.text):
        return []
    detail["names"] = lost
    return [f"the passage does not name {', '.join(lost[:5])}"]


def support(answer: str, asked: str, known: Source, detail: Json, short: int = SHORT) -> tuple[float | None, list[str]]:
    """The share of what the answer says beyond its question that the source holds, and why it is too little; None: it says nothing."""
    wanted = source(answer).words
    if not wanted:
        return None, []
    lost = known.lost(wanted)
    if lost:  # numbers and units are compared as such
        lost = {w for w in lost - content(figure_words(answer)) if _LETTER.search(w)}
    share = 1 - len(lost) / len(wanted)
    if share < SUPPORT and _foreign(answer, known.text):
        return None, []
    added = source(asked).lost(wanted) if len(wanted) <= 2 * short else wanted
    lost &= added
    score = 1 - len(lost) / len(added) if added else share
    least = PAIRED if RUN.search(answer) else ADDED
    reasons = []
    if share < SUPPORT:
        reasons = [f"the passage holds {share:.0%} of the answer's words"]
    elif len(added) <= short and (score < least or (len(added) == 2 and score == ADDED)):
        reasons = [f"the passage does not say {', '.join(phrases(answer, lost)[:5])}"]
    if reasons:
        detail["unsupported"] = phrases(answer, lost)[:20]
    # In a short answer (of up to `short` words) each word counts: one that the passage lacks is often the answer.
    return score / (1 + len(lost)) if len(added) <= short else score, reasons


def _fit(asked: str, answer: str, known: Source, score: float | None) -> tuple[float | None, list[str]]:
    """The score lowered by how far from what is asked a short answer stands, and whether it is of another kind than the question asks."""
    reason = mismatch(asked, answer)
    if score is not None and len(words(answer)) <= 3 * SHORT:
        score *= 1 - APART + APART * nearness(asked, answer, known) * together(answer, known)
    return score, [reason] if reason else []


def _lost(answer: str, chunks: list[Chunk]) -> list[str]:
    """The figures that a retelling leaves out, where they are many."""
    text = "\n".join(c.text for c in chunks)
    wanted, held = figures(text), figures(answer)
    lost = [n for n in wanted if n not in held and n not in implied(answer)]
    return [f"the retelling loses {', '.join(sorted(lost)[:5])}"] if len(lost) > (1 - KEPT) * len(wanted) else []


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


def _source(sample: Sample, chunks: list[Chunk]) -> Source:
    parts = [part for c in chunks for part in (c.title, " ".join(c.heading_path), c.context, c.text)]
    told = [_asked(sample)] if sample.kind in _TOLD else []
    return source("\n".join([*parts, *told, *(m.content for m in sample.messages if m.role == "tool")]))


def _foreign(answer: str, passage: str) -> bool:
    ours, theirs = language(answer), language(passage)
    return bool(ours and theirs and ours != theirs) and len(words(answer)) >= 8  # fewer may be a name
