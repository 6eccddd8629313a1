"""What the runner does with the tasks that ask a model: chunks in, samples checked in worker processes, parts out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import ModuleType

from curate import plugins
from curate.errors import ReplyError
from curate.llm import Ask
from curate.pipeline.job import Job
from curate.pipeline.order import Index
from curate.records import Chunk, Sample, Task, Verdict
from curate.runner import Done
from curate.sandbox import Pool
from curate.store import pack, unpack
from curate.text import sentences
from curate.work import check_packed, distinct, filters, make_packed, warm


class Asking:
    """The work of one round's asking tasks. A task's chunks are held from its part's admission to its part's publication."""

    def __init__(self, job: Job, pool: Pool, index: Index) -> None:
        self.job, self.pool, self.index = job, pool, index
        self.lanes = pool.workers
        self.chunks: dict[str, list[Chunk]] = {}
        for _ in range(pool.workers):
            pool.submit(warm, job.settings)  # while the first replies are on their way
        self.judges = {module.__name__.rpartition(".")[2]: module.judge for module in filters(job.settings) if hasattr(module, "judge")}

    async def parts(self, names: list[str]) -> AsyncIterator[tuple[str, list[Task]]]:
        """The parts with their chunks at hand; the next one is read while this one runs."""
        ahead = asyncio.create_task(asyncio.to_thread(self._load, names[0])) if names else None
        for name, following in zip(names, [*names[1:], None], strict=True):
            assert ahead is not None
            tasks, chunks = await ahead
            ahead = asyncio.create_task(asyncio.to_thread(self._load, following)) if following else None
            self.chunks.update(chunks)
            yield name, tasks

    def _load(self, part: str) -> tuple[list[Task], dict[str, list[Chunk]]]:
        tasks = self.job.workspace.tasks.read(part)
        return tasks, self.index.chunks(tasks)

    async def generate(self, task: Task, ask: Ask) -> list[Sample]:
        generator, chunks = plugins.load("generators", task.generator), self.chunks[task.id]
        if not generator.MODEL:  # here because judges are to see what it makes
            packed = self.pool.submit(make_packed, pack(task), [pack(c) for c in chunks], self.job.settings)
            return [unpack(Sample, s) for s in await asyncio.wrap_future(packed)]
        made = distinct(await self._made(generator, task, chunks, ask))
        return [replace(s, replies=list(ask.keys)) for s in made]

    async def _made(self, generator: ModuleType, task: Task, chunks: list[Chunk], ask: Ask) -> list[Sample]:
        """What a generator makes; a passage too long for the model is halved, and each half asked about."""
        try:
            return list(await generator.generate(task, chunks, ask, self.job.settings))
        except ReplyError as error:
            longest = max(chunks, key=lambda c: len(c.text), default=None)
            if not error.too_long or longest is None or not (halves := halved(longest)):
                raise
            self.job.watch.note(f"{longest.path}: a passage is too long for the model and is asked about in halves")
            tasks = zip(_divided(task), halves, strict=True)
            parts = [await self._made(generator, t, [half if c is longest else c for c in chunks], ask) for t, half in tasks]
            return [sample for part in parts for sample in part]

    async def check(self, samples: list[Sample]) -> list[list[Verdict]]:
        tasks = {task: [pack(c) for c in self.chunks.get(task, [])] for task in {s.task_id for s in samples}}
        found = await asyncio.wrap_future(self.pool.submit(check_packed, [pack(s) for s in samples], tasks, self.job.settings))
        return [[unpack(Verdict, v) for v in verdicts] for verdicts in found]

    async def judge(self, sample: Sample, ask: Callable[[], Ask]) -> list[Verdict]:
        """The verdicts of the judges up to the first that fails: what is rejected needs no further opinion."""
        found: list[Verdict] = []
        for name, judge in self.judges.items():
            bound = ask()
            try:
                verdict = await judge(sample, self._chunks(sample), bound, self.job.settings)
            except ReplyError as error:
                verdict = Verdict(sample.id, name, passed=False, reason=f"not judged: {error.message}")
            found.append(replace(verdict, detail={**verdict.detail, "replies": bound.keys}))
            if not verdict.passed:
                break
        return found

    def publish(self, part: str, done: list[Done]) -> None:
        workspace = self.job.workspace
        workspace.verdicts.write(part, [v for d in done for v in d.verdicts])
        workspace.failures.write(f"tasks-{part}", [d.failure for d in done if d.failure])
        workspace.samples.write(part, [s for d in done for s in d.samples])

    def finished(self, tasks: list[Task]) -> None:
        for task in tasks:
            self.chunks.pop(task.id, None)

    def _chunks(self, sample: Sample) -> list[Chunk]:
        at_hand = {c.id: c for c in self.chunks.get(sample.task_id, [])}
        return [at_hand[i] for i in sample.chunk_ids if i in at_hand]


def halved(chunk: Chunk) -> list[Chunk]:
    """The two halves of a passage, cut between sentences, as passages with its id; none where it has only one sentence."""
    starts = [start for start, _ in sentences(chunk.text) if start > 0]
    if not starts:
        return []
    middle = min(starts, key=lambda start: abs(2 * start - len(chunk.text)))
    return [
        replace(chunk, text=chunk.text[:middle]),
        replace(chunk, text=chunk.text[middle:], start=chunk.start + middle),
    ]


def _divided(task: Task) -> tuple[Task, Task]:
    """The task for each half: what is wanted is divided between them."""
    slots = task.values.get("slots", [])
    if len(slots) < 2:
        return task, task
    return (
        replace(task, values={**task.values, "slots": slots[::2]}),
        replace(task, values={**task.values, "slots": slots[1::2]}),
    )
