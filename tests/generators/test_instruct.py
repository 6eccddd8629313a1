"""Self-Instruct: rounds from seed tasks to a target, instances input-first and label-first, nothing alike kept, nothing paid twice."""

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from kind_builds import CHINESE, HANDBOOK, made
from model_server import ModelServer

from curate.errors import UsageError
from curate.pipeline import Built, Job, build
from curate.planning import seeds
from curate.progress import Silent
from curate.records import Sample
from curate.settings import Settings
from curate.text import rouge_l
from curate.workspace import Workspace, passed

Start = Callable[..., ModelServer]


def run(out: Path, server: ModelServer, **settings: object) -> tuple[Built, Workspace]:
    """A build on seed tasks alone."""
    chosen = {"task": ["instruct"], "model": "test-model", "base_url": server.url, "workers": 1, **settings}
    job = Job([], Workspace.create(out), Settings(**chosen), Silent())  # type: ignore[arg-type]
    return build(job), job.workspace


def kept(workspace: Workspace) -> list[Sample]:
    return [s for s, verdicts in workspace.judged() if passed(verdicts)]


def seed_file(folder: Path, *rows: object) -> str:
    path = folder / "seeds.jsonl"
    path.write_text("".join(r if isinstance(r, str) else json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return str(path)


def test_the_target_is_reached_from_seed_tasks_alone_and_no_two_instructions_are_alike(tmp_path: Path, model_server: Start) -> None:
    _, workspace = run(tmp_path / "out", model_server(mode="qa"), target=24)
    instructions = list(dict.fromkeys(s.meta["instruction"] for s in kept(workspace)))
    assert len(instructions) == 24
    known = [s.instruction for s in seeds(Settings())]
    assert max(rouge_l(a, b) for a, b in combinations(instructions, 2)) < 0.7
    assert max(rouge_l(a, b) for a in instructions for b in known) < 0.7
    assert {s.meta["language"] for s in kept(workspace)} == {"en", "zh"}
    assert len({t.values["round"] for t in workspace.tasks}) > 1


def test_the_same_build_asks_for_nothing_again_and_more_is_grown_from_what_is_there(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    run(tmp_path / "out", server, target=10)
    asked = server.stats()["requests"]
    built, workspace = run(tmp_path / "out", server, target=10)
    assert server.stats()["requests"] == asked
    first = {s.id for s in kept(workspace)}
    _, workspace = run(tmp_path / "out", server, target=10, min_answer_chars=3)  # the checks run anew, the replies are remembered
    assert server.stats()["requests"] == asked
    assert {s.id for s in kept(workspace)} == first
    assert built.unchanged


def test_later_rounds_show_instructions_that_were_kept(tmp_path: Path, model_server: Start) -> None:
    _, workspace = run(tmp_path / "out", model_server(mode="qa"), target=20, languages=["en"], validation_share=0.0, test_share=0.0)
    known = {s.instruction for s in seeds(Settings())}
    own = {s.meta["instruction"]: s.task_id for s in kept(workspace)}
    rounds = {t.id: t.values["round"] for t in workspace.tasks}
    later = [t for t in workspace.tasks if t.values["round"] > 0]
    assert later
    for task in later:
        grown = [text for text, _ in task.values["tasks"] if text not in known]
        assert len(grown) == 2
        assert all(rounds[own[text]] < task.values["round"] for text in grown)
        assert len(task.values["tasks"]) == 8


def test_rounds_end_when_too_little_is_new(tmp_path: Path, model_server: Start) -> None:
    same = {"instruction": "Name three rivers that freeze over in most winters.", "classification": False, "labels": []}
    reply = json.dumps({"instructions": [same], "instances": [{"number": 1, "input": "", "reasoning": "", "output": "Three of them."}]})
    _, workspace = run(tmp_path / "out", model_server(replies=[reply]), target=40)
    assert len(kept(workspace)) == 1
    assert {t.values["round"] for t in workspace.tasks} == {0}


def test_a_classification_gets_inputs_for_two_of_its_labels(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(mode="qa"), {**HANDBOOK, **CHINESE}, task=["instruct"], target=16)
    labelled = [s for s in found.samples if s.meta["labels"]["form"] == "classification"]
    assert labelled
    for sample in labelled:
        assert sample.messages[-1].content in sample.meta["choices"]
        assert sample.meta["input"]
        assert sample.messages[0].content == f"{sample.meta['instruction']}\n\n{sample.meta['input']}"
    by_task: dict[tuple[str, str], set[str]] = {}
    for sample in labelled:
        by_task.setdefault((sample.task_id, sample.meta["instruction"]), set()).add(sample.messages[-1].content)
    assert max(len(answers) for answers in by_task.values()) == 2


def test_with_documents_every_instance_rests_on_its_passage(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(mode="qa"), {**HANDBOOK, **CHINESE}, task=["instruct"], target=12)
    assert found.rows
    for sample in found.samples:
        (chunk,) = (found.chunks[i] for i in sample.chunk_ids)
        assert sample.meta["language"] == chunk.language
        assert all(chunk.text[e.start - chunk.start : e.end - chunk.start] == e.quote for e in sample.evidence)
        assert sample.evidence
        assert (chunk.text.strip() in sample.messages[0].content) == (sample.meta["context"] == "passage")
    assert len({c for t in found.tasks for c in t.chunk_ids}) == min(len(found.chunks), len(found.tasks))


def test_a_share_thinks_before_it_answers(tmp_path: Path, model_server: Start) -> None:
    _, workspace = run(tmp_path / "out", model_server(mode="qa"), target=20, think=0.5)
    samples = list(workspace.samples)
    for sample in samples:
        assert bool(sample.messages[-1].reasoning) == (sample.meta["labels"]["think"] == "yes")
    assert {s.meta["labels"]["think"] for s in samples} == {"yes", "no"}


def test_few_seeds_of_the_user_are_enough_and_equal_prompts_are_drawn_again(tmp_path: Path, model_server: Start) -> None:
    path = seed_file(tmp_path, {"instruction": "Name a tree that keeps its leaves in winter.", "output": "The holly."})
    _, workspace = run(tmp_path / "out", model_server(mode="qa"), target=12, seeds=path)
    tasks = list(workspace.tasks)
    assert len({t.id for t in tasks}) == len(tasks)
    assert max(t.values["draw"] for t in tasks) > 0
    assert {t.values["language"] for t in tasks} == {"en"}


GOOD = {"instruction": "Name a tree.", "output": "Oak."}


@pytest.mark.parametrize(
    ("row", "says", "hint"),
    [
        ({"instuction": "Name a tree.", "output": "Oak."}, "seeds.jsonl:2: unknown key 'instuction'", "instruction"),
        ({"instruction": "Name a tree."}, "seeds.jsonl:2: output is missing", "instruction and output"),
        ({**GOOD, "classification": "yes"}, 'seeds.jsonl:2: classification is "yes"', "true or false"),
        ({**GOOD, "input": 3}, "seeds.jsonl:2: input is 3", "text"),
        (["Name a tree."], "seeds.jsonl:2: not a JSON object", "instruction"),
        ("{oak\n", "seeds.jsonl:2: not JSON", "one JSON object"),
    ],
)
def test_a_wrong_seed_is_named_before_anything_is_asked(tmp_path: Path, model_server: Start, row: object, says: str, hint: str) -> None:
    server = model_server(mode="qa")
    with pytest.raises(UsageError) as caught:
        run(tmp_path / "out", server, seeds=seed_file(tmp_path, GOOD, row))
    assert says in caught.value.message
    assert hint in caught.value.hint
    assert server.stats()["requests"] <= 1  # whether the model is there


def test_a_seed_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the seed tasks"):
        seeds(Settings(seeds=str(tmp_path / "none.jsonl")))


def test_the_command_needs_no_documents_for_it_but_for_others(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    command = [sys.executable, "-m", "curate", "build", "--model", "test-model", "--base-url", server.url, "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, "--task", "instruct", "--set", "target=3"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sum(1 for _ in (tmp_path / "out" / "dataset" / "sharegpt").glob("*.jsonl"))
    refused = subprocess.run([*command, "--task", "qa"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "SOURCES" in refused.stderr or "documents" in refused.stderr
