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
        found, notes = await planning.derive(lambda: _chunks(job), models.bound() if models else None, job.settings)
        for note in notes:
            job.watch.note(note)
        write_text(job.workspace.path / planning.FILE, planning.write(found))
    return found


async def foreseen(job: Job, models: Models | None = None) -> Plan:
    """The plan in the workspace, or one that is kept nowhere; `models` count what deriving it would ask."""
    found = None if job.settings.replan else planning.read(job.workspace.path)
    return found or (await planning.derive(lambda: _chunks(job), models.bound() if models else None, job.settings)).plan


def _chunks(job: Job) -> Iterator[Chunk]:
    return iter(job.workspace.chunks)
