"""Pages per second of the PDF parser beside its peers, as ratios in one run.

    python benchmarks/parse_pdf.py [FOLDER] [--peers all]

FOLDER is searched for *.pdf; without one, PDFs of 60 pages are made here. Each peer reads the same files in this process, one core.
"""

import argparse
import io
import time
from collections.abc import Callable
from pathlib import Path

from curate.errors import DocumentError
from curate.parsers import pdf
from curate.settings import Settings

SENTENCE = "The regulator keeps the pressure in the narrow range that the manufacturer has given for this kind of engine. "


def main() -> None:
    """Prints one line per peer: pages, seconds, pages/s, and the ratio to `page.get_text()`."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("folder", nargs="?", type=Path)
    flags.add_argument("--peers", choices=["quick", "all"], default="quick", help="all: with pymupdf4llm's layout model (slow)")
    options = flags.parse_args()
    files = [path.read_bytes() for path in sorted(options.folder.rglob("*.pdf"))] if options.folder else [made(60)]
    peers: dict[str, Callable[[bytes], int]] = {
        "page.get_text()": plain,
        "curate, pymupdf": lambda data: curate(data, "pymupdf"),
        "curate, pdfium": lambda data: curate(data, "pdfium"),
        "pymupdf4llm, legacy": lambda data: markdown(data, layout=False),
    }
    if options.peers == "all":
        peers["pymupdf4llm, layout"] = lambda data: markdown(data, layout=True)
    base = 0.0
    for name, peer in peers.items():
        pages, seconds = measured(peer, files)
        base = base or pages / seconds
        print(
            f"{name:22} {pages:6} pages {seconds:8.2f} s {pages / seconds:8.1f} pages/s {pages / seconds / base:8.3f} of get_text()",
            flush=True,
        )


def measured(peer: Callable[[bytes], int], files: list[bytes]) -> tuple[int, float]:
    """The pages a peer read and the seconds it took, after one file to warm up on."""
    peer(made(1))
    start = time.perf_counter()
    pages = sum(peer(data) for data in files)
    return pages, max(time.perf_counter() - start, 1e-9)


def plain(data: bytes) -> int:
    """Text alone, in the order of the file."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    try:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            return 0 if document.needs_pass else len([page.get_text() for page in document])
    except RuntimeError:
        return 0


def curate(data: bytes, backend: str) -> int:
    """Markdown, blocks and boxes."""
    try:
        [document] = pdf.parse("file.pdf", data, Settings.model_validate({"pdf_backend": backend}))
    except DocumentError:
        return 0
    return len(document.pages)


def markdown(data: bytes, *, layout: bool) -> int:
    """pymupdf4llm with or without its layout model."""
    import pymupdf
    import pymupdf4llm

    pymupdf4llm.use_layout(layout)
    try:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            if document.needs_pass:
                return 0
            pymupdf4llm.to_markdown(document, **({"use_ocr": False} if layout else {}))
            return len(document)
    except (RuntimeError, ValueError):
        return 0


def made(pages: int) -> bytes:
    """A PDF with running headers, headings, two columns and a ruled table on every third page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in range(pages):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 810, "Plant handbook")
        canvas.drawString(300, 25, str(page + 1))
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, 770, f"{page + 1} Chapter {page + 1}")
        canvas.setFont("Helvetica", 10)
        for column in (72, 310):
            for line in range(40):
                canvas.drawString(column, 740 - line * 12, (SENTENCE * 2)[line : line + 42])
        if page % 3 == 0:
            canvas.grid([72, 200, 330, 500], [60 + 20 * row for row in range(8)])
            for row in range(7):
                for x in (76, 204, 334):
                    canvas.drawString(x, 66 + 20 * row, f"cell {row}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


if __name__ == "__main__":
    main()
