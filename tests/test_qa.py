"""How question-answer tasks are planned and how a model's pairs become samples."""

import asyncio
from collections.abc import Iterator

import pytest

from curate.generators import qa
from curate.generators._planned import MOST, pairs_for
from curate.generators.qa import Pair, Pairs, ThoughtPair, ThoughtPairs
from curate.planning import Audience, Example, Plan
from curate.records import Chunk, Sample, Task, Verdict
from curate.settings import Settings

TEXT = "The pump is primed before it is started. It is checked every 3 weeks by the shift lead."


def chunk(number: int, text: str = TEXT, document: str = "d", split: str = "train") -> Chunk:
    return Chunk(f"c{number}", document, number, ["Pumps"], text, 0, len(text), title="Handbook", path="a.md", language="en", split=split)


class View:
    def __init__(self, chunks: list[Chunk], turn: int = 0) -> None:
        self.round, self.found = turn, chunks
        self.plan = Plan(
            audiences=[Audience("new technician", "needs the steps")], examples=[Example("qa", "en", "A passage.", {"pairs": []})]
        )

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.found)

    def tasks(self) -> Iterator[Task]:
        return iter(())

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        return iter(())


class Asked:
    """Answers every ask with the same pairs and keeps what it was given."""

    def __init__(self, *pairs: Pair | ThoughtPair) -> None:
        self.pairs, self.values, self.language = list(pairs), {}, ""

    async def __call__(self, prompt: str, reply: type, values: dict[str, object], *, language: str = "en") -> Pairs | ThoughtPairs:
        self.values, self.language = values, language
        return reply(pairs=[p.model_dump() for p in self.pairs])


def planned(chunks: list[Chunk], **settings: object) -> list[Task]:
    return list(asyncio.run(qa.plan(View(chunks), None, Settings(**settings))))  # type: ignore[arg-type]


def made(asked: Asked, chunks: list[Chunk], **settings: object) -> list[Sample]:
    task = planned(chunks, **settings)[0]
    return asyncio.run(qa.generate(task, chunks, asked, Settings(**settings)))  # type: ignore[arg-type]


def test_a_passage_with_nothing_to_say_gets_no_task() -> None:
    assert planned([chunk(1, "## Heading"), chunk(2, ""), chunk(3)]) == planned([chunk(3)])


def test_more_statements_get_more_pairs_but_ever_fewer_each() -> None:
    counts = [pairs_for(" ".join(f"Valve number {n} opens at {n} kPa." for n in range(size))) for size in (2, 8, 24, 200)]
    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert counts[-1] == MOST


def test_a_quote_is_placed_in_the_document_even_when_spaces_and_case_differ() -> None:
    found = made(
        Asked(Pair(number=1, quote="it is checked  every 3 weeks", question="How often is the pump checked?", answer="Every 3 weeks.")),
        [chunk(1)],
    )
    assert [s.quote for s in found[0].evidence] == ["It is checked every 3 weeks"]
    assert TEXT[found[0].evidence[0].start : found[0].evidence[0].end] == "It is checked every 3 weeks"


def test_a_quote_that_is_not_there_is_kept_for_the_check_to_see() -> None:
    found = made(Asked(Pair(number=1, quote="never written", question="What is it?", answer="Nothing.")), [chunk(1)])
    span = found[0].evidence[0]
    assert (span.quote, span.start, span.end) == ("never written", 0, 0)


def test_the_prompt_is_asked_in_the_language_of_the_passage_with_its_place() -> None:
    asked = Asked()
    made(asked, [chunk(1)])
    assert asked.language == "en"
    assert asked.values["audience"] == ["new technician", "needs the steps"]
    assert asked.values["examples"] == [["A passage.", '{"pairs": []}']]
    assert (asked.values["path"], asked.values["title"], asked.values["headings"]) == ("a.md", "Handbook", ["Pumps"])


@pytest.mark.parametrize(("context", "shown"), [("none", False), ("passage", True)])
def test_the_passage_stands_in_the_row_where_the_settings_say_so(context: str, shown: bool) -> None:
    pair = Pair(number=1, quote="primed", question="When is the pump primed?", answer="Before it is started.")
    prompt = made(Asked(pair), [chunk(1)], context=context)[0].messages[0].content
    assert (TEXT in prompt) is shown
    assert prompt.endswith("When is the pump primed?")


def test_distractors_come_from_the_same_split_and_other_documents_first() -> None:
    chunks = [chunk(n, document=f"d{n % 3}", split="test" if n == 5 else "train") for n in range(6)]
    tasks = planned(chunks, context="passage", distractors=2)
    by_id = {c.id: c for c in chunks}
    for task in tasks:
        own, *others = [by_id[i] for i in task.chunk_ids]
        assert {c.split for c in others} <= {own.split}
        assert own.id not in {c.id for c in others}
        assert len(others) == (0 if own.split == "test" else 2)
        assert own.split == "test" or others[0].document_id != own.document_id


def test_a_sample_carries_the_labels_of_the_slot_it_was_written_for() -> None:
    slots = planned([chunk(1)])[0].values["slots"]
    found = made(Asked(Pair(number=2, quote="primed", question="When is it primed?", answer="Before the start.")), [chunk(1)])
    assert found[0].meta["labels"] == {**slots[1], "audience": "new technician"}


def test_thinking_is_kept_only_where_it_was_wanted() -> None:
    pairs = [
        ThoughtPair(number=n, quote="primed", question=f"When is pump {n} primed?", reasoning="It says so.", answer="Before the start.")
        for n in (1, 2)
    ]
    thinks = [slot["think"] == "yes" for slot in planned([chunk(1)], think=0.5)[0].values["slots"]]
    found = made(Asked(*pairs), [chunk(1)], think=0.5)
    assert [bool(s.messages[-1].reasoning) for s in found] == thinks
    assert sorted(thinks) == [False, True]


def test_demonstrations_show_the_other_questions_of_the_passage_with_their_answers() -> None:
    pairs = [Pair(number=n, quote="primed", question=f"When is pump {n} primed?", answer=f"Before start {n}.") for n in (1, 2)]
    prompt = made(Asked(*pairs), [chunk(1)], demonstrations=1.0)[0].messages[0].content
    assert prompt == "Question: When is pump 2 primed?\nAnswer: Before start 2.\n\nQuestion: When is pump 1 primed?"
