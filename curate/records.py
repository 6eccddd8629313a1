"""The records that flow from document to dataset: frozen, slotted, one table each."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

Bbox = tuple[float, float, float, float]
Json = dict[str, Any]  # stored as canonical JSON text: a Parquet struct would invent null keys


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no escapes of non-ASCII text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def ordered(value: Any) -> str:
    """JSON text that keeps the order of keys, for readers who take it as a plan."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_id(*parts: Any) -> str:
    """24 hex digits that depend on the parts alone: the same content has the same id on every machine."""
    return hashlib.sha256(canonical(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document's text. Size in points (1/72 inch); quality 0-1, how much of the page became readable text."""

    start: int
    end: int
    width: float = 0.0
    height: float = 0.0
    quality: float = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list, table, code ... of `Document.text[start:end]`.

    page: 1-based, 0 where the format has no pages. bbox: (x0, y0, x1, y1) in points from the page's top left, or None.
    """

    kind: str
    start: int
    end: int
    page: int = 0
    bbox: Bbox | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed document as Markdown. `path` is relative to the source, with `/`; `id` hashes the file's bytes."""

    id: str
    path: str
    title: str
    text: str
    language: str = ""
    pages: list[Page] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    meta: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document: `document.text[start:end] == text`, always.

    context: header rows of the table it was cut from, shown in prompts, not part of the text. blocks: the document's blocks that
    overlap it, with the document's offsets. split: train, validation or test, settled before anything is generated.
    """

    id: str
    document_id: str
    index: int
    heading_path: list[str]
    text: str
    start: int
    end: int
    context: str = ""
    path: str = ""
    title: str = ""
    language: str = ""
    split: str = "train"
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """One unit of work, planned before anything is paid: what a generator is to make of which chunks or samples."""

    id: str
    generator: str
    kind: str
    chunk_ids: list[str] = field(default_factory=list)
    sample_ids: list[str] = field(default_factory=list)
    values: Json = field(default_factory=dict)
    seed: int = 0
    split: str = "train"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool; `arguments` is an object and becomes a string only where a format wants one."""

    id: str
    name: str
    arguments: Json


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. role: system, user, assistant or tool. weight: 0 keeps an assistant turn out of the loss."""

    role: str
    content: str
    reasoning: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list)
    tool_call_id: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of evidence: `document.text[start:end] == quote`; page 1-based or 0, bbox in points or None."""

    document_id: str
    start: int
    end: int
    quote: str
    page: int = 0
    bbox: Bbox | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One row to be: SFT reads messages, DPO also `rejected` (in place of the messages after the last user turn), KTO `label`."""

    id: str
    kind: str
    task_id: str
    messages: list[Message]
    chunk_ids: list[str] = field(default_factory=list)
    document_ids: list[str] = field(default_factory=list)
    tools: list[Json] = field(default_factory=list)
    rejected: list[Message] = field(default_factory=list)
    label: bool | None = None
    images: list[str] = field(default_factory=list)
    evidence: list[Span] = field(default_factory=list)
    generator: str = ""
    replies: list[str] = field(default_factory=list)
    split: str = "train"
    meta: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says of one sample: passed or not, a score (0-1, None where the check has none) and the reason in words."""

    sample_id: str
    check: str
    passed: bool
    score: float | None = None
    reason: str = ""
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """One decision of one person; `seen` hashes what the person saw, `undoes` names the review it takes back."""

    id: str
    sample_id: str
    seen: str
    decision: Literal["accept", "reject", "skip", "flag"]
    reviewer: str
    at: str
    edited: list[Message] = field(default_factory=list)
    score: float | None = None
    reason: str = ""
    note: str = ""
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A unit that gave nothing to the next stage, and why. outcome: failed or skipped."""

    stage: str
    row_id: str
    outcome: Literal["failed", "skipped"]
    error: str
    hint: str = ""
    attempts: int = 0


def sample(
    kind: str,
    task: Task,
    messages: list[Message],
    *,
    chunks: list[Chunk] | None = None,
    evidence: list[Span] | None = None,
    generator: str = "",
    rejected: list[Message] | None = None,
    tools: list[Json] | None = None,
    label: bool | None = None,
    images: list[str] | None = None,
    meta: Json | None = None,
) -> Sample:
    """A sample whose id hashes what a reader sees: kind, messages, rejected, tools, label, images."""
    rejected, tools, images, chunks = rejected or [], tools or [], images or [], chunks or []
    return Sample(
        id=content_id(kind, plain(messages), plain(rejected), tools, label, images),
        kind=kind,
        task_id=task.id,
        messages=messages,
        chunk_ids=[c.id for c in chunks],
        document_ids=list(dict.fromkeys(c.document_id for c in chunks)),
        tools=tools,
        rejected=rejected,
        label=label,
        images=images,
        evidence=evidence or [],
        generator=generator or task.generator,
        split=task.split,
        meta=meta or {},
    )


def span(chunk: Chunk, start: int, end: int) -> Span:
    """The evidence at `chunk.text[start:end]`, placed in its document, on its page and in its box where those are known."""
    begin, stop = chunk.start + start, chunk.start + end
    hit = [b for b in chunk.blocks if b.start < stop and b.end > begin]
    page = hit[0].page if hit else 0
    boxes = [b.bbox for b in hit if b.bbox and b.page == page]
    bbox = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)) if boxes else None
    return Span(chunk.document_id, begin, stop, chunk.text[start:end], page, bbox)


def plain(value: Any) -> Any:
    """A record as JSON values, defaults left out, so that adding a field changes no id."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        fields = value.__dataclass_fields__
        return {name: plain(v) for name in fields if (v := getattr(value, name)) not in (None, "", [], {}) or name in ("role", "content")}
    return value
