"""What is derived from the whole corpus before anything is planned: `plan.json`, made once and kept until it is to be made anew."""

from collections.abc import Iterator

from curate import planning
from curate.llm import Models
from curate.pipeline.job import Job
from curate.planning import Plan
from curate.records import Chunk
from curate.store import write_text


async def plan_of(job: Job, models: Models | None) -> Plan:
    """The plan in the workspace; where there is none, or a new one is wanted, it is derived (with a model, where there is one)."""
    found = None if job.settings.replan else planning.read(job.workspace.path)
    if found is None:
        found = await planning.derive(lambda: _chunks(job), models.bound() if models else None, job.settings)
        write_text(job.workspace.path / planning.FILE, planning.write(found))
    return found


async def foreseen(job: Job) -> Plan:
    """The plan in the workspace, or one derived without a model and kept nowhere."""
    return planning.read(job.workspace.path) or await planning.derive(lambda: _chunks(job), None, job.settings)


def _chunks(job: Job) -> Iterator[Chunk]:
    return iter(job.workspace.chunks)
