"""One dataset folder on its way: rows and their origins go to temporary files, and the whole is swapped in when it is complete."""

import json
import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from curate.export import files
from curate.records import Sample
from curate.settings import Settings
from curate.store import remove

SPLITS = ("train", "validation", "test")
ORIGIN: dict[str, Any] = {
    "id": "string",
    "kind": "string",
    "generator": "string",
    "documents": [{"id": "string", "path": "string"}],
    "chunks": ["string"],
    "spans": [{"document": "string", "page": "int", "start": "int", "end": "int", "bbox": ["float"]}],
    "replies": ["string"],
}


@dataclass(slots=True)
class _Lane:
    """Rows that belong together within a split, with their origins beside them."""

    rows: Path
    origins: Path
    out: tuple[TextIO, TextIO]
    count: int = 0


@dataclass(slots=True)
class Counts:
    """What the dataset card tells of the rows."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    generators: Counter[str] = field(default_factory=Counter)


class Folder:
    """`dataset/<name>/` being written; nothing is there before `publish`."""

    def __init__(self, dataset: Path, name: str, columns: dict[str, Any], settings: Settings) -> None:
        self.path, self.temporary, self.previous = dataset / name, dataset / f".{name}.new", dataset / f".{name}.old"
        self.columns, self.file_format, self.formulas = columns, settings.file_format, settings.csv_formulas == "keep"
        self.counts = Counts()
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._open = ExitStack()
        remove(self.temporary)
        self.temporary.mkdir(parents=True)
        if self.previous.exists() and not self.path.exists():
            self.previous.rename(self.path)  # an export was killed between its two renames

    def add(self, sample: Sample, row: dict[str, Any], documents: list[dict[str, str]]) -> None:
        """Appends a row to the file of its split."""
        lane = self._lane(sample.split, _lane(sample))
        kept = {name: row[name] for name in self.columns if name in row}
        lane.out[0].write(files.line(files.encoded(kept, self.columns) if self.file_format == "parquet" else kept))
        lane.out[1].write(files.line(_origin(sample, documents)))
        lane.count += 1
        self.counts.kinds[sample.split, sample.kind] += 1
        self.counts.generators[sample.generator] += 1
        self.counts.documents.update(sample.document_ids)

    def copy(self, source: Path, name: str) -> None:
        """Puts a file that rows name beside them, once."""
        target = self.temporary / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def rows(self) -> dict[str, int]:
        """Rows per split."""
        return {split: sum(lane.count for (s, _), lane in self._lanes.items() if s == split) for split in SPLITS}

    def file(self, split: str) -> str:
        """The name of a split's file."""
        return f"{split}.{self.file_format}"

    def finish(self) -> None:
        """Writes the row files (an empty split gets none, but train always) and sources.parquet."""
        self._lane("train", 2)
        self._open.close()
        for split in SPLITS:
            lanes = self._of(split)
            if lanes:
                files.write([lane.rows for lane in lanes], self.temporary / self.file(split), self.columns, formulas=self.formulas)
        self._write_origins()
        for lane in self._lanes.values():
            lane.rows.unlink()
            lane.origins.unlink()

    def publish(self) -> None:
        """Puts the folder in the place of the one before. A kill between the two renames leaves that one as `.<name>.old`."""
        remove(self.previous)
        if self.path.exists():
            self.path.rename(self.previous)
        self.temporary.rename(self.path)
        remove(self.previous)

    def abandon(self) -> None:
        """Closes and removes what was not published."""
        self._open.close()
        remove(self.temporary)

    def _lane(self, split: str, number: int) -> _Lane:
        if (split, number) not in self._lanes:
            paths = [self.temporary / f".{split}.{number}.{what}" for what in ("rows", "origins")]
            rows, origins = (self._open.enter_context(files.text(path)) for path in paths)
            self._lanes[split, number] = _Lane(paths[0], paths[1], (rows, origins))
        return self._lanes[split, number]

    def _of(self, split: str) -> list[_Lane]:
        return [self._lanes[key] for key in sorted(self._lanes) if key[0] == split]

    def _write_origins(self) -> None:
        """One row per exported row, in the files' order; `line` counts from 1."""
        import polars as pl

        frames = []
        for split in SPLITS:
            before = 0
            for lane in self._of(split):
                place = [pl.lit(split).alias("split"), pl.lit(self.file(split)).alias("file"), (pl.col("line") + before + 1).cast(pl.Int64)]
                frame = files.scan(lane.origins, ORIGIN).with_row_index("line").with_columns(place)
                frames.append(frame.select("id", "split", "file", "line", *list(ORIGIN)[1:]))
                before += lane.count
        files.sink(pl.concat(frames), self.temporary / "sources.parquet")


def dataset_info(folder: Folder, module: ModuleType) -> str:
    """LLaMA-Factory's dataset_info.json: an entry per split that has rows, none where it cannot read the style or the file type."""
    if folder.file_format == "csv":
        return "{}\n"  # nested values are text there
    entries = {s: module.dataset_info(folder.file(s), folder.columns) for s, n in folder.rows().items() if n}
    return json.dumps({s: e for s, e in entries.items() if e}, ensure_ascii=False, indent=2) + "\n"


def _lane(sample: Sample) -> int:
    """Rows with more keys and deeper values lead their file: readers take its columns and types from its first block."""
    if sample.tools or any(m.weight != 1 for m in sample.messages):
        return 0
    return 1 if sum(m.role == "user" for m in sample.messages) > 1 else 2


def _origin(sample: Sample, documents: list[dict[str, str]]) -> dict[str, Any]:
    """Where a row comes from; offsets and boxes are those of the document as it was parsed."""
    spans = [{"document": s.document_id, "page": s.page, "start": s.start, "end": s.end, "bbox": s.bbox} for s in sample.evidence]
    return {
        "id": sample.id,
        "kind": sample.kind,
        "generator": sample.generator,
        "documents": documents,
        "chunks": sample.chunk_ids,
        "spans": spans,
        "replies": sample.replies,
    }
