"""One ask as a logical request, and the walk through its remembered attempts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pydantic import BaseModel

from curate.cache import Ledger, Reply, Status, ask_key
from curate.errors import ReplyError
from curate.llm import _replies as replies
from curate.llm._requests import Options, Request
from curate.llm._roles import Role
from curate.prompts import Prompts
from curate.records import Json, Message, canonical
from curate.settings import Settings


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
        options = Options(role.model, role.sampling, self.draw, stated(self.reply), self.reply.__name__)
        return Request(options, messages, partial(self._with_schema, messages))

    def read(self, said: replies.Completion) -> Any:
        """The answer in a reply. Unusable or Refused where there is none."""
        replies.check(said, self.role.max_tokens)
        return replies.value(said, self.reply) if self.reply else replies.message(said)

    def _messages(self, fault: str) -> str:
        if not fault:
            return wired(self.messages)
        schema = stated(self.reply) if self.reply else ""
        return wired(self._with(self.messages, "reask", {"reason": fault, "schema": schema}))

    def _with_schema(self, messages: str) -> str:
        """For a server that takes no schema: the same messages with the schema stated in the last user turn."""
        assert self.reply
        text = stated(self.reply)
        if f"```json\n{text}\n```" in self.messages[-1].content:
            return messages
        note = self.prompts.render("schema", {"schema": text}, self.language)[-1].content
        turns = json.loads(messages)
        turns[-1]["content"] += f"\n\n{note}"
        return canonical(turns)

    def _with(self, messages: list[Message], prompt: str, values: Json) -> list[Message]:
        """The messages with a note at the end of the user's last turn: many chat templates want the roles to alternate."""
        note = self.prompts.render(prompt, values, self.language)[-1].content
        last = messages[-1]
        if last.role != "user":
            return [*messages, Message("user", note)]
        return [*messages[:-1], Message("user", f"{last.content}\n\n{note}")]


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
        return len(self.request.encode()) + (len(stated(self.asked.reply).encode()) if self.asked.reply else 0)

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
                raise ReplyError(row.reason, attempts=self.attempt + 1)
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

    def judge(self, raw: bytes) -> tuple[Reply, Any, tuple[int, int] | None]:
        """Of a reply that has just come: its ledger row, the answer in it if it holds one, the tokens if it says them."""
        status: Status = "valid"
        reason, found, used = "", None, None
        try:
            said = replies.completion(raw)
            used = said.usage
            found = self.asked.read(said)
        except replies.Unusable as e:
            status, reason = "invalid", str(e)
        except replies.Refused as e:
            status, reason = "failed", str(e)
        return self.row(raw, status, reason, used), found, used

    def row(self, raw: bytes, status: Status, reason: str = "", used: tuple[int, int] | None = None) -> Reply:
        """The ledger row of the attempt that stands ready."""
        return Reply(self.key, self.request, raw, status, reason, *(used or (0, 0)))


def wired(messages: Sequence[Message]) -> str:
    """Messages as a server reads them, as canonical JSON; text that is no Unicode is replaced."""
    return canonical([_wired(m) for m in messages]).encode("utf-8", "replace").decode()


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
    """The schema of a reply type as canonical JSON."""
    return canonical(replies.schema_of(reply))
