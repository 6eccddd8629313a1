"""Questions about page images, and about the figures on them, through a model that sees; the images go with the rows, by path."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, Field

from curate.generators._evidence import located
from curate.generators._passages import shown
from curate.generators._planned import labels, values
from curate.llm import Ask
from curate.planning import Quotas, Slot, View, quotas, slots
from curate.records import Bbox, Chunk, Json, Message, Sample, Span, Task, content_id, sample
from curate.settings import Settings

VERSION = 2
MODEL = True

PAIRS = {"page": 3, "figure": 2}
"""Questions about one image."""
MOST_CHUNKS = 4
"""Passages of a page that go with its image."""
MARK = "<image>\n"
"""Where the image stands in a row's prompt, as readers of such rows want it."""


class Pair(BaseModel):
    """One question about what the image shows."""

    number: int = Field(description="Which of the wanted pairs this is.", ge=1)
    seen: str = Field(description="What on the image answers it: the words that stand there, or where and what to see.")
    question: str = Field(description="A question to someone who sees the image.", min_length=4)
    answer: str = Field(description="The complete answer.", min_length=1)


class Pairs(BaseModel):
    """What an image is good for; empty where it shows nothing worth asking."""

    pairs: list[Pair]


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """A task for every rendered page and figure that a passage stands on; none where the passages of a page are of several splits.

    Such an image would show a model in training what it is tested on.
    """
    return [] if view.round else _tasks(view, settings)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The pairs that the model wrote about one image. ReplyError: no usable reply, or a model that does not see."""
    image = task.values["image"]
    text = "\n\n".join(on_page(c, image["page"]) for c in chunks)
    path = f"images/{image['file']}"
    asked = {**shown(chunks[0]), **task.values, "text": text, "kind": image["kind"]}
    written = await ask("vision", Pairs, asked, images=[Path(path)], language=chunks[0].language or "en")
    return [_sample(task, chunks, pair, path, image) for pair in written.pairs]


def _tasks(view: View, settings: Settings) -> Iterator[Task]:
    wanted = quotas(settings, "difficulty", "style")
    pictures = view.images()
    document, pages = "", dict[int, list[Chunk]]()
    for chunk in view.chunks():
        if chunk.document_id != document:
            yield from _of_document(view, settings, pictures.get(document, []), pages, wanted)
            document, pages = chunk.document_id, {}
        for page in {b.page for b in chunk.blocks}:
            pages.setdefault(page, []).append(chunk)
    yield from _of_document(view, settings, pictures.get(document, []), pages, wanted)


def _of_document(view: View, settings: Settings, pictures: list[Json], pages: dict[int, list[Chunk]], wanted: Quotas) -> Iterator[Task]:
    for picture in pictures:
        found = pages.get(picture["page"], [])
        if len({c.split for c in found}) != 1:
            continue
        chunks = found[:MOST_CHUNKS]
        kind = picture["kind"]
        key = content_id("vision", picture["file"], [c.id for c in chunks])
        carried = values(view, settings, "vision", chunks[0], slots(key, PAIRS[kind], wanted))
        yield Task(
            key, "vision", kind, [c.id for c in chunks], values={**carried, "image": picture}, seed=settings.seed, split=chunks[0].split
        )


def on_page(chunk: Chunk, page: int) -> str:
    """What of a passage stands on the page: asked about the rest, nobody would see the answer."""
    own = [b for b in chunk.blocks if b.page == page]
    start, end = min(b.start for b in own), max(b.end for b in own)
    return chunk.text[max(start - chunk.start, 0) : end - chunk.start]


def _sample(task: Task, chunks: list[Chunk], pair: Pair, path: str, image: Json) -> Sample:
    slot: Slot = task.values["slots"][(pair.number - 1) % len(task.values["slots"])]
    question, answer = pair.question.strip().replace(MARK.strip(), ""), pair.answer.strip().replace(MARK.strip(), "")
    meta = {
        "context": "image",
        "question": question,
        "language": chunks[0].language,
        "labels": labels(task, slot),
        "seen": pair.seen,
        "page": image["page"],
    }
    messages = [Message("user", MARK + question), Message("assistant", answer)]
    evidence = [_evidence(chunks, pair.seen, image)]
    return sample("vision", task, messages, chunks=chunks, evidence=evidence, images=[path], meta=meta)


def _evidence(chunks: list[Chunk], seen: str, image: Json) -> Span:
    """The words on the page where the text holds them, else the page or the figure itself."""
    found = located(chunks, seen)
    if found.end > found.start:
        return found
    bbox: Bbox | None = tuple(image["bbox"]) if image["bbox"] else None
    return Span(chunks[0].document_id, chunks[0].start, chunks[0].start, "", image["page"], bbox)
