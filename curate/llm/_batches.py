"""Asks in a provider's batches: gathered, handed over, looked after, fetched, and found again by a later run.

What is known of a batch is in the ledger before its creation is asked for, and until everything in it is settled. So an ask whose key is in
a batch under way waits for that batch, in whichever run: nothing is paid twice.
"""

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from curate.cache import Batch, Ledger
from curate.errors import EndpointError
from curate.llm import _provider as provider
from curate.llm._endpoints import Adapted, Again, Denied, Endpoint, Gone
from curate.llm._requests import Learnt, Request
from curate.llm._traffic import Endpoints
from curate.records import content_id
from curate.settings import Settings

T = TypeVar("T")
MOST_BYTES = 100 << 20  # of one file; providers take 200 MB
PATIENCE = 600.0  # seconds that a server may be silent while a batch is looked after


@dataclass(slots=True)
class _Line:
    """One ask on its way through a batch."""

    key: str
    request: Request
    turn: "asyncio.Future[tuple[bytes, Endpoint]]"


@dataclass(slots=True)
class _Gathered:
    """What waits for the next batch of some endpoints."""

    lines: list[_Line] = field(default_factory=list)
    size: int = 0
    since: float = 0.0
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class _Open:
    """A batch under way. left: keys that are not settled yet. found: (status, body) or what went wrong, by key, once it has ended."""

    batch: Batch
    endpoint: Endpoint
    endpoints: Endpoints
    tried: Learnt
    left: set[str]
    waiting: dict[str, _Line] = field(default_factory=dict)
    found: dict[str, provider.Result] | None = None
    reason: str = ""  # why what is not found is not


class Batches:
    """The batches of one run. quiet: seconds without a new ask until what is gathered is handed over."""

    def __init__(self, settings: Settings, ledger: Ledger, say: Callable[[str], None], *, quiet: float, backoff: float) -> None:
        self.settings, self.ledger, self.say, self.quiet, self.backoff = settings, ledger, say, quiet, backoff
        self._remembered = {key: batch for batch in ledger.batches() for key in batch.keys}
        self._gathered: dict[Endpoints, _Gathered] = {}
        self._open: dict[str, _Open] = {}  # by name
        self._of: dict[str, _Open] = {}  # by key
        self._making: set[asyncio.Task[Any]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def remembers(self, key: str) -> bool:
        """Whether an earlier run left this ask in a batch."""
        return key in self._remembered

    async def post(self, endpoints: Endpoints, key: str, request: Request) -> tuple[bytes, Endpoint]:
        """The raw bytes of a chat completion, and who made it. Again, Adapted or Denied where there is none."""
        line = _Line(key, request, asyncio.get_running_loop().create_future())
        if batch := self._remembered.get(key):
            self._wait_for(self._open.get(batch.name) or self._resumed(batch, endpoints), line)
        else:
            self._gather(endpoints, line)
        return await line.turn

    async def landed(self, key: str) -> None:
        """An ask is settled: committed, or to be asked anew. A batch that has no other is done."""
        self._remembered.pop(key, None)
        if one := self._of.pop(key, None):
            one.left.discard(key)
            if not one.left:
                await self._done(one)

    async def stop(self, seconds: float) -> None:
        """Finishes what is being handed over, drops what was only gathered, and leaves the rest to a later run."""
        for gathered in self._gathered.values():
            if gathered.timer:
                gathered.timer.cancel()
        self._gathered.clear()
        if self._making:
            await asyncio.wait(set(self._making), timeout=seconds)
        tasks = {*self._making, *self._tasks}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if going := [one for one in self._open.values() if one.found is None]:
            count = sum(len(one.left) for one in going)
            where = ", ".join(sorted({one.endpoint.name for one in going}))
            self.say(f"{count} requests are in batches that go on at {where}: the same command picks them up, and pays nothing twice")
        self._open.clear()

    # from asks to a batch

    def _gather(self, endpoints: Endpoints, line: _Line) -> None:
        endpoints.left()  # EndpointError rather than a batch for nobody
        loop = asyncio.get_running_loop()
        gathered = self._gathered.setdefault(endpoints, _Gathered(since=loop.time()))
        if gathered.timer:
            gathered.timer.cancel()
        size = line.request.size
        if gathered.lines and gathered.size + size > MOST_BYTES:
            self._hand_over(endpoints)
            gathered = self._gathered.setdefault(endpoints, _Gathered(since=loop.time()))
        gathered.lines.append(line)
        gathered.size += size
        if len(gathered.lines) >= self.settings.batch_requests:
            self._hand_over(endpoints)
        else:  # asks that trickle in must not put it off without end
            wait = min(self.quiet, gathered.since + 10 * self.quiet - loop.time())
            gathered.timer = loop.call_later(max(0.0, wait), self._hand_over, endpoints)

    def _hand_over(self, endpoints: Endpoints) -> None:
        lines = [line for line in self._gathered.pop(endpoints).lines if not line.turn.done()]
        if lines:
            self._spawn(self._new(endpoints, lines), lines)

    def _spawn(self, work: Coroutine[Any, Any, None], lines: list[_Line] | dict[str, _Line]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # not handled here: whoever waits gets it
                for line in list(lines.values() if isinstance(lines, dict) else lines):
                    _fail(line, copy.copy(error))  # each its own: a traceback grows where it is raised

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _new(self, endpoints: Endpoints, lines: list[_Line]) -> None:
        """Hands asks over to the endpoint that, for its weight, has least in batches, and looks after them."""
        one: _Open | None = None
        while one is None:
            endpoint = min(endpoints.left(), key=lambda e: e.batched / e.weight)
            making = asyncio.create_task(self._made(endpoints, endpoint, lines))
            self._making.add(making)
            making.add_done_callback(self._making.discard)
            try:
                one = await asyncio.shield(making)  # a stop lets it finish
            except Gone as gone:
                endpoints.drop(endpoint, gone)
        await asyncio.sleep(self.settings.batch_poll)
        await self._look_after(one)

    async def _made(self, endpoints: Endpoints, endpoint: Endpoint, lines: list[_Line]) -> _Open:
        """A batch that the server has. Gone: it has none and makes none."""
        keys, tried = tuple(line.key for line in lines), endpoint.learnt
        batch = Batch(content_id(keys, time.time_ns()), "", endpoint.name, keys, "making")
        await self.ledger.put_batch(batch)
        try:
            content = await asyncio.to_thread(provider.file, [(line.key, line.request) for line in lines], tried)
            id = await provider.created(endpoint, batch.name, content, self.settings, self.backoff)
            batch = replace(batch, id=id, state="open")
        except Gone:
            await self.ledger.put_batch(replace(batch, state="done"))
            raise
        await self.ledger.put_batch(batch)
        endpoint.batched += len(lines)
        one = self._open[batch.name] = _Open(batch, endpoint, endpoints, tried, set(keys))
        for line in lines:
            self._wait_for(one, line)
        self.say(f"{len(lines)} requests were handed to {endpoint.name} as a batch ({batch.id})")
        return one

    # from a batch to replies

    def _resumed(self, batch: Batch, endpoints: Endpoints) -> _Open:
        """A batch of an earlier run, which is looked after from now on."""
        endpoint = next((e for e in endpoints.members if e.name == batch.endpoint), None)
        if endpoint is None or endpoint.lost:
            raise EndpointError(
                f"{len(batch.keys)} requests are in a batch at {batch.endpoint}, which cannot be asked",
                "give that address and its key again: asking elsewhere would pay twice",
            )
        left = {key for key in batch.keys if self.ledger.get(key) is None and self._remembered.get(key) is batch}
        one = self._open[batch.name] = _Open(batch, endpoint, endpoints, endpoint.learnt, left)
        endpoint.batched += len(left)
        self.say(f"{len(left)} requests are in a batch of an earlier run at {batch.endpoint}: it is waited for")
        self._spawn(self._old(one), one.waiting)
        return one

    async def _old(self, one: _Open) -> None:
        if one.batch.state == "making":
            found = await self._patiently(one, lambda: provider.listed(one.endpoint, one.batch.name))
            if found is None:  # its creation never got there
                await self._done(one)
                for key in one.batch.keys:
                    self._remembered.pop(key, None)
                for line in list(one.waiting.values()):
                    _fail(line, Adapted())
                return
            one.batch = replace(one.batch, id=found, state="open")
            await self.ledger.put_batch(one.batch)
        await self._look_after(one)

    def _wait_for(self, one: _Open, line: _Line) -> None:
        self._of[line.key] = one
        one.waiting[line.key] = line
        if one.found is not None:
            self._deliver(one, line)

    async def _look_after(self, one: _Open) -> None:
        """Waits for the end of a batch, and gives everyone his reply."""
        while one.found is None:
            try:
                await self._patiently(one, lambda: self._look(one))
            except provider.Forgotten:
                one.found, one.reason = {}, "the server does not know the batch any more"
            if one.found is None:
                await asyncio.sleep(self.settings.batch_poll)
        one.endpoint.batched -= len(one.left)
        for line in list(one.waiting.values()):
            self._deliver(one, line)

    async def _patiently(self, one: _Open, look: Callable[[], Awaitable[T]]) -> T:
        """What a look at a batch gives, however often it takes. EndpointError: there is no looking at it; it is not given up."""
        since = time.monotonic()
        while True:
            try:
                return await look()
            except Again as e:
                if time.monotonic() - since > PATIENCE:
                    raise EndpointError(str(e), "the batch goes on there: the same command picks it up") from None
                await asyncio.sleep(self.settings.batch_poll)
            except Denied as denied:
                raise EndpointError(str(denied), denied.hint) from None
            except Gone as gone:
                one.endpoints.drop(one.endpoint, gone)
                raise EndpointError(str(gone), gone.hint) from None

    async def _look(self, one: _Open) -> None:
        """Asks for the state of a batch; takes what came of it once it has ended."""
        end = await provider.ended(one.endpoint, one.batch.id)
        if end is None:
            return
        state, one.reason, one.found = end
        answered = sum(isinstance(result, tuple) and result[0] == 200 for result in one.found.values())
        where = f"batch {one.batch.id} at {one.endpoint.name}"
        self.say(f"{where} is {state}: {answered} of {len(one.batch.keys)} requests answered")

    def _deliver(self, one: _Open, line: _Line) -> None:
        result = (one.found or {}).get(line.key) or Again(one.reason)
        one.waiting.pop(line.key, None)
        if isinstance(result, Again):
            _fail(line, result)
        elif result[0] == 200:
            if not line.turn.done():
                line.turn.set_result((result[1], one.endpoint))
        else:
            error = one.endpoint.refusal(*result, {}, line.request, one.tried)
            if isinstance(error, Gone):
                one.endpoints.drop(one.endpoint, error)
                error = Adapted()  # another endpoint may answer
            _fail(line, error)

    async def _done(self, one: _Open) -> None:
        self._open.pop(one.batch.name, None)
        await self.ledger.put_batch(replace(one.batch, state="done"))


def _fail(line: _Line, error: Exception) -> None:
    if not line.turn.done():
        line.turn.set_exception(error)
