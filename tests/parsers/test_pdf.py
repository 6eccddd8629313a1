"""The PDF parser on files made here: layout, tables, furniture, both backends, and what a broken file is told."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from curate.errors import DocumentError
from curate.parsers import pdf
from curate.records import Document
from curate.settings import Settings

WIDTH, HEIGHT = A4
BACKENDS = ["pymupdf", "pdfium"]
PROSE = (
    "The pump must be inspected every week before it is started, and the result of the inspection is written into the log book of the "
    "plant so that the next shift can see what was found and what was done about it during the previous days of operation"
)
WORDS = PROSE.split()


class Sheets:
    """A PDF under construction: text by its distance from the top of the page."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=True)

    def text(self, x: float, y: float, text: str, size: float = 10, font: str = "Helvetica") -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def lines(self, x: float, y: float, lines: list[str], size: float = 10, font: str = "Helvetica") -> None:
        for i, line in enumerate(lines):
            self.text(x, y + i * size * 1.2, line, size, font)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0)

    def page(self) -> None:
        self.canvas.showPage()

    def bytes(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def wrapped(words: list[str], letters: int) -> list[str]:
    """The words in lines of at most so many letters."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) >= letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def read(data: bytes, backend: str = "pymupdf", password: str = "") -> Document:
    """The one document of a PDF, its offsets checked."""
    [document] = pdf.parse("folder/file.pdf", data, Settings(pdf_backend=backend, password=password))
    for block in document.blocks:
        assert document.text[block.start : block.end].strip()
        assert block.page >= 1
        assert block.bbox
        page = document.pages[block.page - 1]
        assert page.start <= block.start
        assert block.end <= page.end
        assert block.bbox[0] < block.bbox[2] <= page.width + 1
        assert block.bbox[1] < block.bbox[3] <= page.height + 1
    return document


def of_kind(document: Document, kind: str) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == kind]


@pytest.fixture
def handbook() -> bytes:
    """Four pages with running headers and page numbers, numbered headings, a list, code and a paragraph over a page break."""
    sheets = Sheets()
    for number in range(1, 5):
        sheets.text(72, 30, "Plant handbook, internal")
        sheets.text(290, HEIGHT - 25, f"Page {number} of 4")
        sheets.text(72, 100, f"{number} Chapter about part {'ABCD'[number - 1]}", 16, "Helvetica-Bold")
        sheets.lines(72, 130, wrapped(WORDS, 90))
        sheets.text(72, 200, f"{number}.1 Details", 13, "Helvetica-Bold")
        sheets.lines(72, 225, ["• Open the valve slowly.", "• Read the gauge.", "• Write the value down."])
        sheets.lines(72, 290, ["for gauge in gauges:", "    print(gauge.value)"], font="Courier")
        sheets.lines(72, 740, wrapped([*WORDS, "and", "some", "more"] if number < 4 else WORDS[:9], 90)[:3])
        sheets.page()
    return sheets.bytes()


@pytest.mark.parametrize("backend", BACKENDS)
def test_headings_get_levels_and_lists_and_code_become_markdown(handbook: bytes, backend: str) -> None:
    text = read(handbook, backend).text
    assert "# 1 Chapter about part A\n" in text
    assert "## 1.1 Details\n" in text
    assert "- Open the valve slowly.\n- Read the gauge.\n- Write the value down." in text
    assert "```\nfor gauge in gauges:\n    print(gauge.value)\n```" in text


@pytest.mark.parametrize("backend", BACKENDS)
def test_running_headers_and_page_numbers_are_removed(handbook: bytes, backend: str) -> None:
    text = read(handbook, backend).text
    assert "Plant handbook, internal" not in text
    assert "of 4" not in text


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_single_page_keeps_its_header_and_footer(backend: str) -> None:
    sheets = Sheets()
    sheets.text(72, 30, "Letter of the town council")
    sheets.lines(72, 200, wrapped(WORDS, 80))
    sheets.text(290, HEIGHT - 25, "12")
    text = read(sheets.bytes(), backend).text
    assert "Letter of the town council" in text
    assert text.endswith("12")


def test_a_heading_that_comes_back_chapters_later_is_no_running_header() -> None:
    sheets = Sheets()
    for number in range(1, 19):
        if number % 6 == 1:
            sheets.text(72, 60, "Exercises", 16, "Helvetica-Bold")
        sheets.lines(72, 200, wrapped(WORDS[number:], 80))
        sheets.page()
    assert read(sheets.bytes()).text.count("# Exercises") == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_lines_of_a_paragraph_are_joined_and_words_cut_by_a_hyphen_mended(backend: str) -> None:
    sheets = Sheets()
    sheets.lines(
        72,
        100,
        ["The regulator keeps the pressure in the well-known narrow range that the manu-", "facturer has given for this kind of engine."],
    )
    sheets.lines(
        72,
        200,
        [
            "Every valve of this engine has been tested and is known to be a well-",
            "known source of trouble in the plant, so it is checked again here and there.",
        ],
    )
    text = read(sheets.bytes(), backend).text
    assert "that the manufacturer has given" in text
    assert "a well-known source" in text


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_columns_are_read_one_after_the_other_whatever_the_order_in_the_file(backend: str) -> None:
    sheets = Sheets()
    left, right = wrapped(["alpha", *WORDS, "omega"], 45), wrapped(["beta", *WORDS, "zeta"], 45)
    sheets.lines(310, 150, right)
    sheets.lines(72, 150, left)
    sheets.text(72, 100, "A title that runs across both of the columns of this page", 18, "Helvetica-Bold")
    text = read(sheets.bytes(), backend).text
    places = [text.index(word) for word in ("A title", "alpha", "omega", "beta", "zeta")]
    assert places == sorted(places)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ruled_table_becomes_a_pipe_table_and_is_not_repeated_as_text(backend: str) -> None:
    sheets = Sheets()
    sheets.lines(72, 80, wrapped(WORDS, 80))
    for row, cells in enumerate([("Part", "Limit", "Unit"), ("Pump", "12", "bar"), ("Valve", "7.5", "bar")]):
        for column, cell in enumerate(cells):
            x, y = 100 + column * 120, 200 + row * 20
            sheets.box(x, y, x + 120, y + 20)
            sheets.text(x + 5, y + 14, cell)
    document = read(sheets.bytes(), backend)
    assert of_kind(document, "table") == ["| Part | Limit | Unit |\n| --- | --- | --- |\n| Pump | 12 | bar |\n| Valve | 7.5 | bar |"]
    assert document.text.count("Valve") == 1


def test_a_table_without_rules_is_found_by_its_columns() -> None:
    sheets = Sheets()
    for row, cells in enumerate([("Year", "Income", "Cost"), ("2021", "1,200", "900"), ("2022", "1,350", "950"), ("2023", "1,410", "990")]):
        for column, cell in enumerate(cells):
            sheets.text(100 + column * 120, 200 + row * 14, cell)
    assert "| 2022 | 1,350 | 950 |" in read(sheets.bytes()).text


def test_a_table_that_goes_on_over_a_page_break_repeats_its_header() -> None:
    sheets = Sheets()
    for page in range(2):
        for row in range(3):
            cells = ("Code", "Meaning") if page == row == 0 else (f"E{page}{row}", f"meaning {page}{row}")
            for column, cell in enumerate(cells):
                x, y = 100 + column * 120, 100 + row * 20
                sheets.box(x, y, x + 120, y + 20)
                sheets.text(x + 5, y + 14, cell)
        sheets.page()
    document = read(sheets.bytes())
    assert [t.split("\n")[0] for t in of_kind(document, "table")] == ["| Code | Meaning |", "| Code | Meaning |"]
    assert document.text.count("E10") == 1


def test_a_paragraph_cut_by_a_page_break_reads_as_one_and_keeps_a_box_on_each_page() -> None:
    sheets = Sheets()
    first, second = wrapped(WORDS, 60)[:2], wrapped(WORDS, 60)[2:]
    sheets.lines(72, 700, first)
    sheets.page()
    sheets.lines(72, 100, second)
    document = read(sheets.bytes())
    assert document.text == " ".join(WORDS)
    assert [b.page for b in document.blocks] == [1, 2]


@pytest.mark.parametrize("backend", BACKENDS)
def test_chinese_lines_are_joined_without_a_space_and_keep_their_full_width_punctuation(backend: str) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    sheets = Sheets()
    sheets.lines(
        72,
        100,
        ["每次启动之前，必须检查油泵的压力（不得低于二巴），并把检查结果写入值班日志", "以便下一班的同事了解情况。"],
        12,
        "STSong-Light",
    )
    text = read(sheets.bytes(), backend).text
    assert "写入值班日志以便下一班" in text
    assert "压力（不得低于二巴），" in text


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_rotated_page_is_read_like_an_upright_one(handbook: bytes, backend: str, angle: int) -> None:
    with pymupdf.open(stream=handbook) as document:
        for page in document:
            page.set_rotation(angle)
        turned = document.tobytes()
    assert read(turned, backend).text == read(handbook, backend).text


def test_a_bold_caption_is_a_caption_and_no_heading() -> None:
    sheets = Sheets()
    sheets.lines(72, 100, wrapped(WORDS, 80))
    sheets.text(72, 200, "Figure 3. The pump from above", 10, "Helvetica-Bold")
    sheets.lines(72, 300, wrapped(WORDS, 80))
    document = read(sheets.bytes())
    assert of_kind(document, "caption") == ["Figure 3. The pump from above"]
    assert not of_kind(document, "heading")


def test_text_read_from_right_to_left_keeps_its_column_order() -> None:
    from curate.parsers._pdf_lines import Line
    from curate.parsers._pdf_order import regions

    def line(text: str, x: float, y: float) -> Line:
        return Line(text, (x, y, x + 200, y + 10), (x, y, x + 200, y + 10), 10)

    lines = [line("עמודה ראשונה מימין לשמאל", 310, y) for y in range(100, 220, 14)]
    lines += [line("עמודה שנייה בצד השמאלי של הדף", 72, y) for y in range(100, 220, 14)]
    assert [region[0].text.split()[1] for region in regions(lines)] == ["ראשונה", "שנייה"]


def test_ligatures_are_spelled_out_and_soft_hyphens_dropped() -> None:
    from curate.parsers._pdf_lines import clean, join

    assert clean("eﬃcient ﬂow，全角") == ("efficient flow，全角", 0)
    assert clean("a\x01b\ufffdc") == ("abc", 2)
    assert join("manu\u00ad", "facturer") == "manufacturer"


def test_values_filled_into_a_form_are_kept() -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 100), "Name of the applicant:")
        widget = pymupdf.Widget()
        widget.field_name, widget.field_type, widget.field_value = "name", pymupdf.PDF_WIDGET_TYPE_TEXT, "Example Person"
        widget.rect = pymupdf.Rect(200, 85, 400, 105)
        page.add_widget(widget)
        data = document.tobytes()
    assert "Example Person" in read(data).text
    assert "Example Person" in read(data, "pdfium").text


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_outline_gives_heading_levels_and_metadata_the_title(backend: str) -> None:
    sheets = Sheets()
    sheets.canvas.setTitle("The maintenance guide")
    sheets.canvas.setAuthor("The plant")
    for level, title in enumerate(["Safety", "Gloves", "Sizes"]):
        sheets.text(72, 100 + level * 100, title, 11, "Helvetica-Bold")
        sheets.lines(72, 130 + level * 100, wrapped(WORDS, 80))
        sheets.canvas.bookmarkPage(title)
        sheets.canvas.addOutlineEntry(title, title, level)
    document = read(sheets.bytes(), backend)
    assert of_kind(document, "heading") == ["# Safety", "## Gloves", "### Sizes"]
    assert document.title == "The maintenance guide"
    assert document.meta["author"] == "The plant"
    assert document.meta["toc_depth"] == 3


def blank() -> bytes:
    sheets = Sheets()
    sheets.page()
    return sheets.bytes()


def scan() -> bytes:
    """A page that is one image."""
    with pymupdf.open() as document:
        page = document.new_page()
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 60, 80))
        pixmap.clear_with(200)
        page.insert_image(page.rect, pixmap=pixmap)
        return bytes(document.tobytes())


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_scan_is_told_to_run_ocr_first(backend: str) -> None:
    with pytest.raises(DocumentError, match="scanned: no text layer") as caught:
        read(scan(), backend)
    assert "OCR" in caught.value.hint


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_document_scanned_in_part_keeps_its_text_and_names_the_scanned_pages(handbook: bytes, backend: str) -> None:
    with pymupdf.open(stream=handbook) as document, pymupdf.open(stream=scan()) as image:
        document.insert_pdf(image)
        data = document.tobytes()
    read_back = read(data, backend)
    assert read_back.meta["scanned_pages"] == [5]
    assert [p.quality for p in read_back.pages] == [1.0, 1.0, 1.0, 1.0, 0.0]
    assert "Chapter about part A" in read_back.text


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_encrypted_pdf_asks_for_its_password_and_opens_with_it(handbook: bytes, backend: str) -> None:
    with pymupdf.open(stream=handbook) as document:
        data = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open sesame", owner_pw="owner")
    with pytest.raises(DocumentError, match="needs a password"):
        read(data, backend)
    with pytest.raises(DocumentError, match="password is wrong"):
        read(data, backend, password="guess")
    assert "Chapter about part A" in read(data, backend, password="open sesame").text


def test_a_truncated_pdf_keeps_what_is_there_and_says_what_was_lost(handbook: bytes) -> None:
    document = read(handbook[: int(len(handbook) * 0.6)])
    assert "Chapter about part A" in document.text
    assert document.meta["repaired"] is True
    assert any("no text on pages" in warning for warning in document.meta["warnings"])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", "0 bytes"),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)), "damaged"),
        (lambda: b"<html><body>not a pdf</body></html>", "not a PDF|damaged"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "not a PDF|damaged"),
        (blank, "no text"),
    ],
)
def test_what_cannot_be_read_is_a_document_error_with_a_hint(make: Callable[[], bytes], message: str, backend: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        read(make(), backend)
    assert caught.value.hint


def test_more_pages_than_the_cap_are_refused(handbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from curate.parsers import _pdf_mupdf, _pdf_pdfium

    monkeypatch.setattr(_pdf_mupdf, "MAX_PAGES", 3)
    monkeypatch.setattr(_pdf_pdfium, "MAX_PAGES", 3)
    for backend in BACKENDS:
        with pytest.raises(DocumentError, match="too large a PDF: 4 pages"):
            read(handbook, backend)


def test_the_pdfium_backend_works_where_pymupdf_cannot_be_imported(handbook: bytes, tmp_path: Path) -> None:
    file = tmp_path / "handbook.pdf"
    file.write_bytes(handbook)
    program = (
        "import sys; sys.modules['pymupdf'] = None\n"
        "from curate.parsers import pdf; from curate.settings import Settings\n"
        f"data = open({str(file)!r}, 'rb').read()\n"
        "print(pdf.parse('handbook.pdf', data, Settings(pdf_backend='pdfium'))[0].text)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "# 1 Chapter about part A" in done.stdout


def test_both_backends_find_the_same_words(handbook: bytes) -> None:
    assert read(handbook).text.split() == read(handbook, "pdfium").text.split()


def test_a_pdf_is_known_by_its_mark_then_by_its_name() -> None:
    assert pdf.sniff("anything.bin", b"%PDF-1.7\n") == 3
    assert pdf.sniff("late.pdf", b"\x00" * 200 + b"%PDF-1.7\n") == 2
    assert pdf.sniff("named.pdf", b"nothing") == 1
    assert pdf.sniff("mail.txt", b"see the %PDF- mark") == 0
