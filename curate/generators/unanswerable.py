"""Questions that a passage seems to answer and does not, with an answer that says so and what is stated nearby."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._passages import prompt, shown
from curate.generators._planned import labels, pairs_for, per_chunk
from curate.llm import Ask
from curate.planning import Slot, View
from curate.records import Chunk, Message, Sample, Task, sample
from curate.settings import Settings

VERSION = 1
MODEL = True

SHARE = 0.4
"""Such questions for each that the passage answers."""
DIMENSIONS = ("style", "think")
OWN = {
    "lack": {"detail": 0.35, "entity": 0.2, "premise": 0.2, "scope": 0.15, "future": 0.1},
    "context": {"passage": 1.0},
}
"""Why there is no answer; and the passage stands in every row: without it nobody could know that it says nothing."""


class Open(BaseModel):
    """One question without an answer, and what to say instead."""

    number: int = Field(description="Which of the wanted questions this is.", ge=1)
    missing: str = Field(description="What the passages would have to say to answer the question, and do not: in a few words.")
    question: str = Field(description="A question that seems to be answered and is not.", min_length=4)
    quote: str = Field(description="The nearest statement, copied from a passage character by character; empty where nothing is near.")
    reasoning: str = Field(description="The thinking before the answer where it is wanted, else empty.")
    answer: str = Field(description="That it is not stated, and what is.", min_length=1)


class Opens(BaseModel):
    """What passages leave open; empty where no question would be asked of them."""

    questions: list[Open]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage, with the other passages that its rows will show."""

    def count(chunk: Chunk) -> int:
        pairs = pairs_for(chunk.text, settings.pairs_per_chunk)
        return max(round(SHARE * pairs), 1) if pairs else 0

    return per_chunk(view, settings, "unanswerable", count=count, dimensions=DIMENSIONS, own=OWN)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The open questions that the model wrote about the passages. ReplyError: it gave no usable reply."""
    values = {**shown(chunks[0]), **task.values, "others": [c.text for c in chunks[1:]]}
    written = await ask("unanswerable", Opens, values, language=chunks[0].language or "en")
    return [_sample(task, chunks, found) for found in written.questions]


def _sample(task: Task, chunks: list[Chunk], found: Open) -> Sample:
    slot: Slot = task.values["slots"][(found.number - 1) % len(task.values["slots"])]
    question = found.question.strip()
    reasoning = found.reasoning.strip() if slot.get("think") == "yes" else ""
    messages = [
        Message("user", prompt(question, slot, chunks[:1], chunks[1:], [])),
        Message("assistant", found.answer.strip(), reasoning=reasoning),
    ]
    meta = {
        "context": "passage",
        "language": chunks[0].language,
        "labels": labels(task, slot),
        "question": question,
        "unanswerable": True,
    }
    # all the passages that the row shows: none of them may hold the answer
    evidence = [located(chunks, found.quote)] if found.quote.strip() else []
    return sample("unanswerable", task, messages, chunks=chunks, evidence=evidence, meta=meta)
