"""Clean text of the documents for continued pretraining, without a model: passages of a section merged, under their headings."""

import re
from collections.abc import Iterable, Iterator

from curate.errors import NothingToMake
from curate.generators._planned import pairs_for
from curate.llm import Ask
from curate.planning import View
from curate.records import Chunk, Message, Sample, Task, content_id, sample, span
from curate.settings import Settings
from curate.text import token_counter

VERSION = 1
MODEL = False

TOKENS = 2000
"""Tokens of a text at most: what trainers pack into one window unless they are told otherwise. A longer passage stands alone."""
_LINK = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+")
_LEADER = re.compile(r"(?:\.{4,}|(?:\. ){4,}|…{2,}|·{4,})\s*\d{1,4}\s*$")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s")


async def plan(view: View, ask: Ask | None, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """A task for each run of passages that become one text; a passage that is none gets its own, so that its loss is told."""
    if view.round:
        return []
    return (_task([c.id for c in group], group[0].split, settings) for group in _groups(view, settings))


def _task(chunk_ids: list[str], split: str, settings: Settings) -> Task:
    return Task(content_id("pretrain", *chunk_ids), "pretrain", "pretrain", chunk_ids, seed=settings.seed, split=split)


def _groups(view: View, settings: Settings) -> Iterator[list[Chunk]]:
    """Neighbours of one document and split, up to the size; a new top-level section begins anew once half of it is full."""
    count = token_counter(settings.tokenizer)
    most = min(TOKENS, settings.max_sample_tokens)
    group: list[Chunk] = []
    size = 0
    for chunk in view.chunks():
        tokens, fault = count(chunk.text), unusable(chunk.text)
        if group and (fault or _parted(group[-1], chunk) or size + tokens > most or (2 * size > most and _section(group[-1], chunk))):
            yield group
            group, size = [], 0
        if fault:
            yield [chunk]
        else:
            group.append(chunk)
            size += tokens
    if group:
        yield group


def _parted(one: Chunk, other: Chunk) -> bool:
    return (one.document_id, one.split, one.index + 1) != (other.document_id, other.split, other.index)


def _section(one: Chunk, other: Chunk) -> bool:
    return one.heading_path[:2] != other.heading_path[:2]


def unusable(text: str) -> str:
    """Why a passage is no text to learn from, "" where it is: a list of links, a table of contents, hardly a word."""
    lines = [line for line in text.splitlines() if line.strip() and not _HEADING.match(line)]
    linked = sum(len(m[0]) for line in lines for m in _LINK.finditer(line))
    whole = sum(len(line.strip()) for line in lines)
    if whole and linked > 0.6 * whole:
        return "mostly links: navigation, not text"
    if len(lines) > 2 and 2 * sum(bool(_LEADER.search(line)) for line in lines) > len(lines):
        return "a table of contents"
    return "" if pairs_for(text) else "hardly any text"


async def generate(task: Task, chunks: list[Chunk], ask: Ask | None, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """One text. NothingToMake: the passage is none."""
    if fault := unusable(chunks[0].text):
        raise NothingToMake(fault)
    language = chunks[0].language
    meta = {"purpose": "pretrain", "language": language, "labels": {"topic": " > ".join(chunks[0].heading_path[:2])}}
    evidence = [span(c, 0, len(c.text)) for c in chunks]
    return [sample("pretrain", task, [Message("assistant", text_of(chunks))], chunks=chunks, evidence=evidence, meta=meta)]


def text_of(chunks: list[Chunk]) -> str:
    """Neighbouring passages as one text: what overlaps once, tables whole, each heading that no passage holds itself restored."""
    text, above, end = "", list[str](), chunks[0].start
    for chunk in chunks:
        own = chunk.text[max(end - chunk.start, 0) :].strip()
        same = next((i for i, (a, b) in enumerate(zip(above, chunk.heading_path, strict=False)) if a != b), len(above))
        new = [f"{'#' * (n + 1)} {title}" for n, title in enumerate(chunk.heading_path) if n >= same and not _held(title, own)]
        if chunk.context and text and not new:
            text += "\n" + own  # the table that the passage before began goes on
        else:
            table = f"{chunk.context}\n{own}" if chunk.context else own
            text = "\n\n".join(part for part in (text, *new, table) if part)
        above, end = chunk.heading_path, max(end, chunk.end)
    return text.strip()


def _held(title: str, text: str) -> bool:
    """Whether a passage opens with this heading itself, among the headings at its top."""
    top = []
    for line in text.splitlines():
        if line.strip() and not _HEADING.match(line):
            break
        top.append(line.strip(" #"))
    return title in top
