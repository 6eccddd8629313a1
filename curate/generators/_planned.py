"""One task per passage: what the passage is good for, and the labels, audience, topic and examples of the samples wanted."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest

from curate.generators._passages import Ring
from curate.planning import (
    MOST_FOCUS,
    WORTH,
    Fitting,
    Label,
    Quotas,
    Slot,
    Tally,
    View,
    borne_by,
    quotas,
    slots,
    suits,
    tally,
    uncovered,
    weight,
)
from curate.records import Chunk, Json, Task, content_id
from curate.settings import Settings
from curate.text import sentences, strip_markdown

MOST = 8
FEWEST_CHARACTERS = 40
"""A shorter passage holds nothing that stands alone."""
AT_ONCE = 2
"""Samples of one lacking label that one passage is asked for."""
EVERY = ("question", "difficulty", "style", "think", "context", "demonstrations")


def per_chunk(
    view: View,
    settings: Settings,
    name: str,
    *,
    count: Callable[[Chunk], int],
    dimensions: tuple[str, ...] = EVERY,
    own: Quotas | None = None,
    focus: bool = False,
) -> Iterator[Task]:
    """A task for every passage that is good for something; `count` says how many samples of it are wanted, 0 for none.

    own: shares of labels that no setting gives, or that stand in place of the settings'. In later rounds: tasks for the labels that
    miss their share; with `--fill`, once none does, and where the prompt can ask about single stretches (focus), tasks for what no
    accepted sample covers.
    """
    fitting = Fitting({**quotas(settings, *dimensions), **(own or {})}, view.plan)
    make = _Making(view, settings, name, fitting)
    if view.round == 0:
        for chunk in view.chunks():
            if number := count(chunk):
                yield make.task(chunk, view.plan.thinned(chunk, number))
        return
    further = view.round <= max(settings.rounds, 1) * (2 if settings.fill else 1)
    if not further or not (fitting.wanted or focus):
        return
    so_far = tally(view, name)
    lacking = so_far.lacking(fitting.wanted, view.round) if view.round <= settings.rounds else {}
    if lacking:
        yield from _made_up(make, so_far, lacking, count)
    elif settings.fill and focus:
        yield from _filling(make, so_far, count)


@dataclass(frozen=True, slots=True)
class _Making:
    """What every task of one generator and round is made with."""

    view: View
    settings: Settings
    name: str
    fitting: Fitting
    rings: list[Ring] = field(default_factory=list)

    def task(self, chunk: Chunk, number: int, again: str = "", label: Label | None = None, more: Json | None = None) -> Task:
        """A task for so many samples of a passage. again: tells it from the other tasks of the passage; label: what all are to carry."""
        own = content_id(self.name, chunk.id, again) if again else content_id(self.name, chunk.id)
        shares = self.fitting.of(chunk)
        if label:
            shares = {**shares, label[0]: {label[1]: 1.0}}
        asked = {**values(self.view, self.settings, self.name, chunk, slots(own, number, shares)), **(more or {})}
        ids = [chunk.id, *self._distractors(chunk)]
        return Task(own, self.name, self.name, ids, values=asked, seed=self.settings.seed, split=chunk.split)

    def _distractors(self, chunk: Chunk) -> list[str]:
        if not self.settings.distractors or not self.fitting.wanted.get("context", {}).get("passage"):
            return []
        if not self.rings:
            self.rings.append(Ring(self.view))
        return self.rings[0].after(chunk, self.settings.distractors)


def _made_up(make: _Making, so_far: Tally, lacking: dict[Label, int], count: Callable[[Chunk], int]) -> Iterator[Task]:
    """Tasks that ask for one lacking label each, of the passages that bear it and have most that nothing covers yet.

    Which passages come first, and what each is asked, depends on the passage alone; what all lack settles only how many are asked.
    """
    candidates: dict[Label, list[tuple[int, str, str]]] = {label: [] for label in lacking}
    for chunk in make.view.chunks():
        if chunk.id in so_far.bearing and count(chunk):
            found = borne_by(chunk)
            open_ = sum(map(weight, uncovered(chunk, so_far.covered(chunk))))
            for label, own in candidates.items():
                if suits(found, *label) and (chunk.id, label) not in so_far.asked:
                    own.append((-open_.bit_length(), content_id(chunk.id, *label), chunk.id))
    chosen: dict[str, list[Label]] = defaultdict(list)
    for label, more in lacking.items():
        for _, _, chunk_id in nsmallest(-(-more // AT_ONCE), candidates[label]):
            chosen[chunk_id].append(label)
    round_ = make.view.round
    for chunk in make.view.chunks():
        for label in chosen.get(chunk.id, ()):
            number = min(AT_ONCE, max(count(chunk), 1))
            yield make.task(chunk, number, f"{round_} {label[0]}={label[1]}", label, {"makes_up": [round_, *label]})


def _filling(make: _Making, so_far: Tally, count: Callable[[Chunk], int]) -> Iterator[Task]:
    """Tasks for the stretches that no accepted sample covers; `weight` says how much there is, so that a limit leaves the least."""
    for chunk in make.view.chunks():
        if chunk.id not in so_far.bearing or not count(chunk):
            continue
        parts = uncovered(chunk, so_far.covered(chunk))
        size = sum(map(weight, parts))
        focus = sorted(parts, key=weight, reverse=True)[:MOST_FOCUS]
        if size >= WORTH and so_far.focused.get(chunk.id) != focus:
            number = min(max(pairs_for("\n\n".join(parts), make.settings.pairs_per_chunk), 1), count(chunk))
            yield make.task(chunk, number, f"fill {content_id(focus)}", more={"focus": focus, "weight": size})


def values(view: View, settings: Settings, name: str, chunk: Chunk, wanted: list[Slot]) -> Json:
    """What a task carries from the plan to its prompt: slots, audience, topic, examples."""
    language = "zh" if chunk.language.startswith("zh") else "en"
    audience = view.plan.audience(chunk) if settings.audiences else None
    thinking = any(slot.get("think") == "yes" for slot in wanted)
    examples = view.plan.rotated(f"{name}-think", language, chunk.id, settings.examples) if thinking else []
    examples = examples or view.plan.rotated(name, language, chunk.id, settings.examples)
    return {
        "slots": wanted,
        "audience": [audience.name, audience.needs] if audience else [],
        "topic": view.plan.topic(chunk) if settings.topics else "",
        "examples": [[e.passage, json.dumps(e.reply, ensure_ascii=False)] for e in examples],
    }


def labels(task: Task, slot: Slot) -> Slot:
    """The labels of a sample: its slot's, and the audience and topic of its task."""
    audience = task.values.get("audience")
    topic = task.values.get("topic")
    return {**slot, **({"audience": audience[0]} if audience else {}), **({"topic": topic} if topic else {})}


def statements(text: str) -> int:
    """How many things a passage says: sentences, list items, table rows."""
    return sum(any(c.isalnum() for c in text[start:end]) and end - start > 12 for start, end in sentences(text))


def pairs_for(text: str, scale: float = 1.0) -> int:
    """How many samples a passage is good for: it grows with its statements, ever more slowly."""
    if len(text) < 10 * FEWEST_CHARACTERS and len(strip_markdown(text)) < FEWEST_CHARACTERS:
        return 0
    wanted: int = round(scale * statements(text) ** 0.6)
    return min(max(wanted, 1), MOST)
