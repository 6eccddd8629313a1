"""A whole build against servers that fail in every way: each item ends done or quarantined with its reason, and nothing is paid twice.

1,000 items and 200 faults, always the same ones, and with `make test-crash` (TEST_WHOLE=1) 5,000 and 1,000; then a key that is turned
down in mid-run, and disks that are full.
"""

import json
import os
import random
import re
import shlex
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from curate.workspace import Workspace

PART = 1 if os.environ.get("TEST_WHOLE") else 5
"""The figures below are those of the whole; so much less of each is run."""
ITEMS, PER_DOCUMENT, SLOTS = 5_000 // PART, 250 // PART, 64
SENDS, ATTEMPTS = 4, 3
"""Times a request is sent, and an ask asked, before it is given up."""
LIMITS = ["--set", f"send_attempts={SENDS}", "--set", f"reply_attempts={ATTEMPTS}"]
IMPATIENT = [*LIMITS, "--set", "request_timeout=0.7"]
Start = Callable[..., ModelServer]
Fault = dict[str, Any]

BURSTS: list[tuple[int, Fault]] = [
    (70, {"do": "429", "retry_after": "0.05"}),
    (30, {"do": "429", "retry_after": "1"}),
    (30, {"do": "429", "retry_after": "Sat, 01 Jan 2000 00:00:00 GMT"}),
    (30, {"do": "429", "retry_after": "soon, perhaps"}),
    (40, {"do": "429"}),
    (50, {"do": "503"}),
]
"""Overload comes in bursts: so many requests after one another are turned down, whichever items they are for."""

SINGLE: list[tuple[int, str, str]] = [
    (50, "500", "answered 500"),
    (50, "502", "answered 502"),
    (100, "hang", "no reply within"),
    (50, "refuse", "cut the connection"),
    (50, "cut", "cut the connection"),
    (20, "not_http", "cut the connection"),
    (30, "garbage", "not a chat completion"),
    (100, "invalid_json", "held no JSON"),
    (100, "wrong_schema", "pairs: Field required"),
    (50, "empty", "the reply was empty"),
    (50, "length", "cut off"),
    (30, "refusal", "the model refused"),
    (20, "content_filter", "content filter"),
    (50, "context", "do not fit the model's context"),
]
"""How many items meet which fault, and what is said of those that cannot be done."""
FINAL = ("refusal", "content_filter", "context")
"""Asking again would change nothing."""
UNUSABLE = ("garbage", "invalid_json", "wrong_schema", "empty", "length")
"""A reply came, and the next attempt tells the model what was wrong with it."""
STUBBORN = 5
"""Of those, and of the rest every second time so many, one item never gets an answer; the others get one when they ask again."""


def word(number: int) -> str:
    """What no other item holds."""
    return f"{number * 2654435761 % (1 << 32):08x}"


def corpus(folder: Path, items: int) -> Path:
    """Documents with one passage for each item."""
    folder.mkdir()
    for first in range(0, items, PER_DOCUMENT):
        lines = [f"# Valves from {first}\n"]
        for n in range(first, min(first + PER_DOCUMENT, items)):
            fact = f"It opens at {100 + 7 * n} kPa and is checked every {n % 50 + 2} weeks, and a spring of type {n} closes it."
            lines.append(f"## Valve series {word(n)}\n\nValve {word(n)} protects pump {n}. {fact}\n")
        (folder / f"valves-{first:05d}.md").write_text("\n".join(lines))
    return folder


def script(chance: random.Random) -> tuple[list[Fault], dict[str, tuple[str, str]]]:
    """The faults of the build; and by its word each item that never gets an answer: the fault and what is to be said of it."""
    faults: list[Fault] = []
    for burst, (count, fault) in enumerate(BURSTS):
        start = (500 + 700 * burst + chance.randrange(200)) // PART
        faults += [{**fault, "number": n} for n in range(start, start + count // PART)]
    single = [(do, says, n) for count, do, says in SINGLE for n in range(count // PART)]
    never = {}
    for item, (do, says, n) in zip(chance.sample(range(ITEMS), len(single)), single, strict=True):
        lasts = do in FINAL or n % (STUBBORN if do in UNUSABLE else 2 * STUBBORN) == 0
        faults.append({"do": do, "word": word(item), **({} if lasts else {"times": 1})})
        if lasts:
            never[word(item)] = (do, says)
    assert len(faults) == 1_000 // PART
    return faults, never


def build(sources: Path, out: Path, url: str, *flags: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """The build as a user types it, with `--json`; `before`: a shell command that sets the limits it runs under."""
    passages = ["chunk_tokens=80", "audiences=0", "topics=0", "examples=0", "filters=length,grounded"]
    sets = [each for setting in passages for each in ("--set", setting)]
    model = ["--task", "qa", "--model", "test-model", "--base-url", url, "--concurrency", str(SLOTS)]
    command = [sys.executable, "-m", "curate", "build", str(sources), "--out", str(out), "--json", *model, *sets, *flags]
    if before:
        command = ["sh", "-c", f"{before}; exec {shlex.join(command)}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


def stages(said: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The accounts that a build printed, by stage; each adds up."""
    found = {stage["name"]: stage for stage in json.loads(said.stdout)["stages"]}
    for stage in found.values():
        assert stage["total"] == stage["produced"] + stage["rejected"] + stage["failed"] + stage["skipped"], stage
    return found


def quarantined(out: Path) -> dict[str, tuple[str, int]]:
    """By word, the items that failed: why, after how many attempts."""
    workspace = Workspace(out)
    words = {c.id: c.heading_path[-1].rsplit(" ", 1)[-1] for c in workspace.chunks}
    items = {t.id: words[t.chunk_ids[0]] for t in workspace.tasks}
    return {items[f.row_id]: (f.error, f.attempts) for f in workspace.failures if f.stage == "tasks"}


def remembered(out: Path) -> dict[str, list[tuple[str, str, bytes]]]:
    """By word, what the ledger holds of an item, oldest first: what each reply was worth, why, and the raw reply."""
    rows = defaultdict(list)
    with closing(sqlite3.connect(out / ".curate/cache.sqlite")) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for request, *row in link.execute("SELECT request, status, reason, reply FROM replies ORDER BY rowid"):
            rows[re.findall("Valve series ([0-9a-f]{8})", request)[-1]].append(tuple(row))
    return rows


@pytest.mark.crash
def test_a_build_with_a_thousand_faults_ends_with_every_item_done_or_quarantined(model_server: Start, tmp_path: Path) -> None:
    faults, never = script(random.Random(5))
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    server = model_server(mode="qa", latency=0.02, faults=faults)
    tired = model_server(faults=[{"contains": "Valve", "do": "429", "retry_after": later}])
    sources, out, both = corpus(tmp_path / "docs", ITEMS), tmp_path / "out", f"{server.url},{tired.url}"

    said = build(sources, out, both, *IMPATIENT)
    assert said.returncode == 0, said.stderr
    tasks = stages(said)["tasks"]
    assert (tasks["total"], tasks["produced"], tasks["failed"]) == (ITEMS, ITEMS - len(never), len(never))
    lost, rows = quarantined(out), remembered(out)
    assert lost.keys() == never.keys()
    for item, (do, says) in never.items():
        reason, attempts = lost[item]
        assert says in reason or (do not in (*FINAL, *UNUSABLE) and re.search("answered (429|503)", reason))  # met a burst at last
        assert attempts == (1 if do in FINAL else ATTEMPTS if do in UNUSABLE else SENDS)
        if do in FINAL or do in UNUSABLE:  # from the others no reply came
            status, why, raw = rows[item][-1]
            assert status == ("failed" if do in FINAL else "invalid")
            assert why in reason
            assert raw
            assert do == "context" or len(rows[item]) == attempts
    assert len(rows.keys() - lost.keys()) == ITEMS - len(never)
    assert all(rows[item][-1][0] == "valid" for item in rows.keys() - lost.keys())

    stats, rested = server.stats(), tired.stats()["requests"]
    assert 1 <= rested <= SLOTS
    assert stats["requests"] + rested == json.loads(said.stdout)["this_run"]["asks"]["sent"]
    allowed = sum(SENDS - 1 if "number" in f else max(SENDS, ATTEMPTS) - 1 for f in faults) + rested
    assert stats["requests"] <= ITEMS + allowed
    met, planned = stats["faulted"], Counter(f["do"] for f in faults)
    assert all(met[do] >= count for do, count in planned.items())

    again = build(sources, out, both, *IMPATIENT)
    assert again.returncode == 0
    assert server.stats()["requests"] == stats["requests"]
    healed = model_server(mode="qa")
    retried = build(sources, out, healed.url, *LIMITS, "--retry-failed")
    assert retried.returncode == 0, retried.stderr
    assert healed.stats()["requests"] == len(never)
    assert stages(retried)["tasks"]["produced"] == ITEMS


def test_a_key_that_is_turned_down_in_mid_run_stops_it_at_once_and_costs_nothing_twice(model_server: Start, tmp_path: Path) -> None:
    items, good = 600, 200
    server = model_server(mode="qa", latency=0.01, faults=[{"number": n, "do": "401"} for n in range(good, 2 * items)])
    sources, out = corpus(tmp_path / "docs", items), tmp_path / "out"
    said = build(sources, out, server.url)
    assert said.returncode == 5
    assert "does not accept the key (401)" in said.stderr
    assert "fix: set CURATE_API_KEY" in said.stderr
    assert good < server.stats()["requests"] <= good + SLOTS
    healed = model_server(mode="qa")
    said = build(sources, out, healed.url)
    assert said.returncode == 0, said.stderr
    assert healed.stats()["requests"] == items - good
    assert stages(said)["tasks"]["produced"] == items


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(place)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full_in_mid_run_stops_the_build_and_loses_nothing(model_server: Start, tmp_path: Path, small_disk: Path) -> None:
    server, sources, out = model_server(mode="qa", latency=0.01), corpus(tmp_path / "docs", 600), small_disk / "out"
    said = build(sources, out, server.url)
    assert re.search("disk is full|No space left", said.stderr)
    stopped_by_its_disk(said)
    kept, asked = remembered(out), server.stats()["requests"]
    assert asked - SLOTS <= len(kept) < 600
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert build(sources, out, server.url).returncode == 0
    assert server.stats()["requests"] - asked == 600 - len(kept)


def test_a_ledger_that_may_not_grow_stops_the_build_and_loses_nothing(model_server: Start, tmp_path: Path) -> None:
    server, sources, out = model_server(mode="qa", latency=0.01), corpus(tmp_path / "docs", 600), tmp_path / "out"
    said = build(sources, out, server.url, before="ulimit -f 3000")
    assert "cache.sqlite cannot be written" in said.stderr
    stopped_by_its_disk(said)
    kept, asked = remembered(out), server.stats()["requests"]
    assert asked - SLOTS <= len(kept) < 600
    assert build(sources, out, server.url).returncode == 0
    assert server.stats()["requests"] - asked == 600 - len(kept)


def stopped_by_its_disk(said: subprocess.CompletedProcess[str]) -> None:
    """A mistake of the surroundings: told in words, with the fix."""
    assert said.returncode == 2, said.stderr
    assert "fix: " in said.stderr
    assert re.search("nothing is lost|what is done is kept", said.stderr)
    assert "Traceback" not in said.stderr
