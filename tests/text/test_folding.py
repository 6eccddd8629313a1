"""Text as it compares: folding, finding what was quoted, words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text import find_folded, fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("**Hello**,\n  “World”!", "hello world"),
        ("使用 DNF 管理，软件。", "使用DNF管理软件"),
        ("ＡＢＣ１２３", "abc123"),
        ("1,200 users", "1200 users"),
        ("the ﬁne print", "The fine print"),
        ("**S**pecific", "specific"),
        ("don’t", "don't"),
        ("a soft\u00adhyphen and zero\u200bwidth", "a softhyphen and zerowidth"),
        ("re\u0301sume\u0301", "résumé"),
        ("`curate build`", "curate build"),
    ],
)
def test_texts_that_differ_in_form_only_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("3.5", "35"), ("-5 degrees", "5 degrees"), ("5%", "5"), ("C#", "C"), ("C++", "C"), ("12,5", "125"), ("now here", "nowhere")],
)
def test_texts_that_differ_in_meaning_do_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("needle", "text", "found"),
    [
        ("hello world", "say **Hello**,\n world!", "Hello**,\n world"),
        ("art", "a party of art", "art"),
        ("3.5", "13.5 or 3.55 or 3.5", "3.5"),
        ("使用DNF管理", "请使用 DNF 管理软件", "使用 DNF 管理"),
        ("管理", "使用管理软件", "管理"),
        ("ﬁne", "FINE!", "FINE"),
        ("1200", "about 1,200 users", "1,200"),
        ("(yes)", "no, yes, no", "yes"),
        ("C#", "C and C#.", "C#"),
        ("a b", "a  b a b", "a b"),
    ],
)
def test_a_quote_is_found_where_it_stands(needle: str, text: str, found: str) -> None:
    place = find_folded(needle, text)
    assert place is not None
    assert text[place[0] : place[1]] == found


@pytest.mark.parametrize(("needle", "text"), [("art", "party"), ("", "a"), ("...", "a ... b"), ("xyz", "xy z"), ("35", "3.5"), ("no", "")])
def test_a_quote_that_does_not_stand_there_is_not_found(needle: str, text: str) -> None:
    assert find_folded(needle, text) is None


@given(
    st.lists(
        st.sampled_from(["alpha", "Beta", "三", "中文", "3.5", "1,200", "x_y", "“q”", "**b**", "...", "é", "ﬁ"]), min_size=1, max_size=30
    ),
    st.data(),
)
def test_any_run_of_words_is_found_and_folds_alike(parts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(parts) - 1))
    needle = "  ".join(parts[start : data.draw(st.integers(start + 1, len(parts)))])
    text = " ".join(parts)
    place = find_folded(needle.upper(), text)
    if not fold(needle):
        assert place is None
        return
    assert place is not None
    assert fold(text[place[0] : place[1]]) == fold(needle)


def test_words_are_latin_words_and_single_cjk_characters() -> None:
    assert words("Use ＤＮＦ to 管理软件, v2.0!") == ["use", "dnf", "to", "管", "理", "软", "件", "v2", "0"]


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_words_of_plain_ascii_are_those_it_has_beside_other_letters(text: str) -> None:
    assert [*words(text), "é"] == words(f"{text} é")


@pytest.mark.parametrize("piece", ["*", "a*", ".", " ", "-1", "1,", "́", "a "])
def test_folding_hostile_repetition_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    fold(piece * (200_000 // len(piece)))
    find_folded("b", piece * (20_000 // len(piece)))
    assert time.process_time() - began < 5
