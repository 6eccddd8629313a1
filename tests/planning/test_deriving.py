"""The plan of a corpus: its topics, audiences, genres and examples, made once and kept."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer

from curate.coverage import quotas_reached
from curate.errors import UsageError
from curate.generators import conversation, multihop, qa, reasoning, summary, unanswerable
from curate.pipeline import Built, Job, build
from curate.planning import Plan, Topic, derive, read, write
from curate.progress import Silent
from curate.records import Chunk, content_id
from curate.settings import Settings
from curate.workspace import Workspace

Start = Callable[..., ModelServer]
THEMES = {
    "Leave": "Annual leave is requested in the portal. Parental leave needs a certificate, sick leave a note after {} days.",
    "Pumps": "Pump P{} is primed before the motor starts. The impeller and the valve are checked for leaks.",
    "Travel": "A flight over {} hours is booked by the travel desk. Hotel receipts go with the expense claim.",
    "温室": "温室在{}度时打开通风窗，风速过大时关闭。番茄幼苗每天浇水。",
    "报销": "费用超过{}元须由预算负责人签字。票据应在次月提交财务审核。",
}


def corpus(count: int = 12) -> list[Chunk]:
    return [
        Chunk(
            content_id(theme, n),
            theme,
            n,
            [theme],
            text.format(n),
            0,
            99,
            path=f"{theme}.md",
            title=theme,
            language="en" if theme.isascii() else "zh",
        )
        for theme, text in THEMES.items()
        for n in range(count)
    ]


def derived(chunks: list[Chunk], **settings: object) -> Plan:
    return asyncio.run(derive(lambda: iter(chunks), None, Settings(**settings))).plan  # type: ignore[arg-type]


def test_topics_part_the_corpus_and_are_named_by_headings() -> None:
    plan = derived(corpus(), topics=10)
    for theme in THEMES:
        assert {plan.topic(c).split(" > ")[-1] for c in corpus() if c.title == theme} == {theme}
    assert sum(t.share for t in plan.topics) == pytest.approx(1, abs=0.01)


def test_the_plan_depends_on_the_corpus_and_not_on_its_order_and_comes_back_as_it_was(tmp_path: Path) -> None:
    plan = derived(corpus())
    assert write(plan) == write(derived(corpus()[::-1]))
    (tmp_path / "plan.json").write_text(write(plan), encoding="utf-8")
    assert read(tmp_path) == plan
    assert [read(tmp_path).topic(c) for c in corpus()] == [plan.topic(c) for c in corpus()]  # type: ignore[union-attr]


def test_audiences_are_of_the_languages_there_are_and_as_many_as_wanted() -> None:
    assert {a.language for a in derived(corpus(), audiences=3).audiences} == {"en", "zh"}
    assert len(derived(corpus()[:12], audiences=3).audiences) == 3
    assert derived(corpus(), audiences=0, topics=0) == Plan(
        audiences=[], topics=[], genres=derived(corpus()).genres, bearing=derived(corpus()).bearing, examples=derived([]).examples
    )


REPLIES = {
    "qa": qa.Pairs,
    "qa-think": qa.ThoughtPairs,
    "conversation": conversation.Conversations,
    "conversation-think": conversation.ThoughtConversations,
    "multihop": multihop.Questions,
    "reasoning": reasoning.Cases,
    "summary": summary.Summary,
    "unanswerable": unanswerable.Opens,
}


def quotes(value: object) -> list[str]:
    """Every quote in a reply, however deep."""
    if isinstance(value, list):
        return [q for v in value for q in ([v] if isinstance(v, str) else quotes(v))]
    return [q for k, v in value.items() for q in ([v] if k == "quote" else quotes(v))] if isinstance(value, dict) else []


def test_examples_are_replies_of_their_kind_and_quote_their_passages_in_both_languages() -> None:
    examples = derived([]).examples
    for language in ("en", "zh"):
        kinds = Counter(e.kind for e in examples if e.language == language)
        assert kinds == {"qa": 8, **dict.fromkeys(REPLIES.keys() - {"qa"}, 2)}
    for example in examples:
        reply = REPLIES[example.kind]
        assert reply.model_validate(example.reply, extra="forbid").model_dump() == example.reply
        ordered = json.dumps(reply.model_validate(example.reply).model_dump())
        assert json.dumps(example.reply) == ordered, "the fields stand in the order in which a model is to write them"
        assert all(quote in example.passage for quote in quotes(example.reply))


def test_a_topic_that_holds_most_of_the_corpus_is_asked_for_fewer_samples() -> None:
    topics = [Topic(["a"], ["pump"], 0.9), *(Topic([f"b{n}"], [f"word{n}"], 0.01) for n in range(9))]
    pump, other = (Chunk("c", "d", 0, [], text, 0, 9) for text in ("A pump.", "A wordy thing."))
    plan = Plan(topics=topics)
    assert (plan.thinned(pump, 8), plan.thinned(pump, 1), plan.thinned(other, 8)) == (5, 1, 8)


@pytest.mark.parametrize(
    ("text", "says"), [('{"topics": 3}', "topics"), ('{"topic": []}', "'topic'"), ("{", "not valid JSON"), ("[]", "not a plan")]
)
def test_a_plan_that_was_edited_into_none_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(UsageError, match=says):
        read(tmp_path)


def test_many_passages_are_planned_in_seconds() -> None:
    many = corpus(4000)
    began = time.monotonic()
    plan = derived(many)
    assert time.monotonic() - began < 20
    assert len(plan.topics) > 1


def built(sources: Path, out: Path, server: ModelServer, **settings: object) -> tuple[Built, Workspace]:
    values = {"workers": 1, "model": "test-model", "base_url": server.url, "concurrency": 8, **settings}
    workspace = Workspace.create(out)
    return build(Job([sources], workspace, Settings(**values), Silent())), workspace  # type: ignore[arg-type]


def pages(folder: Path) -> Path:
    folder.mkdir()
    for theme, text in THEMES.items():
        for n in range(5):
            body = "\n\n".join(f"## {theme} {n}{k}\n\n{text.format(10 * n + k)} Case {n}{k} is kept in folder {k}{n}." for k in range(4))
            (folder / f"{theme}-{n}.md").write_text(f"# {theme} {n}\n\n{body}\n", encoding="utf-8")
    return folder


def test_a_model_names_the_audiences_once_and_a_plan_that_a_person_edited_is_kept(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    _, workspace = built(pages(tmp_path / "docs"), tmp_path / "out", server, rounds=0, limit=5)
    asked, path = server.stats()["requests"], tmp_path / "out" / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    assert asked == 5 + 2
    assert {a["language"] for a in plan["audiences"]} == {"en", "zh"}
    plan["audiences"] = [{"name": "night watch", "needs": "has no time", "language": "en"}]
    path.write_text(json.dumps(plan), encoding="utf-8")
    _, workspace = built(tmp_path / "docs", tmp_path / "out", server, rounds=0, limit=5)
    assert {t.values["audience"][0] for t in workspace.tasks} == {"night watch"}
    built(tmp_path / "docs", tmp_path / "out", server, rounds=0, limit=5, replan=True)
    assert json.loads(path.read_text(encoding="utf-8"))["audiences"] != plan["audiences"]


def test_common_audiences_stand_in_where_the_model_names_none(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa", faults=[{"contains": "WHO will come", "do": "invalid_json"}])
    _, workspace = built(pages(tmp_path / "docs"), tmp_path / "out", server, rounds=0, limit=3, reply_attempts=1)
    assert "newcomer" in {a.name for a in read(workspace.path).audiences}  # type: ignore[union-attr]


def test_quotas_that_checks_upset_are_made_up_for_and_the_rest_of_the_text_is_asked_about(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    wanted = Settings(styles={"plain": 0.5, "short": 0.5}, difficulties={"easy": 1.0})
    settings = {"styles": wanted.styles, "difficulties": wanted.difficulties, "filters": ["length", "quality"], "fill": True}
    _, workspace = built(pages(tmp_path / "docs"), tmp_path / "out", server, **settings)
    tasks = list(workspace.tasks)
    focused = [t for t in tasks if t.values.get("focus")]
    assert focused
    again = [(t.chunk_ids[0], *t.values["makes_up"][1:]) for t in tasks if t.values.get("makes_up")]
    assert len(set(again)) == len(again)
    found = quotas_reached(workspace, wanted)
    assert {r.label for r in found.dimensions["style"]} == {"plain", "short"}
    assert all(abs(r.share - r.wanted) <= 0.05 for r in found.dimensions["style"])
    assert found.as_json()["difficulty"][0]["share"] == 1.0
    assert set(server.stats()["bodies"].values()) == {1}
