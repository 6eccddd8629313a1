"""What the runner does with the tasks that ask a model: chunks in, samples checked in worker processes, parts out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from curate import plugins
from curate.llm import Ask
from curate.pipeline.job import Job
from curate.pipeline.order import Index
from curate.records import Chunk, Sample, Task, Verdict
from curate.runner import Done
from curate.sandbox import Pool
from curate.store import pack, unpack
from curate.work import check_packed, distinct, filters, warm


class Asking:
    """The work of one round's asking tasks. A task's chunks are held from its part's admission to its part's publication."""

    def __init__(self, job: Job, pool: Pool, index: Index) -> None:
        self.job, self.pool, self.index = job, pool, index
        self.lanes = pool.workers
        self.chunks: dict[str, list[Chunk]] = {}
        for _ in range(pool.workers):
            pool.submit(warm, job.settings)  # while the first replies are on their way
        self.judges = [module.judge for module in filters(job.settings) if hasattr(module, "judge")]

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
        generator = plugins.load("generators", task.generator)
        made = distinct(await generator.generate(task, self.chunks[task.id], ask, self.job.settings))
        return [replace(s, replies=list(ask.keys)) for s in made]

    async def check(self, samples: list[Sample]) -> list[list[Verdict]]:
        tasks = {task: [pack(c) for c in self.chunks.get(task, [])] for task in {s.task_id for s in samples}}
        found = await asyncio.wrap_future(self.pool.submit(check_packed, [pack(s) for s in samples], tasks, self.job.settings))
        return [[unpack(Verdict, v) for v in verdicts] for verdicts in found]

    async def judge(self, sample: Sample, ask: Ask) -> list[Verdict]:
        return [await judge(sample, self._chunks(sample), ask, self.job.settings) for judge in self.judges]

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
