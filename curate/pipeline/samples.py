"""The last stage before export: equal samples become one, then the whole table is compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from curate.pipeline.job import Job
from curate.records import Failure, Sample, Verdict
from curate.work import filters
from curate.workspace import Workspace, passed

T = TypeVar("T")


def run(job: Job) -> None:
    """Joins samples of one id, then lets each comparing filter judge what passed so far."""
    merge(job.workspace)
    for module in filters(job.settings):
        if hasattr(module, "compare"):
            name = module.__name__.rsplit(".", 1)[-1]
            job.watch.stage(name, None, "samples")
            rows = Passed(job.workspace)
            lost = {v.sample_id: v for v in module.compare(rows, job.settings) if not v.passed}
            _write(job.workspace, name, lost)


def merge(workspace: Workspace) -> None:
    """Rows with one id become the first of them, their sources joined; each of the others is recorded as skipped."""
    copies = _copies(workspace)
    parts = sorted({p for parts in copies.values() for p in parts})
    same: dict[str, list[Sample]] = defaultdict(list)
    for part in parts:
        for sample in workspace.samples.read(part):
            if sample.id in copies:
                same[sample.id].append(sample)
    seen: set[str] = set()
    for part in parts:
        kept = []
        for sample in workspace.samples.read(part):
            if sample.id not in seen:
                kept.append(_joined(same[sample.id]) if sample.id in copies else sample)
            seen.update({sample.id} & copies.keys())
        ids = {s.id for s in kept}
        workspace.samples.write(part, kept)
        workspace.verdicts.write(part, [v for v in workspace.verdicts.read(part) if v.sample_id in ids])
    reason = "equal to a sample of another task, whose sources it joined"
    lost = [Failure("samples", f"{s.id}@{s.task_id}", "skipped", reason) for rows in same.values() for s in rows[1:]]
    workspace.failures.write("samples", lost)


def _copies(workspace: Workspace) -> dict[str, list[str]]:
    """By sample id, the parts that hold it, for ids that stand more than once."""
    import polars as pl

    frames = []
    for part in workspace.samples.parts():
        frame = pl.read_parquet(workspace.samples.folder / f"{part}.parquet", columns=["id"])
        frames.append(frame.with_columns(part=pl.lit(part)))
    if not frames:
        return {}
    twice = pl.concat(frames).filter(pl.col("id").is_duplicated()).group_by("id", maintain_order=True).agg("part")
    return dict(twice.iter_rows())


def _joined(same: list[Sample]) -> Sample:
    def joined(lists: Iterable[list[T]]) -> list[T]:
        return list(dict.fromkeys(item for items in lists for item in items))

    return replace(
        same[0],
        chunk_ids=joined(s.chunk_ids for s in same),
        document_ids=joined(s.document_ids for s in same),
        evidence=joined(s.evidence for s in same),
        replies=joined(s.replies for s in same),
    )


@dataclass(slots=True)
class Passed:
    """The samples that passed every check so far; they can be read more than once."""

    workspace: Workspace
    _scores: dict[str, float] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Sample]:
        for sample, verdicts in self.workspace.judged():
            if passed(verdicts):
                scores = [v.score for v in verdicts if v.score is not None]
                if scores:
                    self._scores[sample.id] = sum(scores) / len(scores)
                yield sample

    def rank(self, sample_id: str) -> tuple[float | str, ...]:
        return (-self._scores.get(sample_id, 0.0), sample_id)


def _write(workspace: Workspace, name: str, lost: dict[str, Verdict]) -> None:
    """Puts each verdict beside the part that holds its sample."""
    import polars as pl

    for part in workspace.samples.parts():
        ids = pl.read_parquet(workspace.samples.folder / f"{part}.parquet", columns=["id"])["id"].to_list()
        workspace.verdicts.write(f"{part}.{name}", [lost[i] for i in ids if i in lost])
