"""How many asks may be in flight: a limit that follows what the server can take."""

import asyncio
import time
from collections import deque


class Slots:
    """Bounds what is in flight: the limit halves when the server is overloaded and climbs back with every good reply."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.used = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._retrying: deque[asyncio.Future[None]] = deque()
        self._halved = 0.0

    async def acquire(self, *, again: bool) -> None:
        """Waits for a slot; who was sent before goes first."""
        if self.used < int(self.limit) and not self._waiting and not self._retrying:
            self.used += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._retrying if again else self._waiting).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Gives the slot to the next."""
        self.used -= 1
        self._admit()

    def good(self) -> None:
        """A reply came: one more slot per round of replies, a tenth where that is more."""
        if self.limit < self.most:
            self.limit = min(self.most, self.limit + max(1 / self.limit, 0.1))
            self._admit()

    def busy(self, sent: float) -> None:
        """The server is overloaded. A burst of such answers to sends of one moment halves once."""
        if sent > self._halved:
            self.limit = max(1.0, self.limit / 2)
            self._halved = time.monotonic()

    def _admit(self) -> None:
        while self.used < int(self.limit):
            queue = self._retrying or self._waiting
            if not queue:
                return
            turn = queue.popleft()
            if not turn.done():
                self.used += 1
                turn.set_result(None)
