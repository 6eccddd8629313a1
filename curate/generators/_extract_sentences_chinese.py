"""Chinese sentences that answer a question by themselves: definitions, conditions, aims, commands for a purpose."""

import re
from collections.abc import Iterator

from curate.generators import _extract_chinese as words
from curate.generators._extract_passage import Passage, Section, pick
from curate.generators._extract_sections_chinese import LATIN, VAGUE, VERB, is_action, setting

SUBJECT = r"(?P<x>[^，。；：？！、“”‘’《》\n]{2,24}?(?:[（(][^（）()\n]{1,50}[）)])?)"
IS = re.compile(
    SUBJECT + r"\s?(?:是指|指的是|是一[种个款套项类组段份条门部]|是由|是[^，。]{2,40}的(?:简称|缩写|统称|总称)|是用于|是用来|定义为|是为了|是基于|是[^，。]{0,30}(?:工具|框架|系统|平台|软件|服务|协议|机制|技术|方法|模型|标准|语言|组织|文件|命令|引擎|组件|模块|接口|程序|数据库|服务器))"
)
NOT_A_NAME = re.compile(
    r"^(?:这|那|该|此|其|它|他|她|本|我|你|您|上述|以上|以下|如下|下面|上面|前者|后者|如果|若|当|因|由于|但|而|并|且|所以|因此|不过|然而|也|还|就|都|只|又|又是|不|没|有|在|从|对|把|将|被|让|使|请|可|能|会|应|需|要|"
    r"例如|比如|即|或|和|与|及|为|以|按|根据|通过|目前|现在|当前|一般|通常|主要|首先|其次|最后|另|同时|注意|说明|第|每|各|所有|任何|某|一[个种些]|多|最|更|很|非常|真正|核心|关键|目的|原因|问题|结果|方法|优点|缺点|特点|本质|默认|"
    r"表|图|则|不同|相同|相比|除|无论|虽|尽管|只要|只有|一旦|随着|作为|什么|如何|怎么|谁|哪|格式|示例|其中|至于|关于|用户|大家|我们|重点|这里|那么|前提)"
)
VERBISH = re.compile(r"[了着过]$|的$|都|就|也|不$|可以|需要|应该|能够|必须|如果|时$|后$|前$|中$|上$|里$|下$|并|而|或|还|只|不|使用|通过|是|会|能|有|提供|支持|包含|实现")
IF = re.compile(r"(?:如果|若|倘若|假如)(?P<x>(?:您|你|用户)?[^，。；：？！]{4,40})，(?:则|那么|就)?(?P<y>(?:请|需|需要|可以|可|建议|应|应当|必须|务必|首先|先|联系|使用|执行).+)", re.S)
AIM = re.compile(r"(?:要|为了|若要|如需|如果要|如果需要|若需|若需要|如要|想要|如果想|如果想要)(?P<x>[^，。；：？！]{4,30})，(?P<y>(?:请|需|需要|可以|可|建议|应|应当|必须|务必|首先|先|使用|执行|您|你|用户).+)", re.S)
CODE_LEAD = re.compile(
    r"^(?:\d{1,2}[.、)]\s*)?(?:(?:接下来|然后|首先|最后|接着|之后|再|请|我们|用户|您|你|管理员|也|还)?[，,]?)(?:可以?|需要?)?(?:在[^，。：]{2,20}(?:上|中|下|里|内)[，,]?)?"
    r"(?:可以?|需要?)?(?:使用|执行|通过|运行|输入|利用|用|采用)(?:如下|以下|下面|下列)?(?:所示)?的?(?P<tool>[^，。：]{0,24}?)(?:的)?(?:命令|指令|代码|语句|脚本|方式|方法|操作)?(?:来|以|即可|可以?|就可以|进行)?[，,]?"
    r"(?P<x>(?:" + "|".join(sorted(set(words.VERBS), key=lambda w: (-len(w), w))) + r")[^，。：；]{2,40})[：:]$"
)
DO_LEAD = re.compile(r"^(?:\d{1,2}[.、)]\s*)?(?P<x>[^，。：；]{4,40})[，,]\s?(?:请|需要?|可以?|则|您可以?|用户可以?)?(?:使用|执行|运行|输入|参考|采用)?(?:如下|以下|下面|下列)?(?:所示)?(?:的)?(?:命令|指令|代码|语句|脚本|操作|步骤)?(?:如下|如下所示|为|示例如下|命令如下|代码如下|示例代码如下|操作如下|执行如下命令|执行以下命令)[：:]$")
PLAIN_LEAD = re.compile(r"^(?:\d{1,2}[.、)]\s*)?(?P<x>[^，。：；]{4,30})(?:的)?(?:命令|示例|代码|方法|命令示例|代码示例|示例代码|命令格式|语法)?(?:如下|如下所示|为)?[：:]$")
CONTENTS = re.compile(r"^(?P<x>[^，。：；？！]{2,24}?)(?:主要)?(?P<v>包括|包含|分为|支持|提供了?|具有|具备|有)(?:了|如下|以下|下列|下面)?(?:的)?(?P<n>[一二两三四五六七八九十几\d]{0,2})(?P<m>(?:大?[个种类项点条步]|方面)?)(?P<o>[^，。：；？！]{0,14}?)[：:]$")


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
        yield rule, question if rule == "definition" else placed(question, section, p)


def _definition(sentence: str, p: Passage, heading: str) -> tuple[str, str] | None:
    found = IS.match(sentence)
    if not found:
        return None
    term = found["x"].strip()
    core = re.sub(r"[（(].*", "", term)
    if NOT_A_NAME.match(term) or VERB.match(core) or re.search(r"^[\d（(]|[)）]", core) or VERBISH.search(core) or VAGUE.search(term) or core.count("的") > 1 or len(core) < 2:
        return None
    known = LATIN.search(core) or core in (heading, p.title) or "指" in sentence[found.end() - 3 : found.end()] or core in heading
    return ("definition", pick(words.WHAT_IS, core).format(core.replace("`", ""))) if known else None


def _condition(sentence: str) -> tuple[str, str] | None:
    found = IF.match(sentence)
    if not found or VAGUE.search(found["x"].lstrip("您你")) or len(found["x"]) < 6 or re.match(r"[是不没有\d]", found["x"]):
        return None
    x = re.sub(r"^(?:您|你)", "", found["x"])
    return ("condition", pick(words.IF_CAN if found["y"].startswith("可") else words.IF, x).format(x))


def _aim(sentence: str) -> tuple[str, str] | None:
    found = AIM.match(sentence)
    if not found or not VERB.match(found["x"]) or VAGUE.search(found["x"]):
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
    place = setting("", Section(section.heading, (*section.parents, section.heading), section.level), p)
    named = LATIN.search(place)
    return question if named and named[0] in question else place + question
