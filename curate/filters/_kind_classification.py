"""What a classification must be: one of the labels that the row offers, with a reason where one is asked for."""

from curate.filters._turns import answers
from curate.records import Chunk, Sample, Verdict
from curate.text import fold


def classification(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """The label stands alone, or before a colon and a reason, as the row asked (`meta["labels"]["answer"]`)."""
    choices = sample.meta["choices"]
    said = "".join(answers(sample)[-1:]).strip()
    if sample.meta.get("labels", {}).get("answer") == "reasoned":
        label = next((c for c in choices if said.startswith((f"{c}:", f"{c}："))), None)
        if label is not None and not fold(said[len(label) + 1 :]):
            return Verdict(sample.id, "kinds", passed=False, reason="the label has no reason")
    else:
        label = next((c for c in choices if said == c), None)
    reason = "" if label is not None else f"“{said[:60]}” is none of the labels"
    return Verdict(sample.id, "kinds", not reason, None, reason)
