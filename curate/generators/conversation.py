"""Conversations about a passage: a question that stands alone, then follow-ups that lean on it, each answer with its own quote."""

from collections.abc import Iterable, Sequence

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

DIMENSIONS = ("style", "think", "context")


class Turn(BaseModel):
    """One question of the user, and the words of the passage that prove its answer."""

    quote: str = Field(description="The evidence of this answer, copied from the passage character by character.")
    question: str = Field(description="What the user writes; the first turn stands alone, later ones lean on what was said.", min_length=1)
    answer: str = Field(description="The complete answer.", min_length=1)


class Conversation(BaseModel):
    """One user's questions in turn."""

    number: int = Field(description="Which of the wanted conversations this is.", ge=1)
    turns: list[Turn]


class ThoughtConversation(BaseModel):
    """One user's questions in turn, with the thinking before the last answer where it is wanted."""

    number: int = Field(description="Which of the wanted conversations this is.", ge=1)
    turns: list[Turn] = Field(description="All turns but the last.")
    reasoning: str = Field(description="The thinking before the answer of the last turn where it is wanted, else empty.")
    last: Turn


class Conversations(BaseModel):
    """What a passage is good for; empty where it does not bear a conversation."""

    conversations: list[Conversation]


class ThoughtConversations(BaseModel):
    """What a passage is good for; empty where it does not bear a conversation."""

    conversations: list[ThoughtConversation]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage that bears two questions at least, for as many conversations as it has matter for."""
    lengths = range(2, settings.turns + 1)
    own = {"turns": {str(n): 1 / len(lengths) for n in lengths}}
    return per_chunk(view, settings, "conversation", count=lambda c: conversations_for(c, settings), dimensions=DIMENSIONS, own=own)


def conversations_for(chunk: Chunk, settings: Settings) -> int:
    """How many conversations a passage is good for, when each has its own matter; none where there is one thing to say."""
    pairs = pairs_for(chunk.text, settings.pairs_per_chunk)
    return max(pairs // (settings.turns + 1), 1) if pairs and statements(chunk.text) > 2 else 0


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The conversations that the model wrote about one passage. ReplyError: it gave no usable reply."""
    values, language = {**shown(chunks[0]), **task.values}, chunks[0].language or "en"
    if any(slot.get("think") == "yes" for slot in task.values["slots"]):
        thought = await ask("conversation", ThoughtConversations, values, language=language)
        return [_sample(task, chunks, c.number, [*c.turns, c.last], c.reasoning) for c in thought.conversations]
    plain = await ask("conversation", Conversations, values, language=language)
    return [_sample(task, chunks, c.number, c.turns, "") for c in plain.conversations if c.turns]


def _sample(task: Task, chunks: list[Chunk], number: int, turns: Sequence[Turn], reasoning: str) -> Sample:
    chunk, *distractors = chunks
    slot: Slot = task.values["slots"][(number - 1) % len(task.values["slots"])]
    messages = [m for turn in turns for m in (Message("user", turn.question.strip()), Message("assistant", turn.answer.strip()))]
    messages[0] = Message("user", prompt(messages[0].content, slot, [chunk], distractors, []))
    if slot.get("think") == "yes":
        messages[-1] = Message("assistant", messages[-1].content, reasoning=reasoning.strip())
    meta = {
        "context": slot.get("context", "none"),
        "language": chunk.language,
        "labels": {**labels(task, slot), "turns": str(len(turns))},
    }
    evidence = [located([chunk], turn.quote) for turn in turns]
    return sample("conversation", task, messages, chunks=[chunk], evidence=evidence, meta=meta)
