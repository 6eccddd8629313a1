"""Retold passages: text for pretraining, one form a passage, every figure kept, in a folder of their own."""

import json
from collections.abc import Callable
from pathlib import Path

from kind_builds import CHINESE, HANDBOOK, made
from model_server import ModelServer

from curate.generators.rewrite import FORMS

Start = Callable[..., ModelServer]


def test_retellings_become_pretraining_text_and_no_sft_row(tmp_path: Path, model_server: Start) -> None:
    found = made(
        tmp_path, model_server(mode="qa"), {**HANDBOOK, **CHINESE}, task=["rewrite"], style=["sharegpt", "alpaca", "text", "trl", "openai"]
    )
    assert found.samples
    assert not [reason for s in found.samples for reason in found.reasons(s)]
    assert found.rows == []
    for style in ("sharegpt", "alpaca", "text", "trl"):
        folder = tmp_path / "out" / "dataset" / f"{style}-pretrain"
        rows = [json.loads(line) for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]
        assert {row["id"]: row["text"] for row in rows} == {s.id: s.messages[0].content for s in found.samples}
        entries = json.loads((folder / "dataset_info.json").read_text())
        assert {e["columns"]["prompt"] for e in entries.values()} <= {"text"}
    stages = {s.name: s for s in found.found.stages}
    assert stages["rows:openai"].failed == len(found.samples)


def test_each_task_wants_forms_and_each_sample_rests_on_its_whole_passage(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(mode="qa"), HANDBOOK, task=["rewrite"], pairs_per_chunk=6, rounds=0)
    for task in found.tasks:
        forms = [slot["form"] for slot in task.values["slots"]]
        assert set(forms) <= set(FORMS)
        assert len(set(forms)) > 1
    for sample in found.samples:
        assert [m.role for m in sample.messages] == ["assistant"]
        assert [e.quote for e in sample.evidence] == [found.chunks[i].text for i in sample.chunk_ids]


def test_a_retelling_that_loses_or_adds_figures_is_rejected(tmp_path: Path, model_server: Start) -> None:
    short = "Every employee has annual leave, which is asked for in the staff portal, and 77 days may be carried over."
    found = made(tmp_path, model_server(replies=[json.dumps({"retelling": short})]), HANDBOOK, task=["rewrite"], rounds=0)
    reasons = [reason for s in found.samples for reason in found.reasons(s)]
    assert any("77" in reason for reason in reasons)
    assert all(reason.startswith("grounded") for reason in reasons)
    assert not (tmp_path / "out" / "dataset" / "sharegpt-pretrain").exists()


def test_a_passage_without_facts_is_skipped(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(replies=[json.dumps({"retelling": ""})]), HANDBOOK, task=["rewrite"], rounds=0)
    stages = {s.name: s for s in found.found.stages}
    assert stages["tasks"].skipped == stages["tasks"].total > 0
