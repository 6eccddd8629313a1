"""Fails samples that are not what their kind promises: a question over two passages that one answers, a summary that is too long."""

from curate.filters._kind_classification import classification
from curate.filters._kind_conversation import conversation
from curate.filters._kind_longform import longform
from curate.filters._kind_multihop import multihop
from curate.filters._kind_reasoning import reasoning
from curate.filters._kind_refusal import refusal
from curate.filters._kind_structured import structured
from curate.filters._kind_summary import summary
from curate.filters._kind_unanswerable import unanswerable
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings

VERSION = 3

RULES = {
    "classification": classification,
    "conversation": conversation,
    "decision": structured,
    "extraction": structured,
    "longform": longform,
    "multihop": multihop,
    "reasoning": reasoning,
    "refusal": refusal,
    "summary": summary,
    "unanswerable": unanswerable,
}


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """What the rule of its kind says; kinds without one pass."""
    rule = RULES.get(sample.kind)
    return rule(sample, chunks) if rule else Verdict(sample.id, "kinds", True)
