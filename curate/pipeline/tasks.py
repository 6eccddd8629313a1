"""The third stage: generators plan in rounds; their tasks are ordered, run, checked and published part by part."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain, islice

from curate import assets, plugins
from curate.llm import Models
from curate.pipeline.asking import Asking
from curate.pipeline.job import Job
from curate.pipeline.order import Index, balanced
from curate.planning import View
from curate.records import Chunk, Failure, Sample, Task, Verdict, canonical
from curate.runner import Ended
from curate.runner import run as run_asking
from curate.sandbox import Pool
from curate.settings import Settings, affecting
from curate.store import PART_ROWS
from curate.work import make_part, versions

LOCAL_TASKS, ASKING_TASKS = 512, 128
"""Tasks in a part: what one worker process takes at once, and what is published together where a model is asked."""


def names(settings: Settings) -> list[str]:
    """The generators to run: those asked for, else `qa` with a model and `extractive` without."""
    return settings.task or (["qa"] if settings.model else ["extractive"])


def asks(settings: Settings) -> bool:
    """Whether any of the generators to run asks a model."""
    return any(plugins.load("generators", name).MODEL for name in names(settings))


def fingerprint(job: Job, chunks: str) -> str:
    """What samples and verdicts depend on: the chunks, the plugins, the prompts, the settings."""
    roots = [assets.folder("prompts"), job.workspace.path / "prompts"]
    prompts = [hashlib.sha256(p.read_bytes()).hexdigest() for root in roots for p in sorted(root.glob("*.md"))]
    plugged = [versions("generators", names(job.settings)), versions("filters", job.settings.filters)]
    return hashlib.sha256(canonical([chunks, plugged, prompts, affecting(job.settings, "check")]).encode()).hexdigest()


def run(job: Job, models: Models | None) -> Ended:
    """Plans and runs rounds of tasks until no generator wants more, or a cap or a signal ends the run."""
    return asyncio.run(_open(job, models))


async def _open(job: Job, models: Models | None) -> Ended:
    clear(job)
    if models is None:
        return await _rounds(job, None)
    async with models:
        return await _rounds(job, models)


async def reach(models: Models) -> None:
    """Whether every model can be asked; EndpointError where one cannot."""
    async with models:
        await models.check()


async def _rounds(job: Job, models: Models | None) -> Ended:
    view, index, total, ended = Chunks(job), Index(job.workspace), 0, Ended()
    while not (ended.budget or ended.signal):
        planned = await plan(job, models, view, index, total)
        if not planned.count:
            break
        total += planned.count
        job.watch.stage("tasks", total - planned.past_limit, "tasks")
        with Pool(job.settings.workers, most=len(planned.local) + len(planned.asking)) as pool:
            await _run_local(job, pool, index, planned.local)
            if models is not None and planned.asking:
                work = Asking(job, pool, index)
                ended = await run_asking(work.parts(planned.asking), work, models, job.watch)
        view.round += 1
    return ended


async def _run_local(job: Job, pool: Pool, index: Index, parts: list[str]) -> None:
    def start(part: str) -> "Future[tuple[int, int]]":
        chunk_parts = index.parts_of(job.workspace.tasks.read(part))
        return pool.submit(make_part, job.workspace.path, part, chunk_parts, job.settings)

    for _, future in pool.ahead(parts, start):
        count, made = await asyncio.wrap_future(future)
        job.watch.advance("tasks", count, made)


def clear(job: Job) -> None:
    """Drops what an earlier plan made: what it paid for is in the ledger."""
    for table in (job.workspace.tasks, job.workspace.samples, job.workspace.verdicts):
        table.clear()
    job.workspace.failures.clear(keep=("files", "documents"))


@dataclass(slots=True)
class Chunks:
    """What plans see: every chunk, and from the second round on the samples so far with their verdicts."""

    job: Job
    round: int = 0

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.job.workspace.chunks)

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        return self.job.workspace.judged()


@dataclass(slots=True)
class Planned:
    """The parts of one round, by how they are run; `past_limit` tasks are recorded but not run."""

    job: Job
    round: int
    local: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    count: int = 0
    past_limit: int = 0

    def write(self, tasks: Iterable[Task], size: int) -> list[str]:
        """Writes tasks as parts of `size`; returns the parts' names."""
        parts = []
        for batch in batched(tasks, size):
            parts.append(f"{self.round:02d}-{self.count:08d}")
            self.job.workspace.tasks.write(parts[-1], batch)
            self.count += len(batch)
        return parts

    def set_aside(self, tasks: list[Task]) -> None:
        """Records tasks that are past the limit."""
        self.past_limit = len(tasks)
        reason = f"past --limit {self.job.settings.limit}"
        for part in self.write(tasks, PART_ROWS):
            skipped = [Failure("tasks", t.id, "skipped", reason) for t in self.job.workspace.tasks.read(part)]
            self.job.workspace.failures.write(f"tasks-{part}", skipped)


async def first_round(job: Job) -> list[Task]:
    """The tasks that the first round would run, without writing anything."""
    view, index = Chunks(job), Index(job.workspace)
    found = [await plugins.load("generators", name).plan(view, None, job.settings) for name in names(job.settings)]
    return balanced(chain.from_iterable(found), index)[: job.settings.limit]


async def plan(job: Job, models: Models | None, view: View, index: Index, before: int) -> Planned:
    """Writes the tasks of one round as parts: in document order where all run here, else balanced, so that a cut is fair."""
    planned = Planned(job, view.round)
    bound = models.bound() if models else None
    generators = {name: plugins.load("generators", name) for name in names(job.settings)}
    found = [await generator.plan(view, bound, job.settings) for generator in generators.values()]
    limit = None if job.settings.limit is None else max(job.settings.limit - before, 0)
    if limit is None and models is None:
        planned.local = planned.write(chain.from_iterable(found), LOCAL_TASKS)
        return planned
    tasks = balanced(chain.from_iterable(found), index)
    within = tasks[:limit]
    planned.local = planned.write([t for t in within if not generators[t.generator].MODEL], LOCAL_TASKS)
    planned.asking = planned.write([t for t in within if generators[t.generator].MODEL], ASKING_TASKS)
    planned.set_aside(tasks[len(within) :])
    return planned


def batched(items: Iterable[Task], size: int) -> Iterator[list[Task]]:
    """The items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
