"""Novelty: what is like an instruction that is kept, what text cannot do, and instances that contradict each other."""

import random
import time

import pytest

from curate.filters import novelty
from curate.records import Message, Sample, Verdict
from curate.settings import Settings
from curate.text import Texts, rouge_l


class Rows(list[Sample]):
    def rank(self, sample_id: str) -> tuple[float | str, ...]:
        return (sample_id,)


def row(instruction: str, output: str = "Done.", given: str = "", task: str = "t1", **meta: object) -> Sample:
    asked = f"{instruction}\n\n{given}" if given else instruction
    own = {"instruction": instruction, "input": given, **meta}
    return Sample(
        f"{task} {instruction} {given} {output}", "instruct", task, [Message("user", asked), Message("assistant", output)], meta=own
    )


def judged(*rows: Sample) -> list[Verdict]:
    return list(novelty.compare(Rows(rows), Settings()))


def reason(*rows: Sample) -> str:
    return judged(*rows)[-1].reason


def test_a_new_instruction_is_kept() -> None:
    assert reason(row("Describe how a lock on a canal lifts a boat.")) == ""
    assert reason(row("请说明运河上的船闸怎样把船抬高。")) == ""


def test_the_first_of_two_alike_is_kept_and_the_reason_names_it_with_the_score() -> None:
    first, second = judged(row("Explain how a tide mill works."), row("Explain how an old tide mill works.", task="t2"))
    assert first.passed
    assert not second.passed
    assert "Explain how a tide mill works." in second.reason
    assert second.score == second.detail["rouge_l"] == pytest.approx(2 * 5 / 13, abs=1e-4)


def test_chinese_is_compared_by_characters() -> None:
    assert "ROUGE-L" in reason(row("请解释潮汐磨坊的工作原理。"), row("请你解释潮汐磨坊的工作原理。", task="t2"))
    assert reason(row("请解释潮汐磨坊的工作原理。"), row("写一首关于冬天早晨的短诗。", task="t2")) == ""


def test_seed_tasks_count_as_kept() -> None:
    assert "ROUGE-L" in reason(row("Explain why some bridges have expansion joints."))


def test_several_instances_of_one_instruction_stay() -> None:
    one = row("Is the tide rising or falling?", "rising", "Water covers the steps.", choices=["rising", "falling"])
    other = row("Is the tide rising or falling?", "falling", "The mud lies bare.", choices=["rising", "falling"])
    assert [v.reason for v in judged(one, other)] == ["", ""]


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        (row("Swim."), "an instruction of 1 words"),
        (row("去游泳"), "an instruction of 3 characters"),
        (row("Say " + "very " * 160 + "much."), "an instruction of 162 words"),
        (row(", then tell how bread is baked."), "begins with ','"),
        (row("Draw a picture of a mill at dusk."), "what text cannot do"),
        (row("Describe the attached photo in two sentences."), "what text cannot do"),
        (row("Open the file and count its lines."), "what text cannot do"),
        (row("请根据下面的图片写一段话。"), "what text cannot do"),
        (row("请绘制一张展示销量的柱状图。"), "what text cannot do"),
        (row("Repeat what the ferryman says.", "All aboard!", "All aboard!"), "the answer is the input"),
        (row("Is the tide rising or falling?", "Up.", "Wet steps.", choices=["rising", "falling"]), "none of the labels"),
    ],
)
def test_what_teaches_nothing_is_told(sample: Sample, says: str) -> None:
    assert says in reason(sample)


@pytest.mark.parametrize(
    "instruction",
    [
        "How is a video camera protected from frost?",
        "Explain what a log file is for.",
        "怎样保存旧照片才不会褪色？",
        "Draft a reply to a late guest.",
    ],
)
def test_words_for_pictures_and_files_may_be_what_a_task_is_about(instruction: str) -> None:
    assert reason(row(instruction)) == ""


def test_the_same_input_with_another_answer_is_a_contradiction() -> None:
    rows = (row("Sort the words by length.", "a, bc", "bc, a"), row("Sort the words by length.", "bc first", "bc, a"))
    assert reason(*rows) == "the same input has another answer already"


def test_other_kinds_pass_untouched() -> None:
    assert judged(Sample("s1", "qa", "t1", [Message("user", "Swim."), Message("assistant", "No.")]))[0].passed


def test_the_nearest_text_is_the_one_that_comparing_with_each_finds() -> None:
    draw = random.Random(3)
    vocabulary = [f"w{n}" for n in range(30)]
    for _ in range(100):
        texts, held = Texts(), []
        for _ in range(30):
            held.append(" ".join(draw.choices(vocabulary, k=draw.randint(1, 10))))
            texts.add(held[-1])
        asked = " ".join(draw.choices([*vocabulary, "unknown"], k=draw.randint(1, 10)))
        best = max(held, key=lambda text: rouge_l(asked, text))
        found = texts.nearest(asked, 0.5)
        assert found == ((best, pytest.approx(rouge_l(asked, best))) if rouge_l(asked, best) >= 0.5 else None)


def test_thousands_of_instructions_are_compared_in_seconds() -> None:
    draw = random.Random(1)
    weights = [1 / (n + 1) for n in range(20_000)]
    made = [" ".join(f"w{n}" for n in draw.choices(range(20_000), weights, k=draw.randint(6, 40))) for _ in range(3_000)]
    texts, began = Texts(), time.process_time()
    for text in made:
        if texts.nearest(text, 0.7) is None:
            texts.add(text)
    assert len(texts) > 2_900
    assert time.process_time() - began < 5
