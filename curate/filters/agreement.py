"""Fails samples whose answer a second call does not reach: it answers from the evidence alone, without seeing the answer."""

from typing import Literal

from pydantic import BaseModel, Field

from curate.filters._passage import folded
from curate.filters._spelled import spelled
from curate.filters._turns import asked, evidence, unanswerable
from curate.llm import Ask
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import dates, numbers, words

VERSION = 1

KINDS = ("qa", "multihop", "conversation", "reasoning", "unanswerable", "extractive")
"""Kinds whose last answer follows from their evidence alone; other kinds are for `rubric`."""
SHORT = 12  # words: an answer this short is its figures


class Answer(BaseModel):
    """What the evidence says to a question."""

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
    place = " > ".join(dict.fromkeys((chunks[0].title, *chunks[0].heading_path)))
    shown = chunks if unanswerable(sample) else []
    pieces = [c.text for c in shown] or evidence(sample, chunks)
    values = {"question": question, "history": history, "place": place, "evidence": pieces}
    found = await ask("answer", Answer, values, language=language, role="answer")
    detail = {"second": found.answer, "answerable": found.answerable}
    if unanswerable(sample):
        reason = f"the passage does answer it: “{found.answer[:80]}”" if found.answerable else ""
        return Verdict(sample.id, "agreement", not reason, None, reason, detail)
    if not found.answerable:
        return Verdict(sample.id, "agreement", passed=False, reason="the evidence alone does not answer the question", detail=detail)
    settled = by_figures(question, expected, found.answer)
    if settled is not None:
        return Verdict(sample.id, "agreement", not settled, None, settled, {**detail, "by": "figures"})
    values = {"question": question, "history": history, "first": expected, "second": found.answer}
    compared = await ask("agree", Comparison, values, language=language, role="judge")
    agrees = compared.verdict in ("same", "second says more")
    reason = "" if agrees else f"a second answer from the evidence differs ({compared.verdict}): {compared.reason}"
    return Verdict(sample.id, "agreement", agrees, None, reason, {**detail, "by": "judge", "verdict": compared.verdict})


def by_figures(question: str, first: str, second: str) -> str | None:
    """Whether two answers agree, as far as code can tell: "" they do, a reason why not, None where a reader has to compare them."""
    if folded(first) == folded(second):
        return ""
    known = _figures(question)
    ours, theirs = _figures(first) - known, _figures(second) - known
    if ours and theirs and not ours & theirs:
        return f"a second answer from the evidence says {_listed(theirs)}, not {_listed(ours)}"
    if ours and ours == theirs and max(len(words(first)), len(words(second))) <= SHORT:
        return ""
    return None


def _figures(text: str) -> set[str]:
    return {*numbers(text), *dates(text), *spelled(text)}


def _listed(figures: set[str]) -> str:
    return ", ".join(sorted(figures)[:4])
