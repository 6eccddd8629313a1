"""Shingles and MinHash bands of many texts at once, the same on every machine and in any order of rows.

A shingle is two neighbouring words; a character of a script without spaces is a word. Two texts whose shingles have a Jaccard
similarity of 0.8 share a band with a probability of 1 - (1 - 0.8**5)**20 = 0.9996.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BANDS, ROWS = 20, 5
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
    return _mixed(pairs ^ np.uint32(salt))


def bands(batch: Sequence[Array]) -> Array:
    """The band hashes (uint32, rows x BANDS) of texts given by their shingles; a text without any gets bands of its own."""
    import numpy as np

    sizes = np.array([len(s) for s in batch])
    filled = np.flatnonzero(sizes)
    found = np.zeros((len(batch), BANDS), dtype=np.uint32)
    if len(filled):
        flat, starts = np.concatenate(batch), np.concatenate(([0], np.cumsum(sizes[filled])[:-1]))
        for band in range(BANDS):
            found[filled, band] = _band(flat, starts, band)
    return found


def jaccard(one: Array, other: Array) -> float:
    """The share of shingles (sorted, without repeats) that two texts have in common; two empty texts are alike."""
    import numpy as np

    if not len(one) or not len(other):
        return float(len(one) == len(other))
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def close_pairs(signatures: Array, window: int = 24) -> Iterator[Array]:
    """Pairs of rows (n x 2, smaller first) that share a band, band by band.

    Rows of one bucket are sorted by their next band and paired with those up to `window` places on: near duplicates share most
    bands and so stand together, while a bucket of thousands of rows of one template costs no thousands squared.
    """
    import numpy as np

    for band in range(BANDS):
        order = np.lexsort((signatures[:, (band + 1) % BANDS], signatures[:, band]))
        keys = signatures[order, band]
        for step in range(1, window + 1):
            at = np.flatnonzero((keys[step:] == keys[:-step]) & (keys[step:] != 0))
            if not len(at):
                break
            yield np.sort(np.column_stack((order[at], order[at + step])), axis=1)


def unique_pairs(pairs: Iterable[Array], count: int) -> Array:
    """The different pairs (n x 2) among `count` rows, in order."""
    import numpy as np

    codes = np.empty(0, dtype=np.int64)
    for some in pairs:
        codes = np.union1d(codes, some[:, 0] * count + some[:, 1])
    return np.column_stack((codes // count, codes % count))


def _band(flat: Array, starts: Array, band: int) -> Array:
    import numpy as np

    key = np.full(len(starts), band + 1, dtype=np.uint32)
    for row in range(ROWS):
        a, b = _COEFFICIENTS[band * ROWS + row]
        least = np.minimum.reduceat(flat * np.uint32(a) + np.uint32(b), starts)
        key = _mixed(key * np.uint32(0x01000193) ^ least)
    return np.maximum(key, 1)  # 0 says that there is no text


def _mixed(values: Array) -> Array:
    """MurmurHash3's finalizer: every bit of the input moves every bit of the output."""
    import numpy as np

    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def _coefficients(count: int) -> list[tuple[int, int]]:
    """Fixed (odd factor, offset) pairs of permutations of the 32-bit numbers, from the golden-ratio sequence of splitmix64."""
    values = []
    for i in range(1, 2 * count + 1):
        z = (i * 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        values.append((z ^ (z >> 31)) >> 32)
    return [(a | 1, b) for a, b in zip(values[::2], values[1::2], strict=True)]


_COEFFICIENTS = _coefficients(BANDS * ROWS)
