"""The lines of a page as every PDF backend yields them, and the cleaning of their text."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from curate.records import Bbox, Json

MAX_PAGES = 5000
Direction = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: its cells as text, row by row."""

    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. `box` is where layout sees it (upright, reading left to right), `bbox` where it stands on the page."""

    text: str
    box: Bbox
    bbox: Bbox
    size: float = 0.0
    bold: bool = False
    mono: bool = False
    upright: bool = True
    grid: Grid | None = None

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page before layout, sized as it is shown. lost: characters that were no text. scanned: an image without text.

    upright: width and height as layout sees the page, its text running left to right.
    """

    number: int
    width: float
    height: float
    lines: list[Line]
    upright: tuple[float, float] = (0.0, 0.0)
    lost: int = 0
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file as a backend read it. toc: (level, title, page)."""

    sheets: list[Sheet]
    toc: list[tuple[int, str, int]] = field(default_factory=list)
    info: Json = field(default_factory=dict)
    repaired: bool = False
    warnings: list[str] = field(default_factory=list)


# Bullets of symbol fonts arrive as private-use characters; these are the ones that Word and LaTeX write.
_SYMBOLS = str.maketrans(
    {
        "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf076": "❖", "\uf06e": "■", "\uf0a8": "◦", "\uf02d": "-",
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u200b": None, "\ufeff": None, "\u2060": None, "\t": " ",
    }
)  # fmt: skip
_PRESENTATION = re.compile(r"[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc\u2e80-\u2fdf]+")  # ligatures, Arabic forms, radicals
_LOST = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]+")
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u30ff"
CJK = re.compile(f"[{_CJK}]")


HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def clean(text: str) -> tuple[str, int]:
    """The text with ligatures spelled out and control characters dropped; also how many characters were lost."""
    if text.isascii() and text.isprintable():
        return text, 0
    text = _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text.translate(_SYMBOLS))
    kept = _LOST.sub("", text)
    return kept, len(text) - len(kept)


def join(left: str, right: str, hyphenated: frozenset[str] = frozenset()) -> str:
    """Two lines of one paragraph as one: hyphens at line ends mended, no space between Chinese or Japanese characters.

    hyphenated: words that keep their hyphen elsewhere in the document.
    """
    if not left or not right:
        return left + right
    if left[-1] == "\u00ad":
        return left[:-1] + right
    word = left.rsplit(" ", 1)[-1]
    if len(word) > 1 and left[-1] in "-\u2010" and word[-2].isalpha() and right[0].isalpha():
        compound = "-" in word[:-1] or word[:-1].isupper() or right[0].isupper() or _first(word + right) in hyphenated
        return left + right if compound else left[:-1] + right
    if CJK.match(left[-1]) or CJK.match(right[0]):
        return left + right
    return f"{left} {right}"


def _first(text: str) -> str:
    found = HYPHENATED.match(text.casefold().lstrip("(\"'“‘"))
    return found[0] if found else ""


def joined(texts: list[str]) -> str:
    """Lines of one paragraph as one line."""
    result = ""
    for text in texts:
        result = join(result, text.strip())
    return result.replace("\u00ad", "")


def cover(boxes: list[Bbox]) -> Bbox:
    """The smallest box around boxes, rounded to a tenth of a point."""
    x0, y0, x1, y1 = union(boxes)
    return (round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def union(boxes: Sequence[Any]) -> Bbox:
    """The smallest box around boxes."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def quarter(dx: float, dy: float) -> Direction:
    """The nearest of right, left, down and up."""
    return (float((dx > 0) - (dx < 0)), 0.0) if abs(dx) >= abs(dy) else (0.0, float((dy > 0) - (dy < 0)))


def facing(pieces: Iterable[tuple[str, Direction]]) -> Direction:
    """The direction that most characters of a page run in."""
    votes: Counter[Direction] = Counter()
    for text, direction in pieces:
        votes[direction] += len(text.strip())
    return max(votes, key=lambda d: (votes[d], d), default=(1.0, 0.0))


def turned(bbox: Bbox, direction: Direction, width: float, height: float) -> Bbox:
    """A box on a page whose text runs in `direction`, as if the page were turned until that text is upright."""
    x0, y0, x1, y1 = bbox
    dx, dy = direction
    if abs(dx) >= abs(dy):
        return bbox if dx >= 0 else (width - x1, height - y1, width - x0, height - y0)
    return (y0, width - x1, y1, width - x0) if dy > 0 else (height - y1, x0, height - y0, x1)


def shown(bbox: Bbox, rotation: int, width: float, height: float) -> Bbox:
    """A box on a page of this size as it stands after the page is turned clockwise by its own rotation."""
    directions: dict[int, Direction] = {90: (0.0, -1.0), 180: (-1.0, 0.0), 270: (0.0, 1.0)}
    return turned(bbox, directions.get(rotation, (1.0, 0.0)), width, height)


def upright(direction: Direction, width: float, height: float) -> tuple[float, float]:
    """The size of a page after it is turned until text that runs in `direction` is upright."""
    return (height, width) if direction[1] else (width, height)


def merged(left: Line, right: Line, gap: str) -> Line:
    """Two pieces of one line as one."""
    return replace(
        left,
        text=f"{left.text.rstrip()}{gap}{right.text.lstrip()}",
        box=cover([left.box, right.box]),
        bbox=cover([left.bbox, right.bbox]),
        size=max(left.size, right.size),
        bold=left.bold and right.bold,
        mono=left.mono and right.mono,
    )
