"""Spreads labels (kind of question, difficulty, style, thinking ...) over the samples that tasks ask for, by share."""

import hashlib

from curate.settings import Settings

Quotas = dict[str, dict[str, float]]
"""By dimension, the share of each label; the shares of a dimension sum to 1."""
Slot = dict[str, str]
"""One wanted sample: its label in each dimension."""
CYCLE = 60
"""Slots after which the labels of a dimension begin again; shares are kept to 1/60."""


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
    return {d: _whole(every[d]) for d in dimensions}


def slots(key: str, count: int, wanted: Quotas) -> list[Slot]:
    """The labels of `count` samples of the task `key`: each dimension runs through its own cycle from where the key's hash says."""
    cycles = {dimension: _cycle(shares) for dimension, shares in wanted.items() if shares}
    starts = {d: _number(key, d) for d in cycles}
    return [{d: cycle[(starts[d] + i) % len(cycle)] for d, cycle in cycles.items()} for i in range(count)]


def _whole(shares: dict[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    return {label: share / total for label, share in shares.items() if share > 0} if total > 0 else {}


def _cycle(shares: dict[str, float]) -> list[str]:
    """Labels in turn, each as often as its share says and as evenly as can be (smooth weighted round-robin)."""
    credit = dict.fromkeys(shares, 0.0)
    cycle = []
    for _ in range(CYCLE):
        for label, share in shares.items():
            credit[label] += share
        chosen = max(credit, key=lambda label: credit[label])
        credit[chosen] -= 1
        cycle.append(chosen)
    return cycle


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()[:8], "big")
