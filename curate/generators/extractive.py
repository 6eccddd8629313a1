"""Question-answer pairs without a model: questions made from structure and language, answers that stand verbatim in the passage."""

import re
from collections.abc import Callable, Iterable, Iterator

from curate.generators import _extract_sections, _extract_sentences, _extract_tables, _extract_terms
from curate.generators._extract_named import named
from curate.generators._extract_passage import Pair, Passage, gist, passage
from curate.generators._extract_standing import holed
from curate.planning import View
from curate.records import Chunk, Json, Message, Sample, Task, content_id, sample, span
from curate.settings import Settings

VERSION = 3
MODEL = False

PER_CHUNK = 6
SHORTEST = 60  # bytes of a chunk that can hold an answer
LANGUAGES = ("en", "zh", "")
RULES: tuple[Callable[[Passage], Iterator[Pair]], ...] = (
    _extract_terms.pairs,
    _extract_sections.pairs,
    _extract_sentences.pairs,
    _extract_tables.pairs,
)
HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]", re.M)
LETTERS = re.compile(r"[^\W\d_]{2}")


async def plan(view: View, ask: None, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task for each chunk that is worth it, as the chunks are read; nothing in later rounds."""
    return _tasks(view, settings) if view.round == 0 else ()


def _tasks(view: View, settings: Settings) -> Iterator[Task]:
    """values say whether a chunk's first section starts in it and its last one ends in it: only whole sections answer.

    Where a limit is to be spread over topics, they name the topic as well.
    """
    before: Chunk | None = None
    chunks = iter(view.chunks())
    now = next(chunks, None)
    while now is not None:
        after = next(chunks, None)
        if worth(now):
            values: Json = {"opens": not _continues(before, now), "closes": not _continues(now, after)}
            if settings.limit is not None:
                values["topic"] = view.plan.topic(now)
            yield Task(content_id("extractive", now.id), "extractive", "extractive", [now.id], values=values, split=now.split)
        before, now = now, after


def worth(chunk: Chunk) -> bool:
    """Whether a chunk is in a language with rules and long enough to hold an answer."""
    return chunk.language[:2] in LANGUAGES and len(chunk.text.encode("utf-8", "replace")) >= SHORTEST and bool(LETTERS.search(chunk.text))


def _continues(first: Chunk | None, second: Chunk | None) -> bool:
    """Whether the section that ends the first chunk goes on in the second, with text or with deeper headings."""
    if first is None or second is None or first.document_id != second.document_id:
        return False
    opening, levels = HEADING.match(second.text), _levels(first)
    if opening and levels:
        return len(opening[1]) > levels[-1]
    if opening:
        depth = len(first.heading_path)
        return first.heading_path == second.heading_path[:depth] and len(second.heading_path) > depth
    return first.heading_path[:1] == second.heading_path[:1]


def _levels(chunk: Chunk) -> list[int]:
    """The levels of the headings in a chunk; comments in code look like headings, so blocks are asked where there are any."""
    if not chunk.blocks:
        return [len(marks) for marks in HEADING.findall(chunk.text)]
    starts = (max(b.start - chunk.start, 0) for b in chunk.blocks if b.kind == "heading")
    return [len(found[1]) for start in starts if (found := HEADING.match(chunk.text, start))]


async def generate(task: Task, chunks: list[Chunk], ask: None, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The pairs of a task's chunk, a few of each rule."""
    return [_sample(task, chunk, p, pair) for chunk in chunks for p, pair in _pairs(task, chunk, settings)]


def _pairs(task: Task, chunk: Chunk, settings: Settings) -> Iterator[tuple[Passage, Pair]]:
    p = passage(chunk, opens=bool(task.values.get("opens", True)), closes=bool(task.values.get("closes", True)))
    most = max(1, round(PER_CHUNK * settings.pairs_per_chunk))
    found = [pair for rule in RULES for pair in rule(p) if not holed(chunk.text, pair.start, pair.end)]
    sure = found if p.zh else [pair for one in found if (pair := named(one, p))]
    return ((p, pair) for pair in choose(_told_once(sure), most))


def _told_once(pairs: list[Pair]) -> list[Pair]:
    """Without what asks much the same as a pair whose answer holds this one's and more."""
    return [a for a in pairs if not any(_holds(b, a) and alike(a.question, b.question) for b in pairs)]


def _holds(whole: Pair, part: Pair) -> bool:
    return whole.start <= part.start and part.end <= whole.end and whole.end - whole.start > part.end - part.start


def alike(one: str, other: str) -> bool:
    """Whether two questions ask much the same: most of the words of the shorter one stand in the other too."""
    a, b = gist(one), gist(other)
    return len(a & b) * 5 >= 3 * min(len(a), len(b)) > 0 and abs(len(a) - len(b)) <= 2


def choose(pairs: list[Pair], most: int) -> list[Pair]:
    """Up to `most` pairs in reading order, varied in their rules; no question twice, no two from much the same evidence."""
    kept: list[Pair] = []
    used: dict[str, int] = {}
    ranked: list[tuple[int, int, Pair]] = []
    for pair in pairs:
        used[pair.rule] = used.get(pair.rule, 0) + 1
        ranked.append((used[pair.rule], len(ranked), pair))
    for _, _, pair in sorted(ranked, key=lambda r: r[:2]):
        if len(kept) < most and not any(k.question == pair.question or _same_evidence(k, pair) for k in kept):
            kept.append(pair)
    return sorted(kept, key=lambda k: (k.start, k.end))


def _same_evidence(one: Pair, two: Pair) -> bool:
    shared = min(one.end, two.end) - max(one.start, two.start)
    return shared * 2 > max(one.end, two.end) - min(one.start, two.start)


def _sample(task: Task, chunk: Chunk, p: Passage, pair: Pair) -> Sample:
    return sample(
        "qa",
        task,
        [Message("user", pair.question), Message("assistant", pair.answer)],
        chunks=[chunk],
        evidence=[span(chunk, pair.start, pair.end)],
        meta={"rule": pair.rule, "language": "zh" if p.zh else "en"},
    )
