"""What is derived from the whole corpus once and kept in `plan.json`: topics, audiences, examples; a person may edit it."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from curate.errors import UsageError, did_you_mean
from curate.planning._terms import forms, latin, pairs
from curate.records import Chunk, Json

FILE = "plan.json"
FLOOD = 3.0
"""Times its even part of the corpus that a topic may hold before its passages are asked for fewer samples."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One leaf of the topic tree. path: its names from the root down; terms: what tells it from others, the strongest first.

    share: of the corpus's passages.
    """

    path: list[str]
    terms: list[str]
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Audience:
    """Who asks: a name and, in a sentence, what they know and need. language: of the documents they read."""

    name: str
    needs: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example for the prompts of a kind: a passage and what a good reply makes of it."""

    kind: str
    language: str
    passage: str
    reply: Json


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a build; everything a task takes from it depends on the task's own chunks and on this file.

    genres: share of the documents by genre. bearing: by dimension, the share of the passages that bear exactly these of the labels that
    not every passage bears (`numeric+why`).
    """

    topics: list[Topic] = field(default_factory=list)
    audiences: list[Audience] = field(default_factory=list)
    genres: dict[str, float] = field(default_factory=dict)
    bearing: dict[str, dict[str, float]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    _told_by: dict[str, list[tuple[int, float]]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Knows by term the topics that it tells of, and how much: a term of several tells less of each."""
        found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, topic in enumerate(self.topics):
            for rank, term in enumerate(topic.terms):
                for form in forms(term):
                    found[form].append((number, 1 - rank / (2 * len(topic.terms))))
        self._told_by.update({term: [(n, strength / len(of)) for n, strength in of] for term, of in found.items()})

    def audience(self, chunk: Chunk) -> Audience | None:
        """Who asks about this passage: settled by its content, among the audiences of its language."""
        fitting = [a for a in self.audiences if a.language == chunk.language] or self.audiences
        return fitting[_number(chunk.id, "audience") % len(fitting)] if fitting else None

    def topic(self, chunk: Chunk) -> str:
        """The topic whose terms stand most in this passage and its headings, as `root > leaf`; empty where none does."""
        found = self.topic_of(chunk)
        return " > ".join(found.path) if found else ""

    def topic_of(self, chunk: Chunk) -> Topic | None:
        """The topic whose terms stand most in this passage and its headings."""
        text = "\n".join((*chunk.heading_path, chunk.text)) if self.topics else ""
        strength: defaultdict[int, float] = defaultdict(float)
        for term in (latin(text) | pairs(text)) & self._told_by.keys():
            for number, share in self._told_by[term]:
                strength[number] += share
        # Sums of the same numbers in another order may differ in the last digits.
        best = min(strength, key=lambda number: (-round(strength[number], 6), number), default=None)
        return None if best is None else self.topics[best]

    def thinned(self, chunk: Chunk, count: int) -> int:
        """How many of `count` samples to ask of a passage: fewer, by a square root, where its topic holds more than its part."""
        topic = self.topic_of(chunk) if count > 1 and any(t.share * len(self.topics) > FLOOD for t in self.topics) else None
        even = FLOOD / len(self.topics) if topic else 1.0
        return count if topic is None or topic.share <= even else max(round(count * (even / topic.share) ** 0.5), 1)

    def rotated(self, kind: str, language: str, key: str, count: int) -> list[Example]:
        """Up to `count` examples of a kind, another choice for each key."""
        fitting = [e for e in self.examples if (e.kind, e.language) == (kind, language)]
        fitting.sort(key=lambda e: _number(key, e.passage))
        return fitting[:count]


def read(workspace: Path) -> Plan | None:
    """The plan in a workspace, or None. UsageError: it was edited into something that is no plan."""
    path = workspace / FILE
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{path} is not valid JSON: {error}", "mend the line it names, or give --replan to make a new one") from None
    return _plan(found, path)


def _plan(found: Any, path: Path) -> Plan:
    from pydantic import TypeAdapter, ValidationError

    keys = [name for name in Plan.__dataclass_fields__ if not name.startswith("_")]
    if isinstance(found, dict) and (unknown := next((key for key in found if key not in keys), None)):
        raise UsageError(f"{path} has an unknown key {unknown!r}", f"{did_you_mean(unknown, keys)} --replan makes a new plan")
    try:
        return TypeAdapter(Plan).validate_python(found)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"])) or "the whole"
        raise UsageError(f"{path} is not a plan: {at}: {first['msg']}", "mend it, or give --replan to make a new one") from None


def write(plan: Plan) -> str:
    """The text of `plan.json`."""
    fields = {name: value for name, value in asdict(plan).items() if not name.startswith("_")}
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


def _number(*parts: Any) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()[:8], "big")
