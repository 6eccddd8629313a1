"""Shares the sends of a run among the endpoints that serve one model: by weight, within their limits, past those that fail."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from curate.errors import EndpointError
from curate.llm._endpoints import LONGEST_WAIT, PAUSE, Again, Endpoint, Gone


@dataclass(slots=True)
class Cap:
    """Sends in flight at most over all the endpoints of a list, whichever models they are for."""

    most: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to one send to one endpoint. tokens: what it will use, as far as one can tell."""

    endpoint: Endpoint
    tokens: float


class Endpoints:
    """The addresses that serve one model, and who waits for them."""

    def __init__(self, members: list[Endpoint], cap: Cap) -> None:
        self.members, self.cap = members, cap
        self.paced = any(e.load.tokens for e in members)
        self._waiting: deque[tuple[asyncio.Future[Slot], int]] = deque()
        self._retrying: deque[tuple[asyncio.Future[Slot], int]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        for endpoint in members:
            endpoint.load.waiters.append(self.admit)

    async def acquire(self, prompt_tokens: int, *, again: bool) -> Slot:
        """Waits for a slot; who was sent before goes first. EndpointError: no endpoint is left."""
        if not self._waiting and not self._retrying and (slot := self._pick(prompt_tokens)):
            return slot
        turn: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        (self._retrying if again else self._waiting).append((turn, prompt_tokens))
        self.admit()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.release(turn.result())
            raise

    def release(self, slot: Slot) -> None:
        """Gives the slot to the next."""
        slot.endpoint.load.used -= 1
        self.cap.used -= 1
        self._admit_all(slot.endpoint)

    def good(self, endpoint: Endpoint, seconds: float) -> None:
        """A reply came after so many seconds."""
        endpoint.silent = 0
        if endpoint.load.good(seconds, full=bool(self._waiting or self._retrying)):
            self._admit_all(endpoint)

    def rest(self, endpoint: Endpoint, failure: Again, wait: float, sent: float) -> bool:
        """Leaves an endpoint alone that asked for a long wait, or that fails while another could answer.

        True: whoever sent to it need not wait himself, for the next slot is another's, or comes when it is due.
        """
        now = time.monotonic()
        long = failure.wait is not None and failure.wait > PAUSE
        if long and endpoint.rests_until < now:
            endpoint.say(f"{endpoint.name} asks to wait {failure.wait:.0f} s: it is left alone until then")
        others = any(e.lost is None and e.rests_until <= now for e in self.members if e is not endpoint)  # who rests could not answer
        if not (long or (others and (failure.busy or failure.unreachable))):
            return False
        if failure.unreachable and sent > endpoint.failed:  # a burst of such failures counts once
            endpoint.silent, endpoint.failed = endpoint.silent + 1, now
        if failure.unreachable:
            wait = min(LONGEST_WAIT, wait * 2 ** max(0, endpoint.silent - 1))
        endpoint.rests_until = max(endpoint.rests_until, now + wait)
        return True

    def drop(self, endpoint: Endpoint, gone: Gone) -> None:
        """Leaves an endpoint for good; with none left, all that wait are told why."""
        if endpoint.lost is None:
            endpoint.lost = gone
            endpoint.say(f"{gone}: this endpoint is dropped")
            self._admit_all(endpoint)

    def left(self) -> list[Endpoint]:
        """The endpoints that may still answer. EndpointError: there is none."""
        left = [e for e in self.members if e.lost is None]
        if not left:
            raise self.error()
        return left

    def error(self) -> EndpointError:
        """Why there is no endpoint left."""
        lost = [e.lost for e in self.members if e.lost]
        return EndpointError("no endpoint is usable: " + "; ".join(str(gone) for gone in lost), lost[-1].hint if lost else "")

    def admit(self) -> None:
        """Gives slots to those that wait, as far as there are any; looks again when one that rests is due."""
        while queue := self._retrying or self._waiting:
            turn, tokens = queue[0]
            if not turn.done():
                try:
                    slot = self._pick(tokens)
                except EndpointError as error:
                    turn.set_exception(error)
                else:
                    if slot is None:
                        self._look_again(tokens)
                        return
                    turn.set_result(slot)
            queue.popleft()

    def _pick(self, tokens: int) -> Slot | None:
        """A slot where, for its weight, least is in flight; of equals where least was sent: equal servers get shares by weight, and
        a slow one gets less. None: all are full or rest."""
        left, now = self.left(), time.monotonic()
        if self.cap.used >= self.cap.most:
            return None
        free = [e for e in left if e.room() and e.rests_until <= now and not e.load.wait(tokens)]
        if not free:
            return None
        least = min(free, key=lambda e: (e.load.used / e.weight, e.load.served / e.weight)) if len(free) > 1 else free[0]
        self.cap.used += 1
        return Slot(least, least.load.take(tokens))

    def _look_again(self, tokens: int) -> None:
        """Sets the timer for the first endpoint that has room but rests, or waits for its rate; others call when they have room."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self.cap.used >= self.cap.most:
            return
        now = time.monotonic()
        room = (e for e in self.members if e.lost is None and e.room())
        wait = min((max(e.rests_until - now, e.load.wait(tokens)) for e in room), default=None)
        if wait is not None:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0.001), self.admit)

    def _admit_all(self, endpoint: Endpoint) -> None:
        for admit in endpoint.load.waiters:
            admit()
