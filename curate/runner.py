"""Runs tasks that ask a model: generate, check and judge overlap, finished tasks are published as parts every few seconds."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from curate.errors import BudgetReached, DocumentError, NothingToMake, ReplyError
from curate.llm import Ask, Models
from curate.progress import Watch
from curate.records import Failure, Sample, Task, Verdict

PUBLISH_SECONDS = 3.0
DRAIN_SECONDS = 30.0
FINISH_SECONDS = 10.0  # for the checks of what was answered
CHECK_BATCH = 256
MOST_UNCHECKED = 4_000


@dataclass(frozen=True, slots=True)
class Done:
    """One finished task: its samples with their verdicts, or why there are none."""

    task: Task
    samples: list[Sample] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    failure: Failure | None = None


class Work(Protocol):
    """What the runner is to do with a task; everything about models, order and time is the runner's. `lanes`: checks at once."""

    lanes: int

    async def generate(self, task: Task, ask: Ask) -> list[Sample]: ...

    async def check(self, samples: list[Sample]) -> list[list[Verdict]]: ...

    async def judge(self, sample: Sample, ask: Callable[[], Ask]) -> list[Verdict]: ...

    def publish(self, part: str, done: list[Done]) -> None: ...

    def finished(self, tasks: list[Task]) -> None: ...


@dataclass(slots=True)
class Ended:
    """How a run ended: `signal` is its number where one stopped it, `slow` the replies that came after the drain."""

    budget: BudgetReached | None = None
    signal: int = 0
    slow: int = 0


@dataclass(slots=True)
class _Part:
    name: str
    tasks: list[Task]
    done: dict[str, Done] = field(default_factory=dict)
    published: int = -1

    def in_order(self) -> list[Done]:
        return [self.done[t.id] for t in self.tasks if t.id in self.done]


async def run(parts: AsyncIterator[tuple[str, list[Task]]], work: Work, models: Models, watch: Watch) -> Ended:
    """Runs every task once. A data failure is a row; EndpointError, a full disk or a bug stops the run when all that is done is safe."""
    return await _Run(work, models, watch).run(parts)


class _Run:
    def __init__(self, work: Work, models: Models, watch: Watch) -> None:
        self.work, self.models, self.watch = work, models, watch
        self.ended = Ended()
        self.error: BaseException | None = None
        self.stopping = False
        self.idle = asyncio.Event()  # set when nothing runs, or when the run is to stop
        self.publishing = asyncio.Lock()  # an older state of a part must not overwrite a newer one
        self.open: dict[str, _Part] = {}
        self.running: set[asyncio.Task[None]] = set()
        self.gate = asyncio.Semaphore(models.at_once)  # tasks that ask: enough to keep every slot, or a batch, full
        self.backlog = asyncio.Semaphore(MOST_UNCHECKED)  # tasks that asked and wait for their checks
        self.unchecked: asyncio.Queue[tuple[list[Sample], asyncio.Future[list[list[Verdict]]]]] = asyncio.Queue()

    async def run(self, parts: AsyncIterator[tuple[str, list[Task]]]) -> Ended:
        lanes = [self._checking() for _ in range(self.work.lanes)]
        service = [asyncio.create_task(each) for each in (self._publishing(), *lanes)]
        try:
            with self._signals():
                await self._admit(parts)
                while self.running and not self.stopping:
                    self.idle.clear()
                    await self.idle.wait()
                if self.stopping:
                    self.ended.slow = await self.models.drain(DRAIN_SECONDS)
                    await self._let_go()
        finally:
            for task in service:
                task.cancel()
            await asyncio.gather(*service, return_exceptions=True)
        for part in list(self.open.values()):
            await self._publish(part)
        if self.error is not None:
            raise self.error
        return self.ended

    async def _admit(self, parts: AsyncIterator[tuple[str, list[Task]]]) -> None:
        async for name, tasks in parts:
            part = self.open[name] = _Part(name, tasks)
            for task in tasks:
                await self.gate.acquire()
                if self.stopping:
                    return
                one = asyncio.create_task(self._one(part, task))
                self.running.add(one)
                one.add_done_callback(self._ended_one)

    def stop(self) -> None:
        """Admits nothing more; what is in flight is drained."""
        self.stopping = True
        self.gate.release()  # wakes the admission
        self.idle.set()

    async def _let_go(self) -> None:
        """After the drain: tasks whose last reply is here finish, the rest is for the next build."""
        if self.running:
            await asyncio.wait(set(self.running), timeout=FINISH_SECONDS)
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    def _ended_one(self, task: "asyncio.Task[None]") -> None:
        self.running.discard(task)
        if not self.running:
            self.idle.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self.error = self.error or error
            self.stop()

    async def _one(self, part: _Part, task: Task) -> None:
        done = await self._result(task)
        part.done[task.id] = done
        self.watch.advance("tasks", 1, len(done.samples))
        if done.failure is not None:
            self.watch.lost(done.failure)
        if len(part.done) == len(part.tasks):
            await self._publish(part)
            self.open.pop(part.name, None)
            self.work.finished(part.tasks)

    async def _result(self, task: Task) -> Done:
        try:
            samples = await self._generated(task)
            try:
                return await self._checked(task, samples)
            finally:
                self.backlog.release()
        except ReplyError as error:
            return Done(task, failure=Failure("tasks", task.id, "failed", error.message, error.hint, error.attempts))
        except DocumentError as error:
            return Done(task, failure=Failure("tasks", task.id, "failed", error.message, error.hint))
        except NothingToMake as error:
            return Done(task, failure=Failure("tasks", task.id, "skipped", error.message, error.hint))
        except BudgetReached as error:
            self.ended.budget = error
            self.stop()
            return Done(task, failure=Failure("tasks", task.id, "skipped", error.message, error.hint))

    async def _generated(self, task: Task) -> list[Sample]:
        """What a task makes, with a place in the backlog of the checks."""
        try:
            samples = await self.work.generate(task, self.models.bound())
            await self.backlog.acquire()
        finally:
            self.gate.release()
        return samples

    async def _checked(self, task: Task, samples: list[Sample]) -> Done:
        if not samples:
            return Done(task, failure=Failure("tasks", task.id, "skipped", "nothing to ask"))
        verdicts = await self._check(samples)
        passed = [i for i, found in enumerate(verdicts) if all(v.passed for v in found)]
        opinions = await asyncio.gather(*(self.work.judge(samples[i], self.models.bound) for i in passed))
        for i, found in zip(passed, opinions, strict=True):
            verdicts[i] = verdicts[i] + found
        return Done(task, samples, [v for found in verdicts for v in found])

    async def _check(self, samples: list[Sample]) -> list[list[Verdict]]:
        answer: asyncio.Future[list[list[Verdict]]] = asyncio.get_running_loop().create_future()
        self.unchecked.put_nowait((samples, answer))
        return await answer

    async def _checking(self) -> None:
        """One lane: hands samples to a worker process in batches; one is on its way while the next gathers."""
        while True:
            batch = [await self.unchecked.get()]
            while not self.unchecked.empty() and sum(len(s) for s, _ in batch) < CHECK_BATCH:
                batch.append(self.unchecked.get_nowait())
            try:
                verdicts = iter(await self.work.check([s for samples, _ in batch for s in samples]))
            except Exception as error:  # a bug in a check: it reaches the task that waits for it, and stops the run there
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for samples, answer in batch:
                found = [next(verdicts) for _ in samples]
                if not answer.done():
                    answer.set_result(found)

    async def _publishing(self) -> None:
        while True:
            await asyncio.sleep(PUBLISH_SECONDS)
            for part in list(self.open.values()):
                await self._publish(part)

    async def _publish(self, part: _Part) -> None:
        async with self.publishing:
            if len(part.done) != part.published:
                part.published = len(part.done)
                await asyncio.to_thread(self.work.publish, part.name, part.in_order())

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """The first SIGINT or SIGTERM drains, the second one stops at once."""
        loop = asyncio.get_running_loop()
        caught = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.getsignal(number) for number in caught}

        def drain(number: int) -> None:
            self.ended.signal = number
            waiting = f"waiting up to {DRAIN_SECONDS:.0f} s for replies that are on their way; press again to stop now"
            self.watch.note(f"stopping: {'batches go on without this run' if self.models.settings.batch else waiting}")
            self.stop()
            for each in caught:
                loop.remove_signal_handler(each)

        for number in caught:
            loop.add_signal_handler(number, drain, number)
        try:
            yield
        finally:
            for number in caught:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])
