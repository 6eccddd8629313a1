"""Splits: the same on any machine, near-copies together, no row moved by an edit."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from curate.settings import Settings
from curate.splits import assign, sketch

DEFAULT = Settings()
Row = tuple[str, str, list[int]]


def text(seed: int, size: int = 160) -> list[str]:
    draw = random.Random(seed)
    return [f"word{draw.randrange(5000)}" for _ in range(size)]


def rows(count: int) -> list[Row]:
    return [(f"id{n}", f"folder/{n}.md", sketch(" ".join(text(n)))) for n in range(count)]


def splits(documents: list[Row], settings: Settings = DEFAULT) -> dict[str, object]:
    found = assign(documents, settings)
    return {document_id: found.split_of(document_id) for document_id, *_ in documents}


def sections(documents: list[Row], document_id: str) -> Callable[[list[str]], str]:
    found = assign(documents, DEFAULT).split_of(document_id)
    assert callable(found)
    return found


def test_a_sketch_is_the_same_on_any_machine() -> None:
    assert sketch("one two three four five six seven")[:2] == [297789141063511468, 5989870404638090978]
    assert len(sketch(" ".join(text(1)))) == 16


@pytest.mark.parametrize("short", ["", "one two three four", "...", "\n"])
def test_a_text_too_short_to_tell_has_no_sketch(short: str) -> None:
    assert sketch(short) == []


def test_form_does_not_change_a_sketch() -> None:
    assert sketch("The **quick** brown fox,  jumps over!") == sketch("the quick brown FOX jumps over")
    assert sketch("请在出差前三天提交申请。") == sketch("请在出差前三天，提交申请")


def test_near_copies_share_a_band_and_others_do_not() -> None:
    found = missed = 0
    for seed in range(100):
        words = text(seed)
        one = set(sketch(" ".join(words)))
        words[seed] = "changed"
        missed += not one & set(sketch(" ".join(words)))
        found += bool(one & set(sketch(" ".join(words[:40] + text(seed + 1000, 120)))))
    assert (found, missed) == (0, 0)


def test_a_long_text_is_sketched_as_a_whole() -> None:
    words = text(1, 20_000)
    assert set(sketch(" ".join(words))) & set(sketch(" ".join([*words[:15_000], "changed", *words[15_000:]])))
    assert not set(sketch(" ".join(words))) & set(sketch(" ".join(words[:5_000])))


def test_documents_are_shared_out_about_as_asked() -> None:
    counts = Counter(splits([(f"id{n}", f"{n}.md", []) for n in range(4000)]).values())
    assert 150 < counts["test"] < 250
    assert 150 < counts["validation"] < 250


def test_near_copies_fall_the_same_way() -> None:
    documents = rows(60)
    copies = [(f"copy{n}", f"elsewhere/{n * 7}.md", sketch(" ".join([*text(n), "more"]))) for n in range(60)]
    found = splits([*copies, *documents])
    assert all(found[f"copy{n}"] == found[f"id{n}"] for n in range(60))
    assert len(set(found.values())) == 3


def test_copies_of_copies_are_one_group_named_by_its_smallest_path() -> None:
    chain = [("a", "z.md", [1, 2]), ("b", "m.md", [2, 3]), ("c", "b.md", [3, 4]), ("d", "a.md", [9])]
    assert assign(chain, DEFAULT).groups == {"a": "b.md", "b": "b.md", "c": "b.md", "d": "a.md"}


def test_the_order_of_documents_changes_nothing() -> None:
    documents = [*rows(40), ("copy", "a.md", sketch(" ".join(text(3))))]
    assert splits(documents) == splits(documents[::-1])


def test_an_added_removed_or_edited_document_moves_no_other() -> None:
    before = splits(rows(40))
    edited = [("new", "new.md", sketch(" ".join(text(999)))), ("id0b", "folder/0.md", sketch(" ".join(text(500)))), *rows(40)[2:]]
    after = splits(edited)
    assert all(after[f"id{n}"] == before[f"id{n}"] for n in range(2, 40))
    assert after["id0b"] == before["id0"]


def test_the_sections_of_few_documents_are_divided() -> None:
    split_of = sections(rows(3), "id1")
    assert set(Counter(split_of([f"Section {n}"]) for n in range(200))) == {"train", "validation", "test"}
    assert split_of(["Section 1"]) == split_of(["Section 1", "Below"])
    assert split_of([]) in ("train", "validation", "test")


def test_the_sections_of_near_copies_fall_the_same_way() -> None:
    documents = [*rows(3), ("copy", "a copy.md", sketch(" ".join(text(1))))]
    one, other = sections(documents, "id1"), sections(documents, "copy")
    assert all(one([f"S{n}"]) == other([f"S{n}"]) for n in range(200))
    another = sections(documents, "id2")
    assert any(one([f"S{n}"]) != another([f"S{n}"]) for n in range(200))


def test_twenty_copies_of_one_document_are_still_few() -> None:
    same = sketch(" ".join(text(1)))
    assert assign([(f"id{n}", f"{n}.md", same) for n in range(30)], DEFAULT).by_section
    assert not assign(rows(20), DEFAULT).by_section


def test_shares_of_zero_leave_everything_to_train() -> None:
    settings = Settings(validation_share=0, test_share=0)
    assert set(splits(rows(30), settings).values()) == {"train"}


def test_no_documents_are_fine() -> None:
    assert assign([], DEFAULT).groups == {}
