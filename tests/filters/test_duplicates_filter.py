import random
from itertools import combinations, pairwise

import pytest

from curate.filters import duplicates
from curate.filters._twins import distinct
from curate.records import Message, Sample
from curate.settings import Settings

LONG = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(80))
QUESTION = "When must travel claims be filed?"


class Rows(list[Sample]):
    def __init__(self, samples=(), best: tuple[str, ...] = ()) -> None:
        super().__init__(samples)
        self.best = best

    def rank(self, sample_id: str) -> tuple[float | str, ...]:
        return (float(sample_id not in self.best), sample_id)


def row(name: str, question: str, answer: str, **more) -> Sample:
    return Sample(name, "qa", "t1", [Message("user", question), Message("assistant", answer)], **more)


def lost(rows, **settings) -> dict[str, str]:
    verdicts = list(duplicates.compare(rows, Settings(**settings)))
    assert [v.sample_id for v in verdicts] == [s.id for s in rows]
    return {v.sample_id: v.detail["twin"] for v in verdicts if not v.passed}


def changed(text: str, *places: int) -> str:
    words = text.split()
    for place in places:
        words[place] = "another"
    return " ".join(words)


def test_no_rows_give_no_verdicts():
    assert lost(Rows()) == {}


def test_equal_samples_are_found_whatever_their_case_and_punctuation():
    rows = Rows([row("b", QUESTION, "Within 30 days."), row("a", QUESTION.lower(), "within 30 days"), row("c", QUESTION, "Within 30 days")])
    assert lost(rows) == {"b": "a", "c": "a"}


def test_the_best_ranked_of_a_cluster_stays():
    rows = Rows([row("a", QUESTION, LONG), row("b", QUESTION, changed(LONG, 3)), row("c", QUESTION, LONG)], best=("c",))
    assert lost(rows) == {"a": "c", "b": "c"}


def test_a_near_duplicate_names_its_twin_and_similarity():
    verdicts = list(duplicates.compare(Rows([row("a", QUESTION, LONG), row("b", QUESTION, changed(LONG, 40))]), Settings()))
    assert verdicts[0].passed
    assert verdicts[1].reason == "near duplicate (0.95) of a"
    assert verdicts[1].score == verdicts[1].detail["jaccard"] == pytest.approx(77 / 81, abs=1e-3)


def test_the_threshold_is_the_users():
    rows = Rows([row("a", QUESTION, LONG), row("b", QUESTION, changed(LONG, 40))])
    assert lost(rows, near_duplicate=0.97) == {}


def test_every_loser_is_alike_to_one_that_stays():
    """A chain a-b-c, whose ends are not alike, keeps both ends."""
    far = changed(LONG, 5, 15, 25)
    rows = Rows([row("b", QUESTION, changed(LONG, 5)), row("a", QUESTION, LONG), row("c", QUESTION, far)])
    assert lost(rows, near_duplicate=0.9) == {"b": "a"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the limit for domestic flights?", "What is the limit for international flights?"),
        ("What is the limit in 2023?", "What is the limit in 2024?"),
        ("国内航班的限额是多少？", "国际航班的限额是多少？"),
        ("How is an array made in C?", "How is an array made in C#?"),
        ("Who signs for Alice Example?", "Who signs for Bob Example?"),
    ],
)
def test_two_questions_of_one_template_both_stay(one, other):
    assert lost(Rows([row("a", one, LONG), row("b", other, LONG)]), near_duplicate=0.3) == {}


@pytest.mark.parametrize(("here", "there"), [("200", "300"), ("must", "must not"), ("by Ann Example", "by Bob Example")])
def test_two_long_answers_that_differ_in_a_fact_both_stay(here, there):
    assert lost(Rows([row("a", QUESTION, f"{LONG} {here} {LONG}"), row("b", QUESTION, f"{LONG} {there} {LONG}")])) == {}


def test_one_question_with_different_answers_stays_and_is_noted():
    verdicts = list(duplicates.compare(Rows([row("a", QUESTION, "Within 30 days."), row("b", QUESTION, "Ask the office.")]), Settings()))
    assert all(v.passed for v in verdicts)
    assert [v.detail for v in verdicts] == [{"same_question": ["b"]}, {"same_question": ["a"]}]


def test_different_questions_on_one_shown_passage_with_the_same_answer_both_stay():
    rows = Rows(
        [row(n, f"{LONG}\n\n{q}", "Yes.", meta={"context": "passage"}) for n, q in (("a", "Is tea free?"), ("b", "Is parking paid?"))]
    )
    assert lost(rows) == {}


def test_samples_for_different_trainers_are_no_duplicates():
    answer = Message("assistant", LONG)
    rows = Rows([row("a", QUESTION, LONG), row("b", QUESTION, LONG, rejected=[answer]), row("c", QUESTION, LONG, label=True)])
    assert lost(rows) == {}


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ("What is the limit?", "What's the limit?", ""),
        ("How many flights?", "How many flight?", ""),
        ("Which colour is allowed?", "Which color is allowed?", ""),
        ("限额是多少？", "请问限额是多少", ""),
        ("You must sign.", "You must not sign.", "a negation"),
        ("It is 5%.", "It is 5.", "a mark"),
        ("It is 200 euros.", "It is 300 euros.", "200 / 300"),
    ],
)
def test_twins_are_told_apart_by_what_carries_meaning(one, other, what):
    assert distinct(one, other) == what


def made(count: int) -> list[Sample]:
    rng = random.Random(7)
    vocabulary = ["".join(rng.choices("abcdefghijkl", k=6)) for _ in range(3000)]
    samples: list[Sample] = []
    while len(samples) < count:
        text = rng.choices(vocabulary, k=100)
        question = " ".join(rng.choices(vocabulary, k=8))
        copy = list(text)
        for place in rng.sample(range(100), rng.randint(0, 9)):
            copy[place] = rng.choice(vocabulary)
        samples += [row(f"{len(samples):04}", question, " ".join(text)), row(f"{len(samples) + 1:04}", question, " ".join(copy))]
    return samples


def test_near_duplicates_are_what_comparing_every_pair_finds():
    samples = made(120)
    sets = {s.id: set(pairwise(s.messages[1].content.split())) for s in samples}
    wanted = {b: a for a, b in combinations(sorted(sets), 2) if len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= 0.8}
    assert lost(Rows(samples)) == wanted
    assert len(wanted) > 30


def test_the_order_of_rows_changes_nothing():
    samples = made(60)
    wanted = lost(Rows(samples))
    random.Random(1).shuffle(samples)
    assert lost(Rows(samples)) == wanted


def test_chinese_near_duplicates_are_found():
    text = (
        "报销申请须在返回后三十天内提交，并附上全部票据原件以及由部门负责人签字的出差审批表，逾期提交的申请须说明原因，由财务部门另行审核。"
    )
    rows = Rows([row("a", "何时提交报销申请？", text), row("b", "请问何时提交报销申请", text.replace("以及", "和"))])
    assert lost(rows, near_duplicate=0.7) == {"b": "a"}
