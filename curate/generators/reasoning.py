"""Questions whose answer takes steps: a rule applied to a case, conditions put together, figures reckoned, each step with its fact."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._passages import prompt, shown
from curate.generators._planned import labels, pairs_for, per_chunk, statements
from curate.llm import Ask
from curate.planning import Slot, View
from curate.records import Chunk, Message, Sample, Task, sample
from curate.settings import Settings

VERSION = 1
MODEL = True

DIMENSIONS = ("style", "context")
OWN = {"think": {"yes": 1.0}, "steps": {"numbered": 0.5, "prose": 0.5}}
MOST = 3
"""Cases asked of one passage: few passages bear more."""


class Step(BaseModel):
    """One step: the fact it uses, then what follows from it."""

    quote: str = Field(description="The fact, copied from the passage character by character; empty where the step only uses earlier ones.")
    thought: str = Field(description="The step in words, with any sum written out.", min_length=1)


class Case(BaseModel):
    """One question with the steps to its answer."""

    number: int = Field(description="Which of the wanted questions this is.", ge=1)
    form: Literal["rule", "conditions", "arithmetic", "sequence"]
    question: str = Field(description="A question that stands alone, with everything the case needs.", min_length=4)
    steps: list[Step] = Field(description="Two to six steps; the last one reaches the answer.")
    answer: str = Field(description="The answer in one or two sentences.", min_length=1)


class Cases(BaseModel):
    """What a passage is good for; empty where nothing in it takes steps."""

    cases: list[Case]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage that says at least two things that can be put together."""
    return per_chunk(view, settings, "reasoning", count=lambda chunk: cases_for(chunk, settings), dimensions=DIMENSIONS, own=OWN)


def cases_for(chunk: Chunk, settings: Settings) -> int:
    """How many questions a passage is asked for: fewer than plain ones, as each needs several statements."""
    pairs = pairs_for(chunk.text, settings.pairs_per_chunk)
    return min(max(pairs // 2, 1), MOST) if pairs and statements(chunk.text) > 2 else 0


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The cases that the model found in one passage. ReplyError: it gave no usable reply."""
    written = await ask("reasoning", Cases, {**shown(chunks[0]), **task.values}, language=chunks[0].language or "en")
    return [_sample(task, chunks, case) for case in written.cases]


def _sample(task: Task, chunks: list[Chunk], case: Case) -> Sample:
    chunk, *distractors = chunks
    slot: Slot = task.values["slots"][(case.number - 1) % len(task.values["slots"])]
    steps = [step.thought.strip() for step in case.steps]
    reasoning = "\n".join(f"{n}. {step}" if slot["steps"] == "numbered" else step for n, step in enumerate(steps, 1))
    question = case.question.strip()
    messages = [
        Message("user", prompt(question, slot, [chunk], distractors, [])),
        Message("assistant", case.answer.strip(), reasoning=reasoning),
    ]
    meta = {
        "context": slot.get("context", "none"),
        "language": chunk.language,
        "labels": {**labels(task, slot), "form": case.form},
        "question": question,
    }
    evidence = [located([chunk], step.quote) for step in case.steps if step.quote.strip()]
    return sample("reasoning", task, messages, chunks=[chunk], evidence=evidence, meta=meta)
