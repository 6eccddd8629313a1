"""The ledger: what resolves is on the disk, what is damaged opens as far as it was committed, and look-ups are quick."""

import asyncio
import random
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from curate.cache import Ledger, Reply, ask_key, parse_key
from curate.errors import WorkspaceError


def reply(key: str, raw: bytes = b"{}") -> Reply:
    return Reply(key, '{"messages":[]}', raw, "valid", "", 10, 20)


async def test_a_reply_is_on_the_disk_when_put_returns(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "cache.sqlite") as ledger:
        await ledger.put(reply("a", b"\x00raw"))
        with sqlite3.connect(tmp_path / "cache.sqlite") as other:
            assert other.execute("SELECT reply FROM replies").fetchone() == (b"\x00raw",)
        other.close()
        assert ledger.get("a") == reply("a", b"\x00raw")
        assert ledger.get("b") is None


async def test_everything_queued_together_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with Ledger.open(path) as ledger:
        await asyncio.gather(*(ledger.put(reply(f"{n:03}")) for n in range(500)))
        ledger.keep_parse("file", "pdf", b"blob")
    with Ledger.open(path) as ledger:
        assert all(ledger.get(f"{n:03}") for n in range(500))
        assert ledger.get_parse("file") == b"blob"


async def test_the_newest_reply_of_a_key_stands(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "cache.sqlite") as ledger:
        await ledger.put(Reply("a", "{}", b"", "invalid", "empty"))
        await ledger.put(reply("a"))
        found = ledger.get("a")
        assert found is not None
        assert found.status == "valid"


def test_two_event_loops_may_write_to_one_ledger(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "cache.sqlite") as ledger:
        for n in range(2):
            asyncio.run(ledger.put(reply(str(n))))
        assert ledger.get("0")
        assert ledger.get("1")


async def test_a_full_disk_stops_with_a_clear_error_and_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    ledger = Ledger.open(path)
    await ledger.put(reply("first"))
    pages = ledger._writer.execute("PRAGMA page_count").fetchone()[0]
    ledger._writer.execute(f"PRAGMA max_page_count={pages + 2}")  # SQLite's own full disk
    puts = [ledger.put(reply(str(n), b"x" * 100_000)) for n in range(3)]
    outcomes = await asyncio.gather(*puts, return_exceptions=True)
    assert all(isinstance(o, WorkspaceError) and "full" in o.message and o.exit_code == 2 for o in outcomes)
    with pytest.raises(WorkspaceError, match="full"):
        await ledger.put(reply("later"))  # nothing more is taken
    ledger.close()
    with Ledger.open(path) as again:
        assert again.get("first")
        assert again.get("0") is None


async def test_a_locked_ledger_is_a_workspace_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curate.cache.LOCK_WAIT", 0.05)
    path = tmp_path / "cache.sqlite"
    with Ledger.open(path) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceError, match="locked"):
            await ledger.put(reply("a"))
        other.close()


def test_a_newer_damaged_or_impossible_file_is_told_apart(tmp_path: Path) -> None:
    newer = sqlite3.connect(tmp_path / "newer.sqlite")
    newer.execute("PRAGMA user_version=99")
    newer.close()
    (tmp_path / "damaged.sqlite").write_bytes(b"SQLite? no, this is some text that stands where the ledger should be." * 20)
    for name, words in (("newer.sqlite", "newer curate"), ("damaged.sqlite", "damaged"), ("none/cache.sqlite", "cannot be used")):
        with pytest.raises(WorkspaceError, match=words):
            Ledger.open(tmp_path / name)


async def test_a_log_cut_at_any_offset_opens_with_a_prefix_of_the_commits(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    ledger = Ledger.open(source / "cache.sqlite")
    for n in range(40):  # one commit each; no checkpoint comes that early
        await ledger.put(reply(f"{n:02}", b"x" * (n * 37)))
    database, log = ((source / name).read_bytes() for name in ("cache.sqlite", "cache.sqlite-wal"))
    ledger.close()
    assert len(log) > 100_000
    cuts = [*random.Random(7).sample(range(len(log)), 60), 0, 31, 32, len(log)]
    for cut in cuts:
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        (folder / "cache.sqlite").write_bytes(database)
        (folder / "cache.sqlite-wal").write_bytes(log[:cut])
        with Ledger.open(folder / "cache.sqlite") as again:
            there = [bool(again.get(f"{n:02}")) for n in range(40)]
            assert there == sorted(there, reverse=True)
            assert all(there) or cut < len(log)
            assert again._reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            await again.put(reply("on it goes"))
        shutil.rmtree(folder)


def test_a_look_up_takes_microseconds_with_many_entries(tmp_path: Path) -> None:
    path, count = tmp_path / "cache.sqlite", 50_000
    keys = [ask_key(str(n)) for n in range(count)]
    with Ledger.open(path) as ledger:
        rows = ((key, "{}", b"x" * 200, "valid", "", 1, 1, "") for key in keys)
        ledger._writer.execute("BEGIN")
        ledger._writer.executemany("INSERT INTO replies VALUES (?,?,?,?,?,?,?,?)", rows)
        ledger._writer.execute("COMMIT")
        wanted = random.Random(1).sample(keys, 5000)
        start = time.perf_counter()
        assert all(ledger.get(key) for key in wanted)
        assert (time.perf_counter() - start) / len(wanted) < 200e-6  # 15 us here; the bound leaves room for a busy machine


def test_keys_depend_on_every_part_and_on_nothing_else() -> None:
    base = parse_key("d1", "pdf", 1, {"a": 1, "b": 2})
    assert base == parse_key("d1", "pdf", 1, {"b": 2, "a": 1})
    others = [parse_key("d2", "pdf", 1, {}), parse_key("d1", "docx", 1, {}), parse_key("d1", "pdf", 2, {}), parse_key("d1", "pdf", 1, {})]
    assert len({base, *others}) == 5
