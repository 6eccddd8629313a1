"""MinHash signatures of texts that are given by hashes of their shingles, by datasketch."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 4096  # shingles permuted at once: bounds memory on long texts


def minhash(texts: "Iterable[NDArray[np.uint32]]", size: int) -> "NDArray[np.uint32]":
    """The signatures (texts x size), the same on every machine; repeats and order of shingles change nothing, none give the maximum."""
    import numpy as np
    from datasketch import MinHash

    sketch = MinHash(num_perm=size, scheme="affine32", hashfunc=int)  # the shingles are hashes already
    found = []
    for shingles in texts:
        sketch.clear()  # one sketch for all: copying it, as MinHash.bulk does, takes as long as filling it
        for start in range(0, len(shingles), _BLOCK):
            sketch.update_batch(shingles[start : start + _BLOCK].tolist())
        found.append(sketch.digest())
    return np.array(found, dtype=np.uint32).reshape(-1, size)
