"""An ask on its way, and all that wait for it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from curate.llm._asked import Walk


@dataclass(frozen=True, slots=True)
class Flight:
    """An ask on its way, in a task of its own: who waits for it may be cancelled without losing a reply that is paid for."""

    walk: Walk
    task: asyncio.Task[None]
    waiting: list[asyncio.Future[Any]] = field(default_factory=list)

    async def landed(self) -> Any:
        """The answer, to each who waits for it (`asyncio.shield` would cost every ask two more rounds of the event loop)."""
        turn: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        return await turn

    def land(self, found: Any, error: BaseException | None) -> None:
        """Wakes all that wait."""
        for turn in self.waiting:
            if turn.done():
                continue
            if error is None:
                turn.set_result(found)
            elif isinstance(error, asyncio.CancelledError):
                turn.cancel()
            else:
                turn.set_exception(error)
