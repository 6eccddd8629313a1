"""Fails samples whose question or answer is in another language than its document or the languages asked for."""

import re

from curate.filters._passage import folded
from curate.filters._turns import answers, questions, shows_passage
from curate.filters._values import leaves, structure
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import UNSPACED, language

VERSION = 2

ENOUGH_WORDS = 8  # below that, names and terms of another language decide
ENOUGH_CHARACTERS = 10  # the same in a script without spaces
_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|「[^」\n]{1,300}」|『[^』\n]{1,300}』|https?://\S+", re.DOTALL
)
_WORD = re.compile(rf"[^\W\d_{UNSPACED}]{{2,}}")
_CHARACTER = re.compile(f"[{UNSPACED}]")


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:
    """Decides only on enough prose; code, quotes, links, names and what the passage itself says are in no wrong language."""
    wanted = sorted(set(settings.languages) or {c.language for c in chunks if c.language})
    if not wanted:
        return Verdict(sample.id, "language", True, None, "no language known")
    passage = "" if settings.languages else " ".join(c.text for c in chunks)
    asked = [] if shows_passage(sample) else questions(sample)
    for name, texts in (("question", asked), ("answer", answers(sample))):
        for text in texts:
            found = _foreign(_prose(text, sample, passage) if name == "answer" else text, wanted, passage)
            if found:
                reason = f"the {name} is in {found}, not in {' or '.join(wanted)}"
                return Verdict(sample.id, "language", False, None, reason, {"language": found})
    return Verdict(sample.id, "language", True)


def _prose(answer: str, sample: Sample, passage: str) -> str:
    """The answer; of one in JSON the texts that its writer worded: keys, choices and what stands in the passage are in no language."""
    value = structure(answer)
    if value is None:
        return answer
    held = folded(passage)
    return "\n".join(text for _, text in leaves(value, "", sample.meta.get("free", [])) if not held or folded(text) not in held)


def _foreign(text: str, wanted: list[str], passage: str) -> str:
    """The language of a text that is not wanted, else ""."""
    if text in passage and text[:1].isalnum() and not text[-1:].isalnum():
        return ""  # whole sentences of the passage: folding, below, would find them too
    prose = _QUOTED.sub(" ", text)
    words, characters = len(_WORD.findall(prose)), len(_CHARACTER.findall(prose))
    if (words < ENOUGH_WORDS and characters < ENOUGH_CHARACTERS) or _lists_names(prose, characters):
        return ""
    found = language(prose)
    if not found or found in wanted or (passage and folded(text) in folded(passage)):
        return ""
    if {found, *wanted} & {"zh", "ja", "ko"} and characters and words * 2 > characters > words / 4:
        return ""  # both scripts in one sentence, as in technical writing
    return found


def _lists_names(prose: str, characters: int) -> bool:
    words = _WORD.findall(prose)
    return not characters and sum(w[0].isupper() for w in words) * 3 > len(words) * 2
