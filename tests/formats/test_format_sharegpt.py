"""ShareGPT rows: exact text of calls, results and reasoning, and the samples that its readers would drop."""

import json
from typing import Any

import pytest
from format_samples import LIKED, ONE_CALL, PARALLEL, PLAIN, PREFERENCE, REASONED, STEPS, TEXT_AND_CALL, assistant, call, made, result, user

from curate.errors import CarryError
from curate.formats import sharegpt
from curate.records import Message
from curate.settings import Settings

SETTINGS = Settings()


def turns(sample: Any) -> list[tuple[str, str]]:
    return [(t["from"], t["value"]) for t in sharegpt.record(sample, SETTINGS)["conversations"]]


def test_a_question_and_its_answer() -> None:
    assert sharegpt.record(PLAIN, SETTINGS) == {
        "id": PLAIN.id,
        "conversations": [{"from": "human", "value": "Which port?"}, {"from": "gpt", "value": "8080."}],
        "tools": "",
    }


def test_reasoning_stands_between_think_tags_with_the_newlines_of_the_template() -> None:
    assert turns(REASONED)[1] == ("gpt", "<think>\nThe table says so.\nRow two.\n</think>\n\n8080.")


def test_a_call_is_a_json_object_and_its_result_an_observation() -> None:
    assert turns(ONE_CALL)[1:3] == [("function_call", '{"name": "weather", "arguments": {"city": "Oslo"}}'), ("observation", "no")]


def test_text_and_reasoning_before_a_call_need_one_tagged_block() -> None:
    block = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'
    assert turns(TEXT_AND_CALL)[1] == ("function_call", f"<think>\nI need the weather.\n</think>\n\nLet me look.\n{block}")


def test_parallel_calls_are_one_list_and_their_results_one_observation() -> None:
    calls, results = turns(PARALLEL)[1:3]
    listed = '[{"name": "weather", "arguments": {"city": "Oslo"}}, {"name": "clock", "arguments": {"zone": 1}}]'
    assert calls == ("function_call", f"Both at once.\n<tool_call>\n{listed}\n</tool_call>")
    assert results == ("observation", "no\n</tool_response>\n<tool_response>\n12:00")


def test_results_follow_the_order_of_their_calls_not_of_their_arrival() -> None:
    asked = assistant("", "", call(1, city="Oslo"), call(2, "clock", zone=1))
    late = made(user("?"), asked, result("12:00", "call_2"), result("no", "call_1"), assistant("ok"), tools=STEPS.tools)
    assert turns(late)[2] == ("observation", "no\n</tool_response>\n<tool_response>\n12:00")


def test_tools_are_json_text_of_bare_schemas() -> None:
    tools = json.loads(sharegpt.record(ONE_CALL, SETTINGS)["tools"])
    assert [list(t) for t in tools] == [["name", "description", "parameters"]] * 2


def test_the_dataset_info_names_all_seven_tags() -> None:
    info = sharegpt.dataset_info("train.jsonl", sharegpt.columns("", True))
    assert len(info["tags"]) == 7
    assert info["columns"] == {"messages": "conversations", "tools": "tools"}
    assert "ranking" not in info


def test_a_preference_compares_single_answers_to_one_prompt() -> None:
    row = sharegpt.record(PREFERENCE, SETTINGS)
    assert row["conversations"] == [{"from": "human", "value": "Which port?"}]
    assert (row["chosen"]["value"], row["rejected"]["value"]) == ("8080.", "I do not know.")
    assert sharegpt.dataset_info("train.jsonl", sharegpt.columns("preference", False))["ranking"] is True


def test_kto_rows_have_a_boolean_column() -> None:
    assert sharegpt.record(LIKED, SETTINGS)["label"] is True
    assert sharegpt.dataset_info("f", sharegpt.columns("kto", False))["columns"]["kto_tag"] == "label"


MISSHAPEN = {
    "there is no conversation": made(),
    "at the start": made(assistant("hi")),
    "'user' stands after one of role 'user'": made(user("a"), user("b"), assistant("c")),
    "'assistant' stands after one of role 'assistant'": made(user("a"), assistant("b"), assistant("c")),
    "'system' stands after": made(user("a"), Message("system", "b"), assistant("c")),
    "'critic' stands after": made(user("a"), Message("critic", "b")),
    "ends on a turn of role 'user'": made(user("a"), assistant("b"), user("c")),
    "ends on a turn of role 'tool'": made(user("a"), assistant("", "", call(1)), result("b", "call_1"), tools=STEPS.tools),
    "'user' is empty": made(user("  \n"), assistant("b")),
    "'assistant' is empty": made(user("a"), assistant("")),
    "does not list": made(user("a"), assistant("", "", call(1, "missing"))),
    "1 tool results answer 2 calls": made(
        user("a"), assistant("", "", call(1), call(2)), result("b", "call_1"), assistant("c"), tools=STEPS.tools
    ),
    "names no call": made(user("a"), assistant("", "", call(1)), result("b", "call_9"), assistant("c"), tools=STEPS.tools),
    "has no result": made(user("a"), assistant("", "", call(1)), user("b"), assistant("c"), tools=STEPS.tools),
    "holds </think> as text": made(user("a"), assistant("use </think> to end")),
    "hold tags": made(user("a"), assistant("", "", call(1, x="<tool_call>")), tools=STEPS.tools),
    "not to be trained": made(user("a"), assistant("b", weight=0)),
    "marks for 1 images": made(user("a"), assistant("b"), images=["a.png"]),
    "not several turns": made(
        user("a"), assistant("", "", call(1)), result("b", "call_1"), assistant("c"), tools=STEPS.tools, rejected=[assistant("d")]
    ),
}


@pytest.mark.parametrize("reason", MISSHAPEN)
def test_what_a_reader_would_drop_or_misread_is_refused_with_its_reason(reason: str) -> None:
    with pytest.raises(CarryError, match=reason):
        sharegpt.record(MISSHAPEN[reason], SETTINGS)


FOREIGN = [
    ([{"from": "human", "value": "q"}, {"from": "gpt", "value": "<think>why</think>\nyes"}], [user("q"), assistant("yes", "why")]),
    ([{"from": "user", "value": "q"}, {"from": "assistant", "value": "yes"}], [user("q"), assistant("yes")]),
    (
        [{"from": "human", "value": "q"}, {"from": "function_call", "value": '{"name": "f", "arguments": "{\\"a\\": 1}"}'}],
        [user("q"), assistant("", "", call(1, "f", a=1))],
    ),
]


@pytest.mark.parametrize(("conversations", "messages"), FOREIGN)
def test_rows_of_other_writers_are_understood(conversations: Any, messages: list[Message]) -> None:
    assert sharegpt.parse({"conversations": conversations}) == messages


def test_a_system_turn_stands_above_the_system_column() -> None:
    row = {"system": "column", "conversations": [{"from": "system", "value": "turn"}, {"from": "human", "value": "q"}]}
    assert sharegpt.parse(row) == [Message("system", "turn"), user("q")]
    assert sharegpt.parse({**row, "conversations": row["conversations"][1:]}) == [Message("system", "column"), user("q")]


BROKEN = [
    {"from": "human"},
    {"from": "critic", "value": "q"},
    {"from": "function_call", "value": "no json"},
    {"from": "function_call", "value": "[1]"},
    "text",
]


@pytest.mark.parametrize("turn", BROKEN)
def test_a_broken_row_says_what_is_wrong_with_it(turn: Any) -> None:
    with pytest.raises(CarryError):
        sharegpt.parse({"conversations": [turn]})
