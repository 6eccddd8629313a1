"""JSON for a reader: tables, sections, questions with answers."""

import json
import subprocess
import sys
from typing import Any

import pytest

from curate.errors import DocumentError
from curate.parsers import json as parser
from curate.records import Document
from curate.settings import Settings


def parse(value: Any, name: str = "a.json") -> Document:
    source = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return parser.parse(name, source.encode(), Settings())[0]


def test_an_object_becomes_sections_of_keys_and_values() -> None:
    document = parse(
        {"name": "Widget", "version": 2, "ok": True, "none": None, "limits": {"rate": 5}, "steps": ["open", "close"], "about": "A.\n\nB."}
    )
    assert document.title == "Widget"
    assert document.text == "# Widget\n\n- version: 2\n- ok: yes\n- steps: open, close\n\n## limits\n\n- rate: 5\n\n## about\n\nA.\n\nB."


def test_flat_records_become_a_table() -> None:
    assert parse([{"a": 1, "b": "x"}, {"a": 2, "b": None}]).text == "| a | b |\n| --- | --- |\n| 1 | x |\n| 2 |  |"


def test_records_with_long_text_become_sections_under_their_names() -> None:
    long = "A sentence that goes on. " * 12
    document = parse([{"title": "One", "text": long, "tag": "x"}, {"title": "Two", "text": long, "tag": "y"}])
    assert document.text.startswith(f"# One\n\n- tag: x\n\n## text\n\n{long.strip()}\n\n# Two")


@pytest.mark.parametrize(
    "record",
    [
        {"question": "What is it?", "answer": "A tool."},
        {"instruction": "What is it?", "input": "", "output": "A tool."},
        {
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "What is it?"},
                {"role": "assistant", "content": "A tool."},
            ]
        },
        {"conversations": [{"from": "human", "value": "What is it?"}, {"from": "gpt", "value": "A tool."}]},
        {"prompt": "What is it?", "chosen": "A tool.", "rejected": "No idea."},
    ],
)
def test_records_of_questions_and_answers_become_passages(record: dict[str, Any]) -> None:
    assert parse([record]).text == "Q: What is it?\nA: A tool."


def test_chinese_questions_are_marked_in_chinese() -> None:
    assert parse([{"问题": "什么是数据集？", "答案": "一组数据。"}]).text == "问：什么是数据集？\n答：一组数据。"


def test_rows_of_a_text_corpus_are_their_text() -> None:
    assert parse(
        [{"text": "First text.", "source": "x"}, {"text": "# Second\n\nMore.", "source": "y"}, {"text": "T" * 700}]
    ).text.startswith("First text.\n\n# Second\n\nMore.")


def test_bad_lines_are_counted_and_the_good_ones_read() -> None:
    document = parse('{"question": "A?", "answer": "a"}\nnot json\n\n{"question": "B?", "answer": "b"}\n{"cut', "a.jsonl")
    assert document.text == "Q: A?\nA: a\n\nQ: B?\nA: b"
    assert (document.meta["bad_lines"], document.meta["records"]) == ([2, 5], 2)


def test_lines_in_a_file_named_json_and_trailing_commas_are_read() -> None:
    assert parse('{"question": "A?", "answer": "a"}\n{"question": "B?", "answer": "b"}').text.count("Q: ") == 2
    assert parse('{"a": [1, 2,],}').text == "- a: 1, 2"


@pytest.mark.parametrize("source", ["{", "[" * 100_000, "[" * 5000 + "]" * 5000, "{}", "[null, []]", '{"a": ' + "9" * 5000 + "}"])
def test_what_cannot_be_read_is_an_error_with_a_hint(source: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(source)
    assert caught.value.hint


def test_halves_of_surrogate_pairs_do_not_reach_the_tables() -> None:
    document = parse('{"title": "a\\ud800b", "note": "\\u0000 x \\ud83d\\ude00"}')
    assert (document.title, document.text) == ("a\ufffdb", "# a\ufffdb\n\n- note: \ufffd x 😀")


def test_json_is_known_by_its_content() -> None:
    assert parser.sniff("data", b'{"a": 1}') == 2
    assert parser.sniff("a.txt", b"[see below] for more") == 0
    assert parser.sniff("a.json", b'{"a": 1') == 2
    assert parser.sniff("a.json", b"plain") == 1


def test_the_modules_named_like_the_standard_library_do_not_hide_it() -> None:
    code = "import curate.parsers.json, curate.parsers.csv, curate.parsers.email, curate.parsers.html, json; assert json.loads('1') == 1"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert subprocess.run([sys.executable, "-m", "curate.parsers.json"], check=False).returncode == 0
