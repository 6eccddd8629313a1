"""The values of an answer in JSON, and which of them its source does not hold."""

import json
import re
from collections.abc import Container, Iterator
from typing import Any

from curate.filters._figures import missing
from curate.filters._passage import RUN, Source, content, folded
from curate.text import fold, locate

_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)
_WORDS = 6  # a text with more content words than this may tell the source in its own words
_SUPPORT = 0.4
_PAIRS = 12  # both where words are pairs of characters: a word makes about two, and one other word breaks two
_PAIRED = 0.27


def structure(answer: str) -> Any:
    """The object or list that the answer is, or None."""
    fence = _FENCE.match(answer)
    bare = (fence[1] if fence else answer).strip()
    if not bare.startswith(("{", "[")):
        return None
    try:
        found = json.loads(bare)
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) else None


def unsupported(value: Any, known: Source, free: Container[str]) -> list[str]:
    """`key: value` of each text or number that the source does not hold; keys in `free` take values of their own."""
    return [f"{key}: {leaf}" for key, leaf in leaves(value, "", free) if not _held(leaf, known)]


def leaves(value: Any, key: str, free: Container[str]) -> Iterator[tuple[str, str]]:
    """Each text or number with the key it stands under, those in `free` aside."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in free:
                yield from leaves(part, name, free)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, key, free)
    elif value is not None and not isinstance(value, bool) and str(value).strip():
        yield key, str(value)


def _held(leaf: str, known: Source) -> bool:
    if missing(leaf, known.text):
        return False
    if not any(map(str.isalpha, leaf)):
        return True
    wanted = content(leaf)
    lost = known.lost(wanted)
    if not lost or fold(leaf) in folded(known.text):
        return True
    most, least = (_PAIRS, _PAIRED) if RUN.search(leaf) else (_WORDS, _SUPPORT)
    if len(wanted) > most:
        return len(lost) <= (1 - least) * len(wanted)
    sentence = leaf.rstrip().endswith((".", "!", "?", "。", "！", "？"))  # worded by its writer, where a value is copied
    return (sentence and len(lost) * 3 <= len(wanted)) or locate(leaf, known.text) is not None
