"""Rows of a file of general data: how many there are, and single ones, whatever the file's type."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from curate.errors import DocumentError, UsageError

SUFFIXES = (".jsonl", ".json", ".parquet")
Place = tuple[int, int]
"""A row: its number, from 1, as an editor shows the line; and where its line begins, where the file has lines."""


def places(path: Path) -> list[Place]:
    """Every row of a file. UsageError: there is no such file, or it holds no rows."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: rows are not read from files of the type {path.suffix or 'none'}", f"give {', '.join(SUFFIXES)}")
    try:
        if path.suffix != ".jsonl":
            return [(number, 0) for number in range(1, len(_rows_of(path)) + 1)]
        found, at = [], 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    found.append((number, at))
                at += len(line)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}", "give the path of a file of rows") from None
    return found


def row(path: Path, place: Place) -> Any:
    """One row as its file holds it. DocumentError: it cannot be read."""
    number, start = place
    if path.suffix != ".jsonl":
        return _rows_of(path)[number - 1]
    try:
        with path.open("rb") as file:
            file.seek(start)
            return json.loads(file.readline().decode("utf-8-sig"))
    except OSError as error:
        raise DocumentError(f"{path.name}, row {number}: {error.strerror or error}") from None
    except ValueError as error:  # also where it is not UTF-8
        raise DocumentError(f"{path.name}, row {number}: not JSON: {error}", "each line is one JSON object") from None


def _rows_of(path: Path) -> list[Any]:
    return _whole(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _whole(path: Path, changed: int) -> list[Any]:  # noqa: ARG001 - a file that changed is read again
    """All rows of a file that cannot be read in part."""
    if path.suffix == ".parquet":
        import polars as pl

        try:
            return pl.read_parquet(path).to_dicts()
        except pl.exceptions.PolarsError as error:
            raise UsageError(f"{path} is not a Parquet file: {error}", "give the file as it was downloaded") from None
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}", "a .json file holds one list of rows; give JSON lines the suffix .jsonl") from None
    if not isinstance(found, list):
        raise UsageError(f"{path} holds no list of rows", "a .json file holds one list of rows; give JSON lines the suffix .jsonl")
    return found
