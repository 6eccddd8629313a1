"""Spreads labels (kind of question, difficulty, style, thinking ...) over the samples that tasks ask for, by share."""

import hashlib
from functools import lru_cache

from curate.planning._bearing import SPECIAL, Borne, borne_by, suits
from curate.planning._plan import Plan
from curate.records import Chunk
from curate.settings import Settings

Quotas = dict[str, dict[str, float]]
"""By dimension, the share of each label; the shares of a dimension sum to 1."""
Slot = dict[str, str]
"""One wanted sample: its label in each dimension."""
CYCLE = 60
"""Slots after which the labels of a dimension begin again; shares are kept to 1/60."""
DIMENSIONS = ("question", "difficulty", "style", "think", "context", "demonstrations")
"""What the settings give shares of."""
FITTINGS = 60
"""Times that weights are corrected to meet the shares; far fewer are needed where they can be met."""
HEAVIEST = 12.0
"""How much more often than its share says a kind is asked of the passages that bear it, at most."""


def quotas(settings: Settings, *dimensions: str) -> Quotas:
    """The shares that the settings want in the named dimensions: question, difficulty, style, think, context, demonstrations."""
    share = {"none": 0.0, "passage": 1.0, "mixed": settings.context_share}[settings.context]
    every: Quotas = {
        "question": settings.questions,
        "difficulty": settings.difficulties,
        "style": settings.styles,
        "think": {"yes": settings.think, "no": 1 - settings.think},
        "context": {"passage": share, "none": 1 - share},
        "demonstrations": {"yes": settings.demonstrations, "no": 1 - settings.demonstrations},
    }
    return {d: whole(every[d]) for d in dimensions}


def slots(key: str, count: int, wanted: Quotas) -> list[Slot]:
    """The labels of `count` samples of the task `key`: each dimension runs through its own cycle from where the key's hash says."""
    cycles = {dimension: _cycle(tuple(shares.items())) for dimension, shares in wanted.items() if shares}
    starts = {d: _number(key, d) for d in cycles}
    return [{d: cycle[(starts[d] + i) % len(cycle)] for d, cycle in cycles.items()} for i in range(count)]


class Fitting:
    """The shares that each passage is asked with, so that all together meet the wanted ones and none is asked what it cannot bear.

    A kind that few passages bear is asked of these more often. How much more follows from how many of the corpus bear what, which
    plan.json says: what one passage is asked depends on itself, on the settings and on the plan.
    """

    def __init__(self, wanted: Quotas, plan: Plan) -> None:
        self.wanted = wanted
        self.weights = {d: _weights(wanted[d], plan.bearing[d], SPECIAL[d]) for d in SPECIAL if wanted.get(d) and plan.bearing.get(d)}
        self.special = any(SPECIAL[d] & wanted.get(d, {}).keys() for d in SPECIAL)

    def of(self, chunk: Chunk) -> Quotas:
        """The shares for one passage; a dimension none of whose labels it bears is left as it is wanted."""
        return self.to(borne_by(chunk)) if self.special else self.wanted

    def to(self, found: Borne) -> Quotas:
        """The shares for what bears this."""
        fitted = {}
        for dimension, shares in self.wanted.items():
            weights = self.weights.get(dimension, shares)
            own = {label: weights[label] for label in shares if dimension not in SPECIAL or suits(found, dimension, label)}
            fitted[dimension] = whole(own) or shares
        return fitted


def _weights(shares: dict[str, float], bearing: dict[str, float], special: frozenset[str]) -> dict[str, float]:
    """Weights by which labels are to be chosen where they can be, so that over all passages each comes to its share."""
    patterns = [(set(pattern.split("+")), share) for pattern, share in bearing.items() if share > 0]
    weights = dict(shares)
    for _ in range(FITTINGS):
        reached = dict.fromkeys(shares, 0.0)
        for held, share in patterns:
            own = {label: w for label, w in weights.items() if label not in special or label in held}
            total = sum(own.values())
            for label, weight in own.items():
                reached[label] += share * weight / total
        mass = sum(reached.values())
        if not mass:
            return shares
        for label, share in shares.items():
            if reached[label]:
                corrected = weights[label] * share * mass / reached[label]
                weights[label] = min(max(corrected, share / HEAVIEST), share * HEAVIEST)
    return {label: round(weight, 6) for label, weight in weights.items()}


def whole(shares: dict[str, float]) -> dict[str, float]:
    """Shares that sum to 1, labels without one left out."""
    total = sum(shares.values())
    return {label: share / total for label, share in shares.items() if share > 0} if total > 0 else {}


@lru_cache(maxsize=4096)
def _cycle(shares: tuple[tuple[str, float], ...]) -> list[str]:
    """Labels in turn, each as often as its share says and as evenly as can be (smooth weighted round-robin)."""
    credit = dict.fromkeys((label for label, _ in shares), 0.0)
    cycle = []
    for _ in range(CYCLE):
        for label, share in shares:
            credit[label] += share
        chosen = max(credit, key=lambda label: credit[label])
        credit[chosen] -= 1
        cycle.append(chosen)
    return cycle


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()[:8], "big")
