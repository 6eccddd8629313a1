"""The only way to reach a model: `Models` is one per run, `Ask` one per task; renders, remembers, bounds, retries, validates."""

import asyncio
import gc
import random
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel

from curate.cache import Ledger, Reply
from curate.errors import EndpointError, ReplyError, UsageError, did_you_mean
from curate.llm._ask import Ask
from curate.llm._asked import Asked, Walk, failed
from curate.llm._batches import Batches
from curate.llm._budget import AskCounts, Budget, Hold, prices
from curate.llm._endpoints import LONGEST_WAIT, Adapted, Again, Denied, Endpoint, Gone
from curate.llm._flights import Flight
from curate.llm._requests import Options, Request
from curate.llm._roles import Role, opened
from curate.llm._traffic import Endpoints, Slot
from curate.prompts import Prompts
from curate.settings import Settings

T = TypeVar("T", bound=BaseModel)
DRAIN = 30.0  # seconds that replies in flight may take once a run stops
BATCHES = 2  # that one request may be in, should the first fail or expire


class Models:
    """The models of one run: clients, ledger, budget and slots, shared by every ask.

    on_event is told, in words, what happened to an endpoint. backoff: seconds before the second send, doubling with each further one.
    quiet: seconds without a new ask until a batch is handed over.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        workspace: Path | None = None,
        on_event: Callable[[str], None] | None = None,
        *,
        backoff: float = 0.5,
        quiet: float = 1.5,
    ) -> None:
        self.settings, self.ledger, self.backoff = settings, ledger, backoff
        self.prompts = Prompts(workspace)
        self.counts = AskCounts()
        self._say = on_event or (lambda _: None)
        self._budget = Budget(settings, prices(settings), self.counts)
        self._roles: dict[str, Role] = {}
        self._flights: dict[str, Flight] = {}
        self._sent: set[asyncio.Task[Any]] = set()  # flights whose request has left: drained, not cancelled
        self._batches = Batches(settings, ledger, self._say, quiet=quiet, backoff=backoff)
        self._draining = False

    async def __aenter__(self) -> Self:
        self._roles = opened(self.settings, self._say)
        for role in self._roles.values():
            if self.settings.max_cost is not None and role.model not in self._budget.prices:
                raise UsageError(f"--max-cost needs the price of {role.model!r}", "name a price table with the setting `prices`")
        gc.freeze()  # what is loaded stays: walking it again and again took a quarter of the time at 512 slots
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.drain(DRAIN)
        gc.unfreeze()
        for endpoint in {e for role in self._roles.values() for e in role.endpoints.members}:
            await endpoint.client.close()

    @property
    def at_once(self) -> int:
        """Tasks that may ask at once: enough to keep every slot full, or to fill batches that the provider works on side by side."""
        slots = 2 * self.settings.concurrency + 16
        return max(slots, 10 * self.settings.batch_requests) if self.settings.batch else slots

    def bound(self) -> Ask:
        """An ask for one task; its `keys` name the ledger entries it used."""
        return Ask(self)

    def role(self, name: str) -> Role:
        """The model that plays a role: the one for `generate` where the settings name no other."""
        return self._roles.get(name) or self._roles["generate"]

    async def drain(self, seconds: float) -> int:
        """Sends nothing more, waits until what is in flight is committed; returns how many replies were slower.

        Asks that were not sent yet, or are in a batch, end with `asyncio.CancelledError`: the batch goes on at the provider.
        """
        self._draining = True
        for flight in self._flights.values():
            if flight.task not in self._sent:
                flight.task.cancel()
        slow: set[asyncio.Task[Any]] = set()
        if self._sent:
            _, slow = await asyncio.wait(set(self._sent), timeout=seconds)
        for task in slow:
            task.cancel()
        await asyncio.gather(*(f.task for f in self._flights.values()), return_exceptions=True)
        for flight in self._flights.values():  # a task that is cancelled before its first step runs none of its code
            flight.land(None, asyncio.CancelledError())
        self._flights.clear()
        await self._batches.stop(seconds)
        return len(slow)

    async def check(self) -> list[str]:
        """Asks every server for its models; a line for each. EndpointError: unreachable, wrong key, unknown model."""
        lines = []
        for role in self._roles.values():
            for endpoint in role.endpoints.members:
                names = await endpoint.models()
                if names is not None and role.model not in names:
                    await _probe(role, endpoint, names)
                known = f"{endpoint.name} serves {role.model!r}"
                lines.append(known if names is not None else f"{endpoint.name} answers; it keeps no list of models")
        return list(dict.fromkeys(lines))

    async def answer(self, asked: Asked, keys: list[str]) -> Any:
        """The validated answer: remembered, shared with an equal ask in flight, or paid for. `keys` gets the ledger keys."""
        walk = Walk(asked, self.settings)
        flight = self._flights.get(walk.key)
        mine = flight is None
        try:
            if flight:
                walk = flight.walk
            elif (found := walk.recall(self.ledger)) is not None:
                self.counts.remembered += 1
                return found
            else:
                flight = self._start(walk)
            found = await flight.landed()
        except ReplyError:
            self.counts.failed += 1
            raise
        finally:
            keys += walk.keys
        if mine:
            return found
        self.counts.remembered += 1
        return found.model_copy(deep=True) if isinstance(found, BaseModel) else found  # a pydantic model can be changed

    def _start(self, walk: Walk) -> Flight:
        if self._draining:
            raise asyncio.CancelledError
        first = walk.key
        flight = self._flights[first] = Flight(walk, asyncio.get_running_loop().create_task(self._fly(first, walk)))
        return flight

    async def _fly(self, first: str, walk: Walk) -> None:
        """Attempt after attempt until an answer or an error, for all that wait."""
        found, error = None, None
        try:
            while found is None:
                found = await self._attempt(walk)
                if found is None:
                    found = walk.recall(self.ledger)
            self.counts.made += 1
        except (Exception, asyncio.CancelledError) as e:  # not handled here: whoever waits gets it
            error = e
        self._flights.pop(first).land(found, error)

    async def _attempt(self, walk: Walk) -> Any:
        """One attempt, sent until a reply comes. None: the reply was unusable, and the walk has gone on to the next attempt."""
        if self.settings.batch or self._batches.remembers(walk.key):
            return await self._attempt_in_batch(walk)
        endpoints, failing, sends = walk.asked.role.endpoints, 0.0, 0
        prompt_tokens = walk.most_tokens // 4 if endpoints.paced else 0  # bytes, of which a token has three to five
        while True:
            slot = await endpoints.acquire(prompt_tokens, again=sends > 0)
            sent = time.monotonic()
            try:
                if self._draining:
                    raise asyncio.CancelledError
                self.ledger.writable()
                return await self._send(walk, slot)
            except Adapted:
                wait = 0.0
            except Gone as e:
                wait = 0.0
                endpoints.drop(slot.endpoint, e)
            except Again as e:
                sends, failing = sends + 1, failing or time.monotonic()
                wait = self._wait(endpoints, slot.endpoint, e, sends, (failing, sent))
            finally:
                endpoints.release(slot)
            if wait:
                await asyncio.sleep(wait)

    async def _send(self, walk: Walk, slot: Slot) -> Any:
        """One request and its reply, committed before anyone sees it; the caller's slot is held until then."""
        role, task = walk.asked.role, cast("asyncio.Task[Any]", asyncio.current_task())
        request = walk.asked.send(walk.messages)
        if request.needs and (lacking := slot.endpoint.lacking(request)):
            walk.denied(lacking)
        hold = await self._budget.hold(role.model, walk.most_tokens, role.max_tokens)
        self._sent.add(task)
        self.counts.in_flight += 1
        try:
            row, found = await self._exchange(walk, slot, request, hold)
            await self.ledger.put(row)
        finally:
            self.counts.in_flight -= 1
            self._sent.discard(task)
        return self._taken(walk, row, found)

    async def _exchange(self, walk: Walk, slot: Slot, request: Request, hold: Hold) -> tuple[Reply, Any]:
        """What came back, judged and booked."""
        endpoint, sent = slot.endpoint, time.monotonic()
        used: tuple[int, int] | None = None  # unknown: all that was held may have been billed
        try:
            raw = await endpoint.post(request)
            walk.asked.role.endpoints.good(endpoint, time.monotonic() - sent)
            row, found, used = walk.judge(raw, endpoint)
            return row, found
        except Again as e:
            used = None if e.billed else (0, 0)
            if e.busy:
                endpoint.load.busy(sent)
            raise
        except (Adapted, Gone):
            used = (0, 0)
            raise
        except Denied as e:
            used = (0, 0)
            return walk.denied(e), None
        finally:
            endpoint.load.correct(slot.tokens, used)
            self._budget.settle(hold, used)

    async def _attempt_in_batch(self, walk: Walk) -> Any:
        """One attempt in a batch, and in a second one where the first gave no reply."""
        batches = 0
        while True:
            try:
                return await self._send_in_batch(walk)
            except Adapted:
                continue
            except Again as e:
                batches += 1
                if batches >= BATCHES:
                    raise ReplyError(f"{e} (in {batches} batches)", "the same command asks again", batches) from None

    async def _send_in_batch(self, walk: Walk) -> Any:
        """One request in a batch and its reply, committed before anyone sees it."""
        role, key, request = walk.asked.role, walk.key, walk.asked.send(walk.messages)
        if self._batches.remembers(key):
            hold = self._budget.adopt(role.model)
        else:
            hold = await self._budget.hold(role.model, walk.most_tokens, role.max_tokens, batch=True)
        used: tuple[int, int] | None = (0, 0)
        self.counts.in_flight += 1
        try:
            row, found, used = walk.judge(*await self._batches.post(role.endpoints, key, request))
        except (Again, Adapted, Denied) as e:
            if not isinstance(e, Denied) or not e.known:
                await self._batches.landed(key)
            if not isinstance(e, Denied):
                raise
            row, found = walk.denied(e), None
        finally:
            self.counts.in_flight -= 1
            self._budget.settle(hold, used)
        await self.ledger.put(row)
        await self._batches.landed(key)
        return self._taken(walk, row, found)

    def _taken(self, walk: Walk, row: Reply, found: Any) -> Any:
        """What a committed reply is worth: the answer, or None where the walk goes on. ReplyError: no further attempt would help."""
        walk.keys.append(row.key)
        if row.status == "failed":
            raise failed(row, walk.attempt + 1)
        if row.status == "invalid":
            self.counts.invalid += walk.attempt == 0
            walk.go_on(row.reason)
        return found

    def _wait(self, endpoints: Endpoints, endpoint: Endpoint, failure: Again, sends: int, since: tuple[float, float]) -> float:
        """Seconds until the next send; since: when the ask failed first, and this send began. ReplyError: there is none."""
        failing, sent = since
        most, gone = self.settings.send_attempts, Gone(str(failure), "start the server, or give its address with --base-url")
        if sends >= most:
            if failure.unreachable and endpoint.answered < failing:  # nobody was answered since then: the server is down
                endpoints.drop(endpoint, gone)
                return 0.0
            raise ReplyError(f"{failure} (sent {sends} times)", "--retry-failed asks again", sends)
        wait = float(min(LONGEST_WAIT, self.backoff * 2 ** (sends - 1))) * random.uniform(0.5, 1.0)
        if failure.wait is not None:
            wait = failure.wait + random.uniform(0, self.backoff)
        if not endpoints.rest(endpoint, failure, wait, sent):
            return wait
        if endpoint.silent >= most:
            endpoints.drop(endpoint, gone)
        return 0.0


async def _probe(role: Role, endpoint: Endpoint, names: list[str]) -> None:
    """One token from a model that is not listed: some servers take other names than those they list."""
    request = Request(Options(role.model, '{"max_tokens":1}'), '[{"content":"Hi","role":"user"}]')
    try:
        await endpoint.post(request)
    except Gone:
        raise EndpointError(f"{endpoint.name} has no model {role.model!r}", did_you_mean(role.model, names)) from None
    except (Again, Adapted, Denied):
        return
