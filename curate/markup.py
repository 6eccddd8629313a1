"""Builds a document's Markdown text and its blocks together, so that offsets are right by construction."""

import hashlib
import re
from collections.abc import Sequence

from curate.records import Bbox, Block, Document, Json, Page

_UNSTORABLE = re.compile("[\\ud800-\\udfff\\x00]")  # halves of a surrogate pair, as escapes in JSON can name them


class Builder:
    """Collects blocks of Markdown, parted by one blank line: `text[b.start:b.end]` is the block as it was added."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []
        self.pages: list[Page] = []

    def add(self, kind: str, text: str, page: int = 0, bbox: Bbox | None = None, joint: str = "\n\n") -> None:
        """Adds a heading, text, list, table, code, formula, caption ...; empty text adds nothing.

        joint: what parts it from the block before; " " or "" where a page or column break cuts one paragraph into two blocks.
        """
        text = storable(text.strip("\n").rstrip())
        if not text:
            return
        if self._parts:
            self._parts.append(joint)
            self._length += len(joint)
        self._parts.append(text)
        self.blocks.append(Block(kind, self._length, self._length + len(text), page, bbox))
        self._length += len(text)

    def end_page(self, width: float, height: float, quality: float = 1.0) -> None:
        """Closes a page: everything added since the last one was on it. Size in points."""
        start = self.pages[-1].end if self.pages else 0
        self.pages.append(Page(start, self._length, width, height, quality))

    def document(self, name: str, data: bytes, title: str = "", meta: Json | None = None) -> Document:
        """The document so far; its id is the hash of the file's bytes, its title the first heading where none is given."""
        text = "".join(self._parts)
        if not title:
            first = next((b for b in self.blocks if b.kind == "heading"), None)
            title = text[first.start : first.end].lstrip("# ").strip() if first else name.rsplit("/", 1)[-1]
        return Document(document_id(data), name, storable(title), text, "", self.pages, self.blocks, meta or {})


def storable(text: str) -> str:
    """The text, of the same length, without the code points that no UTF-8 file and no table can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def document_id(data: bytes) -> str:
    """The id of a document: 24 hex digits of the SHA-256 of its file's bytes."""
    return hashlib.sha256(data).hexdigest()[:24]


def heading(text: str, level: int) -> str:
    """An ATX heading of one line; level is held between 1 and 6."""
    return f"{'#' * min(max(level, 1), 6)} {' '.join(text.split())}"


def code(text: str, language: str = "") -> str:
    """A fenced block whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for line in text.splitlines() for run in _ticks(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A pipe table whose first row is the header; rows are padded to one width, cells kept on one line with `|` escaped."""
    width = max((len(r) for r in rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join([_cell(c) for c in row] + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _ticks(line: str) -> list[str]:
    return "".join(c if c == "`" else " " for c in line).split()
