"""Chinese sentences that answer a question by themselves: definitions, conditions, aims, commands for a purpose."""

import re
from collections.abc import Iterator

from curate.generators import _extract_chinese as words
from curate.generators._extract_passage import Passage, Section, pick
from curate.generators._extract_sections_chinese import LATIN, VAGUE, VERB, case, is_action, setting

SUBJECT = r"(?P<x>[^，。；：？！、“”‘’《》\n]{2,24}?(?:[（(][^（）()\n]{1,50}[）)])?)"
IS = re.compile(
    SUBJECT + r"\s?(?:是指|指的是|是一[种个款套项类组段份条门部]|是由|是用于|是用来|定义为|是为了|是基于"
    r"|是(?!否)[^，。]{2,40}的(?:简称|缩写|统称|总称)|是(?!否)[^，。]{0,30}(?:" + "|".join(words.KINDS_OF_THINGS) + "))"
)
NOT_A_NAME = re.compile("^(?:" + "|".join(words.OPENERS) + ")")
VERBISH = re.compile(
    r"[了着过的不时后前中上里下]$|都|就|也|可以|需要|应该|能够|必须|如果|并|而|或|还|只|不|使用|通过|是|会|能|有|提供|支持|包含|实现"
)
DO_SO = r"(?:请|需|可|建议|应|必须|务必|首先|先|使用|执行|联系"
IF = re.compile(rf"(?:如果|若|倘若|假如)(?P<x>(?:您|你|用户)?[^，。；：？！]{{4,40}})，(?:则|那么|就)?(?P<y>{DO_SO}).+)", re.S)
AIM = re.compile(
    r"(?:要|为了|若要|如需|如果要|如果需要|若需|若需要|如要|想要|如果想|如果想要)(?P<x>[^，。；：？！]{4,30})，"
    rf"(?P<y>{DO_SO}|您|你|用户).+)",
    re.S,
)
STEP = r"^(?:\d{1,2}[.、)]\s*)?"
THIS = r"(?:如下|以下|下面|下列)?(?:所示)?的?"
CODE_LEAD = re.compile(
    STEP
    + r"(?:(?:然后|首先|最后|接着|之后|再|请|我们|用户|您|你|管理员|也|还)?[，,]?)(?:可以?|需要?)?(?:在[^，。：]{2,20}[上中下里内][，,]?)?"
    r"(?:可以?|需要?)?(?:使用|执行|通过|运行|输入|利用|用|采用)" + THIS + r"(?P<tool>[^，。：]{0,24}?)的?"
    r"(?:命令|指令|代码|语句|脚本|方式|方法|操作)?(?:来|以|即可|可以?|就可以|进行)?[，,]?"
    r"(?P<x>(?:" + VERB.pattern[4:-1] + r")[^，。：；]{2,40})[：:]$"
)
DO_LEAD = re.compile(
    STEP
    + r"(?P<x>[^，。：；]{4,40})[，,]\s?(?:请|需要?|可以?|则|您可以?|用户可以?)?(?:使用|执行|运行|输入|采用)?"
    + THIS
    + r"(?:命令|指令|代码|语句|脚本|操作|步骤)?(?:(?:示例|命令|代码|示例代码|操作)?如下(?:所示)?|为|执行(?:如下|以下)命令)[：:]$"
)
PLAIN_LEAD = re.compile(
    STEP + r"(?P<x>[^，。：；]{4,30})的?(?:示例代码|(?:命令|代码)?示例|命令格式|命令|代码|方法|语法)?(?:如下(?:所示)?|为)?[：:]$"
)
CONTENTS = re.compile(
    r"^(?P<x>[^，。；：？！]{2,24}?)(?:主要)?(?P<v>包括|包含|分为|支持|提供了?|具有|具备|有)了?(?:如下|以下|下列|下面)?的?"
    r"(?P<n>[一二两三四五六七八九十几\d]{0,2})(?P<m>(?:大?[个种类项点条步]|方面)?)(?P<o>[^，。：；？！]{0,14}?)[：:]$"
)


def questions(sentence: str, section: Section, p: Passage) -> Iterator[tuple[str, str]]:
    """(rule, question) for each question that a sentence answers; a sentence that ends with a colon has its list or code with it."""
    head = sentence.split("\n", 1)[0]
    found = None
    if head.endswith(("：", ":")):
        found = _contents(head) if "```" not in sentence else _code(head)
    else:
        found = _definition(head, p, section.heading) or _aim(head) or _condition(head)
    if found:
        rule, question = found
        if rule == "condition" and not LATIN.search(p.title):
            yield rule, case(question, section) + question
        else:
            yield rule, question if rule == "definition" else placed(question, section, p)


def _definition(sentence: str, p: Passage, heading: str) -> tuple[str, str] | None:
    found = IS.match(sentence)
    if not found:
        return None
    term = found["x"].strip()
    core = re.sub(r"[（(].*", "", term)
    if (
        NOT_A_NAME.match(term)
        or VERB.match(core)
        or re.search(r"^[\d（(]|[)）]", core)
        or VERBISH.search(core)
        or VAGUE.search(term)
        or core.count("的") > 1
        or len(core) < 2
    ):
        return None
    known = LATIN.search(core) or core in (heading, p.title) or "指" in sentence[found.end() - 3 : found.end()] or core in heading
    return ("definition", pick(words.WHAT_IS, core).format(core.replace("`", ""))) if known else None


def _condition(sentence: str) -> tuple[str, str] | None:
    found = IF.match(sentence)
    if not found or VAGUE.search(found["x"].lstrip("您你")) or len(found["x"]) < 6 or re.search(r"^[是不没有\d]|在\s?\d+\s?中", found["x"]):
        return None
    x = re.sub(r"^(?:您|你)", "", found["x"])
    return ("condition", pick(words.IF_CAN if found["y"].startswith("可") else words.IF, x).format(x))


def _aim(sentence: str) -> tuple[str, str] | None:
    found = AIM.match(sentence)
    if not found or not VERB.match(found["x"]) or VAGUE.search(found["x"]) or re.search(r"在\s?\d+\s?中|但是", found["x"]):
        return None
    return ("procedure", pick(words.AIM, found["x"]).format(found["x"]))


def _code(lead: str) -> tuple[str, str] | None:
    found = CODE_LEAD.match(lead)
    if found:
        x = found["x"].rstrip("，,")
        x = re.sub(r"(?:，|,)?(?:命令|示例|代码)?(?:如下|如下所示)$", "", x)
        return ("code", pick(words.COMMAND, x).format(x)) if good_aim(x) else None
    found = DO_LEAD.match(lead) or PLAIN_LEAD.match(lead)
    if not found:
        return None
    x = re.sub(r"(?:的)?(?:命令|示例|代码|方法|命令示例|代码示例|示例代码|命令格式|语法|操作)?(?:如下|如下所示)?$", "", found["x"])
    return ("code", pick(words.SHOW, x).format(x)) if good_aim(x) else None


def good_aim(x: str) -> bool:
    """Whether a purpose is a verb with an object of its own."""
    return is_action(x) and 4 <= len(x) <= 36 and not VAGUE.search(x) and not re.search(r"命令|代码|如下|以下|结果|[为的是下]$", x)


def _contents(lead: str) -> tuple[str, str] | None:
    found = CONTENTS.match(lead)
    if not found or NOT_A_NAME.match(found["x"]) or VAGUE.search(found["x"]) or re.search(r"是|可以|需要|[了着]$|没|的$", found["x"]):
        return None
    x, verb, kind, what = found["x"], found["v"].rstrip("了"), found["m"], found["o"]
    if re.search(r"如下|以下|是|可以|方式$", what):
        return None
    if verb in ("包括", "包含"):
        return ("list", f"{x}{verb}哪些{what or '内容'}？")
    if verb == "分为":
        return ("list", f"{x}分为哪几{kind[:1] or '种'}{what}？")
    return ("list", f"{x}{verb}哪些{what}？") if what else None


def placed(question: str, section: Section, p: Passage) -> str:
    """The question with its setting in front, unless it names that."""
    place = setting(question, Section(section.heading, (*section.parents, section.heading), section.level), p)
    named = LATIN.search(place)
    return question if named and named[0] in question else place + question
