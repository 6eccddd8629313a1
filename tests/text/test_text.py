"""Numbers, dates, language, Markdown as a reader reads it, token counts."""

import sys
import time
from pathlib import Path

import pytest

from curate.errors import UsageError
from curate.text import dates, estimate_tokens, language, numbers, strip_markdown, token_counter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200 and 1200.0", ["1200", "1200"]),
        ("1.2万 3亿 10k 2.5 million 千万", ["12000", "300000000", "10000", "2500000"]),
        ("3.50% of 007", ["3.5", "7"]),
        ("version 1.2.3, x86_64, GPT4 and abc9", ["1.2.3"]),
        ("共１２台，价格￥3.5", ["12", "3.5"]),
        ("10,20", ["10", "20"]),
        ("5km in 3 thousand steps", ["5", "3000"]),
        ("no numbers", []),
    ],
)
def test_numbers_are_found_in_one_form(text: str, expected: list[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03, 2024/5/3 and 2024年5月3日", ["2024-05-03"] * 3),
        ("May 3, 2024; 3 May 2024; 3rd of May, 2024; May 3rd 2024", ["2024-05-03"] * 4),
        ("in May 2024, 2024年5月", ["2024-05", "2024-05"]),
        ("on March 4 and 3月4日", ["--03-04", "--03-04"]),
        ("13/5/2024 and 5/13/2024", ["2024-05-13", "2024-05-13"]),
        ("it may 2 be; 2024-13-40; version 1.2.3", ["--05-02"]),
        ("Sept. 1, 2020", ["2020-09-01"]),
        ("installed between 3 and 14 March 2025", ["2025-03-03", "2025-03-14"]),
        ("from 3rd to 14th March, 3月3日至14日", ["--03-03", "--03-14", "--03-03", "--03-14"]),
        ("version 3 or 2 March, 3月3日、4月5日, March 3 - 20%", ["--03-02", "--03-03", "--04-05", "--03-03"]),
    ],
)
def test_dates_are_found_in_one_form(text: str, expected: list[str]) -> None:
    assert dates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This handbook says how we work together.", "en"),
        ("Der Antrag ist vor der Reise zu stellen und wird danach geprüft.", "de"),
        ("本手册说明如何申请休假。", "zh"),
        ("执行 kubectl get pods 命令查看 pod 的状态", "zh"),
        ("これは日本語で書かれた文章です", "ja"),
        ("이 문서는 한국어로 작성되었습니다", "ko"),
        ("```python\nprint('hello world, this is code')\n```", ""),
        ("12 34 56 ... !!!", ""),
        ("ok", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_or_left_open(text: str, expected: str) -> None:
    assert language(text) == expected


def test_a_licence_in_another_language_does_not_decide() -> None:
    assert language("Licensed under these terms, without warranty. " * 10 + "本手册说明如何申请休假。" * 400) == "zh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## A *b* __c__ ##", "A b c"),
        ("[link](http://a.example/x_(y) 'title') and ![alt](u.png)", "link and alt"),
        ("[![badge](b.svg)](http://a.example)", "badge"),
        ("see [the page][ref] or <https://a.example/b>", "see the page or https://a.example/b"),
        ("<b>x</b><br/>y<!-- note --> &amp; z", "xy & z"),
        ("run `a *b* <c>` with <name> and 2 * 3 * 4", "run a *b* <c> with <name> and 2 * 3 * 4"),
        ("snake_case_name and _em_ ~~old~~ \\*star\\*", "snake_case_name and em old *star*"),
        ("**a *b* c**", "a b c"),
        ("> quoted\n> more", "quoted\nmore"),
        ("a\n```py\n# not **a** heading\n```\nb", "a\n# not **a** heading\nb"),
    ],
)
def test_markdown_is_read_as_a_reader_reads_it(text: str, expected: str) -> None:
    assert strip_markdown(text) == expected


@pytest.mark.parametrize(
    "piece", ["[", "![", "<", "<!--", "<b", "*", "**a", "_a", "_", "`", "``", "~~", "#", "> ", "\\", "](", "&", "(" * 9]
)
@pytest.mark.parametrize("function", [strip_markdown, numbers, dates, language])
def test_hostile_repetition_takes_linear_time(function: object, piece: str) -> None:
    assert callable(function)
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    function(text)
    function("1," * 50_000)
    assert time.process_time() - began < 5


def test_the_estimate_knows_letters_from_digits_and_cjk() -> None:
    assert 13 <= estimate_tokens("The quick brown fox jumps over the lazy dog near the river.") <= 17
    assert 8 <= estimate_tokens("今天天气很好，我们去公园散步吧。") <= 14
    assert estimate_tokens("") == 0
    assert estimate_tokens("| a |" + " " * 400 + "| b |") < 40
    assert estimate_tokens("\ud800") >= 1


def test_a_missing_or_damaged_tokenizer_is_a_usage_error(tmp_path: Path) -> None:
    if "tokenizers" not in sys.modules:
        try:
            import tokenizers  # noqa: F401
        except ImportError:
            with pytest.raises(UsageError, match="needs the `tokenizers` library"):
                token_counter(str(tmp_path / "tokenizer.json"))
            return
    with pytest.raises(UsageError, match="does not exist"):
        token_counter(str(tmp_path / "tokenizer.json"))
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(UsageError, match="not a tokenizer"):
        token_counter(str(tmp_path / "bad.json"))
