"""Parses PDF: columns, headings, lists, tables and code from the page's lines, without running headers and footers."""

import re
from pathlib import PurePosixPath

from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _pdf_mupdf, _pdf_pdfium
from curate.parsers._page_pictures import Picture
from curate.parsers._pdf_flow import flowed
from curate.parsers._pdf_furniture import without_furniture
from curate.parsers._pdf_lines import Reading, Sheet, joined
from curate.parsers._pdf_order import regions
from curate.parsers._pdf_pieces import Piece, pieces
from curate.parsers._pdf_style import Style, levels, style_of
from curate.records import Document, Json
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".pdf",)
_UNTITLED = re.compile(
    r"(untitled|microsoft (word|powerpoint)|powerpoint presentation|slide \d|document\d*$|无标题|"
    r".*\.(docx?|pdf|indd|tex|dvi|pptx?|xlsx?|qxd|rtf)$)",
    re.IGNORECASE,
)
NO_LIBRARY = "install it, or choose the other reader: --set pdf_backend=pdfium (or pymupdf)"


def sniff(name: str, data: bytes) -> int:
    """3 for the PDF mark at the start, 2 where it comes a little later, 1 by name."""
    if data[:64].lstrip().startswith(b"%PDF-"):
        return 3
    named = name.lower().endswith(SUFFIXES)
    if b"%PDF-" in data[:1024] and (named or re.search(rb"\d+ \d+ obj\b", data[:8192])):
        return 2
    return int(named)


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document; raises DocumentError for a file that is encrypted, damaged beyond repair, a scan, or no PDF."""
    if not data:
        raise DocumentError("empty file: 0 bytes", "remove it or fetch it again")
    backend = _pdf_pdfium if settings.pdf_backend == "pdfium" else _pdf_mupdf
    try:
        reading = backend.read(data, settings.password)
    except ModuleNotFoundError as error:
        raise DocumentError(f"reading PDF with {settings.pdf_backend} needs {error.name}", NO_LIBRARY) from None
    bodies = without_furniture(reading.sheets)
    style = style_of((line for body in bodies for line in body), reading.toc)
    found = [
        [p for region in regions(body) for p in pieces(region, style, sheet.number)]
        for sheet, body in zip(reading.sheets, bodies, strict=True)
    ]
    _level(found, style)
    builder = Builder()
    blocks = flowed(piece for page in found for piece in page)
    for sheet in reading.sheets:
        for placed in blocks.get(sheet.number, ()):
            builder.add(placed.piece.kind, placed.text, sheet.number, placed.piece.bbox, placed.joint)
        if sheet.scanned and settings.page_images:  # its place, for a model that sees the page
            builder.add("image", f"![page {sheet.number}]()", sheet.number, (0.0, 0.0, sheet.width, sheet.height))
        builder.end_page(round(sheet.width, 1), round(sheet.height, 1), _quality(sheet))
    if not builder.blocks:
        raise _nothing(reading)
    return [builder.document(name, data, _title(name, reading, found), _meta(reading))]


def rendered(data: bytes, settings: Settings) -> list[Picture]:
    """Its pages and the figures on them as pictures of `page_images` dots per inch."""
    return _pdf_mupdf.rendered(data, settings.password, settings.page_images)


def _level(found: list[list[Piece]], style: Style) -> None:
    headings = [p for page in found for p in page if p.kind == "heading"]
    looks = [(joined(p.texts), (p.first.size, p.first.bold)) for p in headings if p.first]
    for piece, level in zip(headings, levels(looks, style.titles), strict=True):
        piece.level = level


def _quality(sheet: Sheet) -> float:
    """How much of the page became readable text: 0 for a scan."""
    kept = sum(len(line.text) for line in sheet.lines if not line.grid) + sum(
        len(c) for li in sheet.lines if li.grid for r in li.grid.rows for c in r
    )
    if sheet.scanned:
        return 0.0
    return round(kept / (kept + sheet.lost), 3) if kept + sheet.lost else 1.0


def _title(name: str, reading: Reading, found: list[list[Piece]]) -> str:
    """The title the file names, where that is one, else the largest heading of the first page, else the file's name."""
    named = " ".join(str(reading.info.get("title", "")).split())
    if len(named) > 3 and not _UNTITLED.match(named) and any(c.isalpha() for c in named):
        return named
    first = [p for p in found[0] if p.kind == "heading" and p.first]
    best = max(first, key=lambda p: p.first.size if p.first else 0.0, default=None)
    return joined(best.texts) if best else PurePosixPath(name).stem


def _meta(reading: Reading) -> Json:
    meta: Json = {"pages": len(reading.sheets), **{k: v for k, v in reading.info.items() if k != "title"}}
    if reading.toc:
        meta["toc_depth"] = max(level for level, _, _ in reading.toc)
    if scanned := [sheet.number for sheet in reading.sheets if sheet.scanned]:
        meta["scanned_pages"] = scanned
    if reading.repaired:
        empty = [sheet.number for sheet in reading.sheets if not sheet.lines and not sheet.scanned]
        lost = [f"no text on pages {', '.join(map(str, empty[:20]))}"] if empty else []
        meta |= {"repaired": True, "warnings": lost + reading.warnings}
    return meta


def _nothing(reading: Reading) -> DocumentError:
    """Why a file that opened gave no text."""
    if any(sheet.scanned for sheet in reading.sheets):
        return DocumentError("scanned: no text layer", "run OCR first, for example `ocrmypdf in.pdf out.pdf`")
    if reading.repaired:
        return DocumentError("damaged PDF: nothing readable is left", "open it in a PDF viewer and save it again, or fetch it again")
    return DocumentError(
        "no text: its pages are blank or hold only drawings", "if it shows text in a viewer, print it to a new PDF and run OCR on that"
    )
