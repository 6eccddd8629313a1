"""Which passages belong together: chains of passages that share rare terms, names and figures, across documents where there are any.

Two readings of the corpus: the first counts how many passages hold a term, in a table of fixed size; the second keeps of every
passage a few terms that few others hold. Per passage that is about 500 bytes, whatever the length of its text. A passage's
partners depend on those that share its rare terms, so an edit elsewhere moves few chains.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from curate.planning import View
from curate.records import Chunk, content_id
from curate.text import HAN

Chain = tuple[str, ...]
"""Ids of chunks of one split and one language, in an order that content settles."""
Partner = tuple[int, int, int]
"""Strength of the link, a hash of the pair that settles ties, number of the passage."""
Array = Any  # numpy is imported where it is used

BINS = 1 << 26
"""Counters of terms: a byte each."""
HOLDERS = 8
"""A term that more passages hold links none of them."""
TERMS = 32
"""Rare terms that a passage is known by, at most."""
SKETCH = 32
"""Smallest hashes kept of a passage, to tell near-copies."""
NEAR_COPY = 0.5
"""Share of terms in common from which two passages say the same."""
PARTNERS = 4
"""Partners of a passage that are considered."""
USES = 3
"""Chains that one passage may stand in."""
LEAST = 12
"""Strength of the weakest link: two strong terms that only these two passages hold have 42, a word that eight hold has 1."""
STRONG, WEAK = 3, 1

_COMMON = frozenset(
    re.findall(
        "[a-z]+",
        """
        a about above after again against all also always an and another any are as at be because been before being below between
        both but by can cannot could did do does doing down during each either every few first for from further get given had has
        have having he her here his how i if in into is it its itself just less like made make many may me might more most much
        must my need needs never next no none nor not of off often on once one only or other others our out over own per same
        shall she should since so some such than that the their them then there these they this those three through time to too
        two under until up upon us use used uses using very via want was we well were what when where which while who whom whose
        why will with within without would yes you your""",
    )
)
_FUNCTION = frozenset(
    "的了和是在与或及等于为以将应须可按由对不从到并后前时内每其该此这那有无如若则超过零〇一二两三四五六七八九十百千万分之"
)
_TOKEN = re.compile(rf"[{HAN}]|[^\W_{HAN}]+|[^\w\s-]|\n")
_BREAK, _SHORT, _WORD, _NUMBER, _HAN = range(5)
_MIX = 0x9E3779B97F4A7C15


def chains(view: View, hops: int, scale: float = 1.0) -> list[Chain]:
    """Chains of `hops` passages, each led by the passage of the smallest id; `scale` chains or so are proposed by every passage."""
    tokens = Tokens()
    found = _read(view, _count(view, tokens), tokens)
    return _chosen(found, _partners(found), hops, scale)


class Tokens(dict[str, int]):
    """The hash of each word, its kind in the lowest bits; remembered, and emptied when it has grown large, which changes no hash."""

    def __missing__(self, token: str) -> int:
        import xxhash

        if len(self) > 500_000:
            self.clear()
        self[token] = value = xxhash.xxh3_64_intdigest(token.encode("utf-8", "surrogatepass")) & ~7 | _kind(token)
        return value


def _kind(token: str) -> int:
    if token.isdecimal():
        return _NUMBER
    if token in _COMMON or token in _FUNCTION or not token[0].isalnum():
        return _BREAK
    if len(token) == 1 and re.match(f"[{HAN}]", token):
        return _HAN
    return _WORD if len(token) > 3 else _SHORT


def terms(chunk: Chunk, tokens: Tokens) -> tuple[Array, Array]:
    """Hashes of the terms a passage can be known by, each once, and their weights; those of other splits and languages never meet.

    Strong are pairs of words, names with numbers (GC 100, not 10 percent) and four Chinese characters none of which only joins.
    """
    import numpy as np
    import xxhash

    found = _TOKEN.findall(chunk.text.casefold())
    hashes = np.fromiter(map(tokens.__getitem__, found), dtype=np.uint64, count=len(found))
    kinds, han = hashes & 7, hashes & 7 == _HAN
    named = (kinds == _WORD) | (kinds == _SHORT)
    mixed = hashes[:-1] * _MIX + hashes[1:]
    threes = mixed[:-1] * _MIX + hashes[2:]
    fours = threes[:-1] * _MIX + hashes[3:]
    three = han[:-2] & han[1:-1] & han[2:]
    strong = [mixed[named[:-1] & (named[1:] | (kinds[1:] == _NUMBER))], fours[three[:-1] & three[1:]]]
    weak = [hashes[kinds == _WORD], mixed[(kinds[:-1] == _NUMBER) & named[1:]], threes[three]]
    keys = np.concatenate([*strong, *weak])
    weights = np.repeat(np.array([STRONG, WEAK]), [sum(map(len, strong)), sum(map(len, weak))])
    keys, first = np.unique(keys, return_index=True)
    return keys ^ np.uint64(xxhash.xxh3_64_intdigest(f"{chunk.split}\0{chunk.language}".encode())), weights[first]


@dataclass(slots=True)
class Found:
    """What is kept of the passages. marks: a hash of each, which settles ties; rare, holders, weights: rare terms, each with a passage."""

    ids: list[str] = field(default_factory=list)
    marks: Array = None
    documents: Array = None
    sketches: Array = None
    rare: Array = None
    holders: Array = None
    weights: Array = None


def _count(view: View, tokens: Tokens) -> Array:
    import numpy as np

    counts = np.zeros(BINS, dtype=np.uint8)
    for chunk in view.chunks():
        bins = np.unique(terms(chunk, tokens)[0] % BINS)
        counts[bins] += counts[bins] < 255
    return counts


def _read(view: View, counts: Array, tokens: Tokens) -> Found:
    import numpy as np
    import xxhash

    found = Found()
    numbers: dict[str, int] = {}
    documents, sketches, rare, holders, weights = [], [], [], [], []
    for number, chunk in enumerate(view.chunks()):
        keys, weight = terms(chunk, tokens)
        held = counts[keys % BINS]
        kept = np.flatnonzero((held > 1) & (held <= HOLDERS))
        kept = kept[np.lexsort((keys[kept], held[kept], -weight[kept]))][:TERMS]
        rare.append(keys[kept])
        weights.append(weight[kept])
        holders.append(np.full(len(kept), number))
        sketches.append(np.pad(np.sort(keys)[:SKETCH], (0, max(SKETCH - len(keys), 0)), constant_values=np.iinfo(np.uint64).max))
        documents.append(numbers.setdefault(chunk.document_id, len(numbers)))
        found.ids.append(chunk.id)
    if found.ids:
        found.marks = np.array([xxhash.xxh3_64_intdigest(i.encode()) for i in found.ids], dtype=np.uint64)
        found.documents, found.sketches = np.array(documents), np.stack(sketches)
        found.rare, found.holders, found.weights = np.concatenate(rare), np.concatenate(holders), np.concatenate(weights)
    return found


def _partners(found: Found) -> dict[int, list[Partner]]:
    """By passage its best partners, the strongest first: those of other documents count double."""
    import numpy as np

    if not found.ids:
        return {}
    first, second, strength = _pairs(found)
    other = found.documents[first] != found.documents[second]
    strength = np.where(other, 2 * strength, strength)
    kept = np.flatnonzero(strength >= LEAST)
    first, second, strength = first[kept], second[kept], strength[kept]
    both = np.concatenate([first, second]), np.concatenate([second, first]), np.concatenate([strength, strength])
    ties = found.marks[both[0]] ^ found.marks[both[1]]
    order = np.lexsort((ties, -both[2], both[0]))
    partners: dict[int, list[Partner]] = defaultdict(list)
    for one, another, strong, tie in zip(*(column[order].tolist() for column in (*both, ties)), strict=True):
        near = partners[one]
        if len(near) < PARTNERS and _alike(found.sketches[one], found.sketches[another]) < NEAR_COPY:
            near.append((strong, tie, another))
    return partners


def _pairs(found: Found) -> tuple[Array, Array, Array]:
    """The pairs of passages that share rare terms (smaller number first), and the sum of what these weigh: the rarer the more."""
    import numpy as np

    order = np.lexsort((found.holders, found.rare))
    rare, holders, weights = found.rare[order], found.holders[order].astype(np.uint64), found.weights[order].astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], rare[1:] != rare[:-1]))) if len(rare) else np.zeros(0, dtype=int)
    sizes = np.diff(np.append(starts, len(rare)))
    keys, strengths = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for size in range(2, HOLDERS + 1):
        at = starts[sizes == size]
        for i, j in combinations(range(size), 2):
            keys.append(holders[at + i] * np.uint64(len(found.ids)) + holders[at + j])
            strengths.append(weights[at] * (HOLDERS + 1 - size))
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    strength = np.bincount(inverse, weights=np.concatenate(strengths), minlength=len(unique)).astype(np.int64)
    return (unique // np.uint64(len(found.ids))).astype(np.int64), (unique % np.uint64(len(found.ids))).astype(np.int64), strength


def _alike(one: Array, other: Array) -> float:
    """The Jaccard similarity of two passages' terms, estimated from the smallest hashes of their union."""
    import numpy as np

    union = np.unique(np.concatenate([one, other]))[:SKETCH]
    return float(np.isin(union, np.intersect1d(one, other)).mean())


def _chosen(found: Found, partners: dict[int, list[Partner]], hops: int, scale: float) -> list[Chain]:
    """The chains that every passage proposes, less those that use a passage too often: the strongest of it stay."""
    proposed: dict[Chain, int] = {}
    for number in sorted(partners):
        for start in _started(found.ids[number], partners[number], scale):
            grown, strength = _grown([number, start[2]], start[0], partners, hops)
            if len(grown) == hops:
                ids = tuple(sorted(found.ids[n] for n in grown))
                proposed[ids] = max(strength, proposed.get(ids, 0))
    uses: dict[str, int] = defaultdict(int)
    kept = []
    for chain in sorted(proposed, key=lambda chain: (-proposed[chain], chain)):
        if all(uses[i] < USES for i in chain):
            kept.append(chain)
            for i in chain:
                uses[i] += 1
    return kept


def _started(own: str, near: list[Partner], scale: float) -> Iterable[Partner]:
    """The partners that a passage proposes: as many as the scale says, a part of one being a share of the passages."""
    whole = int(scale) + (int(content_id("chain", own), 16) % 1000 < 1000 * (scale % 1))
    return near[:whole]


def _grown(chain: list[int], strength: int, partners: dict[int, list[Partner]], hops: int) -> tuple[list[int], int]:
    """The chain with the strongest partners of its members added; the strength of its weakest link."""
    while len(chain) < hops:
        ahead = [near for member in chain for near in partners.get(member, []) if near[2] not in chain]
        if not ahead:
            break
        strong, _, other = max(ahead)
        chain, strength = [*chain, other], min(strength, strong)
    return chain, strength
