"""How much may be in flight at one address: a limit that follows overload and latency, and the rates its provider allows."""

import math
import time
from collections.abc import Callable

RISE = 2.0  # a latency beyond this many times the best one makes a trial of fewer sends
CALM = 1.2  # a latency within this many times the best one makes room for more
STEP = 0.8
LOSS = 0.93  # a trial that leaves a smaller share of the replies has taken something away
FEWEST = 8  # sends at once that latency leaves: a reply that never comes holds its slot until the timeout, and must not stop the rest
WINDOW = 32  # replies, at least, that one judgement rests on


class Bucket:
    """A rate a minute, spent as it comes in: what a second brings may be saved up, and one large send may run into debt."""

    def __init__(self, per_minute: float) -> None:
        self.rate = per_minute / 60
        self.most = max(1.0, self.rate)
        self.level = self.most
        self._at = time.monotonic()

    def wait(self, amount: float) -> float:
        """Seconds until this much may go; 0: now."""
        now = time.monotonic()
        self.level = min(self.most, self.level + (now - self._at) * self.rate)
        self._at = now
        short = min(amount, self.most) - self.level
        return short / self.rate if short > 1e-6 else 0.0


class Ceiling:
    """How many sends at once are worth it. A latency far beyond its best means a queue, as in TCP Vegas, but replies differ in length and
    batching servers slow down while they do more: so a step down is a trial, and stands only where as many replies come as before."""

    def __init__(self, most: int, now: float) -> None:
        self.most, self.value = most, float(most)
        self.best = math.inf  # seconds
        self._usual = 0.0  # a latency that proved to be what replies take
        self._before: tuple[float, float, float] | None = None  # value, replies a second and latency before the trial that is on
        self._skip = 0
        self._open(now)

    def reply(self, now: float, seconds: float, used: int, *, full: bool) -> None:
        """Counts a reply that took so long while `used` were in flight; full: no more could have been."""
        self.best = min(self.best, seconds)
        if self._skip > 0:  # sent before the last change
            self._skip -= 1
            if not self._skip:
                self._open(now)
            return
        self._count += 1
        self._seconds += seconds
        self._full += full
        if self._count >= max(WINDOW, 2 * self.value):
            self._judge(used, now - self._since)
            self._open(now)

    def _open(self, now: float) -> None:
        self._count = self._full = 0
        self._seconds, self._since = 0.0, now

    def _judge(self, used: int, window: float) -> None:
        latency, rate = self._seconds / self._count, self._count / max(1e-9, window)
        full, before, self._before = self._full > 0.9 * self._count, self._before, None
        if before and (not full or rate < LOSS * before[1]):  # fewer at once, fewer replies: that latency was what replies take
            self._set(before[0], used)
            self._usual = max(self._usual, before[2]) if full else self._usual
        elif full and latency > RISE * max(self.best, self._usual) and used > FEWEST:
            self._before = (self.value, max(rate, before[1]) if before else rate, latency)
            self._set(max(FEWEST, STEP * min(self.value, used)), used)
        elif latency < max(CALM * self.best, self._usual / CALM):
            self._set(min(float(self.most), self.value / STEP), used)

    def _set(self, value: float, used: int) -> None:
        if value != self.value:
            self.value, self._skip = value, used


class Load:
    """What one address has in flight, and how much it may: halves when it is overloaded, climbs back with every good reply."""

    def __init__(self, most: int, requests_per_minute: float | None = None, tokens_per_minute: float | None = None) -> None:
        self.most = most
        self.used = self.served = 0
        self.requests = Bucket(requests_per_minute) if requests_per_minute else None
        self.tokens = Bucket(tokens_per_minute) if tokens_per_minute else None
        self.typical = 0.0  # tokens of a reply
        self.waiters: list[Callable[[], None]] = []  # told when there is room
        self._overload = float(most)
        self._ceiling = Ceiling(most, time.monotonic())
        self._halved = 0.0

    @property
    def limit(self) -> float:
        """Sends at once."""
        return min(self._overload, self._ceiling.value)

    def wait(self, prompt_tokens: int) -> float:
        """Seconds until the rates let one more go; 0: now."""
        wait = self.requests.wait(1) if self.requests else 0.0
        return max(wait, self.tokens.wait(prompt_tokens + self.typical)) if self.tokens else wait

    def take(self, prompt_tokens: int) -> float:
        """One send leaves; the tokens it will use, as far as one can tell."""
        self.used += 1
        self.served += 1
        if self.requests:
            self.requests.level -= 1
        estimated = prompt_tokens + self.typical
        if self.tokens:
            self.tokens.level -= estimated
        return estimated

    def correct(self, estimated: float, used: tuple[int, int] | None) -> None:
        """Books what a send used in place of the estimate; None where that is not known."""
        if used and used[1]:
            self.typical += (used[1] - self.typical) / (8 if self.typical else 1)
        if self.tokens and used:
            self.tokens.level += estimated - sum(used)

    def good(self, seconds: float, *, full: bool) -> bool:
        """A reply came: one more send at once per round of replies, a tenth where that is more. True: there is room for more."""
        before = self.limit
        if self._overload < self.most:
            self._overload = min(self.most, self._overload + max(1 / self._overload, 0.1))
        self._ceiling.reply(time.monotonic(), seconds, self.used, full=full and self.used >= int(before))
        return self.limit > before

    def busy(self, sent: float) -> None:
        """The server is overloaded. A burst of such answers to sends of one moment halves once."""
        if sent > self._halved:
            self._overload = max(1.0, min(self._overload, self.limit) / 2)
            self._halved = time.monotonic()
