"""The topic tree of a corpus, two levels deep: passages of like terms together, named by a heading they share or by two terms.

Spherical k-means over TF-IDF in whole numbers, begun from the sections: the same corpus gives the same tree on every machine.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curate.planning._plan import Topic
from curate.planning._terms import terms, written
from curate.records import Chunk

VOCABULARY = 2_000
TERMS = 24
"""Terms by which a topic is known."""
LEAST = 6
"""Passages for one topic, at least."""
TURNS = 6
SCALE = 1_000
LONGEST_NAME = 60
NAMING = 50
"""Passages that are looked at for how a term is written."""


def topics(chunks: Sequence[Chunk], most: int) -> list[Topic]:
    """Up to `most` leaves over all languages, each language by the square root of its passages."""
    groups: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        groups["zh" if chunk.language.startswith("zh") else "en"].append(chunk)
    roots = {language: len(own) ** 0.5 for language, own in groups.items()}
    found: list[Topic] = []
    for language, own in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        leaves = min(max(round(most * roots[language] / sum(roots.values())), 1), max(len(own) // LEAST, 1))
        found += _Tree(own, len(chunks)).topics(leaves)
    return found[:most]


@dataclass(slots=True)
class _Rows:
    """Passages as sparse rows: the terms of passage i are cols[starts[i]:starts[i + 1]], with their weights."""

    cols: Any
    weights: Any
    starts: Any

    def scores(self, centres: Any) -> Any:
        """Of every row (down) with every centre (across)."""
        import numpy as np

        own = [np.add.reduceat(centre[self.cols] * self.weights, self.starts[:-1]) for centre in centres]
        return np.stack(own, axis=1)


class _Tree:
    def __init__(self, chunks: list[Chunk], whole: int) -> None:
        self.chunks, self.whole = chunks, whole
        self.own = [terms("\n".join((*c.heading_path, c.text))) for c in chunks]
        self.frequency = Counter(term for own in self.own for term in own)
        count = len(chunks)
        least, most = (1, count) if count < 2 * LEAST else (2 if count < 200 else 3, count * 0.5)
        kept = [(term, n) for term, n in self.frequency.items() if least <= n <= most]
        self.idf = {term: math.log((1 + count) / n) for term, n in kept}
        ranked = sorted(kept, key=lambda t: (-round(t[1] * self.idf[t[0]], 6), t[0]))
        self.vocabulary = [term for term, _ in ranked[:VOCABULARY]]

    def topics(self, leaves: int) -> list[Topic]:
        """The leaves, each under the root it is most like."""
        import numpy as np

        if not self.vocabulary:
            return []
        rows = self._rows()
        of = self._clustered(rows, leaves)
        clusters = [c for c in np.unique(of).tolist() if c >= 0]
        clusters.sort(key=lambda c: (-int((of == c).sum()), c))
        members = [np.flatnonzero(of == c).tolist() for c in clusters]
        known = [self._known_by(own) for own in members]
        return self._named(members, known, self._rooted(rows, members))

    def _rows(self) -> _Rows:
        import numpy as np

        place = {term: n for n, term in enumerate(self.vocabulary)}
        cols: list[int] = []
        weights: list[int] = []
        starts = [0]
        for chunk, own in zip(self.chunks, self.own, strict=True):
            heads = terms("\n".join(h for h in chunk.heading_path if h != chunk.title))
            held = sorted(place[t] for t in own if t in place)
            values = [self.idf[self.vocabulary[c]] * (2 if self.vocabulary[c] in heads else 1) for c in held]
            norm = math.sqrt(sum(v * v for v in values)) or 1.0
            cols += [*held, 0]  # a row ends with a weight of nothing: none is empty
            weights += [*(round(SCALE * v / norm) for v in values), 0]
            starts.append(len(cols))
        return _Rows(np.array(cols, dtype=np.int64), np.array(weights, dtype=np.int64), np.array(starts, dtype=np.int64))

    def _clustered(self, rows: _Rows, leaves: int) -> Any:
        """For every passage the number of its cluster, -1 for one without any of the terms."""
        import numpy as np

        sections: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for n, chunk in enumerate(self.chunks):
            sections[chunk.path, *chunk.heading_path[:2]].append(n)
        largest = sorted(sections.items(), key=lambda s: (-len(s[1]), s[0]))[: 12 * leaves]
        centres = self._centres(rows, [own for _, own in largest])
        centres = centres[_apart(centres, [len(own) for _, own in largest], leaves)]
        for turn in range(TURNS):
            scores = rows.scores(centres)
            of = np.where(scores.max(axis=1) > 0, scores.argmax(axis=1), -1)
            sizes = np.bincount(of[of >= 0], minlength=len(centres))
            kept = [
                c for c, size in enumerate(sizes.tolist()) if size and (turn != TURNS // 2 or size * 5 * len(centres) >= len(self.chunks))
            ]
            if turn < TURNS - 1 and kept:
                centres = self._centres(rows, [np.flatnonzero(of == c).tolist() for c in kept])
        return of

    def _centres(self, rows: _Rows, members: list[list[int]]) -> Any:
        import numpy as np

        found = np.zeros((len(members), len(self.vocabulary)), dtype=np.int64)
        for number, own in enumerate(members):
            for n in own:
                held = slice(rows.starts[n], rows.starts[n + 1])
                np.add.at(found[number], rows.cols[held], rows.weights[held])
            norm = math.isqrt(int((found[number] * found[number]).sum())) or 1
            found[number] = found[number] * SCALE // norm
        return found

    def _rooted(self, rows: _Rows, members: list[list[int]]) -> list[int]:
        """For every leaf the number of its root, itself a leaf."""
        import numpy as np

        centres = self._centres(rows, members)
        roots = _apart(centres, [len(own) for own in members], max(round(len(members) ** 0.5), 1))
        alike = np.stack([(centres * centres[root]).sum(axis=1) for root in roots], axis=1)
        return [n if n in roots else roots[int(own.argmax())] for n, own in enumerate(alike)]

    def _known_by(self, own: list[int]) -> list[str]:
        """The terms that many of these passages hold and few others."""
        held = Counter(term for n in own for term in self.own[n] if term in self.idf)
        least = min(2, len(own))
        strength = {t: n * (n / self.frequency[t]) ** 0.5 * self.idf[t] for t, n in held.items() if n >= least}
        return sorted(strength, key=lambda t: (-round(strength[t], 6), t))[:TERMS]

    def _named(self, members: list[list[int]], known: list[list[str]], roots: list[int]) -> list[Topic]:
        headings = Counter(h for c in self.chunks for h in {c.title, *c.heading_path})
        names: list[str] = []
        for own, terms_of in zip(members, known, strict=True):
            name = self._heading(own, terms_of, headings) or self._two(own, terms_of)
            names.append(name if name not in names else f"{name} ({self._two(own, terms_of)})")
        above: dict[int, str] = {}
        for root in dict.fromkeys(roots):
            under = [n for n, r in enumerate(roots) if r == root]
            everyone = [n for leaf in under for n in members[leaf]]
            above[root] = self._two(everyone, self._known_by(everyone)) if len(under) > 1 else names[root]
        found = [
            Topic([above[root], name] if above[root] != name else [name], terms_of, round(len(own) / self.whole, 4))
            for own, name, terms_of, root in zip(members, names, known, roots, strict=True)
        ]
        order = list(dict.fromkeys(roots))
        return [topic for _, topic in sorted(zip(roots, found, strict=True), key=lambda pair: order.index(pair[0]))]

    def _heading(self, own: list[int], known: list[str], everywhere: Counter[str]) -> str:
        """A heading that many of these passages stand under, few others, and that holds one of their terms."""
        here = Counter(h for n in own for h in {self.chunks[n].title, *self.chunks[n].heading_path})
        fitting = {
            heading: count * count / everywhere[heading]
            for heading, count in here.items()
            if count * 8 >= len(own)
            and count * 2 > everywhere[heading]
            and len(heading) <= LONGEST_NAME
            and terms(heading) & set(known[:12])
        }
        return min(fitting, key=lambda h: (-round(fitting[h], 6), h), default="")

    def _two(self, own: list[int], known: list[str]) -> str:
        text = "\n".join(self.chunks[n].text for n in own[:NAMING])
        names: list[str] = []
        for term in known[:TERMS]:
            name = written(term, text)
            if not any(set(name) & set(other) if name[0] > "\u2e80" else name == other for other in names):
                names.append(name)
            if len(names) == 2:
                break
        return ", ".join(names)


def _apart(centres: Any, sizes: list[int], wanted: int) -> list[int]:
    """Up to `wanted` of the centres, each next one large and unlike all before it."""
    import numpy as np

    chosen = [max(range(len(sizes)), key=lambda n: (sizes[n], -n))]
    near = np.zeros(len(sizes), dtype=np.int64)
    while len(chosen) < min(wanted, len(sizes)):
        near = np.maximum(near, (centres * centres[chosen[-1]]).sum(axis=1))
        worth = np.array([math.isqrt(size << 20) for size in sizes], dtype=np.int64) * (SCALE * SCALE - near)
        worth[chosen] = -1
        chosen.append(int(worth.argmax()))
    return chosen
