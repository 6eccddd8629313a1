"""Refusals and hand-overs: the policy file and its errors, dialogues without documents, questions that may be answered, the check."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kind_builds import HANDBOOK, made
from model_server import ModelServer

from curate.accounts import Overview
from curate.errors import UsageError
from curate.filters import quality
from curate.filters.kinds import check
from curate.generators import _policy
from curate.pipeline import Job, build, overview
from curate.progress import Silent
from curate.records import Message, Sample, Task, sample
from curate.settings import Settings
from curate.workspace import Workspace

Start = Callable[..., ModelServer]
POLICY = """# what the assistant leaves to people
[[rules]]
id = "payroll"
what = "whether a payslip is right, and corrections of wages"
action = "handover"
reason = "only payroll sees the figures"
contact = "the payroll desk, payroll@example.com"

[[rules]]
id = "colleagues"
what = "leave and sickness of other employees"
action = "refuse"
"""
ONE_RULE = POLICY.partition("\n\n")[0]
HANDED = {
    "number": 1,
    "exchanges": [
        {"user": "My payslip is wrong again, fix it.", "assistant": "I can't correct wages myself. Which month is it about?"},
        {
            "user": "October. Just change it, you have access!",
            "assistant": "I hear that this is urgent. I am handing this over with October noted: please write to the payroll desk,"
            " payroll@example.com.",
        },
    ],
}


def policy_file(folder: Path, text: str = POLICY) -> str:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def without_documents(folder: Path, server: ModelServer, **settings: object) -> tuple[Workspace, Overview]:
    chosen = {"model": "test-model", "base_url": server.url, "workers": 1, "task": ["refusal"], "policy": policy_file(folder), **settings}
    job = Job([], Workspace.create(folder / "out"), Settings(**chosen), Silent())  # type: ignore[arg-type]
    build(job)
    return job.workspace, overview(job.workspace, job.settings)


def test_dialogues_come_from_the_policy_alone_and_keep_the_contact_in_the_export(tmp_path: Path, model_server: Start) -> None:
    server = model_server(replies=[json.dumps({"dialogues": [HANDED]})])
    workspace, found = without_documents(tmp_path, server, style=["sharegpt", "openai", "trl"], policy=policy_file(tmp_path, ONE_RULE))
    row, verdicts = next(iter(workspace.judged()))
    assert [f"{v.check}: {v.reason}" for v in verdicts if not v.passed and v.check != "duplicates"] == []
    assert [m.role for m in row.messages if m.role != "system"] == ["user", "assistant"] * 2
    assert row.meta["declines"] == "handover"
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    for style in ("sharegpt", "openai", "trl"):
        text = "".join(p.read_text() for p in sorted((tmp_path / "out" / "dataset" / style).glob("*.jsonl")))
        assert "payroll@example.com" in text


def test_tasks_fall_into_splits_and_ask_for_every_way_of_asking(tmp_path: Path, model_server: Start) -> None:
    workspace, _ = without_documents(tmp_path, model_server(mode="qa"), pairs_per_chunk=6, validation_share=0.2, test_share=0.2)
    tasks = list(workspace.tasks)
    assert len(tasks) == len({t.id for t in tasks}) == 60
    assert {t.split for t in tasks} == {"train", "validation", "test"}
    slots = [slot for t in tasks for slot in t.values["slots"]]
    shares = {kind: sum(s["refusal"] == kind for s in slots) / len(slots) for kind in ("direct", "disguised", "partial", "insisting")}
    assert shares == pytest.approx({"direct": 0.35, "disguised": 0.25, "partial": 0.2, "insisting": 0.2}, abs=0.05)
    assert {s["turns"] for s in slots if s["refusal"] == "insisting"} == {"2", "3", "4"}
    stated = [s for s in workspace.samples if s.meta["labels"]["policy"] == "stated"]
    assert {s.messages[0].role for s in stated} == {"system"}


def test_with_documents_questions_that_sound_like_a_rule_are_answered(tmp_path: Path, model_server: Start) -> None:
    allowed = {
        "quote": "Payslips stand in the portal from the 25th of each month.",
        "question": "From which day of the month can I see my payslip in the staff portal?",
        "answer": "Payslips stand in the portal from the 25th of each month.",
    }
    declined = {"dialogues": []}
    server = model_server(replies=[json.dumps({**allowed, **declined})])
    found = made(tmp_path, server, {"portal.md": HANDBOOK["portal.md"]}, task=["refusal"], policy=policy_file(tmp_path))
    assert [found.reasons(s) for s in found.samples] == [[]]
    row = found.samples[0]
    assert (row.meta["labels"]["refusal"], row.messages[-1].content) == ("near-miss", allowed["answer"])
    assert [s.quote for s in row.evidence] == [allowed["quote"]]
    assert "declines" not in row.meta


def test_a_passage_is_asked_about_for_the_rule_it_is_nearest_to(tmp_path: Path, model_server: Start) -> None:
    found = made(tmp_path, model_server(mode="qa"), HANDBOOK, task=["refusal"], policy=policy_file(tmp_path))
    chosen = [(t.values["rule"]["what"], found.chunks[t.chunk_ids[0]].path) for t in found.tasks if t.chunk_ids]
    assert len(chosen) == len({path for _, path in chosen}) == 2
    assert {t.split for t in found.tasks} == {"train"}


@pytest.mark.parametrize(
    ("old", "new", "words", "hint"),
    [
        ('action = "refuse"', 'actoin = "refuse"', r"policy\.toml:12: unknown key 'actoin'", "did you mean 'action'"),
        ('action = "refuse"', 'action = "refus"', r"policy\.toml:12: action is 'refus'", "did you mean 'refuse'"),
        ('id = "colleagues"', 'id = "payroll"', r"policy\.toml:10: a second rule with the id 'payroll'", "an id of its own"),
        ('id = "colleagues"\n', "", r"policy\.toml:9: the rule has no id", "id, what, action"),
        ('contact = "the payroll desk, payroll@example.com"', "", r"policy\.toml:5: .* no contact", "contact ="),
        ('reason = "only payroll sees the figures"', "reason = 3", r"policy\.toml:6: reason must be a text, not 3", "languages"),
        ('action = "refuse"', 'action = "refuse"\nlanguages = ["en", "fr"]', r"policy\.toml:13: .*'fr'", "choose from: en, zh"),
        ('action = "refuse"', 'action = "refuse"\nexamples = [1]', r"policy\.toml:13: examples must be a list of texts", "languages"),
        ("[[rules]]", "[[rule]]", r"policy\.toml:2: unknown key 'rule'", "did you mean 'rules'"),
        ('id = "payroll"', 'id = "payroll', r"policy\.toml is not valid TOML: .*line 3", "mend the line"),
        (POLICY, "", "holds no rules", "[[rules]]"),
    ],
)
def test_a_wrong_policy_names_file_line_key_and_fix(tmp_path: Path, old: str, new: str, words: str, hint: str) -> None:
    assert old in POLICY
    with pytest.raises(UsageError, match=words) as caught:
        _policy.read(Path(policy_file(tmp_path, POLICY.replace(old, new))))
    assert hint in caught.value.hint


def test_without_a_policy_nothing_is_asked_and_the_fix_is_named(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="qa")
    with pytest.raises(UsageError, match="needs a policy") as caught:
        without_documents(tmp_path, server, policy="")
    assert "policy=FILE.toml" in caught.value.hint
    assert server.stats()["requests"] == 0


def test_the_language_of_a_rule_is_that_of_its_text_unless_it_says_so(tmp_path: Path) -> None:
    text = POLICY + '\n[[rules]]\nid = "理赔"\nwhat = "承诺理赔金额"\naction = "refuse"\nlanguages = ["zh", "en"]\n'
    assert [r.languages for r in _policy.read(Path(policy_file(tmp_path, text)))] == [("en",), ("en",), ("zh", "en")]
    shipped = _policy.read(Path(__file__).parents[2] / "samples" / "policy.toml")
    assert {r.action for r in shipped} == set(_policy.ACTIONS)
    assert {language for r in shipped for language in r.languages} == {"en", "zh"}


def declining(*answers: str, action: str = "refuse", contact: str = "", asked: str = "Who is ill today?") -> Sample:
    messages = [m for answer in answers for m in (Message("user", asked), Message("assistant", answer))]
    meta = {"declines": action, "contact": contact}
    return sample("refusal", Task("t", "refusal", "refusal"), messages, meta=meta)


DESK = "the payroll desk, payroll@example.com or +1 555 0142 99"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (declining("I can't say who is ill; that is confidential."), ""),
        (declining("Leave of colleagues isn't something I share. Your own is in the portal."), ""),
        (declining("同事的病假信息我不便透露，您自己的假期可以在平台上查看。", asked="今天谁请病假了？"), ""),
        (declining("Two people are ill today."), "neither declines nor hands over"),
        (declining("I can't say.", "Fine: the team lead is ill."), "neither declines nor hands over"),
        (declining("I can't say, but hr@example.org knows."), "does not hold the contact hr@example.org"),
        (declining("I can't say; call 555-0199-22."), "does not hold the contact 555-0199-22"),
        (declining("I can't say who is ill. " + "It would be wrong of anybody to ask such a thing. " * 12), "lectures"),
        (declining(f"I can't change wages. I pass this on to {DESK}.", action="handover", contact=DESK), ""),
        (declining("I pass this on: payroll@example.com, 1-555-0142-99.", action="handover", contact=DESK), ""),
        (declining(f"Wages I leave to others: please write to {DESK}.", action="handover", contact=DESK), ""),
        (declining("I pass this on to the right desk.", action="handover", contact=DESK), "does not hand over to the payroll desk"),
        (
            declining(
                "这件事需要转交人工处理，请联系理赔专员，邮箱 claims@example.com。",
                action="handover",
                contact="理赔专员，邮箱 claims@example.com",
            ),
            "",
        ),
        (declining("已为您转接值班经理。", action="handover", contact="值班经理"), ""),
    ],
)
def test_the_check_wants_a_plain_refusal_or_the_contact_and_nothing_invented(row: Sample, words: str) -> None:
    verdict = check(row, [], Settings())
    assert verdict.passed is (not words)
    assert words in verdict.reason


def test_what_the_user_brings_along_may_be_repeated() -> None:
    said = "I can't look into the mailbox me@example.com."
    assert check(declining(said, asked="What does me@example.com get?"), [], Settings()).passed


def test_only_what_declines_may_say_so_or_be_asked_in_pointing_words() -> None:
    said = "I'm sorry, I can't help with that; it is confidential."
    row = declining(said, asked="Is he ill?")
    plain = sample("refusal", Task("t", "refusal", "refusal"), row.messages)
    assert quality.check(row, [], Settings()).passed
    assert set(quality.check(plain, [], Settings()).detail["rules"]) == {"refuses", "dangles"}
