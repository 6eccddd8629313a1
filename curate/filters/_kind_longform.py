"""What a long answer must be: two sections at least, each with figures of its own passages, none that repeats another."""

import re
from itertools import combinations

from curate.filters._figures import missing
from curate.filters._passage import content, folded
from curate.filters._turns import answers
from curate.records import Chunk, Sample, Verdict

ALIKE = 0.7  # share of content words in common from which two paragraphs say the same
LONG = 8  # content words of a paragraph that can repeat another
_HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


def longform(sample: Sample, chunks: list[Chunk]) -> Verdict:
    """A section that a person added or renamed is held against all passages."""
    own = {s["heading"]: set(s["chunks"]) for s in sample.meta.get("sections", [])}
    reasons = []
    found = parted("\n".join(answers(sample)))
    if len(found) < 2:
        reasons.append(f"{len(found)} section{'s' if len(found) != 1 else ''}, a long answer has two at least")
    for heading, text in found:
        held = [c for c in chunks if c.id in own.get(heading, {c.id})]
        passages = "\n".join(part for c in held for part in (c.title, *c.heading_path, c.context, c.text))
        if lost := missing(text, passages):
            reasons.append(f"the passages of “{heading}” do not hold {', '.join(lost[:3])}")
    reasons += _repeated([text for _, text in found])
    return Verdict(sample.id, "kinds", not reasons, None, "; ".join(reasons))


def parted(answer: str) -> list[tuple[str, str]]:
    """The sections of a long answer: heading and text."""
    marks = list(_HEADING.finditer(answer))
    ends = [m.start() for m in marks[1:]] + [len(answer)]
    return [(m[1], answer[m.end() : end].strip()) for m, end in zip(marks, ends, strict=True)]


def _repeated(texts: list[str]) -> list[str]:
    paragraphs = [p.strip() for text in texts for p in re.split(r"\n\s*\n", text) if p.strip()]
    for one, other in combinations(paragraphs, 2):
        first, second = content(one), content(other)
        if min(len(first), len(second)) >= LONG and (folded(one) == folded(other) or len(first & second) >= ALIKE * len(first | second)):
            return [f"a paragraph repeats another: “{other[:60]}”"]
    return []
