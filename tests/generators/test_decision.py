"""Decisions: a case and what is decided on it, against the shipped schema and the user's, with quotes of the rules."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import CHINESE, HANDBOOK, made, reply
from model_server import ModelServer

from curate.errors import UsageError
from curate.filters.kinds import check
from curate.records import Message, Sample, Task, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
LEAVE = {"leave.md": HANDBOOK["leave.md"]}
CASE = "I moved from the north end of the city to the south end last Monday and have my new contract at hand. Can I have three days off?"
DECISION: dict[str, Any] = {
    "action": "deny",
    "reasons": [
        {
            "reason": "For a move within the city one day of special leave is given, and the request is for three days.",
            "evidence": "For a move within the city one day of special leave is given",
        },
        {"reason": "The move is proved with the new rental contract.", "evidence": "The move is proved with the new\nrental contract."},
    ],
    "risk_tags": ["deadline"],
    "confidence": "high",
    "missing": ["whether the supervisor agreed to an exchange"],
}


def built(folder: Path, server: ModelServer, documents: dict[str, str] = LEAVE, **settings: object) -> Any:
    return made(folder, server, documents, task=["decision"], rounds=0, **settings)


def one(decision: dict[str, Any] = DECISION, **more: Any) -> list[str]:
    return reply(decisions=[{"number": 1, "case": CASE, "decision": decision, **more}])


@pytest.mark.parametrize("context", ["none", "passage"])
def test_a_case_is_decided_as_json_with_the_rules_as_evidence(tmp_path: Path, model_server: Start, context: str) -> None:
    thinking = {"reasoning": "It is a move within the city, for which the rules give one day."}
    found = built(tmp_path, model_server(replies=one(**thinking)), context=context, think=1.0, style=["trl"])
    row = found.samples[0]
    assert found.reasons(row) == []
    assert [m.role for m in row.messages] == ["system", "user", "assistant"]
    assert json.loads(row.messages[2].content) == DECISION
    assert row.messages[2].reasoning == thinking["reasoning"]
    assert '"risk_tags"' in row.messages[0].content
    assert "judged" not in row.messages[0].content
    assert row.messages[1].content.endswith(CASE)
    assert ("Unused leave is not paid out." in row.messages[1].content) is (context == "passage")
    assert [s.quote for s in row.evidence] == [r["evidence"] for r in DECISION["reasons"]]
    assert (row.meta["labels"]["action"], row.meta["labels"]["think"]) == ("deny", "yes")
    assert len(found.rows) == 1


def test_a_decision_against_the_users_schema_keeps_its_order_and_gives_its_quotes_beside_it(tmp_path: Path, model_server: Start) -> None:
    path = tmp_path / "answer.json"
    schema = {"type": "object", "properties": {"grant": {"type": "boolean"}, "days": {"type": "integer"}}, "required": ["grant", "days"]}
    path.write_text(json.dumps(schema))
    said = {"evidence": ["Every employee has 28 days of annual leave."], "decision": {"grant": True, "days": 28}}
    found = built(tmp_path, model_server(replies=reply(decisions=[{"number": 1, "case": CASE, **said}])), decision_schema=str(path))
    assert found.reasons(found.samples[0]) == []
    assert found.samples[0].messages[2].content == '{"grant":true,"days":28}'
    assert [s.quote for s in found.samples[0].evidence] == said["evidence"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"evidence": "For a move one day is given"}, "does not hold the evidence"),
        ({"reason": "Sick leave of 45 days was used up before the move took place in the northern district."}, "does not hold reason"),
    ],
)
def test_a_reason_that_neither_the_rules_nor_the_case_hold_is_rejected(
    tmp_path: Path, model_server: Start, change: dict[str, str], words: str
) -> None:
    wrong = {**DECISION, "reasons": [{**DECISION["reasons"][0], **change}]}
    found = built(tmp_path, model_server(replies=one(wrong)))
    assert any(words in r for r in found.reasons(found.samples[0]))


def test_chinese_cases_are_decided_in_chinese_rows(tmp_path: Path, model_server: Start) -> None:
    quote = "搬家假须在搬家后两周内使用"
    decision = {**DECISION, "reasons": [{"reason": "搬家假须在搬家后两周内使用，而搬家已经过去一个月。", "evidence": quote}], "missing": []}
    case = "我上个月底在本市搬了家，一直忙到现在，搬家已经过去一个月，今天想申请搬家假，还来得及吗？"
    found = built(tmp_path, model_server(replies=reply(decisions=[{"number": 1, "case": case, "decision": decision}])), CHINESE)
    assert found.reasons(found.samples[0]) == []
    assert "Schema" in found.samples[0].messages[0].content
    assert found.samples[0].messages[0].content[0] in "你请"


def test_a_schema_that_describes_no_object_is_refused(tmp_path: Path, model_server: Start) -> None:
    path = tmp_path / "list.json"
    path.write_text('{"type": "array", "items": {"type": "string"}}')
    with pytest.raises(UsageError, match=r"list\.json: a decision is an object"):
        built(tmp_path, model_server(mode="qa"), decision_schema=str(path))


def decided(*reasons: str) -> Sample:
    value = {"reasons": [{"reason": r, "evidence": f"quote {n}"} for n, r in enumerate(reasons)]}
    messages = [Message("user", "x"), Message("assistant", json.dumps(value))]
    return sample("decision", Task("t", "decision", "decision"), messages, meta={"schema": {"type": "object"}})


def test_two_reasons_in_nearly_the_same_words_are_one() -> None:
    first = "The leave was asked for three days late, after the deadline of four weeks had passed"
    assert "says twice" in check(decided(first, f"{first} already"), [], Settings()).reason
    assert check(decided(first, "The team lead may grant it all the same where nobody else is away"), [], Settings()).passed
