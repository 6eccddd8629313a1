"""Reads PNG, JPEG, TIFF, BMP and GIF files for a model that sees them; without one there is nothing to read in a picture."""

from pathlib import PurePosixPath
from typing import Any

from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers._page_pictures import Picture, pictures
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif")
MARKS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"GIF87a", b"GIF89a")
SURE = 3  # bytes of a mark that leave no doubt


def sniff(name: str, data: bytes) -> int:
    """3 for the mark of a picture at the start, 1 by name."""
    mark = next((m for m in MARKS if data.startswith(m)), b"")
    named = name.lower().endswith(SUFFIXES)
    return 3 if len(mark) >= SURE else 2 if mark and named else int(named)


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document that holds the picture's place; nothing where no pictures are wanted (`page_images`)."""
    if not settings.page_images:
        return []
    with _open(data) as document:
        builder = Builder()
        for page in document:
            builder.add("image", f"![{PurePosixPath(name).stem}]()", page.number + 1, (0.0, 0.0, page.rect.width, page.rect.height))
            builder.end_page(round(page.rect.width, 1), round(page.rect.height, 1), 0.0)
    return [builder.document(name, data, PurePosixPath(name).stem)]


def rendered(data: bytes, settings: Settings) -> list[Picture]:
    """The picture, as large as models take it; its own pixels count, not the dots per inch it claims."""
    with _open(data) as document:
        return [p for p in pictures(document, max(settings.page_images, 72)) if p.kind == "page"]


def _open(data: bytes) -> Any:
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        return pymupdf.open(stream=data)
    except (RuntimeError, pymupdf.mupdf.FzErrorBase) as error:
        raise DocumentError("damaged picture: it cannot be opened", "open it in a viewer and save it again") from error
