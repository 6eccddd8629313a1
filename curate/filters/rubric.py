"""Fails samples that a judge, with the source in view, scores too low: relevance, correctness, completeness, clarity, 1 to 5 each."""

from pydantic import BaseModel, Field

from curate.filters._turns import asked, place
from curate.llm import Ask
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings

VERSION = 2

EXEMPT = ("pretrain", "imported", "smalltalk")
"""Kinds that no model wrote."""
ASPECTS = ("relevance", "correctness", "completeness", "clarity")


class Aspect(BaseModel):
    """One score with its reason, which comes first."""

    reason: str = Field(description="What speaks for and against, in one sentence.")
    score: int = Field(description="1 (bad) to 5 (nothing to improve).", ge=1, le=5)


class Rubric(BaseModel):
    """What a judge says of a sample."""

    relevance: Aspect
    correctness: Aspect
    completeness: Aspect
    clarity: Aspect


async def judge(sample: Sample, chunks: list[Chunk], ask: Ask, settings: Settings) -> Verdict:
    """Score: the mean of the aspects, from 0 to 1. Passes where each of them reaches `judge_threshold`: one bad aspect spoils a row."""
    if sample.kind in EXEMPT:
        return Verdict(sample.id, "rubric", passed=True, reason="no model wrote it")
    question, history, answer = asked(sample)
    values = {
        "kind": sample.kind,
        "system": next((m.content for m in sample.messages if m.role == "system"), ""),
        "history": history,
        "question": question,
        "reasoning": next((m.reasoning for m in reversed(sample.messages) if m.role == "assistant"), ""),
        "answer": answer,
        "sources": [{"place": place(c), "context": c.context, "text": c.text} for c in chunks],
    }
    language = sample.meta.get("language") or (chunks[0].language if chunks else "") or "en"
    found = await ask("judge", Rubric, values, language=language, role="judge")
    aspects = {name: getattr(found, name) for name in ASPECTS}
    mean = sum(a.score for a in aspects.values()) / len(aspects)
    low = min(ASPECTS, key=lambda name: (aspects[name].score, name != "correctness"))
    passed = aspects[low].score >= settings.judge_threshold
    said = f"{low} {aspects[low].score} of 5: {aspects[low].reason}"
    detail = {name: [a.score, a.reason] for name, a in aspects.items()}
    return Verdict(sample.id, "rubric", passed, round((mean - 1) / 4, 4), "" if passed else said, detail)
