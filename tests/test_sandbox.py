"""Children are really killed: real hangs, crashes and allocations in real processes."""

import os
import time
from concurrent.futures import Future

import pytest

from curate.errors import DocumentError
from curate.sandbox import Limits, Pool, outcome


def double(number: int) -> int:
    return 2 * number


def hang(seconds: float) -> None:
    time.sleep(seconds)


def allocate(size: int) -> int:
    return len(bytearray(size))


def crash() -> None:
    os.abort()


def complain() -> None:
    raise DocumentError("no such page", "look again")


def noisy() -> int:
    os.write(1, b"noise")
    os.write(2, b"noise")
    return 1


def test_a_hang_a_crash_and_a_memory_bomb_cost_their_own_call_only() -> None:
    limits = Limits(seconds=1.0, memory=200 << 20)
    with Pool(2, limits) as pool:
        good = pool.submit(double, 21)
        hung, crashed, greedy = pool.submit(hang, 60), pool.submit(crash), pool.submit(allocate, 1 << 30)
        after = [pool.submit(double, n) for n in range(10)]
        assert outcome(good, limits) == 42
        with pytest.raises(DocumentError, match="not parsed within 1 s"):
            outcome(hung, limits)
        with pytest.raises(DocumentError, match="crashed"):
            outcome(crashed, limits)
        with pytest.raises(DocumentError, match="more than 200 MiB"):
            outcome(greedy, limits)
        assert [outcome(f, limits) for f in after] == [2 * n for n in range(10)]


def test_a_call_may_use_the_memory_it_is_allowed() -> None:
    limits = Limits(memory=400 << 20)
    with Pool(1, limits) as pool:
        assert outcome(pool.submit(allocate, 200 << 20), limits) == 200 << 20


def test_an_error_crosses_the_process_boundary_whole() -> None:
    with Pool(1) as pool, pytest.raises(DocumentError) as raised:
        outcome(pool.submit(complain), pool.limits)
    assert (raised.value.message, raised.value.hint) == ("no such page", "look again")


def test_what_a_library_writes_to_its_file_descriptors_reaches_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    with Pool(1) as pool:
        assert pool.submit(noisy).result() == 1
    assert capfd.readouterr() == ("", "")


def test_work_is_yielded_in_its_own_order_and_read_ahead_little() -> None:
    read: list[int] = []

    def numbers() -> object:
        for n in range(40):
            read.append(n)
            yield n

    with Pool(2) as pool:
        results = []
        for n, future in pool.ahead(numbers(), lambda n: pool.submit(double, n)):  # type: ignore[arg-type]
            assert isinstance(future, Future)
            results.append((n, future.result()))
            assert len(read) - len(results) <= 5
    assert results == [(n, 2 * n) for n in range(40)]
