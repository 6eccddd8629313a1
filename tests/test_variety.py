"""Three kinds of task over both handbooks: quotas are reached, coverage is exact, a cap holds, and the accounts add up at every stage."""

from collections.abc import Callable
from pathlib import Path

from model_server import ModelServer

from curate.accounts import Overview
from curate.pipeline import Job, build, overview
from curate.progress import Silent
from curate.settings import Settings
from curate.workspace import Workspace, passed

Start = Callable[..., ModelServer]
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SOURCES = [SAMPLES / "handbook-en", SAMPLES / "handbook-zh"]


def run(out: Path, server: ModelServer, **settings: object) -> tuple[Workspace, Overview]:
    given = {"model": "test-model", "base_url": server.url, "task": ["qa", "conversation", "extractive"], "think": 0.3}
    job = Job(SOURCES, Workspace.create(out), Settings(**{**given, **settings}), Silent())  # type: ignore[arg-type]
    build(job)
    found = overview(job.workspace, job.settings)
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    return job.workspace, found


def test_quotas_are_reached_and_coverage_is_what_the_spans_say(tmp_path: Path, model_server: Start) -> None:
    workspace, found = run(tmp_path / "out", model_server(mode="qa"))
    for name, labels in found.quotas.items():
        for row in labels:
            assert abs(row["share"] - row["wanted"]) <= 0.05, (name, row)
    assert {"question", "difficulty", "style", "think"} <= found.quotas.keys()
    texts = {d.id: d.text for d in workspace.documents}
    marks = {i: ["none"] * len(text) for i, text in texts.items()}
    judged = list(workspace.judged())
    for wanted, name in ((False, "rejected"), (True, "accepted")):
        for sample, verdicts in judged:
            if passed(verdicts) is wanted:
                for span in sample.evidence:
                    marks[span.document_id][span.start : span.end] = [name] * (span.end - span.start)
    counted = {name: sum(own.count(name) for own in marks.values()) for name in ("accepted", "rejected", "none")}
    assert {name: found.coverage["total"][name] for name in counted} == counted


def test_a_cap_holds_and_leaves_a_dataset_of_all_kinds(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    workspace, found = run(tmp_path / "out", server, max_calls=60)
    assert server.stats()["requests"] == 60
    kinds = {s.kind for s, verdicts in workspace.judged() if passed(verdicts)}
    assert kinds >= {"qa", "conversation"}
    assert found.stages[-1].produced > 0


def test_fill_covers_more_of_the_documents(tmp_path: Path, model_server: Start) -> None:
    _, plain = run(tmp_path / "plain", model_server(mode="qa"), task=["qa"], rounds=1)
    _, filled = run(tmp_path / "filled", model_server(mode="qa"), task=["qa"], rounds=1, fill=True)
    assert filled.coverage["total"]["accepted"] > plain.coverage["total"]["accepted"]
