"""Fails all but the best of equal and nearly equal samples; every pair is compared in full before a sample is called a duplicate.

Two samples are near duplicates where their questions and their answers are both alike (Jaccard similarity of pairs of words, at
least `near_duplicate`) and do not differ in a number, a name, a negation or, where they are short, a content word. One question
with different answers is no duplicate and only noted. Of duplicates the one of the smallest `rows.rank` stays, and each that
goes is a duplicate of one that stays.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from curate.filters._minhash import Vocabulary, bands, close_pairs, jaccard, shingles, unique_pairs
from curate.filters._turns import shows_passage
from curate.filters._twins import distinct, marks
from curate.planning import Rows
from curate.records import Sample, Verdict, canonical
from curate.settings import Settings
from curate.text import words

VERSION = 3

BATCH = 1000
_FIGURE = re.compile(r"\d")
Array = Any
Text = tuple[str, str, str]  # purpose, question, answer


@dataclass(slots=True)
class Sketches:
    """What is kept of every row: about 110 bytes. Equal texts have equal keys, whatever their case, width and punctuation."""

    text: Array
    question: Array
    figures: Array
    bands: Array


@dataclass(slots=True)
class Suspects:
    """What is kept of the rows that share a key or a band with another."""

    ids: dict[int, str] = field(default_factory=dict)
    texts: dict[int, Text] = field(default_factory=dict)
    strict: set[int] = field(default_factory=set)


def compare(rows: Rows, settings: Settings) -> Iterable[Verdict]:
    """A verdict for every row, in order; memory grows by some 100 bytes a row and by the texts of rows that look alike."""
    sketches = _sketch(rows)
    equal, again = _groups(sketches.text), _groups(sketches.question)
    first = {row: rows_[0] for rows_ in equal for row in rows_[1:]}
    pairs = [(a, b) for a, b in _candidates(sketches) if a not in first and b not in first]
    suspects = _collect(rows, {r for pair in pairs for r in pair}, {r for group in equal + again for r in group})
    ranks = {row: rows.rank(name) for row, name in suspects.ids.items()}
    best = {group[0]: min(group, key=ranks.__getitem__) for group in equal}
    lost = {row: (best[group[0]], 1.0) for group in equal for row in group if row != best[group[0]]}
    edges = [(best.get(a, a), best.get(b, b), score) for a, b, score in _verified(pairs, suspects, settings.near_duplicate)]
    lost |= _losers(edges, ranks, lost)
    return _verdicts(rows, lost, _asked_again(again, lost), suspects.ids)


def _text(sample: Sample) -> Text:
    """The purpose keeps apart what feeds different trainers: the same answer may be a preference and a demonstration."""
    purpose = "preference" if sample.rejected else "label" if sample.label is not None else "tools" if sample.tools else "chat"
    asked = "\n".join(m.content for m in sample.messages if m.role in ("system", "user", "tool"))
    calls = [canonical([c.name, c.arguments]) for m in (*sample.messages, *sample.rejected) for c in m.tool_calls]
    said = [m.content for m in (*sample.messages, *sample.rejected) if m.role == "assistant"]
    return f"{purpose} {sample.label} {canonical(sample.images)}", asked, "\n".join([*said, *calls])


def _sketch(rows: Rows) -> Sketches:
    import numpy as np

    texts, asked, figures, found = [], [], [], []
    vocabulary, batch = Vocabulary(), []
    for sample in rows:
        purpose, question, answer = _text(sample)
        asking, saying = words(question), words(answer)
        texts.append(_key(purpose, *asking, *marks(question), "", *saying, *marks(answer)))
        asked.append(_key(purpose, *asking, *marks(question)) if asking and saying else 0)
        told = sorted(w for w in (*asking, *saying) if _FIGURE.search(w))
        figures.append(len(told) << 32 | _key(*told) & 0xFFFFFFFF)
        batch.append(np.concatenate(_shingled(purpose, asking, saying, vocabulary)))
        if len(batch) == BATCH:
            found.append(bands(batch))
            batch = []
    found.append(bands(batch))
    keys = [np.array(values, dtype=np.uint64) for values in (texts, asked, figures)]
    return Sketches(keys[0], keys[1], keys[2], np.concatenate(found))


def _key(*parts: str) -> int:
    import xxhash

    return xxhash.xxh3_64_intdigest("\x1f".join(parts).encode("utf-8", "surrogatepass"))


def _shingled(purpose: str, asking: list[str], saying: list[str], vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Shingles of question and answer, told apart by a salt: the samples' similarity then lies between that of both parts."""
    return shingles(asking, vocabulary[purpose + " question"], vocabulary), shingles(saying, vocabulary[purpose + " answer"], vocabulary)


def _groups(keys: Array) -> list[list[int]]:
    """The rows, in order, that have a key in common; key 0 is none."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    edges = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True]))) if len(keys) else np.array([0])
    return [order[a:b].tolist() for a, b in pairwise(edges) if b - a > 1 and ordered[a]]


def _candidates(sketches: Sketches) -> list[tuple[int, int]]:
    pairs = unique_pairs(close_pairs(sketches.bands, sketches.figures), max(len(sketches.text), 1))
    return [(int(a), int(b)) for a, b in pairs[sketches.text[pairs[:, 0]] != sketches.text[pairs[:, 1]]]] if len(pairs) else []


def _collect(rows: Rows, compared: set[int], named: set[int]) -> Suspects:
    suspects = Suspects()
    for row, sample in enumerate(rows):
        if row in compared or row in named:
            suspects.ids[row] = sample.id
        if row in compared:
            suspects.texts[row] = _text(sample)
            if shows_passage(sample):
                suspects.strict.add(row)
    return suspects


def _verified(pairs: list[tuple[int, int]], suspects: Suspects, threshold: float) -> Iterator[tuple[int, int, float]]:
    """The pairs that are near duplicates when compared in full, with the similarity of the less similar part."""
    import numpy as np

    vocabulary = Vocabulary()
    exact = {
        row: [np.unique(part) for part in _shingled(purpose, words(question), words(answer), vocabulary)]
        for row, (purpose, question, answer) in suspects.texts.items()
    }
    for a, b in pairs:
        score = min(jaccard(one, other) for one, other in zip(exact[a], exact[b], strict=True))
        if score < threshold:
            continue
        (_, asked, said), (_, asked_too, said_too) = suspects.texts[a], suspects.texts[b]
        if not distinct(asked, asked_too, strict=a in suspects.strict) and not distinct(said, said_too):
            yield a, b, score


def _losers(
    edges: list[tuple[int, int, float]], ranks: dict[int, tuple[float | str, ...]], lost: dict[int, tuple[int, float]]
) -> dict[int, tuple[int, float]]:
    """From the best row on: a row stays unless a row that stays is its near duplicate; then the nearest of these is its twin."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for a, b, score in edges:
        near[a][b] = near[b][a] = score
    gone: dict[int, tuple[int, float]] = {}
    for row in sorted(near, key=ranks.__getitem__):
        ahead = [(other, score) for other, score in near[row].items() if ranks[other] < ranks[row] and other not in gone]
        if ahead and row not in lost:
            gone[row] = min(ahead, key=lambda found: (-found[1], ranks[found[0]]))
    for row, (twin, _) in lost.items():  # an equal row whose best copy goes is a near duplicate of what that one lost to
        if twin in gone:
            gone[row] = gone[twin]
    return gone


def _asked_again(groups: list[list[int]], lost: dict[int, tuple[int, float]]) -> dict[int, list[int]]:
    """Rows that stay, with the other rows that stay and ask the same."""
    kept = [[row for row in group if row not in lost] for group in groups]
    return {row: [other for other in group if other != row] for group in kept for row in group if len(group) > 1}


def _verdicts(rows: Rows, lost: dict[int, tuple[int, float]], again: dict[int, list[int]], ids: dict[int, str]) -> Iterator[Verdict]:
    for row, sample in enumerate(rows):
        if row in lost:
            twin, score = lost[row]
            reason = f"{'duplicate' if score == 1 else f'near duplicate ({score:.2f})'} of {ids[twin]}"
            yield Verdict(sample.id, "duplicates", False, round(score, 4), reason, {"twin": ids[twin], "jaccard": round(score, 4)})
        elif row in again:
            others = sorted(ids[other] for other in again[row])
            detail = {"same_question": others[:5]}
            yield Verdict(sample.id, "duplicates", True, None, f"{len(others)} other answers to this question", detail)
        else:
            yield Verdict(sample.id, "duplicates", True)
