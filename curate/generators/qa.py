"""Question-answer pairs through a model: each with a quote of the passage as its evidence, each meant to stand without it."""

import hashlib
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, Field

from curate.llm import Ask
from curate.planning import View
from curate.records import Chunk, Message, Sample, Span, Task, content_id, sample, span
from curate.settings import Settings
from curate.text import find_folded, sentences, strip_markdown

VERSION = 1
MODEL = True

MOST_PAIRS = 8
FEWEST_CHARACTERS = 40
"""A shorter passage holds no question that stands alone."""

ROW = {
    "en": (
        "Answer the question from the passage.",
        "Answer the question from these passages; only some of them are about it.",
        "Question: ",
    ),
    "zh": ("请根据下面的资料回答问题。", "请根据下面的资料回答问题，其中可能有与问题无关的内容。", "问题："),
}
"""How a row introduces its passage, its passages, and its question."""


class Pair(BaseModel):
    """One question with its answer and the words of the passage that prove it."""

    quote: str = Field(description="The evidence, copied from the passage character by character.")
    question: str = Field(description="A question that stands alone.", min_length=4)
    answer: str = Field(description="The complete answer.", min_length=1)


class Pairs(BaseModel):
    """What a passage is good for; empty where it holds nothing worth asking."""

    pairs: list[Pair]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per chunk that holds something to ask."""
    return [] if view.round else _tasks(view, settings)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:
    """The pairs that the model wrote for one chunk. ReplyError: it gave no usable reply."""
    chunk, distractors = chunks[0], chunks[1:]
    values = {
        "path": chunk.path,
        "title": chunk.title,
        "headings": chunk.heading_path,
        "context": chunk.context,
        "text": chunk.text,
        "count": task.values["count"],
    }
    written = await ask("qa", Pairs, values, language=chunk.language or "en")
    return [_sample(task, chunk, distractors, pair, settings) for pair in written.pairs]


def _tasks(view: View, settings: Settings) -> Iterator[Task]:
    others = _Ring(view) if settings.distractors and settings.context != "none" else None
    for chunk in view.chunks():
        count = pairs_for(chunk.text, settings.pairs_per_chunk)
        if count:
            ids = [chunk.id, *(others.after(chunk, settings.distractors) if others else [])]
            yield Task(content_id("qa", chunk.id), "qa", "qa", ids, values={"count": count}, seed=settings.seed, split=chunk.split)


def pairs_for(text: str, scale: float = 1.0) -> int:
    """How many pairs a passage is good for: it grows with its statements (sentences, list items, table rows), ever more slowly."""
    if len(text) < 10 * FEWEST_CHARACTERS and len(strip_markdown(text)) < FEWEST_CHARACTERS:
        return 0
    statements: int = sum(any(c.isalnum() for c in text[start:end]) and end - start > 12 for start, end in sentences(text))
    wanted: int = round(scale * statements**0.6)
    return min(max(wanted, 1), MOST_PAIRS)


def _sample(task: Task, chunk: Chunk, distractors: list[Chunk], pair: Pair, settings: Settings) -> Sample:
    question, answer = pair.question.strip(), pair.answer.strip()
    shown = settings.context == "passage" or (settings.context == "mixed" and _even(question))
    prompt = _with_passages(question, chunk, distractors) if shown else question
    meta = {"context": "passage" if shown else "none", "language": chunk.language}
    return sample(
        "qa", task, [Message("user", prompt), Message("assistant", answer)], chunks=[chunk], evidence=[_evidence(chunk, pair)], meta=meta
    )


def _evidence(chunk: Chunk, pair: Pair) -> Span:
    """The quote where it stands in the passage; one that does not stand there is kept as it came, for the check to say so."""
    at = chunk.text.find(pair.quote) if pair.quote.strip() else -1
    found = (at, at + len(pair.quote)) if at >= 0 else find_folded(pair.quote, chunk.text)
    return span(chunk, *found) if found else Span(chunk.document_id, chunk.start, chunk.start, pair.quote)


def _with_passages(question: str, chunk: Chunk, distractors: list[Chunk]) -> str:
    """The row's prompt with its passage, among others in an order that only content settles."""
    one, several, ask = ROW["zh" if chunk.language.startswith("zh") else "en"]
    passages = sorted([chunk, *distractors], key=lambda c: content_id(question, c.id))
    texts = [f"{c.context}\n{c.text}" if c.context else c.text for c in passages]
    return "\n\n".join([several if distractors else one, *texts, ask + question])


def _even(text: str) -> bool:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0


class _Ring:
    """All chunks of a split in the order of their hashes: who stands next to whom is settled by content, and far apart in the text."""

    def __init__(self, view: View) -> None:
        self.splits: dict[str, list[tuple[str, str]]] = {}
        for chunk in view.chunks():
            self.splits.setdefault(chunk.split, []).append((chunk.id, chunk.document_id))
        for ring in self.splits.values():
            ring.sort()

    def after(self, chunk: Chunk, count: int) -> list[str]:
        """Ids of up to `count` chunks of the same split, of other documents where there are any."""
        from bisect import bisect_right

        ring = self.splits[chunk.split]
        at = bisect_right(ring, (chunk.id, chunk.document_id))
        near = [ring[(at + i) % len(ring)] for i in range(min(len(ring) - 1, 8 * count))]
        near.sort(key=lambda other: other[1] == chunk.document_id)
        return [i for i, _ in near[:count]]
