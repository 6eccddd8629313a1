"""Reasoning over a passage: steps in both forms, sums that are right, answers that follow from the last step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import CHINESE, HANDBOOK, made, reply
from model_server import ModelServer

from curate.filters.kinds import check
from curate.records import Message, Task, Verdict, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
LEAVE = {"leave.md": HANDBOOK["leave.md"]}
QUESTION = "I have worked here for seven years and carry 4 days of annual leave over. How many days of leave do I have this year?"


def case(**changes: Any) -> dict[str, Any]:
    steps = [
        ("Every employee has 28 days of annual leave.", "Every employee has 28 days of annual leave."),
        (
            "After five years of service two more days are added.",
            "Seven years are more than five, so two days are added: 28 + 2 = 30 days.",
        ),
        ("", "With the 4 days carried over that makes 30 + 4 = 34 days of leave this year."),
    ]
    return {
        "number": 1,
        "form": "arithmetic",
        "question": QUESTION,
        "steps": [{"quote": quote, "thought": thought} for quote, thought in steps],
        "answer": "You have 34 days of leave this year, 30 of your own and the 4 carried over.",
        **changes,
    }


ZH = {
    "number": 1,
    "form": "arithmetic",
    "question": "我在公司工作了六年，今年一共有几天年假？",
    "steps": [
        {"quote": "每位员工每年有十五天年假", "thought": "每位员工每年有15天年假。"},
        {"quote": "工作满五年后增加三天", "thought": "工作六年已满五年，增加3天，15 + 3 = 18天年假。"},
    ],
    "answer": "你今年一共有18天年假。",
}


@pytest.mark.parametrize(("documents", "written"), [(LEAVE, case()), (CHINESE, ZH)])
def test_steps_become_reasoning_and_their_facts_the_evidence(
    tmp_path: Path, model_server: Start, documents: dict[str, str], written: dict[str, Any]
) -> None:
    found = made(tmp_path, model_server(replies=reply(cases=[written])), documents, task=["reasoning"], style=["openai"])
    assert [found.reasons(s) for s in found.samples] == [[]]
    row = found.samples[0]
    lines = row.messages[-1].reasoning.splitlines()
    assert len(lines) == len(written["steps"])
    assert [s.quote for s in row.evidence] == [s["quote"] for s in written["steps"] if s["quote"]]
    assert row.meta["labels"]["think"] == "yes"
    assert row.messages[-1].content not in row.messages[-1].reasoning
    assert len(found.rows) == 1


def test_both_forms_of_steps_occur(tmp_path: Path, model_server: Start) -> None:
    documents = {f"{n}.md": HANDBOOK["leave.md"].replace("28 days", f"{n + 20} days") for n in range(6)}
    found = made(tmp_path, model_server(replies=reply(cases=[case()])), documents, task=["reasoning"])
    numbered = {s.messages[-1].reasoning.startswith("1. ") for s in found.samples}
    assert numbered == {True, False}
    assert all(s.messages[-1].reasoning for s in found.samples)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"steps": [{"quote": "", "thought": "Two days are added: 28 + 2 = 31."}] * 2, "answer": "31 days."},
            "the sum 28 + 2 = 31 is wrong",
        ),
        ({"steps": case()["steps"][:1]}, "1 step, two at least are wanted"),
        ({"answer": "You have 35 days of leave this year."}, "35"),
        ({"answer": "The payslip question goes to extension 28 of payroll."}, "the steps hold"),
    ],
)
def test_wrong_sums_single_steps_and_answers_from_elsewhere_are_rejected(
    tmp_path: Path, model_server: Start, changes: dict[str, Any], words: str
) -> None:
    found = made(tmp_path, model_server(replies=reply(cases=[case(**changes)])), LEAVE, task=["reasoning"])
    reasons = "; ".join(found.reasons(found.samples[0]))
    assert words in reasons


def judged(reasoning: str, answer: str) -> Verdict:
    messages = [Message("user", QUESTION), Message("assistant", answer, reasoning=reasoning)]
    return check(sample("reasoning", Task("t", "reasoning", "reasoning"), messages), [], Settings())


@pytest.mark.parametrize(
    ("reasoning", "answer", "words"),
    [
        ("1. Every employee has 28 days.\n2. With two more that makes 30 days.", "You have 30 days.", ""),
        ("You have 30 days.\nThat makes 30 days.", "You have 30 days.", "the first step is the answer"),
        ("There are 28 days.\nThere are 28 days.", "You have 28 days.", "a step is said twice"),
        ("There are 28 days.\nTwo days are added.", "You have 30 days.", "no step comes to 30"),
    ],
)
def test_the_answer_follows_from_the_last_steps(reasoning: str, answer: str, words: str) -> None:
    assert words in judged(reasoning, answer).reason
    assert bool(judged(reasoning, answer).reason) is bool(words)


def test_an_answer_whose_reason_stands_in_the_first_step_follows() -> None:
    steps = "1. The probe in the middle of the goods counts.\n2. It shows 9 degrees, more than the 8 allowed.\n3. So no."
    assert judged(steps, "No: the probe in the middle of the goods counts, and 9 degrees are more than the 8 allowed.").passed
