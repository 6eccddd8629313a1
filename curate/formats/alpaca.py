"""Alpaca: instruction, input, output with the turns before in `history`; SFT without tools, and pretraining text."""

from collections.abc import Collection
from typing import Any

from curate.errors import CarryError
from curate.formats._text import PLAIN, answer, parted, plain
from curate.formats._turns import prepared, purpose, trained_whole
from curate.records import Message, Sample
from curate.settings import Settings

VERSION = 2
NAMES = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}


def columns(purpose: str, tools: bool) -> dict[str, Any]:  # noqa: ARG001 - no tools
    """What a row holds. Every column in every row: a row that lacks a mapped one stops LLaMA-Factory."""
    if purpose == "pretrain":
        return PLAIN
    return {"id": "string", "instruction": "string", "input": "string", "output": "string", "system": "string", "history": [["string"]]}


def record(sample: Sample, settings: Settings) -> dict[str, Any]:
    """One row: the last question and answer, with the pairs before it as history."""
    if purpose(sample) == "pretrain":
        return plain(sample)
    messages = prepared(sample, settings, "alpaca")
    trained_whole(messages, "alpaca")
    if sample.tools or any(m.tool_calls for m in messages):
        raise CarryError("the style alpaca carries no tools", "export it as sharegpt, openai or trl")
    system = messages[0].content if messages[0].role == "system" else ""
    turns = [answer(m) if m.role == "assistant" else m.content for m in messages if m.role != "system"]
    pairs = [list(pair) for pair in zip(turns[::2], turns[1::2], strict=True)]
    question, reply = pairs[-1]
    return {"id": sample.id, "instruction": question, "input": "", "output": reply, "system": system, "history": pairs[:-1]}


def parse(row: dict[str, Any]) -> list[Message]:
    """The messages of a row: instruction and input become one question, a newline between them."""
    if "text" in row and "instruction" not in row:
        return [Message("assistant", str(row["text"]))]
    messages = [Message("system", row["system"])] if row.get("system") else []
    for pair in row.get("history") or []:
        if len(pair) != 2:
            raise CarryError("an entry of history is not a pair of question and answer")
        messages += _pair(*pair)
    question = "\n".join(str(row[k]) for k in ("instruction", "input") if row.get(k))
    return [*messages, *_pair(question, row.get("output") or row.get("chosen") or "")]


def dataset_info(file_name: str, columns: Collection[str]) -> dict[str, Any]:
    """LLaMA-Factory's entry for a file."""
    names = {"prompt": "text"} if "text" in columns else NAMES
    return {"file_name": file_name, "formatting": "alpaca", "columns": names}


def _pair(question: Any, reply: Any) -> list[Message]:
    reasoning, content = parted(str(reply))
    return [Message("user", str(question)), Message("assistant", content, reasoning)]
