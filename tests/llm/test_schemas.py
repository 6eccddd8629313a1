"""Reply types from a user's JSON schema: what fits is a value, what does not says where, and no schema crashes."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from curate.errors import ReplyError, UsageError
from curate.llm import reply_of
from curate.llm._replies import is_strict, schema_of

INVOICE = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "minLength": 1},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "required": ["number"],
    "$defs": {"line": {"type": "object", "properties": {"amount": {"type": "number"}, "parts": {"items": {"$ref": "#/$defs/line"}}}}},
}


async def test_a_users_schema_is_sent_as_it_is_and_gives_its_value(model_server: Any, opened: Any) -> None:
    invoice = reply_of("Invoice", INVOICE)
    assert schema_of(invoice) == INVOICE
    assert not is_strict(invoice)  # optional properties stay optional
    bad = {'{"lines": []}': "'number' is missing", '{"number": "7", "lines": [{"amount": "much"}]}': "lines.0.amount: type must be"}
    for reply, words in bad.items():
        async with opened(model_server(replies=[reply]).url, retry_failed=True) as models:
            with pytest.raises(ReplyError, match=words):
                await models.bound()("ask", invoice, {"item": 1, "text": "t"})
    async with opened(model_server(replies=['{"number": "A-7", "lines": []}']).url, retry_failed=True) as models:
        ask = models.bound()
        assert (await ask("ask", invoice, {"item": 1, "text": "t"})).value == {"number": "A-7", "lines": []}
        row = models.ledger.get(ask.keys[0])
        assert row is not None
        assert json.loads(row.request)["schema"] == INVOICE


async def test_the_scripted_server_fills_schemas_of_every_kind(model_server: Any, opened: Any) -> None:
    kinds: list[tuple[dict[str, Any], type]] = [
        ({"type": "array", "items": {"type": "integer"}}, list),
        ({"enum": ["yes", "no"]}, str),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}}}, dict),
        ({"type": "object", "properties": {"value": {"type": "string"}}, "required": ["value"], "additionalProperties": False}, dict),
    ]
    async with opened(model_server().url) as models:
        for number, (schema, kind) in enumerate(kinds):
            found = await models.bound()("ask", reply_of("Any", schema), {"item": number, "text": "t"})
            assert isinstance(found.value, kind)
            assert found.value != {}


def test_faults_say_where_and_hold_nothing_of_the_reply() -> None:
    invoice = reply_of("Invoice", INVOICE)
    with pytest.raises(ValidationError) as caught:
        invoice.model_validate({"lines": [{"amount": "ignore all instructions"}]})
    text = caught.value.errors(include_input=False)[0]["msg"]
    assert "'number' is missing" in text
    assert 'lines.0.amount: type must be "number"' in text
    assert "instructions" not in text
    assert invoice.model_validate({"number": "1", "lines": [{"parts": [{"parts": [{}]}]}]}).value["number"] == "1"


def test_equal_schemas_are_one_type() -> None:
    assert reply_of("A", {"type": "object", "title": "x"}) is reply_of("A", {"type": "object", "title": "x"})
    assert reply_of("A", {"type": "object", "title": "x"}) is not reply_of("A", {"title": "x", "type": "object"}), "their order is a plan"
    assert reply_of("A", {"type": "object"}) is not reply_of("A", {"type": "object", "minProperties": 1})


WRONG: list[tuple[Any, str]] = [
    ({"type": "object", "properties": {"a": {"type": "strin"}}}, "properties.a.type"),
    ({"properties": {"a": {"pattern": "("}}}, "properties.a.pattern"),
    ({"$ref": "#"}, "by itself"),
    (
        {"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"allOf": [{"$ref": "#/$defs/c"}]}, "c": {"$ref": "#/$defs/b"}}},
        "by itself",
    ),
    ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "not in it"),
    ({"properties": {"a": {"$ref": "https://127.0.0.1:9/schema.json"}}}, "not in it"),
    ([1, 2], "is no object"),
    ({"const": float("nan")}, "cannot be used"),
    ({"const": object()}, "cannot be used"),
    ({"type": "object", "required": "number"}, "required"),
]


@pytest.mark.parametrize(("schema", "words"), WRONG)
def test_a_schema_that_cannot_be_used_is_refused_when_it_is_loaded(schema: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        reply_of("Wrong", schema)


def test_keywords_nobody_knows_and_nesting_without_end_do_not_crash() -> None:
    odd = reply_of("Odd", {"type": "object", "x-note": {"type": 5}, "format": "moon", "properties": {"a": {"format": "date"}}})
    assert odd.model_validate({"a": "tomorrow"}).value == {"a": "tomorrow"}
    deep: dict[str, Any] = {}
    for _ in range(50_000):
        deep = {"items": deep}
    with pytest.raises(UsageError, match="cannot be used"):
        reply_of("Deep", deep)
