"""Text as it compares, remembered: the samples of one chunk follow each other, and several checks compare the same turns."""

from functools import lru_cache

from curate.text import fold

folded = lru_cache(maxsize=32)(fold)
