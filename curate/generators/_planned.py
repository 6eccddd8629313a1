"""One task per passage: what the passage is good for, and the labels, audience, topic and examples of the samples wanted."""

from collections.abc import Callable, Iterator

from curate.generators._passages import Ring
from curate.planning import Quotas, Slot, View, quotas, slots
from curate.records import Chunk, Json, Task, content_id
from curate.settings import Settings
from curate.text import sentences, strip_markdown

MOST = 8
FEWEST_CHARACTERS = 40
"""A shorter passage holds nothing that stands alone."""
EVERY = ("question", "difficulty", "style", "think", "context", "demonstrations")


def per_chunk(
    view: View,
    settings: Settings,
    name: str,
    *,
    count: Callable[[Chunk], int],
    dimensions: tuple[str, ...] = EVERY,
    own: Quotas | None = None,
) -> Iterator[Task]:
    """A task for every passage that is good for something; `count` says how many samples of it are wanted, 0 for none.

    own: shares of labels that no setting gives, or that stand in place of the settings'.
    """
    if view.round:
        return
    wanted = {**quotas(settings, *dimensions), **(own or {})}
    ring = Ring(view) if settings.distractors and wanted.get("context", {}).get("passage") else None
    for chunk in view.chunks():
        number = count(chunk)
        if number:
            distractors = ring.after(chunk, settings.distractors) if ring else []
            yield planned(view, settings, name, chunk, slots(content_id(name, chunk.id), number, wanted), distractors=distractors)


def planned(
    view: View, settings: Settings, name: str, chunk: Chunk, wanted: list[Slot], *, distractors: list[str], again: str = ""
) -> Task:
    """The task that asks for these samples of a passage. again: tells it from the other tasks of the same passage."""
    own = content_id(name, chunk.id, again) if again else content_id(name, chunk.id)
    return Task(
        own, name, name, [chunk.id, *distractors], values=values(view, settings, name, chunk, wanted), seed=settings.seed, split=chunk.split
    )


def values(view: View, settings: Settings, name: str, chunk: Chunk, wanted: list[Slot]) -> Json:
    """What a task carries from the plan to its prompt: slots, audience, topic, examples."""
    language = "zh" if chunk.language.startswith("zh") else "en"
    audience = view.plan.audience(chunk)
    examples = view.plan.rotated(name, language, chunk.id, settings.examples)
    return {
        "slots": wanted,
        "audience": [audience.name, audience.needs] if audience else [],
        "topic": view.plan.topic(chunk),
        "examples": [[e.passage, e.reply] for e in examples],
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
