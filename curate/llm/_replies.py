"""Reads model replies: what a completion says, and the JSON inside it, mended where its meaning is plain."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from curate.llm._schemas import FAULT, Matching
from curate.records import Json, Message, ToolCall

T = TypeVar("T", bound=BaseModel)
REASON_CHARS = 600
REPEATING = "the reply repeats itself"
_LOOP_CHARS = 200  # of the same again and again, at the end of a reply that was cut off
_SHAPE_FAULTS = ("missing", "extra_forbidden", "model_type", "list_type", "dict_type", "string_type", FAULT)
_NOT_SENT = ("title", "default", "minLength", "maxLength")  # strict servers turn some of these down; replies are checked for all
_THINKING = re.compile(r"^\s*(?:<(think|thinking|reasoning)>)?(.*?)</(?:think|thinking|reasoning)>\s*", re.S | re.I)
_FENCED = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?```", re.S)


class Unusable(Exception):
    """A reply that is no answer; the message says why, in words that also tell the model what to mend."""


class Shapeless(Unusable):
    """It does not follow the schema."""


class Repeating(Unusable):
    """It says the same again and again."""


class Refused(Exception):
    """A reply that asking again would not change: a refusal, a content filter."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One choice of a chat completion; `usage` is (prompt, completion) tokens, None where the server does not say."""

    content: str
    reasoning: str = ""
    tool_calls: list[Json] = field(default_factory=list)
    finish: str = ""
    refusal: str = ""
    usage: tuple[int, int] | None = None


def completion(raw: bytes) -> Completion:
    """The body of a reply. Unusable: it is not a chat completion."""
    try:
        body = from_json(raw)
        choice = body["choices"][0]
        message = choice["message"]
        usage = body.get("usage") or {}
        used = (int(usage["prompt_tokens"]), int(usage.get("completion_tokens") or 0)) if usage.get("prompt_tokens") is not None else None
        return Completion(
            content=_text(message.get("content")),
            reasoning=_text(message.get("reasoning_content") or message.get("reasoning")),
            tool_calls=message.get("tool_calls") or [],
            finish=choice.get("finish_reason") or "",
            refusal=_text(message.get("refusal")),
            usage=used,
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Unusable("the reply was not a chat completion") from None


def check(said: Completion, max_tokens: int) -> None:
    """Refused or Unusable where the completion is no whole answer."""
    if said.refusal:
        raise Refused(f"the model refused: {_line(said.refusal)}")
    if said.finish == "content_filter":
        raise Refused("the server's content filter stopped the reply")
    if said.finish == "length" and (unit := _repeated(said.content or said.reasoning)):
        raise Repeating(f"{REPEATING}: {_line(unit)!r} until it was cut off at {max_tokens} tokens")
    if said.finish == "length":
        raise Unusable(f"the reply was cut off at {max_tokens} tokens; it must be shorter")
    if not said.content.strip() and not said.tool_calls:
        raise Unusable("the reply was empty")


def value(said: Completion, reply: type[T]) -> T:
    """The content as the model asked for. Unusable: it holds no such value, not even after mending."""
    try:
        return reply.model_validate_json(said.content)
    except ValidationError as e:
        if all(error["type"] != "json_invalid" for error in e.errors(include_input=False, include_url=False)):
            raise _unusable(e) from None
    found = _mended(said.content)
    if found is None:
        raise Shapeless("the reply held no JSON")
    try:
        return reply.model_validate(found)
    except ValidationError as e:
        raise _unusable(e) from None


def message(said: Completion) -> Message:
    """The completion as one turn. Unusable: the arguments of a tool call are no JSON object."""
    thought, content = _thinking(said.content)
    calls = [_tool_call(call, number) for number, call in enumerate(said.tool_calls)]
    return Message("assistant", content, reasoning=said.reasoning or thought, tool_calls=calls)


def schema_of(reply: type[BaseModel]) -> Json:
    """The JSON schema of a reply as strict servers want it: closed objects, every property required; a user's as it is."""
    if issubclass(reply, Matching):
        return reply.wire
    strict = _strict(reply.model_json_schema())
    assert isinstance(strict, dict)
    return strict


@cache
def is_strict(reply: type[BaseModel]) -> bool:
    """Whether strict servers take the schema of a reply."""
    return not issubclass(reply, Matching) or reply.wire == _strict(reply.wire)


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    maps = {key: {k: _strict(v) for k, v in node[key].items()} for key in ("properties", "$defs") if key in node}
    rest = {k: v if k in ("enum", "const", "required") else _strict(v) for k, v in node.items() if k not in maps}
    closed: Json = {k: v for k, v in rest.items() if k not in _NOT_SENT} | maps
    if "properties" in closed:
        closed |= {"required": list(closed["properties"]), "additionalProperties": False}
    return closed


def _mended(content: str) -> Any:
    """The JSON value in a reply that wraps it in thinking, prose or a fence, or that has slips such as trailing commas; None: no value."""
    from json_repair import repair_json

    text = _thinking(content)[1]
    for candidate in (*(m[1] for m in _FENCED.finditer(text)), text):
        start = min((at for at in (candidate.find("{"), candidate.find("[")) if at >= 0), default=-1)
        if start >= 0:
            found = repair_json(candidate[start:], return_objects=True)
            if isinstance(found, (dict, list)) and found:
                return found
    return None


def _thinking(content: str) -> tuple[str, str]:
    """(thinking, answer); some servers drop the opening tag."""
    if "</" not in content or not (found := _THINKING.match(content)):
        return "", content
    return found[2].strip(), content[found.end() :]


def _tool_call(call: Json, number: int) -> ToolCall:
    try:
        name, raw = call["function"]["name"], call["function"].get("arguments") or "{}"
        arguments = raw if isinstance(raw, dict) else json.loads(raw)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Unusable("the arguments of a tool call were not JSON") from None
    if not isinstance(arguments, dict) or not isinstance(name, str):
        raise Unusable("the arguments of a tool call were not a JSON object")
    return ToolCall(str(call.get("id") or f"call_{number}"), name, arguments)


def _unusable(error: ValidationError) -> Unusable:
    kinds = {e["type"] for e in error.errors(include_input=False, include_url=False)}
    return (Shapeless if kinds & set(_SHAPE_FAULTS) else Unusable)(_faults(error))


def _repeated(text: str) -> str:
    """The words that a text ends in again and again, or nothing."""
    tail = text[-4 * _LOOP_CHARS :]
    for size in range(1, _LOOP_CHARS + 1):
        same = max(_LOOP_CHARS, 3 * size)
        if len(tail) >= same + size and tail[-same:] == tail[-same - size : -size]:
            return tail[-size:]
    return ""


def _faults(error: ValidationError) -> str:
    """What a validation error says, without the input: it goes into the next prompt."""
    parts = (f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)[:5])
    return _line("; ".join(parts))


def _text(part: Any) -> str:
    """Content as text; some servers send a list of parts."""
    if isinstance(part, list):
        return "".join(_text(p.get("text")) for p in part if isinstance(p, dict))
    return part if isinstance(part, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:REASON_CHARS]
