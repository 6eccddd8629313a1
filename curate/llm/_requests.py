"""The body of a chat completion request, as each server can take it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from curate.records import Json, canonical

SHAPES = ("json_schema", "json_object", "none")  # how a reply schema is sent, best first


class Options(NamedTuple):
    """All of a request but its messages: mostly the same for a whole run. sampling, schema, tools: canonical JSON, "" for none."""

    model: str
    sampling: str
    draw: int = 0
    schema: str = ""
    schema_name: str = ""
    tools: str = ""


class Learnt(NamedTuple):
    """What a server takes; nothing bad is known at first."""

    shape: str = SHAPES[0]
    long_name: bool = False  # max_completion_tokens in place of max_tokens
    without: tuple[str, ...] = ()


UNTRIED = Learnt()


@dataclass(frozen=True, slots=True)
class Request:
    """One send. messages: canonical JSON; `stated` makes the same that state the schema."""

    options: Options
    messages: str
    stated: Callable[[], str] = str

    def body(self, learnt: Learnt) -> bytes:
        """The body as a server can take it."""
        messages = self.stated() if self.options.schema and learnt.shape != SHAPES[0] else self.messages
        return f'{{"messages":{messages},{_behind(self.options, learnt)}'.encode("utf-8", "replace")


@lru_cache(maxsize=256)
def _behind(options: Options, learnt: Learnt) -> str:
    """What stands in a body behind the messages."""
    body: Json = {"model": options.model, **json.loads(options.sampling), "seed": options.draw}
    if learnt.long_name:
        body["max_completion_tokens"] = body.pop("max_tokens")
    body = {k: v for k, v in body.items() if k not in learnt.without}
    if options.tools:
        body["tools"] = json.loads(options.tools)
    if options.schema and learnt.shape == "json_schema":
        wrapped = {"name": options.schema_name, "schema": json.loads(options.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": wrapped}
    elif options.schema and learnt.shape == "json_object":
        body["response_format"] = {"type": "json_object", "schema": json.loads(options.schema)}
    return canonical(body)[1:]
