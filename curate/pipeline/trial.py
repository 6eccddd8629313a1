"""One generator on chosen passages, to see what its prompt does: the messages, the reply, the samples with their verdicts."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from curate import plugins, serving
from curate.cache import Ledger
from curate.errors import CurateError, ReplyError, UsageError, did_you_mean
from curate.llm import Ask, Estimating, Models, NotAsked
from curate.pipeline import corpus
from curate.pipeline.job import Job
from curate.planning import Plan
from curate.records import Chunk, Json, Sample, Task, Verdict
from curate.settings import Settings
from curate.work import check, distinct
from curate.workspace import Workspace


@dataclass(slots=True)
class Trial:
    """What came of a trial. messages: (role, content) of the last ask; empty samples with an `error`: the reply was no answer."""

    chunks: list[Chunk]
    messages: list[tuple[str, str]] = field(default_factory=list)
    reply: str = ""
    samples: list[tuple[Sample, list[Verdict]]] = field(default_factory=list)
    error: str = ""


def trial(job: Job, name: str, chunk_ids: list[str]) -> Trial:
    """Runs the tasks that a generator plans for these passages (none named: the first one that gives a task). Replies are remembered."""
    if name not in plugins.names("generators") or not plugins.load("generators", name).MODEL:
        asking = [n for n in plugins.names("generators") if plugins.load("generators", n).MODEL]
        raise UsageError(f"no generator that asks a model is named {name!r}", did_you_mean(name, asking))
    private = job.workspace.private
    with serving.serve(job.settings, private, job.watch.note) as settings, Ledger.open(private / "cache.sqlite") as ledger:
        return asyncio.run(_run(replace(job, settings=settings), name, chunk_ids, ledger))


async def _run(job: Job, name: str, chunk_ids: list[str], ledger: Ledger) -> Trial:
    view = _Chosen(job.workspace, _chunks(job, chunk_ids), await corpus.foreseen(job))
    generator = plugins.load("generators", name)
    tasks = list(await generator.plan(view, None, job.settings))
    if not tasks:
        which = "these passages" if chunk_ids else "any passage"
        raise UsageError(f"{name} plans nothing for {which}", "name others with --chunk (a kind that joins passages needs several)")
    by_id = {c.id: c for c in view.found}
    chunks = [by_id[i] for i in tasks[0].chunk_ids]
    models = Models(job.settings, ledger, job.workspace.path, job.watch.note) if job.settings.model else None
    if models is None:
        return await _rendered(job, tasks[0], chunks, ledger)
    async with models:
        ask = models.bound()
        found = Trial(chunks)
        try:
            made = distinct(await generator.generate(tasks[0], chunks, ask, job.settings))
            verdicts = check([(s, [by_id[i] for i in s.chunk_ids]) for s in made], _rules(job.settings))
            found.samples = list(zip(made, verdicts, strict=True))
        except ReplyError as error:
            found.error = error.message
        _recall(found, ask, ledger)
        return found


async def _rendered(job: Job, task: Task, chunks: list[Chunk], ledger: Ledger) -> Trial:
    """Without a model: what the first ask would say."""
    settings = job.settings.model_copy(update={"model": "none"})
    async with Estimating(settings, ledger, job.workspace.path) as models:
        try:
            await plugins.load("generators", task.generator).generate(task, chunks, models.bound(), settings)
        except NotAsked as asked:
            return Trial(chunks, [(m["role"], str(m["content"])) for m in json.loads(asked.messages)])
    raise CurateError(f"{task.generator} asks nothing about this passage", "try another with --chunk")


def _recall(found: Trial, ask: Ask, ledger: Ledger) -> None:
    """The last request and what came back, from the ledger."""
    row = ledger.get(ask.keys[-1]) if ask.keys else None
    if row is not None:
        found.messages = [(m["role"], str(m["content"])) for m in json.loads(row.request)["messages"]]
        found.reply = row.raw.decode("utf-8", "replace")


def _rules(settings: Settings) -> Settings:
    return settings.model_copy(update={"judges": []})


def _chunks(job: Job, ids: list[str]) -> list[Chunk]:
    """The passages named by their ids or the beginnings of these."""
    if not ids:
        return list(job.workspace.chunks)
    found = [c for c in job.workspace.chunks if any(c.id.startswith(i) for i in ids)]
    for i in ids:
        if not any(c.id.startswith(i) for c in found):
            near = ", ".join(c.id for c, _ in zip(job.workspace.chunks, range(3), strict=False))
            raise UsageError(f"no chunk of {job.workspace.path} has the id {i!r}", f"ids look like {near}; without --chunk one is chosen")
    return found


@dataclass(slots=True)
class _Chosen:
    """A view of these passages alone."""

    workspace: Workspace
    found: list[Chunk]
    plan: Plan
    round: int = 0

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.found)

    def images(self) -> dict[str, list[Json]]:
        return self.workspace.pictures()

    def tasks(self) -> Iterator[Task]:
        return iter(())

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        return iter(())
