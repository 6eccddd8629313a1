"""Which labels a passage is asked for: what it bears, in shares that all passages together keep."""

from collections import Counter

import pytest

from curate.planning import Fitting, Plan, Tally, borne, quotas, slots
from curate.settings import Settings

BEARING = {"question": {"": 0.2, "numeric": 0.3, "comparison+numeric+why": 0.4, "definition+how-to": 0.1}}


@pytest.mark.parametrize(
    ("text", "bears", "lacks"),
    [
        ("1. Turn the key.\n2. Pull the lever.\n", {"how-to"}, {"numeric", "why", "comparison", "definition"}),
        ("The fee is 40 euros for each day.", {"numeric"}, {"how-to", "why"}),
        ("It lasts three months.", {"numeric"}, {"how-to"}),
        ("The door stays shut because the room is cooled.", {"why"}, {"numeric", "comparison"}),
        ("Priming means filling the pump with water.", {"definition"}, {"numeric"}),
        ("| a | b |\n| --- | --- |\n| cup | 3 € |\n| pot | 9 € |\n", {"comparison", "numeric"}, {"how-to", "why"}),
        ("水泵每三个月检查一次。", {"numeric"}, {"why", "definition"}),
        ("灌泵是指在启动之前注满水，目的是排出空气。", {"definition", "why"}, {"numeric"}),
        ("首先打开阀门，然后启动水泵。", {"how-to"}, {"numeric"}),
    ],
)
def test_a_passage_bears_what_stands_in_it(text: str, bears: set[str], lacks: set[str]) -> None:
    found = borne(text)["question"]
    assert bears <= found
    assert not lacks & found


def test_quotas_are_kept_although_no_passage_is_asked_for_what_it_cannot_bear() -> None:
    wanted = quotas(Settings(), "question")
    fitting = Fitting(wanted, Plan(bearing=BEARING))
    asked: Counter[str] = Counter()
    for pattern, share in BEARING["question"].items():
        held = frozenset(pattern.split("+"))
        for n in range(round(2000 * share)):
            for slot in slots(f"{pattern}{n}", 3, fitting.to({"question": held, "difficulty": frozenset()})):
                assert slot["question"] in held | {"factual"}
                asked[slot["question"]] += 1
    for label in ("numeric", "why", "comparison"):
        assert asked[label] / asked.total() == pytest.approx(wanted["question"][label], abs=0.03)


def test_labels_of_a_users_own_suit_every_passage() -> None:
    fitting = Fitting(quotas(Settings(questions={"riddle": 0.5, "factual": 0.5}), "question"), Plan(bearing=BEARING))
    assert fitting.to(borne(""))["question"] == {"riddle": 0.5, "factual": 0.5}


def tally(planned: dict[str, int], reached: dict[str, int]) -> Tally:
    return Tally(Counter({("style", k): n for k, n in planned.items()}), Counter({("style", k): n for k, n in reached.items()}))


def test_what_misses_its_share_is_asked_for_by_its_yield() -> None:
    wanted = {"style": {"plain": 0.8, "noisy": 0.2}}
    assert tally({"plain": 800, "noisy": 200}, {"plain": 800, "noisy": 195}).lacking(wanted, 1) == {}
    lacking = tally({"plain": 800, "noisy": 200}, {"plain": 800, "noisy": 100}).lacking(wanted, 1)
    assert set(lacking) == {("style", "noisy")}
    added = lacking["style", "noisy"] * 0.5
    assert (100 + added) / (900 + added) == pytest.approx(0.2, abs=0.02)


def test_a_label_that_nothing_passes_of_is_given_up() -> None:
    wanted = {"style": {"plain": 0.8, "noisy": 0.2}}
    assert tally({"plain": 800, "noisy": 200}, {"plain": 800, "noisy": 1}).lacking(wanted, 1) == {}
    tried = tally({"plain": 80, "noisy": 20}, {"plain": 80, "noisy": 10})
    tried.made_up.add((1, ("style", "noisy")))
    assert tried.lacking(wanted, 2) == {}
    tried.gained[1, ("style", "noisy")] = 1
    assert tried.lacking(wanted, 2)
