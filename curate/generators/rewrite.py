"""Passages retold in other forms through a model, as text for continued pretraining: every fact kept, none added."""

import asyncio
from collections.abc import Iterable

from pydantic import BaseModel, Field

from curate.generators._passages import shown
from curate.generators._planned import labels, pairs_for, per_chunk
from curate.llm import Ask
from curate.planning import Slot, View
from curate.records import Chunk, Message, Sample, Task, sample, span
from curate.settings import Settings

VERSION = 1
MODEL = True

FORMS = ("textbook", "questions", "dialogue", "article", "notes", "beginner")
"""A textbook's explanation, questions with answers, a talk between two, an encyclopedia's article, notes, words for a beginner."""


class Retold(BaseModel):
    """The passage in another form; empty where it holds no facts."""

    retelling: str = Field(description="The whole retelling as Markdown, or empty where the passage has nothing to retell.")


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One form for each passage that says something, more where `pairs_per_chunk` asks for more; all forms come up equally often."""

    def count(chunk: Chunk) -> int:
        return min(max(round(settings.pairs_per_chunk), 1), len(FORMS)) if pairs_for(chunk.text) else 0

    return per_chunk(view, settings, "rewrite", count=count, dimensions=(), own={"form": dict.fromkeys(FORMS, 1 / len(FORMS))})


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """One text for each form wanted, each asked for alone: a model that writes several at once makes all of them short."""
    chunk = chunks[0]
    forms = {slot["form"]: slot for slot in task.values["slots"]}  # a form that is wanted twice would be told in the same words
    found = await asyncio.gather(*(_retold(task, chunk, slot, ask) for slot in forms.values()))
    return [each for each in found if each]


async def _retold(task: Task, chunk: Chunk, slot: Slot, ask: Ask) -> Sample | None:
    values = {**shown(chunk), **task.values, "form": slot["form"]}
    text = (await ask("rewrite", Retold, values, language=chunk.language or "en")).retelling.strip()
    if not text:
        return None
    meta = {"purpose": "pretrain", "language": chunk.language, "labels": labels(task, slot)}
    whole = span(chunk, 0, len(chunk.text))
    return sample("rewrite", task, [Message("assistant", text)], chunks=[chunk], evidence=[whole], meta=meta)
