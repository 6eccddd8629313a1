"""The last stage: what passed becomes dataset folders."""

import hashlib
from pathlib import Path

from curate.export import Exported, export
from curate.pipeline.job import Job
from curate.records import canonical
from curate.settings import affecting
from curate.work import versions


def fingerprint(job: Job, samples: str) -> str:
    """What the rows depend on: the samples, the formats and their settings, a user's own chat templates."""
    templates = [Path(job.settings.chat_template), *sorted((job.workspace.path / "chat_templates").glob("*.jinja"))]
    own = [hashlib.sha256(p.read_bytes()).hexdigest() for p in templates if p.is_file()]
    parts = [samples, affecting(job.settings, "export"), versions("formats", job.settings.style), own]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def run(job: Job) -> list[Exported]:
    """Writes the dataset in every style of the settings."""
    seen: dict[str, int] = {}

    def progress(style: str, rows: int) -> None:
        if style not in seen:
            job.watch.stage(style, None, "rows")
        job.watch.advance(style, rows - seen.get(style, 0))
        seen[style] = rows

    return export(job.workspace, job.settings, on_progress=progress)
