"""The third stage: generators plan in rounds; their tasks are ordered, run, checked and published part by part."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from curate import assets, planning, plugins
from curate.llm import Models
from curate.pipeline import corpus
from curate.pipeline.asking import Asking
from curate.pipeline.job import Job
from curate.pipeline.order import Index, balanced
from curate.planning import Plan, View
from curate.records import Chunk, Failure, Json, Sample, Task, Verdict, canonical
from curate.runner import Ended
from curate.runner import run as run_asking
from curate.sandbox import Pool
from curate.settings import Settings, affecting
from curate.store import PART_ROWS
from curate.work import make_part, versions

LOCAL_TASKS, ASKING_TASKS = 512, 128
"""Tasks in a part: what one worker process takes at once, and what is published together where a model is asked."""


def names(settings: Settings) -> list[str]:
    """The generators to run: those asked for, else `qa` with a model and `extractive` without; and `mix` where there is data to mix in."""
    found = settings.task or (["qa"] if settings.model else ["extractive"])
    return [*found, *(["mix"] if settings.mix and "mix" not in found else [])]


def asks(settings: Settings) -> bool:
    """Whether any of the generators to run, or a judge, asks a model."""
    return bool(settings.judges) or any(plugins.load("generators", name).MODEL for name in names(settings))


def reads(settings: Settings) -> bool:
    """Whether any of the generators to run needs documents (`DOCUMENTS = False` in one that does not)."""
    return any(getattr(plugins.load("generators", name), "DOCUMENTS", True) for name in names(settings))


def names_of_last(settings: Settings) -> list[str]:
    """The generators that plan from what all others made, once these want no more (`LAST = True`)."""
    return [name for name in names(settings) if getattr(plugins.load("generators", name), "LAST", False)]


def fingerprint(job: Job, chunks: str) -> str:
    """What samples and verdicts depend on: the chunks, the plan, the plugins, the prompts, the settings and the files they name."""
    roots = [assets.folder("prompts"), job.workspace.path / "prompts"]
    prompts = [_digest(p) for root in roots for p in sorted(root.glob("*.*"))]
    settings = job.settings
    named = [
        settings.seeds,
        settings.extraction_schema,
        settings.decision_schema,
        settings.policy,
        *(m.rpartition(":")[0] for m in settings.mix),
    ]
    files = [_digest(Path(name)) for name in named if name]
    plugged = [versions("generators", names(settings)), versions("filters", [*settings.filters, *settings.judges])]
    parts = [chunks, _digest(job.workspace.path / planning.FILE), plugged, prompts, files, affecting(settings, "check")]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


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
    index, total, run, ended = Index(job.workspace), 0, 0, Ended()
    view = Chunks(job, await corpus.plan_of(job, models))
    with ExitStack() as stack:
        pool: Pool | None = None
        while not (ended.budget or ended.signal):
            planned = await plan(job, models, view, index, total)
            if not planned.count:
                break
            total += planned.limited
            run += planned.count - planned.past_limit
            job.watch.stage("tasks", run, "tasks")
            if pool is None:
                pool = stack.enter_context(Pool(job.settings.workers, most=len(planned.local) + len(planned.asking)))
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
    """What plans see: every chunk and the corpus's plan; from the second round on the tasks and samples so far, with their verdicts."""

    job: Job
    plan: Plan
    round: int = 0
    aside: set[str] = field(default_factory=set)

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.job.workspace.chunks)

    def images(self) -> dict[str, list[Json]]:
        return self.job.workspace.pictures()

    def tasks(self) -> Iterator[Task]:
        table = self.job.workspace.tasks
        return (task for part in table.parts() if part not in self.aside for task in table.read(part))

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        return self.job.workspace.judged()


@dataclass(slots=True)
class Planned:
    """The parts of one round, by how they are run; `past_limit` tasks are recorded but not run, `limited` count for the limit."""

    job: Job
    round: int
    local: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    count: int = 0
    limited: int = 0
    past_limit: int = 0

    def write(self, tasks: Iterable[Task], size: int) -> list[str]:
        """Writes tasks as parts of `size`; returns the parts' names."""
        parts = []
        for batch in batched(tasks, size):
            parts.append(f"{self.round:02d}-{self.count:08d}")
            self.job.workspace.tasks.write(parts[-1], batch)
            self.count += len(batch)
        return parts

    def set_aside(self, tasks: list[Task]) -> list[str]:
        """Records tasks that are past the limit; returns the parts' names."""
        self.past_limit = len(tasks)
        reason = f"past --limit {self.job.settings.limit}"
        parts = self.write(tasks, PART_ROWS)
        for part in parts:
            skipped = [Failure("tasks", t.id, "skipped", reason) for t in self.job.workspace.tasks.read(part)]
            self.job.workspace.failures.write(f"tasks-{part}", skipped)
        return parts


async def first_round(job: Job, models: Models | None = None) -> list[Task]:
    """The tasks that the first round would run, without writing anything; `models` count what planning would ask."""
    view, index = Chunks(job, await corpus.foreseen(job, models)), Index(job.workspace)
    return balanced(await wanted(job, None, view), index)[: job.settings.limit]


async def wanted(job: Job, models: Models | None, view: View, left: int | None = None) -> Iterable[Task]:
    """The tasks that generators want in this round; those that come last are called once the others want nothing more.

    left: tasks that the limit leaves; with none, nothing more is wanted of the others after the first round.
    """
    bound = models.bound() if models else None
    last = names_of_last(job.settings)
    others = [name for name in names(job.settings) if name not in last]
    for group in (others if left != 0 or not view.round else [], last):
        tasks = chain.from_iterable([await plugins.load("generators", name).plan(view, bound, job.settings) for name in group])
        first = next(tasks, None)
        if first is not None:
            return chain([first], tasks)
    return []


async def plan(job: Job, models: Models | None, view: "Chunks", index: Index, before: int) -> Planned:
    """Writes the tasks of one round as parts: in document order where all run here, else balanced, so that a cut is fair."""
    planned = Planned(job, view.round)
    limit = None if job.settings.limit is None else max(job.settings.limit - before, 0)
    tasks = await wanted(job, models, view, limit)
    if limit is None and models is None:
        planned.local = planned.write(tasks, LOCAL_TASKS)
        return planned
    free = set(names_of_last(job.settings)) - set(models_of(job.settings))
    every = list(tasks)
    ordered = balanced((t for t in every if t.generator not in free), index)
    within = [*ordered[:limit], *(t for t in every if t.generator in free)]
    planned.limited = len(ordered[:limit])
    asking = set(names(job.settings)) if job.settings.judges else set(models_of(job.settings))
    planned.local = planned.write((t for t in within if t.generator not in asking), LOCAL_TASKS)
    planned.asking = planned.write((t for t in within if t.generator in asking), ASKING_TASKS)
    view.aside.update(planned.set_aside(ordered[planned.limited :]))
    return planned


def models_of(settings: Settings) -> list[str]:
    """The generators to run that ask a model."""
    return [name for name in names(settings) if plugins.load("generators", name).MODEL]


def batched(items: Iterable[Task], size: int) -> Iterator[list[Task]]:
    """The items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
