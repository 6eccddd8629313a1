"""What one generator's tasks asked for and what passed so far: which labels miss their share, and which characters are covered."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from curate.planning._covering import Spans, touching, united
from curate.planning._quotas import Quotas
from curate.planning._views import View
from curate.records import Chunk

TOLERANCE = 0.02
"""Part of all samples by which a label may miss its share."""
FEW = 2
"""Samples by which a label may miss its share: of few samples, each is many points."""
LEAST_YIELD = 0.05
"""Part of the samples asked for that must have passed for more of their label to be worth their price."""
TRIED = 20
"""Samples asked for from which a label's yield is known."""
GROWTH = 0.15
"""Further samples of one dimension and round, as a part of those there are, at most."""

Label = tuple[str, str]
"""A dimension and a label in it."""


@dataclass(slots=True)
class Tally:
    """planned, reached: samples asked for and passed, by label; gained: passed samples of make-up tasks, by round and label.

    bearing: the passages that gave samples at all; those whose task failed or found nothing are not asked again. asked: passages with
    the labels that they were asked to make up for, each once.
    """

    planned: Counter[Label] = field(default_factory=Counter)
    reached: Counter[Label] = field(default_factory=Counter)
    gained: Counter[tuple[int, Label]] = field(default_factory=Counter)
    made_up: set[tuple[int, Label]] = field(default_factory=set)
    bearing: set[str] = field(default_factory=set)
    asked: set[tuple[str, Label]] = field(default_factory=set)
    focused: dict[str, list[str]] = field(default_factory=dict)
    evidence: dict[str, Spans] = field(default_factory=dict)

    def lacking(self, wanted: Quotas, round_: int) -> dict[Label, int]:
        """The labels that miss their share, and how many more samples to ask for; a label that next to nothing passes of, or that
        the last round's tasks gained nothing for, is given up."""
        found: dict[Label, int] = {}
        for dimension, shares in wanted.items():
            missing = {
                label: more for label, more in self._missing(dimension, shares).items() if not self._given_up((dimension, label), round_)
            }
            found.update({(dimension, label): self._asked_for((dimension, label), more) for label, more in missing.items()})
        return found

    def _missing(self, dimension: str, shares: dict[str, float]) -> dict[str, float]:
        """How many samples of which labels are to be added so that these come to their shares of all, the added ones among them."""
        total = sum(n for (d, _), n in self.reached.items() if d == dimension)
        slack = max(TOLERANCE, FEW / total) if total else 1.0
        # Half of the tolerance is aimed at: where a label only just misses its share, an edit that makes it miss costs little.
        aims = {label: share - slack / 2 for label, share in shares.items() if self.reached[dimension, label] < (share - slack) * total}
        aimed = sum(aims.values())
        if not aims or aimed >= 1:
            return {}
        have = sum(self.reached[dimension, label] for label in aims)
        added = min((aimed * total - have) / (1 - aimed), GROWTH * total)
        short = {label: aim * (total + added) - self.reached[dimension, label] for label, aim in aims.items()}
        positive = {label: n for label, n in short.items() if n > 0}
        return {label: added * n / sum(positive.values()) for label, n in positive.items()}

    def _given_up(self, label: Label, round_: int) -> bool:
        before = round_ - 1, label
        hopeless = self.planned[label] >= TRIED and self.reached[label] < LEAST_YIELD * self.planned[label]
        return hopeless or (before in self.made_up and not self.gained[before])

    def _asked_for(self, label: Label, more: float) -> int:
        share = (self.reached[label] + 1) / (self.planned[label] + 1)
        return max(round(more / min(max(share, LEAST_YIELD), 1.0)), 1)

    def covered(self, chunk: Chunk) -> Spans:
        """The ranges of accepted evidence that touch a passage, in the document's offsets."""
        return touching(self.evidence.get(chunk.document_id, []), chunk.start, chunk.end)


def tally(view: View, name: str) -> Tally:
    """Counts one generator's tasks and samples; the evidence is that of all accepted samples. Reads both tables once."""
    found = Tally()
    again: dict[str, tuple[int, Label]] = {}
    for task in view.tasks():
        if task.generator != name:
            continue
        found.planned.update(label for slot in task.values.get("slots", ()) for label in slot.items())
        if makes_up := task.values.get("makes_up"):
            round_, dimension, label = makes_up
            again[task.id] = round_, (dimension, label)
            found.made_up.add(again[task.id])
            found.asked.add((task.chunk_ids[0], again[task.id][1]))
        if focus := task.values.get("focus"):
            found.focused[task.chunk_ids[0]] = focus
    spans: dict[str, Spans] = defaultdict(list)
    for sample, verdicts in view.samples():
        if sample.generator == name:
            found.bearing.update(sample.chunk_ids[:1])
        if not all(v.passed for v in verdicts):
            continue
        for each in sample.evidence:
            spans[each.document_id].append((each.start, each.end))
        if sample.generator == name:
            own = sample.meta.get("labels", {})
            found.reached.update(own.items())
            if (makes_up := again.get(sample.task_id)) and own.get(makes_up[1][0]) == makes_up[1][1]:
                found.gained[makes_up] += 1
    found.evidence = {document: united(own) for document, own in spans.items()}
    return found
