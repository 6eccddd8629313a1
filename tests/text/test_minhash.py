"""MinHash signatures: those of datasketch, whatever the batch, the order of shingles and the machine."""

import numpy as np
from datasketch import MinHash

from curate.text import minhash

DRAW = np.random.default_rng(1)
LONG = DRAW.integers(0, 2**32, 10_000, dtype=np.uint32)
TEXTS = [LONG[:150], LONG[:0], LONG[50:200], LONG]


def test_a_signature_is_the_same_on_any_machine() -> None:
    assert minhash([np.arange(100, dtype=np.uint32)], 4).tolist() == [[491263, 34352396, 189570952, 16911927]]


def test_signatures_are_those_that_datasketch_makes_of_each_text_alone() -> None:
    alone = MinHash.bulk([t.tolist() for t in TEXTS], num_perm=64, scheme="affine32", hashfunc=int)
    assert minhash(TEXTS, 64).tolist() == [m.digest().tolist() for m in alone]


def test_order_and_repeats_of_shingles_change_nothing() -> None:
    shuffled = DRAW.permutation(np.concatenate((LONG, LONG[:3000])))
    assert (minhash([shuffled], 64) == minhash([LONG], 64)).all()


def test_equal_places_estimate_how_much_two_texts_share() -> None:
    one, other = minhash([LONG[:8000], LONG[2000:]], 1000)
    assert abs((one == other).mean() - 0.6) < 0.05


def test_no_texts_are_fine() -> None:
    assert minhash([], 8).shape == (0, 8)
