"""Runs the stages of a build in order, skips those whose inputs are unchanged, and keeps the manifest."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from curate.cache import Ledger
from curate.export import Exported
from curate.llm import AskCounts, Models
from curate.pipeline import chunks, files, rows, samples, tasks
from curate.pipeline.job import Job
from curate.runner import Ended


@dataclass(slots=True)
class Built:
    """What a build came to: how it ended, what it exported, and the stages it did not have to run."""

    ended: Ended = field(default_factory=Ended)
    counts: AskCounts | None = None
    exported: list[Exported] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    seconds: float = 0.0


def build(job: Job) -> Built:
    """Runs a whole build in a locked workspace; what an interrupted one left is completed, what was paid for is not paid again."""
    began = time.monotonic()
    with job.workspace.lock(), Ledger.open(job.workspace.private / "cache.sqlite") as ledger:
        built = _Build(job, ledger).run()
    built.seconds = time.monotonic() - began
    return built


def prepared(job: Job, ledger: Ledger) -> None:
    """Runs only the stages before anything is generated; the workspace is locked by the caller."""
    _Build(job, ledger).prepare()


class _Build:
    def __init__(self, job: Job, ledger: Ledger) -> None:
        self.job, self.ledger = job, ledger
        self.manifest: dict[str, Any] = {"stages": {}, "asks": {}, **job.workspace.manifest()}
        self.built = Built()

    def run(self) -> Built:
        job = self.job
        if job.settings.retry_failed:
            self.forget("files")
        made = tasks.fingerprint(job, self.prepare())
        self.stage("tasks", made, self.generate)
        if not self.built.ended.signal:
            self.stage("rows", rows.fingerprint(job, made), self.export)
        return self.built

    def prepare(self) -> str:
        """Parses and cuts; returns the fingerprint of the chunks."""
        job = self.job
        found = files.survey(job)
        self.stage("files", found.fingerprint, lambda: files.run(job, self.ledger, found))
        passages = chunks.fingerprint(job, found.fingerprint)
        self.stage("chunks", passages, lambda: chunks.run(job))
        return passages

    def stage(self, name: str, fingerprint: str, run: Callable[[], None]) -> None:
        """Runs a stage unless the manifest says that it ran on the same inputs; an entry stands only for a finished stage."""
        if self.manifest["stages"].get(name, {}).get("fingerprint") == fingerprint and self.is_there(name):
            self.built.unchanged.append(name)
            return
        self.forget(name)
        began = time.monotonic()
        run()
        if name == "tasks" and (self.built.ended.budget or self.built.ended.signal):
            return  # cut short: the next build goes on from here
        self.manifest["stages"][name] = {"fingerprint": fingerprint, "seconds": round(time.monotonic() - began, 3)}
        self.job.workspace.write_manifest(self.manifest)

    def forget(self, name: str) -> None:
        """Takes back what the manifest says of a stage and those after it, before their tables change."""
        order = ["files", "chunks", "tasks", "rows"]
        for later in order[order.index(name) :]:
            self.manifest["stages"].pop(later, None)
        self.job.workspace.write_manifest(self.manifest)

    def is_there(self, name: str) -> bool:
        """A dataset that was deleted by hand is exported again."""
        return name != "rows" or all((self.job.workspace.dataset / style).is_dir() for style in self.job.settings.style)

    def generate(self) -> None:
        job, models = self.job, None
        if tasks.asks(job.settings):
            models = Models(job.settings, self.ledger, job.workspace.path, job.watch.note)
            self.built.counts = models.counts
            job.watch.follow(models.counts)
        try:
            self.built.ended = tasks.run(job, models)
        finally:
            self.manifest["asks"] = asdict(models.counts) if models else {}
            job.workspace.write_manifest(self.manifest)
        if not self.built.ended.signal:
            samples.run(job)

    def export(self) -> None:
        self.built.exported = rows.run(self.job)
        self.manifest["rows"] = {e.style: sum(e.rows.values()) for e in self.built.exported}
