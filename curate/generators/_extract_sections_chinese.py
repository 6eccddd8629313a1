"""Chinese questions for a section, from its heading, the headings above it and the document's title."""

import re

from curate.generators import _extract_chinese as words
from curate.generators._extract_passage import Passage, Section, pick

VERB = re.compile("^(?:" + "|".join(sorted(set(words.VERBS), key=lambda w: (-len(w), w))) + ")")
NAMING = re.compile("(?:" + "|".join(sorted(words.NAMING_ENDS, key=lambda w: (-len(w), w))) + ")$")
NOMINAL = re.compile(r"^[^，。；：、？！]{2,14}(?:" + "|".join(words.NOMINAL_ENDS) + ")$")
LISTED = re.compile(r"^[^，。；：？！]{2,16}(?:" + "|".join(words.LISTED_ENDS) + ")$")
STEM = re.compile(r"^(.{2,24}?)(?:的?(?:介绍|简介|概述|说明))$")
WAY = re.compile(r"^(.{2,24}?)(?:的?(?:方法|步骤|流程|过程))$")
ASKS = re.compile(r"如何|怎么|怎样|为什么|为何|什么|哪|谁|是否|[？?]$|多少|能否|可否|吗[？?]?$|几[种个次天]|多久|多长")
VAGUE = re.compile(
    r"这|那|该(?!死)|此|其(?!他|它)|它|本[文章节]|上述|以上|以下|如下|下列|他们|我(?!国)|你|您|方[法案][一二三四五\d]|第[一二三四五\d]|步骤[一二三四五\d]|案例[一二三四五\d]|示例\s?\d|实例\s?\d"
)
ODD = re.compile(r"[。；;！!|<>{}\[\]【】@#*…=]|——|\.\.|--")
LATIN = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
NO_NAME = re.compile(r"推荐|建议|优先|请|如|若|当|无需|无须|不|没|已|仅|只|可|能|会|应|需|必须|慎|勿|关于|对于|有|是|被|将|把|让|并|也|还")
DOCUMENTS = ("手册", "指南", "指导", "教程", "规范", "制度", "办法", "规定", "须知", "规程", "守则", "章程", "条例", "参考", "标准")
COMMAND_NAME = re.compile(r"[a-z][a-z0-9_-]*")
TROUBLE = re.compile(
    r"无法.|失败|报错|不能.|出错|超时|不生效|丢失|卡死|死机|(?:出现|发生|存在|提示|显示).{0,12}(?:异常|错误)|异常$"
    r"|(?:泄漏|故障|离线|破损|起火|停电|被困\w{0,6}|持续上升|持续下降|过高|过低)$"
)
TITLED = "|".join(DOCUMENTS)
KIND_OF_DOCUMENT = re.compile(rf"(?:用户|使用|操作|管理员|管理|部署|安装|命令|快速|技术|产品|服务)*(?:{TITLED})$")
RULING = re.compile(r"(?:制度|规程|规定|办法|守则|须知|章程|条例|员工手册|管理手册)$")
RULES = re.compile(r"须|不得|应当|必须|不超过|不少于|严禁|禁止|每[月年季周班天次]|以内|以上")
RULED = re.compile(r"^(.{2,20}?)(?:的?(?:管理)?(?:规定|制度|办法|规则))$")
DEMANDS = re.compile(r"^(.{2,20}?)的?(要求|条件|标准)$")
COMMON = frozenset((*words.VERBS, "系统", "命令", "问题", "方法", "服务", "进行", "规则"))
INTRODUCES = frozenset(("概述", "简介", "介绍", "总体介绍", "软件介绍"))
BEGINNER = re.compile(r"上手|入门|分钟")
USED = re.compile(r"(?:服务器|数据库|引擎|工具|系统|平台|软件|框架)$")
ADVERB = re.compile("^(?:" + "|".join(words.ADVERBS) + ")(?=.{3})")
ACTS = re.compile(r"请|可以|需要?|使用|执行|修改|检查|重新|设置")
THROUGH = re.compile(
    r"^(?:通过|利用|借助|基于|以|用|从|在).{2,20}?(?:"
    + "|".join(sorted(set(words.VERBS) | {"进行"}, key=lambda w: (-len(w), w)))
    + ").{1,20}"
)
FILE_NAME = re.compile(r"__|[\w-]+\.\w{2,4}$|_cn$|^untitled", re.I)


def question(section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    """The rule and the question, or None where no good one can be made."""
    heading = section.heading.rstrip("：:").strip()
    if not 2 <= len(heading) <= 45 or ODD.search(heading):
        return None
    if ASKS.search(heading):
        return _as_asked(heading, section, p)
    if heading in words.GENERIC or all(part in words.GENERIC for part in re.split("[和与及、]", heading)):
        return _role(heading, answer, section, p)
    if VAGUE.search(heading) or not HAN.search(heading):
        return None
    if TROUBLE.search(heading) and len(heading) > 3 and not is_action(heading):
        acts = section.body[0].kind in ("list", "steps") or ACTS.search(answer)
        return ("heading", pick(words.TROUBLE, heading).format(heading.removesuffix("时"))) if acts else None
    steps = any(
        b.kind == "steps" and re.search(r"^\s{0,3}2[.、)]|^\s{0,3}1[.、)][^~]{1,3000}^\s{0,3}1[.、)]", b.text, re.M) for b in section.body
    )
    first = section.readings[0]
    steps = steps and (section.body[0].kind == "steps" or (len(first) <= 80 and first.endswith(("。", "：", ":"))))
    found = _how(heading, section, p, steps=steps) or _about(heading, answer, section, p)
    return found if found and found[1] else None


def _as_asked(heading: str, section: Section, p: Passage) -> tuple[str, str] | None:
    if VAGUE.search(heading) or len(heading) < 6:
        return None
    asked = heading.rstrip("？?") + "？"
    return ("faq", asked if LATIN.search(asked) or not LATIN.search(p.title) else setting(heading, section, p) + asked)


def _role(heading: str, answer: str, section: Section, p: Passage) -> tuple[str, str] | None:
    above = next((h for h in (*reversed(section.parents), p.title) if usable(h) and h != heading), "")
    if not above or above.endswith(DOCUMENTS):
        return None
    forms = words.ACTION_ROLES if is_action(above) else words.ROLES
    if heading not in forms or (VERB.match(above) and forms is words.ROLES and "“" not in forms[heading][0]):
        return None
    if heading in INTRODUCES and not _tells(above, answer, wholly=True):
        return None
    called = f"命令 {above} " if COMMAND_NAME.fullmatch(above) else above
    asked = pick(forms[heading], heading, above).format(called)
    if not LATIN.search(above) or COMMAND_NAME.fullmatch(above):
        asked = setting(above, section, p) + asked
    return ("heading", asked)


def _how(heading: str, section: Section, p: Passage, *, steps: bool) -> tuple[str, str] | None:
    if RULED.match(heading):
        return None
    way = WAY.match(heading)
    stem = way[1] if way and is_action(way[1]) else heading
    if not is_action(stem):
        return None
    asked = pick(words.STEPS if steps else words.HOW, heading).format(stem)
    return ("procedure" if steps else "heading", _placed(heading, asked, section, p))


def _about(heading: str, answer: str, section: Section, p: Passage) -> tuple[str, str] | None:
    name = heading
    forms: tuple[str, ...] = words.INTRODUCE
    listed = any(b.kind in ("list", "steps") for b in section.body)
    if (found := RULED.match(heading)) and not heading.endswith("规则"):
        name, forms = found[1], words.RULES[:1]
    elif (found := DEMANDS.match(heading)) and not listed and not VERB.fullmatch(found[1]):
        name, forms = found[1], (f"{{0}}有什么{found[2]}？",)
    elif found := STEM.match(heading):
        name = "" if len(found[1]) < 3 or found[1] in words.GENERIC else found[1].strip()
    elif (THROUGH.match(heading) and not NAMING.search(heading)) or (VERB.match(heading) and NOMINAL.match(heading) and len(heading) == 4):
        forms = words.HOW[:3]
    elif NOMINAL.match(heading):
        forms = words.NOMINAL
    elif LISTED.match(heading) and listed:
        forms = words.LISTED
    elif not _is_name(heading) or (heading == p.title and len(answer) < 60):
        name = ""
    elif not _tells(name, answer):
        return None
    elif RULING.search(p.title) and RULES.search(answer):
        forms = words.RULES
    return ("heading", _placed(heading, pick(forms, heading).format(name), section, p)) if name else None


def _tells(name: str, answer: str, *, wholly: bool = False) -> bool:
    """Whether an answer takes up the name it is to introduce: two characters in a row of it; wholly: its end."""
    if latin := LATIN.search(name):
        return latin[0].lower() in answer.lower()
    return name[-2:] in answer if wholly else any(name[i : i + 2] in answer for i in range(len(name) - 1))


def _is_name(heading: str) -> bool:
    """Whether a heading can be introduced: it names something, and not this document."""
    odd = re.search(r"[，,：:]|(?:完成|成功|[后前时])$", heading)
    return len(heading) > 2 and not (odd or NO_NAME.match(heading) or VERB.match(heading) or heading.endswith(DOCUMENTS))


def _placed(heading: str, asked: str, section: Section, p: Passage) -> str:
    """The question with its setting in front where the heading names nothing particular; none where a short one has no setting."""
    latin = LATIN.search(heading)
    place = setting(heading, section, p)
    if latin:  # a short word such as ssh or curl names nothing particular
        return asked if heading.endswith("命令") or len(latin[0]) > 4 or not latin[0].islower() or latin[0] in place else place + asked
    return place + asked if place or len(heading) > 5 or (len(heading) > 2 and p.title.endswith(DOCUMENTS)) else ""


def setting(heading: str, section: Section, p: Passage) -> str:
    """Where a question belongs: 使用Docker时， or 安装系统时，; empty where nothing above names anything that the heading does not."""
    above = [h for h in (*reversed(section.parents), p.title) if usable(h) and h != heading and not BEGINNER.search(h)]
    named = next((h for h in above if LATIN.search(h)), above[-1] if above else "")
    if named.endswith(DOCUMENTS):
        named = KIND_OF_DOCUMENT.sub("", named).strip()
        named = named if LATIN.search(named) else ""
    if not named or named in heading or len(named) > 30 or (not LATIN.search(named) and shares(named, heading)):
        return ""
    stem = STEM.match(named)
    return _at(stem[1] if stem and len(stem[1]) > 2 else named, p)


def _at(named: str, p: Passage) -> str:
    if not named.startswith(("进入", "打开", "关闭")) and named.endswith(("界面", "页面", "菜单", "窗口", "面板")):
        return f"在{named}中，"
    if is_action(named):
        return f"{named}时，"
    if COMMAND_NAME.fullmatch(named) and usable(p.title) and p.title != named and HAN.search(p.title):
        return f"关于{p.title}中的{named}，"
    return f"使用{named}时，" if USED.search(named) or LATIN.fullmatch(named) else f"关于{named}，"


def case(said: str, section: Section) -> str:
    """What a condition belongs to, from the nearest heading, where it does not say so itself: 校准温度计时，."""
    named = next((h for h in (section.heading, *reversed(section.parents)) if usable(h) and not h.endswith(DOCUMENTS)), "")
    if not named or len(named) > 20 or named[:2] in said or (TROUBLE.search(named) and shares(named, said)):
        return ""
    if is_action(named) or TROUBLE.search(named):
        return f"{named}时，"
    return f"进行{named}时，" if NOMINAL.match(named) else f"关于{named}，"


def shares(one: str, other: str) -> bool:
    """Whether two texts have two Chinese characters in a row in common."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)} - COMMON
    return any(pair in other and len(HAN.findall(pair)) == 2 for pair in pairs)


def usable(heading: str) -> bool:
    """Whether a heading names something a question may be about."""
    return (
        2 <= len(heading) <= 45
        and not re.search("[:：]", heading)
        and heading not in words.GENERIC
        and not (ODD.search(heading) or FILE_NAME.search(heading) or VAGUE.search(heading) or ASKS.search(heading))
    )


def is_action(heading: str) -> bool:
    """Whether a heading is a verb with its object."""
    heading = ADVERB.sub("", heading)
    found, naming = VERB.match(heading), NAMING.search(heading)
    rest = heading[found.end() :] if found else ""
    if (
        not found
        or len(rest) < 2
        or (found[0] in words.NAMING_VERBS and found[0] != "使用" and NOMINAL.match(heading) and not LATIN.search(heading))
        or (naming and not (found[0] in words.CLEAR_VERBS and naming[0] in words.OBJECT_ENDS))
    ):
        return False
    if (found[0] in words.NAMING_VERBS and rest.strip() in words.NAMED_RIGHT_AFTER) or (naming and rest == naming[0]):
        return False
    listed = re.match(r"[、和与及/]", rest)
    return not re.match(r"[的与和及、/者]|[后前](?![台端])|时(?![间区钟])|中(?![心间])|员(?!工)", rest) or bool(
        listed and VERB.match(rest[1:]) and len(rest) > 4
    )
