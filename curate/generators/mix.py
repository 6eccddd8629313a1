"""General data mixed in at a share of the dataset, so that a model keeps its abilities: the user's files, and small talk of ours."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import nsmallest
from pathlib import Path

from curate import assets
from curate.errors import CarryError, DocumentError, NothingToMake, UsageError
from curate.formats._detect import read
from curate.generators._rows import Place, places, row
from curate.llm import Ask
from curate.planning import View
from curate.records import Chunk, Sample, Task, content_id, sample
from curate.settings import Settings
from curate.splits import split_of_key
from curate.text import language

VERSION = 1
MODEL = False
DOCUMENTS = False
LAST = True

SMALLTALK = "smalltalk"
LANGUAGES = ("en", "zh")
AT_ONCE = 256
"""Rows in a task."""
TRIED = 200
"""Rows of a file that are looked at to see whether it can be read at all."""
LEAST_YIELD = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of `mix`: what it names, and its share of the whole dataset."""

    name: str
    share: float

    def files(self, languages: Iterable[str]) -> list[str]:
        """Its files; of small talk, those in the languages of the dataset."""
        if self.name != SMALLTALK:
            return [self.name]
        return [f"{SMALLTALK}.{own}.jsonl" for own in LANGUAGES if own in set(languages)] or [f"{SMALLTALK}.en.jsonl"]

    def path(self, file: str) -> Path:
        """Where a file of it lies."""
        return assets.find("prompts", file) if self.name == SMALLTALK else Path(file)


def checked(settings: Settings) -> list[Part]:
    """The entries of `mix`. UsageError: one of them cannot be what is meant; nothing has been paid then."""
    parts = []
    for entry in settings.mix:
        name, _, share = entry.rpartition(":")
        try:
            parts.append(Part(name, float(share)))
        except ValueError:
            raise UsageError(f"mix: {entry!r} ends in no share", "as in general.jsonl:0.2 or smalltalk:0.02") from None
        if not name or not 0 < parts[-1].share < 1:
            raise UsageError(f"mix: {share} of {name or 'nothing'} is no share between 0 and 1", "as in general.jsonl:0.2")
    if twice := [name for name, count in Counter(p.name for p in parts).items() if count > 1]:
        raise UsageError(f"mix names {twice[0]} twice", "give each file one share")
    if sum(p.share for p in parts) >= 1:
        raise UsageError(f"mix: the shares sum to {sum(p.share for p in parts):g}, which leaves nothing to mix into", "lower them")
    for part in parts:
        for file in part.files(LANGUAGES):
            _check_readable(part, file)
    return parts


def _check_readable(part: Part, file: str) -> None:
    bad = []
    for place in places(part.path(file))[:TRIED]:
        try:
            _sample(part, file, place, Task("", "mix", "mix"))
        except DocumentError as error:
            bad.append(error.message)
        else:
            return
    raise UsageError(f"mix: no row of {file} can be read: {'; '.join(bad[:3]) or 'it is empty'}", "give rows of a supported format")


async def plan(view: View, ask: Ask | None, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """Rows in the number that the shares want of what passed; in further rounds those that make up for what the checks rejected."""
    parts = checked(settings)
    tried: dict[str, set[tuple[str, int]]] = defaultdict(set)
    owner: dict[str, str] = {}
    rounds, told = set[int](), set[str]()
    for task in view.tasks():
        if task.generator == "mix":
            owner[task.id] = task.values["part"]
            rounds.add(task.values["round"])
            tried[task.values["part"]] |= {(task.values["file"], place[0]) for place in task.values["rows"]}
            told |= {task.values["part"]} if not task.values["rows"] else set()
    if len(rounds) > settings.rounds:
        return []
    passed, languages = _passed(view, owner)
    others = passed.pop("", 0)
    left = 1 - sum((Fraction(str(p.share)) for p in parts), Fraction())
    tasks: list[Task] = []
    for part in parts:
        missing = round(others * Fraction(str(part.share)) / left) - passed[part.name]
        if missing > 0 and part.name not in told:
            rate = max(passed[part.name] / len(tried[part.name]), LEAST_YIELD) if tried[part.name] else 1.0
            number, files = round(missing / rate), part.files(languages)
            tasks += _planned(part, settings, number=number, missing=missing, tried=tried[part.name], files=files, turn=view.round)
    return tasks


def _passed(view: View, owner: dict[str, str]) -> tuple[Counter[str], set[str]]:
    """By entry ("" for all that is not mixed in) the samples that passed, and the languages of those that are not mixed in."""
    passed, languages, seen = Counter[str](), set[str](), set[str]()
    for each, verdicts in view.samples():
        if each.id not in seen and all(v.passed for v in verdicts):
            passed[owner.get(each.task_id, "")] += 1
            if each.task_id not in owner:
                languages.add(str(each.meta.get("language", ""))[:2])
        seen.add(each.id)
    return passed, languages


def _planned(
    part: Part, settings: Settings, *, number: int, missing: int, tried: set[tuple[str, int]], files: list[str], turn: int
) -> Iterator[Task]:
    """Tasks for so many more rows in the order of their hashes; a row that cannot be read gets its own, and so does what is not there."""
    rows = [(file, place) for file in files for place in places(part.path(file)) if (file, place[0]) not in tried]
    chosen = nsmallest(number, rows, key=lambda r: content_id(settings.seed, Path(r[0]).name, r[1][0]))
    groups: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for file, place in sorted(chosen):
        try:
            _sample(part, file, place, Task("", "mix", "mix"))
        except DocumentError:
            yield _task(part, file, [place], settings, turn=turn)
        else:
            groups[file, split_of_key(settings, Path(file).name, str(place[0]))].append(place)
    for (file, split), own in groups.items():
        for start in range(0, len(own), AT_ONCE):
            yield _task(part, file, own[start : start + AT_ONCE], settings, turn=turn, split=split)
    if len(chosen) < missing:
        short = f"{part.name} has {len(tried) + len(rows):,} rows, too few by {missing - len(chosen):,} for the share {part.share:g}"
        task = _task(part, files[0], [], settings, turn=turn)
        yield replace(task, values={**task.values, "short": short})


def _task(part: Part, file: str, rows: list[Place], settings: Settings, *, turn: int, split: str = "train") -> Task:
    own = content_id("mix", part.name, file, [number for number, _ in rows], split)
    values = {"part": part.name, "file": file, "rows": [list(place) for place in rows], "round": turn}
    return Task(own, "mix", "mix", values=values, seed=settings.seed, split=split)


async def generate(task: Task, chunks: list[Chunk], ask: Ask | None, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The rows of a task as samples. DocumentError: one cannot be read. NothingToMake: the file has too few."""
    values = task.values
    if "short" in values:
        raise NothingToMake(values["short"])
    part = Part(values["part"], 0)
    return [_sample(part, values["file"], (number, start), task) for number, start in values["rows"]]


def _sample(part: Part, file: str, place: Place, task: Task) -> Sample:
    """A row as a sample, whose id adds the file's name and the row's number to what a reader sees."""
    path = part.path(file)
    try:
        found = read(row(path, place))
    except CarryError as error:
        raise DocumentError(f"{path.name}, row {place[0]}: {error.message}") from None
    said = next((m.content for m in found.messages if m.role in ("user", "assistant")), "")
    meta = {"file": path.name, "row": place[0], "language": language(said), **({"purpose": found.purpose} if found.purpose else {})}
    made = sample(SMALLTALK if part.name == SMALLTALK else "imported", task, found.messages, tools=found.tools, meta=meta)
    return replace(made, id=content_id(made.id, path.name, place[0]))
