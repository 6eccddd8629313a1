"""Questions over several passages: which passages are put together, and that a question which needs only one is refused."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kind_builds import HANDBOOK, made, reply
from model_server import ModelServer

from curate.filters.kinds import check
from curate.generators._links import USES, chains
from curate.records import Chunk, Message, Task, Verdict, sample, span
from curate.settings import Settings

Start = Callable[..., ModelServer]
WORDS = ["".join(random.Random(n).choices("abcdefghijklmnopqrstuvwxyz", k=7)) for n in range(4000)]
LEAVE, PORTAL = (text.split("\n\n", 1)[1] for text in HANDBOOK.values())
QUESTION = "I ask for annual leave; how far ahead must that be, and when does it count as granted if nobody answers?"
ANSWER = (
    "Annual leave is asked for in the staff portal four weeks ahead. The team lead answers within three working days; "
    "a request that is not answered counts as granted after five working days."
)


class Corpus:
    def __init__(self, chunks: list[Chunk]) -> None:
        self.found = chunks

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.found)


def chunk(number: int, text: str, document: str = "", split: str = "train", language: str = "en") -> Chunk:
    return Chunk(f"c{number:03d}", document or f"d{number}", 0, [], text, 0, len(text), language=language, split=split)


def noise(seed: int, size: int = 60) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=size))


def linked(chunks: list[Chunk], hops: int = 2, scale: float = 1.0) -> list[tuple[str, ...]]:
    return chains(Corpus(chunks), hops, scale)  # type: ignore[arg-type]


TERMS = "the brass drain valve and the ceramic pressure gauge"


def test_passages_that_share_rare_terms_are_put_together_and_no_others() -> None:
    chunks = [chunk(n, noise(n)) for n in range(12)]
    chunks[3] = chunk(3, f"{noise(3)} {TERMS} {noise(31)}")
    chunks[9] = chunk(9, f"{noise(9)} {TERMS} {noise(91)}")
    assert linked(chunks)[0] == ("c003", "c009")


def test_chinese_passages_are_linked_by_their_terms() -> None:
    texts = [
        "收货员用探针温度计测量中心温度。",
        "清洁工每周打扫仓库的地面和货架。",
        "探针温度计每半年送检一次，由质量部保管。",
        "访客在门卫处登记姓名。",
    ]
    assert linked([chunk(n, text, language="zh") for n, text in enumerate(texts)]) == [("c000", "c002")]


@pytest.mark.parametrize("changes", [{"split": "test"}, {"language": "zh"}])
def test_passages_of_other_splits_and_languages_never_meet(changes: dict[str, str]) -> None:
    chunks = [chunk(0, f"{noise(1)} {TERMS}"), replace(chunk(1, f"{noise(2)} {TERMS}"), **changes)]
    assert linked(chunks) == []


def test_another_document_goes_before_the_same_one() -> None:
    one = f"{noise(1)} {TERMS}"
    chunks = [chunk(0, one, "a"), chunk(1, f"{noise(2)} {TERMS}", "a"), chunk(2, f"{noise(3)} {TERMS}", "b")]
    assert {"c002"} <= set(linked(chunks)[0])


def test_copies_of_a_passage_are_not_put_together() -> None:
    text = f"{noise(1)} {TERMS}"
    assert linked([chunk(0, text), chunk(1, f"{text} indeed")]) == []


@pytest.mark.parametrize("hops", [2, 3, 4])
def test_chains_have_as_many_passages_as_asked_for_and_flood_none(hops: int) -> None:
    chunks = [chunk(n, f"{noise(n)} {noise(100 + n % 7, 12)}") for n in range(40)]
    found = linked(chunks, hops)
    assert {len(set(c)) for c in found} == {hops}
    assert max(Counter(i for c in found for i in c).values()) <= USES
    assert linked(chunks, hops) == found
    assert set(linked(chunks[::-1], hops)) == set(found)


def test_the_scale_says_how_many_chains_are_proposed() -> None:
    chunks = [chunk(n, f"{noise(n)} {noise(100 + n % 7, 12)}") for n in range(40)]
    sizes = [len(linked(chunks, 2, scale)) for scale in (0.3, 1.0, 2.0)]
    assert sizes == sorted(set(sizes))


def test_an_edit_elsewhere_moves_few_chains() -> None:
    chunks = [chunk(n, f"{noise(n)} {noise(100 + n % 7, 12)}") for n in range(40)]
    before = set(linked(chunks))
    chunks[20] = chunk(20, noise(900))
    assert len(before & set(linked(chunks))) >= 0.7 * len(before)


def judged(answer: str, quotes: tuple[str, ...] = ("four weeks ahead", "counts as granted after five working days")) -> Verdict:
    chunks = [chunk(0, LEAVE.replace("\n", " ")), chunk(1, PORTAL.replace("\n", " "))]
    evidence = [span(c, at, at + len(q)) for c, q in zip(chunks, quotes, strict=False) if (at := c.text.find(q)) >= 0]
    messages = [Message("user", QUESTION), Message("assistant", answer)]
    task = Task("t", "multihop", "multihop")
    row = sample("multihop", task, messages, chunks=chunks, evidence=evidence, meta={"question": QUESTION})
    return check(row, chunks, Settings())


def test_an_answer_with_a_part_of_each_passage_passes_and_the_verdict_names_the_parts() -> None:
    verdict = judged(ANSWER)
    assert verdict.passed
    assert "passage 1 gives" in verdict.reason
    assert "passage 2 gives" in verdict.reason
    assert all(verdict.detail["gives"].values())


def test_an_answer_that_one_passage_gives_alone_is_refused() -> None:
    verdict = judged("The team lead answers within three working days; without an answer it counts as granted after five working days.")
    assert verdict.reason == "passage 1 gives nothing to the answer that the others do not hold"


def test_what_the_question_says_already_is_no_part_of_the_answer() -> None:
    verdict = judged("With annual leave, the request is answered by the team lead within three working days, else it counts as granted.")
    assert not verdict.passed


def test_each_passage_must_hold_a_quote() -> None:
    assert judged(ANSWER, ("four weeks ahead", "never written")).reason == "no quote of passage 2"


def test_a_figure_that_only_one_side_has_makes_a_comparison() -> None:
    texts = ["The GC-100 draws 8 W and serves one house.", "The GC-200 draws 12 W and serves up to four houses."]
    chunks = [chunk(n, text) for n, text in enumerate(texts)]
    asked = "Which of the two controllers GC-100 and GC-200 draws more?"
    messages = [Message("user", asked), Message("assistant", "The GC-200: it draws 12 W, the GC-100 8 W.")]
    evidence = [span(c, 0, len(c.text)) for c in chunks]
    row = sample("multihop", Task("t", "multihop", "multihop"), messages, chunks=chunks, evidence=evidence, meta={"question": asked})
    assert check(row, chunks, Settings()).reason == "passage 1 gives 8 W; passage 2 gives 12 W"


@pytest.mark.parametrize(("form", "second", "passed"), [("comparison", 11, True), ("comparison", 12, False), ("combination", 11, False)])
def test_two_equal_sides_make_a_comparison(form: str, second: int, passed: bool) -> None:
    texts = ["A long night on call is followed by 11 hours of rest.", f"Working days are {second} hours apart."]
    chunks = [chunk(n, text) for n, text in enumerate(texts)]
    asked = "Is the rest longer after a long night on call than between working days?"
    messages = [Message("user", asked), Message("assistant", "No, it is 11 hours in both cases.")]
    meta = {"question": asked, "labels": {"form": form}}
    evidence = [span(c, 0, len(c.text)) for c in chunks]
    row = sample("multihop", Task("t", "multihop", "multihop"), messages, chunks=chunks, evidence=evidence, meta=meta)
    assert check(row, chunks, Settings()).passed is passed


def test_a_build_asks_for_one_question_over_two_documents_and_keeps_it(tmp_path: Path, model_server: Start) -> None:
    facts = [
        {"number": n, "quote": quote, "gives": "a part"}
        for quote in (
            "asked for in the staff portal\nfour weeks ahead",
            "If it is not answered, it counts as granted after five working days.",
        )
        for n in (1, 2)
    ]
    replies = reply(questions=[{"facts": facts, "form": "combination", "question": QUESTION, "answer": ANSWER}])
    found = made(tmp_path, model_server(replies=replies), HANDBOOK, task=["multihop"])
    assert [len(t.chunk_ids) for t in found.tasks] == [2]
    (row,) = found.samples
    assert found.reasons(row) == []
    assert len(row.document_ids) == 2
    assert {s.document_id for s in row.evidence} == set(row.document_ids)
    assert row.meta["labels"]["form"] == "combination"
    assert len(found.rows) == 1


def test_passages_that_have_nothing_to_do_with_each_other_give_nothing(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(replies=reply(questions=[])), HANDBOOK, task=["multihop"])
    assert found.samples == []
    assert {s.name: s.skipped for s in found.found.stages}["tasks"] == 1
