import pytest

from curate.filters import quality
from curate.records import Message, Sample
from curate.settings import Settings

QUESTION = "When must travel claims be filed?"
ANSWER = "Travel claims must be filed within 30 days of the return."


def rules(question: str = QUESTION, answer: str = ANSWER, **meta) -> list[str]:
    sample = Sample("s1", "qa", "t1", [Message("user", question), Message("assistant", answer)], meta=meta)
    verdict = quality.check(sample, [], Settings())
    assert verdict.passed == (not verdict.reason)
    return verdict.detail.get("rules", [])


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("repeats", "I am your father.\nI am your father.\nI am your father.\nI am your father.\n"),
        ("repeats", "The form is the form is the form is the form is the form."),
        ("repeats", "欢迎来到阿里巴巴巴巴巴巴巴巴巴。"),
        ("repeats", "根据算子使用使用使用使用安装方案确定。"),
        ("garbage", "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"),
        ("mojibake", "The userâ€™s rÃ©sumÃ© is kept for a year."),
        ("mojibake", "锟斤拷锟斤拷"),
        ("mojibake", "The limit is (cid:12)(cid:44) euros."),
        ("boilerplate", "We use cookies to improve your experience. Accept all cookies"),
        ("boilerplate", "Introduction ........ 3\nScope of the rules ........ 4\nTravel ........ 12"),
        ("boilerplate", "Copyright 2024 Example. All rights reserved."),
        ("boilerplate", "点击这里查看更多内容"),
        ("refuses", "As an AI language model, I have no opinion on this."),
        ("refuses", "I'm sorry, but I cannot help with that request."),
        ("refuses", "The passage does not mention a date."),
        ("refuses", "作为一个人工智能助手，我没有个人意见。"),
        ("refuses", "很抱歉，我无法回答这个问题。"),
        ("answer_leans", "According to the passage, claims must be filed within 30 days."),
        ("answer_leans", "根据上述内容，须在三十天内提交。"),
        ("unfinished", "Travel claims must be filed within 30 days of the return, and the"),
        ("unfinished", "Claims must be filed within 30 days. After that the office will no longer accept"),
        ("unfinished", "报销申请须在三十天内提交。超过期限的申请需要部门负责人批准，并且需要附上书面说明以及相关的"),
        ("echoes", "when must travel claims be filed"),
        ("placeholders", "Lorem ipsum dolor sit amet."),
        ("placeholders", "Send it to [insert name here] in time."),
        ("placeholders", "TODO: write this."),
        ("open_fence", "Run this:\n```bash\nls -l"),
    ],
)
def test_a_bad_answer_is_named_by_its_rule(rule, answer):
    assert rule in rules(answer=answer)


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        "30 days",
        "Yes, yes, it is very, very good.",
        "哈哈，好的。",
        "The steps are:\n- file the claim\n- attach the receipts\n- wait for the answer",
        "| Day | Limit |\n| --- | --- |\n| 1 | 200 |\n| 2 | 200 |\n| 3 | 200 |",
        "```python\nx = 0\nx = 0\nx = 0\nx = 0\n```",
        "The site uses cookies only for the session, which the privacy notice explains in its second part at some length.",
        "The text field holds the name of the document, and the document type is set by the passage of time.",
        "I cannot recommend it enough: the form saves an hour.",
        "See https://example.com/travel/claims/within/thirty/days/of/return",
        "报销申请须在三十天内提交",
        "The résumé of the applicant is kept for a year – no longer.",
        "$E = mc^2 + \\frac{1}{2}$",
    ],
)
def test_a_good_answer_passes(answer):
    assert rules(answer=answer) == []


@pytest.mark.parametrize(
    "question",
    [
        "According to the passage, when must claims be filed?",
        "What does the author say about claims?",
        "What is the limit mentioned in the text above?",
        "Which forms are listed in this document?",
        "根据以上内容，何时提交申请？",
        "本文主要介绍了什么？",
        "文中提到的限额是多少？",
        "作者认为应当如何报销？",
    ],
)
def test_a_question_that_leans_on_an_unseen_passage_fails_unless_the_prompt_shows_it(question):
    assert rules(question=question) == ["leans"]
    assert rules(question=question, context="passage") == []


@pytest.mark.parametrize(
    "question",
    [
        "What does the text field of the form hold?",
        "Which document format does the office accept?",
        "How does one pass the security section of the test?",
        "How is the course described in the context of training?",
        "What is described in the section on hotels?",
        "How is the author field of a commit set?",
        "According to the travel policy, when must claims be filed?",
        "中文中如何表示复数？",
        "根据差旅规定，何时提交申请？",
        "列出理赔的各个期限：从材料齐全到理赔款到账。",
        "Summarise the text below.\n\nClaims must be filed within 30 days. This document is the rule.",
    ],
)
def test_a_question_that_stands_alone_passes(question):
    assert rules(question=question) == []


@pytest.mark.parametrize(
    "question",
    [
        "What does it do?",
        "When was he born?",
        "In what year did they win?",
        "What is its purpose?",
        "Who is responsible for this?",
        "How does this policy apply to contractors?",
        "What are the benefits of these features?",
        "What is the name of that company?",
        "What is the second step?",
        "What does the last step involve?",
        "Which of the following is correct?",
        "What does Table 3 show about costs, and what is in Table 3?",
        "What is the purpose of the above command?",
        "What is the author's view of taxes?",
        "Which of the two is cheaper, and how fast is the latter?",
        "它有什么作用？",
        "该规定适用于哪些人？",
        "这个功能如何启用？",
        "此命令的参数有哪些？",
        "第二步是什么？",
        "最后一步要做什么？",
        "上述步骤完成后会怎样？",
        "如图2所示的流程是什么？",
        "本办法自何时起施行？",
        "下列哪项正确？",
        "其主要功能是什么？",
    ],
)
def test_a_question_that_points_to_what_it_does_not_name_fails_unless_the_prompt_shows_it(question):
    assert rules(question=question) == ["dangles"]
    assert rules(question=question, context="passage") == []


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to file a travel claim?",
        "Is it possible to file a claim after 30 days?",
        "When a claim is late, what happens to it?",
        "If a traveller loses a receipt, what should they do?",
        "If a claim is filed late and no reason is given, who decides on this?",
        "What has the travel office changed this year?",
        "What is the second step of the claims process?",
        "What is the first step to file a claim?",
        "What is the name of this agency that audits travel claims?",
        "Who is the author of the travel guide?",
        "What does the former director of the travel office say?",
        "What is the above-average limit for hotels?",
        "Which of the following is paid: hotels or meals?\nA. hotels\nB. meals",
        "How does the library charge its members for late books?",
        "员工应该如何提交报销申请？",
        "申请人迟交报销单时，该怎么办？",
        "使用差旅系统提交申请后，该系统会发送什么通知？",
        "报销流程的第二步是什么？",
        "因此产生的费用由谁承担？",
        "其他费用如何报销？",
        "三级以上员工的住宿标准是多少？",
        "如何修改本地配置文件？",
        "《差旅规定》本年度有哪些变化？",
        "哪些代表参加了会议？",
        "如何在报表2024中查找数据？",
        "Rewrite the name of this form in plain words: Application for reimbursement of expenses",
        "请改写这句话：申请人应当在三十天内提交报销申请。",
    ],
)
def test_a_question_that_names_what_it_speaks_of_passes(question):
    assert rules(question=question) == []


def test_only_the_first_question_of_a_conversation_must_name_what_it_speaks_of():
    def verdict(*asked: str):
        turns = [m for q in asked for m in (Message("user", q), Message("assistant", ANSWER))]
        return quality.check(Sample("s1", "conversation", "t1", turns), [], Settings())

    assert verdict(QUESTION, "Who decides on it?", "Does this apply to trains too?").passed
    assert verdict("Does this apply to trains too?", QUESTION).detail["rules"] == ["dangles"]
    assert verdict(QUESTION, "What does the passage say about trains?").detail["rules"] == ["leans"]


def test_a_question_that_holds_its_answer_fails_but_a_choice_may():
    assert rules("Is it true that travel claims must be filed within thirty days?", "must be filed within thirty days") == ["leaks"]
    assert rules("Must claims be filed within thirty days or within ninety days?", "claims be filed within thirty days") == []


def test_blanks_are_fine_in_a_letter_that_was_asked_for():
    letter = "Dear team,\n\nthank you for the offer.\n\nBest regards,\n[Your Name]"
    assert rules("Write a letter of thanks.", letter) == []
    assert rules("How is the limit set?", letter) == ["placeholders"]


def test_an_answer_may_name_itself_when_asked_who_it_is():
    assert rules("Who are you?", "I am an AI assistant made for this office.") == []
    assert rules("How is the limit set?", "I am an AI assistant and cannot see limits.") == ["refuses"]


def test_an_unanswerable_question_may_be_declined():
    assert rules(answer="The passage does not mention a date.", unanswerable=True) == []


def test_every_rule_that_speaks_is_named_with_its_reason():
    sample = Sample("s1", "qa", "t1", [Message("user", "What does this passage say?"), Message("assistant", "TODO: ```\nx")])
    verdict = quality.check(sample, [], Settings())
    assert verdict.detail["rules"] == ["leans", "placeholders"]
    assert verdict.reason.count(";") == 1


@pytest.mark.parametrize("part", ["\n\n.,;", "a ", ". ", "```\n", "[your ", "根据", "word word\n"])
def test_hostile_text_takes_no_longer_than_other_text(part):
    import time

    start = time.process_time()
    rules(answer=part * (50_000 // len(part)))
    assert time.process_time() - start < 3
