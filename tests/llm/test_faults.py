"""Faults of servers and networks: what passes is sent again, what does not is a reason, and sends stay bounded."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import BaseModel

from curate.errors import EndpointError, ReplyError
from curate.llm import Models

Pair = Any


async def outcomes(models: Models, pair: type[BaseModel], count: int) -> list[Any]:
    asks = (models.bound()("ask", pair, {"item": n, "text": "Some text."}) for n in range(count))
    return await asyncio.gather(*asks, return_exceptions=True)


KINDS: list[tuple[int, dict[str, Any]]] = [
    (6, {"do": "429", "retry_after": "0.05"}),
    (3, {"do": "429", "retry_after": "Sat, 01 Jan 2000 00:00:00 GMT"}),
    (3, {"do": "429", "retry_after": "soon, perhaps"}),
    (3, {"do": "429"}),
    (5, {"do": "500"}),
    (3, {"do": "502"}),
    (3, {"do": "503"}),
    (2, {"do": "408"}),
    (6, {"do": "hang"}),
    (4, {"do": "refuse"}),
    (4, {"do": "cut"}),
    (2, {"do": "not_http"}),
    (3, {"do": "garbage"}),
    (6, {"do": "invalid_json"}),
    (6, {"do": "wrong_schema"}),
    (4, {"do": "empty"}),
    (4, {"do": "length"}),
    (4, {"do": "refusal"}),
    (3, {"do": "content_filter"}),
    (4, {"do": "context"}),
]


async def test_every_kind_of_fault_ends_as_done_or_failed_with_a_reason(model_server: Any, opened: Any, pair: Pair) -> None:
    faults = [dict(fault) for count, fault in KINDS for _ in range(count)]
    numbers = random.Random(11).sample(range(10, 320), len(faults))
    server = model_server(latency=0.005, faults=[{**fault, "number": n} for fault, n in zip(faults, numbers, strict=True)])
    async with opened(server.url, request_timeout=0.6, concurrency=16) as models:
        found = await outcomes(models, pair, 300)
        failed = [o for o in found if isinstance(o, ReplyError)]
        assert len(failed) + sum(isinstance(o, pair) for o in found) == 300
        assert len(failed) == 11  # refusals, filtered and too long: nothing else is given up
        assert all(any(word in f.message for word in ("refused", "filter", "context")) for f in failed)
        stats = server.stats()
        assert sum(stats["faulted"].values()) == len(faults)
        assert stats["requests"] == models.counts.sent == 300 + len(faults) - 11
        assert models.counts.in_flight == 0
    async with opened(server.url) as models:  # all of it is remembered, failures too
        again = await outcomes(models, pair, 300)
        assert sum(isinstance(o, ReplyError) for o in again) == 11
        assert models.counts.sent == 0


async def test_a_request_that_always_fails_is_given_up_after_the_allowed_sends(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"contains": "Item 3.", "do": "500"}, {"contains": "Item 4.", "do": "hang"}])
    async with opened(server.url, send_attempts=4, request_timeout=0.2) as models:
        found = await outcomes(models, pair, 8)
        assert [isinstance(o, ReplyError) for o in found] == [n in (3, 4) for n in range(8)]
        assert "500" in found[3].message
        assert "no reply within" in found[4].message
        assert found[3].attempts == 4
        assert server.stats()["requests"] == 6 + 2 * 4
    async with opened(server.url) as models:  # that was no reply, so a rerun asks again
        await outcomes(models, pair, 3)
        assert models.counts.sent == 0


@pytest.mark.parametrize(("status", "words"), [("401", "does not accept the key"), ("403", "key"), ("404", "does not serve this")])
async def test_a_key_or_model_that_is_wrong_stops_within_as_many_sends_as_are_in_flight(
    model_server: Any, opened: Any, pair: Pair, status: str, words: str
) -> None:
    server = model_server(latency=0.01, faults=[{"contains": "Item", "do": status}])
    async with opened(server.url, concurrency=4) as models:
        found = await outcomes(models, pair, 50)
        assert all(isinstance(o, EndpointError) and words in o.message and o.exit_code == 5 for o in found)
        assert server.stats()["requests"] <= 4


async def test_an_unreachable_server_stops_the_run(opened: Any, pair: Pair) -> None:
    async with opened("http://127.0.0.1:9/v1", send_attempts=3) as models:
        found = await outcomes(models, pair, 50)
        assert all(isinstance(o, EndpointError) and "cannot be reached" in o.message for o in found)


async def test_another_endpoint_of_the_same_model_takes_over(model_server: Any, opened: Any, pair: Pair) -> None:
    wrong, dead, good = model_server(key="sk-secret"), model_server(), model_server(latency=0.01)
    dead.stop()
    said: list[str] = []
    async with opened(f"{wrong.url}, {dead.url}, {good.url}", said) as models:
        assert all(isinstance(o, pair) for o in await outcomes(models, pair, 40))
    assert good.stats()["requests"] == 40
    assert any("does not accept the key (401): this endpoint is dropped" in line for line in said)


async def test_a_long_wait_rests_the_endpoint_and_says_so(model_server: Any, opened: Any, pair: Pair) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    tired = model_server(faults=[{"contains": "Item", "do": "429", "retry_after": date}])
    good, said = model_server(latency=0.01), list[str]()
    async with opened(f"{tired.url},{good.url}", said, concurrency=4) as models:
        assert all(isinstance(o, pair) for o in await outcomes(models, pair, 40))
    assert tired.stats()["requests"] <= 4
    assert [line for line in said if "left alone" in line] == said[:1]


async def test_a_server_that_says_when_to_come_back_is_not_asked_before(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"number": 0, "do": "429", "retry_after": "0.4"}])
    async with opened(server.url) as models:
        start = time.perf_counter()
        await outcomes(models, pair, 1)
        assert time.perf_counter() - start >= 0.4


async def test_overload_halves_the_slots_and_good_replies_bring_them_back(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(latency=0.005, faults=[{"number": n, "do": "429"} for n in range(16)])
    async with opened(server.url, concurrency=16) as models:
        slots = models.role("generate").endpoints.members[0].load
        await outcomes(models, pair, 16)
        assert slots.limit < 16
        for round_number in range(40):
            asks = (models.bound()("ask", pair, {"item": 1000 + 16 * round_number + n, "text": "t"}) for n in range(16))
            await asyncio.gather(*asks)
        assert slots.limit == 16


async def test_a_waiting_slot_that_is_cancelled_is_not_lost(model_server: Any, opened: Any) -> None:
    async with opened(model_server().url, concurrency=1) as models:
        endpoints = models.role("generate").endpoints
        slot = await endpoints.acquire(0, again=False)
        first, second = (asyncio.create_task(endpoints.acquire(0, again=False)) for _ in range(2))
        await asyncio.sleep(0)
        endpoints.release(slot)
        first.cancel()
        await asyncio.wait_for(second, 1)
        assert endpoints.cap.used == 1


async def test_parameters_a_server_does_not_take_are_left_out_and_it_is_said(model_server: Any, opened: Any, pair: Pair) -> None:
    said: list[str] = []
    server = model_server(refuses="temperature,max_tokens")
    async with opened(server.url, said) as models:
        assert all(isinstance(o, pair) for o in await outcomes(models, pair, 3))
    assert len([line for line in said if "'temperature'" in line]) == 1
