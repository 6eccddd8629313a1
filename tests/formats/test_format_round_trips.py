"""Every style reads back what it wrote, and what it wrote has the shape that its readers insist on."""

import json
from typing import Any

import pytest
from format_samples import CALL_LAST, WITH_TOOLS, WITHOUT_TOOLS, chats
from hypothesis import given

from curate.formats import alpaca, openai, sharegpt, trl
from curate.records import Sample, canonical
from curate.settings import Settings

SETTINGS = Settings()


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """The row as a reader finds it in a file."""
    found: dict[str, Any] = json.loads(json.dumps(row, ensure_ascii=False))
    return found


@given(chats(tools=True))
def test_sharegpt_reads_back_what_it_wrote(sample: Sample) -> None:
    assert sharegpt.parse(stored(sharegpt.record(sample, SETTINGS))) == sample.messages


@given(chats(tools=True))
def test_trl_reads_back_what_it_wrote(sample: Sample) -> None:
    assert trl.parse(stored(trl.record(sample, SETTINGS))) == sample.messages


@given(chats(tools=True))
def test_openai_reads_back_what_it_wrote(sample: Sample) -> None:
    assert openai.parse(stored(openai.record(sample, SETTINGS))) == sample.messages


@given(chats(tools=False))
def test_alpaca_reads_back_what_it_wrote(sample: Sample) -> None:
    assert alpaca.parse(stored(alpaca.record(sample, SETTINGS))) == sample.messages


@given(chats(tools=True))
def test_sharegpt_turns_alternate_as_llamafactory_demands(sample: Sample) -> None:
    turns = sharegpt.record(sample, SETTINGS)["conversations"]
    turns = turns[1:] if turns[0]["from"] == "system" else turns
    assert len(turns) % 2 == 0
    assert all(t["from"] in ("human", "observation") for t in turns[::2])
    assert all(t["from"] in ("gpt", "function_call") for t in turns[1::2])


@pytest.mark.parametrize("sample", [*WITHOUT_TOOLS, *WITH_TOOLS])
def test_a_system_message_of_the_settings_stands_before_conversations_without_one(sample: Sample) -> None:
    settings = Settings(system="Answer in one sentence.")
    for style in (sharegpt, trl, openai):
        messages = style.parse(stored(style.record(sample, settings)))  # type: ignore[attr-defined]
        own = sample.messages[0].role == "system"
        assert messages[0].role == "system"
        assert messages[0].content == (sample.messages[0].content if own else "Answer in one sentence.")
        assert messages[0 if own else 1 :] == sample.messages


@pytest.mark.parametrize("style", [sharegpt, trl, openai])
def test_a_conversation_may_end_on_the_call_that_is_to_be_learnt(style: Any) -> None:
    assert style.parse(stored(style.record(CALL_LAST, SETTINGS))) == CALL_LAST.messages


@pytest.mark.parametrize("style", [sharegpt, alpaca, trl, openai])
@pytest.mark.parametrize("tools", [True, False])
def test_columns_name_what_rows_hold(style: Any, tools: bool) -> None:
    sample = WITHOUT_TOOLS[0] if style is alpaca or not tools else WITH_TOOLS[0]
    row = style.record(sample, SETTINGS)
    columns = style.columns("", tools)
    assert {k for k in row if k != "tools" or tools} == set(columns)
    assert canonical(columns) == canonical(style.columns("", tools))
