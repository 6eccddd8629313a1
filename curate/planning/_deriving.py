"""Derives a plan from the corpus: topics, genres and what passages bear from the text, audiences through a model where there is one."""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from curate import assets
from curate.errors import BudgetReached, ReplyError
from curate.llm import Ask, NotAsked
from curate.planning import _audiences as audiences
from curate.planning._bearing import borne_by
from curate.planning._genres import genres
from curate.planning._plan import Audience, Example, Plan, Topic
from curate.planning._topics import topics
from curate.records import Chunk
from curate.settings import Settings

Chunks = Callable[[], Iterator[Chunk]]
SAMPLE = 8_000
"""Passages that a plan is derived from; of more, those whose ids are smallest."""
LANGUAGES = ("en", "zh")


class Derived(NamedTuple):
    """A plan, and what is to be said of how it came about."""

    plan: Plan
    notes: list[str]


async def derive(chunks: Chunks, ask: Ask | None, settings: Settings) -> Derived:
    """The plan of a corpus; `chunks` reads it part by part."""
    sample = heapq.nsmallest(SAMPLE, chunks(), key=lambda c: c.id)  # ids are hashes of content
    tree = topics(sample, settings.topics) if settings.topics else []
    kinds = genres(sample)
    people, notes = await _people(sample, tree, kinds, ask, settings)
    return Derived(Plan(tree, people, kinds, _bearing(sample), examples()), notes)


async def _people(
    sample: list[Chunk], tree: list[Topic], kinds: dict[str, float], ask: Ask | None, settings: Settings
) -> tuple[list[Audience], list[str]]:
    """The audiences of each language that the corpus has."""
    count, found, notes = settings.audiences, [], []
    for language in LANGUAGES if count else ():
        own = [c for c in sample if c.language.startswith("zh") == (language == "zh")]
        if not own:
            continue
        people: list[Audience] = []
        if ask is not None:
            try:
                people = await audiences.asked(ask, language, audiences.digest(own, tree, kinds), count)
            except NotAsked:
                pass  # an estimate, which has counted it
            except (ReplyError, BudgetReached) as error:
                notes.append(f"audiences are common ones, for the model gave none ({error.message}); --replan asks again")
        found += people or audiences.built_in(language, kinds, count)
    return found, notes


def _bearing(sample: list[Chunk]) -> dict[str, dict[str, float]]:
    """By dimension, the share of the passages that bear each set of labels; long ones count more, as they are asked for more."""
    found: dict[str, Counter[str]] = {}
    for chunk in sample:
        for dimension, labels in borne_by(chunk).items():
            found.setdefault(dimension, Counter())["+".join(sorted(labels))] += round(len(chunk.text) ** 0.6)
    shares = {d: {pattern: round(n / max(counts.total(), 1), 5) for pattern, n in sorted(counts.items())} for d, counts in found.items()}
    return {d: {pattern: share for pattern, share in own.items() if share} for d, own in shares.items()}


def examples() -> list[Example]:
    """The worked examples that come with curate."""
    found = []
    for language in LANGUAGES:
        lines = assets.find("prompts", f"examples.{language}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [Example(**json.loads(line), language=language) for line in lines if line.strip()]
    return found
