"""Extraction: the schema of the user, rows that hold it, values of the passage alone, empty results in their share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import HANDBOOK, made, reply
from model_server import ModelServer

from curate.errors import UsageError
from curate.filters.kinds import check
from curate.generators import _schemas
from curate.generators._schemas import inside, quotes
from curate.records import Message, Sample, Task, ordered, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
LEAVE = {"leave.md": HANDBOOK["leave.md"]}
ALLOWANCE = {
    "type": "object",
    "properties": {
        "what": {"type": "string"},
        "amount": {"type": ["string", "null"]},
        "kind": {"enum": ["leave", "pay"]},
        "note": {"type": "string", "judged": True},
    },
    "required": ["what", "amount", "kind", "note"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {"allowances": {"type": "array", "items": {"$ref": "#/$defs/allowance"}}},
    "required": ["allowances"],
    "$defs": {"allowance": ALLOWANCE},
}
FOUND = {"what": "annual leave", "amount": "28 days", "kind": "leave", "note": "a wish of the editors"}
QUOTE = "Every employee has 28 days of annual leave."


def schema_file(folder: Path, schema: Any = SCHEMA) -> str:
    path = folder / "wanted.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), encoding="utf-8")
    return str(path)


def built(folder: Path, server: ModelServer, documents: dict[str, str] = LEAVE, **settings: object) -> Any:
    return made(folder, server, documents, task=["extraction"], extraction_schema=schema_file(folder), **settings)


def test_the_answer_is_the_json_alone_and_the_row_states_the_schema_it_is_valid_against(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(evidence=[QUOTE], value={"allowances": [FOUND]})))
    row = found.samples[0]
    assert found.reasons(row) == []
    assert json.loads(row.messages[-1].content) == {"allowances": [FOUND]}
    stated = ordered(_schemas.read(Path(schema_file(tmp_path)), "extraction_schema").schema)  # in the user's order of keys
    assert any(stated in m.content for m in row.messages[:-1])
    assert "judged" not in stated
    assert LEAVE["leave.md"].splitlines()[4] in row.messages[-2].content
    assert [s.quote for s in row.evidence] == [QUOTE]
    assert row.meta["labels"]["result"] == "found"
    assert len(found.rows) == 1


def test_the_schema_stands_in_the_system_turn_of_half_the_rows_and_the_wording_changes(tmp_path: Path, model_server: Start) -> None:
    documents = {f"{n}.md": LEAVE["leave.md"].replace("28", str(n + 20)) for n in range(12)}
    found = built(tmp_path, model_server(mode="qa"), documents)
    system = [s.messages[0].role == "system" for s in found.samples]
    assert len(system) == 12
    assert 2 <= sum(system) <= 10
    assert len({s.messages[0].content.split("\n")[0] for s in found.samples}) > 3


def test_a_value_that_the_passage_does_not_hold_is_a_reason_and_a_choice_is_free(tmp_path: Path, model_server: Start) -> None:
    wrong = {"allowances": [{**FOUND, "amount": "30 days", "kind": "pay"}]}
    found = built(tmp_path, model_server(replies=reply(evidence=[QUOTE], value=wrong)))
    assert [r for s in found.samples for r in found.reasons(s)] == ["grounded: the passage does not hold amount: 30 days"]
    assert found.samples[0].meta["free"] == ["kind", "note"]


def test_of_passages_that_hold_nothing_a_few_teach_the_empty_result_and_nothing_is_asked_twice(tmp_path: Path, model_server: Start) -> None:
    documents = {f"{n}.md": LEAVE["leave.md"].replace("28 days", f"{n + 20} days") for n in range(30)}
    full = json.dumps({"evidence": ["Unused leave is not paid out."], "value": {"allowances": [{**FOUND, "amount": "six days"}]}})
    server = model_server(replies=[full, json.dumps({"evidence": [], "value": {"allowances": []}})])
    found = built(tmp_path, server, documents, audiences=0)
    empty = [s for s in found.samples if s.meta["labels"]["result"] == "empty"]
    others = len(found.samples) - len(empty)
    assert others > 5
    assert len(empty) == round(0.1 * others)
    assert [found.reasons(s) for s in empty] == [[]] * len(empty)
    assert {s.messages[-1].content for s in empty} == {'{"allowances":[]}'}
    assert set(server.stats()["bodies"].values()) == {1}
    tasks = next(s for s in found.found.stages if s.name == "tasks")
    assert tasks.reasons == {"nothing to extract from it": 30 - others}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "object",\n "properties": }', r"wanted\.json:2:\d+: not valid JSON"),
        ("[1, 2]", r"wanted\.json: .*is no object"),
        ('{"type": "objekt"}', r"wanted\.json: .*wrong at type"),
        ('{"$ref": "#/$defs/none"}', r"wanted\.json: .*which is not in it"),
        ('{"$ref": "https://example.com/schema.json"}', r"wanted\.json: .*which is not in it"),
    ],
)
def test_a_wrong_schema_names_its_file_and_place_before_anything_is_asked(
    tmp_path: Path, model_server: Start, text: str, words: str
) -> None:
    server = model_server(mode="qa")
    with pytest.raises(UsageError, match=words):
        made(tmp_path, server, LEAVE, task=["extraction"], extraction_schema=schema_file(tmp_path, text))


def test_without_a_schema_the_fix_is_named(tmp_path: Path, model_server: Start) -> None:
    with pytest.raises(UsageError, match="needs a JSON schema") as caught:
        made(tmp_path, model_server(mode="qa"), LEAVE, task=["extraction"])
    assert "extraction_schema=FILE" in caught.value.hint
    with pytest.raises(UsageError, match=r"none\.json cannot be read"):
        made(tmp_path, model_server(mode="qa"), LEAVE, task=["extraction"], extraction_schema=str(tmp_path / "none.json"))


def test_references_still_lead_where_they_did_inside_a_larger_schema() -> None:
    around = {"type": "object", "properties": {"value": None}}
    tree = {"type": "object", "properties": {"parts": {"type": "array", "items": {"$ref": "#"}}, "same": {"$ref": "#/properties/parts"}}}
    moved = inside(tree, around, "#/properties/value")["properties"]["value"]["properties"]
    assert moved["parts"]["items"] == {"$ref": "#/properties/value"}
    assert moved["same"] == {"$ref": "#/properties/value/properties/parts"}
    assert inside(SCHEMA, around, "#/properties/value")["$defs"] == SCHEMA["$defs"]


def test_quotes_are_the_texts_under_the_keys_for_them() -> None:
    assert list(quotes({"a": "no", "quote": "one", "list": [{"evidence": ["two", {"x": "no"}]}], "quotes": ""})) == ["one", "two"]
    assert _schemas.quoting({"properties": {"a": {"items": {"properties": {"evidence": {"type": "string"}}}}}})
    assert not _schemas.quoting(SCHEMA)


def structured(answer: str, kind: str = "extraction") -> Sample:
    return sample(kind, Task("t", kind, kind), [Message("user", "x"), Message("assistant", answer)], meta={"schema": SCHEMA})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Here it is: {}", "not JSON"),
        ("{}", "'allowances' is missing"),
        (json.dumps({"allowances": [{**FOUND, "kind": "other"}]}), "kind"),
        (json.dumps({"allowances": [FOUND, {**FOUND, "what": "Annual leave"}]}), "says twice"),
    ],
)
def test_an_answer_that_a_person_spoils_is_rejected(answer: str, words: str) -> None:
    verdict = check(structured(answer), [], Settings())
    assert not verdict.passed
    assert words in verdict.reason


def test_records_that_differ_in_one_value_are_two() -> None:
    answer = json.dumps({"allowances": [FOUND, {**FOUND, "amount": "two days"}]})
    assert check(structured(answer), [], Settings()).passed


@pytest.mark.parametrize("sampled", [Path("samples/extraction.schema.json"), Path("prompts/decision.schema.json")])
def test_the_shipped_schemas_can_be_used(sampled: Path) -> None:
    assert _schemas.read(Path(__file__).parents[2] / sampled, "extraction_schema").schema["type"] == "object"
