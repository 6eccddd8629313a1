"""The user's JSON schemas: read from a file, put inside the schema of a reply, and told which values are judgments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import UsageError
from curate.llm import reply_of
from curate.records import Json

QUOTES = ("evidence", "quote", "quotes")
"""Keys whose texts are quotes of the passage."""
JUDGED = "judged"
"""A keyword of ours: `"judged": true` marks values that are the writer's own, so that the passage need not hold them."""
_DEFINED = ("$defs", "definitions")


@dataclass(frozen=True, slots=True)
class Given:
    """A schema of the user's, without keywords of ours. free: the keys whose values need no support in a passage."""

    schema: Json
    free: list[str]


def read(path: Path, setting: str) -> Given:
    """The JSON schema in a file. UsageError names the file, the place and the setting."""
    try:
        schema = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", f"check the setting `{setting}`: it names a JSON schema file"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", f"check the setting `{setting}`: it names a JSON schema file") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}", "mend the line it names") from None
    try:
        reply_of("Schema", schema)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from None
    return Given(_without(schema), free(schema))


def inside(schema: Json, around: Json, at: str) -> Json:
    """`around` with the user's schema at the JSON pointer `at`, where it holds a null; definitions move to the top."""
    defined = {key: _moved(schema[key], at) for key in _DEFINED if key in schema}
    own = _moved({k: v for k, v in schema.items() if k not in (*_DEFINED, "$schema", "$id")}, at)
    return {**_put(around, at.removeprefix("#/").split("/"), own), **defined}


def _put(node: Json, steps: list[str], value: Any) -> Json:
    first, *rest = steps
    return {**node, first: _put(node[first], rest, value) if rest else value}


def _moved(node: Any, at: str) -> Any:
    """The schema with its references as they read from inside."""
    if isinstance(node, list):
        return [_moved(item, at) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {k: v if k in ("enum", "const") else _moved(v, at) for k, v in node.items()}
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith("#") and not ref.startswith(tuple(f"#/{key}/" for key in _DEFINED)):
        moved["$ref"] = at + ref[1:]
    return moved


def _without(node: Any) -> Any:
    """The schema without keywords of ours."""
    if isinstance(node, list):
        return [_without(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {k: v if k in ("enum", "const") else _without(v) for k, v in node.items() if not (k == JUDGED and isinstance(v, bool))}


def free(schema: Json) -> list[str]:
    """The keys whose values need no support in a passage: choices from a list, yes or no, and what is marked as judged."""
    return sorted({key for key, node in _named(schema) if _chosen(node)})


def quoting(schema: Json) -> bool:
    """Whether the schema has a place for quotes."""
    return any(key in QUOTES for key, _ in _named(schema))


def quotes(value: Any, *, named: bool = False) -> Iterator[str]:
    """The texts under the keys of `QUOTES`."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from quotes(part, named=key in QUOTES)
    elif isinstance(value, list):
        for part in value:
            yield from quotes(part, named=named)
    elif named and isinstance(value, str) and value.strip():
        yield value


def _named(node: Any) -> Iterator[tuple[str, Json]]:
    """Every property of every object in a schema."""
    if isinstance(node, list):
        for item in node:
            yield from _named(item)
    elif isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from ((key, part) for key, part in properties.items() if isinstance(part, dict))
        for key, part in node.items():
            if key not in ("enum", "const", "default", "examples"):
                yield from _named(part)


def _chosen(node: Json) -> bool:
    if node.get(JUDGED) is True or "enum" in node or "const" in node or node.get("type") == "boolean":
        return True
    items = node.get("items")
    return isinstance(items, dict) and _chosen(items)
