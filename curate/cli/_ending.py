"""The lines under the tables of a build: how it ended, what is odd about it and the fix, where the rows are, what to do next."""

from collections import Counter
from collections.abc import Iterator, Sequence

from curate import plugins
from curate.accounts import Stage
from curate.cli._show import counted, line
from curate.export import Exported
from curate.pipeline import Built, Job, unusable
from curate.records import Sample

STAGES = 4
"""Stages of a build that can be unchanged."""
EXAMPLES = 3
SHOWN = 90
"""Characters of a model's text that are shown."""


def lines(job: Job, built: Built, stages: Sequence[Stage], again: str, code: int) -> Iterator[str]:
    """All of them, in order."""
    if built.ended.signal:
        slow = f"; {counted(built.ended.slow, 'reply', 'replies')} did not come in time and will be asked again" if built.ended.slow else ""
        yield f"stopped; everything that was answered is kept{slow}\n  go on: {again}"
        return
    if built.ended.budget:
        yield f"{built.ended.budget.message}: the dataset holds what was made so far\n  go on: {again}"
    yield from _failures(job, stages, again)
    yield from _empty(job, stages, code)
    for exported in built.exported:
        yield f"{rows(exported)} -> {exported.folder}"
    yield from _splits(job, built)
    if len(built.unchanged) == STAGES:
        yield "nothing changed since the last build"
    if not job.settings.model:
        yield "answers are verbatim passages, for no model was asked; with one they get richer, for example:"
        yield f"  {again} --model MODEL --base-url http://HOST:PORT/v1"
    yield next_command(job)


def rows(exported: Exported) -> str:
    """`sharegpt: 12 train, 1 validation, 0 test`."""
    return f"{exported.style}: " + ", ".join(f"{count:,} {split}" for split, count in exported.rows.items())


def failing(stages: Sequence[Stage], most: float) -> list[Stage]:
    """The stages in which a larger share failed than may."""
    return [s for s in stages if s.name in ("files", "tasks") and s.total and s.failed / s.total > most]


def next_command(job: Job) -> str:
    """What to do now: look, or export a style that is not there yet."""
    look = f"next: curate status {job.workspace.path}"
    other = [s for s in plugins.names("formats") if not (job.workspace.dataset / s).is_dir()]
    return f"{look}   curate export {job.workspace.path} --style {other[0]}" if other else look


def _failures(job: Job, stages: Sequence[Stage], again: str) -> Iterator[str]:
    """More failed than may: how many of what, what the model said, and how to go on."""
    for stage in failing(stages, job.settings.max_failures):
        yield f"{stage.failed:,} of {counted(stage.total, stage.name.removesuffix('s'))} failed, more than {job.settings.max_failures:.0%}"
        if stage.name == "files" or not job.settings.model:
            yield f"  which and why: curate status {job.workspace.path} --json"
            continue
        if said := line(unusable(job.workspace), SHOWN):
            yield f"  the last unusable reply began: {said}"
        yield f"  ask them again: {again}{'' if '--retry-failed' in again else ' --retry-failed'}\n  or name another model with --model"


def _empty(job: Job, stages: Sequence[Stage], code: int) -> Iterator[str]:
    """The dataset has no rows though nothing failed: what was made, and which check wanted none of it."""
    samples = next(s for s in stages if s.name == "samples")
    if samples.produced or code:
        return
    if not samples.rejected:
        yield "no samples were made, so the dataset is empty: the documents hold nothing to ask without a model, or too little text"
        return
    check, examples = _rejected(job)
    count = samples.reasons.get(check, 0)
    yield f"none of {counted(samples.rejected, 'sample')} passed the checks, so the dataset is empty; {check!r} rejected most ({count:,}):"
    yield from examples
    yield f"  see what it asks for: curate config {job.workspace.path}; leave it out with --set filters=A,B,..."


def _rejected(job: Job) -> tuple[str, list[str]]:
    """The check that rejected most, with examples of what it rejected and why."""
    count: Counter[str] = Counter()
    shown: dict[str, list[str]] = {}
    for sample, verdicts in job.workspace.judged():
        first = next((v for v in verdicts if not v.passed), None)
        if first is None:
            continue
        count[first.check] += 1
        if len(examples := shown.setdefault(first.check, [])) < EXAMPLES:
            examples.append(f"  {line(_asked(sample), SHOWN)} - {line(first.reason, SHOWN)}")
    check = count.most_common(1)[0][0]
    return check, shown[check]


def _asked(sample: Sample) -> str:
    return next((m.content for m in sample.messages if m.role == "user"), sample.kind)


def _splits(job: Job, built: Built) -> Iterator[str]:
    """A split that got no row though it has a share: with few documents that happens."""
    if not built.exported or not sum(built.exported[0].rows.values()):
        return
    found = built.exported[0].rows
    shares = {"validation": job.settings.validation_share, "test": job.settings.test_share}
    empty = [split for split, share in shares.items() if share and not found.get(split)]
    if not found.get("train"):
        yield "no row is in train: lower the shares, as in --set validation_share=0 --set test_share=0"
    elif empty:
        raise_them = " ".join(f"--set {split}_share=0.2" for split in empty)
        yield f"no row is in {' or '.join(empty)}, as happens with few documents; for some: {raise_them} (or 0 for none)"
