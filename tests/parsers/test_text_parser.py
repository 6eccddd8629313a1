"""Plain text: paragraphs, the headings that are evident, and lines joined only where they were wrapped."""

import pytest

from curate.errors import DocumentError
from curate.parsers import text
from curate.records import Document
from curate.settings import Settings

WRAPPED = (
    "The agreement begins on the day both parties have signed it and goes\n"
    "on for three years, unless one of them gives notice in writing at the\n"
    "latest six months before the end of the current year, in which case it\n"
    "ends with that year."
)


def parse(source: str, name: str = "a.txt") -> Document:
    return text.parse(name, source.encode(), Settings())[0]


def blocks(source: str, name: str = "a.txt") -> list[tuple[str, str]]:
    document = parse(source, name)
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]


def test_hard_wrapped_paragraphs_become_lines_again() -> None:
    assert blocks(f"{WRAPPED}\n\n{WRAPPED}") == [("text", WRAPPED.replace("\n", " "))] * 2


def test_lines_that_were_not_wrapped_stay_lines() -> None:
    address = "Example Office\nStreet 1\n12345 Town\nCountry"
    assert blocks(f"{address}\n\nA first sentence.\nA second one that is a little longer.\nA third.") == [
        ("text", address),
        ("text", "A first sentence.\nA second one that is a little longer.\nA third."),
    ]


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    line = "本合同自双方签字之日起生效有效期为三年除非其中一方在年度结束前六个月书面通知"
    assert blocks(f"{line}\n{line}\n{line}\n对方。")[0][1] == line * 3 + "对方。"


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("1. Scope", "# 1. Scope"),
        ("2.3 Access rights", "## 2.3 Access rights"),
        ("GENERAL TERMS", "## GENERAL TERMS"),
        ("Chapter 4: Storage", "# Chapter 4: Storage"),
        ("第一章 总则", "# 第一章 总则"),
        ("第二节 范围", "## 第二节 范围"),
        ("一、适用范围", "## 一、适用范围"),
    ],
)
def test_evident_headings_are_found(line: str, heading: str) -> None:
    assert blocks(f"{line}\n\nSome text follows here.")[0] == ("heading", heading)


def test_underlined_lines_are_headings() -> None:
    assert blocks("Terms of use\n============\n\nText.\n\nScope\n-----\nMore.") == [
        ("heading", "# Terms of use"),
        ("text", "Text."),
        ("heading", "## Scope"),
        ("text", "More."),
    ]


@pytest.mark.parametrize(
    "line", ["OK.", "This is a short line", "3 apples were left", "A. Smith", "42", "第一章讲了很多内容。", "1.5 million people live here."]
)
def test_what_only_looks_like_a_heading_is_text(line: str) -> None:
    assert blocks(f"{line}\n\nSome text follows here.")[0][0] == "text"


def test_a_chinese_statute_has_its_title_chapters_and_articles() -> None:
    source = "员工手册\n\n第一章 总则\n\n第一条 为规范管理，制定本手册。\n第二条 本手册适用于全体员工。\n\n一、考勤\n每天九点上班。"
    assert blocks(source) == [
        ("heading", "# 员工手册"),
        ("heading", "# 第一章 总则"),
        ("text", "第一条 为规范管理，制定本手册。"),
        ("text", "第二条 本手册适用于全体员工。"),
        ("heading", "## 一、考勤"),
        ("text", "每天九点上班。"),
    ]


def test_bullets_become_a_list() -> None:
    assert blocks("Bring:\n• a pen\n• paper, and\n  more of it\n• time") == [
        ("text", "Bring:"),
        ("list", "- a pen\n- paper, and more of it\n- time"),
    ]


def test_columns_held_by_spaces_stay_in_columns() -> None:
    kind, kept = blocks("Name      Size    Date\nalpha     12      today\nbeta      7       today")[0]
    assert kind == "code"
    assert "alpha     12" in kept


def test_subtitles_lose_their_timings() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i> there.\n\n2\n00:00:02,500 --> 00:00:04,000\nHow are\nyou?\n"
    vtt = "WEBVTT\n\nNOTE ignore me\n\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hello there.\n"
    assert parse(srt, "a.srt").text == "Hello there.\nHow are you?"
    assert parse(vtt, "a.vtt").text == "Ann: Hello there."


def test_logs_keep_their_lines_and_source_code_its_fence() -> None:
    assert parse("12:00 start\n12:01 stop", "a.log").text == "12:00 start\n12:01 stop"
    assert parse("def f():\n    return 1\n", "a.py").text == "```python\ndef f():\n    return 1\n```"
    long = "".join(f"def f{i}():\n    return {i}\n\n\n" for i in range(60))
    assert len(parse(long, "a.py").blocks) > 2


def test_nothing_but_blanks_is_no_document() -> None:
    with pytest.raises(DocumentError, match="no text"):
        parse(" \n\n\t")


def test_text_leaves_files_of_known_endings_to_their_own_parsers() -> None:
    assert [text.sniff(name, b"words") for name in ("a.txt", "LICENSE", "a.xyz", "a.md", "a.csv")] == [1, 1, 1, 0, 0]
    assert text.sniff("a.txt", b"\0\1\2\3" * 9) == 0
