import json

import pytest

from curate.filters import grounded
from curate.records import Chunk, Message, Sample, Span, span
from curate.settings import Settings

PASSAGE = (
    "Travel claims must be filed within 30 days. The nightly limit for hotels is 1,200 kronor, of which 50 percent is paid in advance.\n"
    "The rule applies from 3 May 2024. There are three forms: the claim, the receipt and the report."
)
CHINESE = "报销申请须在三十天内提交。住宿标准为每晚1200元，其中百分之五十预付。本规定自2024年5月3日起施行。"


def chunk(text: str = PASSAGE, start: int = 100) -> Chunk:
    return Chunk("c1", "d1", 0, ["Travel"], text, start, start + len(text))


def verdict(answer: str, passage: str = PASSAGE, question: str = "What is the rule?", kind: str = "qa", reasoning: str = "", **more):
    turns = [Message("user", question), Message("assistant", answer, reasoning)]
    sample = Sample("s1", kind, "t1", turns, **more)
    return grounded.check(sample, [chunk(passage)], Settings())


@pytest.mark.parametrize(
    "answer",
    [
        "The nightly limit for hotels is 1200 kronor.",
        "Claims must be filed within thirty days, that is 30 days.",
        "50% is paid in advance.",
        "The rule applies from May 3, 2024.",
        "The rule applies from 2024.",
        "There are 3 forms:\n1. the claim\n2. the receipt\n3. the report",
    ],
)
def test_what_the_passage_says_in_other_forms_passes(answer):
    assert verdict(answer).reason == ""


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("It runs from shipping.", "The warranty of a sensor begins to run on shipping."),
        ("The plug is exchanged.", "To mend it, exchange the plug."),
        ("Both wires are stripped.", "Strip both wires."),
    ],
)
def test_a_word_with_another_ending_is_the_same_word(answer, passage):
    assert verdict(answer, passage, "What is done?").reason == ""


@pytest.mark.parametrize("answer", ["每晚1,200元。", "须在30天内提交。", "50%预付。", "自2024年5月3日起施行。"])
def test_chinese_numbers_agree_in_any_form(answer):
    assert verdict(answer, CHINESE).reason == ""


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("Claims must be filed within 90 days.", "90"),
        ("The nightly limit for hotels is 1,300 kronor.", "1300"),
        ("须在60天内提交报销申请。", "60"),
    ],
)
def test_a_number_that_the_passage_does_not_hold_fails_and_is_named(answer, number):
    wrong = verdict(answer, PASSAGE if answer.isascii() else CHINESE)
    assert not wrong.passed
    assert f"the passage does not hold {number}" in wrong.reason
    assert wrong.detail == {"missing": [number]}


def test_a_date_with_another_month_fails():
    assert "2024-06-03" in verdict("The rule applies from June 3, 2024.").reason


def test_an_answer_to_another_passage_fails_by_its_words():
    wrong = verdict("Photosynthesis converts light energy into chemical energy.")
    assert not wrong.passed
    assert wrong.score == 0
    assert "the passage holds 0% of the answer's words" in wrong.reason


def test_the_score_is_the_share_of_what_the_answer_adds_and_each_word_of_a_short_one_counts():
    assert verdict("Travel claims must be filed within 30 days.").score == 1
    assert verdict("Travel claims: bananas and oranges.").score == pytest.approx(0.5 / 3, abs=1e-4)
    assert verdict("Yes.", question="Must claims be filed?").score is None


def test_evidence_must_stand_at_its_offsets():
    own = chunk()
    good = span(own, 0, 43)
    answer = "Claims must be filed within 30 days."
    assert verdict(answer, evidence=[good]).passed
    moved = Span("d1", good.start + 5, good.end + 5, good.quote)
    assert "stands elsewhere" in verdict(answer, evidence=[moved]).reason
    invented = Span("d1", good.start, good.end, "Claims may be filed at any time")
    assert "does not hold the evidence" in verdict(answer, evidence=[invented]).reason
    assert not verdict(answer, evidence=[Span("another", good.start, good.end, good.quote)]).passed


def test_evidence_may_differ_in_case_space_and_punctuation():
    quote = Span("d1", 100, 143, "travel  claims must be filed within 30 days")
    assert verdict("Within 30 days.", evidence=[quote]).passed


def test_a_models_answer_needs_evidence():
    assert verdict("Claims must be filed within 30 days.", replies=["r1"]).reason == "no evidence"


def test_a_sample_without_chunks_has_no_source():
    sample = Sample("s1", "instruct", "t1", [Message("user", "Write a poem."), Message("assistant", "Roses are red.")], replies=["r1"])
    assert grounded.check(sample, [], Settings()).reason == "no source"


def test_an_answer_that_says_there_is_none_is_not_compared():
    passed = verdict("Nothing is known about penguins there.", meta={"unanswerable": True}, replies=["r1"])
    assert passed.passed
    assert passed.score is None


def test_what_a_tool_answered_is_a_source():
    turns = [Message("user", "How warm is it?"), Message("tool", '{"temperature": 21}'), Message("assistant", "The temperature is 21.")]
    assert grounded.check(Sample("s1", "agent", "t1", turns), [chunk()], Settings()).passed


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("5 kilometres", "The track is 5 km long."),
        ("全长5公里。", "全长 5 km 的道路。"),
        ("Twenty per cent is kept.", "Of this, 20 % is kept."),
        ("Thirty days.", "Claims stand for 30 days."),
        ("It takes ninety minutes.", "The course takes ninety minutes or more."),
        ("Within 10 to 20 days.", "Reply within 10-20 days."),
        ("It costs 5 dollars.", "The copy costs $5 a page."),
        ("2亿元。", "投资总额为 200,000,000 元。"),
        ("The screws are tightened with 1.5 Nm.", "Hang the cabinet up and tighten all screws with 1.5 newton meters."),
        ("An end resistor of 120 Ω.", "Fit an end resistor of 120 ohms."),
    ],
)
def test_a_unit_written_otherwise_is_the_same_unit(answer, passage):
    assert verdict(answer, passage).reason == ""


@pytest.mark.parametrize(
    ("answer", "passage", "unit"),
    [
        ("Within 30 days.", "Claims are filed within 30 months.", "30 days"),
        ("It is 5 miles long.", "The track is 5 km long.", "5 miles"),
        ("It costs $20.", "The copy costs 20 euros.", "$20"),
        ("须在30天内提交。", "申请须在30个月内提交。", "30天"),
        ("Within 30 days.", "Claims are filed within thirty weeks.", "30 days"),
    ],
)
def test_a_figure_in_another_unit_fails_and_is_named(answer, passage, unit):
    wrong = verdict(answer, passage)
    assert wrong.detail["units"] == [unit]
    assert unit in wrong.reason


def test_a_number_in_words_with_a_unit_must_stand_in_the_passage():
    assert verdict("Claims must be filed within ninety days.").detail["missing"] == ["90"]
    assert verdict("须在六十天内提交报销申请。", CHINESE).detail["missing"] == ["60"]
    assert verdict("Claims must be filed one day or another, within 30 days.").passed


@pytest.mark.parametrize(
    "answer",
    [
        "It was founded by the World Health Organization.",
        "The office of Mercer founded it.",
        "It was founded by MERCER in Geneva.",
        "It belongs to the USA.",
        "**Short Summary:** the office was founded in Geneva.",
        "Founded in Geneva's centre.",
    ],
)
def test_a_name_in_another_form_is_held(answer):
    passage = (
        "The office was founded in Geneva by Edith Mercer of the WHO, an American doctor, in its centre. A short summary of the office."
    )
    assert "name" not in verdict(answer, passage).detail.get("names", [])
    assert verdict(answer, passage).detail.get("names") is None


def test_a_name_that_the_passage_does_not_hold_fails_and_is_named():
    wrong = verdict("The nightly limit for hotels in Lisbon is 1,200 kronor.")
    assert not wrong.passed
    assert wrong.detail["names"] == ["Lisbon"]
    assert "does not name Lisbon" in wrong.reason
    assert verdict("The nightly limit in Lisbon is 1,200 kronor.", question="What is the limit for hotels in Lisbon?").passed


def test_german_nouns_are_no_names():
    passage = "Die Reisekosten müssen innerhalb von 30 Tagen eingereicht werden. Die Behörde prüft den Antrag und zahlt das Geld aus."
    assert verdict(
        "Die Reisekosten müssen bei der Behörde mit Antrag und Unterschrift innerhalb von 30 Tagen eingereicht werden.", passage
    ).passed


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("Travel claims must not be filed within 30 days.", PASSAGE),
        ("Staff may share the password with a colleague.", "Staff may not share the password with a colleague."),
        ("员工可以将密码告知同事和外部人员。", "员工不可以将密码告知同事和外部人员。"),
        ("员工可以不将密码告知同事和外部人员。", "员工可以将密码告知同事和外部人员。"),
    ],
)
def test_an_answer_that_denies_or_affirms_the_contrary_fails(answer, passage):
    wrong = verdict(answer, passage)
    assert wrong.detail["contradicts"]
    assert "the passage" in wrong.reason


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("Staff may share the password only in an emergency.", "Staff may not share the password except in an emergency."),
        ("No, staff may not share the password with anyone.", "Staff may not share the password with anyone."),
        ("Claims without a receipt are rejected by the office.", "The office rejects claims that have no receipt."),
        ("The office accepts not only claims but also receipts.", "The office accepts claims but also receipts."),
        ("Travel claims must be filed within 30 days, not 60.", PASSAGE),
        ("不仅员工可以使用密码，经理也可以使用。", "员工可以使用密码，经理也可以使用。"),
        ("Mount the controller at eye level and out of direct sun.", "The controller hangs at eye level and never in direct sun."),
    ],
)
def test_the_same_told_with_another_negation_passes(answer, passage):
    assert "contradicts" not in verdict(answer, passage).detail


def test_all_for_some_fails():
    wrong = verdict("All departments keep the travel receipts for years.", "Some departments keep the travel receipts for years.")
    assert "“All”" in wrong.reason


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does the rule apply?", "The nightly limit for hotels"),
        ("How many forms are there?", "the receipt and the report"),
        ("Who files the claim?", "3 May 2024"),
        ("What is the limit for hotels?", "Yes."),
        ("本规定何时起施行？", "住宿标准"),
        ("谁提交报销申请？", "2024年5月3日"),
        ("每晚多少元？", "住宿标准"),
    ],
)
def test_an_answer_of_another_kind_than_the_question_asks_fails(question, answer):
    wrong = verdict(answer, CHINESE if "？" in question else PASSAGE, question)
    assert "the question" in wrong.reason


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does the rule apply?", "from 3 May"),
        ("When must claims be filed?", "within 30 days"),
        ("What happens when a claim is filed?", "the report"),
        ("How many forms are there?", "three"),
        ("Must claims be filed within 30 days?", "Yes."),
        ("Is the limit 1,200 kronor or 50 percent?", "1,200 kronor"),
        ("本规定何时起施行？", "2024年5月3日"),
        ("每晚多少元？", "1200元"),
        ("是否预付？", "是"),
    ],
)
def test_an_answer_of_the_kind_that_is_asked_passes(question, answer):
    assert verdict(answer, CHINESE if "？" in question else PASSAGE, question).reason == ""


def test_an_answer_near_what_is_asked_scores_above_one_from_elsewhere_in_the_passage():
    passage = (
        "The library of the northern campus opened in 1912 and holds rare maps. Admission is free for members. "
        "The museum of the southern campus opened in 1954 and holds steam engines."
    )
    question = "In which year did the museum of the southern campus open with its steam engines?"
    assert verdict("1954", passage, question).score > verdict("1912", passage, question).score


def test_figures_of_a_reasoning_follow_from_sums_over_the_passage():
    steps = "The limit is 1,200 kronor a night, so 3 nights cost 3 × 1,200 = 3,600 kronor, of which 3,600 × 50% = 1,800 is paid in advance."
    question = "How much is paid in advance for 3 nights?"
    assert verdict("1,800 kronor", PASSAGE, question, "reasoning", steps).reason == ""
    wrong = verdict("1,900 kronor", PASSAGE, question, "reasoning", steps.replace("= 1,800", "= 1,900"))
    assert "is wrong" in wrong.reason
    assert wrong.detail["missing"] == ["1900"]
    invented = verdict("2,400 kronor", PASSAGE, question, "reasoning", "A night costs 800 kronor: 3 × 800 = 2,400.")
    assert invented.detail["missing"] == ["800", "2400"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Claims are filed within 30 days: 3 June + 30 days = 3 July, so until 3 July.", ""),
        ("Claims are filed within 30 days: 3 June + 30 days = 4 July, so until 4 July.", "is wrong"),
        ("Claims are filed within 30 days, so until 3 July.", "does not hold --07-03"),
        ("The desk takes claims for 3 hours: 22:30 + 3 hours = 01:30.", ""),
        ("The desk takes claims for 3 hours: 22:30 + 3 hours = 01:40.", "is wrong"),
        ("From 5 July back to 3 June, claims count 5 July - 3 June = 32 days.", ""),
        ("Claims are filed within 30 days, and 30 days x 24 hours = 720 hours.", ""),
        ("A night costs at most 1,200 kronor, of which 1,200 x 0.5 = 600 kronor are paid in advance.", ""),
        ("A night costs at most 1,200 kronor, of which 1,200 x 0.7 = 840 kronor are paid in advance.", "does not hold 0.7, 840"),
    ],
)
def test_dates_times_units_and_percentages_are_reckoned_too(said: str, reason: str) -> None:
    case = "My journey ended on 3 June at 22:30 and I wrote on 5 July, after 3 hours. What holds?"
    found = verdict(said, PASSAGE, case, "reasoning", said)
    assert reason in found.reason
    assert found.passed is not bool(reason)


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        ("```python\ndef late(days):\n    count = 0\n    return days > 30\n```", []),
        ("```python\ndef late(days):\n    return days > 60\n```", ["60"]),
        ("A claim is due within 30 days. 45 / 30 = 1.5, so 2 claims must be filed.", []),
        ("须在30天内提交：45÷30＝1.5，所以要提交2次。", []),
        ("A claim must be filed within 30 days, so 3 claims must be filed in 75 days.", ["75"]),
    ],
)
def test_code_and_sums_over_what_a_task_tells_need_no_words_of_the_passage(answer, lost):
    task = "My journey took 45 days. How many travel claims must be filed? Write code or the sum. 出差45天，报销申请要提交几次？"
    found = verdict(answer, f"{PASSAGE}\n{CHINESE}", task, "instruct")
    assert found.detail.get("missing", []) == lost
    assert found.passed is not bool(lost)


def test_a_task_that_rewords_what_it_works_on_adds_no_words_that_the_passage_must_hold() -> None:
    table = "| 线路 | 冷藏价格 | 时间 |\n| --- | --- | --- |\n| 甲城至乙城 | 每公斤1.2元 | 9小时 |\n| 乙城至丙城 | 每公斤1.4元 | 12小时 |"
    task = f"把附带的价格表改成文字。\n\n{table}"
    assert verdict("甲城至乙城，冷藏每公斤1.2元，9小时。乙城至丙城，冷藏每公斤1.4元，12小时。", table, task, "instruct").passed
    assert not verdict("甲城至乙城，冷藏每公斤1.3元，9小时。", table, task, "instruct").passed


def test_steps_say_their_conclusions_in_words_of_their_own() -> None:
    steps = "The claim came after 40 days.\nIt is older than the 30 days in which travellers file, hence it falls short.\nSo it is late."
    assert verdict("It is late.", PASSAGE, "Is my travel claim of 40 days in time?", "reasoning", steps).passed


def test_values_of_a_json_answer_must_stand_in_the_passage_but_for_free_keys():
    good = (
        '{"what": "Travel claims", "days": 30, "from": "2024-05-03", "forms": ["the claim", "the receipt"], "urgent": true, "note": null}'
    )
    assert verdict(good, kind="extraction").reason == ""
    bad = '{"what": "Travel claims", "days": 45, "office": "tax authority", "risk": "high"}'
    wrong = verdict(bad, kind="extraction", meta={"free": ["risk"]})
    assert wrong.detail["values"] == ["days: 45", "office: tax authority"]
    assert "office: tax authority" in wrong.reason
    assert verdict(f"```json\n{good}\n```", kind="decision").passed


def test_evidence_over_several_passages_supports_one_answer():
    one, other = chunk("The library opens at 9:00 on weekdays."), chunk("The museum closes on Mondays for cleaning.", 900)
    turns = [
        Message("user", "Which opens at 9:00 and which closes on Mondays?"),
        Message("assistant", "The library opens, the museum closes."),
    ]
    sample = Sample("s1", "multihop", "t1", turns, evidence=[span(one, 0, 38), span(other, 0, 27)], replies=["r"])
    assert grounded.check(sample, [one, other], Settings()).passed
    assert not grounded.check(sample, [one], Settings()).passed


def test_a_retelling_keeps_the_figures():
    kept = (
        "Within 30 days travellers file their claims. Hotels cost up to 1,200 kronor, 50 percent of it paid in advance, from 3 May 2024 on."
    )
    assert verdict(kept, kind="rewrite").reason == ""
    assert "the retelling loses" in verdict("Travellers file their claims, and hotels are paid in advance.", kind="rewrite").reason


def test_small_talk_and_labels_are_not_compared():
    assert verdict("I am fine; the desk in Lisbon opens at 99.", kind="smalltalk").reason == "no source"
    assert verdict("complaint", kind="classification", meta={"choices": ["complaint", "praise"]}).passed


def test_what_a_prompt_shows_beside_its_question_is_no_source():
    prompt = "Passage: The limit in Lisbon is 900 kronor.\n\nWhat is the nightly limit for hotels?"
    shown = {"context": "passage", "question": "What is the nightly limit for hotels?"}
    wrong = verdict("The nightly limit in Lisbon is 900 kronor.", question=prompt, meta=shown)
    assert wrong.detail["missing"] == ["900"]
    assert wrong.detail["names"] == ["Lisbon"]


@pytest.mark.parametrize("part", ["1", "1 ", "not ", "A", "Aa ", "三", "不", "1+", "“", "twenty ", "1 km ", "{", "x. "])
def test_hostile_text_takes_no_longer_than_other_text(part):
    import time

    began = time.process_time()
    text = part * (20_000 // len(part))
    verdict(text, text[:8000], text[:2000], "reasoning", text)
    assert time.process_time() - began < 4


def test_a_sentence_of_a_decision_in_pairs_of_characters_may_be_worded_freely_and_a_short_value_may_not():
    passage = "温度超出范围十分钟发出预警，超出三十分钟发出报警。如果收到报警，值班员应当在五分钟内到现场核实。"
    case = "冷藏库现在显示七度，系统弹了提示，要不要马上到现场？"

    def decided(reason: str) -> str:
        return verdict(json.dumps({"reason": reason}, ensure_ascii=False), passage, case, "decision").reason

    assert decided("冷藏库显示七度，已经超出范围，但没有说超了多久，所以不能判断这次提示是预警还是报警。") == ""
    assert "does not hold" in decided("货物与墙壁的距离太近，堆放的高度也不合要求，应当由仓储主管签字之后重新码放。")
    assert "does not hold" in decided("值班员应当马上停机")


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("The six hours were approved in writing, so they count as overtime.", True),
        ("The six hours were refused by the board.", False),
        ("approved and counted by the team lead", False),
    ],
)
def test_a_short_sentence_of_a_decision_may_hold_a_word_of_its_own_and_a_value_that_is_no_sentence_may_not(said, held):
    passage = "Overtime is any hour that your team lead has ordered or approved in writing."
    case = "My team lead approved six hours of overtime in writing."
    assert verdict(json.dumps({"reason": said}), passage, case, "decision").passed is held
