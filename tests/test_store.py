"""Parts are whole or not there, and records come back as they went in."""

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import WorkspaceError
from curate.records import Block, Document, Message, Page, Sample, Span, Task, ToolCall, Verdict, sample
from curate.store import Table, pack, publishing, schema, unpack, write_text

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=5), json_values, max_size=4)
calls = st.builds(ToolCall, id=st.text(max_size=4), name=st.text(max_size=4), arguments=objects)
messages = st.builds(
    Message,
    role=st.sampled_from(["user", "assistant"]),
    content=st.text(),
    tool_calls=st.lists(calls, max_size=2),
    weight=st.sampled_from([0.0, 1.0]),
)
boxes = st.none() | st.tuples(*[st.floats(0, 999, width=32)] * 4)
spans = st.builds(Span, document_id=st.text(max_size=4), start=st.integers(0, 9), end=st.integers(0, 9), quote=st.text(), bbox=boxes)


@given(turns=st.lists(messages, max_size=3), evidence=st.lists(spans, max_size=2), meta=objects, label=st.none() | st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_sample_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, turns: list[Message], evidence: list[Span], meta: dict[str, object], label: bool | None
) -> None:
    table = Table(Sample, tmp_path_factory.mktemp("table"))
    row = sample("qa", Task("t", "g", "k"), turns, evidence=evidence, meta=meta, label=label)
    table.write("0", [row])
    assert table.read("0") == [row]
    assert unpack(Sample, pack(row)) == row


def test_pages_blocks_and_meta_of_a_document_survive(tmp_path: Path) -> None:
    table = Table(Document, tmp_path)
    document = Document(
        "d", "a.pdf", "A", "text", "en", [Page(0, 4, 595.0, 842.0)], [Block("text", 0, 4, 1, (1.0, 2.0, 3.0, 4.0))], {"k": None}
    )
    table.write("0", [document])
    assert table.read("0") == [document]


def test_an_empty_column_keeps_its_type(tmp_path: Path) -> None:
    table = Table(Verdict, tmp_path)
    table.write("0", [Verdict("s", "length", True)])
    assert table.lazy().collect_schema() == schema(Verdict)
    assert table.lazy().collect_schema()["score"] == pl.Float64


def test_an_empty_table_can_be_counted(tmp_path: Path) -> None:
    table = Table(Verdict, tmp_path / "none")
    assert table.lazy().collect().height == 0
    assert list(table) == []


def test_writing_no_rows_removes_the_part(tmp_path: Path) -> None:
    table = Table(Verdict, tmp_path)
    table.write("0", [Verdict("s", "length", True)])
    table.write("0", [])
    assert table.parts() == []


def test_ids_are_picked_from_the_parts_named(tmp_path: Path) -> None:
    table = Table(Task, tmp_path)
    table.write("0", [Task("a", "g", "k"), Task("b", "g", "k")])
    table.write("1", [Task("c", "g", "k")])
    assert set(table.pick({"a", "c"}, ["0", "1"])) == {"a", "c"}
    assert set(table.pick({"a", "c"}, ["1"])) == {"c"}


def test_a_failed_write_leaves_the_old_part_and_no_temporary_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(UnicodeEncodeError), publishing(tmp_path / "a.txt") as temporary:
        temporary.write_text("half\ud800", encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="No space left on device"), publishing(tmp_path / "a.txt"), open("/dev/full", "w") as file:
        file.write("x" * 100_000)


def test_a_damaged_part_names_its_file_and_the_way_out(tmp_path: Path) -> None:
    table = Table(Task, tmp_path)
    (tmp_path / "0.parquet").write_bytes(b"PAR1 not a table")
    with pytest.raises(WorkspaceError, match=r"0\.parquet is damaged"):
        table.read("0")
