"""Conversations as lists of {role, content, tool_calls}: the shape that OpenAI, TRL and chat templates share."""

from collections.abc import Callable
from typing import Any

from curate.errors import CarryError
from curate.formats._text import answer, call, parted
from curate.formats._turns import numbered
from curate.records import Message, ToolCall

ROLES = {"developer": "system", "function": "tool"}


def objects(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages whose tool arguments are objects and whose tool results name their tool: what chat templates read."""
    names: dict[str, str] = {}
    rows = []
    for message in messages:
        names |= {c.id: c.name for c in message.tool_calls}
        if message.role == "tool":
            rows.append({"role": "tool", "name": names.get(message.tool_call_id, ""), "content": message.content})
        else:
            rows.append(chat(message, lambda c: {"type": "function", "function": {"name": c.name, "arguments": c.arguments}}))
    return rows


def chat(message: Message, write: Callable[[ToolCall], dict[str, Any]]) -> dict[str, Any]:
    """One message that is no tool result. `content` is always there: readers stop on a message without it."""
    text = answer(message) if message.role == "assistant" else message.content
    row: dict[str, Any] = {"role": message.role, "content": text}
    return {**row, "tool_calls": [write(c) for c in message.tool_calls]} if message.tool_calls else row


def read(rows: Any) -> list[Message]:
    """The messages of such a list. Tool results without ids answer the calls before them in order."""
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise CarryError("the row has no list of messages")
    return numbered([_message(row) for row in rows])


def _message(row: dict[str, Any]) -> Message:
    role, content = str(row.get("role", "")), _content(row.get("content"))
    role = ROLES.get(role, role)
    reasoning = row.get("reasoning_content") or row.get("thinking") or ""
    if role == "assistant" and not reasoning:
        reasoning, content = parted(content)
    calls = [call(c.get("function", c), str(c.get("id") or "")) for c in row.get("tool_calls") or []]
    weight = row.get("weight")
    return Message(role, content, reasoning, calls, str(row.get("tool_call_id") or ""), 1.0 if weight is None else float(weight))


def _content(content: Any) -> str:
    """Text, or the text parts of a list of parts."""
    if isinstance(content, list):
        if any(not isinstance(p, dict) or p.get("type", "text") != "text" for p in content):
            raise CarryError("a message holds more than text")
        return "".join(str(p.get("text") or "") for p in content)
    return str(content or "")
