"""The tables of a workspace: folders of Parquet parts, each part written whole and published by rename."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from curate.errors import WorkspaceError
from curate.records import canonical

if TYPE_CHECKING:
    import polars as pl

R = TypeVar("R")
PART_ROWS = 10_000


class Table(Generic[R]):
    """One record type in one folder. A part's name orders it; parts with other names do not touch each other."""

    def __init__(self, record: type[R], folder: Path) -> None:
        self.record: Any = record
        self.folder = folder

    def write(self, part: str, rows: Sequence[R]) -> None:
        """Replaces one part atomically; no rows, no file."""
        import polars as pl

        path = self.folder / f"{part}.parquet"
        if not rows:
            path.unlink(missing_ok=True)
            return
        columns = {name: _convert(_storer(kind), [getattr(row, name) for row in rows]) for name, kind in _kind(self.record).items()}
        with publishing(path) as temporary:
            pl.DataFrame(columns, schema=schema(self.record)).write_parquet(temporary, compression="zstd", statistics=False)

    def parts(self) -> list[str]:
        """Names of the parts, in order."""
        return sorted(p.name.removesuffix(".parquet") for p in self.folder.glob("[!.]*.parquet")) if self.folder.is_dir() else []

    def read(self, part: str) -> list[R]:
        """The records of one part, in the order they were written."""
        import polars as pl

        path = self.folder / f"{part}.parquet"
        if not path.exists():
            return []
        try:
            frame = pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise damaged(path, error) from None
        return self._records(frame)

    def pick(self, ids: Iterable[str], parts: Iterable[str]) -> dict[str, R]:
        """The records of these ids (column `id`), reading only these parts and turning only their rows into records."""
        import polars as pl

        wanted = pl.Series(sorted(ids), dtype=pl.String)
        found: dict[str, R] = {}
        for part in parts:
            frame = pl.read_parquet(self.folder / f"{part}.parquet").filter(pl.col("id").is_in(wanted.implode()))
            found.update(zip(frame["id"].to_list(), self._records(frame), strict=True))
        return found

    def __iter__(self) -> Iterator[R]:
        for part in self.parts():
            yield from self.read(part)

    def count(self) -> int:
        """How many rows the table has."""
        import polars as pl

        return int(self.lazy().select(pl.len()).collect().item())

    def lazy(self) -> "pl.LazyFrame":
        """The whole table as a polars LazyFrame, for counting and grouping."""
        import polars as pl

        parts = [self.folder / f"{p}.parquet" for p in self.parts()]
        return pl.scan_parquet(parts) if parts else pl.DataFrame(schema=schema(self.record)).lazy()

    def broken(self) -> WorkspaceError | None:
        """What is wrong with the first part that cannot be read, None where all can."""
        import polars as pl

        for part in self.parts():
            path = self.folder / f"{part}.parquet"
            try:
                pl.read_parquet(path).select(list(schema(self.record)))
            except (pl.exceptions.PolarsError, OSError) as error:
                return damaged(path, error)
        return None

    def clear(self, keep: Iterable[str] = ()) -> None:
        """Drops every part but those to keep."""
        kept = set(keep)
        for part in self.parts():
            if part not in kept:
                (self.folder / f"{part}.parquet").unlink(missing_ok=True)

    def _records(self, frame: "pl.DataFrame") -> list[R]:
        columns = [_convert(_loader(kind), frame[name].to_list()) for name, kind in _kind(self.record).items()]
        return [self.record(*row) for row in zip(*columns, strict=True)]


def damaged(path: Path, error: Exception) -> WorkspaceError:
    """Says that a part cannot be read; without its manifest a build makes all parts anew."""
    manifest = path.parent.parent / "manifest.json"
    why = str(error).split("\n", 1)[0]
    return WorkspaceError(f"{path} is damaged: {why}", f"delete {manifest} and run the build again: what was paid for is remembered")


class publishing:
    """`with publishing(path) as temporary:` write to the temporary name; it becomes `path` only when all went well."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> Literal[False]:
        if kind is None:
            os.replace(self.temporary, self.path)
            return False
        self.temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) or "(os error " in str(error):  # as polars tells of a full disk
            why = getattr(error, "strerror", "") or error
            hint = "free some space or choose another --out; what is done is kept"
            raise WorkspaceError(f"cannot write {self.path}: {why}", hint) from error
        return False


def write_text(path: Path, text: str) -> None:
    """Writes a small file whole: a reader sees the old text or the new, never half."""
    with publishing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    """Writes a small file whole, as `write_text` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with publishing(path) as temporary:
        temporary.write_bytes(data)


def remove(folder: Path) -> None:
    """Removes a folder of the workspace and all in it."""
    shutil.rmtree(folder, ignore_errors=True)


def pack(record: Any) -> list[Any]:
    """A record as a JSON array of its fields, records inside it too."""
    convert = _plainer(cast(Any, type(record)))
    return cast(list[Any], convert(record) if convert else record)


def unpack(record: type[R], packed: list[Any]) -> R:
    """The way back of `pack`."""
    make = _maker(cast(Any, record))
    return cast(R, make(packed) if make else packed)


@cache
def schema(record: Any) -> "pl.Schema":
    """The Parquet schema of a record type: JSON objects and records inside records are canonical JSON text.

    Structs would invent null keys in objects, and building them from records costs ten times as much as the text.
    """
    import polars as pl

    return pl.Schema({name: _dtype(kind) for name, kind in _kind(record).items()})


def _dtype(kind: Any) -> Any:
    import polars as pl

    kind = _bare(kind)
    scalar = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}.get(kind)
    return scalar() if scalar else pl.List(pl.String()) if kind == list[str] else pl.String()


@cache
def _storer(kind: Any) -> Callable[[Any], Any] | None:
    """How a field's value becomes a Parquet value; None: as it is. Built once per type, for it runs for every value."""
    kind = _bare(kind)
    if kind in (str, int, float, bool, list[str]):
        return None
    nested = _plainer(kind)
    return canonical if nested is None else lambda value: canonical(nested(value))


@cache
def _loader(kind: Any) -> Callable[[Any], Any] | None:
    """The way back of `_storer`."""
    kind = _bare(kind)
    if kind in (str, int, float, bool, list[str]):
        return None
    nested = _maker(kind)
    return json.loads if nested is None else lambda text: nested(json.loads(text))


@cache
def _plainer(kind: Any) -> Callable[[Any], Any] | None:
    """How records inside a value become JSON arrays of their fields."""
    kind = _bare(kind)
    if get_origin(kind) is list:
        one = _plainer(get_args(kind)[0])
        return None if one is None else lambda values: [one(v) for v in values]
    if is_dataclass(kind):
        steps = [(name, _plainer(k)) for name, k in _kind(cast(Any, kind)).items()]
        return lambda v: [getattr(v, n) if f is None else f(getattr(v, n)) for n, f in steps]
    return None


@cache
def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """The way back of `_plainer`."""
    kind = _bare(kind)
    if get_origin(kind) is tuple:
        return lambda v: None if v is None else tuple(v)
    if get_origin(kind) is list:
        one = _maker(get_args(kind)[0])
        return None if one is None else lambda values: [one(v) for v in values]
    if is_dataclass(kind):
        make, steps = cast(Any, kind), [_maker(k) for k in _kind(cast(Any, kind)).values()]
        return lambda v: make(*[x if f is None else f(x) for f, x in zip(steps, v, strict=True)])
    return None


def _bare(kind: Any) -> Any:
    """`X | None` is X: every column may hold null."""
    if get_origin(kind) is UnionType:
        return next(a for a in get_args(kind) if a is not NoneType)
    return str if get_origin(kind) is Literal else kind


@cache
def _kind(record: Any) -> dict[str, Any]:
    return get_type_hints(record)


def _convert(one: Callable[[Any], Any] | None, values: list[Any]) -> list[Any]:
    return values if one is None else [one(v) for v in values]
