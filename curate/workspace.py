"""The output folder of a build: its tables, its manifest, its lock, and what its verdicts say of each sample."""

import errno
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from curate import __version__
from curate.errors import WorkspaceError
from curate.records import Chunk, Document, Failure, Json, Sample, Task, Verdict
from curate.store import Table, write_text

FORMAT = 1
"""Layout of `.curate/`; a workspace of a higher number belongs to a newer curate."""


class Workspace:
    """The folder at `path`. `tables` lie in `.curate/`; what people read lies beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.private = path / ".curate"
        self.dataset = path / "dataset"
        self.images = self.private / "images"
        self.documents: Table[Document] = Table(Document, self.private / "documents")
        self.chunks: Table[Chunk] = Table(Chunk, self.private / "chunks")
        self.tasks: Table[Task] = Table(Task, self.private / "tasks")
        self.samples: Table[Sample] = Table(Sample, self.private / "samples")
        self.verdicts: Table[Verdict] = Table(Verdict, self.private / "verdicts")
        self.failures: Table[Failure] = Table(Failure, self.private / "failures")

    @classmethod
    def create(cls, path: Path) -> "Workspace":
        """Opens the workspace at `path`, making it where there is none."""
        try:
            if path.exists() and not path.is_dir():
                raise WorkspaceError(f"{path} is a file, not a folder", "choose another --out")
            if path.is_dir() and any(path.iterdir()) and not (path / ".curate").is_dir():
                raise WorkspaceError(f"{path} is a folder with other things in it", "choose a new or empty folder with --out")
            (path / ".curate").mkdir(parents=True, exist_ok=True)
            probe = path / ".curate" / f".probe.{os.getpid()}"
            probe.write_bytes(b"\0")  # an empty file fits on a full disk
            probe.unlink()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            hint = "free some space or choose another --out" if full else "check its permissions or choose another --out"
            raise WorkspaceError(f"cannot write {path}: {error.strerror}", hint) from None
        return cls._checked(path)

    @classmethod
    def open(cls, path: Path) -> "Workspace":
        """Opens an existing workspace."""
        if not (path / ".curate").is_dir():
            what = "does not exist" if not path.exists() else "is not a workspace (it has no .curate folder)"
            raise WorkspaceError(f"{path} {what}", f"make one: curate build DOCS --out {path}")
        return cls._checked(path)

    @classmethod
    def _checked(cls, path: Path) -> "Workspace":
        workspace = cls(path)
        manifest = workspace.manifest()
        written = manifest.get("format", FORMAT)
        if written > FORMAT:
            by = f"curate {manifest['curate']} (format {written})" if "curate" in manifest else f"a newer curate (format {written})"
            this = f"this is curate {__version__} (format {FORMAT})"
            raise WorkspaceError(f"{path} was written by {by}, {this}", "upgrade curate, or choose another --out")
        return workspace

    def manifest(self) -> dict[str, Any]:
        """What the last builds did: per stage its fingerprint, seconds and counts. Empty before the first."""
        path = self.private / "manifest.json"
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not _is_manifest(found):
                raise ValueError("it is no manifest")
        except (ValueError, OSError) as error:
            hint = "delete it and run the build again: what was paid for is remembered"
            raise WorkspaceError(f"{path} is damaged: {error}", hint) from None
        return cast(dict[str, Any], found)

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replaces the manifest; it is written last, so that it never promises what is not there."""
        whole = {**manifest, "format": FORMAT, "curate": __version__}
        write_text(self.private / "manifest.json", json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the workspace for one build; the operating system lets go of it even after a kill."""
        import fcntl

        with self._lock_file() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                owner = file.read().strip() or "unknown"
                hint = "wait for it, stop it, or choose another --out"
                raise WorkspaceError(f"another build is running in {self.path} (pid {owner})", hint) from None
            os.ftruncate(file.fileno(), 0)
            with suppress(OSError):  # on a full disk the lock holds, only the name of its owner is missing
                os.write(file.fileno(), str(os.getpid()).encode())
            yield

    def _lock_file(self) -> TextIO:
        try:
            return open(self.private / "lock", "a+", encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(f"cannot write {self.private / 'lock'}: {error.strerror}", "check the permissions of the folder") from None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Names the damaged part where polars fails on one; any other failure of polars is a bug and stays what it is."""
        import polars as pl

        try:
            yield
        except pl.exceptions.PolarsError:
            tables = (self.documents, self.chunks, self.tasks, self.samples, self.verdicts, self.failures)
            for table in tables:
                if (broken := table.broken()) is not None:
                    raise broken from None
            raise

    def pictures(self) -> dict[str, list[Json]]:
        """By document id, its rendered pages and figures: file (in `images`), kind, page, bbox, width, height."""
        import polars as pl

        found = {}
        for part in self.documents.parts():
            frame = pl.read_parquet(self.documents.folder / f"{part}.parquet", columns=["id", "meta"])
            found.update({i: json.loads(meta)["images"] for i, meta in frame.iter_rows() if '"images"' in meta})
        return found

    def judged(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        """Every sample with all its verdicts, in table order, read part by part."""
        for part in self.samples.parts():
            verdicts = self.verdicts_of(part)
            for sample in self.samples.read(part):
                yield sample, verdicts.get(sample.id, [])

    def verdicts_of(self, part: str) -> dict[str, list[Verdict]]:
        """The verdicts on the samples of one part: they lie in the part of the same name and in `<part>.<check>`."""
        found: dict[str, list[Verdict]] = defaultdict(list)
        for name in [part, *sorted(p.name.removesuffix(".parquet") for p in self.verdicts.folder.glob(f"{part}.*.parquet"))]:
            for verdict in self.verdicts.read(name):
                found[verdict.sample_id].append(verdict)
        return found


def _is_manifest(found: Any) -> bool:
    """Whether it has the shape that readers of a manifest rely on."""
    if not isinstance(found, dict) or not isinstance(found.get("format", FORMAT), int):
        return False
    parts = [found.get(name, {}) for name in ("stages", "asks", "rows")]
    return all(isinstance(part, dict) for part in parts) and all(isinstance(stage, dict) for stage in parts[0].values())


def passed(verdicts: list[Verdict]) -> bool:
    """Whether a sample goes to the export: no check failed it."""
    return all(v.passed for v in verdicts)
