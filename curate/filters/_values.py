"""The values of an answer in JSON, and which of them its source does not hold."""

import json
import re
from collections.abc import Container, Iterator
from typing import Any

from curate.filters._figures import missing
from curate.filters._passage import Source, content, folded
from curate.text import fold, locate

_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)
_WORDS = 6  # a text with more content words than this may tell the source in its own words
_SUPPORT = 0.4


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
    return [f"{key}: {leaf}" for key, leaf in _leaves(value, "", free) if not _held(leaf, known)]


def _leaves(value: Any, key: str, free: Container[str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in free:
                yield from _leaves(part, name, free)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, key, free)
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
    return len(lost) <= (1 - _SUPPORT) * len(wanted) if len(wanted) > _WORDS else locate(leaf, known.text) is not None
