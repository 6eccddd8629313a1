import datetime
import io
from typing import Any

import openpyxl
import pytest
from office_files import ole, package, pieces, relations
from openpyxl.workbook import Workbook

from curate.errors import DocumentError
from curate.parsers import _sheets
from curate.parsers._numbers import shown
from curate.parsers.xlsx import parse, sniff
from curate.records import Document
from curate.settings import Settings

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOON = datetime.datetime(2026, 3, 9, 14, 5, 7)


def book(*rows: list[Any], title: str = "Data") -> Workbook:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return made


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(made: Workbook) -> Document:
    (document,) = parse("folder/a.xlsx", saved(made), Settings())
    return document


def raw(sheet: str) -> bytes:
    """A workbook whose one sheet has this XML."""
    links = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{types}sheet.main+xml"/>'
            f'<Override PartName="/xl/s1.xml" ContentType="{types}worksheet+xml"/></Types>',
            "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" {links}><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("r1", "worksheet", "s1.xml")),
            "xl/s1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        }
    )


def test_a_sheet_is_a_heading_and_a_table() -> None:
    document = read(book(["Name", "Age"], ["Ann", 31], ["Bo", 4.5]))
    assert document.text == "# Data\n\n| Name | Age |\n| --- | --- |\n| Ann | 31 |\n| Bo | 4.5 |"
    assert (document.title, [kind for kind, _ in pieces(document)]) == ("a.xlsx", ["heading", "table"])


def test_blank_rows_and_columns_part_tables() -> None:
    made = book(["a", "b", None, "x", "y"], ["c", "d", None, "z", "w"], [], ["e", "f"], ["g", "h"])
    assert [text.splitlines()[0] for _, text in pieces(read(made))] == ["# Data", "| a | b |", "| x | y |", "| e | f |"]


def test_a_title_over_a_table_is_text_and_not_its_header() -> None:
    made = book(["Sales 2025"], ["Region", "Total"], ["North", 5])
    made.active.merge_cells("A1:B1")
    assert pieces(read(made))[1:] == [("text", "Sales 2025"), ("table", "| Region | Total |\n| --- | --- |\n| North | 5 |")]


def test_a_table_of_numbers_alone_gets_no_header_out_of_its_data() -> None:
    assert pieces(read(book([1.5, 2.5], [3, 4])))[1] == ("table", "|  |  |\n| --- | --- |\n| 1.5 | 2.5 |\n| 3 | 4 |")


def test_years_may_head_columns() -> None:
    assert pieces(read(book(["Region", 2024, 2025], ["North", 5, 6])))[1][1].startswith("| Region | 2024 | 2025 |\n| ---")


def test_a_merged_cell_tells_its_text_in_every_row() -> None:
    made = book(["Region", "City"], ["North", "A"], [None, "B"])
    made.active.merge_cells("A2:A3")
    assert read(made).text.endswith("| North | A |\n| North | B |")


def test_a_merge_over_the_whole_sheet_is_no_endless_table() -> None:
    made = saved(book(["a", "b"], ["c", "d"]))
    parts = {"xl/worksheets/sheet1.xml": b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'}
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made)) as whole:
        content = {n: whole.read(n) for n in whole.namelist()}
    for name, merge in parts.items():
        content[name] = content[name].replace(b"<pageMargins", merge)
    (document,) = parse("a.xlsx", package(dict(content)), Settings())
    assert len(document.text) < 200


def test_values_are_written_as_their_format_shows_them() -> None:
    made = book(["Date", "Share", "Price"], [NOON, 0.256, 1234.5])
    for name, number_format in (("A2", "d mmmm yyyy"), ("B2", "0.0%"), ("C2", '"$"#,##0.00')):
        made.active[name].number_format = number_format
    assert read(made).text.endswith("| 9 March 2026 | 25.6% | $1,234.50 |")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (3.0, "General", "3"),
        (123456789.123456789, "General", "123456789.12"),
        (True, "General", "TRUE"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (-1234.5, "[$€-407] #,##0.00", "-€ 1,234.50"),
        (0, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$-"),
        (0.25, "0%", "25%"),
        (5, "000", "005"),
        (1e6, '0.0,,"M"', "1.0M"),
        (3.256, "0.##", "3.26"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (-0.001, "0.0", "0.0"),
        (7, '0"人"', "7人"),
        (13800138000, "000-0000-0000", "13800138000"),
        (5.5, "# ?/?", "5.5"),
        (NOON, "mm-dd-yy", "2026-03-09 14:05:07"),
        (NOON.date(), "d/m/yy", "2026-03-09"),
        (NOON, "yyyy/m/d h:mm", "2026/3/9 14:05"),
        (NOON, 'yyyy"年"m"月"d"日"', "2026年3月9日"),
        (NOON, "[$-409]mmm d, yyyy;@", "Mar 9, 2026"),
        (NOON, "h:mm AM/PM", "2:05 PM"),
        (NOON, "mm:ss", "05:07"),
        (datetime.time(9, 30), "h:mm", "09:30"),
        (datetime.timedelta(hours=30), "[h]:mm", "30:00:00"),
    ],
)
def test_a_number_format_is_followed_and_an_ambiguous_date_written_plainly(value: Any, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_hidden_sheets_are_kept_and_named() -> None:
    made = book(["a", "b"])
    made.create_sheet("Secret").append(["c", "d"])
    made["Secret"].sheet_state = "hidden"
    document = read(made)
    assert "# Secret" in document.text
    assert document.meta == {"hidden_sheets": ["Secret"]}


def test_a_formula_shows_its_result_and_one_that_was_never_computed_itself() -> None:
    cells = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>SUM(A1:A1)</f></c></row>'
    (document,) = parse("a.xlsx", raw(f"<sheetData>{cells}</sheetData>"), Settings())
    assert document.text.endswith("| 2 | =SUM(A1:A1) |")
    assert document.meta == {"formulas_without_result": 1}


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    cells = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>7.5</v></c></row></sheetData>'
    (document,) = parse("a.xlsx", raw(cells), Settings())
    assert document.text == "# S\n\n7.5"


@pytest.mark.parametrize("cell", ['<row r="99999999"><c r="A99999999"/></row>', '<row r="1"><c r="ZZZ1"/></row>', '<row r="0"/>'])
def test_a_cell_outside_of_any_sheet_is_damage(cell: str) -> None:
    with pytest.raises(DocumentError, match="damaged"):
        parse("a.xlsx", raw(f"<sheetData>{cell}</sheetData>"), Settings())


def test_a_sheet_with_too_many_cells_is_told_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_CELLS", 5)
    with pytest.raises(DocumentError, match="more than 5 cells") as caught:
        read(book(["a", "b"], ["c", "d"], ["e", "f"]))
    assert "CSV" in caught.value.hint


def test_cells_strewn_over_a_sheet_make_no_giant_table() -> None:
    made = book()
    for n in range(1, 400):
        made.active.cell(n, n, f"v{n}")
    document = read(made)
    assert len(document.text) < 10_000
    assert "v399" in document.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (ole("EncryptedPackage"), "encrypted"),
        (ole("Workbook"), "old binary Office format"),
        (saved(book(["a"]))[:2000], "damaged"),
        (saved(book()), "holds no text"),
        (raw("<sheetData><row"), "damaged"),
    ],
)
def test_what_cannot_be_read_is_told_with_a_hint(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        parse("a.xlsx", data, Settings())
    assert caught.value.hint


def test_a_workbook_is_known_by_its_content() -> None:
    assert [sniff("a.bin", saved(book())), sniff("a.xlsx", b""), sniff("a.docx", b"")] == [3, 1, 0]
