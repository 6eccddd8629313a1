"""Cells of pipe tables asked by row and column, where the first column names things and the header says what is told of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from curate.generators import _extract_ask_english as english
from curate.generators import _extract_chinese as words_zh
from curate.generators import _extract_english as words
from curate.generators import _extract_sections_chinese as chinese
from curate.generators._extract_blocks import Block
from curate.generators._extract_passage import SHEET, Pair, Passage, Section, hashed, size
from curate.generators._extract_reading import clean, inline, plain
from curate.generators._extract_standing import points
from curate.generators._extract_topic_english import DOCUMENT, is_local, topical, under

PER_TABLE = 2
PER_CODES = 4  # a code means what its row says and nothing else: the best facts there are
SEPARATOR = re.compile(r"\s*\|?(?:\s*:?-{1,}:?\s*\|)+(?:\s*:?-{1,}:?\s*)?$")
CELL = re.compile(r"(?<!\\)\|")
EMPTY = re.compile(
    r"[\s\-–—/\\.*?x√✓✔✗×○●Oo]*|n/?a|none|nil|无|空|同上|略|tbd|yes|no|y|n|是|否|true|false|未使用|不涉及|不适用|暂无|未知", re.I
)
NAMES = re.compile(r"[A-Za-z]{2}|[\u4e00-\u9fff]{2}")
CODES = re.compile(r"(?:[a-z]+ )?(?:code|error|fault|alarm)s?|错误码|错误代码|返回码|状态码|故障代码|故障码|报警代码|代码", re.I)
UNNAMED = re.compile(r"/|\?$|^(?:how|what|when|why|where) ", re.I)  # a path or a question is no name
TELLS_EN = re.compile(r"(?:description|meaning|definition|explanation|function|purpose|details?|what it (?:does|means))", re.I)
DOES = re.compile(rf"(?:{'|'.join(sorted(words.DOERS))})s?", re.I)
MEANS = re.compile(rf"(?:{'|'.join(sorted(words.SIGNS))})s?", re.I)
DO_EN = re.compile(r"actions?|remed(?:y|ies)|solutions?|what to do|fix|measures?|correction|recommended action", re.I)
LEARNT = re.compile(r"course|class|training|module|session|chapter|workshop|lesson", re.I)
KEY = re.compile(r"\S*[._/-]\S*|[a-z]+[A-Z]\S*|\S*\d\S*")  # what is typed into a machine: heat.day, maxSize
FIGURE = re.compile(r"[\d@一二三四五六七八九十百千万半两]")
OF_EN = re.compile(rf"(?:[a-z-]+ ){{0,2}}(?:{'|'.join(sorted(words.ATTRIBUTES))}|full name)", re.I)
TELLS_ZH = re.compile(r"(?:中文|参数|字段|选项|功能|详细|具体)?(?:含义|说明|描述|解释|释义|定义|作用|功能|用途|意义|介绍)")
DO_ZH = re.compile(r"(?:建议)?(?:处理|解决|应对)?(?:方法|措施|办法|方式|建议)|对策|处理|如何处理")
MUCH_ZH = re.compile(r"价格|费用|单价|长度|重量|容量|数量|时间$|里程|默认值")
OF_ZH = re.compile(r"[^，。（）()/]{0,6}?(?:" + "|".join(words_zh.ATTRIBUTES) + ")")
KIND_ZH = re.compile("(?:" + "|".join(words_zh.TABLE_KINDS) + ")(?:名称?)?")
ACTS_ZH = re.compile(r"命令|接口|函数|工具|子命令|按钮|组件|模块|服务|脚本|图标|菜单|功能")
HAN = re.compile(r"[\u4e00-\u9fff]")
TERM_ZH = re.compile(r"术语|名词|概念|缩略语|缩写")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as they read, each with where it stands in the chunk."""

    cells: list[str]
    places: list[tuple[int, int]]


def pairs(p: Passage) -> Iterator[Pair]:
    """A few pairs from each table of the passage."""
    for section in p.sections:
        for block in section.body:
            if block.kind == "table":
                found = list(_table(block, section, p))
                most = PER_CODES if found and found[0].rule == "code" else PER_TABLE
                yield from sorted((replace(f, rule="table") for f in found), key=lambda f: hashed(f.question))[:most]


def _table(block: Block, section: Section, p: Passage) -> Iterator[Pair]:
    rows = [_row(line, at) for line, at in _lines(block)]
    if len(rows) > 1 and SEPARATOR.match(block.text.split("\n", 2)[1]):
        header, rows = rows[0].cells, rows[2:]
    elif p.chunk.context.strip().startswith("|"):
        header = _row(p.chunk.context.strip().split("\n")[0], 0).cells
    else:
        return
    coded = bool(CODES.fullmatch(header[0])) if header else False
    if len(header) < 2 or not _keyed(rows, len(header), coded=coded):
        return
    ask = _ask_zh if p.zh else _ask_en
    for row in rows:
        for column in range(1, len(header)):
            answer = row.cells[column]
            if not (coded or NAMES.search(row.cells[0])):
                continue
            question = ask(header[0], header[column], row.cells[0], section, p) if _worth(answer, row.cells[0], header[column]) else None
            if question:
                yield Pair("code" if coded else "table", question, answer, *row.places[column])


def _lines(block: Block) -> Iterator[tuple[str, int]]:
    at = block.start
    for line in block.text.split("\n"):
        yield line, at
        at += len(line) + 1


def _row(line: str, at: int) -> Row:
    edges = [m.start() for m in CELL.finditer(line)]
    cuts = [-1, *edges, len(line)]
    cells, places = [], []
    for a, b in pairwise(cuts):
        raw = line[a + 1 : b]
        lead = len(raw) - len(raw.lstrip())
        cells.append(inline(raw.replace("\\|", "|")))
        places.append((at + a + 1 + lead, at + a + 1 + lead + len(raw.strip())))
    first, last = int(line.lstrip().startswith("|")), -1 if line.rstrip().endswith("|") and len(cells) > 2 else len(cells)
    return Row(cells[first:last], places[first:last])


def _keyed(rows: list[Row], width: int, *, coded: bool) -> bool:
    """Whether the first column names each row: filled, each once, and not only numbers unless they are codes of something."""
    keys = [r.cells[0] for r in rows if len(r.cells) == width]
    return (
        len(keys) == len(rows)
        and len(set(keys)) == len(keys)
        and all(0 < len(k) <= 60 for k in keys)
        and (coded or sum(bool(NAMES.search(k)) for k in keys) * 4 >= len(keys) * 3)
    )


def _worth(answer: str, key: str, column: str) -> bool:
    """Whether a cell says something of its row; an explanation is more than a word or two."""
    explains = TELLS_EN.fullmatch(column) or TELLS_ZH.fullmatch(column)
    if (
        not answer
        or (not explains and _thin(answer))
        or (explains and (len(answer) < 5 if HAN.search(answer) else size(answer) < 3))
        or EMPTY.fullmatch(answer)
        or answer.lower() == key.lower()
    ):
        return False
    return clean(answer) and not points(answer) and not answer.endswith((":", "：")) and not answer.startswith(("http://", "https://", "="))


def _thin(answer: str) -> bool:
    """Whether a cell is a single word without a figure, such as a unit or a type: right, yet no answer to learn from."""
    return not FIGURE.search(answer) and (len(answer) < 5 if HAN.search(answer) else len(answer.split()) < 2)


def _ask_en(first: str, column: str, key: str, section: Section, p: Passage) -> str | None:
    first, column, name = plain(first).lower(), plain(column), plain(key)
    column = " ".join(w if w.isupper() and len(w) < 5 else w.lower() for w in column.split())
    if len(name.split()) > 8 or not english.clear(name) or UNNAMED.search(name):
        return None
    place = _place_en(f"{first} {column} {name}", section, p)
    asked, coded = "", bool(CODES.fullmatch(first))
    kind = "" if first in ("name", "item") or not first.isascii() else first.rstrip("s")
    if coded:
        place = "{}" if place == "" and re.search(r"\d", name) else place
        asked = f"what should I do when {kind} {name} appears?" if DO_EN.fullmatch(column) else ""
        asked = asked or (f"what does {kind} {name} mean?" if TELLS_EN.fullmatch(column) else "")
    elif first in ("term", "word", "acronym", "abbreviation"):
        asked = f"what does “{name}” mean?" if TELLS_EN.fullmatch(column) else ""
        place = "{}" if re.search(r"[A-Z0-9]", name) else place if " " in name else ""
    elif not TELLS_EN.fullmatch(column):
        called = f"the {kind} {name}" if kind and (_bare(name) or (KEY.fullmatch(name) and MEANS.fullmatch(kind))) else _article(name)
        asked = f"what is the {column} of {called}?" if OF_EN.fullmatch(column) else ""
    elif DOES.fullmatch(first) and not re.search(r"^-|,", name):  # an option is no command
        asked = f"what does the {first.rstrip('s')} {name} do?"
    elif MEANS.fullmatch(first):
        asked = f"what does the {first.rstrip('s')} “{name}” mean?"
    elif LEARNT.fullmatch(kind):
        asked = f"what is the {kind} “{name}” about?"
    said = place.format(asked) if place and asked else ""
    return said[:1].upper() + said[1:] or None


def _article(name: str) -> str:
    """The name of a row inside a sentence: "Wind meter" becomes "the wind meter", "Version 1.2" stays."""
    head = re.split(r" (?:of|for|with|in|to) ", name, maxsplit=1)[0]
    first, *rest = head.split()
    if head != name and not rest and first[1:].islower() and not first.endswith("s"):
        return "the " + name[:1].lower() + name[1:]
    common = [w for w in rest if w.isalpha() and w.islower()]
    if not common or " and " in name or common[-1].endswith("s") or first.lower() in ("the", "a", "an"):
        return name
    return "the " + (name[:1].lower() + name[1:] if first[1:].islower() else name)


def _bare(name: str) -> bool:
    """Whether a name needs the kind of thing it names: "Basic", "Version 1.2"."""
    return bool(re.fullmatch(r"[A-Z][a-z]+|(?:Version|Level|Type|Class|Model|Size|Stage|Grade) .*", name))


def _place_en(said: str, section: Section, p: Passage) -> str:
    """What to put before a question: the nearest heading or title that adds a subject to what is said; "" where none does."""
    if not section.heading and SHEET.search(p.chunk.title) and p.title.lower().endswith(("list", "table")):
        return f"According to the {p.title.lower()}, {{}}"
    if is_local(p) or (topical(p.title) and not DOCUMENT.search(p.title)):
        own, title = english.content(said), p.title
        return "{}" if english.content(title) & own or re.search(r"[a-z]-?\w*\d|[A-Z]+-\d", said) else f"{under(title, p)}, {{}}"
    found = [h for h in (section.heading, *reversed(section.parents)) if topical(h) and not english.generic(h) and len(h.split()) > 1]
    heading = next((h for h in found if not english.content(h) & english.content(said)), "")
    return f"{under(heading, p)}, {{}}" if heading else "{}" if found or DOCUMENT.search(p.title) else ""


def _ask_zh(first: str, column: str, key: str, section: Section, p: Passage) -> str | None:
    first, column, name = plain(first), plain(column), plain(key)
    kind = first.removesuffix("名称").removesuffix("名") if KIND_ZH.fullmatch(first) else ""
    typed = name.isascii() and chinese.usable(p.title) and re.sub(r"[（(].*", "", p.title).endswith(chinese.DOCUMENTS)
    place = f"在《{p.title}》中，" if typed else chinese.setting(name, section_below(section), p)
    lost = name.startswith("-") and not (re.search("[A-Za-z]", place) or chinese.usable(p.title))  # --debug of which tool?
    if lost or len(name) > 40 or chinese.VAGUE.search(name) or KIND_ZH.fullmatch(name):
        return None
    column = column.removeprefix(kind) or column
    called = kind + (f"“{name}”" if kind and HAN.search(name) else f" {name} " if kind or name[0].isascii() else name)
    return _cell_zh(place, kind, called.lstrip(), column, term=name if TERM_ZH.search(first) else "")


def _cell_zh(place: str, kind: str, called: str, column: str, *, term: str) -> str | None:
    """What a column tells of the thing that is called so; a term is asked for by itself."""
    if TELLS_ZH.fullmatch(column):
        if term:
            return f"什么是{term}？"
        known = kind or column in ("含义", "定义", "释义", "作用", "功能", "用途")
        return f"{place}{called}的{'作用' if ACTS_ZH.fullmatch(kind) else '含义'}是什么？" if known else None
    if DO_ZH.fullmatch(column):
        return f"{place}出现{called}时应该如何处理？" if CODES.fullmatch(kind) else None
    return f"{place}{called}的{column}是{_what(column)}？" if OF_ZH.fullmatch(column) else None


def _what(column: str) -> str:
    return "多少" if MUCH_ZH.search(column) else "什么"


def section_below(section: Section) -> Section:
    """A section as its own parent, for the setting of what stands in it."""
    return Section(section.heading, (*section.parents, section.heading), section.level)
