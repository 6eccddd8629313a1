"""The sections of a document: what stands under each heading, down to the next heading of any level."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from curate.records import Document
from curate.text import strip_markdown

_ATX = re.compile(
    r"\n(?:[ \t]*(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n(?:.*?^[ \t]*(?P=fence)[`~]*[ \t]*$|.*)|(?P<heading>[ ]{0,3}\#{1,6}[ \t]+[^\n]*))",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r"^[\s#]+|(?=[\s#{])[\s#]*(?:\{#[^{}\n]{0,200}\})?\s*(?:\n\s*[=-]+)?\s*$")


@dataclass(frozen=True, slots=True)
class Section:
    """`text[start:end]`, from its heading to the next one. `body` is where the heading ends; level 0 stands before any heading.

    unit: the top-level section it is in, which one split holds whole: the first heading that divides the document.
    """

    start: int
    body: int
    end: int
    level: int
    path: tuple[str, ...]
    unit: tuple[str, ...]


def sections(document: Document) -> list[Section]:
    """All sections in order; the first has level 0 and may be empty."""
    text = document.text
    found = [(0, 0, 0, ""), *((start, end, *_heading(text[start:end])) for start, end in _headings(document))]
    stops = [*(start for start, *_ in found[1:]), len(text)]
    paths = list(_paths([(level, title) for *_, level, title in found[1:]]))
    depth = _shared(paths)
    return [
        Section(start, body, stop, level, path, path[depth : depth + 1])
        for (start, body, level, _), stop, path in zip(found, stops, [(), *paths], strict=True)
    ]


def _paths(headings: list[tuple[int, str]]) -> Iterator[tuple[str, ...]]:
    """The titles that each heading (level, title) stands under, and its own."""
    above: list[tuple[int, str]] = []
    for level, title in headings:
        while above and above[-1][0] >= level:
            above.pop()
        above.append((level, title))
        yield tuple(t for _, t in above)


def _shared(paths: list[tuple[str, ...]]) -> int:
    """How many headings the whole document stands under: 1 where everything is below one title."""
    depth = 0
    while len({p[depth] for p in paths if len(p) > depth}) == 1:
        depth += 1
    return depth


def _headings(document: Document) -> Iterator[tuple[int, int]]:
    if document.blocks:
        return ((b.start, b.end) for b in document.blocks if b.kind == "heading")
    lines = _ATX.finditer("\n" + document.text)  # from line end to line end, which the engine finds faster than every `^`
    return ((m.start("heading") - 1, m.end() - 1) for m in lines if m["heading"])


def _heading(line: str) -> tuple[int, str]:
    """Level and plain title of a heading as Markdown writes it."""
    marks = len(line.lstrip()) - len(line.lstrip().lstrip("#"))
    level = marks or (2 if line.rstrip().endswith("-") and "\n" in line else 1)
    return min(level, 6), " ".join(strip_markdown(_TITLE.sub("", line)).split())
