"""The scripted model server itself: deterministic replies, recordings, slots, and its counts."""

import asyncio
import hashlib
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from curate.prompts import fence

PAIRS = {
    "type": "object",
    "properties": {
        "pairs": {
            "type": "array",
            "items": {"type": "object", "properties": {name: {"type": "string"} for name in ("quote", "question", "answer")}},
        }
    },
}
PASSAGE = "Open valve 3.2 slowly. Wait ten minutes! 关闭阀门。Then clean the filter."


def post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as page:
        return json.load(page)


def body(text: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    shape = {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}} if schema else {}
    return {"model": "test-model", "messages": [{"role": "user", "content": text}], **shape}


def content(reply: Any) -> str:
    return str(reply["choices"][0]["message"]["content"])


def test_pairs_quote_sentences_of_the_longest_fenced_text(model_server: Any) -> None:
    url = model_server(mode="qa").url
    asked = body(f"Title: {fence('Pumps')}\n{fence(PASSAGE)}\nWrite pairs.", PAIRS)
    reply = post(url, asked)
    pairs = json.loads(content(reply))["pairs"]
    assert len(pairs) == 3
    assert all(pair["quote"] in PASSAGE and pair["question"].startswith("What") for pair in pairs)
    assert content(post(url, asked)) == content(reply)


def test_any_schema_is_filled(model_server: Any) -> None:
    schema = {
        "$defs": {"Inner": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 4}}}},
        "type": "object",
        "properties": {
            "inner": {"$ref": "#/$defs/Inner"},
            "many": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2},
            "kind": {"enum": ["a", "b"]},
            "maybe": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
            "yes": {"type": "boolean"},
        },
    }
    found = json.loads(content(post(model_server().url, body("Fill it.", schema))))
    assert found["inner"]["n"] in (3, 4)
    assert found["many"] == [0.5, 0.5]
    assert found["kind"] == "a"
    assert len(found["maybe"]) == 3
    assert found["yes"] is True


def test_recordings_are_played_back_and_unknown_requests_are_said(model_server: Any, tmp_path: Path) -> None:
    asked = body("Recorded?")
    name = hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    (tmp_path / f"{name}.reply.txt").write_text("Yes.\n")
    url = model_server(mode="replay", folder=tmp_path).url
    assert content(post(url, asked)) == "Yes."
    with pytest.raises(urllib.error.HTTPError) as caught:
        post(url, body("Never recorded."))
    assert caught.value.code == 501
    caught.value.close()


def test_slots_make_requests_wait_and_bodies_are_counted(model_server: Any) -> None:
    server = model_server(slots=2, latency=0.1)
    start = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: post(server.url, body(f"number {n % 4}")), range(8)))
    assert time.perf_counter() - start >= 0.4
    stats = server.stats()
    assert (stats["peak"], stats["requests"]) == (2, 8)
    assert sorted(stats["bodies"].values()) == [2, 2, 2, 2]


async def test_many_connections_are_served_quickly(model_server: Any) -> None:
    port, count = model_server(mode="text").port, 1500
    raw = json.dumps(body("Hello " * 300)).encode()
    request = b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % len(raw) + raw

    async def client(rounds: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(rounds):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()
        await writer.wait_closed()

    start = time.perf_counter()
    await asyncio.gather(*(client(count // 100) for _ in range(100)))
    assert count / (time.perf_counter() - start) > 400  # 5,000 on a free core
