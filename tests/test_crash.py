"""Real builds, really killed: nothing that was answered is lost, nothing that was committed is asked again.

`make test` kills a small build a few times; `make test-crash` (TEST_WHOLE=1) kills one of 2,000 asks at 20 random points.
"""

import hashlib
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from model_server import ModelServer

WHOLE = bool(os.environ.get("TEST_WHOLE"))
ASKS, KILLS, SIGNALS, SLOTS = (2_000, 20, 20, 64) if WHOLE else (240, 3, 2, 16)
LATENCY = 0.2 if WHOLE else 0.1
START = 3.0
"""Seconds before the first kill, about: what a build needs to start asking."""

Start = Callable[..., ModelServer]
pytestmark = [pytest.mark.crash, pytest.mark.timeout(3600)]


def corpus(folder: Path, asks: int) -> Path:
    """Documents of one chunk each; each says something no other says."""
    folder.mkdir()
    for n in range(asks):
        word = hashlib.sha256(str(n).encode()).hexdigest()[:8]
        facts = [f"Valve {word}-{k} opens at {100 + 7 * n + k} kPa and is checked every {k + 2} weeks." for k in range(12)]
        (folder / f"valve-{n:05d}.md").write_text(f"# Valve series {word}\n\n" + "\n".join(facts) + "\n")
    return folder


def start_build(sources: Path, out: Path, server: ModelServer) -> subprocess.Popen[str]:
    flags = ["--out", str(out), "--model", "tiny", "--base-url", server.url, "--concurrency", str(SLOTS), "--quiet"]
    command = [sys.executable, "-m", "curate", "build", str(sources), *flags]
    own = {"CURATE_SEED": "1", "CURATE_AUDIENCES": "0", "CURATE_ROUNDS": "0"}  # one ask a document, and no others
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **own})


def finish(build: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = build.communicate(timeout=600)
    return build.returncode, said


def committed(out: Path) -> set[str]:
    """The bodies whose replies are in the ledger: each reply of the test server names the body it answers."""
    path = out / ".curate" / "cache.sqlite"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {json.loads(raw)["id"] for (raw,) in link.execute("SELECT reply FROM replies")}


def exported(out: Path) -> dict[str, str]:
    """Every byte of the dataset, by file."""
    root = out / "dataset"
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*")) if p.is_file()}


def wait_until_asking(server: ModelServer, build: subprocess.Popen[str], more_than: int) -> None:
    until = time.monotonic() + 120
    while server.stats()["requests"] <= more_than and build.poll() is None:
        assert time.monotonic() < until, "the build never asked"
        time.sleep(0.02)


def test_kill_9_loses_nothing_and_asks_nothing_committed_again(model_server: Start, tmp_path: Path) -> None:
    server = model_server(mode="qa", model="tiny", latency=LATENCY, slots=SLOTS)
    sources, out, chance = corpus(tmp_path / "docs", ASKS), tmp_path / "killed", random.Random(7)
    asking = ASKS * LATENCY / SLOTS
    sent = 0
    for _ in range(KILLS):
        build = start_build(sources, out, server)
        wait_until_asking(server, build, sent)
        time.sleep(chance.uniform(0, 1.5 * asking / KILLS))
        build.kill()
        build.communicate()
        time.sleep(2 * LATENCY)  # the server finishes what it was sent
        safe, before = committed(out), server.stats()["bodies"]
        check = start_build(sources, out, server)
        wait_until_asking(server, check, server.stats()["requests"])
        check.kill()
        check.communicate()
        time.sleep(2 * LATENCY)
        after = server.stats()
        again = [body for body in safe if after["bodies"][body] != before[body]]
        assert again == [], "committed replies were asked again"
        sent = after["requests"]
    code, said = finish(start_build(sources, out, server))
    assert code == 0, said
    stats = server.stats()
    assert len(stats["bodies"]) == len(committed(out)) == ASKS
    assert stats["requests"] <= ASKS + 2 * KILLS * SLOTS
    undisturbed = tmp_path / "undisturbed"
    assert finish(start_build(sources, undisturbed, server))[0] == 0
    assert exported(out) == exported(undisturbed)
    assert not list((out / ".curate").rglob("*.tmp")) or WHOLE


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_drains_so_that_nothing_is_asked_twice(model_server: Start, tmp_path: Path, number: int, code: int) -> None:
    server = model_server(mode="qa", model="tiny", latency=LATENCY, slots=SLOTS)
    sources, out, chance = corpus(tmp_path / "docs", ASKS), tmp_path / "stopped", random.Random(11)
    asking, stops = ASKS * LATENCY / SLOTS, 0
    for _ in range(SIGNALS // 2 or 1):
        build = start_build(sources, out, server)
        wait_until_asking(server, build, server.stats()["requests"])
        time.sleep(chance.uniform(0, 0.8 * asking / (SIGNALS // 2 or 1)))
        build.send_signal(number)
        ended, said = finish(build)
        if ended == 0:
            break  # it was done before the signal came
        stops += 1
        assert ended == code, said
        assert re.search(r"go on: curate build .*--out", said), said
        assert server.stats()["busy"] == 0
    assert stops
    assert finish(start_build(sources, out, server))[0] == 0
    stats = server.stats()
    assert set(stats["bodies"].values()) == {1}
    assert stats["requests"] == ASKS


def test_a_ledger_cut_anywhere_opens_with_a_prefix_of_its_commits(model_server: Start, tmp_path: Path) -> None:
    server = model_server(mode="qa", model="tiny", latency=LATENCY, slots=SLOTS)
    sources, out, chance = corpus(tmp_path / "docs", ASKS // 4), tmp_path / "cut", random.Random(3)
    build = start_build(sources, out, server)
    wait_until_asking(server, build, ASKS // 8)
    build.kill()
    build.communicate()
    log = out / ".curate" / "cache.sqlite-wal"
    whole = log.read_bytes()
    assert whole, "the write-ahead log is empty: nothing to cut"
    known = committed_in_order(out, log, whole)
    for _ in range(200 if WHOLE else 25):
        cut = committed_in_order(out, log, whole[: chance.randrange(len(whole))])
        assert cut == known[: len(cut)]
    log.write_bytes(whole[: len(whole) // 2])
    assert finish(start_build(sources, out, server))[0] == 0
    assert len(committed(out)) == ASKS // 4


def committed_in_order(out: Path, log: Path, content: bytes) -> list[str]:
    """The keys of a copy of the ledger whose log holds this content, oldest first."""
    copy = out.parent / "copy.sqlite"
    for old in out.parent.glob("copy.sqlite*"):
        old.unlink(missing_ok=True)  # SQLite may be clearing up after the copy before
    copy.write_bytes((log.parent / "cache.sqlite").read_bytes())
    copy.with_name("copy.sqlite-wal").write_bytes(content)
    with closing(sqlite3.connect(copy)) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not link.execute("SELECT 1 FROM sqlite_master WHERE name = 'replies'").fetchone():
            return []
        return [key for (key,) in link.execute("SELECT key FROM replies ORDER BY rowid")]
