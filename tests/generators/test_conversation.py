"""Conversations: how many and how long, that they lean, what the check refuses, and that exports carry them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import CHINESE, HANDBOOK, Made, made, reply
from model_server import ModelServer

from curate.filters.kinds import check
from curate.records import Message, Sample, Span, Task, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
LEAVE = {"leave.md": HANDBOOK["leave.md"]}
TURNS: list[dict[str, Any]] = [
    {
        "quote": "Every employee has 28 days of annual leave.",
        "question": "How many days of annual leave does an employee have?",
        "answer": "Every employee has 28 days of annual leave.",
    },
    {
        "quote": "After five years of service two more days are added.",
        "question": "And after five years of service?",
        "answer": "Two more days are added then.",
    },
    {
        "quote": "Unused leave is not paid out.",
        "question": "Is what I do not use paid out?",
        "answer": "No, unused leave is not paid out.",
    },
]
ZH = [
    {"quote": "每位员工每年有十五天年假", "question": "公司员工每年有几天年假？", "answer": "每位员工每年有十五天年假。"},
    {"quote": "工作满五年后增加三天", "question": "那满五年以后呢？", "answer": "工作满五年后增加三天。"},
]


def conversation(*turns: tuple[str, str], **changes: Any) -> Sample:
    messages = [m for asked, said in turns for m in (Message("user", asked), Message("assistant", said))]
    evidence = changes.pop("evidence", [Span("d", 0, 4, "text")] * len(turns))
    messages = changes.pop("messages", messages)
    return sample("conversation", Task("t", "conversation", "conversation"), messages, evidence=evidence, **changes)


def reason(row: Sample) -> str:
    return check(row, [], Settings()).reason


def built(folder: Path, server: ModelServer, documents: dict[str, str], **settings: object) -> Made:
    return made(folder, server, documents, task=["conversation"], **settings)


@pytest.mark.parametrize(("documents", "turns"), [(LEAVE, TURNS), (CHINESE, ZH)])
def test_each_answer_has_its_own_quote_in_the_document(
    tmp_path: Path, model_server: Start, documents: dict[str, str], turns: list[dict[str, Any]]
) -> None:
    found = built(tmp_path, model_server(replies=reply(conversations=[{"number": 1, "turns": turns}])), documents)
    assert [found.reasons(s) for s in found.samples] == [[]]
    row = found.samples[0]
    assert [s.quote for s in row.evidence] == [t["quote"] for t in turns]
    assert [m.role for m in row.messages] == ["user", "assistant"] * len(turns)
    assert row.meta["labels"]["turns"] == str(len(turns))
    assert len(found.rows[0]["conversations"]) == 2 * len(turns)


def test_lengths_run_through_all_up_to_the_most(tmp_path: Path, model_server: Start) -> None:
    documents = {f"{n}.md": HANDBOOK["leave.md"].replace("28 days", f"{n + 20} days") for n in range(12)}
    found = built(tmp_path, model_server(mode="qa"), documents, turns=4)
    wanted = [slot["turns"] for task in found.tasks for slot in task.values["slots"]]
    assert set(wanted) == {"2", "3", "4"}


def test_a_passage_that_says_one_thing_gets_no_conversation(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(mode="qa"), {"one.md": "# Gate\n\nThe gate on the north side is closed at eight in the evening."})
    assert found.tasks == []


@pytest.mark.parametrize("style", ["openai", "trl", "sharegpt"])
def test_thinking_stands_before_the_last_answer_alone_and_is_exported(tmp_path: Path, model_server: Start, style: str) -> None:
    wanted = {"number": 1, "turns": TURNS[:2], "reasoning": "Unused leave is never paid out.", "last": TURNS[2]}
    found = built(tmp_path, model_server(replies=reply(conversations=[wanted])), LEAVE, think=1.0, style=[style])
    assert [bool(m.reasoning) for m in found.samples[0].messages] == [False] * 5 + [True]
    assert found.found.stages[-1].produced == len(found.rows) > 0
    assert "Is what I do not use paid out?" in str(found.rows)


def test_the_passage_stands_before_the_first_question_where_the_settings_say_so(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(conversations=[{"number": 1, "turns": TURNS}])), LEAVE, context="passage")
    asked = [m.content for m in found.samples[0].messages if m.role == "user"]
    assert ["28 days" in text for text in asked] == [True, False, False]


def test_a_bad_conversation_is_made_and_rejected_with_its_reason(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(conversations=[{"number": 1, "turns": TURNS[:1]}])), LEAVE)
    assert [found.reasons(s) for s in found.samples] == [["kinds: 1 question, a conversation has two at least"]]


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        ([("How long is the warranty on a pump?", "24 months."), ("And on its seals?", "6 months.")], ""),
        ([("水泵的保修期多长？", "二十四个月。"), ("密封件呢？", "六个月。")], ""),
        ([("Where is the log book kept?", "At the gate."), ("Who may read the log book of the plant there?", "All staff.")], ""),
        ([("And how long is it?", "24 months."), ("What about seals?", "6 months.")], "the first question does not stand alone"),
        ([("Is it possible to carry leave over?", "Yes, six days."), ("Until when?", "31 March.")], ""),
        ([("密封件呢？", "六个月。"), ("那水泵呢？", "二十四个月。")], "the first question does not stand alone"),
        ([("那要提前多久申请？", "四周。"), ("在哪里？", "员工平台。")], "the first question does not stand alone"),
        (
            [
                ("How long is the warranty on a pump?", "24 months."),
                ("How long is the warranty on the seals of a pump of the plant?", "6 months."),
            ],
            "no later question leans",
        ),
        (
            [
                ("How long is the warranty on a pump?", "The warranty on a pump is 24 months from delivery."),
                ("And that holds for all?", "The warranty on a pump is 24 months from its delivery."),
            ],
            "answer 2 repeats an earlier one",
        ),
    ],
)
def test_the_first_question_stands_alone_and_a_later_one_leans(turns: list[tuple[str, str]], words: str) -> None:
    assert words in reason(conversation(*turns))
    assert bool(reason(conversation(*turns))) is bool(words)


def test_a_first_question_that_points_to_nothing_named_is_rejected(tmp_path: Path, model_server: Start) -> None:
    turns = [{**TURNS[0], "question": "How many days does she have?"}, *TURNS[1:]]
    found = built(tmp_path, model_server(replies=reply(conversations=[{"number": 1, "turns": turns}])), LEAVE)
    assert [r for r in found.reasons(found.samples[0]) if "does not name what it speaks of" in r]


def test_roles_that_do_not_alternate_and_answers_without_quotes_are_refused() -> None:
    twice = [Message("user", "How long is it on a pump?"), Message("user", "And on seals?"), Message("assistant", "6 months.")]
    assert "do not alternate" in reason(conversation(messages=twice))
    turns = [("How long is the warranty on a pump?", "24 months."), ("And on its seals?", "6 months.")]
    assert reason(conversation(*turns, evidence=[Span("d", 0, 4, "text")])) == "2 answers have 1 quotes"
