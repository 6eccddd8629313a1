"""Question-answer pairs through a model: each with a quote of the passage as its evidence, each meant to stand without it."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._passages import prompt, shown
from curate.generators._planned import labels, pairs_for, per_chunk
from curate.llm import Ask
from curate.planning import Slot, View
from curate.records import Chunk, Message, Sample, Task, sample
from curate.settings import Settings

VERSION = 3
MODEL = True


class Asked(BaseModel):
    """One question, and the words of the passage that prove its answer."""

    number: int = Field(description="Which of the wanted pairs this is.", ge=1)
    quote: str = Field(description="The evidence, copied from the passage character by character.")
    question: str = Field(description="A question that stands alone.", min_length=4)


class Pair(Asked):
    """One question with its answer."""

    answer: str = Field(description="The complete answer.", min_length=1)


class ThoughtPair(Asked):
    """One question with the thinking that leads to its answer, where it is wanted."""

    reasoning: str = Field(description="The thinking before the answer where it is wanted, else empty.")
    answer: str = Field(description="The complete answer.", min_length=1)


class Pairs(BaseModel):
    """What a passage is good for; empty where it holds nothing worth asking."""

    pairs: list[Pair]


class ThoughtPairs(BaseModel):
    """What a passage is good for; empty where it holds nothing worth asking."""

    pairs: list[ThoughtPair]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per chunk that holds something to ask, then further ones where quotas were missed."""
    return per_chunk(view, settings, "qa", count=lambda chunk: pairs_for(chunk.text, settings.pairs_per_chunk), focus=True)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The pairs that the model wrote for one chunk. ReplyError: it gave no usable reply."""
    chunk, wanted = chunks[0], task.values["slots"]
    thinks = any(slot.get("think") == "yes" for slot in wanted)
    reply: type[Pairs | ThoughtPairs] = ThoughtPairs if thinks else Pairs
    asked = {**shown(chunk), "focus": [], "thinks": thinks, **task.values}
    written = await ask("qa", reply, asked, language=chunk.language or "en")
    return [_sample(task, chunks, pair, written.pairs) for pair in written.pairs]


def _sample(task: Task, chunks: list[Chunk], pair: Pair | ThoughtPair, pairs: Iterable[Pair | ThoughtPair]) -> Sample:
    chunk, *distractors = chunks
    slot: Slot = task.values["slots"][(pair.number - 1) % len(task.values["slots"])]
    question, answer = pair.question.strip(), pair.answer.strip()
    others = [(p.question.strip(), p.answer.strip()) for p in pairs if p is not pair]
    thought = pair.reasoning.strip() if isinstance(pair, ThoughtPair) and slot.get("think") == "yes" else ""
    turn = prompt(question, slot, [chunk], distractors, others)
    messages = [Message("user", turn), Message("assistant", answer, reasoning=thought)]
    meta = {"context": slot.get("context", "none"), "language": chunk.language, "labels": labels(task, slot)}
    if turn != question:
        meta["question"] = question
    return sample("qa", task, messages, chunks=[chunk], evidence=[located([chunk], pair.quote)], meta=meta)
