"""Counts which characters of the documents the samples stand on, and which quotas were reached; from the tables, part by part."""

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from curate import planning
from curate.planning import DIMENSIONS, Quotas, Spans, length, quotas, touching, united, without
from curate.settings import Settings
from curate.workspace import Workspace

NOT_RUN = ("past --limit", "--max-")
"""How the reasons begin of tasks that a limit or a cap kept from running."""


@dataclass(slots=True)
class Covered:
    """Characters of one document, or of one topic: in the evidence of samples that passed, of rejected ones only, of none."""

    name: str
    accepted: int = 0
    rejected: int = 0
    none: int = 0

    @property
    def total(self) -> int:
        """All characters."""
        return self.accepted + self.rejected + self.none


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per document, by its path, in table order. Each document's characters, white space too, are counted once."""

    documents: list[Covered]

    @property
    def total(self) -> Covered:
        """The sums over all documents."""
        return summed("", self.documents)

    def as_json(self) -> dict[str, Any]:
        """The figures as `--json` prints them."""
        return {"total": asdict(self.total), "documents": [asdict(d) for d in self.documents]}


@dataclass(frozen=True, slots=True)
class Reached:
    """One label: the share wanted, the samples asked for in tasks that ran, those that passed, and their share of the dimension."""

    label: str
    wanted: float
    planned: int
    reached: int
    share: float


@dataclass(frozen=True, slots=True)
class QuotasReached:
    """By dimension, its labels; dimensions that no task asked for are left out."""

    dimensions: dict[str, list[Reached]] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """By how much the label that is furthest off misses its share."""
        return max((abs(r.share - r.wanted) for labels in self.dimensions.values() for r in labels), default=0.0)

    def as_json(self) -> dict[str, Any]:
        """The figures as `--json` prints them."""
        return {name: [asdict(r) for r in labels] for name, labels in self.dimensions.items()}


def coverage(workspace: Workspace) -> Coverage:
    """Which characters of which document ended up in samples that passed, in rejected ones only, in none."""
    evidence = _evidence(workspace)
    return Coverage([_counted(path, 0, size, evidence.get(i)) for i, path, size in _documents(workspace)])


def by_topic(workspace: Workspace) -> list[Covered]:
    """The same characters by the topic of the passage that holds them, those between passages under an empty name; largest first.

    Every passage is read and its topic found, so this takes longer than `coverage`.
    """
    plan = planning.read(workspace.path) or planning.Plan()
    evidence = _evidence(workspace)
    sizes = {i: size for i, _, size in _documents(workspace)}
    found: dict[str, Covered] = {}
    at: dict[str, int] = dict.fromkeys(sizes, 0)

    def add(topic: str, document_id: str, start: int, end: int) -> None:
        counted = _counted(topic, start, max(start, end), evidence.get(document_id))
        found[topic] = summed(topic, [found[topic], counted]) if topic in found else counted

    for chunk in workspace.chunks:
        start = at[chunk.document_id]
        add("", chunk.document_id, start, chunk.start)
        add(plan.topic(chunk), chunk.document_id, max(chunk.start, start), chunk.end)
        at[chunk.document_id] = max(start, chunk.end)
    for document_id, size in sizes.items():
        add("", document_id, at[document_id], size)
    return sorted(found.values(), key=lambda c: (-c.total, c.name))


def quotas_reached(workspace: Workspace, settings: Settings) -> QuotasReached:
    """The labels that the settings give shares of, as they were asked for and as they passed; of all kinds of task together."""
    wanted: Quotas = quotas(settings, *DIMENSIONS)
    planned: Counter[tuple[str, str]] = Counter()
    for values in _values_of_tasks(workspace):
        planned.update(label for slot in values.get("slots", ()) if isinstance(slot, dict) for label in slot.items())
    reached: Counter[tuple[str, str]] = Counter()
    for meta, _, passed in _samples(workspace, "meta"):
        labels = json.loads(meta).get("labels", {}) if passed else {}
        reached.update((d, label) for d, label in labels.items() if d in wanted)
    found: dict[str, list[Reached]] = {}
    for dimension, shares in wanted.items():
        total = sum(reached[dimension, label] for label in shares)  # other labels are a kind's own, which no setting wants
        counts = [(label, planned[dimension, label], reached[dimension, label]) for label in shares]
        if any(asked for _, asked, _ in counts):
            found[dimension] = [Reached(name, shares.get(name, 0.0), asked, n, n / total if total else 0.0) for name, asked, n in counts]
    return QuotasReached(found)


def summed(name: str, parts: Iterable[Covered]) -> Covered:
    """The sums of figures that count different characters."""
    found = Covered(name)
    for part in parts:
        found.accepted += part.accepted
        found.rejected += part.rejected
        found.none += part.none
    return found


@dataclass(slots=True)
class _Evidence:
    """Starts and ends of the evidence on one document, of samples that passed and of others: 16 bytes a span."""

    spans: tuple["array[int]", "array[int]"] = field(default_factory=lambda: (array("q"), array("q")))
    unions: tuple[Spans, Spans] | None = None

    def united(self) -> tuple[Spans, Spans]:
        if self.unions is None:
            passed, other = (united(zip(spans[::2], spans[1::2], strict=True)) for spans in self.spans)
            self.unions = passed, without(other, passed)
        return self.unions


def _counted(name: str, start: int, end: int, evidence: _Evidence | None) -> Covered:
    """The characters of one stretch of a document; evidence beyond it does not count."""
    found = Covered(name, none=end - start)
    if evidence is not None:
        passed, other = evidence.united()
        free = without([(start, end)] if end > start else [], touching(passed, start, end))
        found.accepted = end - start - length(free)
        found.none = length(without(free, touching(other, start, end)))
        found.rejected = end - start - found.accepted - found.none
    return found


def _documents(workspace: Workspace) -> Iterator[tuple[str, str, int]]:
    """Id, path and number of characters of every document; the texts are read part by part and not kept."""
    import polars as pl

    for part in workspace.documents.parts():
        path = workspace.documents.folder / f"{part}.parquet"
        yield from pl.scan_parquet(path).select("id", "path", pl.col("text").str.len_chars()).collect().iter_rows()


def _evidence(workspace: Workspace) -> dict[str, _Evidence]:
    found: dict[str, _Evidence] = defaultdict(_Evidence)
    for spans, _, passed in _samples(workspace, "evidence"):
        for document_id, start, end, *_ in json.loads(spans):
            found[document_id].spans[0 if passed else 1].extend((start, end))
    return dict(found)


def _samples(workspace: Workspace, column: str) -> Iterator[tuple[str, str, bool]]:
    """One column, the id, and whether no check failed the sample; of every sample."""
    import polars as pl

    for part in workspace.samples.parts():
        names = [workspace.verdicts.folder / f"{part}.parquet", *sorted(workspace.verdicts.folder.glob(f"{part}.*.parquet"))]
        verdicts = [path for path in dict.fromkeys(names) if path.exists()]
        failed: set[str] = set()
        if verdicts:
            failed.update(pl.scan_parquet(verdicts).filter(~pl.col("passed")).select("sample_id").collect()["sample_id"].to_list())
        frame = pl.read_parquet(workspace.samples.folder / f"{part}.parquet", columns=[column, "id"])
        for value, own in frame.select(column, "id").iter_rows():
            yield value, own, own not in failed


def _values_of_tasks(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """The values of the tasks that ran: those that made samples, failed, or found nothing to make."""
    import polars as pl

    lost = workspace.failures.lazy().filter(pl.col("stage") == "tasks").select("row_id", "error").collect()
    reasons = dict(lost.iter_rows())
    made = set(workspace.samples.lazy().select("task_id").unique().collect()["task_id"].to_list())
    for part in workspace.tasks.parts():
        frame = pl.read_parquet(workspace.tasks.folder / f"{part}.parquet", columns=["id", "values"])
        for own, values in frame.iter_rows():
            if own in made or (own in reasons and not reasons[own].startswith(NOT_RUN)):
                yield json.loads(values)
