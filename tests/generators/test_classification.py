"""Classification: the user's labels, their rotation, plain and reasoned answers, and labels that are none."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import CHINESE, HANDBOOK, made, reply
from model_server import ModelServer

from curate.errors import UsageError
from curate.filters.kinds import check
from curate.generators.classification import INSTRUCTIONS, Label, parsed
from curate.records import Message, Sample, Task, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
LABELS = ["leave: time off, paid or not", "pay: wages and payslips", "access"]
SAID = {
    "quote": "Every employee has 28 days of annual leave.",
    "reasoning": "It is about days off and how they are asked for.",
    "reason": "It says how many days off there are and how to ask for them.",
    "label": "leave",
}


def built(folder: Path, server: ModelServer, documents: dict[str, str] = HANDBOOK, **settings: object) -> Any:
    return made(folder, server, documents, task=["classification"], **{"labels": LABELS, **settings})


def many(count: int) -> dict[str, str]:
    return {f"{n}.md": HANDBOOK["leave.md"].replace("28 days", f"{n + 20} days") for n in range(count)}


def test_the_answer_is_a_label_of_the_list_and_the_row_shows_text_and_labels(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(**SAID)), {"leave.md": HANDBOOK["leave.md"]})
    row = found.samples[0]
    assert found.reasons(row) == []
    assert row.messages[-1].content in ("leave", f"leave: {SAID['reason']}")
    for text in ("- leave: time off, paid or not", "- pay: wages and payslips", "- access", "Unused leave is not paid out."):
        assert text in row.messages[0].content
    assert row.meta["labels"]["label"] == "leave"
    assert [s.quote for s in row.evidence] == [SAID["quote"]]


def test_labels_stand_in_every_order_questions_in_many_wordings_and_reasons_in_a_share(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(mode="qa"), many(24), think=0.5, rounds=0)
    prompts = [s.messages[0].content for s in found.samples]
    first = Counter(min(("leave: time", "pay: wages", "access"), key=prompt.rindex) for prompt in prompts)
    assert len(found.samples) == 24
    assert len(first) == 3
    wordings = {p.split("\n")[0] for p in prompts if not p.startswith("# Leave")}
    assert len(wordings) >= 5
    reasoned = [s for s in found.samples if s.meta["labels"]["answer"] == "reasoned"]
    assert 3 <= len(reasoned) <= 12
    assert all(s.messages[1].content.startswith("leave: ") for s in reasoned)
    assert {bool(s.messages[1].reasoning) == (s.meta["labels"]["think"] == "yes") for s in found.samples} == {True}
    assert 6 <= sum(bool(s.messages[1].reasoning) for s in found.samples) <= 18


def test_chinese_passages_are_asked_in_chinese(tmp_path: Path, model_server: Start) -> None:
    said = {**SAID, "quote": "每位员工每年有十五天年假", "reason": "讲的是休假天数和申请办法。", "label": "假期"}
    found = built(tmp_path, model_server(replies=reply(**said)), CHINESE, labels=["假期", "工资：薪酬和工资单"])
    row = found.samples[0]
    assert found.reasons(row) == []
    assert any(mark in row.messages[0].content for mark in ("只回答标签本身", "先写标签和冒号"))
    assert row.messages[-1].content in ("假期", "假期：讲的是休假天数和申请办法。")


def test_a_passage_that_no_label_fits_is_skipped_with_that_reason(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(**{**SAID, "label": ""})), {"leave.md": HANDBOOK["leave.md"]})
    tasks = next(s for s in found.found.stages if s.name == "tasks")
    assert (found.samples, tasks.reasons) == ([], {"no label fits it": 1})


def test_every_wording_takes_labels_text_and_form() -> None:
    for ways in INSTRUCTIONS.values():
        assert len(set(ways)) >= 8
        for way in ways:
            assert way.format(labels="<L>", text="{<T>}", form="<F>").count("<") == 3


def test_labels_are_names_with_what_they_cover() -> None:
    assert parsed(["a: one: two", " b ", "丙：第三类"]) == [Label("a", "one: two"), Label("b"), Label("丙", "第三类")]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], "at least two labels, not 0"),
        (["one"], "at least two labels, not 1"),
        (["one", ": nothing"], r"number 2 \(': nothing'\) has no name"),
        (["one", "two", "One: again"], "'One' stands there twice"),
    ],
)
def test_wrong_labels_are_named_before_anything_is_asked(tmp_path: Path, model_server: Start, labels: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        built(tmp_path, model_server(mode="qa"), labels=labels)


def labelled(answer: str, form: str = "plain") -> Sample:
    messages = [Message("user", "Which?"), Message("assistant", answer)]
    meta = {"choices": ["leave", "pay"], "labels": {"answer": form}}
    return sample("classification", Task("t", "classification", "classification"), messages, meta=meta)


@pytest.mark.parametrize(
    ("answer", "form", "passes"),
    [
        ("leave", "plain", True),
        ("Leave", "plain", False),
        ("holiday", "plain", False),
        ("leave: it tells of days off.", "plain", False),
        ("leave: it tells of days off.", "reasoned", True),
        ("pay：讲的是工资。", "reasoned", True),
        ("leave:", "reasoned", False),
        ("holiday: it tells of days off.", "reasoned", False),
    ],
)
def test_an_answer_that_is_no_label_of_the_row_is_rejected(answer: str, form: str, passes: bool) -> None:
    assert check(labelled(answer, form), [], Settings()).passed is passes


def test_the_reply_must_be_one_of_the_labels(tmp_path: Path, model_server: Start) -> None:
    server = model_server(replies=[json.dumps({**SAID, "label": "holiday"})])
    found = built(tmp_path, server, {"leave.md": HANDBOOK["leave.md"]}, reply_attempts=2, audiences=0)
    tasks = next(s for s in found.found.stages if s.name == "tasks")
    assert (tasks.failed, server.stats()["requests"]) == (1, 2)
