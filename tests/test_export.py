"""The export: what is in a dataset folder, that equal tables give equal bytes, and that nothing half-written is ever there."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curate.errors import UsageError, WorkspaceError
from curate.export import export
from curate.records import Document, Message, Sample, Span, Task, ToolCall, Verdict, sample
from curate.settings import Settings
from curate.workspace import Workspace

TOOL = {"name": "weather", "description": "Weather of a city", "parameters": {"type": "object", "properties": {}}}
FORMATS = ["jsonl", "json", "parquet", "csv"]


def pair(question: str, answer: str, split: str = "train", **more: Any) -> Sample:
    return sample("qa", Task("t", "extractive", "qa", split=split), [Message("user", question), Message("assistant", answer)], **more)


def traced(made: Sample, document: str = "d1") -> Sample:
    spans = [Span(document, 10, 14, "8080", 2, (1.0, 2.0, 3.0, 4.0)), Span(document, 20, 24, "8443")]
    return replace(made, document_ids=[document], chunk_ids=["c1"], evidence=spans, replies=["k1"])


def called(question: str) -> Sample:
    turns = [Message("user", question), Message("assistant", "", tool_calls=[ToolCall("c1", "weather", {"city": question})])]
    turns += [Message("tool", "no", tool_call_id="c1"), Message("assistant", "No rain.")]
    return sample("agent", Task("t", "agent", "agent"), turns, tools=[TOOL])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two parts of samples of all splits; one sample fails a check, one holds personal data."""
    made = Workspace.create(tmp_path / "out")
    made.documents.write("0", [Document("d1", "guide/ports.md", "Ports", "x" * 30, "en", meta={"license": "cc-by-4.0"})])
    first = [traced(pair("Which port?", "8080.")), pair("端口？", "8080。", "validation"), pair("Bad?", "Yes.")]
    mailed = pair("Whom do I ask?", "Write to ann@example.com for help.")
    made.samples.write("0", first)
    made.samples.write("1", [mailed, pair("Last?", "Line\u2028break.", "test")])
    made.verdicts.write("0", [Verdict(first[0].id, "length", True), Verdict(first[2].id, "quality", False, 0.1, "a refusal")])
    mark = {"list": "messages", "message": 1, "field": "content", "start": 9, "end": 24, "type": "EMAIL_ADDRESS"}
    made.verdicts.write("1.pii", [Verdict(mailed.id, "pii", True, detail={"marks": [mark]})])
    return made


def rows(workspace: Workspace, style: str, split: str = "train") -> list[dict[str, Any]]:
    text = (workspace.dataset / style / f"{split}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_rows_that_passed_lie_in_the_file_of_their_split(workspace: Workspace) -> None:
    (done,) = export(workspace, Settings())
    assert (done.style, done.folder, done.failed) == ("sharegpt", workspace.dataset / "sharegpt", 0)
    assert done.rows == {"train": 2, "validation": 1, "test": 1}
    assert done.rejected == {"quality": 1}
    assert [r["conversations"][0]["value"] for r in rows(workspace, "sharegpt")] == ["Which port?", "Whom do I ask?"]
    assert set(tree(workspace.dataset / "sharegpt")) == {
        "README.md",
        "dataset_info.json",
        "sources.parquet",
        "test.jsonl",
        "train.jsonl",
        "validation.jsonl",
    }


def test_personal_data_is_masked_unless_it_is_to_be_kept(workspace: Workspace) -> None:
    export(workspace, Settings())
    assert rows(workspace, "sharegpt")[1]["conversations"][1]["value"] == "Write to <EMAIL_ADDRESS> for help."
    export(workspace, Settings(pii="keep"))
    assert rows(workspace, "sharegpt")[1]["conversations"][1]["value"] == "Write to ann@example.com for help."


def test_a_line_separator_inside_a_text_ends_no_line(workspace: Workspace) -> None:
    export(workspace, Settings())
    text = (workspace.dataset / "sharegpt" / "test.jsonl").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 1
    assert json.loads(text)["conversations"][1]["value"] == "Line\u2028break."


@pytest.mark.parametrize("file_format", FORMATS)
def test_equal_tables_give_equal_bytes_in_every_file_type(workspace: Workspace, file_format: Any, tmp_path: Path) -> None:
    settings = Settings(file_format=file_format, style=["sharegpt", "alpaca", "openai", "trl", "text"])
    export(workspace, settings)
    first = tree(workspace.dataset)
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    again = Workspace.open(tmp_path / "elsewhere")
    export(again, settings)
    assert tree(again.dataset) == first
    assert not [name for name, data in first.items() if str(tmp_path).encode() in data]


def test_json_parquet_and_csv_hold_the_same_rows_as_json_lines(workspace: Workspace) -> None:
    workspace.samples.write("2", [called("Oslo"), called("Bergen")])
    export(workspace, Settings(style=["trl", "alpaca"]))
    lines = rows(workspace, "trl")
    export(workspace, Settings(style=["trl"], file_format="json"))
    assert json.loads((workspace.dataset / "trl" / "train.json").read_text(encoding="utf-8")) == lines
    export(workspace, Settings(style=["trl"], file_format="parquet"))
    frame = pl.read_parquet(workspace.dataset / "trl" / "train.parquet")
    assert [[json.loads(m) for m in row] for row in frame["messages"].to_list()] == [r["messages"] for r in lines]
    export(workspace, Settings(style=["alpaca"], file_format="csv"))
    with (workspace.dataset / "alpaca" / "train.csv").open(encoding="utf-8", newline="") as file:
        assert [r["output"] for r in csv.DictReader(file)] == ["8080.", "Write to <EMAIL_ADDRESS> for help."]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("answer", FORMULAS)
def test_no_csv_cell_begins_a_formula(tmp_path: Path, answer: str) -> None:
    workspace = Workspace.create(tmp_path / "out")
    workspace.samples.write("0", [pair("Question?", answer), pair(answer, "Answer.")])
    export(workspace, Settings(style=["alpaca"], file_format="csv"))
    with (workspace.dataset / "alpaca" / "train.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'" + answer in cells
    assert not [c for c in cells if c[:1] in "=+-@\t\r" and c]


def test_formulas_are_kept_where_the_settings_say_so(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "out")
    workspace.samples.write("0", [pair("Question?", "=1+1")])
    export(workspace, Settings(style=["alpaca"], file_format="csv", csv_formulas="keep"))
    with (workspace.dataset / "alpaca" / "train.csv").open(encoding="utf-8", newline="") as file:
        assert [r["output"] for r in csv.DictReader(file)] == ["=1+1"]


def test_every_row_is_traced_to_its_line_documents_and_spans(workspace: Workspace) -> None:
    export(workspace, Settings())
    origins = pl.read_parquet(workspace.dataset / "sharegpt" / "sources.parquet")
    first = origins.row(0, named=True)
    assert (first["split"], first["file"], first["line"]) == ("train", "train.jsonl", 1)
    assert first["documents"] == [{"id": "d1", "path": "guide/ports.md"}]
    assert first["spans"][0] == {"document": "d1", "page": 2, "start": 10, "end": 14, "bbox": [1.0, 2.0, 3.0, 4.0]}
    assert first["spans"][1]["bbox"] is None
    assert (first["chunks"], first["replies"]) == (["c1"], ["k1"])
    for row in origins.iter_rows(named=True):
        assert rows(workspace, "sharegpt", row["split"])[row["line"] - 1]["id"] == row["id"]


def test_rows_with_tools_or_several_turns_lead_their_file_and_the_origins_follow_them(workspace: Workspace) -> None:
    longer = Sample("long", "chat", "t", [Message(r, f"{r} {n}") for n in range(2) for r in ("user", "assistant")])
    workspace.samples.write("2", [longer, called("Oslo")])
    export(workspace, Settings(style=["trl"]))
    ids = [r["id"] for r in rows(workspace, "trl")]
    assert ids[:2] == [called("Oslo").id, "long"]
    origins = pl.read_parquet(workspace.dataset / "trl" / "sources.parquet").filter(pl.col("split") == "train")
    assert origins["id"].to_list() == ids
    assert origins["line"].to_list() == [1, 2, 3, 4]


def test_all_rows_of_a_dataset_have_the_tools_column_or_none_has(workspace: Workspace) -> None:
    export(workspace, Settings())
    assert not [r for r in rows(workspace, "sharegpt") if "tools" in r]
    workspace.samples.write("2", [called("Oslo")])
    export(workspace, Settings())
    assert all("tools" in r for split in ("train", "validation", "test") for r in rows(workspace, "sharegpt", split))
    assert "tools" in json.loads((workspace.dataset / "sharegpt" / "dataset_info.json").read_text())["test"]["columns"]


def test_what_a_style_cannot_carry_becomes_a_failure_with_its_reason(workspace: Workspace) -> None:
    workspace.samples.write("2", [called("Oslo")])
    sharegpt, alpaca = export(workspace, Settings(style=["sharegpt", "alpaca"]))
    assert (sharegpt.failed, alpaca.failed) == (0, 1)
    (failure,) = workspace.failures
    assert (failure.stage, failure.row_id, failure.outcome) == ("rows:alpaca", called("Oslo").id, "failed")
    assert "carries no tools" in failure.error
    workspace.samples.write("2", [])
    export(workspace, Settings(style=["alpaca"]))
    assert list(workspace.failures) == []


def test_preferences_lie_in_a_folder_of_their_own_and_go_with_their_samples(workspace: Workspace) -> None:
    workspace.samples.write("2", [pair("Which?", "This.", rejected=[Message("assistant", "That.")]), pair("Good?", "Yes.", label=True)])
    done = {e.folder.name: e.rows["train"] for e in export(workspace, Settings(style=["trl"]))}
    assert done == {"trl": 2, "trl-preference": 1, "trl-kto": 1}
    workspace.samples.write("2", [])
    export(workspace, Settings(style=["trl"]))
    assert sorted(p.name for p in workspace.dataset.iterdir()) == ["trl"]


def test_an_export_that_fails_leaves_the_dataset_before_it_as_it_was(workspace: Workspace) -> None:
    export(workspace, Settings())
    before = tree(workspace.dataset)
    (workspace.verdicts.folder / "1.pii.parquet").write_bytes(b"damaged")
    with pytest.raises(WorkspaceError, match="damaged"):
        export(workspace, Settings())
    assert tree(workspace.dataset) == before
    (workspace.samples.folder / "0.parquet").write_bytes(b"damaged")
    with pytest.raises(WorkspaceError, match="damaged"):
        export(workspace, Settings())
    assert tree(workspace.dataset) == before


def test_leftovers_of_a_killed_export_are_mended(workspace: Workspace) -> None:
    export(workspace, Settings())
    before = tree(workspace.dataset)
    (workspace.dataset / "sharegpt").rename(workspace.dataset / ".sharegpt.old")
    (workspace.dataset / ".sharegpt-kto.new").mkdir()
    export(workspace, Settings())
    assert tree(workspace.dataset) == before


def test_a_folder_that_cannot_be_written_is_named_with_the_fix(workspace: Workspace) -> None:
    workspace.dataset.write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot write") as caught:
        export(workspace, Settings())
    assert caught.value.hint


def test_an_unknown_style_is_answered_before_anything_is_written(workspace: Workspace) -> None:
    with pytest.raises(UsageError) as caught:
        export(workspace, Settings(), ["sharegpt", "alpacca"])
    assert "alpaca" in caught.value.hint
    assert not workspace.dataset.exists()


@pytest.mark.parametrize("file_format", FORMATS)
def test_no_samples_give_a_valid_dataset_of_no_rows(tmp_path: Path, file_format: Any) -> None:
    workspace = Workspace.create(tmp_path / "out")
    (done,) = export(workspace, Settings(file_format=file_format))
    assert done.rows == {"train": 0, "validation": 0, "test": 0}
    folder = workspace.dataset / "sharegpt"
    assert sorted(p.name for p in folder.iterdir()) == ["README.md", "dataset_info.json", "sources.parquet", f"train.{file_format}"]
    assert json.loads((folder / "dataset_info.json").read_text()) == {}
    assert pl.read_parquet(folder / "sources.parquet").is_empty()


def test_the_card_tells_splits_sources_licence_and_what_was_left_out(workspace: Workspace) -> None:
    workspace.samples.write("2", [called("Oslo")])
    export(workspace, Settings(style=["alpaca"], password="hunter2", system="Be brief."))
    card = (workspace.dataset / "alpaca" / "README.md").read_text(encoding="utf-8")
    front = card.split("---\n")[1]
    assert "language:\n- en\nlicense: cc-by-4.0\n" in front
    assert "- split: validation\n    path: validation.jsonl" in front
    assert "n<1K" in front
    assert "| `guide/ports.md` | `cc-by-4.0` | 1 |" in card
    assert re.search(r"\| `quality` \| .+ \| 1 \|", card)
    assert "`the style alpaca carries no tools` | 1" in card
    assert "`Be brief.`" in card
    assert "hunter2" not in card


def test_hostile_names_cannot_break_the_card(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "out")
    workspace.documents.write("0", [Document("d1", "a|`<script>\n---\n.md", "t", "x", "en: x")])
    workspace.samples.write("0", [traced(pair("Which port?", "8080."))])
    export(workspace, Settings())
    card = (workspace.dataset / "sharegpt" / "README.md").read_text(encoding="utf-8")
    assert card.count("\n---\n") == 1
    assert "language:" not in card.split("---\n")[1]
    assert "| `a\\|'<script> --- .md` | unknown | 1 |" in card


def test_progress_is_told_per_style(workspace: Workspace) -> None:
    told: list[tuple[str, int]] = []
    export(workspace, Settings(style=["sharegpt", "text"]), on_progress=lambda style, rows: told.append((style, rows)))
    assert told == [("sharegpt", 4), ("text", 4)]


@pytest.mark.parametrize("style", ["sharegpt", "alpaca", "openai", "trl", "text"])
def test_the_datasets_library_loads_every_style(workspace: Workspace, style: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the datasets library is no dependency of curate")
    workspace.samples.write("2", [called("Oslo"), called("Bergen")])
    export(workspace, Settings(style=[style], chat_template="qwen3"))
    loaded = datasets.load_dataset(str(workspace.dataset / style), cache_dir=str(tmp_path / "cache"))
    for split in ("train", "validation", "test"):
        found = [{k: v for k, v in row.items() if v is not None} for row in loaded[split]]
        assert found == rows(workspace, style, split)
