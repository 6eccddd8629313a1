"""The body of a chat completion request, as each server can take it."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from curate.errors import ReplyError
from curate.records import Json, ordered

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
SHAPES = ("json_schema", "json_object", "none")  # how a reply schema is sent, best first


class Options(NamedTuple):
    """All of a request but its messages: mostly the same for a whole run. sampling, schema, tools: canonical JSON, "" for none.

    strict: the schema is one that strict servers take.
    """

    model: str
    sampling: str
    draw: int = 0
    schema: str = ""
    schema_name: str = ""
    tools: str = ""
    strict: bool = True


class Learnt(NamedTuple):
    """What a server takes; nothing bad is known at first."""

    shape: str = SHAPES[0]
    long_name: bool = False  # max_completion_tokens in place of max_tokens
    without: tuple[str, ...] = ()
    stated: bool = False  # the schema is stated in the prompt too
    lacks: tuple[str, ...] = ()  # "tools", "images"

    def takes(self, tried: "Learnt") -> bool:
        """Whether a request made with what was known earlier is one that the server may still take."""
        return self[:3] == tried[:3]


UNTRIED = Learnt()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that goes with an ask: its hash stands in keys and in the ledger, its bytes are read when it is sent."""

    path: Path
    sha256: str
    media_type: str

    def part(self) -> Json:
        """The content part that holds its place."""
        return {"type": "image_url", "image_url": {"url": f"sha256:{self.sha256}"}}

    def data_uri(self) -> str:
        """The picture itself, as text."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.path.read_bytes()).decode()}"


def image(path: Path) -> Image:
    """The picture in a file. ReplyError: it cannot be read, or is of a type that models do not take."""
    try:
        data = path.read_bytes()
    except OSError as e:
        raise ReplyError(f"the image {path} cannot be read: {e.strerror}", attempts=0) from None
    media_type = next((name for magic, name in PICTURES.items() if data.startswith(magic)), "")
    if not media_type or (media_type == "image/webp" and data[8:12] != b"WEBP"):
        raise ReplyError(f"the image {path} is neither PNG, JPEG, GIF nor WebP", "convert it", attempts=0)
    return Image(path, hashlib.sha256(data).hexdigest(), media_type)


@dataclass(frozen=True, slots=True)
class Request:
    """One send. messages: canonical JSON; `stated` makes the same that state the schema."""

    options: Options
    messages: str
    stated: Callable[[], str] = str
    images: tuple[Image, ...] = ()

    def body(self, learnt: Learnt) -> bytes:
        """The body as a server can take it."""
        in_words = self.options.schema and (learnt.stated or learnt.shape != SHAPES[0])
        messages = self.stated() if in_words else self.messages
        for image in self.images:
            messages = messages.replace(f'"url":"sha256:{image.sha256}"', f'"url":"{image.data_uri()}"')
        return f'{{"messages":{messages},{_behind(self.options, learnt)}'.encode("utf-8", "replace")

    @property
    def size(self) -> int:
        """Bytes of its body, about."""
        return len(self.messages) + len(self.options.schema) + sum(image.path.stat().st_size * 4 // 3 for image in self.images)

    @property
    def needs(self) -> tuple[str, ...]:
        """What not every model can do, and this asks for."""
        return ("tools",) * bool(self.options.tools) + ("images",) * bool(self.images)


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
        wrapped = {"name": options.schema_name, "schema": json.loads(options.schema), "strict": options.strict}
        body["response_format"] = {"type": "json_schema", "json_schema": wrapped}
    elif options.schema and learnt.shape == "json_object":
        body["response_format"] = {"type": "json_object", "schema": json.loads(options.schema)}
    return ordered(body)[1:]
