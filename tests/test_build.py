"""Whole builds on small folders: what is made, what is remembered, what an edit costs, and that nothing depends on workers or order."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer

from curate.accounts import Overview
from curate.pipeline import Built, Job, build, estimate, export_only, overview
from curate.progress import Silent
from curate.settings import Settings
from curate.workspace import Workspace

Start = Callable[..., ModelServer]

HANDBOOK = """# Pump handbook

## Opening hours

The workshop is open from 07:00 to 16:30 on working days. Keys are kept at the gate.

## How do I report a leak?

Call the shift lead on extension 40, close the nearest valve and write the time into the log book.

## Terms

**Priming** is filling a pump with water before it is started.
"""

CHINESE = """# 水泵手册

## 什么是灌泵？

灌泵是指在启动水泵之前向泵体内注满水的操作，目的是排出泵内空气。

## 维护周期

水泵每三个月检查一次，检查结果记入设备台账，由当班负责人签字确认。
"""


def handbook(folder: Path, documents: int = 6) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(documents):
        facts = "\n\n".join(f"## Pump P{n}{k}\n\nPump P{n}{k} delivers {10 * n + k} litres per minute at {k + 2} bar." for k in range(3))
        (folder / f"pump-{n}.md").write_text(HANDBOOK.replace("Pump handbook", f"Pump handbook {n}") + "\n" + facts + "\n")
    (folder / "zh.md").write_text(CHINESE)
    return folder


def run(sources: Path, out: Path, **settings: object) -> tuple[Built, Overview]:
    job = Job([sources], Workspace.create(out), Settings(**{"workers": 2, **settings}), Silent())  # type: ignore[arg-type]
    return build(job), overview(job.workspace, job.settings)


def exported(out: Path) -> dict[str, str]:
    root = out / "dataset"
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*")) if p.is_file()}


def rows(out: Path, style: str = "sharegpt") -> list[dict[str, object]]:
    files = sorted((out / "dataset" / style).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def model(server: ModelServer, **more: object) -> dict[str, object]:
    return {"model": "test-model", "base_url": server.url, "concurrency": 8, **more}


def test_a_build_without_a_model_accounts_for_everything(tmp_path: Path) -> None:
    sources = handbook(tmp_path / "docs")
    shutil.copy(sources / "pump-0.md", sources / "same.md")
    (sources / "empty.md").write_text("")
    (sources / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    _, found = run(sources, tmp_path / "out", style=["sharegpt", "alpaca"])
    stages = {s.name: s for s in found.stages}
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    assert (stages["files"].total, stages["files"].produced, stages["files"].failed, stages["files"].skipped) == (10, 7, 1, 2)
    assert stages["samples"].produced == stages["rows:sharegpt"].total == stages["rows:alpaca"].total
    assert len(rows(tmp_path / "out")) == len(rows(tmp_path / "out", "alpaca")) == stages["samples"].produced > 5
    assert found.asks["made"] == 0
    assert found.finished


def test_every_row_can_be_traced_to_characters_of_its_document(tmp_path: Path) -> None:
    run(handbook(tmp_path / "docs"), tmp_path / "out")
    workspace = Workspace.open(tmp_path / "out")
    texts = {d.id: d.text for d in workspace.documents}
    chunks = {c.id: c for c in workspace.chunks}
    for chunk in chunks.values():
        assert texts[chunk.document_id][chunk.start : chunk.end] == chunk.text
    samples = list(workspace.samples)
    assert samples
    for sample in samples:
        assert sample.evidence
        for span in sample.evidence:
            assert texts[span.document_id][span.start : span.end] == span.quote
        assert {chunks[i].split for i in sample.chunk_ids} == {sample.split}


def test_one_worker_and_many_give_the_same_bytes(tmp_path: Path) -> None:
    sources = handbook(tmp_path / "docs", documents=12)
    run(sources, tmp_path / "one", workers=1, style=["sharegpt", "trl"])
    run(sources, tmp_path / "many", workers=16, style=["sharegpt", "trl"])
    assert exported(tmp_path / "one") == exported(tmp_path / "many")


def test_the_order_in_which_replies_come_changes_no_byte(tmp_path: Path, model_server: Start) -> None:
    sources = handbook(tmp_path / "docs", documents=12)
    steady, shuffled = model_server(mode="qa"), model_server(mode="qa", latency=0.01, jitter=0.3, seed=5)
    run(sources, tmp_path / "a", **model(steady, workers=1, concurrency=1))
    run(sources, tmp_path / "b", **model(shuffled, workers=4, concurrency=16))
    assert exported(tmp_path / "a") == exported(tmp_path / "b")
    assert len(rows(tmp_path / "a")) > 20


def test_building_again_runs_no_stage_and_asks_nothing(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    sources = handbook(tmp_path / "docs")
    run(sources, tmp_path / "out", **model(server))
    before, asked = exported(tmp_path / "out"), server.stats()["requests"]
    again, _ = run(sources, tmp_path / "out", **model(server))
    assert again.unchanged == ["files", "chunks", "tasks", "rows"]
    assert server.stats()["requests"] == asked
    assert exported(tmp_path / "out") == before


def test_an_edited_document_costs_only_its_own_asks_and_moves_no_other_row(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    sources = handbook(tmp_path / "docs", documents=8)
    run(sources, tmp_path / "out", **model(server, rounds=0))  # what makes up for missed quotas follows from what all passages lack
    before, asked = rows(tmp_path / "out"), server.stats()["requests"]
    edited = sources / "pump-3.md"
    edited.write_text(edited.read_text().replace("delivers 30 litres", "delivers 31 litres"))
    _, found = run(sources, tmp_path / "out", **model(server, rounds=0))
    assert 1 <= server.stats()["requests"] - asked <= 3
    assert found.asks["remembered"] >= 8
    others = {
        r["id"]: json.dumps(r, sort_keys=True) for r in before if "pump-3" not in str(r.get("source", "")) and "P3" not in json.dumps(r)
    }
    now = {r["id"]: json.dumps(r, sort_keys=True) for r in rows(tmp_path / "out")}
    kept = [i for i, row in others.items() if now.get(i) == row]
    assert len(kept) >= len(others) - 8  # near copies of the edited document's rows may change places with them


def test_a_limit_takes_from_every_document_and_the_rest_is_recorded(tmp_path: Path, model_server: Start) -> None:
    sources = handbook(tmp_path / "docs", documents=6)
    _, found = run(sources, tmp_path / "out", **model(model_server(mode="qa"), limit=7))
    tasks = next(s for s in found.stages if s.name == "tasks")
    assert tasks.total - tasks.reasons.get("past --limit 7", 0) == 7
    workspace = Workspace.open(tmp_path / "out")
    chunk_document = {c.id: c.document_id for c in workspace.chunks}
    not_run = {f.row_id for f in workspace.failures if f.stage == "tasks"}
    assert len({chunk_document[t.chunk_ids[0]] for t in workspace.tasks if t.id not in not_run}) == 7


def test_a_cap_leaves_a_valid_dataset_and_the_next_build_goes_on(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    sources = handbook(tmp_path / "docs", documents=8)
    built, found = run(sources, tmp_path / "out", **model(server, max_calls=5))
    assert built.ended.budget is not None
    assert server.stats()["requests"] == 5
    assert rows(tmp_path / "out")
    tasks = next(s for s in found.stages if s.name == "tasks")
    assert tasks.produced + tasks.rejected + tasks.failed + tasks.skipped == tasks.total
    built, _ = run(sources, tmp_path / "out", **model(server))
    assert built.ended.budget is None
    assert set(server.stats()["bodies"].values()) == {1}


def test_an_estimate_is_near_what_is_then_used_and_asks_nothing(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    sources = handbook(tmp_path / "docs")
    job = Job([sources], Workspace.create(tmp_path / "out"), Settings(workers=2, **model(server)), Silent())  # type: ignore[arg-type]
    guess = estimate(job)
    assert server.stats()["requests"] == 0
    assert build(job).counts.made == guess.calls == server.stats()["requests"]  # type: ignore[union-attr]
    again = estimate(job)
    assert (again.remembered, again.calls) == (again.tasks, 0)


def test_the_passage_stands_in_the_rows_where_asked(tmp_path: Path, model_server: Start) -> None:
    sources = handbook(tmp_path / "docs")
    run(sources, tmp_path / "out", **model(model_server(mode="qa"), context="passage", distractors=2))
    prompts = [str(r["conversations"][0]["value"]) for r in rows(tmp_path / "out")]  # type: ignore[index]
    assert prompts
    assert all("Question: " in p or "问题：" in p for p in prompts)


def test_other_styles_are_exported_without_making_anything_anew(tmp_path: Path) -> None:
    run(handbook(tmp_path / "docs"), tmp_path / "out")
    workspace = Workspace.open(tmp_path / "out")
    made = export_only(workspace, Settings(style=["openai", "text"]), Silent())
    assert [e.style for e in made] == ["openai", "text"]
    assert len(rows(tmp_path / "out", "openai")) == len(rows(tmp_path / "out"))


@pytest.mark.parametrize("kind", ["invalid_json", "wrong_schema", "empty", "refusal", "context"])
def test_a_document_the_model_cannot_answer_fails_alone(tmp_path: Path, model_server: Start, kind: str) -> None:
    sources = handbook(tmp_path / "docs")
    (sources / "odd.md").write_text("# Odd\n\nThe unmistakable zyxwv gauge is read twice a day by the gate keeper at noon and at dusk.\n")
    server = model_server(mode="qa", faults=[{"contains": "zyxwv", "do": kind}])
    _, found = run(sources, tmp_path / "out", **model(server, reply_attempts=2))
    tasks = next(s for s in found.stages if s.name == "tasks")
    assert (tasks.failed, tasks.produced) == (1, tasks.total - 1)
    asked = server.stats()["requests"]
    run(sources, tmp_path / "out", **model(server, reply_attempts=2, seed=0, pii="keep"))
    assert server.stats()["requests"] == asked, "what failed for good is not asked again"
