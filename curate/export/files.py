"""The row files of a dataset: written as JSON lines while samples stream by, then turned into the file type asked for."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import polars as pl

GROUP_ROWS = 20_000
_BREAKS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}  # line breaks to some readers; everywhere else in JSON plain characters
_FORMULA = re.compile(r"[=+\-@\t\r]")


def line(row: dict[str, Any]) -> str:
    """A row as one line of JSON, whatever a reader takes for the end of a line."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False).translate(_BREAKS) + "\n"


def encoded(value: Any, kind: Any) -> Any:
    """A value for Parquet: what is of the kind "json" becomes text, for a struct column would fill objects with nulls."""
    if kind == "json":
        return None if value is None else json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(kind, list):
        return [encoded(v, kind[0]) for v in value]
    return {k: encoded(value.get(k), v) for k, v in kind.items()} if isinstance(kind, dict) else value


def dtype(kind: Any) -> Any:
    """The polars type of a column's kind."""
    import polars as pl

    if isinstance(kind, list):
        return pl.List(dtype(kind[0]))
    if isinstance(kind, dict):
        return pl.Struct({name: dtype(k) for name, k in kind.items()})
    return {"bool": pl.Boolean(), "int": pl.Int64(), "float": pl.Float64()}.get(kind, pl.String())


def scan(path: Path, columns: dict[str, Any]) -> "pl.LazyFrame":
    """A file of JSON lines as a frame; an empty one has its columns too."""
    import polars as pl

    schema = {name: dtype(kind) for name, kind in columns.items()}
    return pl.scan_ndjson(path, schema=schema) if path.stat().st_size else pl.LazyFrame(schema=schema)


def sink(frame: "pl.LazyFrame", path: Path) -> None:
    """Writes a frame as Parquet without ever holding all of it."""
    frame.sink_parquet(path, compression="zstd", row_group_size=GROUP_ROWS, statistics=False, maintain_order=True)


def write(parts: list[Path], path: Path, columns: dict[str, Any], *, formulas: bool = False) -> None:
    """Joins files of JSON lines, in their order, into one file of the type that its suffix names.

    formulas: leaves CSV cells as they are, also those that a spreadsheet would run.
    """
    if path.suffix == ".csv":
        _csv(parts, path, columns, cell if formulas else guarded)
    else:
        WRITERS[path.suffix](parts, path, columns)


def _jsonl(parts: list[Path], path: Path, columns: dict[str, Any]) -> None:  # noqa: ARG001
    with path.open("wb") as out:
        for part in parts:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, out, 1 << 20)


def _json(parts: list[Path], path: Path, columns: dict[str, Any]) -> None:  # noqa: ARG001
    with text(path) as out:
        out.write("[")
        for n, row in enumerate(_lines(parts)):
            out.write((",\n" if n else "\n") + row)
        out.write("\n]\n")


def _parquet(parts: list[Path], path: Path, columns: dict[str, Any]) -> None:
    import polars as pl

    sink(pl.concat([scan(part, columns) for part in parts]), path)


def _csv(parts: list[Path], path: Path, columns: dict[str, Any], show: Callable[[Any], str]) -> None:
    with text(path) as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for found in _lines(parts):
            row = json.loads(found)
            writer.writerow([show(row.get(name)) for name in columns])


WRITERS: dict[str, Callable[[list[Path], Path, dict[str, Any]], None]] = {
    ".jsonl": _jsonl,
    ".json": _json,
    ".parquet": _parquet,
}


def cell(value: Any) -> str:
    """A CSV cell: nested values as JSON text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def guarded(value: Any) -> str:
    """A CSV cell that no spreadsheet runs as a formula: a leading apostrophe makes it text."""
    found = cell(value)
    return "'" + found if _FORMULA.match(found) else found


def text(path: Path) -> TextIO:
    """A file to write UTF-8 text to, with the same line ends on every system."""
    return path.open("w", encoding="utf-8", newline="\n")


def _lines(parts: list[Path]) -> Iterator[str]:
    for part in parts:
        with part.open(encoding="utf-8", newline="\n") as lines:
            for found in lines:
                yield found.rstrip("\n")
