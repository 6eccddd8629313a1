"""What is derived from the whole corpus once and kept in `plan.json`: topics, audiences, examples; a person may edit it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from curate.errors import UsageError, did_you_mean
from curate.records import Chunk, Json
from curate.text import words

FILE = "plan.json"


@dataclass(frozen=True, slots=True)
class Topic:
    """One leaf of the topic tree. path: its names from the root down; terms: folded words that tell it from others."""

    path: list[str]
    terms: list[str]


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
    """The plan of a build; everything a task takes from it depends on the task's own chunks and on this file."""

    topics: list[Topic] = field(default_factory=list)
    audiences: list[Audience] = field(default_factory=list)
    genres: dict[str, float] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def audience(self, chunk: Chunk) -> Audience | None:
        """Who asks about this passage: settled by its content, among the audiences of its language."""
        fitting = [a for a in self.audiences if a.language == chunk.language] or self.audiences
        return fitting[_number(chunk.id, "audience") % len(fitting)] if fitting else None

    def topic(self, chunk: Chunk) -> str:
        """The topic whose terms stand most in this passage and its headings, as `root > leaf`; empty where none does."""
        held = set(words("\n".join((chunk.title, *chunk.heading_path, chunk.text))))
        best = max(self.topics, key=lambda t: sum(term in held for term in t.terms), default=None)
        return " > ".join(best.path) if best and any(term in held for term in best.terms) else ""

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
        return Plan(
            topics=[Topic(**row) for row in found["topics"]],
            audiences=[Audience(**row) for row in found["audiences"]],
            genres=found["genres"],
            examples=[Example(**row) for row in found["examples"]],
        )
    except ValueError as error:
        raise UsageError(f"{path} is not valid JSON: {error}", "mend the line it names, or give --replan to make a new one") from None
    except (KeyError, TypeError, AttributeError) as error:
        keys = list(Plan.__dataclass_fields__)
        hint = f"{did_you_mean(str(error.args[0]), keys)} --replan makes a new one"
        raise UsageError(f"{path} has not the shape of a plan: {error}", hint) from None


def write(plan: Plan) -> str:
    """The text of `plan.json`."""
    return json.dumps(asdict(plan), ensure_ascii=False, indent=1) + "\n"


def _number(*parts: Any) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()[:8], "big")
