import pytest

from curate.filters import grounded
from curate.records import Chunk, Message, Sample, Span, span
from curate.settings import Settings

PASSAGE = (
    "Travel claims must be filed within 30 days. The nightly limit for hotels is 1,200 kronor, of which 50 percent is paid in advance.\n"
    "The rule applies from 3 May 2024. There are three forms: the claim, the receipt and the report."
)
CHINESE = "报销申请须在三十天内提交。住宿标准为每晚1200元，其中百分之五十预付。本规定自2024年5月3日起施行。"


def chunk(text: str = PASSAGE, start: int = 100) -> Chunk:
    return Chunk("c1", "d1", 0, ["Travel"], text, start, start + len(text))


def verdict(answer: str, passage: str = PASSAGE, **more):
    sample = Sample("s1", "qa", "t1", [Message("user", "What is the rule?"), Message("assistant", answer)], **more)
    return grounded.check(sample, [chunk(passage)], Settings())


@pytest.mark.parametrize(
    "answer",
    [
        "The nightly limit for hotels is 1200 kronor.",
        "Claims must be filed within thirty days, that is 30 days.",
        "50% is paid in advance.",
        "The rule applies from May 3, 2024.",
        "The rule applies from 2024.",
        "There are 3 forms:\n1. the claim\n2. the receipt\n3. the report",
        "Yes.",
    ],
)
def test_what_the_passage_says_in_other_forms_passes(answer):
    assert verdict(answer).reason == ""


@pytest.mark.parametrize("answer", ["每晚1,200元。", "须在30天内提交。", "50%预付。", "自2024年5月3日起施行。"])
def test_chinese_numbers_agree_in_any_form(answer):
    assert verdict(answer, CHINESE).reason == ""


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("Claims must be filed within 90 days.", "90"),
        ("The nightly limit for hotels is 1,300 kronor.", "1300"),
        ("须在60天内提交报销申请。", "60"),
    ],
)
def test_a_number_that_the_passage_does_not_hold_fails_and_is_named(answer, number):
    wrong = verdict(answer, PASSAGE if answer.isascii() else CHINESE)
    assert not wrong.passed
    assert f"the passage does not hold {number}" in wrong.reason
    assert wrong.detail == {"missing": [number]}


def test_a_date_with_another_month_fails():
    assert "2024-06-03" in verdict("The rule applies from June 3, 2024.").reason


def test_an_answer_to_another_passage_fails_by_its_words():
    wrong = verdict("Photosynthesis converts light energy into chemical energy.")
    assert not wrong.passed
    assert wrong.score == 0
    assert "the passage holds 0% of the answer's words" in wrong.reason


def test_the_score_is_the_share_of_content_words():
    assert verdict("Travel claims must be filed within 30 days.").score == 1
    assert verdict("Travel claims: bananas and oranges.").score == 0.5
    assert verdict("Yes.").score is None


def test_evidence_must_stand_at_its_offsets():
    own = chunk()
    good = span(own, 0, 43)
    answer = "Claims must be filed within 30 days."
    assert verdict(answer, evidence=[good]).passed
    moved = Span("d1", good.start + 5, good.end + 5, good.quote)
    assert "stands elsewhere" in verdict(answer, evidence=[moved]).reason
    invented = Span("d1", good.start, good.end, "Claims may be filed at any time")
    assert "does not hold the evidence" in verdict(answer, evidence=[invented]).reason
    assert not verdict(answer, evidence=[Span("another", good.start, good.end, good.quote)]).passed


def test_evidence_may_differ_in_case_space_and_punctuation():
    quote = Span("d1", 100, 143, "travel  claims must be filed within 30 days")
    assert verdict("Within 30 days.", evidence=[quote]).passed


def test_a_models_answer_needs_evidence():
    assert verdict("Claims must be filed within 30 days.", replies=["r1"]).reason == "no evidence"


def test_a_sample_without_chunks_has_no_source():
    sample = Sample("s1", "instruct", "t1", [Message("user", "Write a poem."), Message("assistant", "Roses are red.")], replies=["r1"])
    assert grounded.check(sample, [], Settings()).reason == "no source"


def test_an_answer_that_says_there_is_none_is_not_compared():
    passed = verdict("Nothing is known about penguins there.", meta={"unanswerable": True}, replies=["r1"])
    assert passed.passed
    assert passed.score is None


def test_what_a_tool_answered_is_a_source():
    turns = [Message("user", "How warm is it?"), Message("tool", '{"temperature": 21}'), Message("assistant", "The temperature is 21.")]
    assert grounded.check(Sample("s1", "agent", "t1", turns), [chunk()], Settings()).passed
