"""Fails classifications whose answer is none of the labels that the row offers."""

from curate.filters._turns import answers
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import fold

VERSION = 1


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """The label stands alone, or before a colon and a reason, as the row asked (`meta["labels"]["answer"]`)."""
    choices = sample.meta.get("choices")
    if not isinstance(choices, list):
        return Verdict(sample.id, "label", passed=True, reason="no choice of labels")
    said = "".join(answers(sample)[-1:]).strip()
    if sample.meta.get("labels", {}).get("answer") == "reasoned":
        label = next((c for c in choices if said.startswith((f"{c}:", f"{c}："))), None)
        if label is not None and not fold(said[len(label) + 1 :]):
            return Verdict(sample.id, "label", passed=False, reason="the label has no reason")
    else:
        label = next((c for c in choices if said == c), None)
    reason = "" if label is not None else f"“{said[:60]}” is none of the labels"
    return Verdict(sample.id, "label", not reason, None, reason)
