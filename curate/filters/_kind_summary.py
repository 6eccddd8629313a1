"""What a summary must be: of the wished length, and shorter than its text."""

import re

from curate.filters._turns import answers
from curate.records import Chunk, Json, Sample, Verdict
from curate.text import UNSPACED, sentences

TOLERANCE = 0.3  # of a number of words
LONGEST = 0.7  # share of the text's length
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)、])\s*\S")
_CHARACTER = re.compile(f"[{UNSPACED}]")
_OTHER = re.compile(rf"[^\W{UNSPACED}]+")


def summary(sample: Sample, chunks: list[Chunk]) -> Verdict:
    """The reason names every fault. Figures and names are checked by `grounded`."""
    said = "\n".join(answers(sample)).strip()
    reasons = [reason for reason in (_length(said, sample.meta.get("length", {})),) if reason]
    if len(said) > LONGEST * sum(len(c.text) for c in chunks):
        reasons.append("the summary is hardly shorter than its text")
    return Verdict(sample.id, "kinds", not reasons, None, "; ".join(reasons))


def size(text: str) -> int:
    """Words; each character of a script without spaces is one."""
    return len(_CHARACTER.findall(text)) + len(_OTHER.findall(text))


def _length(said: str, wished: Json) -> str:
    unit, count = wished.get("unit"), wished.get("count", 1)
    if unit == "sentence" and (found := len(sentences(said))) != 1:
        return f"{found} sentences, one was wished for"
    if unit == "bullets":
        lines = [line for line in said.splitlines() if line.strip()]
        bullets = sum(bool(_BULLET.match(line)) for line in lines)
        if bullets != count or len(lines) != bullets:
            return f"{bullets} bullet points and {len(lines) - bullets} other lines, {count} points were wished for"
    if unit == "words" and not count * (1 - TOLERANCE) <= size(said) <= count * (1 + TOLERANCE):
        return f"{size(said)} words, about {count} were wished for"
    return ""
