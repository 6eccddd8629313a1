"""What `extractive` asks of small passages, and where it keeps silent."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from curate.generators import extractive
from curate.records import Block, Chunk, Sample, Task, content_id
from curate.settings import Settings


def chunk(text: str, *, path: tuple[str, ...] = (), title: str = "", language: str = "en", index: int = 0, context: str = "") -> Chunk:
    """A passage that begins 100 characters into its document."""
    return Chunk(content_id(text, index), "d1", index, list(path), text, 100, 100 + len(text), context, "a.md", title, language)


class View:
    """A view of some chunks, in a given round."""

    def __init__(self, chunks: list[Chunk], number: int = 0) -> None:
        self.round = number
        self._chunks = chunks

    def chunks(self) -> Iterator[Chunk]:
        return iter(self._chunks)

    def samples(self) -> Iterator[object]:
        return iter(())


async def made(text: str, **where: object) -> list[Sample]:
    one = chunk(text, **where)  # type: ignore[arg-type]
    return await generate(one)


async def generate(one: Chunk, values: dict[str, bool] | None = None) -> list[Sample]:
    task = Task("t1", "extractive", "extractive", [one.id], values=values or {})
    return await extractive.generate(task, [one], None, Settings())


async def pairs(text: str, **where: object) -> dict[str, str]:
    return {s.messages[0].content: s.messages[1].content for s in await made(text, **where)}


async def questions(text: str, **where: object) -> list[str]:
    return list(await pairs(text, **where))


def holds(found: list[str] | dict[str, str], part: str) -> bool:
    return any(part in question for question in found)


# --- sections


async def test_a_gerund_heading_asks_how_and_the_whole_section_answers() -> None:
    text = (
        "## Requesting leave\n\nOpen the staff portal and choose your dates.\n\n- Pick a type of leave.\n"
        "- Wait for the approval of your supervisor."
    )
    found = await pairs(text, title="Annual leave policy")
    (question, answer), *_ = found.items()
    assert "request leave" in question
    assert question.endswith("?")
    assert answer.startswith("Open the staff portal")
    assert answer.endswith("approval of your supervisor.")


async def test_your_becomes_my_in_the_question() -> None:
    text = "## Updating your timesheet\n\nOpen the form, correct the hours and press Save before the end of the pay period on Friday."
    assert holds(await questions(text, title="Timesheet handbook"), "update my timesheet?")


@pytest.mark.parametrize("heading", ["Training resources", "Billing codes", "Ongoing", "Report format", "Links", "Overview", "2024"])
async def test_a_heading_that_names_a_thing_is_not_asked_as_an_action(heading: str) -> None:
    text = f"## {heading}\n\nStaff find everything they need in the staff portal, and the help desk answers on every weekday."
    assert not holds(await questions(text), "How")


async def test_a_numbered_procedure_is_answered_with_all_its_steps() -> None:
    text = (
        "## Install the agent\n\n1. Download the package from the portal.\n2. Run the installer as an administrator.\n"
        "3. Restart the machine."
    )
    found = await made(text, title="Agent handbook")
    assert [s.meta["rule"] for s in found] == ["procedure"]
    assert "install the agent" in found[0].messages[0].content
    assert found[0].messages[1].content.count("\n") == 2


async def test_a_heading_that_is_a_question_is_asked_as_it_stands() -> None:
    text = "### Who approves remote work?\n\nYes and no do not apply here: the head of the department approves remote work in writing."
    found = await pairs(text, title="Remote work")
    assert list(found) == ["Who approves remote work?"]


async def test_a_role_heading_is_asked_of_the_heading_above() -> None:
    text = (
        "## Travel card\n\n### Eligibility\n\nAll employees who travel more than twice a year can get a card after their first six months."
    )
    assert holds(await questions(text, title="Travel"), "ravel card")


async def test_a_question_names_its_topic_where_the_heading_names_nothing_particular() -> None:
    text = "## Correcting errors\n\nSupervisors can send a form back until it was paid, and staff can then correct the hours in it."
    found = await questions(text, title="Expense claims")
    assert holds(found, "xpense claims")
    assert holds(found, "correct errors")


async def test_a_plural_heading_over_a_list_asks_which() -> None:
    text = (
        "## Eligible expenses\n\n- Train tickets of second class within the country\n"
        "- Hotel rooms below the limit of the city\n- Visa fees and vaccinations"
    )
    found = await questions(text, title="Travel expenses")
    assert any(q in found for q in ("What are the eligible expenses?", "Which eligible expenses are there?"))


# --- silence


@pytest.mark.parametrize(
    "body",
    [
        "See the table below for the limits that apply to every group of employees in this year.",
        "This is described in the general part, where all of the limits are explained at some length.",
        "The limits are as follows for every group of employees in the current year, valid until June:",
        "Fill in {% form %} and send it to the help desk, which answers within two working days at most.",
        "Send your claim to the office in [CITY NAME] and wait for the answer of the [Department name] there.",
        "- [Portal](https://example.com/a)\n- [Help desk](https://example.com/b)\n- [Forms](https://example.com/c)",
        "Reach out to  if you need help with the limits that apply to your group of employees in this year.",
        "Which limits apply? Who decides on them? When are they changed? Where does one find them?",
        "Short.",
    ],
)
async def test_a_body_that_does_not_stand_alone_makes_no_question(body: str) -> None:
    assert await questions(f"## Requesting leave\n\n{body}", title="Annual leave") == []


async def test_a_section_that_goes_on_in_the_next_chunk_is_not_asked() -> None:
    one = chunk("## Requesting leave\n\nOpen the staff portal, choose your dates and wait until your supervisor has approved them.")
    assert await generate(one)
    assert await generate(one, {"opens": True, "closes": False}) == []


async def test_a_section_with_sub_sections_is_not_answered_by_its_first_lines() -> None:
    text = (
        "## Requesting leave\n\nThere are two ways to get leave, and both of them need the approval of a supervisor.\n"
        "\n### By phone\n\nCall."
    )
    assert not holds(await questions(text, title="Annual leave"), "request leave")


async def test_other_languages_and_scraps_get_no_task() -> None:
    view = View([chunk("Les congés sont accordés par le chef du service après une demande écrite.", language="fr"), chunk("| 1 | 2 |")])
    assert list(await extractive.plan(view, None, Settings())) == []  # type: ignore[arg-type]


# --- sentences


async def test_a_definition_is_asked_with_its_article() -> None:
    text = "A purchase card (PC) is a payment card that approved staff use for small orders. Orders above the limit need a contract."
    assert holds(await questions(text), "a purchase card (PC)")


@pytest.mark.parametrize(
    "text",
    [
        "This is a list of things that all employees should keep in mind on their first day.",
        "The best way to learn is a good talk with the people who have done the work before.",
        "One of them is the office in the north wing, which opens at eight in the morning.",
        "What matters most is the trust of the people who use the service every day.",
    ],
)
async def test_sentences_that_only_look_like_definitions_are_left_alone(text: str) -> None:
    assert await questions(text) == []


async def test_a_condition_is_asked_in_the_first_person() -> None:
    text = "If you lose your badge, report it to the security desk and ask them for a temporary one."
    found = await pairs(text, title="Badge rules")
    assert next(iter(found)).endswith("if I lose my badge?")
    assert list(found.values()) == [text]


async def test_an_aim_is_asked_as_how_to() -> None:
    assert holds(
        await questions("To reset a forgotten password, open the sign-in page and choose “Forgot password”."), "reset a forgotten password?"
    )


async def test_a_deadline_is_asked_by_its_name() -> None:
    found = await questions("The deadline for travel claims is the 15th of the month that follows the trip.")
    assert found == ["What is the deadline for travel claims?"]


async def test_an_amount_of_time_is_asked_how_long() -> None:
    found = await questions("The security check takes up to five working days after all of the forms have arrived.")
    assert holds(found, "How long does the security check take?") or holds(found, "how long does the security check take?")


# --- glossaries, questions and answers, tables


async def test_a_glossary_is_asked_term_by_term() -> None:
    text = (
        "- **SLA** - Service level agreement. It says how quickly a fault is mended.\n"
        "- **RFQ**: A request for offers that is sent to vendors."
    )
    found = await made(text, path=("Glossary",), title="Glossary")
    assert [s.messages[1].content for s in found] == [
        "Service level agreement. It says how quickly a fault is mended.",
        "A request for offers that is sent to vendors.",
    ]
    assert "SLA" in found[0].messages[0].content


async def test_questions_and_answers_are_taken_as_they_are() -> None:
    text = (
        "**Q: Can a badge be used twice?**\n\nA: Yes, a badge works until it expires.\n\n**Who opens the gate?**\n\n"
        "The guard opens the gate at six."
    )
    found = await pairs(text)
    assert found == {
        "Can a badge be used twice?": "Yes, a badge works until it expires.",
        "Who opens the gate?": "The guard opens the gate at six.",
    }


TABLE = """| Option | Description | Default value |
| --- | --- | --- |
| `timeout` | Seconds to wait for an answer before the request fails. | 30 |
| `retries` | How often a failed request is sent again. | 3 |
| `proxy` | - | - |
"""


async def test_a_table_is_asked_by_row_and_column_and_does_not_flood() -> None:
    found = await made(f"## Client settings\n\n{TABLE}", title="Client settings")
    assert 1 <= len(found) <= 2
    for sample in found:
        question, quote = sample.messages[0].content, sample.evidence[0].quote
        assert "timeout" in question or "retries" in question
        assert quote in TABLE
        assert "lient settings" in question


async def test_a_cut_table_is_asked_by_the_header_in_its_context() -> None:
    rows = "| `burst` | How many requests may be sent at once. |\n| `pause` | Seconds between two requests of one client. |"
    found = await questions(rows, path=("Client settings",), context="| Option | Description |\n| --- | --- |")
    assert holds(found, "burst") or holds(found, "pause")


@pytest.mark.parametrize(
    "table",
    [
        "| No. | Description |\n| --- | --- |\n| 1 | The first of all the rows in here. |\n| 2 | The second of all the rows in here. |",
        "| Link | Title |\n| --- | --- |\n| [Portal](https://example.com) | Portal |\n| [Desk](https://example.com/b) | Desk |",
        "| Name | Description |\n| --- | --- |\n| Anna |  |\n| Bert | yes |",
    ],
)
async def test_tables_without_names_or_contents_are_not_asked(table: str) -> None:
    assert await questions(table, path=("Client settings",)) == []


# --- Chinese


async def test_a_chinese_instruction_heading_asks_how() -> None:
    text = "## 安装软件包\n\n使用 root 权限执行安装命令，等待系统自动处理依赖关系，直到屏幕提示安装完成。\n\n```\ndemo install name\n```"
    found = await pairs(text, title="Demo 使用指南", language="zh")
    assert holds(found, "安装软件包")
    assert holds(found, "Demo")
    assert next(iter(found.values())).endswith("```")


@pytest.mark.parametrize("heading", ["安装方法", "配置文件", "概述", "管理员", "使用前", "启动脚本"])
async def test_a_chinese_heading_that_names_a_thing_is_not_asked_as_an_action(heading: str) -> None:
    text = f"## {heading}\n\n系统管理员负责维护全部的服务，并且在每个工作日的上午检查服务的运行情况和磁盘的剩余空间。"
    assert not holds(await questions(text, language="zh"), f"如何{heading}")


async def test_chinese_causes_and_cures_are_asked_of_the_problem_above() -> None:
    text = (
        "## 系统升级后无法启动\n\n### 原因分析\n\n升级过程中断电导致引导文件损坏，系统启动时找不到内核文件，因此停在引导界面。\n\n"
        "### 解决方法\n\n使用安装盘进入救援模式，重新生成引导文件，然后重启系统即可恢复正常。"
    )
    found = await questions(text, language="zh")
    assert len(found) == 2
    assert all("“系统升级后无法启动”" in q for q in found)


async def test_a_chinese_definition_is_asked() -> None:
    text = "LVM（Logical Volume Manager）是一种磁盘分区管理机制，能够在不停机的情况下调整分区的大小。"
    found = await pairs(text, language="zh")
    assert next(iter(found)) in ("什么是LVM？", "LVM是什么？")
    assert list(found.values()) == [text]


async def test_a_chinese_lead_with_code_asks_for_the_command() -> None:
    text = "使用如下命令查看当前系统时间：\n\n```\n$ date\n```"
    found = await pairs(text, language="zh")
    assert holds(found, "查看当前系统时间")
    assert list(found.values()) == [text]


async def test_chinese_questions_and_answers_are_taken_as_they_are() -> None:
    found = await pairs("问：如何申请年假？\n\n答：登录人事系统，选择日期后提交申请，由主管审批。", language="zh")
    assert found == {"如何申请年假？": "登录人事系统，选择日期后提交申请，由主管审批。"}


async def test_a_chinese_table_of_parameters_is_asked() -> None:
    table = "| 参数 | 含义 |\n| --- | --- |\n| timeout | 等待响应的最长时间，单位为秒。 |\n| retries | 请求失败后重新发送的次数。 |"
    found = await questions(f"## 配置客户端\n\n{table}", title="客户端手册", language="zh")
    assert found
    assert all("含义是什么？" in q and q.startswith("在《客户端手册》中，参数 ") for q in found)


@pytest.mark.parametrize(
    "text",
    [
        "如下图所示，点击右上角的按钮打开设置窗口。",
        "该工具是一种常用的命令行软件，可以管理全部的服务。",
        "具体步骤请参见上一节的说明，此处不再重复介绍全部内容。",
    ],
)
async def test_chinese_sentences_that_point_elsewhere_are_left_alone(text: str) -> None:
    assert await questions(f"## 打开设置\n\n{text}", title="桌面环境", language="zh") == []


# --- the contract


LONG = "\n\n".join(
    f"## Resetting the {word} counter\n\nIf you want to reset the {word} counter, press the {word} button and wait for the light."
    for word in ("water", "power", "paper", "toner", "drum", "belt", "fuser", "tray")
)


async def test_evidence_is_the_span_of_the_chunk_and_the_answer_its_reading() -> None:
    body = "Open the [staff portal](https://example.com) and choose **Leave**, then wait for\nthe approval of your supervisor."
    text = f"## Requesting leave\n\n{body}"
    (sample,) = await made(text, title="Annual leave")
    (evidence,) = sample.evidence
    assert text[evidence.start - 100 : evidence.end - 100] == evidence.quote == body
    assert sample.messages[1].content == "Open the staff portal and choose Leave, then wait for the approval of your supervisor."
    assert sample.kind == "qa"
    assert sample.meta["language"] == "en"
    assert sample.generator == "extractive"


async def test_a_chunk_gives_a_few_pairs_of_different_evidence() -> None:
    found = await made(LONG, title="Printer manual")
    spans = [(s.evidence[0].start, s.evidence[0].end) for s in found]
    assert len(found) == extractive.PER_CHUNK
    assert len(set(spans)) == len(spans)
    assert len({s.messages[0].content for s in found}) == len(found)


async def test_pairs_per_chunk_scales_the_number() -> None:
    one = chunk(LONG, title="Printer manual")
    task = Task("t1", "extractive", "extractive", [one.id])
    assert len(await extractive.generate(task, [one], None, Settings(pairs_per_chunk=0.5))) == extractive.PER_CHUNK // 2


async def test_the_same_chunk_gives_the_same_samples() -> None:
    assert await made(LONG, title="Printer manual") == await made(LONG, title="Printer manual")


async def test_a_plan_is_one_task_for_each_worthy_chunk_and_ends_after_the_first_round() -> None:
    chunks = [
        chunk("## Requesting leave\n\nOpen the staff portal and choose your dates in the calendar.", path=("Leave",), index=0),
        chunk("Wait until your supervisor has approved the dates that you have chosen there.", path=("Leave",), index=1),
        chunk("## Returning\n\nTell the help desk on your first day and collect your badge from them.", path=("Return",), index=2),
    ]
    tasks = list(await extractive.plan(View(chunks), None, Settings()))  # type: ignore[arg-type]
    assert [t.id for t in tasks] == [content_id("extractive", c.id) for c in chunks]
    assert [t.values for t in tasks] == [
        {"opens": True, "closes": False},
        {"opens": False, "closes": True},
        {"opens": True, "closes": True},
    ]
    assert list(await extractive.plan(View(chunks, 1), None, Settings())) == []  # type: ignore[arg-type]


async def test_a_plan_reads_no_further_than_it_is_asked() -> None:
    read = []

    class Endless(View):
        def chunks(self) -> Iterator[Chunk]:
            while True:
                read.append(1)
                yield chunk("## Requesting leave\n\nOpen the staff portal and choose your dates in the calendar.")

    tasks = iter(await extractive.plan(Endless([]), None, Settings()))  # type: ignore[arg-type]
    next(tasks)
    assert len(read) == 2


HOSTILE = [
    "[" * 100_000,
    "[a](" * 25_000,
    "![" * 50_000,
    "**a" * 33_000,
    "*a _b `c " * 11_000,
    "<a " * 33_000,
    "{% " * 33_000,
    "a " * 50_000 + ":",
    "If you " + "a" * 100_000,
    "To a" + " a" * 50_000,
    "The A " + "a " * 50_000 + "is a b.",
    "如果" + "你" * 100_000,
    "- " * 50_000,
    "1. " * 33_000,
    "|" * 100_000,
    "| a " * 25_000 + "|\n" + "| - " * 25_000 + "|",
    "#" * 100_000,
    "> " * 50_000,
    "```" * 33_000,
    "\n".join("# a" for _ in range(25_000)),
    "\n".join(" " * (i % 13) + "- a" for i in range(25_000)),
    "this is " * 12_500,
    "see " + "a" * 100_000,
    ". " * 50_000,
    "\\" * 100_000,
    "&amp" * 25_000,
    "使用" * 50_000 + "：\n\n```\na\n```",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_hostile_text_of_100_kb_takes_no_long_time(text: str, language: str) -> None:
    began = time.process_time()
    await made(f"## Requesting leave\n\n{text}", title="Annual leave", language=language)
    assert time.process_time() - began < 2


async def test_a_note_in_a_list_keeps_its_items_on_lines_of_their_own() -> None:
    text = (
        "## 登录员工门户\n\n"
        "1. 打开登录页面，输入工号和动态口令。\n\n    >说明：\n    >- 口令每分钟更换一次。\n    >- 连续输错三次会锁定账号。\n\n"
        "2. 单击“确定”进入首页，检查左上角显示的姓名是否正确。"
    )
    answer = next(iter((await pairs(text, title="门户手册", language="zh")).values()))
    assert "    说明：\n    - 口令每分钟更换一次。\n    - 连续输错三次会锁定账号。" in answer


async def test_a_heading_that_states_a_trouble_asks_what_to_do() -> None:
    text = "## The status light stays red\n\nPull the plug, wait for a minute and plug it in again; then hold the reset button."
    found = await questions(text, title="Installing the controller")
    assert holds(found, "if the status light stays red?")


async def test_words_that_a_template_tag_took_away_are_missed() -> None:
    text = "## Submitting claims\n\nWrite the claim within a month of the trip. Reach out to  if nobody answers in a week."
    assert await questions(text, title="Travel claims") == []


async def test_a_table_of_error_codes_is_asked_by_its_codes() -> None:
    table = "| 错误码 | 中文描述 |\n| --- | --- |\n| 0111 | 用户名已经存在，需要更换 |\n| 0120 | 密码校验失败，需要重新输入 |"
    found = await questions(f"# 错误码列表\n\n{table}", title="网关手册", language="zh")
    assert found
    assert all("错误码 01" in question and question.endswith("的含义是什么？") for question in found)


async def test_a_command_with_its_purpose_is_asked_for() -> None:
    text = "Run the following command to list all running services:\n\n```\ndemo services --running\n```"
    found = await pairs(text, title="Demo manual")
    assert holds(found, "list all running services")
    assert holds(found, "ommand")
    assert list(found.values()) == [text]


async def test_a_topic_stands_in_front_only_where_the_question_needs_one() -> None:
    text = (
        "## Replacing a fuse\n\nSwitch the supply off, open the cover and put in a fuse of the same size, then close it.\n\n"
        "## Ordering spare parts from the warehouse\n\nTechnicians order spare parts in the service app until four for the next day."
    )
    found = await questions(text, title="Installing the X-200")
    assert holds(found, "For the X-200, how ")
    assert holds(found, "order spare parts from the warehouse?")
    assert not any("X-200" in q for q in found if "spare parts" in q)


async def test_a_handbook_is_named_as_the_one_who_says_it() -> None:
    text = "## Breaks\n\nA break of half an hour is due after six hours of work; breaks may be split into parts of 15 minutes each."
    assert await questions(text, title="Staff Handbook") == ["What does the Staff Handbook say about breaks?"]


async def test_a_question_of_customers_is_asked_as_it_stands() -> None:
    body = "\n\nOne controller serves two houses when both of them have the same crop and stand next to each other."
    found = await questions(f"## Can one controller serve two houses?{body}", title="Customer FAQ")
    assert found == ["Can one controller serve two houses?"]
    found = await questions(f"## Why does my controller heat and vent at the same time?{body}", title="Customer FAQ")
    assert found == ["Why does my controller heat and vent at the same time?"]


async def test_a_sentence_that_asks_what_its_section_asks_gives_no_second_pair() -> None:
    text = (
        "## Calibrating vent motors\n\nTo calibrate the vent motors, open the menu Motors and press Learn. Each motor runs to both ends, "
        "and the controller stores how long it took."
    )
    found = await pairs(text, title="Controller manual")
    assert len(found) == 1
    assert next(iter(found.values())).endswith("how long it took.")


@pytest.mark.parametrize(
    "text",
    [
        "## Screens and energy\n\nOpening takes 8 minutes, in steps with pauses, so that cold air does not fall onto the crop at once.",
        "## Placing the sensor box\n\nTo keep the reading true, replace the cotton wick of the wet bulb every 14 days with a new one.",
        "## Backups\n\nA backup is a text file of about 40 kilobytes that holds all of the settings, but no passwords and values.",
    ],
)
async def test_a_sentence_that_leaves_its_subject_out_is_not_asked(text: str) -> None:
    found = await questions(text, title="Field notes")
    assert not any(part in q for q in found for part in ("opening", "reading", "What is a backup"))


async def test_codes_of_a_sheet_are_asked_for_meaning_and_action() -> None:
    table = (
        "| Alarm code | Class | Meaning | Action |\n| --- | --- | --- | --- |\n"
        "| A01 | A | It is too cold in the house | Check the boiler first |\n"
        "| A02 | A | It is too warm in the house | Open the vents by hand |"
    )
    found = await pairs(table, title="error-codes.csv")
    assert found["What does alarm code A01 mean?"] == "It is too cold in the house"
    assert found["What should I do when alarm code A02 appears?"] == "Open the vents by hand"


async def test_a_unit_or_a_type_alone_is_no_answer() -> None:
    table = "| Setting | Range | Default value |\n| --- | --- | --- |\n| heat.day | 5 to 35 | on |\n| co2.target | 400 to 1200 | off |"
    found = await pairs(f"## Climate settings\n\n{table}", title="Climate manual")
    assert set(found.values()) == {"5 to 35", "400 to 1200"}
    assert holds(found, "the range of the setting heat.day?")


async def test_speaker_notes_and_tables_of_contents_are_no_part_of_an_answer() -> None:
    body = "Disconnect the supply, lock the switch and keep the key until the work on the parts is done."
    text = f"## Working on electrical parts\n\n{body}\n\nSpeaker notes: tell the story of last year here, if there is time."
    one = chunk(text, title="Safety briefing")
    one = replace(one, blocks=[Block("note", 100 + text.index("Speaker"), 100 + len(text))])
    assert [s.messages[1].content for s in await generate(one)] == [body]
    toc = chunk("## Contents\n\nRequesting leave … 3\n\nIf you lose your badge, report it to the security desk … 4", title="Staff Handbook")
    assert await generate(replace(toc, blocks=[Block("toc", 113, 100 + len(toc.text))])) == []


async def test_the_site_in_the_title_of_a_web_page_is_left_out() -> None:
    text = "If you lose the key, write to the help desk and ask for another one before the end of the day."
    found = await questions(text, path=("Key rings",), title="Rented lockers - The Example Site")
    assert found
    assert not holds(found, "Example Site")


async def test_prose_that_announces_what_does_not_come_is_no_answer() -> None:
    text = "## Requesting leave\n\nOpen the staff portal and fill in the following fields. Then wait for the approval of your supervisor."
    assert await questions(text, title="Annual leave") == []


async def test_chinese_rules_are_asked_as_rules_and_without_the_name_of_the_handbook() -> None:
    text = (
        "## 打卡规定\n\n员工每天上下班各打卡一次。如果忘记打卡，应当在三个工作日内填写补卡申请，由部门主管确认。\n\n"
        "## 测量货物温度\n\n车辆靠台后先读取车载温度记录，再开门测量，每车抽取不少于六件货物，测量结果记在交接单上。\n\n"
        "## 人员被困冷库\n\n冷库门内侧装有逃生推杆和报警按钮，被困人员可以推动推杆，也可以按下按钮，值班室须在三分钟内派人到达。"
    )
    found = await questions(text, title="员工手册", language="zh")
    assert "打卡有哪些规定？" in found
    assert holds(found, "测量货物温度？")
    assert holds(found, "人员被困冷库时")
    assert not holds(found, "《")


async def test_a_chinese_condition_names_what_it_belongs_to() -> None:
    text = (
        "## 校准温度计\n\n探针温度计每周用冰水混合物校准一次，读数应当在正负零点五度以内。"
        "固定探头每六个月由有资质的机构校准一次。如果误差超过允许范围，应当贴上停用标签并送修，同时通知质量员。"
    )
    assert holds(await questions(text, title="仓储作业规程", language="zh"), "校准温度计时，如果误差超过允许范围")


TOOL = "Set the option `quotes` before the first call of `encode`, so that all of the output is wrapped in `double` marks."


async def test_technical_text_is_asked_with_the_name_of_its_product() -> None:
    text = f"## Changing quotes of strings\n\n{TOOL}"
    (found,) = await questions(text, title="quote-tool")
    assert found.startswith("Regarding quote-tool, ")
    (found,) = await questions(text, title="Quoting - The Demo Book")
    assert found.startswith("In the Demo Book, ")
    assert await questions(text, title="Installation") == []


@pytest.mark.parametrize("heading", ["encode(text, options)", "Quote Options", "static Tool.types", "new Encoder(options)"])
async def test_signatures_and_labels_of_technical_text_are_not_asked(heading: str) -> None:
    assert await questions(f"## {heading}\n\n{TOOL} These options and types are read once by the encoder.", title="quote-tool") == []


@pytest.mark.parametrize("title", ["Changelog", "Release notes", "Version 2.1.0", "License"])
async def test_changes_and_licences_are_not_asked(title: str) -> None:
    text = "## Requesting leave\n\nStaff open the portal, choose the dates and wait until a supervisor has approved the request."
    assert await questions(text, title=title) == []
    assert await questions(text, title="Staff Handbook")


@pytest.mark.parametrize(
    "text",
    [
        "The number of concurrent test tasks is controlled by a variable that is read once when the run begins.",
        "The maximum number of symbolic links is generally much higher than what the native call supports.",
        "The number of calls to a function (the default is the entry point) of the program that was started.",
    ],
)
async def test_a_quantity_without_a_value_is_not_asked(text: str) -> None:
    assert await questions(text, title="Tasks") == []


async def test_a_heading_in_title_case_that_the_prose_does_not_take_up_is_not_asked_about() -> None:
    text = (
        "## Quantitative Results\n\nWe picked the parameters with the best results and then trained the model on three public sets of data."
    )
    assert await questions(text, title="Reading tables with models") == []


async def test_what_an_action_is_for_is_no_answer_to_how() -> None:
    text = (
        "## Checking the Demo.js version\n\nFor most users `demo` of the latest release is best. It is what `tests` and `builds` rely on."
    )
    assert await questions(text, title="demo-doctor") == []
    text = "## Checking the Demo.js version\n\nRun `demo --version` in a terminal. The `major` number is what `tests` and `builds` rely on."
    assert holds(await questions(text, title="demo-doctor"), "check the Demo.js version?")


async def test_a_thing_without_a_name_on_a_page_of_a_site_is_not_asked_about() -> None:
    text = (
        "## Experimental features\n\nExperimental features may change or break in any release, so they are marked where they are described."
    )
    assert await questions(text, title="Features - The Example Site") == []
