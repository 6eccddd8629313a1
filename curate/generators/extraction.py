"""Structured data taken out of a passage against the user's JSON schema, each value as the passage has it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import nsmallest
from itertools import chain
from pathlib import Path
from typing import Any

from curate.errors import NothingToMake, UsageError
from curate.generators import _schemas
from curate.generators._evidence import located
from curate.generators._passages import shown
from curate.generators._planned import labels, pairs_for, per_chunk
from curate.llm import Ask, reply_of
from curate.planning import View
from curate.records import Chunk, Json, Message, Sample, Task, content_id, ordered, sample
from curate.settings import Settings

VERSION = 2
MODEL = True

EMPTY_SHARE = 0.1
"""Rows that teach the empty result, for each row that takes something out, at most."""
AROUND: Json = {
    "type": "object",
    "properties": {
        "evidence": {
            "type": "array",
            "items": {"type": "string"},
            "description": "For each record or value a quote that proves it, copied from the passage character by character.",
        },
        "value": None,
    },
    "required": ["evidence", "value"],
    "additionalProperties": False,
}
INSTRUCTIONS = {
    "en": (
        "Extract the data that this JSON schema describes from the text. Answer with the JSON alone.",
        "Read the text and fill in this JSON schema from it alone; what it does not state is null or empty. Reply with JSON only.",
        "Turn the text into JSON that is valid against the schema below. No comments, no code fence.",
        "You take structured data out of documents. Return one JSON value of this schema and nothing else.",
        "From the text, collect what the schema asks for. Copy values as they stand. Output: JSON.",
        "Parse the text into the structure given by this JSON schema; leave out nothing that fits and add nothing that is not there.",
    ),
    "zh": (
        "请按照下面的 JSON Schema 从文字中提取数据，只回复 JSON。",
        "阅读文字并填写以下 JSON Schema。取值只能来自文字，文字没有写明的填 null 或留空。只输出 JSON。",
        "把文字转换成符合以下 Schema 的 JSON，不加说明，不用代码块。",
        "你负责从文档中提取结构化数据。请只返回一个符合此 Schema 的 JSON 值。",
        "从文字中收集 Schema 要求的内容，取值照抄原文。输出格式：JSON。",
        "将文字解析为此 JSON Schema 规定的结构，符合的内容不遗漏，没有的内容不添加。",
    ),
}


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage; then, for a share of those that held nothing, one more that keeps the empty result."""
    if not settings.extraction_schema:
        raise UsageError("extraction needs a JSON schema of what to take out", "give --set extraction_schema=FILE.json")
    given = _schemas.read(Path(settings.extraction_schema), "extraction_schema")
    tasks = per_chunk(view, settings, "extraction", count=lambda chunk: min(pairs_for(chunk.text), 1), dimensions=())
    made = (replace(task, values={**task.values, "schema": ordered(given.schema), "free": given.free, "empty": False}) for task in tasks)
    return chain(made, _empty_ones(view) if view.round == 1 else ())


def _empty_ones(view: View) -> Iterator[Task]:
    """Tasks that ask again, from memory, about passages that held nothing: a few of them teach to say so."""
    full = {s.task_id for s, _ in view.samples() if s.kind == "extraction"}
    nothing = (t for t in view.tasks() if t.generator == "extraction" and t.id not in full)
    for task in nsmallest(round(EMPTY_SHARE * len(full)), nothing, key=lambda t: t.id):
        yield replace(task, id=content_id(task.id, "empty"), values={**task.values, "empty": True})


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The data of one passage. NothingToMake: it holds none, and this is not one of the rows that teach that."""
    chunk, schema, free = chunks[0], json.loads(task.values["schema"]), task.values["free"]
    reply = reply_of("Extraction", _schemas.inside(schema, AROUND, "#/properties/value"))
    values = {**shown(chunk), "schema": ordered(schema)}
    said = (await ask("extraction", reply, values, language=chunk.language or "en")).value
    nothing = _holds_nothing(said["value"], free)
    if nothing != task.values["empty"]:
        raise NothingToMake("nothing to extract from it")
    meta: Json = {
        "context": "passage",
        "language": chunk.language,
        "labels": {**labels(task, {}), "result": "empty" if nothing else "found"},
        "schema": schema,
        "free": free,
        **({"unanswerable": True} if nothing else {}),
    }
    evidence = [located([chunk], quote) for quote in dict.fromkeys(said["evidence"]) if quote.strip()]
    messages = [*prompt(chunk, schema), Message("assistant", ordered(said["value"]))]
    return [sample("extraction", task, messages, chunks=[chunk], evidence=[] if nothing else evidence, meta=meta)]


def prompt(chunk: Chunk, schema: Json) -> list[Message]:
    """The row's turns before the answer: the schema in the system's or the user's, worded in one of several ways, as content settles."""
    choices = INSTRUCTIONS["zh" if chunk.language.startswith("zh") else "en"]
    head = f"{choices[int(content_id('instruction', chunk.id), 16) % len(choices)]}\n\n{ordered(schema)}"
    text = f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text
    if int(content_id("place", chunk.id), 16) % 2:
        return [Message("system", head), Message("user", text)]
    return [Message("user", f"{head}\n\n{text}")]


def _holds_nothing(value: Any, free: list[str]) -> bool:
    """Whether no key has a value, those aside that always have one."""
    if isinstance(value, dict):
        return all(key in free or _holds_nothing(part, free) for key, part in value.items())
    if isinstance(value, list):
        return all(_holds_nothing(part, free) for part in value)
    return value is None or (isinstance(value, str) and not value.strip())
