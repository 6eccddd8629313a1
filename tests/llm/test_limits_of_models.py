"""What models and servers cannot do: tools, images, schemas, an end; each is found out once, said once, and given a reason."""

import asyncio
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from curate.errors import ReplyError
from curate.llm import Models
from curate.records import Message

Pair = Any
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {"properties": {"city": {"type": "string"}}}}}


async def outcomes(models: Models, pair: type[BaseModel], items: Any, **more: Any) -> list[Any]:
    asks = (models.bound()("ask", pair, {"item": n, "text": "Some text."}, **more) for n in items)
    return await asyncio.gather(*asks, return_exceptions=True)


def picture(path: Path, shade: int) -> Path:
    """A PNG of one grey pixel."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = piece(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + piece(b"IDAT", zlib.compress(bytes([0, shade]))) + piece(b"IEND", b""))
    return path


async def test_a_model_without_tools_is_refused_once_with_the_flag_that_mends_it(model_server: Any, opened: Any, pair: Pair) -> None:
    server, said = model_server(refuses="tools"), list[str]()
    async with opened(server.url, said, concurrency=1) as models:
        for number in range(3):
            with pytest.raises(ReplyError, match="does not take tools") as caught:
                await models.bound().chat([Message("user", f"What time is it? {number}")], [TOOL])
            assert "--enable-auto-tool-choice --tool-call-parser" in caught.value.hint
        assert models.counts.sent == server.stats()["requests"] == 1
        assert (await models.bound().chat([Message("user", "Hello")], [])).content  # all else goes on
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(2)))
    assert len(said) == 1
    async with opened(model_server().url) as models:  # nothing of it is remembered
        assert (await models.bound().chat([Message("user", "What time is it? 0")], [TOOL])).tool_calls


async def test_images_go_as_data_and_stand_in_keys_and_ledger_by_their_hash(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path
) -> None:
    server, images = model_server(), [picture(tmp_path / f"{n}.png", n) for n in range(3)]
    async with opened(server.url) as models:
        ask = models.bound()
        first = await ask("ask", pair, {"item": 1, "text": "t"}, images=images[:2])
        row = models.ledger.get(ask.keys[0])
        assert row is not None
        turn = json.loads(row.request)["messages"][-1]["content"]
        assert [part["type"] for part in turn] == ["text", "image_url", "image_url"]
        assert turn[1]["image_url"]["url"].startswith("sha256:")
        assert "base64" not in row.request
        others = [await models.bound()("ask", pair, {"item": 1, "text": "t"}, images=some) for some in ([], images[2:], images[1::-1])]
        assert len({one.question for one in (first, *others)}) == 4  # the server answers by the bytes that came
        moved = picture(tmp_path / "moved.png", 0), images[1]
        assert await models.bound()("ask", pair, {"item": 1, "text": "t"}, images=moved) == first
        assert models.counts.sent == 4


async def test_an_image_goes_into_reasks_stated_schemas_and_batches(model_server: Any, opened: Any, pair: Pair, tmp_path: Path) -> None:
    image = picture(tmp_path / "a.png", 1)
    server = model_server(schema="none", faults=[{"contains": "```json", "do": "wrong_schema", "times": 1}])
    async with opened(server.url) as models:
        assert isinstance((await outcomes(models, pair, [1], images=[image]))[0], pair)
        assert models.counts.invalid == 1
    async with opened(server.url, batch=True, batch_poll=0.05) as models:
        assert isinstance((await outcomes(models, pair, [2], images=[image]))[0], pair)


async def test_a_model_that_sees_no_images_is_a_clear_refusal_once(model_server: Any, opened: Any, pair: Pair, tmp_path: Path) -> None:
    server, said, image = model_server(refuses="images"), list[str](), picture(tmp_path / "a.png", 1)
    async with opened(server.url, said, concurrency=1) as models:
        for one in await outcomes(models, pair, range(3), images=[image]):
            assert isinstance(one, ReplyError)
            assert "does not take images" in one.message
            assert "sees images" in one.hint
        assert server.stats()["requests"] == 1
        assert isinstance((await outcomes(models, pair, [1]))[0], pair)
    assert len(said) == 1
    async with opened(server.url, batch=True, batch_poll=0.05) as models:
        assert "does not take images" in (await outcomes(models, pair, [9], images=[image]))[0].message


async def test_an_image_that_is_missing_or_none_fails_its_ask_alone(model_server: Any, opened: Any, pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    async with opened(model_server().url) as models:
        for path, words in ((tmp_path / "none.png", "cannot be read"), (tmp_path / "a.txt", "neither PNG")):
            (failed,) = await outcomes(models, pair, [1], images=[path])
            assert isinstance(failed, ReplyError)
            assert words in failed.message
        assert models.counts.sent == 0


async def test_a_server_that_ignores_schemas_is_told_in_the_prompt_from_the_second_ask_on(
    model_server: Any, opened: Any, pair: Pair
) -> None:
    server, said = model_server(silent=1), list[str]()
    async with opened(server.url, said) as models:
        for item in range(6):
            assert isinstance((await outcomes(models, pair, [item]))[0], pair)
        assert models.counts.invalid == 1
        assert models.counts.sent == 7
    assert [line for line in said if "did not follow it" in line] == said[:1]
    assert len(said) == 1


async def test_a_reply_that_goes_round_in_circles_is_asked_again_once_and_says_so(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"contains": "Item 1.", "do": "loop"}, {"contains": "Item 2.", "do": "loop", "times": 1}])
    async with opened(server.url, reply_attempts=5) as models:
        failed, mended = await outcomes(models, pair, [1, 2])
        assert isinstance(failed, ReplyError)
        assert failed.message.startswith("the reply repeats itself: ")
        assert "valve" in failed.message
        assert isinstance(mended, pair)
        assert server.stats()["requests"] == 4
    async with opened(server.url) as models:
        assert (await outcomes(models, pair, [1]))[0].message == failed.message
        assert models.counts.sent == 0


async def test_a_prompt_that_is_too_long_can_be_told_from_other_failures(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"contains": "Item 1.", "do": "context"}, {"contains": "Item 2.", "do": "refusal"}])
    for sent in (2, 0):  # and so can a remembered one
        async with opened(server.url) as models:
            found = await outcomes(models, pair, [1, 2])
            assert [one.too_long for one in found] == [True, False]
            assert "--chunk-max-tokens" in found[0].hint
            assert models.counts.sent == sent
