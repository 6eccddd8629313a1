"""Questions without an answer: rows that show the passages, answers that admit it, and questions that are answered after all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import CHINESE, HANDBOOK, made, reply
from model_server import ModelServer

from curate.filters._kind_unanswerable import ADMITS
from curate.filters.kinds import check
from curate.records import Chunk, Message, Sample, Task, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
OPEN = {
    "number": 1,
    "missing": "how much pay is given during special leave",
    "question": "Is special leave for a move paid in full?",
    "quote": "For a move within the city one day of special leave is given, for a move to another city two days.",
    "reasoning": "It is asked about pay. The rules give the number of days and the proof, but nothing about pay.",
    "answer": "Whether special leave is paid is not stated. It is only said that a move within the city gives one day and a move to another"
    " city two days.",
}


def built(folder: Path, server: ModelServer, documents: dict[str, str], **settings: object) -> Any:
    return made(folder, server, documents, task=["unanswerable"], rounds=0, **settings)


def test_the_row_shows_the_passages_and_the_answer_says_what_is_near(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(questions=[OPEN])), HANDBOOK, distractors=1, think=1.0, chunk_tokens=200)
    rows = [s for s in found.samples if found.chunks[s.chunk_ids[0]].path == "leave.md"]
    assert [found.reasons(s) for s in rows] == [[]]
    row = rows[0]
    assert len(row.chunk_ids) == 2
    for chunk_id in row.chunk_ids:
        assert found.chunks[chunk_id].text in row.messages[0].content
    assert row.messages[0].content.endswith(OPEN["question"])
    assert (row.meta["unanswerable"], row.meta["question"]) == (True, OPEN["question"])
    assert row.messages[1].reasoning == OPEN["reasoning"]
    assert [s.quote.replace("\n", " ") for s in row.evidence] == [OPEN["quote"]]
    assert row.meta["labels"]["lack"] in ("detail", "entity", "premise", "scope", "future")


def test_an_answer_without_anything_near_needs_no_quote(tmp_path: Path, model_server: Start) -> None:
    said = {**OPEN, "quote": "", "question": "员工结婚有几天婚假？", "answer": "这份规定没有说明婚假的天数。", "missing": "婚假天数"}
    found = built(tmp_path, model_server(replies=reply(questions=[said])), CHINESE)
    assert [found.reasons(s) for s in found.samples] == [[]]
    assert found.samples[0].evidence == []


def test_a_figure_that_no_passage_holds_is_a_reason(tmp_path: Path, model_server: Start) -> None:
    said = {**OPEN, "answer": "Whether special leave is paid is not stated; elsewhere 80 percent are usual."}
    found = built(tmp_path, model_server(replies=reply(questions=[said])), {"leave.md": HANDBOOK["leave.md"]})
    assert any(r.startswith("grounded") and "80" in r for r in found.reasons(found.samples[0]))


def asked(question: str, answer: str, text: str = HANDBOOK["leave.md"]) -> str:
    chunk = Chunk("c", "d", 0, [], text, 0, len(text), language="en")
    messages = [Message("user", f"{text}\n\n{question}"), Message("assistant", answer)]
    row: Sample = sample(
        "unanswerable",
        Task("t", "unanswerable", "unanswerable"),
        messages,
        chunks=[chunk],
        meta={"question": question, "unanswerable": True},
    )
    return check(row, [chunk], Settings()).reason


NOT_STATED = "That is not stated."
SAYS_NOTHING = "规定中没有说明这一点。"


@pytest.mark.parametrize(
    "question",
    [
        "How many days of annual leave does every employee have?",
        "What happens with unused leave, is it paid out?",
        "On 31 March, do carried over days expire?",
        "special leave days move another city",
    ],
)
def test_a_question_that_one_sentence_answers_is_rejected(question: str) -> None:
    assert "seems to answer it" in asked(question, NOT_STATED)


@pytest.mark.parametrize(
    "question",
    [
        "Is special leave for a move paid in full?",
        "How many days of annual leave does a trainee have?",
        "Why does every employee have 28 days of annual leave?",
        "Who approves special leave?",
        "Will annual leave be raised to 30 days next year?",
    ],
)
def test_a_question_that_is_left_open_passes(question: str) -> None:
    assert asked(question, NOT_STATED) == ""


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("每位员工每年有多少天年假？", True),
        ("年假要提前多久在员工平台申请？", True),
        ("实习生每年有多少天年假？", False),
        ("搬家假期间工资怎么发？", False),
        ("年假申请由谁审批？", False),
    ],
)
def test_chinese_questions_are_told_apart_the_same_way(question: str, answered: bool) -> None:
    assert bool(asked(question, SAYS_NOTHING, CHINESE["假期.md"])) is answered


@pytest.mark.parametrize(
    "answer",
    [
        "How long the repair of a sensor takes is not stated; for controllers six working days are named.",
        "The handbook gives no price for a second panel.",
        "Nothing is said about trainees.",
        "The documents don't mention a deadline for that.",
        "There is no information about the previous rule.",
        "A warranty for cables is not given here.",
        "Who signs is left open.",
        "This does not specify a colour.",
        "The procedures do not cover rented devices.",
        "资料没有说明周末是否营业。",
        "文件中未给出深冻库的价格。",
        "这里没有写明由谁签字。",
        "关于实习生，规定只字未提。",
        "从现有内容无法判断以后是否会调整。",
    ],
)
def test_answers_that_admit_it_are_known(answer: str) -> None:
    assert ADMITS.search(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Every employee has 28 days of annual leave.",
        "Unused leave is not paid out.",
        "Damage by lightning is not covered.",
        "A trainee usually has 25 days.",
        "No, the door stays shut.",
        "未休年假不折算成现金。",
        "每位员工每年有十五天年假。",
        "单件超过五十公斤的货物不提供上楼服务。",
    ],
)
def test_answers_that_answer_are_no_admission(answer: str) -> None:
    assert not ADMITS.search(answer)
    assert "does not admit" in asked("Is special leave for a move paid in full?", answer)
