"""Runs the stages of a build in order, skips those whose inputs are unchanged, and keeps the manifest."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from curate import config, plugins, serving, templates
from curate.cache import Ledger
from curate.errors import UsageError
from curate.export import Exported
from curate.llm import AskCounts, Models, prices
from curate.pipeline import chunks, files, rows, samples, tasks
from curate.pipeline.job import Job
from curate.runner import Ended
from curate.settings import Settings
from curate.sources import Unread, walk


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
    with job.workspace.lock(), job.workspace.reading(), Ledger.open(job.workspace.private / "cache.sqlite") as ledger:
        built = _Build(job, ledger).run()
    built.seconds = time.monotonic() - began
    return built


def prepared(job: Job, ledger: Ledger) -> None:
    """Runs only the stages before anything is generated; the workspace is locked by the caller."""
    this = _Build(job, ledger)
    this.prepare(this.survey())


class _Build:
    def __init__(self, job: Job, ledger: Ledger) -> None:
        self.job, self.ledger = job, ledger
        self.manifest: dict[str, Any] = {"stages": {}, "asks": {}, **job.workspace.manifest()}
        self.built = Built()
        self.served: Settings | None = None
        self.server = ExitStack()

    def run(self) -> Built:
        job = self.job
        if job.settings.retry_failed:
            self.forget("files")
        if job.settings.replan:
            self.forget("tasks")
        _check_files_of(job.settings)
        found = self.survey()

        def made() -> str:  # again after the run, which may have made a plan
            return tasks.fingerprint(job, chunks.fingerprint(job, found.fingerprint))

        with self.server:
            if tasks.asks(job.settings) and not self.stands("tasks", made()):
                asyncio.run(tasks.reach(self.models()))  # a wrong key is told before hours of parsing, not after
            self.prepare(found)
            config.save(job.settings, job.workspace.path)  # only now: what makes a build fail so far would make the next one fail too
            self.stage("tasks", made, self.generate)
        if not self.built.ended.signal:
            self.stage("rows", lambda: rows.fingerprint(job, made()), self.export)
            self.built.exported = self.built.exported or self.recalled()
        return self.built

    def survey(self) -> files.Survey:
        """What there is to read; nothing at all is a mistake, which changes nothing of an earlier build."""
        found = files.survey(self.job)
        if not found.files and (self.job.sources or tasks.reads(self.job.settings)):
            entries = walk(self.job.sources, self.job.settings, leave=self.job.workspace.path)
            raise _unreadable(self.job, "there is no file to read", ((e.reason, e.path) for e in entries if isinstance(e, Unread)))
        return found

    def prepare(self, found: files.Survey) -> None:
        """Parses and cuts."""
        job = self.job
        self.stage("files", lambda: found.fingerprint, lambda: files.run(job, self.ledger, found))
        if not job.workspace.documents.parts() and found.files:
            lost = job.workspace.failures.read("files")
            raise _unreadable(job, f"none of the files could be read ({len(lost):,} in all)", ((f.error, f.row_id) for f in lost))
        self.stage("chunks", lambda: chunks.fingerprint(job, found.fingerprint), lambda: chunks.run(job))

    def models(self) -> Models:
        """The models of this run; a server that curate starts is started the first time."""
        job = self.job
        if self.served is None:
            self.served = self.server.enter_context(serving.serve(job.settings, job.workspace.private, job.watch.note))
        return Models(self.served, self.ledger, job.workspace.path, job.watch.note)

    def stands(self, name: str, fingerprint: str) -> bool:
        """Whether the manifest says that a stage ran on the same inputs; an entry stands only for a finished stage."""
        return self.manifest["stages"].get(name, {}).get("fingerprint") == fingerprint and self.is_there(name)

    def stage(self, name: str, fingerprint: Callable[[], str], run: Callable[[], None]) -> None:
        """Runs a stage unless it stands."""
        if self.stands(name, fingerprint()):
            self.built.unchanged.append(name)
            return
        self.forget(name)
        began = time.monotonic()
        run()
        if name == "tasks" and (self.built.ended.budget or self.built.ended.signal):
            return  # cut short: the next build goes on from here
        self.manifest["stages"][name] = {"fingerprint": fingerprint(), "seconds": round(time.monotonic() - began, 3)}
        self.job.workspace.write_manifest(self.manifest)

    def forget(self, name: str) -> None:
        """Takes back what the manifest says of a stage and those after it, before their tables change."""
        order = ["files", "chunks", "tasks", "rows"]
        for later in order[order.index(name) :]:
            self.manifest["stages"].pop(later, None)
        self.job.workspace.write_manifest(self.manifest)

    def is_there(self, name: str) -> bool:
        """A dataset that was deleted by hand is exported again."""
        dataset = self.job.workspace.dataset
        return name != "rows" or all((dataset / style).is_dir() or any(dataset.glob(f"{style}-*")) for style in self.job.settings.style)

    def generate(self) -> None:
        job, models = self.job, None
        if tasks.asks(job.settings):
            models = self.models()
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
        self.manifest["datasets"] = {e.folder.name: {"style": e.style, "rows": e.rows} for e in self.built.exported}

    def recalled(self) -> list[Exported]:
        """What the build before exported, where this one had nothing to export anew."""
        found = self.manifest.get("datasets", {}).items()
        return [Exported(d["style"], self.job.workspace.dataset / name, d["rows"], {}, 0) for name, d in found]


def _check_files_of(settings: Settings) -> None:
    """Reads the files that settings name and that only the end of a build needs: an error is told now, not after all was paid for."""
    prices(settings)
    if settings.mix:
        plugins.load("generators", "mix").checked(settings)
    if "text" in settings.style:
        templates.control_tokens(settings.chat_template)


def _unreadable(job: Job, what: str, lost: Iterable[tuple[str, str]]) -> UsageError:
    """The error of a build that has nothing to work on: each reason with up to three of its files."""
    paths: dict[str, list[str]] = defaultdict(list)
    for reason, path in lost:
        paths[reason].append(path)
    most = sorted(paths.items(), key=lambda item: -len(item[1]))[:5]
    named = [f"{reason} ({', '.join(p[:3])}{f' and {len(p) - 3:,} more' if len(p) > 3 else ''})" for reason, p in most]
    sources = ", ".join(str(source) for source in job.sources)
    known = " ".join(plugins.load("parsers", name).SUFFIXES[0] for name in plugins.names("parsers"))
    return UsageError(f"{what} in {sources}: {'; '.join(named) or 'it is empty'}", f"name a folder with documents, as in {known}")
