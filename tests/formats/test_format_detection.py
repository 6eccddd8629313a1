"""Rows of any style are read back by their keys alone, and what cannot be read says why."""

import json
from types import ModuleType
from typing import Any

import pytest
from format_samples import ONE_CALL, PARALLEL, PLAIN, REASONED, STEPS, SYSTEM, TURNS, made

from curate.errors import CarryError
from curate.formats import alpaca, openai, sharegpt, text, trl
from curate.formats._detect import read
from curate.formats._text import bare
from curate.records import Message, Sample
from curate.settings import Settings

CONVERSATIONS = [PLAIN, SYSTEM, TURNS, REASONED]
CALLS = [ONE_CALL, PARALLEL, STEPS]


def stored(style: ModuleType, sample: Sample) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(style.record(sample, Settings())))
    return found


@pytest.mark.parametrize("style", [sharegpt, openai, trl, alpaca])
@pytest.mark.parametrize("sample", CONVERSATIONS)
def test_a_row_is_read_back_without_naming_its_style(style: ModuleType, sample: Sample) -> None:
    assert read(stored(style, sample)).messages == sample.messages


@pytest.mark.parametrize("style", [sharegpt, openai, trl])
@pytest.mark.parametrize("sample", CALLS)
def test_tools_and_calls_come_back_too(style: ModuleType, sample: Sample) -> None:
    found = read(stored(style, sample))
    assert found.messages == sample.messages
    assert bare(found.tools) == bare(sample.tools)


@pytest.mark.parametrize("style", [alpaca, trl, sharegpt, text])
def test_a_text_to_train_on_is_written_and_read_back_as_it_is(style: ModuleType) -> None:
    sample = made(Message("assistant", "# Pumps\n\nThe pump is primed first."), meta={"purpose": "pretrain"})
    row = stored(style, sample)
    assert row["text"] == sample.messages[0].content
    assert set(row) == set(style.columns("pretrain", True))
    assert style.dataset_info("train.jsonl", set(row)) in (
        None,  # TRL's files are not for LLaMA-Factory
        {"file_name": "train.jsonl", "columns": {"prompt": "text"}},
        {"file_name": "train.jsonl", "columns": {"prompt": "text"}, "formatting": "alpaca"},
    )
    assert (read(row).messages, read(row).purpose) == (sample.messages, "pretrain")


def test_openai_has_no_rows_of_pretraining_text() -> None:
    with pytest.raises(CarryError, match="pretraining"):
        openai.record(made(Message("assistant", "A text."), meta={"purpose": "pretrain"}), Settings())


def test_prompt_and_completion_may_be_plain_text() -> None:
    assert [m.content for m in read({"prompt": "Which port?", "completion": "8080."}).messages] == ["Which port?", "8080."]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "no object"),
        ({"frage": "?", "antwort": "!"}, "has the keys antwort, frage"),
        ({"conversations": 3}, "not the shape"),
        ({"conversations": [{"from": "human"}]}, "no text under 'value'"),
        ({"messages": [{"role": "user", "content": "Which port?"}]}, "ends on a turn of role 'user'"),
        ({"instruction": "Name a port."}, "is empty"),
        ({"text": " "}, "the text is empty"),
        ({"prompt": "Which port?", "completion": "8080.", "label": False}, "marked as bad"),
        ({"messages": [], "tools": "{"}, "not JSON"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: Any, reason: str) -> None:
    with pytest.raises(CarryError, match=reason):
        read(row)
