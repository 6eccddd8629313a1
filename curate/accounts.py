"""Counts the tables of a workspace: per stage produced + rejected + failed + skipped = total, each loss with its reason."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from curate.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

NOT_RUN = "not run yet"


@dataclass(slots=True)
class Stage:
    """One line of the accounts, in the stage's own units. examples: for some reasons, the paths of up to three files."""

    name: str
    total: int = 0
    produced: int = 0
    rejected: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stage as `curate status --json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Overview:
    """The accounts of a workspace, and what asking has come to.

    asks: `made`, tokens and cost over the workspace's whole life, `failed` now, `remembered` in the last build that asked.
    coverage: characters of the documents in accepted samples, in rejected ones only, in none, and the same per document.
    quotas: by dimension, of each label the share wanted, the samples planned and reached, and the share reached.
    """

    workspace: str
    stages: list[Stage]
    asks: dict[str, Any]
    finished: bool
    coverage: dict[str, Any] = field(default_factory=dict)
    quotas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The overview as `--json` prints it."""
        return asdict(self)


def overview(workspace: Workspace, asks: dict[str, Any]) -> Overview:
    """Everything `curate status` shows; `asks` are the ledger's sums."""
    manifest = workspace.manifest()
    stages = accounts(workspace)
    failed = next(s.failed for s in stages if s.name == "tasks")
    whole = {**asks, "failed": failed, "remembered": manifest.get("asks", {}).get("remembered", 0)}
    return Overview(str(workspace.path), stages, whole, "rows" in manifest.get("stages", {}))


def accounts(workspace: Workspace) -> list[Stage]:
    """The stages so far; they are counted from the tables, so also during a build and after a crash."""
    import polars as pl

    lost = workspace.failures.lazy().collect()
    files = Stage("files", produced=_files(workspace))
    documents = Stage("documents", total=workspace.documents.count())
    tasks = Stage("tasks", total=workspace.tasks.count())
    samples = Stage("samples", total=workspace.samples.count())
    stages = {s.name: s for s in (files, documents, tasks, samples)}
    for name in lost["stage"].unique().sort().to_list():
        stage = stages.setdefault(name, Stage(name))
        _lose(stage, lost.filter(pl.col("stage") == name))
    files.total = files.produced + files.failed + files.skipped
    documents.produced = documents.total - documents.failed - documents.skipped
    _tasks(workspace, tasks, lost)
    samples.total += samples.skipped
    samples.rejected = _rejected(workspace, samples.reasons)
    samples.produced = samples.total - samples.rejected - samples.failed - samples.skipped
    for name, rows in workspace.manifest().get("rows", {}).items():
        stage = stages.setdefault(f"rows:{name}", Stage(f"rows:{name}"))
        stage.produced, stage.total = rows, rows + stage.failed + stage.skipped
    return list(stages.values())


def _files(workspace: Workspace) -> int:
    """Files that gave at least one document: a file of several documents numbers all but the first in `meta.part`."""
    import polars as pl

    first = pl.col("meta").str.json_path_match("$.part").is_null()
    return workspace.documents.lazy().select("meta").filter(first).collect().height


def _lose(stage: Stage, lost: "pl.DataFrame") -> None:
    import polars as pl

    same = pl.col("error").str.replace(r"(?s)^same bytes as .*", "same bytes as another file")  # one reason, not one for each file
    grouped = lost.with_columns(same).group_by("outcome", "error").agg(pl.len(), pl.col("row_id").sort().head(3).alias("first"))
    for outcome, error, count, first in grouped.sort("len", "error", descending=[True, False]).iter_rows():
        setattr(stage, outcome, getattr(stage, outcome) + count)
        stage.reasons[error] = stage.reasons.get(error, 0) + count
        if stage.name == "files":
            stage.examples[error] = first


def losses(workspace: Workspace, most: int | None = None) -> list[dict[str, Any]]:
    """Every unit that failed or was skipped, failed ones first: stage, path, outcome, reason, hint. `most`: of these, so many."""
    import polars as pl

    documents = workspace.documents.lazy().select(pl.col("id").alias("row_id"), "path")
    chunks = workspace.chunks.lazy().select(pl.col("id").alias("chunk"), "path")
    tasks = workspace.tasks.lazy().select(pl.col("id").alias("row_id"), pl.col("chunk_ids").list.first().alias("chunk"))
    known = pl.concat([documents, tasks.join(chunks, on="chunk").select("row_id", "path")]).unique("row_id")
    order = pl.col("stage").replace_strict({"files": 0, "documents": 1, "tasks": 2}, default=3)
    found = workspace.failures.lazy().join(known, on="row_id", how="left").sort(pl.col("outcome"), order, "path", "row_id")
    path = pl.when(pl.col("stage") == "files").then(pl.col("row_id")).otherwise(pl.col("path")).alias("path")
    chosen = found.select("stage", pl.col("row_id").alias("id"), path, "outcome", pl.col("error").alias("reason"), "hint", "attempts")
    return (chosen if most is None else chosen.head(most)).collect().to_dicts()


def _tasks(workspace: Workspace, tasks: Stage, lost: "pl.DataFrame") -> None:
    """A task produced when a sample names it; one that is in neither table has not been run."""
    import polars as pl

    made = workspace.samples.lazy().select("task_id").unique().collect()["task_id"]
    joined = lost.filter(pl.col("stage") == "samples")["row_id"].str.split("@").list.last()
    tasks.produced = pl.concat([made, joined]).n_unique()
    open_ = tasks.total - tasks.produced - tasks.failed - tasks.skipped
    if open_ > 0:
        tasks.skipped += open_
        tasks.reasons[NOT_RUN] = open_


def _rejected(workspace: Workspace, reasons: dict[str, int]) -> int:
    """Samples with a failed check; each counts once, under the first check that failed it."""
    import polars as pl

    failed = (
        workspace.verdicts.lazy()
        .filter(~pl.col("passed"))
        .select("sample_id", "check")
        .unique("sample_id", keep="first", maintain_order=True)
    )
    count: Counter[str] = Counter(failed.select("check").collect()["check"].to_list())
    reasons.update(dict(count.most_common()))
    return sum(count.values())
