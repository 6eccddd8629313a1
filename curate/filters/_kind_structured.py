"""What structured answers must be: JSON that is valid against its schema, and says nothing twice."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from curate.filters._passage import folded
from curate.filters._turns import answers
from curate.llm import reply_of
from curate.records import Chunk, Sample, Verdict, canonical
from curate.text import words

ALIKE = 0.8  # Jaccard similarity of the words of two reasons from which they are one


def structured(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """The schema is that which the generator noted in `meta["schema"]`."""
    said = answers(sample)
    try:
        value = json.loads(said[-1] if said else "")
    except ValueError as error:
        return Verdict(sample.id, "kinds", passed=False, reason=f"the answer is not JSON: {error}")
    reply = reply_of("Answer", sample.meta["schema"])
    try:
        reply.model_validate({"value": value} if reply.wrapped else value)
    except ValidationError as error:
        return Verdict(sample.id, "kinds", passed=False, reason=f"not valid against the schema: {error.errors()[0]['msg']}")
    twice = next(_twice(value, ALIKE if sample.kind == "decision" else 1.0), "")
    reason = f"it says twice: “{twice[:60]}”" if twice else ""
    return Verdict(sample.id, "kinds", not reason, None, reason)


def _twice(value: Any, alike: float) -> Iterator[str]:
    """Texts and objects of one list that are the same; objects also from a similarity of their words on, where that is under 1."""
    if isinstance(value, list):
        seen: list[Any] = []
        known: set[str] = set()
        for part in (p for p in value if isinstance(p, (dict, str))):
            said = folded(part if isinstance(part, str) else canonical(part))
            if said in known or (alike < 1 and isinstance(part, dict) and any(_similarity(part, other) >= alike for other in seen)):
                yield " ".join(_texts(part))
            known.add(said)
            seen.append(part)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _twice(part, alike)


def _similarity(one: Any, other: Any) -> float:
    a, b = (set(words(" ".join(_texts(part)))) for part in (one, other))
    return len(a & b) / len(a | b) if a | b else 1.0


def _texts(value: Any) -> Iterator[str]:
    """What a value says, without its keys."""
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif value is not None:
        yield str(value)
