"""Turns the pieces of all pages into Markdown and mends what a column or page break cuts: paragraphs and tables that go on."""

from collections.abc import Iterable
from dataclasses import dataclass

from curate.markup import code, heading, table
from curate.parsers._pdf_lines import CJK, join
from curate.parsers._pdf_pieces import Piece, text_of


@dataclass(slots=True)
class Placed:
    """A block as Markdown. joint: what parts it from the block before it."""

    piece: Piece
    text: str
    joint: str = "\n\n"


def flowed(pieces: Iterable[Piece]) -> dict[int, list[Placed]]:
    """The blocks of each page. A paragraph cut in two stays two blocks, each with its page and box, but reads as one."""
    pages: dict[int, list[Placed]] = {}
    last: Placed | None = None
    for piece in pieces:
        if last and _same_table(last.piece, piece):
            piece.rows = [last.piece.rows[0], *(row for row in piece.rows if row != last.piece.rows[0])]
        placed = Placed(piece, _markdown(piece))
        if not placed.text.strip():
            continue
        if last and _goes_on(last, placed):
            _glue(last, placed)
        pages.setdefault(piece.page, []).append(placed)
        last = placed
    return pages


def _markdown(piece: Piece) -> str:
    if piece.kind == "table":
        return table(piece.rows)
    if piece.kind == "code":
        return code(text_of(piece))
    return heading(text_of(piece), piece.level) if piece.kind == "heading" else text_of(piece)


def _same_table(above: Piece, below: Piece) -> bool:
    """Whether a table goes on after a page break: as many columns in the same place."""
    if not (above.kind == below.kind == "table" and below.page == above.page + 1 and len(above.rows[0]) == len(below.rows[0])):
        return False
    a, b = (piece.first.box if piece.first and piece.first.grid else piece.bbox for piece in (above, below))
    return abs(a[0] - b[0]) < 15 and abs(a[2] - b[2]) < 15


def _goes_on(above: Placed, below: Placed) -> bool:
    """Whether a sentence that stopped at the end of a column or page goes on in the next block."""
    a, b = above.piece, below.piece
    if not (a.open_end and b.kind == "text" and a.first and b.first and abs(a.first.size - b.first.size) < 0.6):
        return False
    start = below.text[0]
    return start.islower() or (CJK.match(start) is not None and CJK.match(above.text[-1]) is not None and start not in "【（《“「①")


def _glue(above: Placed, below: Placed) -> None:
    whole = join(above.text, below.text)
    if len(whole) < len(above.text) + len(below.text):
        above.text = above.text[:-1]  # the hyphen of a word that was cut
    below.joint = " " if len(whole) > len(above.text) + len(below.text) else ""
