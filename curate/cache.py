"""The ledger: every parsed file and every model reply of a workspace, remembered by what was asked, in one SQLite file."""

import asyncio
import hashlib
import json
import queue
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from curate.errors import WorkspaceError
from curate.records import Json, canonical

FORMAT = 1  # PRAGMA user_version
LOCK_WAIT = 30.0  # seconds a commit waits for another process that holds the file
Status = Literal["valid", "invalid", "failed"]

TABLES = """
CREATE TABLE IF NOT EXISTS parses (key TEXT PRIMARY KEY, value BLOB NOT NULL, parser TEXT NOT NULL, made TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, reply BLOB NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, made TEXT NOT NULL);
"""
BATCHES = """
CREATE TABLE IF NOT EXISTS batches (
  name TEXT PRIMARY KEY, id TEXT NOT NULL, endpoint TEXT NOT NULL, keys TEXT NOT NULL, state TEXT NOT NULL, made TEXT NOT NULL);
"""  # made when the first batch is: older versions know the rest
PUTS = {"replies": 8, "parses": 4, "batches": 6}  # columns
MOST_ROWS = 2000  # a statement; SQLite takes 32,766 values


@dataclass(frozen=True, slots=True)
class Reply:
    """One remembered attempt: the logical request as JSON, the raw bytes that came back, and what they were worth.

    valid: an answer. invalid: unusable, so the next attempt was due. failed: no further attempt would help; `reason` says why.
    """

    key: str
    request: str
    raw: bytes
    status: Status
    reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Asks that were handed to a provider together: under our own name, its id there (empty until it is known), and the ask keys.

    making: its creation is under way, or was cut off. open: it is there. done: nothing in it is waited for any more.
    """

    name: str
    id: str
    endpoint: str
    keys: tuple[str, ...]
    state: Literal["making", "open", "done"]


def parse_key(digest: str, parser: str, version: int, settings: Json) -> str:
    """The key of a parsed file; `digest` is the SHA-256 of its bytes."""
    return hashlib.sha256(canonical([digest, parser, version, settings]).encode()).hexdigest()


def ask_key(request: str) -> str:
    """The key of one attempt at one ask; `request` is the canonical JSON of the logical request."""
    return hashlib.sha256(request.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class _Put:
    """A row on its way to the disk, and who waits for it."""

    table: str
    row: Sequence[Any]
    done: "asyncio.Future[None] | None"


class Ledger:
    """The open ledger. Reads are immediate; a write resolves when it is on the disk, not before.

    One thread commits whatever is queued whenever it is free: no timer, so a lone reply waits for one commit only. May be used from
    several event loops. Any number of processes may read; one writes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: queue.SimpleQueue[_Put | None] = queue.SimpleQueue()
        self._broken: WorkspaceError | None = None
        try:
            self._reader = self._connect()
            self._writer = self._connect()
            self._prepare()
        except sqlite3.Error as e:
            raise _trouble(path, e) from None
        self._thread = threading.Thread(target=self._commit_all, name="ledger", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens or makes the ledger; what a crash left half-written is dropped, what was committed is there."""
        return cls(path)

    def close(self) -> None:
        """Commits what is queued and closes; safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._reader.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str) -> Reply | None:
        """The remembered attempt, or None."""
        columns = "key, request, reply, status, reason, prompt_tokens, completion_tokens"
        row = self._one(f"SELECT {columns} FROM replies WHERE key = ?", key)
        return Reply(*row) if row else None

    def get_parse(self, key: str) -> bytes | None:
        """The remembered result of parsing, or None."""
        row = self._one("SELECT value FROM parses WHERE key = ?", key)
        return bytes(row[0]) if row else None

    async def put(self, reply: Reply) -> None:
        """Remembers an attempt; returns when it is committed. WorkspaceError: it is not, and nothing more can be."""
        r = reply
        await self._put("replies", (r.key, r.request, r.raw, r.status, r.reason, r.prompt_tokens, r.completion_tokens, _now()))

    async def put_batch(self, batch: Batch) -> None:
        """Remembers a batch in its present state; returns when that is committed."""
        b = batch
        await self._put("batches", (b.name, b.id, b.endpoint, json.dumps(b.keys), b.state, _now()))

    def batches(self) -> list[Batch]:
        """The batches that are under way, oldest first."""
        if not self._one("SELECT 1 FROM sqlite_master WHERE name = 'batches'"):
            return []
        columns = "name, id, endpoint, keys, state"
        try:
            rows = self._reader.execute(f"SELECT {columns} FROM batches WHERE state <> 'done' ORDER BY rowid").fetchall()
        except sqlite3.Error as e:
            raise _trouble(self.path, e) from None
        return [Batch(name, id, endpoint, tuple(json.loads(keys)), state) for name, id, endpoint, keys, state in rows]

    def keep_parse(self, key: str, parser: str, value: bytes) -> None:
        """Remembers a parsed file soon: nobody waits, for a parse lost in a crash costs seconds, not money."""
        self.writable()
        self._queue.put(_Put("parses", (key, value, parser, _now()), None))

    def writable(self) -> None:
        """WorkspaceError: nothing more can be remembered, so that whatever is asked now would be paid for and lost."""
        if self._broken:
            raise WorkspaceError(self._broken.message, self._broken.hint)

    def sums(self) -> dict[str, int]:
        """What all builds so far have asked: how many answers, and the tokens of every attempt."""
        row = self._one("SELECT SUM(status = 'valid'), SUM(prompt_tokens), SUM(completion_tokens) FROM replies")
        return dict(zip(("made", "prompt_tokens", "completion_tokens"), (value or 0 for value in row), strict=True))

    def unusable(self) -> bytes | None:
        """The newest reply that was no answer, or None."""
        row = self._one("SELECT reply FROM replies WHERE status <> 'valid' ORDER BY rowid DESC LIMIT 1")
        return bytes(row[0]) if row else None

    def _one(self, statement: str, *values: str) -> Any:
        try:
            return self._reader.execute(statement, values).fetchone()
        except sqlite3.Error as e:
            raise _trouble(self.path, e) from None

    def _put(self, table: str, row: Sequence[Any]) -> "asyncio.Future[None]":
        self.writable()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(_Put(table, row, done))
        return done

    def _connect(self) -> sqlite3.Connection:
        """A connection in autocommit: this module says itself where a transaction begins and ends."""
        link = sqlite3.connect(self.path, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False)
        link.execute("PRAGMA page_size=8192")  # of a new file: most entries fit one page, and a look-up reads half as often
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("PRAGMA synchronous=FULL")  # WAL with NORMAL may lose the last commits when the power goes
        link.execute("PRAGMA cache_size=-65536")  # KiB: the inner pages of a million keys stay in memory
        return link

    def _prepare(self) -> None:
        found = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if found > FORMAT:
            raise WorkspaceError(f"{self.path} was written by a newer curate", "update curate, or build into another folder with --out")
        if not found:  # else nothing is written by opening
            self._writer.executescript(f"BEGIN; {TABLES} PRAGMA user_version={FORMAT}; COMMIT;")

    def _commit_all(self) -> None:
        """The writer thread: waits for one row, takes all that are queued with it, commits them together."""
        while (first := self._queue.get()) is not None:
            batch, last = [first], False
            while not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    last = True
                    break
                batch.append(more)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[_Put]) -> None:
        for table, width in PUTS.items():
            puts = [put for put in batch if put.table == table]
            for at in range(0, len(puts), MOST_ROWS):
                self._insert(table, width, puts[at : at + MOST_ROWS])

    def _insert(self, table: str, width: int, puts: list[_Put]) -> None:
        """Commits some rows as one statement, which is its own transaction: a step of SQLite's less is a wait for the GIL less."""
        error = self._broken
        if error is None:
            row = f"({','.join('?' * width)})"
            try:
                if table == "batches" and puts:
                    self._writer.executescript(BATCHES)
                self._writer.execute(
                    f"INSERT OR REPLACE INTO {table} VALUES {','.join([row] * len(puts))}", [v for put in puts for v in put.row]
                )
            except sqlite3.Error as e:
                error = self._broken = _trouble(self.path, e)
        waiting = [put.done for put in puts if put.done]
        for loop in {done.get_loop() for done in waiting}:  # one wake-up per commit, however many rows it held
            _call(loop, [done for done in waiting if done.get_loop() is loop], error)


def _call(loop: asyncio.AbstractEventLoop, futures: list["asyncio.Future[None]"], error: WorkspaceError | None) -> None:
    try:
        loop.call_soon_threadsafe(_settle, futures, error)
    except RuntimeError:  # that loop is closed: its rows are committed, nobody waits for them
        return


def _settle(futures: Iterable["asyncio.Future[None]"], error: WorkspaceError | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error:
            future.set_exception(WorkspaceError(error.message, error.hint))  # each its own: a traceback grows where it is raised
        else:
            future.set_result(None)


def _trouble(path: Path, error: sqlite3.Error) -> WorkspaceError:
    """What went wrong with the file, in words, and what to do about it."""
    text = str(error)
    if "full" in text:
        return WorkspaceError(f"the disk is full: {path} cannot grow", "free some space and run the same command again: nothing is lost")
    if "locked" in text or "busy" in text:
        return WorkspaceError(f"{path} is locked by another process", "wait for the other build to end, then run the same command again")
    if "not a database" in text or "malformed" in text:
        return WorkspaceError(f"{path} is damaged: {text}", "move the file away to start with an empty ledger (what it held is paid again)")
    if "disk I/O" in text:  # a quota, a limit on the size of files, a failing disk
        hint = "check the disk and what may be written to it, then run the same command again: nothing is lost"
        return WorkspaceError(f"{path} cannot be written: {text}", hint)
    return WorkspaceError(f"{path} cannot be used: {text}", "check that the folder exists and may be written")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
