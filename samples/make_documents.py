"""Writes the sample documents that are not plain text, from the Markdown in `make/sources/`; the same bytes each time.

    python samples/make_documents.py [FOLDER]

FOLDER is where handbook-en/ and handbook-zh/ are written; without it, beside this file.
"""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from make import mail, office, pdf
from make.blocks import blocks

SOURCES = Path(__file__).parent / "make" / "sources"

MADE: dict[str, Callable[[], bytes]] = {
    "handbook-en/employee-handbook.pdf": lambda: pdf.write(blocks(_source("employee-handbook.md")), footer="Page {}"),
    "handbook-en/field-notes.pdf": lambda: pdf.write(blocks(_source("field-notes.md")), footer="{}", columns=2),
    "handbook-en/installation-guide.docx": lambda: office.docx(blocks(_source("installation-guide.md"))),
    "handbook-en/safety-briefing.pptx": lambda: office.pptx(blocks(_source("safety-briefing.md"))),
    "handbook-en/price-list.xlsx": lambda: office.xlsx(blocks(_source("price-list.md"))),
    "handbook-en/announcements/firmware-4-2.eml": lambda: mail.write(_source("firmware-announcement.md"), _source("exchange-list.csv")),
    "handbook-en/website/faq.md": (Path(__file__).parent / "handbook-en" / "customer-faq.md").read_bytes,
    "handbook-zh/员工手册.pdf": lambda: pdf.write(blocks(_source("员工手册.md")), footer="第 {} 页", chinese=True),
    "handbook-zh/仓储作业规程.docx": lambda: office.docx(blocks(_source("仓储作业规程.md"))),
    "handbook-zh/夜班值守须知.txt": lambda: _source("夜班值守须知.txt").encode("gb18030"),
}


def _source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def main(folder: Path) -> None:
    for name, make in MADE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
