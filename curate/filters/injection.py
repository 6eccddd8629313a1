"""Fails samples that carry what a document says to the model that reads it, in place of what it says to people."""

from functools import lru_cache

from curate.filters._injection_patterns import commands
from curate.filters._turns import answers, asked
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import dates, fold, numbers, words

VERSION = 1

ECHO = 0.5
"""Share of an answer's words that may stand in the commands of its passage and nowhere else in it."""
OWN = ("imported", "smalltalk", "refusal", "instruct")
"""Kinds whose text comes from no document, and may speak of such things."""


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """`detail["command"]` is what the passage says to a model, also where the sample passes."""
    if sample.kind in OWN:
        return Verdict(sample.id, "injection", passed=True)
    question, _, _ = asked(sample)
    said = "\n".join([question, *answers(sample), *(m.reasoning for m in sample.messages)])
    parted = [_parted(c.text) for c in chunks]
    ordered = [p for p in parted if p[0]]
    reason = ""
    if ordered:
        quoted = next((s.quote for s in sample.evidence if s.quote and any(_meets(s.quote, commanded) for commanded, _, _ in ordered)), "")
        if quoted:
            reason = f"the evidence is a command to the model: “{_short(quoted)}”"
        elif echo := _echo(said, [c for c, _, _ in ordered], [rest for _, rest, _ in parted], chunks):
            reason = f"the answer repeats what only a command to the model says: “{_short(echo)}”"
    if not reason and (hit := _own_command(said)):
        reason = f"the sample itself commands a model: “{_short(hit)}”"
    detail = {"command": _short(ordered[0][2])} if ordered else {}
    return Verdict(sample.id, "injection", not reason, None, reason, detail)


@lru_cache(maxsize=16)  # the samples of one chunk follow each other
def _parted(text: str) -> tuple[str, str, str]:
    """(paragraphs that command a model, all others, the first command)."""
    if not commands(text):
        return "", text, ""
    paragraphs = [p for p in text.split("\n\n") if p.strip()]
    hits = [commands(p) for p in paragraphs]
    if not any(hits):  # it begins in one paragraph and ends in another
        return text, "", commands(text)
    last = len(paragraphs) - 1
    marked = {i for i, hit in enumerate(hits) if hit} | {
        i + 1 for i, hit in enumerate(hits) if hit and i < last and _announces(paragraphs[i])
    }
    held = "\n\n".join(p for i, p in enumerate(paragraphs) if i in marked)
    return held, "\n\n".join(p for i, p in enumerate(paragraphs) if i not in marked), next(h for h in hits if h)


def _announces(paragraph: str) -> bool:
    return paragraph.rstrip().endswith((":", "：", "-->", ">", "```"))


def _meets(quote: str, commanded: str) -> bool:
    """Whether a quote stands in, or reaches into, what commands the model."""
    ours, theirs = fold(quote), fold(commanded)
    return ours in theirs or theirs in ours or bool(commands(quote))


def _echo(said: str, commanded: list[str], rest: list[str], chunks: list[Chunk]) -> str:
    """The words of a sample that stand in a command and nowhere else in its passages, where they are most of it or any figure."""
    place = "\n".join(part for c in chunks for part in (c.title, *c.heading_path, c.context, c.path))
    elsewhere = _terms("\n".join([*rest, place]))
    only = _terms("\n".join(commanded)) - elsewhere
    ours = [t for t in dict.fromkeys([*words(said), *numbers(said), *dates(said)]) if len(t) > 1 or not t.isascii()]
    echoed = [t for t in ours if t in only]
    telling = [t for t in echoed if any(c.isdigit() for c in t)]
    if telling or (ours and len(echoed) > ECHO * len(ours)):
        return ", ".join(telling or echoed[:8])
    return ""


def _terms(text: str) -> set[str]:
    return {*words(text), *numbers(text), *dates(text)}


@lru_cache(maxsize=64)
def _own_command(said: str) -> str:
    return commands(said)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:77] + "..."
