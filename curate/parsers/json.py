"""Reads JSON and JSON Lines: records become tables, sections or question-answer passages."""

import json
import re
from typing import Any

from curate import encodings
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _records
from curate.records import Document
from curate.settings import Settings

VERSION = 2
SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson")

_HINT = "check the file with a JSON validator"
_BAD_LINES_NAMED = 100
_NOT_STRICT = re.compile(r",(\s*[}\]])")


def sniff(name: str, data: bytes) -> int:
    named = name.lower().endswith(SUFFIXES)
    head = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"{", b"[") or not re.match(rb"[{\[]\s*(?:[\"{\[\]}\d-]|true|false|null)", head):
        return int(named and encodings.is_text(data))
    return 2 if named or (len(data) < 1 << 20 and _is_json(data)) else 0


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data)
    lines = name.lower().endswith((".jsonl", ".ndjson"))
    meta: dict[str, Any] = {"encoding": encoding}
    try:
        value, bad = _lines(text) if lines else _whole(text)
        builder = Builder()
        title = _records.render(value, builder)
    except RecursionError as error:
        raise DocumentError("this JSON is nested too deeply", "flatten it, or leave it out") from error
    if not builder.blocks:
        raise DocumentError("this JSON holds no text", "nothing but empty values was found in it")
    if bad:
        meta |= {"bad_lines": bad[:_BAD_LINES_NAMED], "bad_lines_total": len(bad)}
    if isinstance(value, list):
        meta["records"] = len(value)
    return [builder.document(name, data, title or name.rsplit("/", 1)[-1], meta)]


def _whole(text: str) -> tuple[Any, list[int]]:
    """One value, or, where that fails after the first line, lines of them."""
    try:
        return json.loads(text, strict=False), []
    except ValueError as error:
        first = text.strip().split("\n", 1)
        if len(first) > 1 and _is_json(first[0]):
            return _lines(text)
        try:
            return json.loads(_NOT_STRICT.sub(r"\1", text), strict=False), []
        except ValueError:
            raise DocumentError(f"this is not valid JSON: {error}", _HINT) from error


def _lines(text: str) -> tuple[list[Any], list[int]]:
    """The values of the lines that are JSON, and the numbers of those that are not."""
    values: list[Any] = []
    bad: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values.append(json.loads(line, strict=False))
        except ValueError:
            bad.append(number)
    if not values:
        raise DocumentError("no line of this file is valid JSON", _HINT)
    return values, bad


def _is_json(source: str | bytes) -> bool:
    try:
        return isinstance(json.loads(source), (dict, list))
    except (ValueError, RecursionError):
        return False
