"""Fails instructions of `instruct` that are like one kept before (ROUGE-L), beyond a model of text, or with contradictory instances."""

from collections.abc import Iterable

from curate.planning import Novelty, Rows, seeds
from curate.records import Verdict
from curate.settings import Settings

VERSION = 1


def compare(rows: Rows, settings: Settings) -> Iterable[Verdict]:
    """A verdict for every row in table order, which is the order of rounds; samples of other kinds pass."""
    novelty: Novelty | None = None
    for sample in rows:
        if sample.kind != "instruct":
            yield Verdict(sample.id, "novelty", True)
            continue
        novelty = novelty or Novelty(seeds(settings))
        reason, detail = novelty.fault(sample)
        yield Verdict(sample.id, "novelty", not reason, detail.get("rouge_l"), reason, detail)
