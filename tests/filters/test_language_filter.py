import json

import pytest

from curate.filters import language
from curate.records import Chunk, Message, Sample
from curate.settings import Settings

ENGLISH = "The traveller must hand in every receipt within thirty days of the return."
GERMAN = "Der Reisende muss alle Belege innerhalb von dreißig Tagen nach der Rückkehr einreichen."
CHINESE = "出差人员须在返回后三十天内提交全部票据和报销申请表。"


def verdict(question: str, answer: str, document: str = "en", passage: str = "", **settings):
    sample = Sample("s1", "qa", "t1", [Message("user", question), Message("assistant", answer)])
    chunk = Chunk("c1", "d1", 0, [], passage, 0, len(passage), language=document)
    return language.check(sample, [chunk], Settings(**settings))


@pytest.mark.parametrize(("text", "code"), [(ENGLISH, "en"), (GERMAN, "de"), (CHINESE, "zh")])
def test_the_language_of_the_document_passes(text, code):
    assert verdict(text, text, code).passed


@pytest.mark.parametrize(
    ("text", "document", "found"), [(GERMAN, "en", "de"), (CHINESE, "en", "zh"), (ENGLISH, "zh", "en"), (ENGLISH, "de", "en")]
)
def test_another_language_fails_and_is_named(text, document, found):
    wrong = verdict("What?", text, document)
    assert (wrong.passed, wrong.detail) == (False, {"language": found})
    assert wrong.reason == f"the answer is in {found}, not in {document}"


def test_the_languages_asked_for_stand_above_the_document():
    assert verdict(CHINESE, CHINESE, "en", languages=["zh"]).passed
    assert not verdict(ENGLISH, ENGLISH, "en", languages=["zh"]).passed


@pytest.mark.parametrize(
    "answer",
    [
        "42",
        "International Business Machines Corporation",
        "`pip install --upgrade some-package another-package and-one-more`",
        "使用 kubectl get pods --all-namespaces -o wide 命令查看所有命名空间。",
        "他说“The traveller must hand in every receipt within thirty days of the return”，然后离开。",
        "```python\nfor line in open(path):\n    print(line.strip().lower().split(','))\n```",
    ],
)
def test_numbers_names_code_and_quotes_are_in_no_wrong_language(answer):
    assert verdict("这是什么意思？请说明。", answer, "zh").passed


def test_what_the_passage_itself_says_is_in_no_wrong_language():
    assert verdict("原文的说法是什么？", ENGLISH, "zh", passage=f"规定如下：{ENGLISH}").passed


def test_of_an_answer_in_json_only_what_its_writer_worded_has_a_language():
    rules = [{"subject": f"heat.{name}", "value": f"{name} 5 to 35", "condition": None} for name in ("day", "night", "frost", "start")]
    passage = "\n".join(f"heat.{r['subject']}: {r['value']}" for r in rules)
    assert verdict("What?", json.dumps({"rules": rules}), "en", passage=passage).passed
    assert verdict("What?", json.dumps({"reason": ENGLISH, "action": "deny"}), "en").passed
    assert not verdict("What?", json.dumps({"reason": GERMAN, "action": "deny"}), "en").passed


def test_without_a_known_language_nothing_is_decided():
    assert verdict(GERMAN, ENGLISH, "").reason == "no language known"
