"""A small OpenAI-compatible chat server for tests and benchmarks: scripted replies, latency, slots and faults, standard library only.

    python tests/server.py --port 0 --mode qa --latency 0.2 --slots 64 --faults faults.json

The first line on stdout is JSON and names the port. Modes: `echo-schema` fills the JSON schema that was asked for, `qa` makes
question-answer pairs whose quotes are sentences of the fenced passage, `text` answers in prose, `replay` plays back recordings, and a
mode that ends in `.json` is a file with one reply content (a JSON string) per line. Everything is derived from the request: equal
requests get equal replies.

`--faults` is a JSON list, each `{"do": FAULT, ...}` with one of `"number": N` (the Nth chat request, from 0), `"body": HASH` (the first
16 hex digits of the body's SHA-256), `"word": WORD` (of hex digits, 8 or more; looked up, so there may be thousands) or `"contains": TEXT`,
and optionally `"times": N` and `"retry_after": VALUE`.
`GET /stats` counts requests per body hash, so a reply that is paid twice shows; `GET /v1/models` lists the model.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server_batches import Batches
from server_replies import answer

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
    501: "Not Implemented",
    503: "Busy",
}
WORD = re.compile(rb"\b[0-9a-f]{8,}\b")
CODES = {"401": "invalid_api_key", "404": "model_not_found", "context": "context_length_exceeded"}


class Server:
    """The state all connections share: counts, faults that are left, requests that wait for a slot."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.requests = self.busy = self.peak = self.prompt_tokens = self.completion_tokens = 0
        self.first = self.last = 0.0  # when the first request came and the last reply left
        self.bodies: Counter[str] = Counter()
        self.faulted: Counter[str] = Counter()
        self.queue: deque[tuple[Connection, bytes]] = deque()
        self.jitter = random.Random(options.seed)
        self.batches = Batches(options.batches, options.batch_delay, self.batched)
        self.by_number: dict[int, dict[str, Any]] = {}
        self.by_word: dict[bytes, dict[str, Any]] = {}
        self.faults: list[dict[str, Any]] = []
        for fault in json.loads(Path(options.faults).read_text()) if options.faults else []:
            if "number" in fault:
                self.by_number[fault["number"]] = fault
            elif "word" in fault:
                self.by_word[fault["word"].encode()] = {"times": 1 << 60, **fault}
            else:
                self.faults.append({"times": 1 << 60, **fault})

    def fault(self, number: int, digest: str, body: bytes) -> dict[str, Any] | None:
        if number in self.by_number:
            return self.by_number[number]
        named = (self.by_word[word] for word in WORD.findall(body) if word in self.by_word) if self.by_word else ()
        for fault in (*named, *self.faults):
            hit = "word" in fault or (fault["body"] == digest if "body" in fault else fault["contains"].encode() in body)
            if hit and fault["times"] > 0:
                fault["times"] -= 1
                return fault
        return None

    def chat(self, connection: "Connection", body: bytes) -> None:
        """Takes a request: at once, or when a slot is free."""
        number, self.requests = self.requests, self.requests + 1
        self.first = self.first or time.monotonic()
        digest = hashlib.sha256(body).hexdigest()[:16]
        self.bodies[digest] += 1
        if (self.by_number or self.by_word or self.faults) and (fault := self.fault(number, digest, body)):
            self.faulted[fault["do"]] += 1
            connection.misbehave(fault, body)
        elif self.options.slots and self.busy >= self.options.slots:
            self.queue.append((connection, body))
        else:
            self.start(connection, body)

    def start(self, connection: "Connection", body: bytes) -> None:
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        wait = self.options.latency + self.jitter.random() * self.options.jitter
        if wait:
            connection.loop.call_later(wait, self.finish, connection, body)
        else:
            self.finish(connection, body)

    def finish(self, connection: "Connection", body: bytes) -> None:
        self.busy -= 1
        if self.queue:
            self.start(*self.queue.popleft())
        connection.send(*self.reply(body))
        self.last = time.monotonic()

    def batched(self, body: bytes) -> tuple[int, bytes]:
        """The reply to one line of a batch; of faults those that are told by the body and are replies."""
        digest = hashlib.sha256(body).hexdigest()[:16]
        self.bodies[digest] += 1
        if (fault := self.fault(-1, digest, body)) is None:
            return self.reply(body)
        self.faulted[fault["do"]] += 1
        return self.faulty(fault["do"], body) or (int(fault["do"]), error(f"fault {fault['do']}", CODES.get(fault["do"], "")))

    def reply(self, body: bytes) -> tuple[int, bytes]:
        try:
            request = json.loads(body)
        except ValueError:
            return 400, error("the body is not JSON")
        if request.get("model") != self.options.model and self.options.model != "any":
            return 404, error(f"The model `{request.get('model')}` does not exist", "model_not_found")
        shape = (request.get("response_format") or {}).get("type")
        if shape and shape not in self.options.schema.split(","):
            return 400, error(f"response_format type {shape!r} is not supported")
        if unwanted := self.unwanted(request, body):
            return 400, error(unwanted)
        message = answer(request, self.options)
        return (200, self.completion(message, body)) if message else (501, error("no recording of this request"))

    def unwanted(self, request: dict[str, Any], body: bytes) -> str:
        """What this server does not take of a request, in the words of such servers."""
        refused = self.options.refuses.split(",")
        if "images" in refused and b'"image_url"' in body:
            return f"{self.options.model} is not a multimodal model"
        unwanted = next((name for name in refused if name in request), "")
        better = ". Use 'max_completion_tokens' instead." if unwanted == "max_tokens" else ""
        return f"Unsupported parameter: '{unwanted}' is not supported with this model{better}" if unwanted else ""

    def completion(self, message: dict[str, Any], body: bytes, finish: str = "") -> bytes:
        """A whole reply; its id names the body it answers, so that a remembered reply can be held against the requests counted."""
        said = json.dumps(message, ensure_ascii=False)
        prompt, reply = len(body) // 4 + 1, len(said) // 4 + 1
        self.prompt_tokens += prompt
        self.completion_tokens += reply
        finish = finish or ("tool_calls" if message.get("tool_calls") else "stop")
        usage = f'{{"prompt_tokens":{prompt},"completion_tokens":{reply},"total_tokens":{prompt + reply}}}'
        choice = f'{{"index":0,"message":{said},"finish_reason":"{finish}"}}'
        digest = hashlib.sha256(body).hexdigest()[:16]
        head = f'"id":"{digest}","object":"chat.completion","created":1700000000,"model":"{self.options.model}"'
        return f'{{{head},"choices":[{choice}],"usage":{usage}}}'.encode()

    def faulty(self, do: str, body: bytes) -> tuple[int, bytes] | None:
        """The reply that a fault makes; None for an HTTP status."""

        def said(content: str | None, finish: str = "", **more: str) -> tuple[int, bytes]:
            return 200, self.completion({"role": "assistant", "content": content, **more}, body, finish)

        acts: dict[str, Callable[[], tuple[int, bytes]]] = {
            "garbage": lambda: (200, b"<html>it works</html>"),
            "invalid_json": lambda: said("Sure! Here it is: the answer you want"),
            "wrong_schema": lambda: said('{"unexpected": [1, 2]}'),
            "empty": lambda: said(""),
            "length": lambda: said('{"question": "Wha', "length"),
            "loop": lambda: said('{"question": "' + "the pump and the valve of " * 40, "length"),
            "refusal": lambda: said(None, refusal="I can't help with that."),
            "content_filter": lambda: said("", "content_filter"),
            "context": lambda: (400, error("This model's maximum context length is 4096 tokens.", "context_length_exceeded")),
        }
        return acts[do]() if do in acts else None

    def stats(self) -> bytes:
        counts = {k: getattr(self, k) for k in ("requests", "busy", "peak", "prompt_tokens", "completion_tokens")}
        lists = {"waiting": len(self.queue), "batches": self.batches.counts, "faulted": self.faulted, "bodies": self.bodies}
        return json.dumps({**counts, **lists, "seconds": self.last - self.first}).encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection: HTTP/1.1 with a content length, which is all that these clients send."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.loop = asyncio.get_running_loop()
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            self.route(head, body)

    def route(self, head: bytes, body: bytes) -> None:
        options, path = self.server.options, head.split(b" ", 2)[1]
        if path == b"/stats":
            self.send(200, self.server.stats())
        elif options.key and b"authorization: bearer " + options.key.lower().encode() not in head:
            self.send(401, error(f"Incorrect API key provided: {head.decode('latin1')}", "invalid_api_key"))
        elif path.endswith(b"/chat/completions"):
            self.server.chat(self, body)
        elif path.startswith((b"/v1/files", b"/v1/batches")):
            page = self.server.batches.page(head.split(b" ", 1)[0].decode(), path.decode(), body)
            if isinstance(page, str):
                self.transport.abort()
            else:
                self.send(page[0], page[1] if isinstance(page[1], bytes) else json.dumps(page[1]).encode())
        elif path.endswith(b"/models") and options.models:
            self.send(200, json.dumps({"object": "list", "data": [{"id": options.model, "object": "model"}]}).encode())
        else:
            self.send(404, error("no such page"))

    def send(self, status: int, body: bytes, headers: str = "") -> None:
        kind = f"content-type: application/json\r\n{headers}content-length: {len(body)}\r\n\r\n"
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'x')}\r\n{kind}"
        self.transport.write(head.encode() + body)

    def misbehave(self, fault: dict[str, Any], body: bytes) -> None:
        do, server = fault["do"], self.server
        acts: dict[str, Callable[[], None]] = {
            "hang": lambda: None,
            "refuse": self.transport.abort,
            "cut": lambda: self.cut(server.completion({"role": "assistant", "content": "{}"}, body)),
            "not_http": lambda: self.transport.write(b"\x00\xff nonsense\r\n\r\n"),
        }
        if do in acts:
            acts[do]()
        elif reply := server.faulty(do, body):
            self.send(*reply)
        else:
            after = f"retry-after: {fault['retry_after']}\r\n" if "retry_after" in fault else ""
            self.send(int(do), error(f"fault {do}", CODES.get(do, "")), after)

    def cut(self, body: bytes) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
        self.transport.close()


def error(message: str, code: str = "") -> bytes:
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": code or None}}).encode()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", default="echo-schema", help="echo-schema, qa, text, replay, or a .json file with one reply per line")
    parser.add_argument("--folder", default="", help="recordings for --mode replay: HASH.reply.txt or HASH.reply.json")
    parser.add_argument("--model", default="test-model", help="the one model served; `any` takes every name")
    parser.add_argument("--models", type=int, default=1, help="0: no /v1/models")
    parser.add_argument("--key", default="", help="the API key that is asked for")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per reply")
    parser.add_argument("--jitter", type=float, default=0.0, help="seconds added at most, from --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slots", type=int, default=0, help="requests worked on at once; 0: all")
    parser.add_argument("--schema", default="json_schema,json_object", help="response_format types that are supported, by comma")
    parser.add_argument("--silent", type=int, default=0, help="1: a response_format is taken and ignored")
    parser.add_argument("--refuses", default="", help="parameters (and `images`) that are answered with 400, by comma")
    parser.add_argument("--batches", default="", help="how batches go, by comma: see server_batches.py")
    parser.add_argument("--batch-delay", type=float, default=0.0, help="seconds from a batch's creation to its end")
    parser.add_argument("--faults", default="", help="the fault script")
    parser.add_argument("--with-parent", action="store_true", help="stop when stdin closes")
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    server, loop, stop = Server(options), asyncio.get_running_loop(), asyncio.Event()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", options.port, backlog=4096)
    print(json.dumps({"port": listener.sockets[0].getsockname()[1]}), flush=True)
    if options.with_parent:
        loop.add_reader(0, lambda: None if os.read(0, 1024) else stop.set())
    await stop.wait()
    listener.close()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
