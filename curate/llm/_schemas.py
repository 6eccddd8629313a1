"""Reply types made from a JSON schema of the user's."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, create_model, model_validator
from pydantic_core import PydanticCustomError

from curate.errors import UsageError
from curate.records import Json, canonical, ordered

FAULT = "json_schema"  # the type of a validation error that comes from here
_SAME_VALUE = ("$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else")  # keywords about the very value they stand beside
_SHOWN = 120


class Matching(BaseModel):
    """A reply that fits a JSON schema; `value` is what it says."""

    wire: ClassVar[Json] = {}  # the schema as a server gets it
    wrapped: ClassVar[bool] = False
    value: Any

    @model_validator(mode="before")
    @classmethod
    def _fits(cls, said: Any) -> Any:
        faults = [_fault(error) for error in _validator(canonical(cls.wire)).iter_errors(said)]
        if faults:
            raise PydanticCustomError(FAULT, "{faults}", {"faults": "; ".join(faults[:5])})
        return {"value": said["value"] if cls.wrapped else said}


def reply_of(name: str, schema: Json) -> type[Matching]:
    """The reply type of a JSON schema, one for all equal schemas. UsageError: it is no schema, or none that can be checked here.

    A schema of anything but an object is wrapped in one, which is what servers want.
    """
    try:
        text = ordered(schema)
        return _made(name, text)
    except (RecursionError, TypeError, ValueError) as error:
        raise UsageError(f"the JSON schema {name} cannot be used: {error}", "it must be plain JSON, and not nested without end") from None


@cache
def _made(name: str, text: str) -> type[Matching]:
    schema = json.loads(text)
    _examine(name, schema)
    wrapped = schema.get("type") != "object"
    if wrapped:
        schema = {"type": "object", "properties": {"value": _moved(schema)}, "required": ["value"], "additionalProperties": False}
    made = create_model(name, __base__=Matching)
    made.wire, made.wrapped = schema, wrapped
    return made


def _examine(name: str, schema: Any) -> None:
    """UsageError: a keyword is wrong, a reference leads nowhere or out of the schema, or a value is described by itself."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for
    from referencing.exceptions import Unresolvable

    if not isinstance(schema, dict):
        raise UsageError(f"the JSON schema {name} is no object", 'it looks like {"type": "object", "properties": {...}}')
    kind = validator_for(schema, default=_dialect())
    try:
        kind.check_schema(schema, format_checker=kind.FORMAT_CHECKER)
    except SchemaError as error:
        where = ".".join(map(str, error.absolute_path)) or "the top"
        raise UsageError(f"the JSON schema {name} is wrong at {where}: {error.message[:300]}", "see https://json-schema.org") from None
    resolve = _resolver(schema)
    for node in _nodes(schema):
        ref = node.get("$ref")
        try:
            if isinstance(ref, str):
                resolve(ref)
        except Unresolvable:
            raise UsageError(
                f"the JSON schema {name} refers to {ref!r}, which is not in it", "put it under $defs; nothing is fetched"
            ) from None
        if _circles(node, resolve, ()):
            raise UsageError(f"the JSON schema {name} describes a value by itself ({canonical(node)[:_SHOWN]})", "break the circle of $ref")


def _circles(node: Any, resolve: Any, above: tuple[int, ...]) -> bool:
    """Whether a value's description leads back to itself before any of its parts is looked at."""
    if not isinstance(node, dict):
        return False
    if id(node) in above:
        return True
    beside: list[Any] = [resolve(node["$ref"])] if isinstance(node.get("$ref"), str) else []
    for key in _SAME_VALUE[1:]:
        found = node.get(key, [])
        beside += found if isinstance(found, list) else [found]
    return any(_circles(other, resolve, (*above, id(node))) for other in beside)


def _nodes(value: Any) -> Iterator[Json]:
    """Every object in a schema."""
    if isinstance(value, dict):
        yield value
        value = [v for k, v in value.items() if k not in ("enum", "const", "default", "examples")]
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def _moved(node: Any) -> Any:
    """The schema with its references as they read from where it is wrapped."""
    if isinstance(node, list):
        return [_moved(item) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {k: v if k in ("enum", "const") else _moved(v) for k, v in node.items() if k != "$schema"}
    if isinstance(ref := node.get("$ref"), str) and ref.startswith("#") and (ref == "#" or ref.startswith("#/")):
        moved["$ref"] = f"#/properties/value{ref[1:]}"
    return moved


@cache
def _validator(text: str) -> Any:
    from jsonschema.validators import validator_for
    from referencing import Registry

    schema = json.loads(text)
    return validator_for(schema, default=_dialect())(schema, registry=Registry())  # an empty registry: nothing is fetched


def _resolver(schema: Json) -> Any:
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012, specification_with

    dialect = specification_with(schema.get("$schema", ""), default=DRAFT202012)
    resolver = Registry().with_resource("", dialect.create_resource(schema)).resolver()
    return lambda ref: resolver.lookup(ref).contents


def _dialect() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator


def _fault(error: Any) -> str:
    """What is wrong, where, in words that hold nothing of the reply: they go into the next prompt."""
    where = ".".join(map(str, error.absolute_path)) or "value"
    wanted = error.validator_value
    if error.validator == "required" and isinstance(error.instance, dict):
        return f"{where}: {', '.join(repr(n) for n in wanted if n not in error.instance)} is missing"
    if error.validator == "additionalProperties":
        return f"{where}: it has properties that the schema does not name"
    return f"{where}: {error.validator} must be {canonical(wanted)[:_SHOWN]}"
