"""The ask over HTTP: remembered, shared, re-asked, drained; nothing is paid twice."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from curate.cache import Ledger
from curate.errors import BudgetReached, EndpointError, ReplyError, UsageError, WorkspaceError
from curate.llm import Models
from curate.llm._asked import wired
from curate.records import Message, ToolCall, canonical

Pair = Any  # the fixture's type


def asks(models: Models, pair: type[BaseModel], items: list[int], **more: Any) -> list[Any]:
    return [models.bound()("ask", pair, {"item": item, "text": "Some text."}, **more) for item in items]


async def test_a_second_run_asks_nothing(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server()
    async with opened(server.url) as models:
        first = await asyncio.gather(*asks(models, pair, list(range(20))))
        assert (models.counts.made, models.counts.sent) == (20, 20)
        assert models.counts.prompt_tokens == server.stats()["prompt_tokens"]
        assert models.counts.completion_tokens == server.stats()["completion_tokens"]
    async with opened(server.url) as models:
        assert await asyncio.gather(*asks(models, pair, list(range(20)))) == first
        assert (models.counts.made, models.counts.remembered, models.counts.sent) == (0, 20, 0)
    assert server.stats()["requests"] == 20


async def test_the_endpoint_is_in_no_key_but_model_sampling_and_draw_are(model_server: Any, opened: Any, pair: Pair) -> None:
    one, two = model_server(model="any"), model_server(model="any")
    async with opened(one.url) as models:
        await asks(models, pair, [1])[0]
    for settings in ({}, {"concurrency": 3}):
        async with opened(two.url, **settings) as models:
            await asks(models, pair, [1])[0]
    assert two.stats()["requests"] == 0
    for settings in ({"model": "other"}, {"temperature": 0.1}, {"max_reply_tokens": 99}):
        async with opened(two.url, **settings) as models:
            await asks(models, pair, [1])[0]
    async with opened(two.url) as models:
        await asks(models, pair, [1], draw=1)[0]
    assert two.stats()["requests"] == 4


async def test_equal_asks_in_flight_share_one_call_and_none_can_change_the_others(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=0.1)
    async with opened(server.url) as models:
        bound = [models.bound() for _ in range(10)]
        found = await asyncio.gather(*(ask("ask", pair, {"item": 1, "text": "t"}) for ask in bound))
        assert server.stats()["requests"] == 1
        found[0].question = "changed"
        assert all(other.question != "changed" for other in found[1:])
        assert len({tuple(ask.keys) for ask in bound}) == 1
        assert len(bound[0].keys) == 1
        assert (models.counts.made, models.counts.remembered) == (1, 9)
        row = models.ledger.get(bound[0].keys[0])
        assert row is not None
        assert json.loads(row.request)["messages"][1]["content"].startswith("Item 1.")
        assert json.loads(row.raw)["choices"]


async def test_an_unusable_reply_is_asked_again_with_what_was_wrong(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"number": 0, "do": "wrong_schema"}, {"number": 1, "do": "invalid_json"}])
    async with opened(server.url) as models:
        ask = models.bound()
        await ask("ask", pair, {"item": 1, "text": "t"})
        rows = [models.ledger.get(key) for key in ask.keys]
        assert [row.status for row in rows if row] == ["invalid", "invalid", "valid"]
        again = json.loads(rows[1].request if rows[1] else "")["messages"][-1]["content"]
        assert "question: Field required" in again
        assert '"additionalProperties":false' in again
        assert (models.counts.invalid, models.counts.sent, models.counts.made) == (1, 3, 1)


async def test_spent_attempts_cost_nothing_again_until_failed_asks_are_retried(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(replies=["no", "still no"])
    for expected in (2, 2):
        async with opened(server.url, reply_attempts=2) as models:
            with pytest.raises(ReplyError, match="held no JSON") as caught:
                await asks(models, pair, [1])[0]
            assert caught.value.attempts == 2
            assert models.counts.failed == 1
        assert server.stats()["requests"] == expected
    async with opened(server.url, reply_attempts=2, retry_failed=True) as models:
        with pytest.raises(ReplyError):
            await asks(models, pair, [1])[0]
    assert server.stats()["requests"] == 4
    good = model_server()
    async with opened(good.url, reply_attempts=2, retry_failed=True) as models:
        await asks(models, pair, [1])[0]
    async with opened(good.url, reply_attempts=2) as models:
        await asks(models, pair, [1])[0]
    assert good.stats()["requests"] == 1


async def test_an_attempt_remembered_as_invalid_goes_on_from_the_next(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"number": 0, "do": "empty"}, *({"number": n, "do": "500"} for n in range(1, 3))])
    async with opened(server.url, send_attempts=2) as models:
        with pytest.raises(ReplyError, match="500"):
            await asks(models, pair, [1])[0]
    async with opened(server.url) as models:
        await asks(models, pair, [1])[0]
        assert (models.counts.sent, models.counts.made) == (1, 1)


async def test_a_conversation_may_call_tools(model_server: Any, opened: Any) -> None:
    tool = {"type": "function", "function": {"name": "clock", "parameters": {"properties": {"city": {"type": "string"}}}}}
    async with opened(model_server().url) as models:
        ask = models.bound()
        turns = [Message("user", "What time is it?")]
        called = await ask.chat(turns, [tool])
        assert called.tool_calls[0].name == "clock"
        assert isinstance(called.tool_calls[0], ToolCall)
        answer = Message("tool", "12:00", tool_call_id=called.tool_calls[0].id)
        closed = await ask.chat([*turns, called, answer], [tool])
        assert closed.content.startswith("done")
        assert len(ask.keys) == 2


@pytest.mark.parametrize("takes", ["json_object", "none"])
async def test_a_server_without_json_schema_is_worked_around_and_the_keys_stay(
    model_server: Any, opened: Any, pair: Pair, takes: str
) -> None:
    plain, said = model_server(schema=takes), list[str]()
    async with opened(plain.url, said) as models:
        await asyncio.gather(*asks(models, pair, list(range(8))))
        before = plain.stats()["requests"]
        await asyncio.gather(*asks(models, pair, list(range(8, 16))))
        assert plain.stats()["requests"] == before + 8  # learnt once
    assert len(said) == (1 if takes == "json_object" else 2)
    full = model_server()
    async with opened(full.url) as models:
        await asyncio.gather(*asks(models, pair, list(range(16))))
    assert full.stats()["requests"] == 0


async def test_roles_have_their_own_model_and_server(model_server: Any, opened: Any, pair: Pair) -> None:
    one, two = model_server(), model_server(model="judge-model")
    async with opened(one.url, roles={"judge": {"model": "judge-model", "base_url": two.url}}) as models:
        await asyncio.gather(*asks(models, pair, [1], role="judge"), *asks(models, pair, [2], role="answer"))
    assert (one.stats()["requests"], two.stats()["requests"]) == (1, 1)
    with pytest.raises(UsageError, match="judge"):
        async with opened(one.url, roles={"judge": {"modle": "x"}}):
            pass


async def test_no_more_than_the_slots_are_in_flight(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=0.02)
    async with opened(server.url, concurrency=5) as models:
        await asyncio.gather(*asks(models, pair, list(range(40))))
    assert server.stats()["peak"] == 5


async def test_a_reply_that_is_paid_for_is_kept_when_who_waited_is_gone(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=0.1)
    async with opened(server.url) as models:
        waiting = asyncio.create_task(asks(models, pair, [1])[0])
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with opened(server.url) as models:
        await asks(models, pair, [1])[0]
        assert models.counts.sent == 0


async def test_a_drain_commits_what_is_in_flight_and_sends_no_more(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=0.2)
    async with opened(server.url, concurrency=4) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, list(range(12)))]
        await asyncio.sleep(0.1)
        assert models.counts.in_flight == 4
        assert await models.drain(5) == 0
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(o, pair) for o in outcomes) == 4
        assert sum(isinstance(o, asyncio.CancelledError) for o in outcomes) == 8
        with pytest.raises(asyncio.CancelledError):
            await asks(models, pair, [99])[0]
    assert server.stats()["requests"] == 4
    async with opened(server.url) as models:
        await asyncio.gather(*asks(models, pair, list(range(12))))
        assert (models.counts.remembered, models.counts.sent) == (4, 8)


async def test_a_drain_ends_asks_that_have_not_even_begun(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server()
    async with opened(server.url) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, [1, 2, 3])]
        await asyncio.sleep(0)
        assert await models.drain(1) == 0
        outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 2)
        assert all(isinstance(o, asyncio.CancelledError) for o in outcomes)
    assert server.stats()["requests"] == 0


async def test_a_drain_sends_nothing_again(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"contains": "Item", "do": "hang"}])
    async with opened(server.url, request_timeout=0.2) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, [1, 2, 3])]
        await asyncio.sleep(0.1)
        await models.drain(2)
        await asyncio.gather(*tasks, return_exceptions=True)
    assert server.stats()["requests"] == 3


async def test_a_placeholder_key_changes_no_reply(model_server: Any, opened: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "EMPTY")
    async with opened(model_server(replies=['{"question": "Is it EMPTY?", "answer": "yes"}']).url) as models:
        assert (await asks(models, pair, [1])[0]).question == "Is it EMPTY?"


async def test_a_drain_counts_the_replies_that_were_slower(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=30)
    async with opened(server.url) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, [1, 2, 3])]
        await asyncio.sleep(0.1)
        assert await models.drain(0.1) == 3
        assert all(isinstance(o, asyncio.CancelledError) for o in await asyncio.gather(*tasks, return_exceptions=True))


async def test_a_full_disk_stops_every_ask(model_server: Any, opened: Any, pair: Pair) -> None:
    async with opened(model_server().url) as models:
        await asks(models, pair, [0])[0]
        pages = models.ledger._writer.execute("PRAGMA page_count").fetchone()[0]
        models.ledger._writer.execute(f"PRAGMA max_page_count={pages}")
        outcomes = await asyncio.gather(*asks(models, pair, list(range(1, 40))), return_exceptions=True)
        assert any(isinstance(o, WorkspaceError) for o in outcomes)
        with pytest.raises(WorkspaceError):
            await asyncio.gather(*asks(models, pair, list(range(40, 60))))


async def test_the_model_list_is_checked_with_a_clear_answer(model_server: Any, opened: Any) -> None:
    async with opened(model_server(key="sk-right").url) as models:
        with pytest.raises(EndpointError, match="does not accept the key"):
            await models.check()
    listing = model_server(model="qwen3-8b")
    async with opened(listing.url, model="qwen-8b") as models:
        with pytest.raises(EndpointError, match="no model 'qwen-8b'") as caught:
            await models.check()
        assert "qwen3-8b" in caught.value.hint
    async with opened(listing.url, model="qwen3-8b") as models:
        assert await models.check() == [f"{listing.url} serves 'qwen3-8b'"]
    async with opened(model_server(models=0).url) as models:
        assert "keeps no list" in (await models.check())[0]
    async with opened("http://127.0.0.1:9/v1") as models:
        with pytest.raises(EndpointError, match="cannot be reached"):
            await models.check()


async def test_the_key_comes_from_a_private_file_or_the_environment(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, file = model_server(key="sk-file"), tmp_path / "key"
    file.write_text("sk-file\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match="read by others"):
        async with opened(server.url, api_key_file=str(file)):
            pass
    file.chmod(0o600)
    async with opened(server.url, api_key_file=str(file)) as models:
        await asks(models, pair, [1])[0]
    monkeypatch.setenv("CURATE_API_KEY", "sk-file")
    async with opened(server.url) as models:
        await asks(models, pair, [2])[0]
    with pytest.raises(UsageError, match="no model is named"):
        async with opened(server.url, model=""):
            pass


async def test_the_key_is_in_no_artefact_though_the_server_echoes_it(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "sk-canary-0123456789"
    monkeypatch.setenv("CURATE_API_KEY", canary)
    shown: list[str] = []
    echo = model_server(replies=[json.dumps({"question": f"Is it {canary}?", "answer": "yes"})])
    async with opened(echo.url, shown) as models:
        shown.append(str(await asks(models, pair, [1])[0]))
    for number, settings in enumerate(({"key": "sk-other"}, {"model": "other"}, {"faults": [{"number": 0, "do": "refusal"}]})):
        async with opened(model_server(**settings).url, shown) as models:
            with pytest.raises((EndpointError, ReplyError)) as caught:
                await asks(models, pair, [10 + number])[0]
            shown += [str(caught.value), caught.value.hint, repr(caught.value.__cause__), repr(caught.value.__context__)]
    assert "***" in shown[0]
    assert not [text for text in shown if canary in text]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json" and canary.encode() in path.read_bytes()]


@pytest.mark.parametrize("cap", [("max_calls", 7), ("max_tokens", 3000), ("max_cost", 0.002)])
async def test_a_cap_holds_exactly_and_leaves_what_is_done(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path, cap: tuple[str, float]
) -> None:
    name, value = cap
    prices = tmp_path / "prices.toml"
    prices.write_text('["test-model"]\nprompt = 1.0\ncompletion = 2.0\n')
    server = model_server(latency=0.01)
    more = {"prices": str(prices), name: value, "max_reply_tokens": 64}
    async with opened(server.url, **more) as models:
        outcomes = await asyncio.gather(*asks(models, pair, list(range(60))), return_exceptions=True)
        assert {type(o) for o in outcomes} == {pair, BudgetReached}
        assert models.counts.made == sum(isinstance(o, pair) for o in outcomes)
        counts, stats = models.counts, server.stats()
        spent = {"max_calls": stats["requests"], "max_tokens": stats["prompt_tokens"] + stats["completion_tokens"], "max_cost": counts.cost}
        assert 0.5 * value < (spent[name] or 0) <= value
        assert counts.cost == pytest.approx((stats["prompt_tokens"] + 2 * stats["completion_tokens"]) / 1e6)
    async with opened(server.url, max_reply_tokens=64) as models:
        await asyncio.gather(*asks(models, pair, list(range(60))))
        assert models.counts.remembered == sum(isinstance(o, pair) for o in outcomes)
        assert models.counts.cost is None  # no price, no cost: not nothing


async def test_a_cost_cap_without_a_price_is_refused(model_server: Any, opened: Any) -> None:
    with pytest.raises(UsageError, match="price"):
        async with opened(model_server().url, max_cost=1.0):
            pass


async def test_a_lone_ask_waits_for_no_timer(model_server: Any, opened: Any, pair: Pair) -> None:
    async with opened(model_server().url) as models:
        await asks(models, pair, [0])[0]
        start = time.perf_counter()
        for number in range(1, 21):
            await asks(models, pair, [number])[0]
        assert (time.perf_counter() - start) / 20 < 0.1


async def test_the_ledger_is_ready_for_another_run_at_once(model_server: Any, opened: Any, pair: Pair, tmp_path: Path) -> None:
    async with opened(model_server().url) as models:
        await asks(models, pair, [1])[0]
        with Ledger.open(tmp_path / "cache.sqlite") as other:
            assert other.sums()["made"] == 1


@pytest.mark.parametrize("text", ["plain", 'a "quoted"\n\tline\\', "中文 — … 😀", "\x00\x1f\x7f\u2028", "half \ud83d of a pair"])
def test_a_turn_of_text_is_the_same_json_whichever_way_it_is_written(text: str) -> None:
    turns = [Message("system", "s"), Message("user", text)]
    plain = canonical([{"role": m.role, "content": m.content} for m in turns]).encode("utf-8", "replace").decode()
    assert wired(turns) == plain
