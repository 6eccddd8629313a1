"""General data mixed in: in the share asked for of what passed, from files of any style, every bad row told."""

import json
from pathlib import Path

import polars as pl
import pytest

from curate.accounts import Overview
from curate.errors import UsageError
from curate.generators.mix import checked
from curate.pipeline import Job, build, overview
from curate.progress import Silent
from curate.records import Sample
from curate.settings import Settings
from curate.workspace import Workspace, passed

PLACES = ["harbour", "orchard", "quarry", "viaduct", "granary", "foundry", "cloister", "aqueduct", "tannery", "causeway"]


def document(folder: Path, pumps: int = 40) -> Path:
    folder.mkdir(exist_ok=True)
    facts = [
        f"## How is pump P{n} primed?\n\nPump P{n} is primed with {10 * n + 7} litres of water, and its valve opens at {n + 2} bar."
        for n in range(pumps)
    ]
    (folder / "pumps.md").write_text("# Pump handbook\n\n" + "\n\n".join(facts), encoding="utf-8")
    return folder


def asked(number: int) -> tuple[str, str]:
    place, other = PLACES[number % 10], PLACES[number // 10 % 10]
    return (
        f"What stood between the {place} and the {other} in year {1500 + number}?",
        f"A toll house of {number + 3} rooms, built by the {other}.",
    )


def rows(count: int) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for number in range(count):
        question, answer = asked(number)
        made.append(
            [
                {"instruction": question, "input": "", "output": answer},
                {"conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]},
                {
                    "messages": [
                        {"role": "user", "content": question},
                        {"role": "assistant", "content": f"<think>\nHm.\n</think>\n\n{answer}"},
                    ]
                },
                {"prompt": question, "completion": answer},
            ][number % 4]
        )
    return made


def jsonl(path: Path, lines: list[object]) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in lines), encoding="utf-8")
    return path


def run(folder: Path, *mix: str, **settings: object) -> tuple[list[Sample], Overview]:
    """The samples that passed, and the accounts."""
    chosen = {"task": ["extractive"], "workers": 1, "mix": list(mix), **settings}
    job = Job([document(folder / "docs")], Workspace.create(folder / "out"), Settings(**chosen), Silent())  # type: ignore[arg-type]
    build(job)
    found = overview(job.workspace, job.settings)
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    return [s for s, verdicts in job.workspace.judged() if passed(verdicts)], found


def share(samples: list[Sample], kind: str) -> float:
    return sum(s.kind == kind for s in samples) / len(samples)


def test_the_shares_are_those_of_the_whole_dataset(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "general.jsonl", list(rows(200)))
    samples, _ = run(tmp_path, f"{path}:0.25", "smalltalk:0.1", validation_share=0.3)
    assert share(samples, "imported") == pytest.approx(0.25, abs=1 / len(samples))
    assert share(samples, "smalltalk") == pytest.approx(0.1, abs=1 / len(samples))
    exported = [p.read_text(encoding="utf-8") for p in (tmp_path / "out" / "dataset" / "sharegpt").glob("*.jsonl")]
    assert sum(text.count("\n") for text in exported) == len(samples)
    assert {s.split for s in samples if s.kind == "imported"} > {"train"}


def test_rows_of_every_style_keep_their_reasoning_and_know_their_place(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "general.jsonl", list(rows(200)))
    samples, _ = run(tmp_path, f"{path}:0.8")
    mixed = [s for s in samples if s.kind == "imported"]
    for sample in mixed:
        number = sample.meta["row"] - 1
        assert sample.meta["file"] == "general.jsonl"
        assert (sample.messages[0].content, sample.messages[1].content) == asked(number)
        assert sample.messages[1].reasoning == ("Hm." if number % 4 == 2 else "")
    assert {s.meta["row"] % 4 for s in mixed} == {0, 1, 2, 3}
    assert not any(s.messages[-1].reasoning for s in run(tmp_path, "smalltalk:0.2")[0] if s.kind == "smalltalk")


def test_tools_come_with_their_rows(tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "weather", "description": "Weather", "parameters": {"type": "object"}}}
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Northport"}'}}
    turns = [
        {"role": "user", "content": "Does it rain in Northport today?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "no"},
        {"role": "assistant", "content": "No, it stays dry in Northport."},
    ]
    path = jsonl(tmp_path / "tools.jsonl", [{"messages": turns, "tools": [tool]}])
    samples, found = run(tmp_path, f"{path}:0.2")
    (mixed,) = [s for s in samples if s.kind == "imported"]
    assert mixed.tools == [tool]
    assert mixed.messages[1].tool_calls[0].arguments == {"city": "Northport"}
    assert any("tools.jsonl has 1 rows, too few" in reason for s in found.stages for reason in s.reasons)


def test_what_the_checks_reject_is_made_up_for_in_a_further_round(tmp_path: Path) -> None:
    good = rows(300)
    bad = {"instruction": "Tell me the story of the mill.", "output": "As an AI language model, I cannot."}
    path = jsonl(tmp_path / "general.jsonl", [bad if n % 2 else good[n] for n in range(300)])
    samples, found = run(tmp_path, f"{path}:0.6", rounds=5)
    assert share(samples, "imported") == pytest.approx(0.6, abs=0.05)
    assert next(s for s in found.stages if s.name == "samples").rejected > 0


def test_a_row_that_cannot_be_read_is_a_failure_with_its_number(tmp_path: Path) -> None:
    lines: list[object] = [*rows(6), "{broken", {"question": "?"}, "", {"messages": [{"role": "user", "content": "Alone?"}]}]
    path = jsonl(tmp_path / "general.jsonl", lines)
    _, found = run(tmp_path, f"{path}:0.5", rounds=5)
    reasons = next(s for s in found.stages if s.name == "tasks").reasons
    assert next(s for s in found.stages if s.name == "tasks").failed == 3
    for number, what in ((7, "not JSON"), (8, "has the keys question"), (10, "ends on a turn of role 'user'")):
        assert any(f"general.jsonl, row {number}: " in reason and what in reason for reason in reasons), reasons
    assert any("general.jsonl has 9 rows, too few" in reason for reason in reasons)


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_lists_and_parquet_are_read_too(tmp_path: Path, suffix: str) -> None:
    plain = [{"instruction": q, "output": a} for q, a in map(asked, range(40))]
    path = tmp_path / f"general{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps(plain))
    else:
        pl.DataFrame(plain).write_parquet(path)
    samples, _ = run(tmp_path, f"{path}:0.2")
    assert share(samples, "imported") == pytest.approx(0.2, abs=0.02)


def test_small_talk_has_the_languages_of_the_dataset_and_alone_needs_no_file(tmp_path: Path) -> None:
    samples, _ = run(tmp_path, "smalltalk:0.2")
    talk = [s for s in samples if s.kind == "smalltalk"]
    assert {s.meta["file"] for s in talk} == {"smalltalk.en.jsonl"}


def test_every_shipped_row_of_small_talk_passes_and_no_two_ask_the_same(tmp_path: Path) -> None:
    _, found = run(tmp_path, "smalltalk:0.9", languages=["en", "zh"], near_duplicate=1.0)
    assert next(s for s in found.stages if s.name == "samples").rejected == 0


@pytest.mark.parametrize(
    ("mix", "says"),
    [
        (["general.jsonl"], "ends in no share"),
        (["general.jsonl:much"], "ends in no share"),
        (["none.jsonl:0.2"], "cannot read none.jsonl"),
        (["general.jsonl:0"], "no share between 0 and 1"),
        (["general.jsonl:1.5"], "no share between 0 and 1"),
        (["general.jsonl:0.6", "smalltalk:0.4"], "leaves nothing to mix into"),
        (["general.jsonl:0.1", "general.jsonl:0.2"], "names general.jsonl twice"),
        (["bad.jsonl:0.2"], "no row of bad.jsonl can be read: bad.jsonl, row 1: .*; bad.jsonl, row 2: "),
        (["empty.jsonl:0.2"], "it is empty"),
        (["general.txt:0.2"], "not read from files of the type .txt"),
        (["object.json:0.2"], "holds no list of rows"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mix: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    jsonl(tmp_path / "general.jsonl", list(rows(3)))
    jsonl(tmp_path / "bad.jsonl", ["{", {"a": 1}])
    jsonl(tmp_path / "empty.jsonl", [])
    jsonl(tmp_path / "general.txt", list(rows(3)))
    (tmp_path / "object.json").write_text("{}")
    with pytest.raises(UsageError, match=says):
        checked(Settings(mix=mix))


def test_equal_files_give_equal_rows_and_other_seeds_others(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "general.jsonl", list(rows(200)))
    chosen = [
        sorted(s.id for s in run(tmp_path / name, f"{path}:0.2", seed=seed, workers=workers)[0] if s.kind == "imported")
        for name, seed, workers in (("a", 0, 1), ("b", 0, 2), ("c", 1, 1))
        if not (tmp_path / name).mkdir()  # type: ignore[func-returns-value]
    ]
    assert chosen[0] == chosen[1]
    assert chosen[0] != chosen[2]
