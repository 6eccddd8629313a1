"""What reasoning must be: two steps at least, none of them said twice, the last of which come to the answer."""

import re

from curate.filters._figures import missing
from curate.filters._passage import content, folded, source
from curate.filters._turns import questions
from curate.records import Chunk, Sample, Verdict

FOLLOWS = 0.3  # share of the answer's content words, beyond the question's, that the last step and the one before hold
_NUMBER = re.compile(r"^\d{1,2}[.)、]\s*")


def reasoning(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """Score: share of the answer's words that the last steps hold. Figures and sums are checked by `grounded`."""
    answer = next((m for m in reversed(sample.messages) if m.role == "assistant"), None)
    steps = [_NUMBER.sub("", line.strip()) for line in answer.reasoning.splitlines() if line.strip()] if answer else []
    if answer is None or len(steps) < 2:
        return Verdict(sample.id, "kinds", False, 0.0, f"{len(steps)} step{'s' if len(steps) != 1 else ''}, two at least are wanted")
    score = follows(answer.content, "\n".join(steps[-2:]), "\n".join(questions(sample)))
    reasons = []
    if lost := missing(answer.content, "\n".join([*steps, *questions(sample)])):
        reasons.append(f"no step comes to {', '.join(lost[:3])}")
    elif score is not None and score < FOLLOWS:
        reasons.append(f"the last steps hold {score:.0%} of the answer's words")
    if folded(steps[0]) == folded(answer.content):
        reasons.append("the first step is the answer")
    if len({folded(s) for s in steps}) < len(steps):
        reasons.append("a step is said twice")
    return Verdict(sample.id, "kinds", not reasons, score, "; ".join(reasons))


def follows(answer: str, last: str, asked: str) -> float | None:
    """The share of what the answer says beyond its question that the last steps say; None where it says nothing more than yes or no."""
    added = source(asked).lost(content(answer))
    return round(1 - len(source(last).lost(added)) / len(added), 4) if added else None
