"""Several endpoints of one model: shares by weight, each with its own limits, past those that fail; latency bounds what is in flight."""

import asyncio
import heapq
import random
import time
from typing import Any

import pytest
from pydantic import BaseModel

from curate.errors import UsageError
from curate.llm import Models
from curate.llm._slots import Bucket, Ceiling

Pair = Any


async def outcomes(models: Models, pair: type[BaseModel], items: Any, **more: Any) -> list[Any]:
    asks = (models.bound()("ask", pair, {"item": n, "text": "Some text."}, **more) for n in items)
    return await asyncio.gather(*asks, return_exceptions=True)


def asked(*servers: Any) -> list[int]:
    return [server.stats()["requests"] for server in servers]


async def test_equal_servers_share_by_weight_and_the_total_is_capped(model_server: Any, opened: Any, pair: Pair) -> None:
    heavy, light = model_server(latency=0.02), model_server(latency=0.02)
    rows = [{"base_url": heavy.url, "weight": 3}, {"base_url": light.url}]
    async with opened("", endpoints=rows, concurrency=8) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(200)))
        for item in range(200, 208):  # one after the other: shares still
            await outcomes(models, pair, [item])
    many, few = asked(heavy, light)
    assert many + few == 208
    assert 140 <= many <= 170
    assert heavy.stats()["peak"] + light.stats()["peak"] <= 9


async def test_shares_are_the_same_each_time_for_asks_one_after_the_other(model_server: Any, opened: Any, pair: Pair) -> None:
    servers = [model_server() for _ in range(3)]
    rows = [{"base_url": server.url, "weight": weight} for server, weight in zip(servers, (2, 1, 1), strict=True)]
    async with opened("", endpoints=rows) as models:
        for item in range(12):
            await outcomes(models, pair, [item])
    assert asked(*servers) == [6, 3, 3]


async def test_a_slow_server_gets_less_and_a_small_one_no_more_than_its_own(model_server: Any, opened: Any, pair: Pair) -> None:
    slow, small, quick = model_server(latency=0.2), model_server(latency=0.02), model_server(latency=0.02)
    rows = [{"base_url": slow.url}, {"base_url": small.url, "concurrency": 2}, {"base_url": quick.url}]
    async with opened("", endpoints=rows, concurrency=12) as models:
        await outcomes(models, pair, range(150))
    assert asked(slow)[0] < asked(small)[0] < asked(quick)[0]
    assert small.stats()["peak"] <= 2


async def test_an_overloaded_endpoint_rests_alone_while_the_other_takes_over(model_server: Any, opened: Any, pair: Pair) -> None:
    busy, good = (
        model_server(latency=0.02, faults=[{"number": n, "do": "429", "retry_after": "0.3"} for n in range(4)]),
        model_server(latency=0.02),
    )
    async with opened(f"{busy.url},{good.url}", concurrency=8) as models:
        began = time.perf_counter()
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(16)))
        assert time.perf_counter() - began < 0.3  # nobody waited for the one that rests
        loads = [e.load for e in models.role("generate").endpoints.members]
        assert (loads[0].limit, loads[1].limit) == (4, 8)
        await asyncio.sleep(0.4)
        before = asked(busy)[0]
        await outcomes(models, pair, range(100, 140))
        assert asked(busy)[0] > before
        assert loads[0].limit > 4


async def test_a_server_that_dies_is_left_and_what_it_had_goes_elsewhere(model_server: Any, opened: Any, pair: Pair) -> None:
    dying, good, said = model_server(latency=0.05), model_server(latency=0.02), list[str]()
    async with opened(f"{dying.url},{good.url}", said, concurrency=8, send_attempts=4) as models:
        run = asyncio.create_task(outcomes(models, pair, range(150)))
        await asyncio.sleep(0.15)
        dying.stop()
        assert all(isinstance(one, pair) for one in await run)
    assert len([line for line in said if "cannot be reached: this endpoint is dropped" in line]) == 1


async def test_each_endpoint_has_its_own_key(model_server: Any, opened: Any, pair: Pair, tmp_path: Any) -> None:
    servers, rows = [model_server(key=f"sk-{n}") for n in range(2)], []
    for number, server in enumerate(servers):
        file = tmp_path / f"key{number}"
        file.write_text(f"sk-{number}")
        file.chmod(0o600)
        rows.append({"base_url": server.url, "api_key_file": str(file)})
    async with opened("", endpoints=rows) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(10)))
    assert asked(*servers) == [5, 5]


async def test_a_role_has_its_own_endpoints_and_shares_slots_where_they_are_the_same(model_server: Any, opened: Any, pair: Pair) -> None:
    one, two = model_server(model="any", latency=0.05), model_server(model="any", latency=0.05)
    roles = {"judge": {"model": "judge-model", "endpoints": [{"base_url": two.url}]}, "answer": {"model": "other"}}
    async with opened("", endpoints=[{"base_url": one.url}], roles=roles, concurrency=4) as models:
        await asyncio.gather(
            outcomes(models, pair, range(6), role="judge"),
            outcomes(models, pair, range(6)),
            outcomes(models, pair, range(6), role="answer"),
        )
    assert asked(one, two) == [12, 6]
    assert one.stats()["peak"] == 4


async def test_requests_a_minute_are_spread_over_the_minute(model_server: Any, opened: Any, pair: Pair) -> None:
    paced, free = model_server(), model_server(latency=0.05)
    async with opened("", endpoints=[{"base_url": paced.url, "requests_per_minute": 600}]) as models:
        began = time.perf_counter()
        await outcomes(models, pair, range(16))
        assert 0.5 < time.perf_counter() - began < 2  # ten at once, then one each tenth of a second
    rows = [{"base_url": paced.url, "requests_per_minute": 60}, {"base_url": free.url}]
    async with opened("", endpoints=rows, concurrency=8) as models:
        await outcomes(models, pair, range(100, 140))
    assert asked(paced)[0] <= 16 + 3
    assert asked(free)[0] >= 37


async def test_tokens_a_minute_hold_by_what_replies_really_use(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server()
    async with opened("", endpoints=[{"base_url": server.url, "tokens_per_minute": 60_000}]) as models:
        began = time.perf_counter()
        await outcomes(models, pair, range(12))
        seconds, stats = time.perf_counter() - began, server.stats()
        used = stats["prompt_tokens"] + stats["completion_tokens"]
        assert used > 2000
        assert (used - 1500) / 1000 < seconds < 3 + used / 1000  # a second's worth is saved up, and one send may overdraw


def test_a_bucket_lends_to_a_large_send_and_waits_until_it_is_paid_back() -> None:
    bucket = Bucket(600)
    assert bucket.most == 10
    assert bucket.wait(50) == 0
    bucket.level -= 50
    assert 4.8 < bucket.wait(50) <= 5
    assert 4.0 < bucket.wait(1) <= 4.1


async def test_a_queue_at_the_server_loses_no_replies(model_server: Any, opened: Any, pair: Pair) -> None:
    queueing = model_server(latency=0.02, slots=4)
    async with opened(queueing.url, concurrency=48) as models:
        began = time.perf_counter()
        await outcomes(models, pair, range(600))
        assert time.perf_counter() - began < 2 * 600 / 4 * 0.02 + 1
        assert 8 <= models.role("generate").endpoints.members[0].load.limit <= 48
    assert queueing.stats()["peak"] == 4


@pytest.mark.parametrize(
    ("slots", "spread", "least", "most"),
    [
        (8, 0.0, 8, 32),  # a queue: half of what waited there was for nothing
        (64, 0.0, 64, 64),  # a steady server
        (1000, 0.0, 64, 64),
        (1000, 8.0, 64, 64),  # replies of very different lengths, and no queue
    ],
)
def test_sends_at_once_come_down_where_fewer_get_as_many_replies_and_only_there(slots: int, spread: float, least: int, most: int) -> None:
    ceiling, chance = Ceiling(64, 0.0), random.Random(5)
    working: list[tuple[float, float]] = []  # (when it ends, when it was sent) of what the server works on
    waiting: list[float] = []
    now = 0.0
    for _ in range(12_000):
        while len(working) + len(waiting) < int(ceiling.value):
            waiting.append(now)
        while waiting and len(working) < slots:
            heapq.heappush(working, (now + 1 + spread * chance.random() + 1e-6 * chance.random(), waiting.pop(0)))
        now, sent = heapq.heappop(working)
        ceiling.reply(now, now - sent, len(working) + len(waiting) + 1, full=len(working) + len(waiting) + 1 >= int(ceiling.value))
    assert least <= ceiling.value <= most


async def test_a_steady_server_keeps_every_slot(model_server: Any, opened: Any, pair: Pair) -> None:
    async with opened(model_server(latency=0.05).url, concurrency=16) as models:
        await outcomes(models, pair, range(500))
        assert models.role("generate").endpoints.members[0].load.limit == 16


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"base_url": "http://a/v1", "wieght": 2}, r"\[\[endpoints\]\] 2 \(http://a/v1\) has no setting 'wieght'", "weight"),
    ({"base_url": "http://a/v1", "weight": "much"}, r"\[\[endpoints\]\] 2 \(http://a/v1\): weight = 'much'", ""),
    ({"base_url": "http://a/v1", "weight": 0}, "weight = 0", ""),
    ({"base_url": "http://a/v1", "requests_per_minute": -1}, "requests_per_minute = -1", ""),
    ({"base_url": "http://a/v1", "concurrency": 1.5}, "concurrency = 1.5", ""),
    ({"weight": 2}, r"\[\[endpoints\]\] 2 has no base_url", "base_url"),
    ({"base_url": "a:80"}, "is no address", "http://"),
    ({"base_url": 80}, "base_url = 80", ""),
]


@pytest.mark.parametrize(("row", "words", "hint"), WRONG)
async def test_a_wrong_row_is_named_with_what_is_wrong(opened: Any, row: dict[str, Any], words: str, hint: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        async with opened("", endpoints=[{"base_url": "http://127.0.0.1:9/v1"}, row]):
            pass
    assert hint in caught.value.hint


async def test_a_wrong_row_or_value_of_a_role_is_named_too(opened: Any) -> None:
    with pytest.raises(UsageError, match=r"roles.judge.endpoints\]\] 1"):
        async with opened("http://127.0.0.1:9/v1", roles={"judge": {"endpoints": [{"base_url": "http://a/v1", "rpm": 5}]}}):
            pass
    with pytest.raises(UsageError, match=r"\[roles.judge\] temperature = 'hot'"):
        async with opened("http://127.0.0.1:9/v1", roles={"judge": {"temperature": "hot"}}):
            pass
