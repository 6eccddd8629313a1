"""TRL's conversational types: `messages` for SFT, prompt/chosen/rejected for preference, prompt/completion/label for KTO, and `text`."""

from collections.abc import Collection
from typing import Any

from curate.formats._chat import objects, read
from curate.formats._text import PLAIN, dump, plain, wrapped
from curate.formats._turns import parted, prepared, purpose, trained_whole
from curate.records import Message, Sample
from curate.settings import Settings

VERSION = 2
LISTS = {"": ("messages",), "preference": ("prompt", "chosen", "rejected"), "kto": ("prompt", "completion")}


def columns(purpose: str, tools: bool) -> dict[str, Any]:
    """What a row holds. With tools, messages are of the type json: in structs each would gain the keys of all others as nulls."""
    if purpose == "pretrain":
        return PLAIN
    message: Any = "json" if tools else {"role": "string", "content": "string"}
    row = {"id": "string", **{name: [message] for name in LISTS[purpose]}}
    return {**row, **({"label": "bool"} if purpose == "kto" else {}), **({"tools": "string"} if tools else {})}


def record(sample: Sample, settings: Settings) -> dict[str, Any]:
    """One row; `tools` is a JSON list as text, which the trainer loads itself."""
    if purpose(sample) == "pretrain":
        return plain(sample)
    messages = prepared(sample, settings, "trl", ("", "preference", "kto"))
    trained_whole(messages, "trl")
    lists = parted(sample, messages) if purpose(sample) else (messages,)
    row = {name: objects(part) for name, part in zip(LISTS[purpose(sample)], lists, strict=False)}
    label = {} if sample.label is None else {"label": sample.label}
    return {"id": sample.id, **row, **label, "tools": dump(wrapped(sample.tools))}


def parse(row: dict[str, Any]) -> list[Message]:
    """The messages of a row; of a preference, the prompt with the chosen answer."""
    if "messages" in row:
        return read(row["messages"])
    answer = row.get("chosen") or row.get("completion") or []
    return read([*(row.get("prompt") or []), *answer])


def dataset_info(file_name: str, columns: Collection[str]) -> None:
    """None: LLaMA-Factory reads the style sharegpt."""
