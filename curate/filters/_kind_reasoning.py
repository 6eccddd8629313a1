"""What reasoning must be: two steps at least, none of them said twice, that come to the answer."""

import re

from curate.filters._figures import missing
from curate.filters._passage import content, folded, source
from curate.filters._turns import questions
from curate.records import Chunk, Sample, Verdict

FOLLOWS = 0.3  # share of the answer's content words, beyond the question's, that the steps hold; steps to another answer hold a tenth
LEAST = 4  # such words that an answer must have to be compared; twice as many pairs of characters
_NUMBER = re.compile(r"^\d{1,2}[.)、]\s*")


def reasoning(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """Score: share of the answer's words that the steps hold. Figures and sums are checked by `grounded`."""
    answer = next((m for m in reversed(sample.messages) if m.role == "assistant"), None)
    steps = [_NUMBER.sub("", line.strip()) for line in answer.reasoning.splitlines() if line.strip()] if answer else []
    if answer is None or len(steps) < 2:
        return Verdict(sample.id, "kinds", False, 0.0, f"{len(steps)} step{'s' if len(steps) != 1 else ''}, two at least are wanted")
    score = follows(answer.content, "\n".join(steps), "\n".join(questions(sample)))
    reasons = []
    if lost := missing(answer.content, "\n".join([*steps, *questions(sample)])):
        reasons.append(f"no step comes to {', '.join(lost[:3])}")
    elif score is not None and score < FOLLOWS:
        reasons.append(f"the steps hold {score:.0%} of the answer's words")
    if folded(steps[0]) == folded(answer.content):
        reasons.append("the first step is the answer")
    if len({folded(s) for s in steps}) < len(steps):
        reasons.append("a step is said twice")
    return Verdict(sample.id, "kinds", not reasons, score, "; ".join(reasons))


def follows(answer: str, steps: str, asked: str) -> float | None:
    """The share of what the answer says beyond its question that the steps say; None where it says too little more to tell."""
    added = source(asked).lost(content(answer))
    least = LEAST if answer.isascii() else 2 * LEAST
    return round(1 - len(source(steps).lost(added)) / len(added), 4) if len(added) >= least else None
