"""The command line as a first-time user and a careless user meet it: one message, the right exit code, no traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from curate.__main__ import main
from curate.cli import _progress, _show
from curate.records import Failure

Start = Callable[..., ModelServer]
PUMPS = "# Pump handbook\n\n" + "\n\n".join(
    f"## Pump P{k}\n\nPump P{k} delivers {10 + k} litres per minute at {k + 2} bar. It is checked every {k + 2} weeks by the fitter."
    for k in range(8)
)
QA = """# Questions about the workshop

## How do I report a leak?

Call the shift lead on extension 40, close the nearest valve and write the time into the log book.

## Who keeps the keys of the workshop?

The keys of the workshop are kept at the gate by the guard of the day, who hands them out against a signature.
"""
BROKEN = b"%PDF-1.7\nnothing"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        assert found["schema_version"] == 1
        return found


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def a_fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith(("CURATE_", "OPENAI_")) or n in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("CURATE_WORKERS", "1")
    monkeypatch.setenv("CURATE_FILTERS", "length")  # the others take seconds to load
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """Runs the command as `curate` does, in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["curate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(int(ended.value.code or 0), out, err)

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def folder(path: Path, **files: str | bytes) -> Path:
    """A folder with these files; `__` in a name stands for the dot."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        place = path / name.replace("__", ".")
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def docs() -> Path:
    return folder(Path("docs"), pumps__md=PUMPS, faq__md=QA)


def asking(server: ModelServer, **more: object) -> list[object]:
    words = {"model": "test-model", "base-url": server.url, **more}
    return [word for name, value in words.items() for word in (f"--{name}", value)]


def start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "curate", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


# what goes in


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "there is no file to read in docs: it is empty"),
        ({"__notes__md": "hidden"}, "there is no file to read in docs: hidden (.notes.md)"),
        ({"a__md": b""}, "there is no file to read in docs: empty file (a.md)"),
        (
            {"a__bin": b"\x00\x01\x02\xff" * 9},
            "could be read (1 in all) in docs: no parser reads this type of file (a.bin)",
        ),
        ({"a__pdf": BROKEN, "b__pdf": BROKEN + b"2"}, "damaged PDF: it cannot be opened (a.pdf, b.pdf)"),
    ],
)
def test_a_folder_without_anything_to_read_is_told_with_the_reasons(cli: Cli, files: dict[str, bytes], says: str) -> None:
    folder(Path("docs"), **files)
    said = cli("build", "docs")
    assert said.code == 2
    assert says in said.err
    assert "fix: name a folder with documents, as in .csv .docx" in said.err


def test_a_build_of_nothing_leaves_the_dataset_before_as_it_was(cli: Cli, docs: Path) -> None:
    assert cli("build", docs, "--quiet").code == 0
    before = cli("status", "curated", "--json").json
    folder(Path("empty"))
    assert cli("build", "empty").code == 2
    assert cli("status", "curated", "--json").json == before


def test_a_missing_path_is_told_before_a_workspace_is_made(cli: Cli) -> None:
    said = cli("build", "nowhere", "--out", "w")
    assert (said.code, Path("w").exists()) == (2, False)
    assert "there is no file or folder 'nowhere'" in said.err
    assert "fix: check the path" in said.err


def test_files_that_cannot_be_read_stand_in_the_status_and_stop_nothing(cli: Cli, docs: Path) -> None:
    import pymupdf

    whole = pymupdf.open()
    whole.new_page().insert_text((72, 72), "The gate is opened at seven by the guard of the day.")
    folder(docs, really_a_pdf__docx=whole.tobytes(), empty__md=b"", damaged__pdf=BROKEN)
    locked = whole.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    folder(docs, locked__pdf=locked)
    said = cli("build", docs)
    assert said.code == 3
    assert "2 of 6 files failed, more than 10%" in said.err
    assert "damaged.pdf" in said.err
    assert cli("build", docs, "--max-failures", "0.5", "--quiet").code == 0
    found = cli("status", "curated", "--json").json
    reasons = {f["path"]: (f["outcome"], f["reason"]) for f in found["failures"] if f["stage"] == "files"}
    assert set(reasons) == {"empty.md", "damaged.pdf", "locked.pdf"}
    assert reasons["empty.md"] == ("skipped", "empty file")
    assert "password" in reasons["locked.pdf"][1]
    assert found["failures_left_out"] == 0


def test_verbose_names_files_as_they_fail_and_quiet_says_nothing(cli: Cli, docs: Path) -> None:
    folder(docs, damaged__pdf=BROKEN)
    assert "failed: files: damaged.pdf: damaged PDF" in cli("build", docs, "-v").err
    quiet = cli("build", docs, "--quiet", "--max-failures", "1")
    assert (quiet.code, quiet.err, quiet.out) == (0, "", "curated/dataset/sharegpt\n")
    again = cli("build", docs, "--json", "--max-failures", "1").json
    assert again["this_run"]["unchanged"] == ["files", "chunks", "tasks", "rows"]
    assert again["datasets"]["sharegpt"]["folder"] == "curated/dataset/sharegpt"
    assert again["datasets"]["sharegpt"]["rows"]["train"] > 0


def test_the_list_of_failures_is_capped_unless_all_are_wanted(cli: Cli, docs: Path) -> None:
    folder(docs, **{f"__hidden{n}": "x" for n in range(120)})
    cli("build", docs, "--quiet")
    assert len(cli("status", "curated", "--json").json["failures"]) == 100
    whole = cli("status", "curated", "--json", "--all").json
    assert len(whole["failures"]) == sum(s["failed"] + s["skipped"] for s in whole["stages"] if not s["name"].startswith("samples"))
    assert ".hidden0, .hidden1, .hidden10 and 117 more" in cli("status", "curated").err


# the workspace


def test_what_stands_in_the_way_of_a_workspace_is_named(cli: Cli, docs: Path) -> None:
    Path("file").write_text("mine")
    folder(Path("mine"), letter__txt="mine")
    for out, says in (
        ("file", "file is a file, not a folder"),
        ("mine", "mine is a folder with other things in it"),
        ("file/w", "cannot write file/w: Not a directory"),
        ("/proc/w", "cannot write /proc/w"),
    ):
        said = cli("build", docs, "--out", out)
        assert said.code == 2, said
        assert says in said.err
        assert "--out" in said.err
    assert "File name too long" in cli("build", docs, "--out", "x" * 300).err
    assert Path("mine/letter.txt").read_text() == "mine"
    assert "is not a workspace" in cli("status", "mine").err
    assert "does not exist" in cli("status", "nowhere").err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120k", "none", str(place)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_and_one_that_may_not_be_written_are_told(cli: Cli, docs: Path, small_disk: Path) -> None:
    said = cli("build", docs, "--out", small_disk / "w")
    assert said.code == 2
    assert "disk is full" in said.err or "No space left" in said.err
    assert "fix: free some space" in said.err
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    said = cli("build", docs, "--out", small_disk / "other")
    assert said.code == 2
    assert "Read-only file system" in said.err


def test_a_workspace_of_a_newer_version_is_left_alone(cli: Cli, docs: Path) -> None:
    cli("build", docs, "--quiet")
    manifest = Path("curated/.curate/manifest.json")
    manifest.write_text(json.dumps({"format": 99, "curate": "9.0"}))
    for command in (("build", docs), ("status", "curated"), ("export", "curated")):
        said = cli(*command)
        assert said.code == 2
        assert "curated was written by curate 9.0 (format 99)" in said.err
        assert "fix: upgrade curate" in said.err


def test_a_damaged_table_is_named_and_the_fix_works(cli: Cli, docs: Path) -> None:
    folder(docs, __hidden="x")
    cli("build", docs, "--quiet", "--set", "min_answer_chars=70")
    for table in ("tasks", "samples", "verdicts", "failures", "documents"):
        part = next(p for p in sorted(Path("curated/.curate", table).glob("*.parquet")))
        whole = part.read_bytes()
        part.write_bytes(whole[:100])
        said = cli("status", "curated")
        assert said.code == 2
        assert f"{part} is damaged" in said.err
        assert "fix: delete curated/.curate/manifest.json and run the build again" in said.err
        if table != "documents":
            part.write_bytes(whole)
    Path("curated/.curate/manifest.json").unlink()
    assert cli("build", docs, "--quiet").code == 0
    assert cli("status", "curated").code == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"stages": []}', '{"format": "new"}'])
def test_a_damaged_manifest_is_named(cli: Cli, docs: Path, text: str) -> None:
    cli("build", docs, "--quiet")
    Path("curated/.curate/manifest.json").write_text(text)
    said = cli("status", "curated", "--json")
    assert said.code == said.json["exit_code"] == 2
    assert "manifest.json is damaged" in said.json["error"]["message"]


def test_a_second_build_beside_a_running_one_names_its_process(cli: Cli, docs: Path, model_server: Start) -> None:
    first = start("build", docs, *asking(model_server(mode="qa", latency=20)))
    lock = Path("curated/.curate/lock")
    until = time.monotonic() + 30
    while not (lock.exists() and lock.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    said = cli("build", docs, "--style", "alpaca")
    assert cli("status", "curated").code == 0
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert said.code == 2
    assert f"another build is running in curated (pid {first.pid})" in said.err
    assert "alpaca" not in (Path("curated/curate.toml").read_text() if Path("curated/curate.toml").exists() else "")


# settings


@pytest.mark.parametrize(
    ("words", "says", "fix"),
    [
        (["--style", "sharegtp"], "no format named 'sharegtp'", "did you mean 'sharegpt'"),
        (["--task", "extractiv"], "no generator named 'extractiv'", "did you mean 'extractive'"),
        (["--set", "filters=lenght"], "no filter named 'lenght'", "did you mean 'length'"),
        (["--set", "chunk_tokns=3"], "unknown setting 'chunk_tokns'", "did you mean 'chunk_tokens'"),
        (["--set", "chunk_tokens"], "--set 'chunk_tokens' has no value", "--set key=value"),
        (["--set", "chunk-tokens=many"], "--set chunk_tokens = 'many': Input should be a valid integer", "Tokens a chunk aims at"),
        (["--limit", "-1"], "--limit = -1: Input should be greater", "Tasks to run at most"),
        (["--limit", "few"], "Invalid value for '--limit'", "curate build --help"),
        (["--pii", "hide"], "--pii = 'hide': Input should be 'keep', 'mask' or 'drop'", "Personal data"),
        (["--stile", "x"], "No such option: --stile", "curate build --help"),
        (["--style", "text", "--set", "chat_template=qwen9"], "no chat_templates file named 'qwen9", "did you mean"),
        (["--set", "prices=nowhere.toml"], "the price table nowhere.toml cannot be read", "prices"),
        (["--model", "m", "--base-url", "localhost:8000"], "--base-url 'localhost:8000' is no address", "http://127.0.0.1:8000/v1"),
    ],
)
def test_a_wrong_flag_is_named_with_the_fix_and_is_not_kept(cli: Cli, docs: Path, words: list[str], says: str, fix: str) -> None:
    said = cli("build", docs, "--json", *words)
    assert said.code == said.json["exit_code"] == 2
    assert says in said.json["error"]["message"]
    assert fix in said.json["error"]["hint"]
    assert says in said.err
    assert not Path("curated/curate.toml").exists()


def test_a_wrong_command_variable_and_file_are_named(cli: Cli, docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No such command 'biuld'. Did you mean 'build'?" in cli("biuld", docs).err
    Path("curate.toml").write_text("chunk_token = 3\n")
    said = cli("build", docs)
    assert "curate.toml: unknown setting 'chunk_token'" in said.err
    assert "did you mean 'chunk_tokens'" in said.err
    Path("curate.toml").write_text("seed = = 1\n")
    assert "curate.toml is not valid TOML" in cli("build", docs).err
    Path("curate.toml").unlink()
    monkeypatch.setenv("CURATE_STYL", "x")
    said = cli("build", docs)
    assert (said.code, "unknown environment variable CURATE_STYL" in said.err, "CURATE_STYLE" in said.err) == (2, True, True)


def test_config_says_where_each_value_comes_from(cli: Cli, docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("build", docs, "--quiet", "--set", "chunk_tokens=300")
    monkeypatch.setenv("CURATE_SEED", "7")
    found = cli("config", "curated", "--json", "--set", "pii=keep").json
    assert (found["settings"]["chunk_tokens"], found["origin"]["chunk_tokens"]) == (300, "curated/curate.toml")
    assert (found["origin"]["seed"], found["origin"]["pii"], found["origin"]["model"]) == ("CURATE_SEED", "--set pii", "default")
    shown = cli("config", "curated", "--origin")
    assert [line.split() for line in shown.out.splitlines() if "chunk_tokens " in line] == [["chunk_tokens", "300", "curated/curate.toml"]]
    assert shown.err == ""


# the model


def test_a_server_that_is_not_there_is_told_at_once_and_not_kept(cli: Cli, docs: Path, model_server: Start) -> None:
    server = model_server()
    server.stop()
    began = time.monotonic()
    said = cli("build", docs, *asking(server))
    assert time.monotonic() - began < 8
    assert said.code == 5
    assert f"{server.url} cannot be reached" in said.err
    assert "fix: start the server" in said.err
    assert cli("build", docs, "--quiet").code == 0, "the next build must not ask that server"


def test_the_hint_names_the_file_that_a_wrong_model_comes_from(cli: Cli, docs: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    Path("curate.toml").write_text(f'model = "test-modle"\nbase_url = "{server.url}"\n')
    said = cli("build", docs)
    assert said.code == 5
    assert "has no model 'test-modle'" in said.err
    assert "did you mean 'test-model'" in said.err
    assert "stands in " in said.err
    assert "curate.toml" in said.err


def test_a_wrong_key_is_told_before_anything_is_parsed(cli: Cli, docs: Path, model_server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATE_API_KEY", "wrong-key-of-the-user")
    said = cli("build", docs, *asking(model_server(mode="qa", key="another")), "--json")
    assert said.code == 5
    assert "does not accept the key (401)" in said.json["error"]["message"]
    assert "CURATE_API_KEY" in said.json["error"]["hint"]
    assert "wrong-key-of-the-user" not in said.out + said.err
    assert not list(Path("curated/.curate/documents").glob("*"))


def test_an_unknown_model_of_a_server_without_a_list_is_told(cli: Cli, docs: Path, model_server: Start) -> None:
    said = cli("build", docs, *asking(model_server(mode="qa", models=0), model="nope"))
    assert said.code == 5
    assert "The model `nope` does not exist" in said.err
    assert "fix: check --model ('nope')" in said.err


def test_garbage_for_everything_shows_what_it_looked_like_and_how_to_go_on(cli: Cli, docs: Path, model_server: Start) -> None:
    server = model_server(replies=["As a \x1b[31mhelpful\x9b0m assistant [/bold] I like pumps."])
    said = cli("build", docs, *asking(server))
    assert said.code == 3
    assert "tasks failed, more than 10%" in said.err
    assert "the last unusable reply began: As a �[31mhelpful�0m assistant [/bold] I like pumps." in said.err
    assert "--retry-failed" in said.err
    assert "another model" in said.err


def test_a_cap_that_is_reached_ends_with_4_and_the_command_that_goes_on(cli: Cli, docs: Path, model_server: Start) -> None:
    folder(docs, **{f"more{n}__md": PUMPS.replace("Pump P", f"Valve V{n}") for n in range(3)})
    said = cli("build", docs, *asking(model_server(mode="qa")), "--max-calls", "2", "--json")
    assert said.code == said.json["exit_code"] == 4
    assert said.json["continue"].startswith("curate build docs --model test-model")
    assert Path("curated/dataset/sharegpt/train.jsonl").stat().st_size


# the end of a build


def test_nothing_that_passes_the_checks_is_a_valid_empty_dataset_with_examples(cli: Cli, docs: Path) -> None:
    said = cli("build", docs, "--set", "min_answer_chars=5000")
    assert said.code == 0
    assert "passed the checks, so the dataset is empty; 'length' rejected most" in said.err
    assert "How do I report a leak? - " in said.err
    assert json.loads(Path("curated/dataset/sharegpt/dataset_info.json").read_text()) == {}


def test_the_summary_fits_80_columns_and_names_a_style_that_is_not_there_yet(cli: Cli, docs: Path) -> None:
    folder(docs, **{"泵站运行维护手册第一卷第二章关于阀门检修周期与责任人的规定以及附录__pdf": BROKEN, "b__pdf": BROKEN + b"1"})
    said = cli("build", docs, "--style", "sharegpt,alpaca", "--max-failures", "1")
    from rich.cells import cell_len

    tables = said.err[: said.err.index("sharegpt: ")].splitlines()
    assert max(map(cell_len, tables[:-1])) <= 80
    assert any("泵站运行维护手册" in line for line in tables)
    assert "--style openai" in said.err
    assert "no row is in validation or test, as happens with few documents" in said.err
    assert "--model MODEL --base-url http://HOST:PORT/v1" in said.err
    again = cli("build", docs, "--style", "sharegpt,alpaca", "--max-failures", "1")
    assert "nothing changed since the last build" in again.err


def test_a_split_without_rows_for_training_is_told(cli: Cli, docs: Path) -> None:
    said = cli("build", folder(Path("one"), faq__md=QA), "--set", "validation_share=0.5", "--set", "test_share=0.5")
    assert "no row is in train: lower the shares" in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_asking_starts_ends_with_a_message_and_the_command(tmp_path: Path, number: signal.Signals) -> None:
    many = folder(Path("many"), **{f"a{n}__md": PUMPS.replace("Pump P", f"Pump {n}") for n in range(400)})
    build = start("build", many, "--json", "--set", "chunk_tokens=50")
    while not Path("curated/.curate/lock").exists():
        time.sleep(0.02)
    time.sleep(0.7)  # children are starting: they must not tell of it themselves
    os.killpg(build.pid, number) if number == signal.SIGINT else build.send_signal(number)
    out, err = build.communicate(timeout=60)
    assert build.returncode == 128 + number
    assert err.splitlines()[0] == ("error: interrupted" if number == signal.SIGINT else "error: terminated")
    assert len(err.splitlines()) == 2, err
    assert "go on with: curate build many --json" in err
    assert json.loads(out)["exit_code"] == 128 + number


# the terminal

ESCAPES = [
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://example.com\x1b\\link", "\x1b[2J", "\x1bc", "\x1b[?1049h", "\x1bP+q\x1b\\",
    "\x1b_x\x1b\\", "\x9b31m", "\x9d0;t\x9c", "\x90q\x9c", "\x85next", "\x07", "\x08\x08\x08", "\rerror: gone", "a\x00b", "\x7f",
    "\x0e\x0f", "\x0b\x0c", "\u202egnp.exe", "\u2066x\u2069", "\u200b\u200d", "\ufeff", "\u2028\u2029", "\x1b[6n", "\x1b[5i",
    "\x1b]52;c;ZWNobw==\x07", "[red]x[/red]", "[/nothing]", "[link=http://example.com]x[/link]", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("payload", ESCAPES)
def test_no_text_of_others_reaches_the_terminal_as_more_than_text(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = _show.table(payload, "what")
    listed.add_row(_show.cell(payload))
    _show.console().print(listed)
    _show.problem(payload, payload)
    _show.say(payload)
    _progress.Display(verbose=True).lost(Failure("files", payload, "failed", payload))
    _show.show_findings([("server", "ok", payload, payload)])
    _show.show_settings({"key": payload}, {"key": payload}, {})
    _show.print_json({"text": payload})
    out, err = capsys.readouterr()
    assert all(c.isprintable() or c == "\n" for c in out + err)
    if payload.startswith("["):
        assert err.count(payload) == 7
    assert json.loads(out[out.index('{\n "schema_version"') :])["text"] == payload


def test_file_names_of_a_hostile_folder_are_shown_as_text(cli: Cli, docs: Path) -> None:
    folder(docs, **{"\x1b]0;x\x07[bold]\nerror: y__pdf": BROKEN})
    said = cli("build", docs, "--max-failures", "1", "-v")
    assert said.code == 0
    assert "�]0;x�[bold] error: y.pdf" in said.err
    assert "\x1b" not in said.err + cli("status", "curated", "--json").out


def test_colours_and_bars_are_for_terminals_that_want_them() -> None:
    docs = folder(Path("docs"), faq__md=QA)
    plain = run_in_terminal(["status", "nowhere"], {"NO_COLOR": "1"})
    assert "31m" not in plain
    assert "31m" in run_in_terminal(["status", "nowhere"], {"TERM": "xterm"})
    assert "files" in run_in_terminal(["build", str(docs)], {"TERM": "xterm"})


def run_in_terminal(words: list[str], environment: dict[str, str]) -> str:
    """What a command shows on a terminal."""
    leader, follower = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "curate", *words], stdout=follower, stderr=follower, stdin=follower, env={**os.environ, **environment}
    )
    os.close(follower)
    shown = b""
    try:
        while piece := os.read(leader, 65536):
            shown += piece
    except OSError:  # how Linux says that the other side was closed
        pass
    child.wait()
    os.close(leader)
    return shown.decode()


def test_progress_without_a_terminal_is_one_line_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with _progress.Display() as display:
        display.stage("files", 30, "files")
        for _ in range(10):
            display.advance("files", 1, 1)
        assert capsys.readouterr().err == ""
        display.last_line -= _progress.LINE_SECONDS
        display.advance("files", 1, 1)
        display.advance("files", 1, 1)
    assert capsys.readouterr().err == "files: 11 of 30 files, 11 made\n"


# help


def test_help_is_readable_at_80_columns_and_grouped(cli: Cli) -> None:
    said = cli("build", "--help")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 80
    for panel in ("What goes in", "The model", "What comes out", "This run"):
        assert panel in said.out


def test_the_version_and_the_completions_come_without_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", "from curate.__main__ import main; import sys; sys.argv[0] = 'curate'; main()"]
    from curate import __version__

    assert subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout.strip() == __version__
    asked = {**os.environ, "_CURATE_COMPLETE": "complete_bash", "COMP_WORDS": "curate bu", "COMP_CWORD": "1"}
    assert subprocess.run(command, capture_output=True, text=True, check=True, env=asked).stdout.split() == ["build"]


def test_help_loads_nothing_heavy() -> None:
    heavy = ["polars", "openai", "pydantic", "numpy", "pymupdf", "lxml"]
    run = "import sys; sys.argv = ['curate', '--help']\nfrom curate.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
    code = run + f"print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"
