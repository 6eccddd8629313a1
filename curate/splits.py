"""Settles before anything is generated which split each document, or each section of few documents, belongs to.

The hash of a path decides, and nothing is balanced afterwards: a split never depends on how many others there are, so an edit moves
no other row. A corpus of a few sections may therefore get no validation or test rows; raise the shares to get some.
"""

import hashlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curate.settings import Settings
from curate.text import minhash, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 2
"""Raised whenever the same text gives another sketch: sketches are remembered with the documents."""

SHINGLE = 5  # words
BANDS, ROWS = 16, 8  # near-copies from a Jaccard similarity of 0.8 are found with probability 0.95, at 0.9 with 0.9998
FEW = 20  # with fewer groups of documents the sections are divided, not the documents


@dataclass(frozen=True, slots=True)
class Splits:
    """Where each document goes. `groups` names, for each document, the smallest path of its near-copies."""

    groups: dict[str, str]
    by_section: bool
    validation_share: float
    test_share: float

    def split_of(self, document_id: str) -> "str | Sections":
        """The split of a document or, where sections are divided, a function from a section's heading path to its split."""
        group = self.groups[document_id]
        if self.by_section:
            return Sections(group, self.validation_share, self.test_share)
        return _split(self.validation_share, self.test_share, group)


@dataclass(frozen=True, slots=True)
class Sections:
    """Where the top-level sections of one document group go; a value, so that worker processes can be given it."""

    group: str
    validation_share: float
    test_share: float

    def __call__(self, path: list[str]) -> str:
        return _split(self.validation_share, self.test_share, self.group, *path[:1])


def split_of_key(settings: Settings, *key: str) -> str:
    """The split of what comes from no document: the hash of its key decides."""
    return _split(settings.validation_share, settings.test_share, *key)


def _split(validation_share: float, test_share: float, *unit: str) -> str:
    digest = hashlib.sha256("\0".join(unit).encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < test_share:
        return "test"
    return "validation" if place < test_share + validation_share else "train"


def assign(documents: Iterable[tuple[str, str, list[int]]], settings: Settings) -> Splits:
    """The splits of all documents, given as (id, relative path, sketch) in any order."""
    ids: list[str] = []
    paths: list[str] = []
    hashes, owners = array("q"), array("i")
    for number, (document_id, path, sketch_of) in enumerate(documents):
        ids.append(document_id)
        paths.append(path)
        hashes.extend(sketch_of)
        owners.extend([number] * len(sketch_of))
    heads = _groups(paths, hashes, owners)
    by_section = len(set(heads)) < FEW
    return Splits(dict(zip(ids, heads, strict=True)), by_section, settings.validation_share, settings.test_share)


def _groups(paths: list[str], hashes: "array[int]", owners: "array[int]") -> list[str]:
    """For each document the smallest path among those it shares a band with, directly or through others."""
    parents = list(range(len(paths)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for a, b in _pairs(hashes, owners):
        one, other = root(a), root(b)
        low, high = (one, other) if paths[one] <= paths[other] else (other, one)
        parents[high] = low
    return [paths[root(number)] for number in range(len(paths))]


def _pairs(hashes: "array[int]", owners: "array[int]") -> list[tuple[int, int]]:
    """Pairs of documents that share a band hash: enough of them to connect all that do."""
    import numpy as np

    if not hashes:
        return []
    bands, documents = np.frombuffer(hashes, dtype=np.int64), np.frombuffer(owners, dtype=np.intc)
    order = np.lexsort((documents, bands))
    bands, documents = bands[order], documents[order]
    same = bands[1:] == bands[:-1]
    pairs = np.stack((documents[:-1][same], documents[1:][same]), axis=1)
    return [(int(a), int(b)) for a, b in np.unique(pairs, axis=0)]


def sketch(text: str) -> list[int]:
    """16 band hashes (MinHash of word 5-grams, 16 bands of 8), the same on every machine; none for a text of under 5 words."""
    import numpy as np
    import xxhash

    found = words(text)
    if len(found) < SHINGLE:
        return []
    known = {word: xxhash.xxh64_intdigest(word.encode("utf-8", "surrogatepass")) for word in set(found)}
    shingles = _shingles(np.array([known[word] for word in found], dtype=np.uint64))
    bands = minhash([shingles], BANDS * ROWS).astype("<u4").reshape(BANDS, ROWS)
    return [xxhash.xxh64_intdigest(band.tobytes(), seed=number) >> 1 for number, band in enumerate(bands)]


def _shingles(hashes: "NDArray[np.uint64]") -> "NDArray[np.uint32]":
    """One hash for each run of five words; unsigned overflow is meant."""
    import numpy as np

    count = len(hashes) - SHINGLE + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for k in range(SHINGLE):
        mixed = (mixed ^ hashes[k : k + count]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)
