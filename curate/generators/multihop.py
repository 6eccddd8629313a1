"""Questions that need several passages, across documents where they can: each passage gives a part of the answer, with its own quote."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._links import Chain, chains
from curate.generators._passages import prompt, shown
from curate.generators._planned import labels, values
from curate.llm import Ask
from curate.planning import Slot, View, quotas, slots
from curate.records import Chunk, Message, Sample, Span, Task, content_id, sample
from curate.settings import Settings

VERSION = 1
MODEL = True

DIMENSIONS = ("style", "think", "context")


class Fact(BaseModel):
    """What one passage gives to the answer."""

    number: int = Field(description="Which passage this is.", ge=1)
    quote: str = Field(description="The evidence, copied from this passage character by character.")
    gives: str = Field(description="What this passage gives that no other one does.")


class Question(BaseModel):
    """One question that no passage answers alone."""

    facts: list[Fact] = Field(description="One fact of every passage.")
    form: Literal["bridge", "comparison", "combination"]
    question: str = Field(description="A question that stands alone.", min_length=4)
    answer: str = Field(description="The complete answer, with what every passage gives to it.", min_length=1)


class ThoughtQuestion(BaseModel):
    """One question that no passage answers alone, with the thinking that leads to its answer."""

    facts: list[Fact] = Field(description="One fact of every passage.")
    form: Literal["bridge", "comparison", "combination"]
    question: str = Field(description="A question that stands alone.", min_length=4)
    reasoning: str = Field(description="The thinking before the answer.")
    answer: str = Field(description="The complete answer, with what every passage gives to it.", min_length=1)


class Questions(BaseModel):
    """The question; empty where the passages have nothing to do with each other."""

    questions: list[Question]


class ThoughtQuestions(BaseModel):
    """The question; empty where the passages have nothing to do with each other."""

    questions: list[ThoughtQuestion]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per chain of linked passages, planned once."""
    return _tasks(view, settings) if not view.round else []


def _tasks(view: View, settings: Settings) -> Iterator[Task]:
    led: dict[str, list[Chain]] = defaultdict(list)
    for chain in chains(view, settings.hops, settings.pairs_per_chunk):
        led[chain[0]].append(chain)
    wanted = quotas(settings, *DIMENSIONS)
    for chunk in view.chunks():
        for chain in led.get(chunk.id, []):
            own = content_id("multihop", *chain)
            asked = values(view, settings, "multihop", chunk, slots(own, 1, wanted))
            yield Task(own, "multihop", "multihop", list(chain), values=asked, seed=settings.seed, split=chunk.split)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The question that the model found to need all the passages. ReplyError: it gave no usable reply."""
    slot: Slot = task.values["slots"][0]
    reply: type[Questions | ThoughtQuestions] = ThoughtQuestions if slot.get("think") == "yes" else Questions
    asked = {"passages": [shown(c) for c in chunks], **task.values, "slot": slot}
    written = await ask("multihop", reply, asked, language=chunks[0].language or "en")
    return [_sample(task, slot, chunks, question) for question in written.questions[:1]]


def _sample(task: Task, slot: Slot, chunks: Sequence[Chunk], question: Question | ThoughtQuestion) -> Sample:
    thought = question.reasoning.strip() if isinstance(question, ThoughtQuestion) else ""
    asked = prompt(question.question.strip(), slot, chunks, [], [])
    messages = [Message("user", asked), Message("assistant", question.answer.strip(), reasoning=thought)]
    meta = {
        "context": slot.get("context", "none"),
        "language": chunks[0].language,
        "labels": {**labels(task, slot), "form": question.form},
        "question": question.question.strip(),
        "gives": {chunks[f.number - 1].id: f.gives.strip() for f in question.facts if f.number <= len(chunks)},
    }
    evidence = [_evidence(fact, chunks) for fact in question.facts]
    return sample("multihop", task, messages, chunks=list(chunks), evidence=evidence, meta=meta)


def _evidence(fact: Fact, chunks: Sequence[Chunk]) -> Span:
    """The quote in the passage that it names, or else in another one that holds it."""
    named = [chunks[fact.number - 1]] if fact.number <= len(chunks) else []
    return located([*named, *(c for c in chunks if c not in named)], fact.quote)
