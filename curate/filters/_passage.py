"""Text as it compares, remembered: the samples of one chunk follow each other, and several checks compare the same turns."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add

from curate.text import UNSPACED, fold, words

folded = lru_cache(maxsize=32)(fold)

STOP_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """a about above after again all also am an and any are as at be because been before being below between both but by can could did
        do does doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself
        just may me might more most must my no nor not of off on once only or other our out over own same shall she should so some such
        than that the their them then there these they this those through to too under until up us very was we were what when where which
        while who whom why will with would you your yes""",
    )
)
_PARTICLES = frozenset("是否不对有没能会可的了在与和及或")
RUN = re.compile(f"[{UNSPACED}]+")  # of characters that no space parts
_SENTENCE = re.compile(  # begins with one set: quick to skip
    r"[.!?。！？；\n](?:(?<=[。！？；])|(?<=\n)(?=\s*(?:\n|[-*+#|>]|\d{1,2}[.)、]))|(?<=[.!?])(?:\s+|(?<=[a-z)\]\"]\.)(?=[A-Z])))"
)

_PLURAL = re.compile(r"(?<=[a-z]{3})(?:(?<=[sxz])es|(?<=[cs]h)es|(?<![isu])s)$")
_PAST = re.compile(r"(?<=[a-z]{3})(?:(?<!e)ed|ing)$")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def content(text: str) -> set[str]:
    """Words that carry content; where a script has no spaces, pairs of neighbouring characters."""
    found = {w for w in words(text) if len(w) > 1 and w not in STOP_WORDS}
    if not text.isascii():
        for run in RUN.findall(text):
            found.update(map(add, run, run[1:]) if len(run) > 1 else (run,))
        found -= _PARTICLES
    return found


def stem(word: str) -> str:
    """Enough of a word to tell it from others whatever its ending: 5 letters, of longer words all but the last three."""
    return word[: max(5, len(word) - 3)] if word.isascii() else word


def base(word: str) -> str:
    """The word without the endings of grammar, as far as spelling tells: tightened and tighten, stripped and strip, runs and run."""
    bare = _PAST.sub("", _PLURAL.sub("", word))
    return (_DOUBLED.sub(r"\1", bare) if bare != word else bare).removesuffix("e")


def phrases(text: str, chosen: set[str]) -> list[str]:
    """Those words of the text, as it orders them; neighbouring pairs of characters as the run that they are."""
    found = [(m.start(), m.end()) for word in chosen for m in re.finditer(re.escape(word), text.lower())]
    runs: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if runs and start < runs[-1][1]:
            runs[-1] = runs[-1][0], max(end, runs[-1][1])
        else:
            runs.append((start, end))
    return list(dict.fromkeys(text[start:end] for start, end in runs))


@dataclass(frozen=True)
class Source:
    """A text and what is asked of it again and again."""

    text: str

    @cached_property
    def sentences(self) -> list[str]:
        return [bare for s in _SENTENCE.split(self.text) if (bare := s.strip())]

    @cached_property
    def words_of(self) -> list[set[str]]:
        """The content words of each sentence."""
        return [content(s) for s in self.sentences]

    @cached_property
    def stems_of(self) -> list[set[str]]:
        return [set(map(stem, held)) for held in self.words_of]

    @cached_property
    def words(self) -> set[str]:
        return set[str]().union(*self.words_of)

    @cached_property
    def stems(self) -> set[str]:
        return set(map(stem, self.words))

    @cached_property
    def bases(self) -> set[str]:
        return set(map(base, self.words))

    def lost(self, wanted: set[str]) -> set[str]:
        """Those of the words that stand nowhere in the text, whatever their endings."""
        lost = {w for w in wanted - self.words if stem(w) not in self.stems and not (len(w) == 1 and w in self.text)}
        return {w for w in lost if base(w) not in self.bases} if lost else lost


source = lru_cache(maxsize=16)(Source)
