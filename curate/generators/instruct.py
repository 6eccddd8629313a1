"""Self-Instruct: from seed tasks and what was kept so far a model writes new instructions, then instances of them, round after round.

Where there are documents each task carries a passage, and the instances are made from it; a run on seed tasks alone needs none.
"""

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from curate.generators._evidence import located
from curate.generators._instruct_replies import (
    Instances,
    Instruction,
    Instructions,
    LabelledInstances,
    SourcedInstance,
    SourcedInstances,
    SourcedLabelled,
    SourcedLabelledInstances,
)
from curate.generators._passages import shown
from curate.llm import Ask
from curate.planning import Novelty, Seed, Slot, View, quotas, seeds, slots
from curate.records import Chunk, Json, Message, Sample, Task, content_id, sample
from curate.settings import Settings
from curate.splits import split_of_key
from curate.text import estimate_tokens

VERSION = 1
MODEL = True
DOCUMENTS = False

PER_TASK = 5
"""New instructions that one task asks for."""
SEEDS, GENERATED = 6, 2
"""Seed tasks and kept instructions that a task shows."""
FEWEST_TASKS = 16
"""Tasks a round may have; later ones may have as many as double what is kept."""
LEAST_TOKENS = 40
"""A shorter passage gives no instance anything to work on."""


@dataclass(slots=True)
class Made:
    """What the rounds so far came to. kept: by language and split, each instruction with whether it is a classification."""

    rounds: int = 0
    count: int = 0
    latest: list[int] = field(default_factory=lambda: [0, 0])  # instructions of the last round: new ones, kept ones
    kept: dict[tuple[str, str], list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    drawn: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)  # by chunk, the tasks it was shown in


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """The tasks of the next round: none once the target is reached or too few of a round's instructions were new."""
    known = seeds(settings)
    made = _made(view, known)
    new, kept = made.latest
    if made.count >= settings.target or (made.rounds and (not kept or kept < settings.least_yield * new)):
        return []
    hoped = made.count / made.drawn.total() if made.count else PER_TASK
    number = min(ceil((settings.target - made.count) / hoped), max(FEWEST_TASKS, made.count // PER_TASK))
    tasks = []
    for n, (language, chunk_id, of_chunk) in enumerate(_places(view, settings, known, made.used, number)):
        key = content_id("instruct", settings.seed, view.round, n)
        split = of_chunk or split_of_key(settings, key)
        examples = _examples(key, language, split, known, made)
        asked = content_id("instruct", language, chunk_id, examples)
        own = content_id(asked, made.drawn[asked])
        values = {
            "tasks": examples,
            "language": language,
            "slots": slots(own, PER_TASK, quotas(settings, "think")),
            "round": view.round,
            "asked": asked,
            "draw": made.drawn[asked],
        }
        made.drawn[asked] += 1
        tasks.append(Task(own, "instruct", "instruct", [chunk_id] if chunk_id else [], values=values, seed=settings.seed, split=split))
    return tasks


def _made(view: View, known: Sequence[Seed]) -> Made:
    """Folds the samples so far as the check `novelty` does, so that both agree on what is kept."""
    made = Made()
    rounds: dict[str, int] = {}
    for task in view.tasks():
        if task.generator == "instruct":
            rounds[task.id] = task.values["round"]
            made.drawn[task.values["asked"]] += 1
            made.used.update(task.chunk_ids)
    if not rounds:
        return made
    made.rounds, last = len(set(rounds.values())), max(rounds.values())
    novelty, seen, new, kept = Novelty(known), set[str](), set[tuple[str, str]](), set[tuple[str, str]]()
    for each, verdicts in view.samples():
        if each.kind != "instruct":
            continue
        own = (each.task_id, str(each.meta["instruction"]))
        new.add(own)
        if each.id in seen:  # of equal rows the first one stays
            continue
        seen.add(each.id)
        if all(v.passed for v in verdicts) and not novelty.fault(each)[0] and own not in kept:
            kept.add(own)
            made.kept[each.meta["language"], each.split].append((own[1], bool(each.meta.get("choices"))))
    made.count = len(kept)
    made.latest = [sum(rounds.get(task, -1) == last for task, _ in group) for group in (new, kept)]
    return made


def _places(view: View, settings: Settings, known: Sequence[Seed], used: Counter[str], number: int) -> Iterable[tuple[str, str, str]]:
    """Language, chunk and split of `number` tasks: passages in the order of their hashes, those least used first, or none at all."""
    chunks = [
        (used[c.id], content_id(settings.seed, "instruct", c.id), _language(c), c.id, c.split)
        for c in view.chunks()
        if estimate_tokens(c.text) >= LEAST_TOKENS
    ]
    if chunks:
        return [row[2:] for row in sorted(chunks)[:number]]
    written = sorted({s.language for s in known})
    wanted = [language for language in written if language in settings.languages] or written
    return [(wanted[n % len(wanted)], "", "") for n in range(number)]


def _language(chunk: Chunk) -> str:
    return "zh" if chunk.language.startswith("zh") else chunk.language or "en"


def _examples(key: str, language: str, split: str, known: Sequence[Seed], made: Made) -> list[list[str | bool]]:
    """Instructions to show, with whether each is a classification: seeds, and kept ones of the same language and split."""
    own = [(s.instruction, s.classification) for s in known if s.language == language]
    own = own or [(s.instruction, s.classification) for s in known]
    generated = _picked(made.kept[language, split], GENERATED, key)
    chosen = [*_picked(own, SEEDS + GENERATED - len(generated), key), *generated]
    return [list(each) for each in sorted(chosen, key=lambda each: content_id(key, each))]


def _picked(pool: Sequence[tuple[str, bool]], count: int, key: str) -> list[tuple[str, bool]]:
    """`count` of the pool, settled by the key alone; not by sorting all of it, which may be long."""
    places: dict[int, None] = {}
    for n in range(50 * count):
        if len(places) == min(count, len(pool)):
            break
        places[int.from_bytes(hashlib.sha256(f"{key} {n}".encode()).digest()[:8], "big") % len(pool)] = None
    return [pool[i] for i in places]


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """New instructions, then an instance of each open one and inputs for two labels of each classification."""
    language, source = task.values["language"], chunks[0] if chunks else None
    place = {"passage": shown(source) if source else None}
    wanted = {**place, "tasks": task.values["tasks"], "count": len(task.values["slots"])}
    written = await ask("instruct", Instructions, wanted, language=language, draw=task.values["draw"])
    paired = [(each, task.values["slots"][n % len(task.values["slots"])]) for n, each in enumerate(written.instructions)]
    labelled = [(each, slot, label) for each, slot in paired if _is_labelled(each) for label in _two(each.labels, task.id)]
    opened = [(each, slot) for each, slot in paired if not _is_labelled(each)]
    both = await asyncio.gather(
        _open(task, source, ask, place, opened) if opened else _nothing(),
        _classified(task, source, ask, place, labelled) if labelled else _nothing(),
    )
    return [each for group in both for each in group]


async def _nothing() -> list[Sample]:
    return []


async def _open(task: Task, source: Chunk | None, ask: Ask, place: Json, wanted: list[tuple[Instruction, Slot]]) -> list[Sample]:
    reply: type[Instances | SourcedInstances] = SourcedInstances if source else Instances
    asked = {**place, "tasks": [[each.instruction, slot.get("think") == "yes"] for each, slot in wanted]}
    written = await ask("instruct_open", reply, asked, language=task.values["language"])
    found = []
    for each in written.instances:
        instruction, slot = wanted[(each.number - 1) % len(wanted)]
        if source and isinstance(each, SourcedInstance):
            whole = each.whole_passage
            own = Own(source.text if whole else each.input, each.output, each.reasoning, each.quote, whole=whole)
        else:
            own = Own(each.input, each.output, each.reasoning)
        found.append(_sample(task, source, instruction, slot, own))
    return found


async def _classified(task: Task, source: Chunk | None, ask: Ask, place: Json, wanted: list[tuple[Instruction, Slot, str]]) -> list[Sample]:
    reply: type[LabelledInstances | SourcedLabelledInstances] = SourcedLabelledInstances if source else LabelledInstances
    asked = {**place, "tasks": [[each.instruction, label, slot.get("think") == "yes"] for each, slot, label in wanted]}
    written = await ask("instruct_labels", reply, asked, language=task.values["language"])
    found = []
    for each in written.instances:
        instruction, slot, _ = wanted[(each.number - 1) % len(wanted)]
        said = each.label.strip()
        label = next((known for known in instruction.labels if known.casefold() == said.casefold()), said)
        quote = each.quote if isinstance(each, SourcedLabelled) else ""
        found.append(_sample(task, source, instruction, slot, Own(each.input, label, each.reasoning, quote)))
    return found


@dataclass(frozen=True, slots=True)
class Own:
    """What an instance holds. whole: its input is the whole passage."""

    given: str
    output: str
    reasoning: str = ""
    quote: str = ""
    whole: bool = False


def _sample(task: Task, source: Chunk | None, wanted: Instruction, slot: Slot, own: Own) -> Sample:
    instruction, given = wanted.instruction.strip(), own.given.strip()
    thought = own.reasoning.strip() if slot.get("think") == "yes" else ""
    asked = f"{instruction}\n\n{given}" if given else instruction
    meta = {
        "context": "passage" if own.whole else "none",
        "language": task.values["language"],
        "labels": {**slot, "form": "classification" if _is_labelled(wanted) else "open"},
        "instruction": instruction,
        "input": given,
        **({"choices": wanted.labels} if _is_labelled(wanted) else {}),
    }
    evidence = [located([source], own.quote)] if source else []
    messages = [Message("user", asked), Message("assistant", own.output.strip(), thought)]
    return sample("instruct", task, messages, chunks=[source] if source else [], evidence=evidence, meta=meta)


def _is_labelled(each: Instruction) -> bool:
    return each.classification and len(set(each.labels)) > 1


def _two(labels: list[str], key: str) -> list[str]:
    """Two of the labels: all come up equally often, which a model left to itself would not see to."""
    return sorted(dict.fromkeys(labels), key=lambda label: content_id(key, label))[:2]
