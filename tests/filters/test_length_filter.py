import pytest

from curate.filters import length
from curate.records import Message, Sample, ToolCall
from curate.settings import Settings


def row(*turns: tuple[str, str], **more) -> Sample:
    return Sample("s1", "qa", "t1", [Message(role, text) for role, text in turns], **more)


def reason(sample: Sample, **settings) -> str:
    verdict = length.check(sample, [], Settings(**settings))
    assert verdict.passed == (verdict.reason == "")
    assert verdict.score is None
    return verdict.reason


def test_an_ordinary_pair_passes():
    assert reason(row(("user", "What is the limit?"), ("assistant", "200 euros."))) == ""


def test_a_short_chinese_question_is_long_enough():
    assert reason(row(("user", "为何？"), ("assistant", "因为下雨。"))) == ""


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_an_empty_turn_is_named(blank):
    assert reason(row(("user", "What is it?"), ("assistant", blank))) == "turn 2 (assistant) is empty"


def test_a_turn_that_only_calls_a_tool_is_not_empty():
    call = Message("assistant", "", tool_calls=[ToolCall("c1", "look_up", {"word": "limit"})])
    sample = Sample("s1", "agent", "t1", [Message("user", "Look it up."), call, Message("tool", ""), Message("assistant", "Done.")])
    assert reason(sample) == ""


def test_a_sample_without_an_answer_fails_but_a_prompt_with_a_reference_passes():
    assert reason(row(("user", "What is it?"))) == "no answer"
    assert reason(row(("user", "What is it?"), meta={"reference": "a fee"})) == ""


def test_figures_stand_in_the_reasons():
    assert reason(row(("user", "What is it?"), ("assistant", "5")), min_answer_chars=3) == "an answer of 1 characters, fewer than 3"
    assert reason(row(("user", "?!"), ("assistant", "Five."))) == "a question of 0 letters"
    assert "tokens, more than 64" in reason(row(("user", "What is it?"), ("assistant", "word " * 400)), max_sample_tokens=64)


def test_a_question_as_long_as_a_document_fails_unless_it_brings_the_passage():
    turns = (("user", "word " * 400), ("assistant", "Five."))
    assert "a question of" in reason(row(*turns), max_sample_tokens=1024)
    assert reason(row(*turns, meta={"context": "passage"}), max_sample_tokens=1024) == ""


def test_the_rejected_answer_is_measured_too():
    sample = Sample(
        "s1", "preference", "t1", [Message("user", "What is it?"), Message("assistant", "Good.")], rejected=[Message("assistant", "")]
    )
    assert reason(sample) == "turn 3 (assistant) is empty"
