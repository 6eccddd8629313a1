"""How reasoning, tool calls and tool schemas are written into text and read back from it."""

import json
import re
from typing import Any

from curate.errors import CarryError
from curate.records import Json, Message, Sample, ToolCall

PLAIN = {"id": "string", "text": "string"}
"""What a row of pretraining text holds, in every style that has such rows."""
_THINK = re.compile(r"\A\s*<think>\n?(.*?)\n?</think>\n{0,2}(.*)\Z", re.DOTALL)


def answer(message: Message) -> str:
    """An assistant turn's text, its reasoning before it between think tags, with exactly the newlines that readers look for."""
    return f"<think>\n{message.reasoning}\n</think>\n\n{message.content}" if message.reasoning else message.content


def plain(sample: Sample) -> dict[str, Any]:
    """A row of pretraining text: the text as it is, without a template around it."""
    if not sample.messages[0].content.strip():
        raise CarryError("the text is empty")
    return {"id": sample.id, "text": sample.messages[0].content}


def parted(text: str) -> tuple[str, str]:
    """(reasoning, content) of an assistant turn's text."""
    found = _THINK.match(text)
    return (found[1], found[2]) if found else ("", text)


def dump(value: Any) -> str:
    """JSON as model families write it: spaces after separators, no escapes of non-ASCII text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def load(text: str, what: str) -> Any:
    """The value of a JSON text found in a row."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise CarryError(f"{what} is not JSON: {error}") from None


def bare(tools: list[Json]) -> list[Json]:
    """Tool schemas as {name, description, parameters}, in this order, in which models have met them."""
    found = [t.get("function", t) for t in tools]
    return [{k: t[k] for k in ("name", "description", "parameters") if k in t} | t for t in found]


def wrapped(tools: list[Json]) -> list[Json]:
    """Tool schemas as {type: function, function: {...}}."""
    return [{"type": "function", "function": t} for t in bare(tools)]


def call(value: Any, identifier: str = "") -> ToolCall:
    """A call from {name, arguments}; arguments that some writers give as a string are parsed."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise CarryError("a tool call has no name")
    arguments = value.get("arguments", {})
    if isinstance(arguments, str):
        arguments = load(arguments, "the arguments of a tool call") if arguments.strip() else {}
    if not isinstance(arguments, dict):
        raise CarryError("the arguments of a tool call are not an object")
    return ToolCall(identifier, value["name"], arguments)
