"""Runs functions in spawned child processes that can be killed: a hang, a crash or a memory bomb costs one call alone."""

import contextlib
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing import resource_tracker
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from curate.errors import DocumentError

if TYPE_CHECKING:
    import pebble

A = TypeVar("A")
S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use: seconds of wall time, bytes of memory beyond what the idle child holds; None: no limit."""

    seconds: float | None = None
    memory: int | None = None


class Pool:
    """A pool of spawned children, started at the first call: as many as asked for (0: one per core), but no more than `most`.

    Children are nice to the process that talks to the model.
    """

    def __init__(self, workers: int, limits: Limits | None = None, most: int | None = None) -> None:
        wanted = workers or os.cpu_count() or 1
        self.workers = max(wanted if most is None else min(wanted, most), 1)
        self.limits = limits or Limits()
        self._pool: pebble.ProcessPool | None = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stops the children, whatever they are doing."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def submit(self, function: Callable[..., T], *arguments: Any) -> "Future[T]":
        """Starts one call of a module-level function in a child."""
        if self._pool is None:
            self._pool = self._started()
        future: Future[T] = self._pool.schedule(function, args=arguments, timeout=self.limits.seconds)
        return future

    def _started(self) -> "pebble.ProcessPool":
        import pebble

        pool = pebble.ProcessPool(
            max_workers=self.workers,
            initializer=_prepare,
            initargs=(self.limits.memory,),
            context=multiprocessing.get_context("spawn"),
        )
        resource_tracker.ensure_running()  # it would lift the mask of the thread that starts it
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a child that still starts would tell of an interrupt itself
        try:
            assert pool.active  # starts the threads that start the children: these inherit the mask
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pool

    def ahead(self, items: Iterable[A], start: Callable[[A], S]) -> Iterator[tuple[A, S]]:
        """Starts each item's work and yields item and work in their own order; few are read ahead, so memory stays bounded."""
        waiting: deque[tuple[A, S]] = deque()
        for item in items:
            waiting.append((item, start(item)))
            if len(waiting) > 2 * self.workers:
                yield waiting.popleft()
        yield from waiting


def outcome(future: "Future[T]", limits: Limits) -> T:
    """The result of a call on one document; a kill, a crash or too much memory becomes a DocumentError that says so."""
    import pebble

    try:
        return future.result()
    except FutureTimeout:
        seconds = f"{limits.seconds:g}"
        raise DocumentError(f"not parsed within {seconds} s and stopped", "raise parse_timeout, or exclude the file") from None
    except MemoryError:
        allowed = f"{(limits.memory or 0) / (1 << 20):,.0f} MiB"
        raise DocumentError(f"needed more than {allowed} of memory to parse", "raise parse_memory, or split the file") from None
    except pebble.ProcessExpired as error:
        raise DocumentError(f"its parser crashed ({error.args[0] if error.args else 'killed'})", "the file is likely damaged") from None


def _prepare(memory: int | None) -> None:
    """In the child: interrupts are the parent's business, libraries' noise goes nowhere, memory has a limit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(10)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    if memory is not None:
        with contextlib.suppress(OSError, ValueError):  # a system that cannot limit memory still limits time
            allowed = _address_space() + memory
            resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
