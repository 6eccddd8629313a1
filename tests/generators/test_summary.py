"""Summaries: of passages and sections, of the wished length, asked for in many ways, with the text in the row."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kind_builds import made, reply
from model_server import ModelServer

from curate.filters.kinds import check
from curate.generators._requests import REQUESTS, request, wish
from curate.generators.summary import joined, wished
from curate.records import Chunk, Json, Message, Task, Verdict, sample
from curate.settings import Settings

Start = Callable[..., ModelServer]
SENTENCES = [
    "Pump P1 is primed before it is started, and the shift lead checks that no air is left in the housing.",
    "The suction valve stays open while the pump runs, or the pump loses its prime within two minutes.",
    "The seal is replaced every 4000 hours of operation, and the replacement is written into the log book.",
    "A pump that runs dry is stopped at once by the flow switch, which reports the alarm P7 to the control room.",
    "Only the maintenance team may bridge the flow switch, for 10 minutes at most and with a second person present.",
    "After every alarm the strainer is cleaned, because most alarms come from leaves that the river carries in.",
]
SECTION = "# Pump station\n\n## Operation\n\n" + "\n\n".join(
    f"### Rule {n}\n\n{s} {t}" for n, (s, t) in enumerate(zip(SENTENCES, SENTENCES[1:] + SENTENCES[:1], strict=True))
)
CHINESE = (
    "水泵在启动之前必须灌满水，值班负责人检查泵体内没有空气。吸入阀在运行期间保持打开，否则水泵会在两分钟内失去灌注。密封件每运行四千小时更换一次，并记入运行日志。"
    * 4
)


def test_passages_and_sections_are_summed_up_with_their_text_in_the_row(tmp_path: Path, model_server: Start) -> None:
    answer = "Pump P1 is primed before it is started, its seal is replaced every 4000 hours, and the flow switch stops it when it runs dry."
    quotes = ["The seal is replaced every 4000 hours of operation", "stopped at once by the flow switch"]
    found = made(
        tmp_path, model_server(replies=reply(quotes=quotes, answer=answer)), {"pump.md": SECTION}, task=["summary"], chunk_tokens=250
    )
    scopes = [s.meta["labels"]["scope"] for s in found.samples]
    assert {"passage", "section"} <= set(scopes)
    for row in found.samples:
        text = joined([found.chunks[i] for i in row.chunk_ids])
        assert text in row.messages[0].content
        assert row.messages[0].content != text
        assert row.meta["context"] == "passage"
        assert row.evidence
    passed = [s for s in found.samples if not found.reasons(s)]
    assert {s.meta["length"]["unit"] for s in passed} <= {"sentence", "words"}
    assert len(found.rows) == len(passed) > 0


def test_a_short_passage_is_not_summed_up(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(mode="qa"), {"gate.md": f"# Gate\n\n{SENTENCES[0]}"}, task=["summary"])
    assert found.tasks == []


def test_an_empty_reply_makes_no_sample(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(replies=reply(quotes=[], answer="")), {"pump.md": SECTION}, task=["summary"])
    assert found.samples == []
    assert {s.name: s.skipped for s in found.found.stages}["tasks"] == len(found.tasks) > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_requests_are_many_and_each_holds_its_wish_once(language: str) -> None:
    wishes = [wish(language, unit, count) for unit, count in (("sentence", 1), ("bullets", 3), ("words", 50))]
    texts = [request(language, n, words) for n in range(len(REQUESTS[language])) for words in wishes]
    assert len(set(texts)) == len(texts) >= 24
    assert all(sum(text.lower().count(words.lower()) for words in wishes) == 1 for text in texts)


@pytest.mark.parametrize(("text", "most"), [(" ".join(SENTENCES), 40), (CHINESE, 120)])
def test_a_wished_number_of_words_is_far_below_the_length_of_the_text(text: str, most: int) -> None:
    lengths = [wished(str(n), "words", text) for n in range(30)]
    assert {length["unit"] for length in lengths} == {"words"}
    assert max(length["count"] for length in lengths) <= most
    assert wished("key", "words", "Two words.") == {"unit": "sentence", "count": 1}


def test_what_a_passage_repeats_of_the_one_before_stands_once() -> None:
    text = "One stands here. Two stands here. Three stands here."
    chunks = [Chunk("a", "d", 0, [], text[:33], 0, 33), Chunk("b", "d", 1, [], text[17:], 17, len(text))]
    assert joined(chunks).count("Two stands here.") == 1


def judged(said: str, length: Json) -> Verdict:
    text = " ".join(SENTENCES)
    chunk = Chunk("c", "d", 0, [], text, 0, len(text), language="en")
    messages = [Message("user", f"Sum this up.\n\n{text}"), Message("assistant", said)]
    row = sample("summary", Task("t", "summary", "summary"), messages, chunks=[chunk], meta={"length": length, "context": "passage"})
    return check(row, [chunk], Settings())


@pytest.mark.parametrize(
    ("said", "length", "words"),
    [
        ("Pumps are primed first, and seals replaced every 4000 hours.", {"unit": "sentence", "count": 1}, ""),
        (
            "Pumps are primed first. Seals are replaced every 4000 hours.",
            {"unit": "sentence", "count": 1},
            "2 sentences, one was wished for",
        ),
        ("- Prime it.\n- Keep it open.\n- Replace the seal.", {"unit": "bullets", "count": 3}, ""),
        ("- Prime it.\n- Keep it open.", {"unit": "bullets", "count": 3}, "2 bullet points and 0 other lines, 3 points were wished for"),
        ("Here it is:\n- Prime it.\n- Keep it open.\n- Seal.", {"unit": "bullets", "count": 3}, "3 bullet points and 1 other lines"),
        (" ".join(["word"] * 33) + ".", {"unit": "words", "count": 30}, ""),
        (" ".join(["word"] * 50) + ".", {"unit": "words", "count": 30}, "50 words, about 30 were wished for"),
        ("水泵启动前要灌满水。" * 6, {"unit": "words", "count": 60}, ""),
        (" ".join(SENTENCES[:5]), {}, "hardly shorter than its text"),
    ],
)
def test_a_summary_keeps_to_the_wished_length(said: str, length: Json, words: str) -> None:
    assert words in judged(said, length).reason
    assert judged(said, length).passed is (not words)
