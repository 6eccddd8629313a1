"""Chunks: exact offsets, nothing lost, cut where a reader would."""

import hashlib
import re
import time
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.chunking import chunk
from curate.markup import Builder, code, heading, table
from curate.records import Block, Chunk, Document
from curate.settings import Settings
from curate.text import estimate_tokens

DEFAULT = Settings()
SMALL = Settings(chunk_tokens=40, chunk_max_tokens=80)
SENTENCE = "The quiet archive keeps every letter that was ever sent to it. "
ZH = "档案馆保存着每一封寄来的信件，并按照年份整理。"


def plain(text: str) -> Document:
    return Document("d" * 24, "a.md", "A", text, "en")


def cut(text: str, using: Settings = DEFAULT) -> list[Chunk]:
    return chunk(plain(text), using, "train")


def prose(tokens: int) -> str:
    return (SENTENCE * (tokens // estimate_tokens(SENTENCE) + 1)).strip()


def test_a_short_document_is_one_chunk_that_starts_at_its_heading() -> None:
    (only,) = cut("\n\n# A *b* `c` {#id}\n\nText.\n")
    assert only.text == "# A *b* `c` {#id}\n\nText."
    assert only.heading_path == ["A b c"]
    assert (only.path, only.title, only.language, only.split, only.index) == ("a.md", "A", "en", "train", 0)


def test_an_empty_document_has_no_chunks() -> None:
    assert cut("") == cut(" \n\n\t") == []


def test_sections_of_decent_size_stand_alone_under_their_heading_path() -> None:
    text = f"# T\n\n## A\n\n{prose(300)}\n\n## B\n\n{prose(300)}\n\n### B1\n\n{prose(300)}"
    chunks = cut(text)
    assert [c.heading_path for c in chunks] == [["T", "A"], ["T", "B"], ["T", "B", "B1"]]
    assert chunks[0].text.startswith("# T\n\n## A\n\n")


def test_small_siblings_are_merged_under_their_parent_up_to_the_aim() -> None:
    text = "# T\n\n" + "\n\n".join(f"## Q{n}\n\n{prose(60)}" for n in range(20))
    chunks = cut(text)
    assert all(c.heading_path == ["T"] for c in chunks)
    assert all(300 < estimate_tokens(c.text) <= 500 for c in chunks[:-1])
    assert all(c.text.startswith(("# T", "## Q")) for c in chunks)


def test_a_tiny_section_goes_with_its_neighbour() -> None:
    chunks = cut(f"# T\n\nOne line.\n\n## A\n\n{prose(450)}\n\n## B\n\nAnother line.")
    assert [c.heading_path for c in chunks] == [["T"]]
    assert not any(estimate_tokens(c.text) < 60 for c in cut(f"# T\n\nOne line.\n\n## A\n\n{prose(3000)}"))


def test_a_long_section_is_cut_between_sentences_into_pieces_near_the_aim() -> None:
    chunks = cut(f"# T\n\n{prose(3000)}")
    assert len(chunks) >= 5
    assert all(c.text.endswith("sent to it.") for c in chunks)
    assert all(300 <= estimate_tokens(c.text) <= 750 for c in chunks)


def test_chinese_is_cut_between_sentences() -> None:
    chunks = cut("# 档案\n\n" + ZH * 200)
    assert len(chunks) > 3
    assert all(c.text.endswith("。") for c in chunks)
    assert all(estimate_tokens(c.text) <= 750 for c in chunks)


def test_paragraph_ends_are_preferred_to_sentence_ends() -> None:
    paragraphs = "\n\n".join(prose(130) for _ in range(12))
    assert all("\n\n" + c.text + "\n\n" in f"\n\n{paragraphs}\n\n" for c in cut(paragraphs))


@pytest.mark.parametrize("blocks", [True, False])
def test_a_code_block_is_not_cut_and_keeps_the_line_that_announces_it(blocks: bool) -> None:
    body = "\n\n".join(f"def function_{n}(value):\n    return value + {n}" for n in range(90))
    build = Builder()
    build.add("heading", heading("Usage", 1))
    build.add("text", prose(480))
    build.add("text", "Run this:")
    build.add("code", code(body, "python"))
    build.add("text", prose(480))
    document = build.document("a.md", b"x")
    text = document.text
    chunks = chunk(document if blocks else plain(text), DEFAULT, "train")
    (holder,) = [c for c in chunks if "def function" in c.text]
    assert holder.text.startswith("Run this:\n\n```python")
    assert holder.text.endswith("```")
    assert estimate_tokens(holder.text) > 1000
    assert not any("#" in c.text for c in chunks[1:])


def test_a_comment_in_code_is_no_heading() -> None:
    (only,) = cut("# T\n\n```sh\n# not a heading\nls\n```\n")
    assert only.heading_path == ["T"]


@pytest.mark.parametrize("blocks", [True, False])
def test_a_long_table_is_cut_between_rows_and_its_header_is_context(blocks: bool) -> None:
    rows = [["Name", "Use"], *([f"tool {n}", "It keeps letters. Every one of them."] for n in range(120))]
    build = Builder()
    build.add("heading", heading("Tools", 1))
    build.add("table", table(rows))
    document = build.document("a.md", b"x")
    chunks = chunk(document if blocks else plain(document.text), DEFAULT, "train")
    assert len(chunks) > 2
    assert chunks[0].text.startswith("# Tools\n\n| Name | Use |\n| --- | --- |\n| tool 0 ")
    assert chunks[0].context == ""
    assert {c.context for c in chunks[1:]} == {"| Name | Use |\n| --- | --- |"}
    assert all(re.fullmatch(r"\| tool .*\|", line) for c in chunks[1:] for line in c.text.splitlines())


def test_a_table_that_fits_is_kept_whole() -> None:
    grid = table([["Name", "Use"], *([f"tool {n}", "keeps letters"] for n in range(25))])
    chunks = cut(f"# T\n\n{prose(430)}\n\n{grid}\n\n{prose(430)}")
    assert sum(grid in c.text for c in chunks) == 1


def test_what_is_enormous_is_cut_as_a_last_resort() -> None:
    text = "```\n" + "value, " * 20_000 + "\n```\n\n" + "x" * 100_000
    chunks = cut(text)
    assert all(estimate_tokens(c.text) <= 1000 for c in chunks)
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())


def test_overlap_repeats_whole_sentences_with_exact_offsets() -> None:
    using = Settings(chunk_overlap=60)
    text = f"# T\n\n{prose(3000)}"
    chunks = cut(text, using)
    assert all(a.end > b.start for a, b in pairwise(chunks))
    assert all(c.text == text[c.start : c.end] and c.text.startswith("The quiet") for c in chunks[1:])
    assert all(estimate_tokens(c.text) <= 1000 for c in chunks)


def test_ids_depend_neither_on_offsets_nor_on_the_split() -> None:
    text = f"# T\n\n## A\n\n{prose(300)}\n\n## B\n\n{prose(400)}"
    before = cut(text)
    after = chunk(plain(text.replace("## A", "## A longer one")), DEFAULT, "test")
    assert before[1].id == after[1].id
    assert before[1].start != after[1].start
    assert before[0].id != after[0].id


def test_equal_passages_have_different_ids() -> None:
    chunks = cut(f"# T\n\n{prose(300)}\n\n# T\n\n{prose(300)}")
    assert chunks[0].text == chunks[1].text
    assert chunks[0].id != chunks[1].id


def test_an_edit_at_the_end_changes_no_chunk_before_it() -> None:
    text = f"# T\n\n{prose(4000)}"
    assert [c.id for c in cut(text)][:5] == [c.id for c in cut(text + "\n\n" + prose(700))][:5]


def test_a_chunk_carries_the_blocks_it_overlaps() -> None:
    build = Builder()
    for n in range(8):
        build.add("text", f"Block {n}. " + prose(200), page=n + 1)
    document = build.document("a.pdf", b"x")
    chunks = chunk(document, DEFAULT, "train")
    assert len(chunks) > 2
    for c in chunks:
        assert c.blocks == [b for b in document.blocks if b.start < c.end and b.end > c.start]


def test_the_split_is_asked_by_the_heading_that_divides_the_document() -> None:
    asked: list[list[str]] = []

    def split_of(path: list[str]) -> str:
        asked.append(path)
        return "test"

    text = f"# T\n\nHello.\n\n## A\n\n{prose(900)}\n\n## B\n\n{prose(300)}\n\n### B1\n\n{prose(300)}"
    chunks = chunk(plain(text), DEFAULT, split_of)
    assert {c.split for c in chunks} == {"test"}
    assert asked == [["A"], ["A"], ["B"], ["B"]]


PIECES = st.sampled_from(
    [
        *("# T\n\n", "## A\n\n", "## B\n\n", "### C\n", "Title\n=====\n\n", "Note:\n\n", "**b**\n", "<div>\n"),
        *(SENTENCE, SENTENCE * 4 + "\n\n", ZH * 3, "x" * 500 + " ", "a, " * 300, "é", "\u200b"),
        *("- item one\n- item two. More\n", "1. Do this\n2. Do that\n", "| a | b |\n|---|---|\n" + "| c. D | e |\n" * 9),
        *("```\ncode. Here\n\n# no\n```\n\n", "```\n", "\n", "\n\n", " ", "\u3000", "\r\n"),
    ]
)


def test_settings_that_contradict_each_other_still_bound_the_size() -> None:
    chunks = cut(f"# T\n\n{prose(3000)}", Settings(chunk_tokens=500, chunk_max_tokens=200, chunk_overlap=5000))
    assert all(60 <= estimate_tokens(c.text) <= 200 for c in chunks)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from([SMALL, DEFAULT, SMALL.model_copy(update={"chunk_overlap": 20})]))
def test_any_document_is_covered_by_exact_chunks(parts: list[str], using: Settings) -> None:
    text = "".join(parts)
    chunks = cut(text, using)
    covered = bytearray(len(text))
    for number, c in enumerate(chunks):
        assert c.text == text[c.start : c.end] == c.text.strip() != ""
        assert c.index == number
        covered[c.start : c.end] = b"\1" * (c.end - c.start)
    assert all(covered[k] or text[k].isspace() for k in range(len(text)))
    assert len({c.id for c in chunks}) == len(chunks)
    if not using.chunk_overlap:
        assert all(a.end <= b.start for a, b in pairwise(chunks))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ABCDEFGH"), st.integers(0, 200)), max_size=25))
def test_no_section_lies_in_two_splits(outline: list[tuple[int, str, int]]) -> None:
    parts = [f"{'#' * level} {name}{n}\n\n{'word ' * size}end{n}.\n\n" for n, (level, name, size) in enumerate(outline)]
    chunks = chunk(plain("".join(parts)), SMALL, lambda path: hashlib.sha256("".join(path).encode()).hexdigest()[:1])
    places, unit, top, tops = defaultdict(set), 0, 9, 0
    for n, (level, *_) in enumerate(outline):
        if level <= top:
            unit, top, tops = n, level, tops + 1
        places[unit] |= {c.split for c in chunks if f"end{n}." in c.text}
    if tops > 1:
        assert all(len(splits) == 1 for splits in places.values())


def test_blocks_that_overlap_or_nest_do_not_lose_text() -> None:
    text = f"# T\n\n{prose(900)}\n\n```\ncode\n```\n\n{prose(900)}"
    blocks = [Block("heading", 0, 3), Block("text", 5, len(text)), Block("code", 100, 300), Block("code", 200, 400)]
    chunks = chunk(Document("d", "a.md", "", text, "en", blocks=blocks), DEFAULT, "train")
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())


@pytest.mark.parametrize(
    "piece", ["# a\n", "###### a\n\nb\n\n", "| a |\n", "```\n", "a\n\n", "# \n", "(" * 50 + "\n", "#" * 7, "中。", "x"]
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    cut(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 10
