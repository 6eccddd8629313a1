"""`--model vllm:NAME`: real processes that are started, asked, stopped and killed; a stand-in answers where vLLM would."""

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

import pytest
import vllm_stand_in
from model_server import ModelServer

from curate import serving
from curate.errors import EndpointError, UsageError
from curate.serving import _log
from curate.settings import Settings

DOCUMENTS = 24
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def with_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This Python has a package `vllm` now."""
    monkeypatch.setenv("PYTHONPATH", str(vllm_stand_in.install(tmp_path / "site")))
    for name in ("CURATE_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for n in range(DOCUMENTS):
        facts = [f"Pump {n} of series {k} opens at {100 + 7 * n + k} kPa and is checked every {k + 2} weeks." for k in range(8)]
        (folder / f"pump-{n:02d}.md").write_text(f"# Pump {n}\n\n" + "\n".join(facts) + "\n")
    return folder


@pytest.fixture
def start_build(documents: Path) -> Iterator[Start]:
    """Starts builds in sessions of their own, as a terminal does: `start_build(out, *flags, options="what vLLM is told")`."""
    started: list[subprocess.Popen[str]] = []

    def start(out: Path, *flags: str, options: str = "") -> subprocess.Popen[str]:
        small = ["topics=0", "audiences=0", "examples=0", "rounds=0", "filters=length", "workers=1", "send_attempts=2"]
        small += [f"vllm_options={options}"] if options else []
        words = ["build", str(documents), "--out", str(out), *flags, *(word for s in small for word in ("--set", s)), "--concurrency", "4"]
        command = [sys.executable, "-m", "curate", *words]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True))
        return started[-1]

    yield start
    for build in started:
        build.kill()
        build.communicate()


def finish(build: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = build.communicate(timeout=120)
    return build.returncode, said


def log_of(out: Path) -> Path:
    return out / ".curate/vllm.log"


def processes(log: Path, build: "subprocess.Popen[str] | None" = None) -> tuple[int, int]:
    """The server and its worker, by number."""
    while not (found := log.exists() and re.search(r"server (\d+) worker (\d+)", log.read_text())):
        assert build is not None, "the server was never started"
        assert build.poll() is None, "the build ended before its server started"
        time.sleep(0.02)
    return int(found[1]), int(found[2])


def gone(number: int) -> bool:
    """Whether a process ends within seconds; one that nobody has waited for yet has ended, too."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def replies(out: Path) -> int:
    with closing(sqlite3.connect(out / ".curate/cache.sqlite")) as link:
        count: int = link.execute("SELECT count(*) FROM replies").fetchone()[0]
    return count


def wait_for_replies(out: Path, count: int, build: "subprocess.Popen[str]") -> None:
    """The server was started by then, and the ledger before it."""
    while replies(out) < count:
        assert build.poll() is None, "the build never asked"
        time.sleep(0.02)


def asks(out: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((out / ".curate/manifest.json").read_text())["asks"]
    return found


def failure(settings: Settings, folder: Path) -> EndpointError:
    with pytest.raises(EndpointError) as raised, serving.serve(settings, folder, lambda _: None):
        pass
    return raised.value


@pytest.mark.usefixtures("with_vllm")
def test_a_build_starts_its_server_stops_it_and_remembers_replies_for_any_other(
    start_build: Start, tmp_path: Path, model_server: Callable[..., ModelServer]
) -> None:
    out = tmp_path / "out"
    code, said = finish(start_build(out, "--model", "vllm:tiny"))
    assert code == 0, said
    assert "vLLM serves tiny after" in said
    log = log_of(out).read_text()
    assert f"asked {DOCUMENTS}" in log
    assert all(gone(number) for number in processes(log_of(out)))
    assert 'model = "vllm:tiny"' in (out / "curate.toml").read_text()
    assert not [p for p in out.rglob("*") if p.is_file() and b"Bearer" in p.read_bytes()]

    began = log_of(out).stat().st_mtime_ns
    assert finish(start_build(out, "--model", "vllm:tiny"))[0] == 0
    assert log_of(out).stat().st_mtime_ns == began, "a server was started though there was nothing to ask"

    server = model_server(model="tiny")
    code, said = finish(start_build(out, "--model", "tiny", "--base-url", server.url))
    assert code == 0, said
    assert (asks(out)["made"], asks(out)["remembered"]) == (0, DOCUMENTS)
    assert server.stats()["requests"] == 0


@pytest.mark.usefixtures("with_vllm")
def test_a_server_that_is_killed_ends_the_build_with_5_and_the_next_one_pays_nothing_twice(start_build: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build = start_build(out, "--model", "vllm:tiny", options="--latency=0.3")
    server, worker = processes(log_of(out), build)
    wait_for_replies(out, 4, build)
    os.kill(server, signal.SIGKILL)
    code, said = finish(build)
    assert code == 5, said
    assert "vLLM ended while it was asked: it was killed (SIGKILL)" in said
    assert str(log_of(out)) in said
    assert gone(worker), "the worker of a killed server lives on"
    paid = replies(out)
    assert 0 < paid < DOCUMENTS
    log_of(out).unlink()
    dry = start_build(out, "--model", "vllm:tiny", "--dry-run", "--json")
    estimate = json.loads(dry.communicate(timeout=60)[0])
    assert (estimate["remembered"], estimate["calls"]) == (paid, DOCUMENTS - paid)
    assert not log_of(out).exists(), "a dry run started a server"
    code, said = finish(start_build(out, "--model", "vllm:tiny"))
    assert code == 0, said
    assert (asks(out)["remembered"], asks(out)["made"]) == (paid, DOCUMENTS - paid)
    assert f"asked {DOCUMENTS - paid}" in log_of(out).read_text()


@pytest.mark.usefixtures("with_vllm")
def test_the_server_ends_with_a_build_that_is_killed(start_build: Start, tmp_path: Path) -> None:
    build = start_build(tmp_path / "out", "--model", "vllm:tiny", options="--latency=0.3")
    server, worker = processes(log_of(tmp_path / "out"), build)
    wait_for_replies(tmp_path / "out", 1, build)
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate()
    assert gone(server)
    assert gone(worker)


@pytest.mark.usefixtures("with_vllm")
def test_ctrl_c_reaches_the_server_only_after_its_replies_have_come(start_build: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build = start_build(out, "--model", "vllm:tiny", options="--latency=0.4")
    server, worker = processes(log_of(out), build)
    wait_for_replies(out, 4, build)
    os.killpg(build.pid, signal.SIGINT)  # as a terminal does it: to all of the foreground
    code, said = finish(build)
    assert code == 130, said
    assert gone(server)
    assert gone(worker)
    asked = re.search(r"asked (\d+)", log_of(out).read_text())
    assert asked, "the server was not stopped in peace"
    assert replies(out) == int(asked[1]) < DOCUMENTS


@pytest.mark.usefixtures("with_vllm")
def test_a_start_that_fails_says_vllms_own_reason(start_build: Start, tmp_path: Path) -> None:
    reason = "the header is larger than the file"
    code, said = finish(start_build(tmp_path / "out", "--model", "vllm:tiny", options=f"--fail={reason}"))
    assert code == 5
    assert f"vLLM did not start: SafetensorError: {reason}" in said
    assert "vllm_python" in said
    assert "Traceback" not in said
    assert gone(processes(log_of(tmp_path / "out"))[1])


@pytest.mark.usefixtures("with_vllm")
def test_an_option_that_vllm_does_not_know_is_named(tmp_path: Path) -> None:
    error = failure(Settings(model="vllm:tiny", vllm_options=["--nonsense=3"]), tmp_path)
    assert "unrecognized arguments: --nonsense=3" in error.message


@pytest.mark.usefixtures("with_vllm")
def test_a_start_that_takes_too_long_says_what_vllm_does_and_leaves_nothing_behind(tmp_path: Path) -> None:
    error = failure(Settings(model="vllm:tiny", vllm_options=["--slow=60"], vllm_timeout=1), tmp_path)
    assert error.message == "vLLM did not start within 1 s; it last said: Loading weights"
    assert "vllm_timeout" in error.hint
    assert all(gone(number) for number in processes(tmp_path / "vllm.log"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "vllm:tiny"}, "has no vLLM"),
        ({"model": "vllm:tiny", "vllm_python": "/nowhere/python"}, "there is no program '/nowhere/python'"),
        ({"model": "vllm:./no/model"}, "there is no model at no/model"),
        ({"model": "vllm:{folder}"}, "has no config.json"),
    ],
)
def test_what_cannot_start_is_told_within_seconds(settings: dict[str, str], message: str, tmp_path: Path) -> None:
    began = time.monotonic()
    error = failure(Settings(**{k: v.format(folder=tmp_path) for k, v in settings.items()}), tmp_path)  # type: ignore[arg-type]
    assert message in error.message
    assert error.exit_code == 5
    assert error.hint
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("settings", [{"model": "vllm:"}, {"model": "vllm:tiny", "vllm_options": ["--port", "80"]}])
def test_a_mistake_in_the_settings_is_a_mistake_of_the_user(settings: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UsageError), serving.serve(Settings(**settings), tmp_path, lambda _: None):  # type: ignore[arg-type]
        pass


@pytest.mark.usefixtures("with_vllm")
def test_each_role_has_its_own_server_and_its_own_key_that_no_log_holds(tmp_path: Path) -> None:
    roles = {"judge": {"model": "vllm:other", "temperature": 0.0}, "answer": {"model": "far-away"}}
    settings = Settings(model="vllm:tiny", base_url="http://far.example/v1", roles=roles, vllm_options=[])
    with serving.serve(settings, tmp_path, lambda _: None) as served:
        judge = served.roles["judge"]
        assert (served.model, judge["model"], judge["temperature"]) == ("tiny", "other", 0.0)
        assert served.base_url != judge["base_url"]
        assert served.roles["answer"] == {"model": "far-away", "base_url": "http://far.example/v1", "api_key_file": ""}
        keys = [Path(place).read_text() for place in (served.api_key_file, judge["api_key_file"])]
        assert len(set(keys)) == 2
    logs = [tmp_path / name for name in ("vllm.log", "vllm-2.log")]
    assert all(gone(number) for log in logs for number in processes(log))
    assert not [log for log in logs for key in keys if key in log.read_text()]


def test_a_model_is_remembered_under_the_name_it_is_served_by() -> None:
    settings = Settings(model="vllm:/models/some", vllm_options=["--served-model-name", "some"], roles={"judge": {"model": "vllm:other"}})
    assert serving.named(settings).model == "some"
    plain = Settings(model="some")
    assert serving.named(plain) == plain


def test_settings_without_vllm_start_nothing(tmp_path: Path) -> None:
    settings = Settings(model="tiny", base_url="http://127.0.0.1:1/v1")
    with serving.serve(settings, tmp_path, lambda _: None) as served:
        assert served == settings
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            "(APIServer pid=7) INFO 01-02 03:04:05 [model.py:1] Using max model len 4096\n"
            "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n"
            "  Value error, max_model_len (99) is greater than it may be. [type=value_error, input_value=ArgsKwargs]\n"
            "    For further information visit https://errors.example\n",
            "max_model_len (99) is greater than it may be.",
        ),
        (
            "\x1b[0;36m(Worker pid=9)\x1b[0;0m ERROR 01-02 03:04:05 [executor.py:953] torch.OutOfMemoryError: CUDA out of memory.\r\n"
            "Traceback (most recent call last):\nRuntimeError: Engine core initialization failed. See root cause above.\n",
            "torch.OutOfMemoryError: CUDA out of memory.",
        ),
        (
            "usage: api_server.py [-h]\napi_server.py: error: unrecognized arguments: --x\n",
            "api_server.py: error: unrecognized arguments: --x",
        ),
        ("INFO:     Started server process [7]\n", ""),
    ],
)
def test_the_reason_is_found_in_a_log(log: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "vllm.log").write_text(log)
    assert _log.reason(tmp_path / "vllm.log") == reason


def test_the_last_line_of_a_log_is_told_without_time_and_place(tmp_path: Path) -> None:
    path = tmp_path / "vllm.log"
    assert _log.last_line(path) == ""
    path.write_text(
        "(EngineCore pid=11595) INFO 11-24 11:56:24 [core.py:402] init engine took 3.87 s\nLoading:  0%\rLoading: 50%\rLoading: 90%"
    )
    assert _log.last_line(path) == "Loading: 90%"
    path.write_text("(EngineCore pid=11595) INFO 11-24 11:56:24 [core.py:402] init engine took 3.87 s\n\n")
    assert _log.last_line(path) == "init engine took 3.87 s"
