"""What runs in worker processes: parsing one file, cutting one part into chunks, making and checking the samples of one part."""

import asyncio
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from curate import chunking, plugins, splits, text
from curate.errors import DocumentError, NothingToMake
from curate.records import Chunk, Document, Failure, Message, Sample, Task, Verdict, content_id
from curate.settings import Settings
from curate.store import PART_ROWS, pack, unpack
from curate.workspace import Workspace

NOTHING = "nothing to ask"
CHUNKING = chunking.VERSION
SplitOf = str | Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of one file: its documents, or why there are none."""

    documents: list[Document] = field(default_factory=list)
    error: str = ""
    hint: str = ""

    def to_bytes(self) -> bytes:
        """The form the ledger keeps."""
        value = [[pack(d) for d in self.documents], self.error, self.hint]
        return zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)

    @classmethod
    def from_bytes(cls, blob: bytes) -> "Parsed":
        """The way back of `to_bytes`."""
        documents, error, hint = json.loads(zlib.decompress(blob))
        return cls([unpack(Document, d) for d in documents], error, hint)


def parse_file(kind: str, name: str, data: bytes, settings: Settings) -> tuple[bytes, dict[str, bytes]]:
    """Parses one file and adds what later stages need of each document: language and sketch, and its pictures where they are wanted.

    Returns `Parsed.to_bytes()` and the pictures by file name; `meta["images"]` of the first document says which is what.
    """
    parser = plugins.load("parsers", kind)
    pictures: dict[str, bytes] = {}
    try:
        found = parser.parse(name, data, settings)
        if settings.page_images and found and hasattr(parser, "rendered"):
            rendered = [(f"{hashlib.sha256(p.data).hexdigest()[:24]}.jpg", p) for p in parser.rendered(data, settings)]
            pictures = {file: p.data for file, p in rendered}
            listed = [
                {"file": file, "kind": p.kind, "page": p.page, "bbox": p.bbox, "width": p.width, "height": p.height} for file, p in rendered
            ]
            found = [replace(found[0], meta={**found[0].meta, "images": listed}), *found[1:]]
    except DocumentError as error:
        return Parsed(error=error.message, hint=error.hint).to_bytes(), {}
    return Parsed([_completed(d, i) for i, d in enumerate(found) if d.text.strip()]).to_bytes(), pictures


def _completed(document: Document, number: int) -> Document:
    """Fills language and sketch; a file's second and later documents get ids of their own and their number in `meta.part`."""
    clean = document.text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate fits no table; `?` keeps every offset
    meta = {**document.meta, "sketch": " ".join(f"{band:x}" for band in splits.sketch(clean))}
    if number:
        meta["part"] = number
    own = content_id(document.id, number) if number else document.id
    language = document.language or text.language(clean)
    return replace(document, id=own, text=clean, language=language, meta=meta)


def chunk_part(path: Path, part: str, split_of: dict[str, SplitOf], settings: Settings) -> tuple[list[str], list[Failure], int]:
    """Cuts the documents of one part. Returns the names of the chunk parts written, the documents that gave none, and the number."""
    workspace = Workspace(path)
    chunks: list[Chunk] = []
    empty: list[Failure] = []
    for document in workspace.documents.read(part):
        found = chunking.chunk(document, settings, split_of[document.id])
        chunks += found
        if not found:
            empty.append(Failure("documents", document.id, "skipped", "no text in it"))
    names = []
    for start in range(0, len(chunks), PART_ROWS):
        names.append(f"{part}.{start // PART_ROWS:03d}")
        workspace.chunks.write(names[-1], chunks[start : start + PART_ROWS])
    return names, empty, len(chunks)


def make_part(path: Path, part: str, chunk_parts: Sequence[str], settings: Settings) -> tuple[int, int]:
    """Runs the tasks of one part with generators that need no model, checks what they made, writes both. Returns tasks, samples."""
    workspace = Workspace(path)
    tasks = workspace.tasks.read(part)
    wanted = {i for t in tasks for i in t.chunk_ids}
    chunks = workspace.chunks.pick(wanted, chunk_parts)
    made = asyncio.run(_generate(tasks, chunks, settings))
    samples = [s for found in made if isinstance(found, list) for s in found]
    verdicts = check([(s, [chunks[i] for i in s.chunk_ids]) for s in samples], settings)
    workspace.verdicts.write(part, [v for found in verdicts for v in found])
    workspace.failures.write(f"tasks-{part}", [found for found in made if isinstance(found, Failure)])
    workspace.samples.write(part, samples)
    return len(tasks), len(samples)


async def _generate(tasks: list[Task], chunks: dict[str, Chunk], settings: Settings) -> list[list[Sample] | Failure]:
    found: list[list[Sample] | Failure] = []
    for task in tasks:
        generator = plugins.load("generators", task.generator)
        try:
            made = distinct(await generator.generate(task, [chunks[i] for i in task.chunk_ids], None, settings))
            found.append(made or Failure("tasks", task.id, "skipped", NOTHING))
        except NothingToMake as error:
            found.append(Failure("tasks", task.id, "skipped", error.message, error.hint))
        except DocumentError as error:
            found.append(Failure("tasks", task.id, "failed", error.message, error.hint))
    return found


def distinct(samples: list[Sample]) -> list[Sample]:
    """Samples of one task, each id once."""
    return list({s.id: s for s in samples}.values())


def check(rows: list[tuple[Sample, list[Chunk]]], settings: Settings) -> list[list[Verdict]]:
    """The verdicts of every rule on each sample, in the order of the settings."""
    rules = [module.check for module in filters(settings) if hasattr(module, "check")]
    return [[rule(sample, chunks, settings) for rule in rules] for sample, chunks in rows]


def check_packed(samples: list[list[Any]], tasks: dict[str, list[list[Any]]], settings: Settings) -> list[list[list[Any]]]:
    """`check` for another process: records cross packed, which is faster than pickled, and the chunks of each task once."""
    chunks = {task: {c.id: c for c in (unpack(Chunk, packed) for packed in own)} for task, own in tasks.items()}
    rows = [(s, [chunks[s.task_id][i] for i in s.chunk_ids if i in chunks[s.task_id]]) for s in (unpack(Sample, p) for p in samples)]
    return [[pack(v) for v in verdicts] for verdicts in check(rows, settings)]


def make_packed(task: list[Any], chunks: list[list[Any]], settings: Settings) -> list[list[Any]]:
    """The samples of one task of a generator that needs no model; records cross packed."""
    own = unpack(Task, task)
    generator = plugins.load("generators", own.generator)
    made = asyncio.run(generator.generate(own, [unpack(Chunk, c) for c in chunks], None, settings))
    return [pack(s) for s in distinct(made)]


def warm(settings: Settings) -> None:
    """Loads what the checks need, so that a worker process is ready before the first samples come."""
    check([(Sample("", "qa", "", [Message("user", "?"), Message("assistant", "a@example.com")]), [])], settings)


def filters(settings: Settings) -> list[ModuleType]:
    """The modules of the filters to run, in order: the judges last."""
    return [plugins.load("filters", name) for name in (*settings.filters, *settings.judges)]


def versions(kind: Any, names: Sequence[str]) -> dict[str, int]:
    """The versions of plugins: part of what a stage's result depends on."""
    return {name: plugins.load(kind, name).VERSION for name in names}
