"""Long answers: outline, sections from their own passages, what is left out and noted, what the check refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kind_builds import HANDBOOK, Made, made, reply
from model_server import ModelServer

from curate.filters.kinds import check
from curate.generators.longform import MOST_PASSAGES, PER_SECTION, Part, fitting, parted
from curate.records import Chunk, Message, Sample, Task, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
FILLER = " ".join(
    f"Desk {n} of the staff office is looked after by the team on floor {n % 5 + 1}, which also keeps its keys." for n in range(30)
)
DOCUMENT = {"handbook.md": "\n\n".join([*HANDBOOK.values(), f"# Desks\n\n## Keys\n\n{FILLER}"])}
OUTLINE: dict[str, Any] = {
    "request": "Write a handover on the leave rules and the staff portal for a new team lead: how much there is, and how it is asked for.",
    "title": "Leave: a handover",
    "sections": [
        {"heading": "How much leave there is", "about": "Annual and special leave.", "passages": [1]},
        {"heading": "How it is asked for", "about": "The staff portal.", "passages": [1, 2]},
    ],
}
SECTION: dict[str, Any] = {
    "quotes": ["Every employee has 28 days of annual leave."],
    "answer": "Every employee has 28 days of annual leave, and two more after five years of service.",
}


def built(folder: Path, server: ModelServer, **settings: object) -> Made:
    return made(folder, server, DOCUMENT, task=["longform"], chunk_tokens=150, **settings)


def chunk(number: int, text: str) -> Chunk:
    return Chunk(f"c{number}", "d", number, [], text, 0, len(text), language="en")


def test_sections_are_written_from_their_own_passages_and_joined(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    found = built(tmp_path, server, audiences=0)
    assert len(found.tasks) == 1
    (row,) = found.samples
    sections = row.meta["sections"]
    assert server.stats()["requests"] == 1 + len(sections) + len(row.meta["left_out"])
    answer = row.messages[-1].content
    assert answer.startswith("# ")
    assert [s["heading"] for s in sections] == [line[3:] for line in answer.splitlines() if line.startswith("## ")]
    assert all(0 < len(s["chunks"]) <= PER_SECTION for s in sections)
    assert set(row.chunk_ids) == {i for s in sections for i in s["chunks"]}
    assert len(row.evidence) > 0


def test_a_handover_passes_the_checks_and_says_what_kind_of_text_it_is(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(**{**OUTLINE, "sections": OUTLINE["sections"][:1]}, **SECTION)))
    (row,) = found.samples
    assert found.reasons(row) == ["kinds: 1 section, a long answer has two at least"]
    assert row.meta["labels"]["form"] in {"guide", "report", "handover", "overview", "training", "briefing"}
    assert row.messages[0].content == OUTLINE["request"]


def test_a_section_whose_figures_stand_in_no_passage_is_left_out_and_noted(tmp_path: Path, model_server: Start) -> None:
    answer = {**SECTION, "answer": "Every employee has 28 days of annual leave, in all 4711 hours."}
    found = built(tmp_path, model_server(replies=reply(**OUTLINE, **answer)))
    assert found.samples == []
    assert {s.name: s.failed for s in found.found.stages}["tasks"] == 1


def test_no_outline_makes_no_sample(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(replies=reply(**{**OUTLINE, "sections": []}, **SECTION)))
    assert found.samples == []
    assert {s.name: s.skipped for s in found.found.stages}["tasks"] == 1


def test_thinking_is_the_plan_of_the_sections(tmp_path: Path, model_server: Start) -> None:
    found = built(tmp_path, model_server(mode="qa"), think=1.0)
    (row,) = found.samples
    assert all(s["heading"] in row.messages[-1].reasoning for s in row.meta["sections"])


def test_a_section_fault_leaves_the_others(tmp_path: Path, model_server: Start) -> None:
    faults = [{"contains": "Write this section", "do": "refusal", "times": 1}]
    found = built(tmp_path, model_server(mode="qa", faults=faults))
    (row,) = found.samples
    assert len(row.meta["left_out"]) == 1
    assert len(row.meta["sections"]) >= 1
    assert row.meta["left_out"][0]["why"]


def test_a_passage_too_many_for_the_model_is_left_out(tmp_path: Path, model_server: Start) -> None:
    faults = [{"contains": "Passage 2, where it stands", "do": "context"}]
    found = built(tmp_path, model_server(mode="qa", faults=faults))
    (row,) = found.samples
    assert {len(s["chunks"]) for s in row.meta["sections"]} == {1}


@pytest.mark.parametrize("count", [0, 2, 3, MOST_PASSAGES, MOST_PASSAGES + 1, 5 * MOST_PASSAGES])
def test_a_long_document_is_parted_evenly(count: int) -> None:
    runs = parted([chunk(n, "x") for n in range(count)])
    assert sum(map(len, runs)) == (count if count > 2 else 0)
    assert all(len(run) <= MOST_PASSAGES for run in runs)
    assert not runs or max(map(len, runs)) - min(map(len, runs)) <= 1


def test_a_section_that_names_no_passage_gets_those_its_words_fit() -> None:
    chunks = [chunk(1, "The gate is closed."), chunk(2, "Annual leave is 28 days."), chunk(3, "The pump runs.")]
    assert fitting(Part(heading="Annual leave", about="How many days there are.", passages=[9]), chunks)[0].id == "c2"
    assert [c.id for c in fitting(Part(heading="x", about="", passages=[3, 3, 1, 0, 7]), chunks)] == ["c3", "c1"]


PARAGRAPH = "The staff portal is reached from the office network only; from home the tunnel client is started before signing in."


def text(*sections: tuple[str, str]) -> Sample:
    answer = "\n\n".join(["# Title", *(f"## {heading}\n\n{body}" for heading, body in sections)])
    chunks = [chunk(1, "Leave is 28 days."), chunk(2, "The tunnel client is started within 5 minutes.")]
    own = [{"heading": "Leave", "chunks": ["c1"]}, {"heading": "Portal", "chunks": ["c2"]}]
    messages = [Message("user", "Write a guide."), Message("assistant", answer)]
    return sample("longform", Task("t", "longform", "longform"), messages, chunks=chunks, meta={"sections": own})


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ([("Leave", "It is 28 days."), ("Portal", "Start it within 5 minutes.")], ""),
        ([("Leave", "It is 28 days.")], "1 section, a long answer has two at least"),
        ([("Leave", "Start it within 5 minutes."), ("Portal", "It is started.")], "the passages of “Leave” do not hold 5"),
        ([("Leave", "Start it within 5 minutes."), ("Renamed", "It is 28 days.")], "the passages of “Leave” do not hold 5"),
        ([("Leave", PARAGRAPH), ("Portal", f"It is started.\n\n{PARAGRAPH}")], "a paragraph repeats another"),
    ],
)
def test_sections_keep_to_their_passages_and_do_not_repeat(sections: list[tuple[str, str]], words: str) -> None:
    row = text(*sections)
    found = check(row, [chunk(1, "Leave is 28 days."), chunk(2, "The tunnel client is started within 5 minutes.")], Settings())
    assert words in found.reason
    assert found.passed is (not words)
