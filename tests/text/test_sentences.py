"""Sentences in English and Chinese, in prose and in Markdown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text import sentences


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Dr. Smith met J. R. Jones of Example Inc. in the U.S. Senate.",
        "It opens at 5 p.m. Monday, e.g. for visitors, and costs 3.5 dollars.",
        "See Fig. 2 and Sec. IV of vol. 3, i.e. the part on St. Anne.",
        "Smith et al. (2019) measured it on Jan. 5 with version 2.0.1 of tool.py.",
        "Why? he asked, and left.",
        "他说“你好。”，然后走了。",
        "《为什么？》一书很好（真的吗？）。",
        "价格是3.5元，版本v2.0.1。",
        "- item 1. with a stop",
        "1. Open the file",
        "a) Open the file",
        "| a. B | c! D |",
        "## 1. Title. With stop",
        "```py\nx = 1. y\n\nZ. W\n```",
    ],
)
def test_what_is_one_sentence_stays_whole(whole: str) -> None:
    assert cut(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See Fig. 2. It is good.", ["See Fig. 2.", "It is good."]),
        ("He left at 5 p.m. The end.", ["He left at 5 p.m.", "The end."]),
        ("It was 2019. Next came 2020.", ["It was 2019.", "Next came 2020."]),
        ("Is it No. 5? No. That is it.", ["Is it No. 5?", "No.", "That is it."]),
        ("Take vitamin C. It helps.", ["Take vitamin C.", "It helps."]),
        ("“Really?” She left. (An aside.) **Bold.** More", ["“Really?”", "She left.", "(An aside.)", "**Bold.**", "More"]),
        ("他说：“你好。”然后走了！真的？是。", ["他说：“你好。”", "然后走了！", "真的？", "是。"]),
        ("「好！」他说。走吧!好的?嗯", ["「好！」", "他说。", "走吧!", "好的?", "嗯"]),
        ("看文档。See it. 然后 run。", ["看文档。", "See it.", "然后 run。"]),
        ("- one\n- two\n  more\n* three", ["- one", "- two\n  more", "* three"]),
        ("（一）总则\n（二）附则\n第三条 生效", ["（一）总则", "（二）附则", "第三条 生效"]),
        ("# Title\ntext\n| a |\n|---|\n| b |", ["# Title", "text", "| a |", "|---|", "| b |"]),
        ("Name: A\nAge: 4", ["Name: A", "Age: 4"]),
        ("- a\n\n    ```\n    x. Y\n    ```\n\n  b", ["- a", "```\n    x. Y\n    ```", "b"]),
        ("para one\n\npara two", ["para one", "para two"]),
        ("Before\n```\nopen. Code\n\nto the end", ["Before", "```\nopen. Code\n\nto the end"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_paragraph_wrapped_at_the_margin_is_not_cut_at_its_line_ends() -> None:
    text = "This paragraph was wrapped by an editor at seventy-two columns, so that\nits lines end anywhere. Then\nit ends."
    assert cut(text) == [text[: text.index(" Then")], "Then\nit ends."]


@given(st.text(alphabet=st.sampled_from("aB1.!? \n\t。！？”)）*#|`~-中…\u200b"), max_size=200))
def test_every_character_that_is_not_white_space_is_in_exactly_one_sentence(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("piece", ["`", "```\n", "~~~ ", "“", "A.", ". ", "\n", " \n", "a\n", "|\n", "1. ", "(", "。）", "?! "])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    sentences(text)
    assert time.process_time() - began < 5
