"""What a build would take: documents are parsed and cut for real, every first ask is rendered, nothing is sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from curate import plugins, serving
from curate.cache import Ledger
from curate.llm import Estimating, NotAsked, prices
from curate.pipeline import tasks
from curate.pipeline.build import prepared
from curate.pipeline.job import Job
from curate.pipeline.order import Index
from curate.records import Task

REPLY_TOKENS = 450
"""Tokens of a reply, about: what five question-answer pairs with their quotes come to."""
TOKENS_PER_SECOND = 50
"""How fast a server writes one of many replies, about."""
ROW_BYTES = 4_000
"""Disk that an ask takes, about: its prompt and reply in the ledger, its samples in the tables and the dataset."""
AT_ONCE = 1_000


@dataclass(slots=True)
class Estimate:
    """What a build would take, about; cost in dollars, None where the price is not known."""

    files: int = 0
    chunks: int = 0
    tasks: int = 0
    remembered: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    disk: int = 0


def estimate(job: Job) -> Estimate:
    """Plans the first round of a build and counts it; what was parsed is remembered for the build."""
    with job.workspace.lock(), job.workspace.reading(), Ledger.open(job.workspace.private / "cache.sqlite") as ledger:
        prepared(job, ledger)
        return asyncio.run(_count(replace(job, settings=serving.named(job.settings)), ledger))


async def _count(job: Job, ledger: Ledger) -> Estimate:
    index = Index(job.workspace)
    found = Estimate(files=job.workspace.documents.count(), chunks=job.workspace.chunks.count())
    if not tasks.asks(job.settings):
        found.tasks = len(await tasks.first_round(job))
    else:
        async with Estimating(job.settings, ledger, job.workspace.path) as models:
            planned = await tasks.first_round(job, models)
            found.tasks = len(planned)
            asking = [t for t in planned if plugins.load("generators", t.generator).MODEL]
            for batch in _batches(asking):
                await _render(job, models, batch, index)
            found.remembered, found.calls, found.prompt_tokens = models.counts.remembered, models.counts.made, models.counts.prompt_tokens
            found.completion_tokens = found.calls * REPLY_TOKENS
            price = prices(job.settings).get(job.settings.model)
            price = price.in_batch() if price and job.settings.batch else price
            found.cost = price.of(found.prompt_tokens, found.completion_tokens) if price else None
    found.seconds = found.calls * REPLY_TOKENS / TOKENS_PER_SECOND / job.settings.concurrency
    found.disk = found.calls * ROW_BYTES
    return found


async def _render(job: Job, models: Estimating, batch: list[Task], index: Index) -> None:
    chunks = index.chunks(batch)
    for task in batch:
        try:
            await plugins.load("generators", task.generator).generate(task, chunks[task.id], models.bound(), job.settings)
        except NotAsked:
            continue


def _batches(items: list[Task]) -> Iterator[list[Task]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
