"""What the judges ask, and what they make of the answers."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from curate.filters import agreement, rubric
from curate.records import Chunk, Message, Sample, Task, Verdict, sample, span
from curate.settings import Settings

TEXT = "Pumps are primed before they are started. A pump is checked every 3 weeks by the shift lead. Spare seals lie in rack 7."
CHUNK = Chunk("c", "d", 0, ["Pumps"], TEXT, 0, len(TEXT), title="Handbook", path="a.md", language="en")


class Scripted:
    """Answers each prompt with what stands ready for it, and keeps what was asked in which role."""

    def __init__(self, **replies: BaseModel) -> None:
        self.replies = replies
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    async def __call__(self, prompt: str, reply: type, values: dict[str, Any], *, language: str, role: str) -> BaseModel:
        self.asked.append((prompt, role, values))
        return self.replies[prompt]


def row(asked: str, said: str, quote: str, **meta: object) -> Sample:
    at = TEXT.find(quote)
    messages = [Message("user", asked), Message("assistant", said)]
    kind = str(meta.pop("kind", "qa"))
    return sample(kind, Task("t", kind, kind), messages, chunks=[CHUNK], evidence=[span(CHUNK, at, at + len(quote))], meta=meta)


def agreed(one: Sample, ask: Scripted) -> Verdict:
    return asyncio.run(agreement.judge(one, [CHUNK], ask, Settings()))  # type: ignore[arg-type]


def scored(one: Sample, ask: Scripted, **settings: object) -> Verdict:
    return asyncio.run(rubric.judge(one, [CHUNK], ask, Settings(**settings)))  # type: ignore[arg-type]


def second(answer: str, *, answerable: bool = True) -> agreement.Answer:
    return agreement.Answer(reason="So it stands.", answerable=answerable, answer=answer)


def test_the_second_call_sees_the_whole_sentence_of_the_quote_but_neither_the_answer_nor_the_rest() -> None:
    ask = Scripted(answer=second("Every 3 weeks."))
    assert agreed(row("How often is a pump checked?", "Every three weeks.", "every 3 weeks"), ask).passed
    prompt, role, values = ask.asked[0]
    assert (prompt, role) == ("answer", "answer")
    assert values["pieces"] == [{"place": "Handbook > Pumps", "text": "A pump is checked every 3 weeks by the shift lead."}]
    assert "three" not in str(values)


def test_equal_figures_agree_without_a_judge_and_other_figures_disagree_without_one() -> None:
    same, other = Scripted(answer=second("Every three weeks.")), Scripted(answer=second("Every 4 weeks."))
    asked = row("How often is a pump checked?", "Every 3 weeks.", "every 3 weeks")
    assert agreed(asked, same).passed
    verdict = agreed(asked, other)
    assert not verdict.passed
    assert verdict.reason == "a second answer from the evidence says 4, not 3"
    assert [prompt for prompt, _, _ in same.asked + other.asked] == ["answer", "answer"]


@pytest.mark.parametrize(
    ("verdict", "passes"), [("same", True), ("second says more", False), ("first says more", False), ("different", False)]
)
def test_answers_in_words_are_compared_by_the_judge(verdict: Any, passes: bool) -> None:
    ask = Scripted(answer=second("By the lead of the shift."), agree=agreement.Comparison(reason="Because.", verdict=verdict))
    found = agreed(row("Who checks the pumps?", "The shift lead.", "by the shift lead"), ask)
    assert found.passed is passes
    assert ask.asked[1][:2] == ("agree", "judge")
    assert passes or found.reason == f"a second answer from the evidence differs ({verdict}): Because."


@pytest.mark.parametrize(
    ("question", "first", "other", "settled"),
    [
        ("多少钱？", "800元。", "八百元", ""),
        ("How long does the update take?", "12 minutes.", "The update is 12 minutes", ""),
        ("How soon?", "Within 5 days.", "After 5 days.", None),
        ("Before or after 3 March?", "Before 4 March.", "After 4 March.", None),
        ("Do I not need forms?", "You need 2 forms.", "You do not need 2 forms.", None),
        ("How cold?", "5 °C.", "-5 °C.", None),
        ("应当在多长时间内通知客户？", "两小时内。", "如果是药品，两小时内。", None),
        ("How many?", "One sensor.", "All eight sensors.", None),
        ("Which drill?", "1. Take one of 8 mm.", "6 mm", "a second answer from the evidence says 6, not 8"),
        ("How?", "Hold the reset button for 10 seconds, then wait until the display says ready.", "Wait 5 minutes first.", None),
    ],
)
def test_code_settles_only_what_leaves_no_doubt(question: str, first: str, other: str, settled: str | None) -> None:
    assert agreement.by_figures(question, first, other) == settled
    if not settled:
        assert agreement.by_figures(question, other, first) == settled


def test_a_piece_comes_with_the_headings_above_it_and_the_header_of_its_table() -> None:
    text = (
        "## Wiring\n\n### Mains\n\nUse 2 wires.\n\n### Blocks\n\n"
        "| Block | Limit |\n| --- | --- |\n| X1 | 10 A |\n| X2 | 4 A |\n| X3 | 2 A |\n\nDone."
    )
    chunk = Chunk("c", "d", 0, ["Wiring"], text, 0, len(text), title="Guide", path="g.md", language="en")
    at = text.find("| X2")
    messages = [Message("user", "What may X2 carry?"), Message("assistant", "4 A")]
    one = sample("qa", Task("t", "qa", "qa"), messages, chunks=[chunk], evidence=[span(chunk, at, at + 12)], meta={})
    ask = Scripted(answer=second("4 A"))
    asyncio.run(agreement.judge(one, [chunk], ask, Settings()))  # type: ignore[arg-type]
    table = "| Block | Limit |\n| --- | --- |\n…\n| X2 | 4 A |"
    assert ask.asked[0][2]["pieces"] == [{"place": "Guide > Wiring > Blocks", "text": table}]


def test_pieces_of_several_passages_each_say_where_they_stand() -> None:
    other = Chunk("e", "f", 0, ["Costs"], "A seal costs 5 dollars.", 0, 23, title="Prices", path="b.md", language="en")
    messages = [Message("user", "What do seals cost and where are they?"), Message("assistant", "5 dollars, rack 7.")]
    at = TEXT.find("rack 7")
    spans = [span(CHUNK, at, at + 6), span(other, 0, 6)]
    one = sample("multihop", Task("t", "multihop", "multihop"), messages, chunks=[CHUNK, other], evidence=spans, meta={})
    ask = Scripted(answer=second("", answerable=False))
    assert not asyncio.run(agreement.judge(one, [CHUNK, other], ask, Settings())).passed  # type: ignore[arg-type]
    assert [piece["place"] for piece in ask.asked[0][2]["pieces"]] == ["Handbook > Pumps", "Prices > Costs"]


def test_evidence_that_does_not_answer_fails_the_sample() -> None:
    found = agreed(row("Who made the pumps?", "A factory.", "Pumps"), Scripted(answer=second("", answerable=False)))
    assert (found.passed, found.reason) == (False, "the evidence alone does not answer the question: So it stands.")


def test_an_unanswerable_question_must_stay_so_with_the_whole_passage_in_view() -> None:
    one = row("What do seals cost?", "The handbook does not say.", "Spare seals", unanswerable=True, kind="unanswerable")
    unknown = Scripted(answer=second("", answerable=False))
    assert agreed(one, unknown).passed
    assert unknown.asked[0][2]["pieces"] == [{"place": "Handbook > Pumps", "text": TEXT}]
    assert agreed(one, Scripted(answer=second("5 dollars."))).reason == "the passage does answer it: “5 dollars.”"


def scores(relevance: int, correctness: int, completeness: int, clarity: int) -> rubric.Rubric:
    given = {"relevance": relevance, "correctness": correctness, "completeness": completeness, "clarity": clarity}
    return rubric.Rubric(**{k: rubric.Aspect(reason=f"{k} is so.", score=v) for k, v in given.items()})


@pytest.mark.parametrize(
    ("given", "threshold", "passes"),
    [
        ((4, 4, 4, 4), 4.0, True),
        ((5, 3, 5, 5), 4.0, False),
        ((3, 4, 3, 3), 4.0, False),
        ((5, 5, 2, 5), 4.0, False),
        ((2, 5, 5, 5), 4.0, False),
        ((3, 3, 3, 3), 3.0, True),
    ],
)
def test_every_aspect_must_reach_the_threshold(given: tuple[int, int, int, int], threshold: float, passes: bool) -> None:
    one = row("Where are the seals?", "In rack 7.", "rack 7")
    found = scored(one, Scripted(judge=scores(*given)), judge_threshold=threshold)
    assert found.passed is passes
    assert found.score == (sum(given) / 4 - 1) / 4
    assert found.detail["clarity"] == [given[3], "clarity is so."]


def test_the_reason_names_the_worst_aspect_with_what_the_judge_said() -> None:
    found = scored(row("Where are the seals?", "In rack 7.", "rack 7"), Scripted(judge=scores(5, 2, 3, 5)))
    assert found.reason == "correctness 2 of 5: correctness is so."


def test_the_judge_sees_the_source_and_the_question_without_the_passages_of_the_row() -> None:
    ask = Scripted(judge=scores(5, 5, 5, 5))
    one = row(f"Answer from this.\n\n{TEXT}\n\nQuestion: Where are the seals?", "In rack 7.", "rack 7", question="Where are the seals?")
    assert scored(one, ask).passed
    values = ask.asked[0][2]
    assert values["question"] == "Where are the seals?"
    assert values["sources"][0]["text"] == TEXT


def test_what_no_model_wrote_is_not_judged() -> None:
    ask = Scripted()
    assert scored(row("Hi", "Hello!", "Pumps", kind="imported"), ask).passed
    assert ask.asked == []
