"""A real vLLM, started by curate and asked through curate: the model is tiny and talks nonsense, all around it is what users run."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from conftest import OPTIONS, VLLM, Opened, Other, Pairs

from curate.doctor import CLOCK
from curate.errors import EndpointError, ReplyError
from curate.llm import Models
from curate.records import Message
from curate.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]
WORDS = ["pump", "valve", "form", "stock", "night", "store", "shift", "label", "glass", "paper"]
Start = Callable[..., "subprocess.Popen[str]"]


async def answers(models: Models, reply: type[Any], count: int, **how: Any) -> list[Any]:
    values = [{"item": n, "text": " ".join(WORDS[n % 7 :])} for n in range(count)]
    return await asyncio.gather(*(models.bound()("ask", reply, v, **how) for v in values))


async def test_replies_follow_a_schema_and_are_remembered(vllm: Settings, opened: Opened) -> None:
    said: list[str] = []
    async with opened(vllm, said) as models:
        began = time.monotonic()
        found = [*await answers(models, Pairs, 12), *await answers(models, Other, 12)]
        print(f"24 replies in {time.monotonic() - began:.1f} s: {models.counts}")
        assert models.counts.invalid <= 2, "a reply may be cut off before its JSON ends; no more than that"
    assert said == [], "vLLM takes a schema as it is sent"
    async with opened(vllm) as models:
        assert [*await answers(models, Pairs, 12), *await answers(models, Other, 12)] == found
        assert (models.counts.sent, models.counts.remembered) == (0, 24)


async def test_draws_of_one_prompt_differ_and_each_is_remembered(vllm: Settings, opened: Opened) -> None:
    async with opened(vllm) as models:
        drawn = [(await answers(models, Pairs, 1, draw=draw))[0] for draw in range(4)]
        assert len({d.model_dump_json() for d in drawn}) > 1
        assert models.counts.made == 4
    async with opened(vllm) as models:
        assert [(await answers(models, Pairs, 1, draw=draw))[0] for draw in range(4)] == drawn
        assert models.counts.sent == 0


async def test_tools_are_called_and_their_results_read(vllm: Settings, opened: Opened) -> None:
    async with opened(vllm) as models:
        ask, turns = models.bound(), [Message("user", "glass valve stock")]
        turn = await ask.chat(turns, [CLOCK])
        (call,) = turn.tool_calls
        assert call.name == "current_time"
        assert list(call.arguments) == ["city"]
        after = await ask.chat([*turns, turn, Message("tool", '{"time": "12:00"}', tool_call_id=call.id)], [CLOCK])
        assert after.content or after.tool_calls
        assert models.counts.made == 2


def test_several_choices_of_one_request_are_served(vllm: Settings) -> None:
    body = {"model": vllm.model, "n": 2, "max_tokens": 200, "messages": [{"role": "user", "content": "glass valve"}]}
    headers = {"content-type": "application/json", "authorization": f"Bearer {Path(vllm.api_key_file).read_text()}"}
    with urlopen(Request(f"{vllm.base_url}/chat/completions", json.dumps(body).encode(), headers)) as page:
        assert len(json.load(page)["choices"]) == 2


async def test_a_prompt_that_is_too_long_fails_by_that_name_and_is_not_sent_again(vllm: Settings, opened: Opened) -> None:
    async def ask(models: Models) -> ReplyError:
        with pytest.raises(ReplyError) as raised:
            await models.bound()("ask", Pairs, {"item": 1, "text": "glass valve " * 5000})
        return raised.value

    async with opened(vllm) as models:
        error = await ask(models)
        assert error.too_long
        assert "do not fit the model's context" in error.message
        assert "4096" in error.message
    async with opened(vllm) as models:
        assert (await ask(models)).too_long
        assert models.counts.sent == 0


async def test_a_request_without_the_key_is_turned_down(vllm: Settings, opened: Opened) -> None:
    with pytest.raises(EndpointError, match="does not accept the key"):
        async with opened(vllm, api_key_file=""):
            pass


@pytest.fixture
def build(engine: Path, tmp_path: Path) -> Iterator[Start]:
    """`build(flag, ...)` starts a build of small documents with the tiny model in `tmp_path / "out"`."""
    started: list[subprocess.Popen[str]] = []
    sources = tmp_path / "docs"
    sources.mkdir()
    for n in range(30):
        facts = [f"Pump {n} of series {k} opens at {100 + 7 * n + k} kPa and is checked every {k + 2} weeks." for k in range(4)]
        (sources / f"pump-{n:02d}.md").write_text(f"# Pump {n}\n\n" + "\n".join(facts) + "\n")
    (tmp_path / "out").mkdir()
    options = json.dumps([*OPTIONS, f"--served-model-name={MODEL}"])
    (tmp_path / "curate.toml").write_text(f'vllm_python = "{engine}"\nvllm_options = {options}\ntopics = 0\naudiences = 0\nrounds = 0\n')

    def start(*flags: str) -> subprocess.Popen[str]:
        sets = ["max_reply_tokens=600", "send_attempts=2", "filters=length", "workers=1"]
        words = [*flags, *(word for s in sets for word in ("--set", s)), "--concurrency", "4", "--max-failures", "1"]
        command = [sys.executable, "-m", "curate", "build", str(sources), "--out", str(tmp_path / "out"), "--model", VLLM["model"], *words]
        started.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


MODEL = "tiny"


def finish(build: "subprocess.Popen[str]") -> tuple[int, str]:
    _, said = build.communicate(timeout=900)
    print(said)
    return build.returncode, said


def keys(out: Path) -> set[str]:
    with closing(sqlite3.connect(out / ".curate/cache.sqlite")) as link:
        return {key for (key,) in link.execute("SELECT key FROM replies")}


def processes(log: Path) -> set[int]:
    """All that wrote to the log: the server, its engine, the engine's workers."""
    return {int(number) for number in re.findall(r"^\((?:APIServer|EngineCore|Worker)\S* pid=(\d+)\)", log.read_text(), re.M)}


def living(numbers: set[int]) -> set[int]:
    """Those that still run after some seconds."""
    until = time.monotonic() + 20
    while (left := {n for n in numbers if Path(f"/proc/{n}/exe").exists()}) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def test_a_build_ends_with_its_accounts_in_order_and_no_process_left(build: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    began = time.monotonic()
    code, said = finish(build("--limit", "10"))
    print(f"{time.monotonic() - began:.0f} s in all")
    assert code == 0, said
    command = [sys.executable, "-m", "curate", "status", str(out), "--json"]
    status = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    stages = {stage["name"]: stage for stage in status["stages"]}
    assert stages["tasks"]["total"] == 30
    for stage in stages.values():
        assert stage["total"] == sum(stage[k] for k in ("produced", "rejected", "failed", "skipped")), stage
    asks = json.loads((out / ".curate/manifest.json").read_text())["asks"]
    assert asks["made"] + asks["failed"] == 10
    assert asks["sent"] == len(keys(out)), "each request is one reply in the ledger"
    log = out / ".curate/vllm.log"
    assert not living(processes(log))
    assert "api_key" not in log.read_text()


def test_a_vllm_that_is_killed_ends_the_build_with_5_and_the_next_one_goes_on(build: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = build()
    assert first.stderr
    while "vLLM serves" not in (said := first.stderr.readline()):  # the ledger is there by then
        assert said, "the build ended before vLLM could be asked"
    while len(keys(out)) < 4:
        assert first.poll() is None, finish(first)[1]
        time.sleep(0.02)
    group = processes(out / ".curate/vllm.log")
    os.killpg(os.getpgid(min(group)), signal.SIGKILL)
    code, said = finish(first)
    assert code == 5, said
    assert "vLLM ended while it was asked: it was killed (SIGKILL)" in said
    assert not living(group)
    paid = keys(out)
    assert len(paid) >= 4
    code, said = finish(build())
    assert code == 0, said
    asks = json.loads((out / ".curate/manifest.json").read_text())["asks"]
    assert keys(out) > paid
    assert asks["sent"] == len(keys(out) - paid), "a request of the first build was sent again"
    assert asks["made"] + asks["remembered"] + asks["failed"] == 30


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--max-model-len=999999"], r"max_model_len \(999999\) is greater than"),
        (["--nonsense"], r"unrecognized arguments: --nonsense"),
    ],
)
def test_a_start_that_fails_says_why(build: Start, tmp_path: Path, options: list[str], reason: str) -> None:
    code, said = finish(build("--set", f"vllm_options={','.join(options)}"))
    assert code == 5
    assert re.search(f"vLLM did not start: .*{reason}", said), said
    assert "Traceback" not in said
