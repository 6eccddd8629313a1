"""OpenAI chat fine-tuning: `messages` with arguments as JSON strings, weights, and no key its service would refuse; SFT and preference."""

from collections.abc import Collection
from typing import Any

from curate.errors import CarryError
from curate.formats._chat import chat, read
from curate.formats._text import dump, wrapped
from curate.formats._turns import parted, prepared, purpose
from curate.records import Message, Sample, ToolCall
from curate.settings import Settings

VERSION = 1


def columns(purpose: str, tools: bool) -> dict[str, Any]:
    """What a row may hold. Messages differ in their keys, so they are of the type json; an empty list of tools would be refused."""
    inputs: dict[str, Any] = {"messages": ["json"], **({"tools": "json"} if tools else {})}
    return {"input": inputs, "preferred_output": ["json"], "non_preferred_output": ["json"]} if purpose == "preference" else inputs


def record(sample: Sample, settings: Settings) -> dict[str, Any]:
    """One line, without the sample's id: sources.parquet tells which line is which sample."""
    messages = prepared(sample, settings, "openai", ("", "preference"))
    tools = {"tools": wrapped(sample.tools)} if sample.tools else {}
    if purpose(sample) == "preference":
        prompt, chosen, rejected = ([_message(m) for m in part] for part in parted(sample, messages))
        return {"input": {"messages": prompt, **tools}, "preferred_output": chosen, "non_preferred_output": rejected}
    return {"messages": [_message(m) for m in messages], **tools}


def parse(row: dict[str, Any]) -> list[Message]:
    """The messages of a line."""
    if isinstance(row.get("input"), dict):
        return read([*row["input"].get("messages", []), *row.get("preferred_output", [])])
    return read(row.get("messages"))


def dataset_info(file_name: str, columns: Collection[str]) -> None:
    """None: LLaMA-Factory's reader of this shape drops the text beside tool calls and encodes their arguments twice."""


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    if message.weight not in (0, 1):
        raise CarryError(f"an answer has the weight {message.weight}; the style openai knows 0 and 1")
    row = chat(message, _call)
    return {**row, "weight": 0} if message.role == "assistant" and message.weight == 0 else row


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": dump(call.arguments)}}
