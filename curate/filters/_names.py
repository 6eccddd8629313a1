"""The names that an answer states and its source does not hold."""

import re

from curate.filters._passage import STOP_WORDS, Source
from curate.text import language, words

_NAME = re.compile(r"(?<![\w'’&])[A-ZÀ-ÖØ-Þ][\w’'-]*\w")
_TITLE = re.compile(r"《([^》\n]{2,40})》")
_LABEL = re.compile(r"\*\*[^*\n]{1,60}(?::\*\*|\*\*\s*[:：])|^#+ .*$|^[^:\n.]{1,50}:", re.MULTILINE)
_POSSESSIVE = re.compile(r"['’]s?$")
_OPENS = re.compile(r"(?:^|[.!?:;…\n|>#•–—-]|\d[.)])[\s\"'“‘«(\[*_`]*$")
_CALENDAR = frozenset(
    re.findall(
        r"\w+",
        """january february march april june july august september october november december monday tuesday wednesday thursday friday
        saturday sunday step note answer yes english""",
    )
)
_CAPITALISED = ("de", "lb")  # languages that write every noun with a capital
_ALIASES = ({"us", "usa", "america", "american", "states"}, {"uk", "britain", "british", "kingdom"}, {"eu", "europe", "european"})


def unknown(answer: str, known: Source) -> list[str]:
    """Names, as written, that stand neither in the source in any form nor in an abbreviation of it."""
    bare = _LABEL.sub(lambda m: " " * (len(m[0]) - 1) + "\n", answer)  # what follows a label begins a sentence
    stated = list(_NAME.finditer(bare))
    lost = [m[0] for m in stated if not _stands(m[0], known) and not _OPENS.search(bare, max(0, m.start() - 12), m.start())]
    if lost:
        lost = (
            []
            if language(known.text) in _CAPITALISED
            else [name for name in lost if name not in _spelled_out([m[0] for m in stated], known)]
        )
    if "《" in answer:
        lost += [title for title in _TITLE.findall(answer) if _squeezed(title) not in _squeezed(known.text)]
    return list(dict.fromkeys(lost))


def _stands(name: str, known: Source) -> bool:
    lost = known.lost({w for w in words(_POSSESSIVE.sub("", name)) if len(w) > 1 and w not in STOP_WORDS and w not in _CALENDAR})
    if not lost or any(lost & alias and known.words & alias for alias in _ALIASES):
        return True
    letters = name.replace(".", "")
    return letters.isupper() and 2 <= len(letters) <= 6 and letters.lower() in "".join(w[0] for w in words(known.text))


def _spelled_out(names: list[str], known: Source) -> set[str]:
    """The names whose first letters are an abbreviation of the source."""
    letters = "".join(name[0] for name in names)
    found = ((letters.find(short), len(short)) for short in re.findall(r"\b[A-Z]{2,6}\b", known.text))
    return {name for at, size in found if at >= 0 for name in names[at : at + size]}


def _squeezed(text: str) -> str:
    return "".join(words(text))
