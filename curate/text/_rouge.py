"""ROUGE-L, and the nearest of many texts by it: bit-parallel longest common subsequences over words (characters, in Chinese)."""

from math import ceil

from curate.text._folding import words

FIRST = 0xE000
"""Words become characters from here on: above the surrogates, which no string may hold."""


def rouge_l(one: str, other: str) -> float:
    """The F-measure of the longest common subsequence of words: 1 for equal texts, 0 for texts without a common word."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(words(one), words(other)))  # 2 LCS / (m + n)


class Texts:
    """Texts that grow in number, to find the nearest of them. A word is one character, so that a text is one string to compare."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._coded: list[str] = []
        self._codes: dict[str, str] = {}
        self._holders: dict[str, list[int]] = {}  # by word, the texts that hold it

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> None:
        """One more text."""
        found = words(text)
        for word in dict.fromkeys(found):
            self._holders.setdefault(word, []).append(len(self._texts))
        self._texts.append(text)
        self._coded.append("".join(self._codes.setdefault(word, chr(FIRST + len(self._codes))) for word in found))

    def nearest(self, text: str, least: float) -> tuple[str, float] | None:
        """The text most like this one and its ROUGE-L, where that is at least `least`; of equals the first."""
        from rapidfuzz.distance import Indel
        from rapidfuzz.process import extractOne

        found = words(text)
        coded = "".join(self._codes.get(word, "\0") for word in found)  # what no text holds matches none
        near = self._near(found, least)
        best = extractOne(coded, [self._coded[i] for i in near], scorer=Indel.normalized_similarity, score_cutoff=least)
        return (self._texts[near[best[2]]], float(best[1])) if best else None

    def _near(self, found: list[str], least: float) -> list[int]:
        """The texts that may be so near: each holds one of the rarest words, for it can lack only so many."""
        shared = ceil(len(found) * least / (2 - least))  # from 2 LCS / (m + n) >= least, where n is at least the LCS
        rare = sorted(found, key=lambda word: len(self._holders.get(word, ())))[: len(found) - max(shared, 1) + 1]
        return sorted({i for word in rare for i in self._holders.get(word, ())})
