"""Tables of separated values, however they are separated."""

import pytest

from curate.errors import DocumentError
from curate.parsers import csv
from curate.records import Document
from curate.settings import Settings


def parse(source: str | bytes, name: str = "a.csv") -> Document:
    return csv.parse(name, source.encode() if isinstance(source, str) else source, Settings())[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["Name", "Price, net", "Since"], ["Pen", "1.50", "2020"], ["Ink", "3", "2021"]]
    source = "\n".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in row) for row in rows)
    assert parse(source).text == "| Name | Price, net | Since |\n| --- | --- | --- |\n| Pen | 1.50 | 2020 |\n| Ink | 3 | 2021 |"


def test_line_breaks_and_bars_in_cells_stay_inside_their_cell() -> None:
    assert parse('a,b\n"x\ny","1|2"\n').text == "| a | b |\n| --- | --- |\n| x y | 1\\|2 |"


def test_lines_above_the_table_are_text_and_empty_columns_go() -> None:
    document = parse("Prices 2024,,,\nName,,Price,\nPen,,1,\nInk,,2,\n")
    assert document.text == "Prices 2024\n\n| Name | Price |\n| --- | --- |\n| Pen | 1 |\n| Ink | 2 |"
    assert document.title == "Prices 2024"


def test_a_table_without_header_gets_numbered_columns_but_years_may_head_columns() -> None:
    assert parse("1,2\n3,4\n").text.startswith("| column 1 | column 2 |")
    assert parse("Item,2023,2024\nPen,1,2\n").text.startswith("| Item | 2023 | 2024 |")


def test_a_long_table_is_several_tables_each_with_its_header() -> None:
    document = parse("n,square\n" + "\n".join(f"{i},{i * i}" for i in range(1200)))
    assert len(document.blocks) == 3
    assert all(document.text[b.start : b.end].startswith("| n | square |") for b in document.blocks)
    assert document.meta["rows"] == 1200


def test_a_quote_that_never_closes_does_not_swallow_the_file() -> None:
    assert parse('a,b\n"x,1\ny,2\n').text.count("\n") == 3


def test_a_separator_line_of_spreadsheets_is_obeyed() -> None:
    assert parse("sep=;\na;b\n1;2\n").text.startswith("| a | b |")


def test_other_encodings_and_empty_tables() -> None:
    assert parse("名前,年齢\n佐藤太郎,30\n".encode("cp932")).text == "| 名前 | 年齢 |\n| --- | --- |\n| 佐藤太郎 | 30 |"
    with pytest.raises(DocumentError, match="no values"):
        parse(",,\n,,\n")
