"""Fails samples whose answer a second call does not reach: it answers from the evidence alone, without seeing the answer."""

from typing import Literal

from pydantic import BaseModel, Field

from curate.filters._figures import bare
from curate.filters._passage import folded
from curate.filters._spelled import spelled
from curate.filters._turns import asked, evidence, place, unanswerable
from curate.filters._twins import denials, marks
from curate.filters._units import spelled_measures
from curate.llm import Ask
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import dates, numbers, words

VERSION = 2

KINDS = ("qa", "multihop", "conversation", "reasoning", "unanswerable", "extractive")
"""Kinds whose last answer follows from their evidence alone; other kinds are for `rubric`."""
SHORT = 12  # words: an answer this short is its figures, where it has any
_EMPTY = frozenset(("a", "an", "the", "is", "are", "was", "were", "be", "it", "its", "they", "的", "了", "是", "为"))
"""Words that may stand in one of two answers alone and change nothing; bounds (before, at least, up to) do."""


class Answer(BaseModel):
    """What the evidence says to a question."""

    reason: str = Field(description="Which words answer it, or what is asked for and not said, in one sentence.")
    answerable: bool = Field(description="Whether the evidence answers the question.")
    answer: str = Field(description="The answer, or an empty text where there is none.")


class Comparison(BaseModel):
    """How two answers to one question stand to each other."""

    reason: str = Field(description="What both state and where they differ, in one sentence.")
    verdict: Literal["same", "first says more", "second says more", "different"]


async def judge(sample: Sample, chunks: list[Chunk], ask: Ask, settings: Settings) -> Verdict:  # noqa: ARG001
    """Agreement by code where figures and dates settle it, else by a model that compares the two answers."""
    if sample.kind not in KINDS or not sample.evidence or not chunks:
        return Verdict(sample.id, "agreement", passed=True, reason="not a question about evidence")
    question, history, expected = asked(sample)
    language = sample.meta.get("language") or chunks[0].language or "en"
    whole = [{"place": place(c), "text": f"{c.context}\n{c.text}" if c.context else c.text} for c in chunks]
    values = {"question": question, "history": history, "pieces": whole if unanswerable(sample) else evidence(sample, chunks)}
    found = await ask("answer", Answer, values, language=language, role="answer")
    detail = {"second": found.answer, "answerable": found.answerable}
    if unanswerable(sample):
        reason = f"the passage does answer it: “{found.answer[:80]}”" if found.answerable else ""
        return Verdict(sample.id, "agreement", not reason, None, reason, detail)
    if not found.answerable:
        reason = f"the evidence alone does not answer the question: {found.reason}"
        return Verdict(sample.id, "agreement", passed=False, reason=reason, detail=detail)
    settled = by_figures(question, expected, found.answer)
    if settled is not None:
        return Verdict(sample.id, "agreement", not settled, None, settled, {**detail, "by": "figures"})
    values = {"question": question, "history": history, "first": expected, "second": found.answer}
    compared = await ask("agree", Comparison, values, language=language, role="judge")
    agrees = compared.verdict == "same"
    reason = "" if agrees else f"a second answer from the evidence differs ({compared.verdict}): {compared.reason}"
    return Verdict(sample.id, "agreement", agrees, None, reason, {**detail, "by": "judge", "verdict": compared.verdict})


def by_figures(question: str, first: str, second: str) -> str | None:
    """Whether two answers agree, as far as code can tell: "" they do, a reason why not, None where a reader has to compare them.

    Only short answers are settled: in a longer one the same figures may come with another condition, and other figures may add to them.
    """
    if folded(first) == folded(second):
        return ""
    if max(len(words(first)), len(words(second))) > SHORT:
        return None
    known = _held(question)
    ours, theirs = _stated(first) - known, _stated(second) - known
    if not ours or not theirs:
        return None
    if not ours & _held(second) and not theirs & _held(first):
        return f"a second answer from the evidence says {_listed(theirs)}, not {_listed(ours)}"
    if not (ours <= _held(second) and theirs <= _held(first) and denials(first) == denials(second) and marks(first) == marks(second)):
        return None
    mine, yours = _alone(first, second), _alone(second, first)
    return None if (mine and yours) or not mine | yours <= {*words(question)} else ""


def _alone(one: str, other: str) -> set[str]:
    """The words and no figures that one text has and the other has not."""
    return {w for w in {*words(one)} - {*words(other)} if w not in _EMPTY and not _held(w)}


def _stated(text: str) -> set[str]:
    """The figures that a text gives; "one" and "first" are none."""
    text = bare(text)
    return {*numbers(text), *dates(text), *(number for number, _, _ in spelled_measures(text))}


def _held(text: str) -> set[str]:
    """The same and every number that its words may mean."""
    return {*_stated(text), *spelled(text)}


def _listed(figures: set[str]) -> str:
    return ", ".join(sorted(figures)[:4])
