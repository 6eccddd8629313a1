"""What a run has asked and spent, and the caps that hold exactly because every send reserves its most before it leaves."""

import asyncio
import tomllib
from dataclasses import dataclass
from pathlib import Path

from curate.errors import BudgetReached, UsageError
from curate.settings import Settings


@dataclass(slots=True)
class AskCounts:
    """made: answered by a server in this run; remembered: answered without one (ledger, or an equal ask in flight); failed: no answer.

    invalid: asks whose first reply could not be used. sent: requests, retries and re-asks included. cost: dollars, None where a
    price is unknown.
    """

    made: int = 0
    remembered: int = 0
    failed: int = 0
    invalid: int = 0
    sent: int = 0
    in_flight: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens; batch_discount: the share that a batch endpoint takes off."""

    prompt: float
    completion: float
    batch_discount: float = 0.5

    def in_batch(self) -> "Price":
        """The price of the same tokens in a batch."""
        return Price(self.prompt * (1 - self.batch_discount), self.completion * (1 - self.batch_discount))

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


@dataclass(frozen=True, slots=True)
class Hold:
    """What one send may cost at most, held until it is settled."""

    price: Price | None
    tokens: int
    cost: float


class Budget:
    """The caps of one run. Used plus held never passes a cap, so neither does what is spent."""

    def __init__(self, settings: Settings, prices: dict[str, Price], counts: AskCounts) -> None:
        self.settings, self.prices, self.counts = settings, prices, counts
        self._tokens = self._held_tokens = self._held = 0
        self._cost = self._held_cost = 0.0
        self._reached: BudgetReached | None = None
        self._changed = asyncio.Event()

    async def hold(self, model: str, prompt_tokens: int, completion_tokens: int, *, batch: bool = False) -> Hold:
        """Reserves one send; waits while only what others hold stands in the way. BudgetReached: no send of this run will fit."""
        price = self._price(model, batch=batch)
        wanted = Hold(price, prompt_tokens + completion_tokens, price.of(prompt_tokens, completion_tokens) if price else 0.0)
        while cap := self._in_the_way(wanted):
            if self._reached or not self._held or cap == "max_calls":
                raise self._stop(cap)
            self._changed.clear()
            await self._changed.wait()
        self._held += 1
        self._held_tokens += wanted.tokens
        self._held_cost += wanted.cost
        self.counts.sent += 1
        return wanted

    def adopt(self, model: str) -> Hold:
        """For what an earlier run has sent, and reserved: it is only booked, at the price of a batch."""
        self._held += 1
        return Hold(self._price(model, batch=True), 0, 0.0)

    def settle(self, hold: Hold, used: tuple[int, int] | None) -> None:
        """Frees what was held and books what was used: (prompt, completion) tokens, or None where the server may have billed all of it."""
        self._held -= 1
        self._held_tokens -= hold.tokens
        self._held_cost -= hold.cost
        self._tokens += hold.tokens if used is None else sum(used)
        if hold.price:
            self._cost += hold.cost if used is None else hold.price.of(*used)
        if used:
            self._count(hold, *used)
        self._changed.set()

    def _price(self, model: str, *, batch: bool) -> Price | None:
        price = self.prices.get(model)
        return price.in_batch() if price and batch else price

    def _count(self, hold: Hold, prompt_tokens: int, completion_tokens: int) -> None:
        counts = self.counts
        counts.prompt_tokens += prompt_tokens
        counts.completion_tokens += completion_tokens
        if hold.price is None and prompt_tokens + completion_tokens:
            counts.cost = None
        elif hold.price and counts.cost is not None:
            counts.cost += hold.price.of(prompt_tokens, completion_tokens)

    def _in_the_way(self, wanted: Hold) -> str:
        """The cap that this send would pass, or nothing."""
        caps = self.settings
        if self._reached:
            return "reached"
        if caps.max_calls is not None and self.counts.sent + 1 > caps.max_calls:
            return "max_calls"
        if caps.max_tokens is not None and self._tokens + self._held_tokens + wanted.tokens > caps.max_tokens:
            return "max_tokens"
        if caps.max_cost is not None and self._cost + self._held_cost + wanted.cost > caps.max_cost:
            return "max_cost"
        return ""

    def _stop(self, cap: str) -> BudgetReached:
        """The same error for every ask from now on: a smaller one that would still fit must not outlive the cap."""
        if self._reached is None:
            flag = "--" + cap.replace("_", "-")
            text = f"{flag} {getattr(self.settings, cap)} is used up ({self.counts.sent} requests, {self._tokens} tokens)"
            self._reached = BudgetReached(text, f"what is done stays valid; raise {flag} and run the same command again to go on")
            self._changed.set()
        return BudgetReached(self._reached.message, self._reached.hint)


def prices(settings: Settings) -> dict[str, Price]:
    """The price table of a run by model name; a model it lacks costs an unknown amount, not nothing."""
    path = Path(settings.prices)
    if not settings.prices:
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {model: _price(row) for model, row in table.items()}
    except OSError as e:
        raise UsageError(f"the price table {path} cannot be read: {e.strerror}", "see the setting `prices`") from None
    except (ValueError, KeyError, TypeError) as e:
        raise UsageError(
            f"the price table {path} is wrong: {e}",
            'each model is a table: ["name"] prompt = 0.5, completion = 1.5, and batch_discount where it is not 0.5',
        ) from None


def _price(row: dict[str, float]) -> Price:
    discount = float(row.get("batch_discount", 0.5))
    if not 0 <= discount <= 1:
        raise ValueError(f"batch_discount is a share from 0 to 1, not {discount}")
    return Price(float(row["prompt"]), float(row["completion"]), discount)
