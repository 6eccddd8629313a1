"""Provider batches over HTTP: gathered, fetched, found again; nothing is paid twice, whatever becomes of a batch."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from curate.cache import Ledger
from curate.errors import BudgetReached, EndpointError, ReplyError
from curate.llm import Models

Pair = Any
BATCH = {"batch": True, "batch_poll": 0.05}


def asks(models: Models, pair: type[BaseModel], items: Any) -> list[Any]:
    return [models.bound()("ask", pair, {"item": item, "text": "Some text."}) for item in items]


async def outcomes(models: Models, pair: type[BaseModel], items: Any) -> list[Any]:
    return await asyncio.gather(*asks(models, pair, items), return_exceptions=True)


async def until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


async def test_asks_of_one_moment_are_one_batch_and_fall_into_the_same_ledger(model_server: Any, opened: Any, pair: Pair) -> None:
    server, said = model_server(batch_delay=0.2), list[str]()
    async with opened(server.url, said, **BATCH) as models:
        found = await asyncio.gather(*asks(models, pair, range(40)))
        assert (models.counts.made, models.counts.sent, models.counts.in_flight) == (40, 40, 0)
        stats = server.stats()
        assert models.counts.prompt_tokens == stats["prompt_tokens"]
        assert (stats["requests"], stats["batches"]["made"], stats["batches"]["requests"]) == (0, 1, 40)
        assert models.ledger.batches() == []
    async with opened(server.url) as models:  # without batches: the key is the same
        assert await asyncio.gather(*asks(models, pair, range(40))) == found
    assert server.stats()["requests"] == 0
    assert [line for line in said if "handed to" in line and "batch_0" in line]
    assert [line for line in said if "40 of 40 requests answered" in line]


async def test_a_full_batch_leaves_at_once(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server()
    async with opened(server.url, **BATCH, batch_requests=10) as models:
        assert models.at_once >= 100
        await asyncio.gather(*asks(models, pair, range(25)))
    assert server.stats()["batches"]["made"] == 3


async def test_an_unusable_reply_goes_into_the_next_batch_with_what_was_wrong(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(faults=[{"contains": "Item 3.", "do": "wrong_schema", "times": 1}])
    async with opened(server.url, **BATCH) as models:
        found = await outcomes(models, pair, range(8))
        assert all(isinstance(one, pair) for one in found)
        assert (models.counts.invalid, models.counts.sent) == (1, 9)
        stats = server.stats()["batches"]
        assert (stats["made"], stats["requests"]) == (2, 9)


async def test_errors_of_single_requests_are_each_their_own(model_server: Any, opened: Any, pair: Pair) -> None:
    faults = [
        {"contains": "Item 1.", "do": "500", "times": 1},
        {"contains": "Item 2.", "do": "500"},
        {"contains": "Item 3.", "do": "context"},
        {"contains": "Item 4.", "do": "refusal"},
        {"contains": "Item 5.", "do": "garbage", "times": 1},
    ]
    server = model_server(faults=faults)
    async with opened(server.url, **BATCH) as models:
        found = await outcomes(models, pair, range(8))
        assert [isinstance(one, pair) for one in found] == [True, True, False, False, False, True, True, True]
        assert "500" in found[2].message
        assert found[3].too_long
        assert "refused" in found[4].message
        assert models.ledger.batches() == []
    async with opened(server.url) as models:  # the context and the refusal are remembered, the error of the server is not
        assert [one.too_long for one in await outcomes(models, pair, [3, 4])] == [True, False]
        assert models.counts.sent == 0


@pytest.mark.parametrize(
    ("end", "words"), [("fail", "too many tokens are waiting"), ("expire", "in time"), ("cancel", "in time"), ("lost", "does not know")]
)
async def test_a_batch_that_does_not_complete_is_handed_over_once_more(
    model_server: Any, opened: Any, pair: Pair, end: str, words: str
) -> None:
    good = model_server(batches=f"{end},ok")
    async with opened(good.url, **BATCH) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(6)))
        assert set(good.stats()["bodies"].values()) == {1}
    bad = model_server(batches=f"{end},{end},ok")
    async with opened(bad.url, **BATCH) as models:
        found = await outcomes(models, pair, range(10, 16))
        failed = [one for one in found if not isinstance(one, pair)]
        assert failed
        assert all(isinstance(one, ReplyError) and words in one.message and "in 2 batches" in one.message for one in failed)
    async with opened(bad.url, **BATCH) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(10, 16)))


async def test_a_drain_does_not_wait_and_the_next_run_picks_the_batch_up(model_server: Any, opened: Any, pair: Pair) -> None:
    server, said = model_server(batch_delay=1.0), list[str]()
    async with opened(server.url, said, **BATCH) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, range(6))]
        await until(models.ledger.batches)
        began = time.perf_counter()
        await models.drain(30)
        assert time.perf_counter() - began < 0.8
        assert all(isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(*tasks, return_exceptions=True))
    assert [line for line in said if "the same command picks them up" in line and line.startswith("6 requests")]
    async with opened(server.url, said, **BATCH) as models:  # with one ask more, and one less
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(1, 7)))
        assert models.counts.sent == 1
        assert models.counts.prompt_tokens > 0  # booked where it became known
        assert [len(batch.keys) for batch in models.ledger.batches()] == [6]  # one of its replies is still to be fetched
    async with opened(server.url) as models:  # whether that run batches or not
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(7)))
        assert models.counts.sent == 0
        assert models.ledger.batches() == []
    stats = server.stats()
    assert (stats["requests"], stats["batches"]["requests"], len(stats["bodies"])) == (0, 7, 7)


CHILD = """
import asyncio, sys
from pathlib import Path
from pydantic import BaseModel
from curate.cache import Ledger
from curate.llm import Models
from curate.settings import Settings

class Pair(BaseModel):
    question: str
    answer: str

async def main(url, folder):
    settings = Settings(model="test-model", base_url=url, batch=True, batch_poll=0.05, batch_requests=20)
    with Ledger.open(folder / "cache.sqlite") as ledger:
        async with Models(settings, ledger, folder, quiet=0.1, backoff=0.01) as models:
            print("asking", flush=True)
            await asyncio.gather(*(models.bound()("ask", Pair, {"item": n, "text": "t"}) for n in range(50)))

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def test_nothing_that_was_handed_over_is_paid_again_after_kills(model_server: Any, opened: Any, tmp_path: Path) -> None:
    server = model_server(batch_delay=0.6)
    command = [sys.executable, "-c", CHILD, server.url, str(tmp_path)]
    for pause in (0.05, 0.2, 0.5):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(pause)
            child.kill()
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE)
    stats = server.stats()
    assert stats["batches"]["requests"] == 50
    assert set(stats["bodies"].values()) == {1}
    with Ledger.open(tmp_path / "cache.sqlite") as ledger:
        assert ledger.sums()["made"] == 50
        assert ledger.batches() == []


async def test_a_batch_whose_creation_was_cut_off_is_found_by_its_name(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(batches="ok,ok,ok,cut,503")
    async with opened(server.url, **BATCH, batch_requests=4) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(20)))
    assert server.stats()["batches"] == {**server.stats()["batches"], "made": 5, "requests": 20}


async def test_a_later_run_finds_a_batch_whose_making_was_killed_or_makes_it(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path
) -> None:
    for made in (True, False):
        server, items = model_server(batch_delay=0.3), range(10 * made, 10 * made + 5)
        async with opened(server.url, **BATCH) as models:
            tasks = [asyncio.create_task(ask) for ask in asks(models, pair, items)]
            await until(models.ledger.batches)
            await models.drain(5)
            await asyncio.gather(*tasks, return_exceptions=True)
        with Ledger.open(tmp_path / "cache.sqlite") as ledger:  # as a kill leaves it between the creation and its answer
            name = ledger.batches()[0].name
            ledger._writer.execute(
                "UPDATE batches SET id = '', state = 'making', name = ? WHERE name = ?", (name if made else "other", name)
            )
        async with opened(server.url, **BATCH) as models:
            assert all(isinstance(one, pair) for one in await outcomes(models, pair, items))
            assert models.ledger.batches() == []
        assert server.stats()["batches"]["made"] == (1 if made else 2)


async def test_a_batch_at_an_address_that_is_gone_is_not_paid_elsewhere(model_server: Any, opened: Any, pair: Pair) -> None:
    server, other = model_server(batch_delay=5), model_server()
    async with opened(server.url, **BATCH) as models:
        tasks = [asyncio.create_task(ask) for ask in asks(models, pair, range(3))]
        await until(models.ledger.batches)
        await models.drain(5)
        await asyncio.gather(*tasks, return_exceptions=True)
    async with opened(other.url, **BATCH) as models:
        found = await outcomes(models, pair, range(3))
        assert all(isinstance(one, EndpointError) and "pay twice" in one.hint for one in found)
    assert other.stats()["batches"] == {}


async def test_a_server_without_batches_or_key_is_a_clear_end(model_server: Any, opened: Any, pair: Pair) -> None:
    async with opened(model_server(batches="none").url, **BATCH) as models:
        found = await outcomes(models, pair, range(3))
        assert all(isinstance(one, EndpointError) and "--batch" in one.hint for one in found)
    async with opened(model_server(key="sk-right").url, **BATCH) as models:
        assert all(isinstance(one, EndpointError) and "key" in one.message for one in await outcomes(models, pair, range(3)))
    async with opened("http://127.0.0.1:9/v1", **BATCH, send_attempts=2) as models:
        assert all(isinstance(one, EndpointError) and "reached" in one.message for one in await outcomes(models, pair, range(3)))


async def test_batches_go_to_another_endpoint_where_one_takes_none(model_server: Any, opened: Any, pair: Pair) -> None:
    none, good = model_server(batches="none"), model_server()
    async with opened(f"{none.url},{good.url}", **BATCH) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(6)))
    assert good.stats()["batches"]["requests"] == 6


async def test_a_schema_the_server_does_not_take_is_stated_in_the_next_batch(model_server: Any, opened: Any, pair: Pair) -> None:
    server = model_server(schema="json_object")
    async with opened(server.url, **BATCH) as models:
        assert all(isinstance(one, pair) for one in await outcomes(models, pair, range(4)))
    assert server.stats()["batches"]["made"] == 2


@pytest.mark.parametrize("cap", [("max_calls", 7), ("max_cost", 0.001)])
async def test_caps_hold_exactly_at_the_price_of_a_batch(
    model_server: Any, opened: Any, pair: Pair, tmp_path: Path, cap: tuple[str, float]
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('["test-model"]\nprompt = 1.0\ncompletion = 2.0\nbatch_discount = 0.75\n')
    server = model_server()
    async with opened(server.url, **BATCH, prices=str(prices), max_reply_tokens=64, **dict([cap])) as models:
        found = await outcomes(models, pair, range(40))
        assert {type(one) for one in found} == {pair, BudgetReached}
        stats = server.stats()
        cost = 0.25 * (stats["prompt_tokens"] + 2 * stats["completion_tokens"]) / 1e6
        assert models.counts.cost == pytest.approx(cost)
        spent = {"max_calls": stats["batches"]["requests"], "max_cost": cost}[cap[0]]
        assert 0.4 * cap[1] < spent <= cap[1]
