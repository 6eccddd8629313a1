"""One ask as a logical request, and the walk through its remembered attempts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from curate.cache import Ledger, Reply, Status, ask_key
from curate.errors import ReplyError
from curate.llm import _replies as replies
from curate.llm._endpoints import TOO_LONG, TOO_LONG_HINT, Denied, Endpoint
from curate.llm._requests import Image, Options, Request
from curate.llm._roles import Role
from curate.prompts import Prompts
from curate.records import Json, Message, canonical, ordered
from curate.settings import Settings

IMAGE_TOKENS = 16_384
"""What one image may cost at most, in models that do not scale it down."""


@dataclass(slots=True)
class Asked:
    """What one ask wants, whoever answers it: `reply` is the type of the answer, None for one turn of a conversation.

    tools: canonical JSON, empty for none.
    """

    role: Role
    messages: list[Message]
    reply: type[BaseModel] | None
    prompts: Prompts
    tools: str = ""
    draw: int = 0
    language: str = "en"
    images: tuple[Image, ...] = ()

    def request(self, attempt: int, fault: str) -> tuple[str, str]:
        """(messages, whole logical request) of an attempt as canonical JSON; `fault` is what was wrong with the one before."""
        messages = self._messages(fault)
        role, schema = self.role, stated(self.reply) if self.reply else "null"
        head = f'{{"attempt":{attempt},"draw":{self.draw},"messages":{messages},"model":{role.model_json}'
        return messages, f'{head},"sampling":{role.sampling},"schema":{schema},"tools":{self.tools or "[]"}}}'

    def send(self, messages: str) -> Request:
        """The request that leaves for a server."""
        role = self.role
        if self.reply is None:
            return Request(Options(role.model, role.sampling, self.draw, tools=self.tools), messages)
        schema = stated(self.reply)
        options = Options(role.model, role.sampling, self.draw, schema, self.reply.__name__, strict=replies.is_strict(self.reply))
        return Request(options, messages, partial(self._with_schema, messages), self.images)

    def read(self, said: replies.Completion) -> Any:
        """The answer in a reply. Unusable or Refused where there is none."""
        replies.check(said, self.role.max_tokens)
        return replies.value(said, self.reply) if self.reply else replies.message(said)

    def _messages(self, fault: str) -> str:
        turns = self.messages
        if fault:
            schema = stated(self.reply) if self.reply else ""
            note = self.prompts.render("reask", {"reason": fault, "schema": schema}, self.language)[-1].content
            last = turns[-1]  # many chat templates want the roles to alternate
            joined = last.role == "user"
            turns = [*turns[:-1], Message("user", f"{last.content}\n\n{note}")] if joined else [*turns, Message("user", note)]
        return wired(turns, self.images)

    def _with_schema(self, messages: str) -> str:
        """For a server that takes no schema: the same messages with the schema stated in the last user turn."""
        assert self.reply
        text = stated(self.reply)
        turns = json.loads(messages)
        last = turns[-1]["content"]
        said = last if isinstance(last, str) else last[0]["text"]
        if f"```json\n{text}\n```" in said:
            return messages
        said += f"\n\n{self.prompts.render('schema', {'schema': text}, self.language)[-1].content}"
        turns[-1]["content"] = said if isinstance(last, str) else [{"type": "text", "text": said}, *last[1:]]
        return canonical(turns)


class Walk:
    """The way of one ask through its attempts: which is next, what was wrong with the last, how many there may be."""

    def __init__(self, asked: Asked, settings: Settings) -> None:
        self.asked, self.settings = asked, settings
        self.limit = settings.reply_attempts
        self.attempt = 0
        self.keys: list[str] = []
        self._prepare("")

    def _prepare(self, fault: str) -> None:
        self.fault = fault
        self.messages, self.request = self.asked.request(self.attempt, fault)
        self.key = ask_key(self.request)

    @property
    def most_tokens(self) -> int:
        """Tokens the prompt cannot exceed: a token is a byte at least, and the schema may be sent and stated."""
        schema = len(stated(self.asked.reply).encode()) if self.asked.reply else 0
        return len(self.request.encode()) + schema + IMAGE_TOKENS * len(self.asked.images)

    def recall(self, ledger: Ledger) -> Any:
        """The remembered answer, or None where the attempt that stands ready is to be sent. ReplyError: the attempts are spent."""
        while (row := ledger.get(self.key)) is not None:
            self.keys.append(self.key)
            fault = row.reason
            if row.status == "valid":
                try:
                    return self.asked.read(replies.completion(row.raw))
                except (replies.Unusable, replies.Refused) as e:  # the reply type has become stricter
                    fault = str(e)
            elif row.status == "failed" and not self.settings.retry_failed:
                raise failed(row, self.attempt + 1)
            if self.settings.retry_failed and (row.status == "failed" or self.attempt + 1 >= self.limit):
                self.limit = self.attempt + 1 + self.settings.reply_attempts
            self.go_on(fault)
        if self.attempt >= self.limit:
            raise ReplyError(
                f"no usable reply in {self.attempt} attempts; the last: {self.fault}", "--retry-failed asks again", self.attempt
            )
        return None

    def go_on(self, fault: str) -> None:
        """Makes the next attempt ready, which tells the model what was wrong."""
        self.attempt += 1
        self._prepare(fault)

    def judge(self, raw: bytes, endpoint: Endpoint) -> tuple[Reply, Any, tuple[int, int] | None]:
        """Of a reply that has just come: its ledger row, the answer in it if it holds one, the tokens if it says them."""
        status: Status = "valid"
        reason, found, used = "", None, None
        try:
            said = replies.completion(raw)
            used = said.usage
            found = self.asked.read(said)
        except replies.Unusable as e:
            reason = str(e)
            again = isinstance(e, replies.Repeating) and self.fault.startswith(replies.REPEATING)
            status = "failed" if again else "invalid"  # it would only repeat itself again
            if isinstance(e, replies.Shapeless):
                endpoint.shapeless(reason)
        except replies.Refused as e:
            status, reason = "failed", str(e)
        return self.row(raw, status, reason, used), found, used

    def denied(self, denied: Denied) -> Reply:
        """The ledger row of a request that will never be answered. ReplyError: where another day might answer it."""
        if not denied.known:
            raise ReplyError(str(denied), denied.hint, self.attempt + 1)
        return self.row(denied.raw, "failed", str(denied))

    def row(self, raw: bytes, status: Status, reason: str = "", used: tuple[int, int] | None = None) -> Reply:
        """The ledger row of the attempt that stands ready."""
        return Reply(self.key, self.request, raw, status, reason, *(used or (0, 0)))


def failed(row: Reply, attempts: int) -> ReplyError:
    """What a remembered end without an answer means."""
    too_long = row.reason.startswith(TOO_LONG)
    return ReplyError(row.reason, TOO_LONG_HINT if too_long else "", attempts, too_long=too_long)


def wired(messages: Sequence[Message], images: Sequence[Image] = ()) -> str:
    """Messages as a server reads them, as canonical JSON; text that is no Unicode is replaced. Images go with the last turn."""
    if not images and all(m.role in ("system", "user") for m in messages):
        return f"[{','.join(map(_plain, messages))}]"
    turns = [_wired(m) for m in messages]
    if images:
        turns[-1]["content"] = [{"type": "text", "text": turns[-1]["content"]}, *(image.part() for image in images)]
    return canonical(turns).encode("utf-8", "replace").decode()


def _plain(message: Message) -> str:
    """A turn of nothing but text, the same JSON sooner: most of what is asked is long text."""
    try:
        content = to_json(message.content)
    except PydanticSerializationError:  # half a surrogate pair
        content = to_json(message.content.encode("utf-8", "replace"))
    return f'{{"content":{content.decode()},"role":"{message.role}"}}'


def _wired(message: Message) -> Json:
    turn: Json = {"role": message.role, "content": message.content}
    if message.tool_calls:
        turn["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": canonical(c.arguments)}} for c in message.tool_calls
        ]
    if message.tool_call_id:
        turn["tool_call_id"] = message.tool_call_id
    return turn


@cache
def stated(reply: type[BaseModel]) -> str:
    """The schema of a reply type as JSON, in the order of its fields: guided by it, a model writes the evidence before the answer."""
    return ordered(replies.schema_of(reply))
