"""Long answers by decomposition: an outline over the passages of a document or topic, each section written from its own, then joined."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pydantic import BaseModel, Field

from curate.errors import ReplyError
from curate.generators._evidence import located
from curate.generators._passages import prompt, shown
from curate.generators._planned import labels, values
from curate.llm import Ask
from curate.planning import Slot, View, quotas, slots
from curate.records import Chunk, Json, Message, Sample, Span, Task, content_id, sample
from curate.settings import Settings
from curate.text import estimate_tokens, numbers, words

VERSION = 1
MODEL = True

DIMENSIONS = ("style", "think", "context")
FORMS = ("guide", "report", "handover", "overview", "training", "briefing")
OWN = {"form": dict.fromkeys(FORMS, 1 / len(FORMS))}
LEAST_PASSAGES, MOST_PASSAGES = 3, 20
"""Passages that one long answer is planned from."""
PER_SECTION = 4
"""Passages that one section is written from; one too many is left out."""
OPENINGS = (600, 250, 100)
"""Characters of each passage that the outline shows; fewer where they do not fit the model."""
LEAST_TOKENS = 500
"""A document with less has no matter for a long answer."""
SMALL = 20
"""Whole numbers up to this may count things, and need not stand in a passage."""
PLAN = {"en": "The text needs these parts, in this order:", "zh": "这份内容需要以下几部分，依次为："}


class Part(BaseModel):
    """One section of the outline."""

    heading: str = Field(description="A heading of two to eight words, without a number.", min_length=1)
    about: str = Field(description="What the section tells, in one sentence.")
    passages: list[int] = Field(description="Numbers of the one to four passages that it is written from.")


class Outline(BaseModel):
    """What someone asks for, and the sections of the answer; no sections where the passages do not bear a long answer."""

    request: str = Field(description="What the user writes to ask for this text; it stands alone.")
    title: str
    sections: list[Part]


class Section(BaseModel):
    """The evidence, then the text made of it; both empty where the passages do not bear the section."""

    quotes: list[str] = Field(description="The statements that the section rests on, each copied from a passage character by character.")
    answer: str = Field(description="The section's text, without its heading.")


@dataclass(frozen=True, slots=True)
class Written:
    """A section with the passages it was written from; `fault` says why it is left out."""

    heading: str
    about: str
    chunks: list[Chunk]
    evidence: list[Span]
    text: str
    fault: str = ""


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per document that has matter for it (a long one gives several), and per topic that several documents speak of."""
    return _tasks(view, settings) if not view.round else []


def _tasks(view: View, settings: Settings) -> Iterator[Task]:
    topics: dict[tuple[str, str, str], list[Chunk]] = defaultdict(list)
    for _, group in groupby(view.chunks(), key=lambda c: (c.document_id, c.split)):
        chunks = []
        for chunk in group:
            chunks.append(chunk)
            if topic := view.plan.topic(chunk):
                topics[topic, chunk.split, chunk.language].append(replace(chunk, text="", blocks=[]))  # the task reads them again
        if sum(estimate_tokens(c.text) for c in chunks) >= LEAST_TOKENS:
            yield from (_task(view, settings, part, {}) for part in parted(chunks))
    for (topic, _, _), bare in sorted(topics.items()):
        if len({c.document_id for c in bare}) > 1:
            yield from (_task(view, settings, part, {"topic": topic}) for part in parted(bare))


def parted(chunks: list[Chunk]) -> list[list[Chunk]]:
    """The passages in runs of about equal length, none longer than one long answer takes; none where they are too few."""
    runs = -(-len(chunks) // MOST_PASSAGES)
    return [chunks[len(chunks) * n // runs : len(chunks) * (n + 1) // runs] for n in range(runs)] if len(chunks) >= LEAST_PASSAGES else []


def _task(view: View, settings: Settings, chunks: list[Chunk], known: Json) -> Task:
    ids = [c.id for c in chunks]
    own = content_id("longform", *ids)
    wanted = slots(own, 1, {**quotas(settings, *DIMENSIONS), **OWN})
    asked = {**values(view, settings, "longform", chunks[0], wanted), **known}
    return Task(own, "longform", "longform", ids, values=asked, seed=settings.seed, split=chunks[0].split)


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:
    """One long answer. ReplyError: there was no usable outline, or none of its sections could be written from the passages."""
    outline = await _outline(task, chunks, ask)
    form = task.values["slots"][0]["form"]
    if not outline.sections:
        return []
    written = await asyncio.gather(*(_section(outline, part, form, fitting(part, chunks), ask) for part in outline.sections))
    if all(section.fault for section in written):
        faults = "; ".join(dict.fromkeys(section.fault for section in written))
        raise ReplyError(f"no section of the outline could be written: {faults}")
    return [_sample(task, outline, written, settings)]


async def _outline(task: Task, chunks: list[Chunk], ask: Ask) -> Outline:
    """The outline, made from shorter openings of the passages where longer ones do not fit the model."""
    slot: Slot = task.values["slots"][0]
    for size in OPENINGS:
        passages = [{**shown(c), "text": c.text if len(c.text) <= size else f"{c.text[:size]}…"} for c in chunks]
        asked = {**task.values, "slot": slot, "form": slot["form"], "passages": passages}
        try:
            return await ask("longform", Outline, asked, language=chunks[0].language or "en")
        except ReplyError as error:
            if not error.too_long or size == OPENINGS[-1]:
                raise
    raise AssertionError


def fitting(part: Part, chunks: list[Chunk]) -> list[Chunk]:
    """The passages that a section names; where it names none that there is, those that share most words with it."""
    named = [chunks[n - 1] for n in dict.fromkeys(part.passages) if 0 < n <= len(chunks)]
    wanted = set(words(f"{part.heading} {part.about}"))
    ranked = sorted(chunks, key=lambda c: -len(wanted & set(words(c.text))))
    return named[:PER_SECTION] or ranked[: PER_SECTION // 2]


async def _section(outline: Outline, part: Part, form: str, chunks: list[Chunk], ask: Ask) -> Written:
    """One section, written from as many of its passages as fit the model; its fault says why it is to be left out."""
    others = [p.heading for p in outline.sections if p is not part]
    said = {"form": form, "request": outline.request, "title": outline.title, "heading": part.heading, "about": part.about}
    heading, about = _line(part.heading), _line(part.about)
    while True:
        try:
            asked = {**said, "others": others, "passages": [shown(c) for c in chunks]}
            section = await ask("longform_section", Section, asked, language=chunks[0].language or "en")
            break
        except ReplyError as error:
            if not error.too_long or len(chunks) == 1:
                return Written(heading, about, chunks, [], "", error.message)
            chunks = chunks[:-1]
    evidence = [span for quote in section.quotes if (span := located(chunks, quote)).end > span.start]
    return Written(heading, about, chunks, evidence, section.answer.strip(), _fault(section, evidence, chunks))


def _fault(section: Section, evidence: list[Span], chunks: list[Chunk]) -> str:
    """Why a section is left out of the answer; that the whole holds together is for the checks to say."""
    if not section.answer.strip():
        return "the passages do not bear it"
    if not evidence:
        return "none of its quotes stands in its passages"
    held = {n for c in chunks for n in numbers("\n".join((c.title, *c.heading_path, c.context, c.text)))}
    lost = [n for n in numbers(section.answer) if n not in held and not (n.isdecimal() and int(n) <= SMALL)]
    return f"its passages do not hold {', '.join(lost[:3])}" if lost else ""


def _sample(task: Task, outline: Outline, written: list[Written], settings: Settings) -> Sample:
    slot: Slot = task.values["slots"][0]
    kept = [section for section in written if not section.fault]
    chunks = list({c.id: c for section in kept for c in section.chunks}.values())
    if 2 * sum(estimate_tokens(c.text) for c in chunks) > settings.max_sample_tokens:
        slot = {**slot, "context": "none"}  # the passages would leave no room for the answer
    language = "zh" if chunks[0].language.startswith("zh") else "en"
    answer = "\n\n".join([f"# {_line(outline.title)}", *(f"## {s.heading}\n\n{s.text}" for s in kept)])
    plan = "\n".join([PLAN[language], *(f"{n}. {s.heading}: {s.about}" for n, s in enumerate(kept, 1))])
    messages = [
        Message("user", prompt(outline.request.strip(), slot, chunks, [], [])),
        Message("assistant", answer, reasoning=plan if slot.get("think") == "yes" else ""),
    ]
    meta = {
        "context": slot.get("context", "none"),
        "language": chunks[0].language,
        "labels": labels(task, slot),
        "sections": [{"heading": s.heading, "chunks": [c.id for c in s.chunks]} for s in kept],
        "left_out": [{"heading": s.heading, "why": s.fault} for s in written if s.fault],
    }
    evidence = list(dict.fromkeys(span for section in kept for span in section.evidence))
    return sample("longform", task, messages, chunks=chunks, evidence=evidence, meta=meta)


def _line(text: str) -> str:
    """A heading or sentence as one line, without the marks of a heading."""
    return " ".join(text.split()).lstrip("# ")
