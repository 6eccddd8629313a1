"""Alpaca, OpenAI, TRL and text rows: their exact shape and what they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from format_samples import (
    LIKED,
    ONE_CALL,
    PARALLEL,
    PLAIN,
    PREFERENCE,
    REASONED,
    STEPS,
    SYSTEM,
    TEXT_AND_CALL,
    TURNS,
    WITH_TOOLS,
    assistant,
    made,
    user,
)

from curate.errors import CarryError, UsageError
from curate.formats import alpaca, openai, text, trl
from curate.settings import Settings

SETTINGS = Settings()


def test_alpaca_has_every_column_in_every_row() -> None:
    for sample in (PLAIN, SYSTEM, TURNS):
        assert list(alpaca.record(sample, SETTINGS)) == ["id", "instruction", "input", "output", "system", "history"]


def test_alpaca_keeps_earlier_turns_as_history() -> None:
    row = alpaca.record(TURNS, SETTINGS)
    assert (row["instruction"], row["input"], row["output"]) == ("And TLS?", "", "8443.")
    assert row["history"] == [["Which port?", "8080."]]


def test_alpaca_reasoning_is_think_text_of_the_answer() -> None:
    assert alpaca.record(REASONED, SETTINGS)["output"].startswith("<think>\nThe table says so.\nRow two.\n</think>\n\n")


@pytest.mark.parametrize("sample", [*WITH_TOOLS, PREFERENCE, LIKED])
def test_alpaca_refuses_tools_and_other_purposes(sample: Any) -> None:
    with pytest.raises(CarryError, match="the style alpaca"):
        alpaca.record(sample, SETTINGS)


def test_alpaca_joins_instruction_and_input_of_other_writers() -> None:
    row = {"instruction": "Translate.", "input": "Haus", "output": "house", "history": [["a", "b"]]}
    assert alpaca.parse(row) == [user("a"), assistant("b"), user("Translate.\nHaus"), assistant("house")]
    with pytest.raises(CarryError, match="not a pair"):
        alpaca.parse({**row, "history": [["a"]]})


def test_openai_rows_hold_no_key_that_the_service_refuses() -> None:
    assert list(openai.record(PLAIN, SETTINGS)) == ["messages"]
    assert [sorted(m) for m in openai.record(TURNS, SETTINGS)["messages"]] == [["content", "role"]] * 4


def test_openai_arguments_are_strings_and_results_name_their_call() -> None:
    messages = openai.record(PARALLEL, SETTINGS)["messages"]
    calls = messages[1]["tool_calls"]
    assert [json.loads(c["function"]["arguments"]) for c in calls] == [{"city": "Oslo"}, {"zone": 1}]
    assert [m["tool_call_id"] for m in messages if m["role"] == "tool"] == [c["id"] for c in calls]
    assert all(t["type"] == "function" for t in openai.record(PARALLEL, SETTINGS)["tools"])


def test_openai_weights_are_kept_where_an_answer_is_not_to_be_trained() -> None:
    row = openai.record(made(user("a"), assistant("b", weight=0), user("c"), assistant("d")), SETTINGS)
    assert [m.get("weight") for m in row["messages"]] == [None, 0, None, None]
    with pytest.raises(CarryError, match="knows 0 and 1"):
        openai.record(made(user("a"), assistant("b", weight=0.5)), SETTINGS)


def test_openai_preference_lines() -> None:
    row = openai.record(PREFERENCE, SETTINGS)
    assert row["input"] == {"messages": [{"role": "user", "content": "Which port?"}]}
    assert row["non_preferred_output"] == [{"role": "assistant", "content": "I do not know."}]
    assert openai.parse(row) == PREFERENCE.messages


def test_openai_content_in_parts_is_read_as_text() -> None:
    parts = [{"type": "text", "text": "Which "}, {"type": "text", "text": "port?"}]
    assert openai.parse({"messages": [{"role": "user", "content": parts}]}) == [user("Which port?")]
    with pytest.raises(CarryError, match="more than text"):
        openai.parse({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]})


def test_trl_arguments_are_objects_and_results_name_their_tool() -> None:
    messages = trl.record(STEPS, SETTINGS)["messages"]
    assert messages[2]["tool_calls"] == [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Oslo"}}}]
    assert messages[5] == {"role": "tool", "name": "clock", "content": "12:00"}
    assert [t["function"]["name"] for t in json.loads(trl.record(STEPS, SETTINGS)["tools"])] == ["weather", "clock"]


def test_trl_preference_and_kto_rows_part_prompt_and_answers() -> None:
    row = trl.record(PREFERENCE, SETTINGS)
    assert [row[k][0]["content"] for k in ("prompt", "chosen", "rejected")] == ["Which port?", "8080.", "I do not know."]
    liked = trl.record(LIKED, SETTINGS)
    assert (liked["completion"][0]["content"], liked["label"]) == ("8080.", True)


def test_text_renders_the_chosen_template() -> None:
    assert text.record(PLAIN, SETTINGS)["text"] == "<|im_start|>user\nWhich port?<|im_end|>\n<|im_start|>assistant\n8080.<|im_end|>\n"
    assert "<start_of_turn>model\n8080.<end_of_turn>" in text.record(PLAIN, Settings(chat_template="gemma3"))["text"]
    with pytest.raises(UsageError, match=r"chatlm\.jinja"):
        text.record(PLAIN, Settings(chat_template="chatlm"))


def test_text_refuses_what_the_template_would_leave_out_or_break_on(tmp_path: Path) -> None:
    silent = tmp_path / "silent.jinja"
    silent.write_text("{% for m in messages %}{{ m.content }}\n{% endfor %}", encoding="utf-8")
    with pytest.raises(CarryError, match="leaves out"):
        text.record(ONE_CALL, Settings(chat_template=str(silent)))
    with pytest.raises(CarryError, match="shows no tools"):
        text.record(ONE_CALL, SETTINGS)
    with pytest.raises(CarryError, match=r"holds <\|im_end\|>"):
        text.record(made(user("What is <|im_end|>?"), assistant("A token.")), SETTINGS)
    with pytest.raises(CarryError, match="no text beside a tool call"):
        text.record(TEXT_AND_CALL, Settings(chat_template="llama3.1"))
