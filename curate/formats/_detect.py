"""Reads rows of files whose style nobody named: the keys of a row tell which style wrote it."""

import json
from dataclasses import dataclass, field
from typing import Any

from curate.errors import CarryError
from curate.formats import alpaca, openai, sharegpt, trl
from curate.formats._text import load
from curate.formats._turns import complete
from curate.records import Json, Message, Sample

KNOWN = "conversations (sharegpt), messages (openai, trl), prompt with completion (trl), instruction with output (alpaca), or text"


@dataclass(frozen=True, slots=True)
class Read:
    """What a row holds, whatever its style. purpose: "pretrain" for a text that is no conversation."""

    messages: list[Message]
    tools: list[Json] = field(default_factory=list)
    purpose: str = ""


def read(row: Any) -> Read:
    """The conversation of a row, in an order that every reader accepts; CarryError says why there is none."""
    if not isinstance(row, dict):
        raise CarryError("the row is no object with keys")
    if row.get("label") is False or row.get("kto_tag") is False:
        raise CarryError("the row holds an answer that is marked as bad")
    tools = _tools(row)
    try:
        messages = _parse({name: _opened(value) for name, value in row.items() if value is not None})
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise CarryError(f"the row has not the shape that its keys promise: {error}") from None
    if "text" in row and [m.role for m in messages] == ["assistant"]:
        if not messages[0].content.strip():
            raise CarryError("the text is empty")
        return Read(messages, purpose="pretrain")
    return Read(complete(messages, Sample("", "", "", messages, tools=tools)), tools)


def _parse(row: Json) -> list[Message]:
    if "conversations" in row:
        return sharegpt.parse(row)
    if "messages" in row:
        return trl.parse(row)
    if isinstance(row.get("input"), dict):
        return openai.parse(row)
    if "prompt" in row and isinstance(answer := row.get("completion", row.get("chosen")), str):
        return alpaca.parse({"instruction": row["prompt"], "output": answer})
    if "prompt" in row:
        return trl.parse(row)
    if "instruction" in row or "text" in row:
        return alpaca.parse(row)
    raise CarryError(f"the row has the keys {', '.join(sorted(map(str, row))) or 'of nothing'}; known are {KNOWN}")


def _tools(row: Json) -> list[Json]:
    found = row.get("tools") or (row["input"].get("tools") if isinstance(row.get("input"), dict) else None) or []
    if isinstance(found, str):
        found = load(found, "the list of tools") if found.strip() else []
    if not isinstance(found, list) or not all(isinstance(t, dict) and isinstance(t.get("function", t).get("name"), str) for t in found):
        raise CarryError("the tools of the row are no list of functions with names")
    return found


def _opened(value: Any) -> Any:
    """A value as its style writes it: in Parquet, messages of many shapes stand as JSON text."""
    if isinstance(value, list) and value and all(isinstance(v, str) and v.startswith("{") for v in value):
        return [json.loads(v) for v in value]
    return value
