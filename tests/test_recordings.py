"""What a real language model answered to each kind's prompts is played back: replies are valid, samples pass, nothing unknown is asked.

Each `recordings/KIND.toml` holds the settings of a build over the samples, `KIND.jsonl` the replies by the hash of their request
(`recordings/README.md` says how they are made).
"""

import os
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer

from curate.pipeline import Job, build
from curate.progress import Silent
from curate.settings import Settings
from curate.workspace import Workspace, passed

Start = Callable[..., ModelServer]
ROOT = Path(__file__).resolve().parent.parent
RECORDINGS = ROOT / "tests" / "recordings"
KINDS = sorted(path.stem for path in RECORDINGS.glob("*.toml"))
SOURCES = [Path("handbook-en"), Path("handbook-zh")]
JUDGED = "judges"
FOUND = {
    "When is firmware 4.2 installed on GC-100 and GC-200 controllers?": "agreement",  # said of all controllers, holds for some
    "What hole diameter and what tightening torque are used to mount the cabinet of the GC-100 on the wall?": "agreement",  # not its
    "仓库发现超温货物后，应当在多长时间内通知客户质量部门？": "agreement",  # the condition is gone
    "request annual leave 20 working days how far ahead": "rubric",  # the rule for shorter leave
    "仓库停电时应当怎样处理？": "rubric",  # the last step is gone, from the quote too
    "So what is it that the screen control does in steps of 2 percent with pauses of 30 seconds under firmware 4.2?": "rubric",
    "What can I do if a GC-200 does not start after the update to firmware 4.2, and are its settings lost?": "rubric",  # not planted
}
"""The flaws among its replies, all but the last planted: rules let them through, and which judge finds them."""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the samples are parsed, with the plan that the recordings were made with."""
    folder = tmp_path_factory.mktemp("recordings") / "parsed"
    before = Path.cwd()
    os.chdir(ROOT / "samples")
    try:
        build(Job(SOURCES, Workspace.create(folder), Settings(task=["extractive"], limit=1), Silent()))
    finally:
        os.chdir(before)
    shutil.copy(RECORDINGS / "plan.json", folder / "plan.json")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_recorded_replies_are_valid_and_their_samples_pass(
    kind: str, parsed: Path, tmp_path: Path, model_server: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT / "samples")
    server = model_server(mode="replay", folder=RECORDINGS, model="recorded")
    out = shutil.copytree(parsed, tmp_path / "out")
    (out / ".curate" / "manifest.json").unlink()
    own = tomllib.loads((RECORDINGS / f"{kind}.toml").read_text(encoding="utf-8"))
    given = {"task": [kind], "model": "recorded", "base_url": server.url, **own}
    workspace = Workspace.open(out)
    built = build(Job(SOURCES, workspace, Settings(**given), Silent()))
    counts = built.counts
    assert counts is not None
    unknown = [f.error for f in workspace.failures if "no recording" in f.error]
    assert unknown == [], "a prompt, a setting or the planning changed: record this kind again"
    assert counts.made >= 6
    assert counts.invalid + counts.failed <= 0.1 * counts.made
    made = [all(v.passed for v in verdicts) for _, verdicts in workspace.judged()]
    if kind == JUDGED:
        rejected = {s.messages[0].content: [v.check for v in verdicts if not v.passed] for s, verdicts in workspace.judged()}
        assert {question: checks for question, checks in rejected.items() if checks} == {q: [check] for q, check in FOUND.items()}
    else:
        assert sum(made) >= 0.9 * len(made)
    assert any(passed(verdicts) for _, verdicts in workspace.judged())


def test_every_kind_that_asks_a_model_is_recorded_in_both_languages() -> None:
    from curate import plugins

    asking = {name for name in plugins.names("generators") if plugins.load("generators", name).MODEL}
    assert asking <= set(KINDS)
