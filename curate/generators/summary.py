"""Summaries of passages and of whole sections, of a wished length, with the text in the row's prompt."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._planned import labels, per_chunk, statements, values
from curate.generators._requests import request, wish
from curate.llm import Ask
from curate.planning import Slot, View, slots
from curate.records import Chunk, Json, Message, Sample, Task, content_id, sample
from curate.settings import Settings
from curate.text import UNSPACED, estimate_tokens

VERSION = 1
MODEL = True

LEAST_TOKENS, LEAST_STATEMENTS = 120, 5
"""A text that is shorter or says less needs no summary."""
SECTION_SHARE = 3
"""A section is summed up whole where it has at most one part in three of the tokens that a sample may have."""
OWN = {"length": {"sentence": 0.3, "bullets": 0.35, "words": 0.35}}
LEVELS = 2
"""Headings that name a section."""
WORDS = (30, 50, 80, 120)
"""Lengths in words that are wished for; in Chinese characters twice as many."""
SHARE = 0.35
"""Of the text's length, that a summary of so many words may have."""
_CHARACTER = re.compile(f"[{UNSPACED}]")


class Summary(BaseModel):
    """The statements that matter most, then the summary made of them; both empty where the text says nothing."""

    quotes: list[str] = Field(description="Three to eight key statements, each copied from the text character by character.")
    answer: str = Field(description="The summary, of the wished length.")


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage that is worth it, and one per section of several passages."""
    passages = per_chunk(view, settings, "summary", count=lambda chunk: int(worth([chunk])), dimensions=(), own=OWN)
    return chain(passages, _sections(view, settings) if not view.round else [])


def worth(chunks: list[Chunk]) -> bool:
    """Whether a text is long enough to be summed up."""
    said = sum(statements(c.text) for c in chunks)
    return said >= LEAST_STATEMENTS and sum(estimate_tokens(c.text) for c in chunks) >= LEAST_TOKENS


def _sections(view: View, settings: Settings) -> Iterator[Task]:
    for (_, split, _), group in groupby(view.chunks(), key=lambda c: (c.document_id, c.split, c.heading_path[:LEVELS])):
        chunks = list(group)
        short = SECTION_SHARE * sum(estimate_tokens(c.text) for c in chunks) <= settings.max_sample_tokens
        if len(chunks) > 1 and chunks[0].heading_path and short and worth(chunks):
            ids = [c.id for c in chunks]
            own = content_id("summary", *ids)
            asked = values(view, settings, "summary", chunks[0], slots(own, 1, OWN))
            yield Task(own, "summary", "summary", ids, values=asked, seed=settings.seed, split=split)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The summary that the model wrote, behind a request for one. ReplyError: it gave no usable reply."""
    text, language = joined(chunks), "zh" if chunks[0].language.startswith("zh") else "en"
    slot: Slot = task.values["slots"][0]
    length = wished(task.id, slot["length"], text)
    words = wish(language, length["unit"], length["count"])
    asked = {"title": chunks[0].title, "headings": chunks[0].heading_path[: LEVELS if len(chunks) > 1 else None], "text": text}
    written = await ask("summary", Summary, {**asked, **task.values, "wish": words, "length": length}, language=chunks[0].language or "en")
    if not written.answer.strip():
        return []
    number = int(content_id("request", task.id), 16)
    says = request(language, number, words)
    row = f"{says}\n\n{text}" if number // 97 % 3 else f"{text}\n\n{says}"
    meta = {
        "context": "passage",
        "language": chunks[0].language,
        "labels": {**labels(task, slot), "length": length["unit"], "scope": "section" if len(chunks) > 1 else "passage"},
        "length": length,
    }
    messages = [Message("user", row), Message("assistant", written.answer.strip())]
    evidence = [located(chunks, quote) for quote in written.quotes]
    return [sample("summary", task, messages, chunks=chunks, evidence=evidence, meta=meta)]


def joined(chunks: list[Chunk]) -> str:
    """The text of consecutive passages; what a passage repeats of the one before stands once."""
    first, *rest = chunks
    parts = [f"{first.context}\n{first.text}" if first.context else first.text]
    for before, chunk in zip(chunks, rest, strict=False):
        parts.append(chunk.text[max(before.end - chunk.start, 0) :].lstrip("\n"))
    return "\n\n".join(part for part in parts if part.strip())


def wished(key: str, unit: str, text: str) -> Json:
    """The length of a text's summary, as a unit and a count: one sentence, some bullet points, or about so many words.

    A text too short to be told in so many words is summed up in one sentence.
    """
    characters = len(_CHARACTER.findall(text))
    scale, size = (2, characters) if 3 * characters > len(text) else (1, len(text.split()))
    fitting = [scale * count for count in WORDS if scale * count <= SHARE * size]
    choice = int(content_id("length", key), 16)
    if unit == "bullets":
        return {"unit": unit, "count": 3 + choice % (3 if size > 250 * scale else 1)}
    if unit == "words" and fitting:
        return {"unit": unit, "count": fitting[choice % len(fitting)]}
    return {"unit": "sentence", "count": 1}
