"""Builds with judges: they see only what passed the rules, their replies are remembered, and a cap never lets an unjudged row out."""

import json
from collections.abc import Callable
from pathlib import Path

from model_server import ModelServer

from curate.accounts import Overview
from curate.cache import Ledger
from curate.pipeline import Job, build, overview
from curate.pipeline.build import Built
from curate.progress import Silent
from curate.records import Sample, Verdict
from curate.settings import Settings
from curate.workspace import Workspace, passed

Start = Callable[..., ModelServer]
JUDGES = ("agreement", "rubric")
QUESTION = (
    "## How do I report a leak?\n\nCall the shift lead on extension 40, close the nearest valve and write the time into the log book."
)


def documents(folder: Path) -> Path:
    folder.mkdir()
    for n in range(5):
        facts = "\n\n".join(f"## Pump P{n}{k}\n\nPump P{n}{k} delivers {10 * n + k} litres per minute at {k + 2} bar." for k in range(4))
        (folder / f"pump-{n}.md").write_text(f"# Pump station {n}\n\n{facts}\n\n{QUESTION}\n")
    return folder


def run(sources: Path, out: Path, server: ModelServer, **settings: object) -> tuple[Built, Overview]:
    given = {
        "workers": 2,
        "model": "test-model",
        "base_url": server.url,
        "concurrency": 8,
        "judges": list(JUDGES),
        "judge_threshold": 3.0,
        "rounds": 0,
    }
    job = Job([sources], Workspace.create(out), Settings(**{**given, **settings}), Silent())  # type: ignore[arg-type]
    return build(job), overview(job.workspace, job.settings)


def judged(out: Path) -> list[tuple[Sample, dict[str, Verdict]]]:
    return [(s, {v.check: v for v in verdicts}) for s, verdicts in Workspace.open(out).judged()]


def exported(out: Path) -> list[str]:
    files = sorted((out / "dataset" / "sharegpt").glob("*.jsonl"))
    return [json.loads(line)["id"] for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def adds_up(found: Overview) -> bool:
    return all(s.produced + s.rejected + s.failed + s.skipped == s.total for s in found.stages)


def test_judges_see_what_passed_every_rule_and_stop_at_the_first_no(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    _, found = run(documents(tmp_path / "docs"), tmp_path / "out", server)
    samples = judged(tmp_path / "out")
    assert adds_up(found)
    asked = [verdicts for _, verdicts in samples if "agreement" in verdicts]
    assert asked
    for verdicts in asked:
        assert all(v.passed for name, v in verdicts.items() if name not in (*JUDGES, "duplicates"))
        assert ("rubric" in verdicts) is verdicts["agreement"].passed
    for _, verdicts in samples:
        assert "agreement" in verdicts or any(not v.passed and v.reason for v in verdicts.values())
    assert any(not v["rubric"].passed for v in asked if "rubric" in v), "the scripted scores are spread from 1 to 5"
    with Ledger.open(tmp_path / "out" / ".curate" / "cache.sqlite") as ledger:
        assert all(ledger.get(key) for verdicts in asked for key in verdicts["agreement"].detail["replies"])


def test_other_filters_are_judged_again_for_nothing(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    sources = documents(tmp_path / "docs")
    run(sources, tmp_path / "out", server)
    before = server.stats()["requests"]
    run(sources, tmp_path / "out", server, pii="keep", judge_threshold=2.0)
    assert server.stats()["requests"] - before <= before // 4, "only what now reaches a judge for the first time is asked"
    assert set(server.stats()["bodies"].values()) == {1}


def test_a_cap_in_the_middle_of_judging_exports_nothing_unjudged_and_the_next_build_goes_on(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa", latency=0.01)
    sources = documents(tmp_path / "docs")
    built, found = run(sources, tmp_path / "out", server, max_calls=14)
    assert built.ended.budget is not None
    assert server.stats()["requests"] == 14
    assert adds_up(found)
    for sample, verdicts in judged(tmp_path / "out"):
        if sample.id in exported(tmp_path / "out"):
            assert verdicts["rubric"].passed
    built, _ = run(sources, tmp_path / "out", server)
    assert built.ended.budget is None
    assert set(server.stats()["bodies"].values()) == {1}


def test_a_judge_that_gives_no_usable_reply_rejects_with_that_reason(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa", faults=[{"contains": "You judge rows of a dataset", "do": "invalid_json"}])
    _, found = run(documents(tmp_path / "docs"), tmp_path / "out", server, reply_attempts=1)
    assert adds_up(found)
    verdicts = [v["rubric"] for _, v in judged(tmp_path / "out") if "rubric" in v]
    assert verdicts
    assert all(not v.passed and v.reason.startswith("not judged: ") for v in verdicts)
    assert exported(tmp_path / "out") == []


def test_what_was_made_without_a_model_is_judged_too(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    _, found = run(documents(tmp_path / "docs"), tmp_path / "out", server, task=["extractive"], judges=["rubric"])
    assert adds_up(found)
    samples = judged(tmp_path / "out")
    assert samples
    assert all("rubric" in verdicts for _, verdicts in samples if passed([v for n, v in verdicts.items() if n != "rubric"]))


def test_a_passage_too_long_for_the_model_is_asked_about_in_halves(tmp_path: Path, model_server: Start) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    first, second = "The north gauge is read at noon by the gate keeper.", "The south gauge is read at dusk by the night guard."
    (folder / "gauges.md").write_text(f"# Gauges\n\n{first} {second}\n")
    server = model_server(mode="qa", faults=[{"contains": f"{first} {second}", "do": "context"}])
    _, found = run(folder, tmp_path / "out", server, judges=[])
    tasks = next(s for s in found.stages if s.name == "tasks")
    assert (tasks.total, tasks.produced) == (1, 1)
    text = next(iter(Workspace.open(tmp_path / "out").documents)).text
    quotes = set()
    for sample, _ in judged(tmp_path / "out"):
        for span in sample.evidence:
            assert text[span.start : span.end] == span.quote
            quotes.add(span.quote)
    assert any("north" in q for q in quotes)
    assert any("south" in q for q in quotes)
