"""`curate prompts`: to list, read, eject and try the prompts."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer

Start = Callable[..., ModelServer]


def curate(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "curate", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("prompts")
    (root / "docs").mkdir()
    (root / "docs" / "a.md").write_text(
        "# Pumps\n\nThe pump is primed before it is started. It is checked every 3 weeks by the shift lead.\n"
    )
    assert curate("build", "docs", "--out", "out", "-q", cwd=root).returncode == 0
    return root


def test_every_prompt_is_listed_with_its_languages(workspace: Path) -> None:
    found = json.loads(curate("prompts", "list", "--json", "-w", "out", cwd=workspace).stdout)["prompts"]
    assert {"qa", "judge", "answer"} <= {p["name"] for p in found}
    assert {p["language"] for p in found if p["name"] == "qa"} == {"en", "zh"}


def test_an_ejected_prompt_is_the_one_that_counts_and_is_not_overwritten(workspace: Path) -> None:
    made = curate("prompts", "eject", "agree", "--language", "en", "-w", "out", cwd=workspace)
    path = workspace / made.stdout.strip()
    path.write_text("Mine.\n\n# user\n{{ question }}\n")
    assert curate("prompts", "show", "agree", "-w", "out", cwd=workspace).stdout.startswith("Mine.")
    again = curate("prompts", "eject", "agree", "-w", "out", cwd=workspace)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert "zh" not in [p.name for p in (workspace / "out" / "prompts").iterdir()]


def test_without_a_model_a_trial_shows_what_would_be_asked(workspace: Path) -> None:
    tried = curate("prompts", "try", "qa", "-w", "out", cwd=workspace)
    assert tried.returncode == 0
    assert "The pump is primed" in tried.stdout
    assert "nothing was asked" in tried.stdout


def test_a_trial_asks_once_and_shows_the_samples_with_their_verdicts(workspace: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    command = ("prompts", "try", "qa", "-w", "out", "--model", "test-model", "--base-url", server.url, "--json")
    first, second = (json.loads(curate(*command, cwd=workspace).stdout) for _ in range(2))
    assert first == second
    assert server.stats()["requests"] == 1
    assert first["samples"]
    assert {v["check"] for s in first["samples"] for v in s["verdicts"]} >= {"grounded", "quality"}
    assert first["messages"][-1]["role"] == "user"
    built = curate("build", "docs", "--out", "out", "--model", "test-model", "--base-url", server.url, "--json", cwd=workspace)
    assert json.loads(built.stdout)["this_run"]["asks"]["remembered"] == 1, "the build finds the trial's reply"


def test_a_reply_that_is_no_answer_is_shown_with_its_reason(workspace: Path, model_server: Start) -> None:
    server = model_server(mode="text")
    tried = curate(
        "prompts",
        "try",
        "qa",
        "-w",
        "out",
        "--model",
        "test-model",
        "--base-url",
        server.url,
        "--set",
        "seed=9",
        "--set",
        "top_p=0.9",
        cwd=workspace,
    )
    assert tried.returncode == 3
    assert "no usable reply" in tried.stdout


@pytest.mark.parametrize(("arguments", "says"), [(("try", "nothing"), "choose from"), (("try", "qa", "--chunk", "zzz"), "ids look like")])
def test_a_wrong_name_or_id_is_answered_with_what_there_is(workspace: Path, arguments: tuple[str, ...], says: str) -> None:
    tried = curate("prompts", *arguments, "-w", "out", cwd=workspace)
    assert tried.returncode == 2
    assert says in tried.stderr
