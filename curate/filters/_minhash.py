"""Shingles and MinHash bands of many texts at once, the same on every machine and in any order of rows.

A shingle is two neighbouring words; a character of a script without spaces is a word. Two texts whose shingles have a Jaccard
similarity of 0.8 share a band with a probability of 1 - (1 - 0.8**5)**20 = 0.9996.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from curate.text import minhash

BANDS, ROWS = 20, 5
WINDOW, CROWD = 24, 48  # rows
Array = Any  # numpy is imported where it is used


class Vocabulary(dict[str, int]):
    """The hash of each word, remembered; emptied when it has grown large, which changes no hash."""

    def __missing__(self, word: str) -> int:
        import xxhash

        if len(self) > 500_000:
            self.clear()
        self[word] = value = xxhash.xxh32_intdigest(word.encode("utf-8", "surrogatepass"), seed=1)
        return value


def shingles(run: list[str], salt: int, vocabulary: Vocabulary) -> Array:
    """The hashes (uint32, repeats kept) of the pairs of words in a text; of a text of one word, of that word."""
    import numpy as np

    hashes = np.fromiter(map(vocabulary.__getitem__, run), dtype=np.uint32, count=len(run))
    pairs = (hashes[:-1] * np.uint32(0x9E3779B1)) ^ (hashes[1:] * np.uint32(0x85EBCA77)) if len(hashes) > 1 else hashes
    return pairs ^ np.uint32(salt)


def bands(batch: Sequence[Array]) -> Array:
    """The band hashes (uint32, texts x BANDS) of texts given by their shingles; a text without any has 0 in every band."""
    import numpy as np

    least = minhash(batch, BANDS * ROWS).reshape(-1, BANDS, ROWS)
    found = np.broadcast_to(np.arange(1, BANDS + 1, dtype=np.uint32), least.shape[:2])
    for row in range(ROWS):
        found = _mixed(found * np.uint32(0x01000193) ^ least[:, :, row])
    filled = np.array([len(shingled) > 0 for shingled in batch], dtype=bool)
    return np.where(filled[:, None], np.maximum(found, 1), 0).astype(np.uint32)


def jaccard(one: Array, other: Array) -> float:
    """The share of shingles (sorted, without repeats) that two texts have in common; two empty texts are alike."""
    import numpy as np

    if not len(one) or not len(other):
        return float(len(one) == len(other))
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def close_pairs(signatures: Array, figures: Array) -> Iterator[Array]:
    """Pairs of rows (n x 2, smaller first) that share a band, band by band.

    figures: how many words with digits a row has (from bit 32 on) and their hash. Rows with as many but others say different things
    and are never paired: so a template filled in a million times gives no pairs. Rows of one bucket are sorted by their next band (in
    a crowd by figures first) and paired with those up to `WINDOW` places on: near duplicates share most bands and so stand together.
    """
    import numpy as np

    for band in range(BANDS):
        keys = signatures[:, band]
        _, bucket, size = np.unique(keys, return_inverse=True, return_counts=True)
        crowd = np.where(size[bucket] > CROWD, figures, 0)
        order = np.lexsort((signatures[:, (band + 1) % BANDS], crowd, keys))
        keys, told = keys[order], figures[order]
        for step in range(1, WINDOW + 1):
            together = (keys[step:] == keys[:-step]) & (keys[step:] != 0)
            if not together.any():
                break
            alike = (told[step:] == told[:-step]) | (told[step:] >> np.uint64(32) != told[:-step] >> np.uint64(32))
            at = np.flatnonzero(together & alike)
            yield np.sort(np.column_stack((order[at], order[at + step])), axis=1)


def unique_pairs(pairs: Iterable[Array], count: int) -> Array:
    """The different pairs (n x 2) among `count` rows, in order."""
    import numpy as np

    codes = np.empty(0, dtype=np.int64)
    for some in pairs:
        codes = np.union1d(codes, some[:, 0] * count + some[:, 1])
    return np.column_stack((codes // count, codes % count))


def _mixed(values: Array) -> Array:
    """MurmurHash3's finalizer: every bit of the input moves every bit of the output."""
    import numpy as np

    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
