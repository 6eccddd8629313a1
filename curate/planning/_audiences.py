"""Who asks about the documents: written by a model from a digest of the corpus, else chosen from common ones by genre."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, Field

from curate.llm import Ask
from curate.planning._plan import Audience, Topic
from curate.planning._terms import terms
from curate.records import Chunk, Json

TITLES, HEADINGS, TOPICS = 40, 60, 40
"""What a digest holds, at most."""
LONGEST = 100
BUILT_IN: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "en": [
        ("newcomer", "just started, knows none of the terms, and needs to know what applies and what to do first", ("policy", "manual")),
        ("practitioner", "does this every day and needs the exact step, setting or limit, quickly", ("manual", "reference", "table")),
        (
            "support agent",
            "answers other people's questions and needs the rule with its conditions and exceptions",
            ("faq", "policy", "table"),
        ),
        ("customer", "uses the product or service, not its inner terms, and has a problem to solve", ("faq", "legal", "correspondence")),
        ("manager", "decides and plans, and needs deadlines, costs, responsibilities and reasons", ("report", "policy", "legal", "table")),
        (
            "auditor",
            "checks whether rules are kept, and needs what is required, by whom and how it is shown",
            ("legal", "policy", "report"),
        ),
        ("engineer", "builds on or runs the system and needs behaviour, parameters and failure cases", ("reference", "manual")),
        ("trainer", "teaches others and needs definitions, reasons and how things differ", ("manual", "policy", "narrative")),
        ("analyst", "compares figures and cases and needs them exact, with their units and dates", ("report", "table")),
        ("curious reader", "meets the subject for the first time and wants to understand it", ("narrative", "correspondence", "report")),
    ],
    "zh": [
        ("新人", "刚刚入门，不了解术语，想知道哪些规定适用于自己、第一步该做什么", ("policy", "manual")),
        ("一线操作人员", "每天都要用到，需要马上查到准确的步骤、设置或限值", ("manual", "reference", "table")),
        ("客服人员", "要回答别人的提问，需要规定本身以及适用条件和例外", ("faq", "policy", "table")),
        ("客户", "使用产品或服务，不懂内部术语，有具体的问题要解决", ("faq", "legal", "correspondence")),
        ("管理者", "负责决策和安排，关心期限、成本、责任和理由", ("report", "policy", "legal", "table")),
        ("审计人员", "核查规定是否落实，需要知道要求是什么、由谁负责、如何证明", ("legal", "policy", "report")),
        ("工程师", "在系统上开发或负责运维，需要知道行为、参数和出错的情形", ("reference", "manual")),
        ("培训讲师", "要教会别人，需要定义、原因以及各种情况的区别", ("manual", "policy", "narrative")),
        ("分析人员", "比较数据和案例，需要准确的数值、单位和日期", ("report", "table")),
        ("普通读者", "第一次接触这个主题，想弄明白是怎么回事", ("narrative", "correspondence", "report")),
    ],
}
"""Names, what they know and need, and the genres they read."""


class Person(BaseModel):
    """One kind of people who will ask."""

    needs: str = Field(description="One sentence: what they know already and what they need.", min_length=4)
    name: str = Field(description="Who they are, in two to five words.", min_length=1)


class People(BaseModel):
    """The kinds of people who will ask about these documents."""

    audiences: list[Person]


async def asked(ask: Ask, language: str, digest: Json, count: int) -> list[Audience]:
    """The audiences that a model sees in a digest. ReplyError: it gave none."""
    written = await ask("audiences", People, {**digest, "count": count}, language=language)
    found = {
        p.name.strip()[:LONGEST]: Audience(p.name.strip()[:LONGEST], p.needs.strip()[: 3 * LONGEST], language) for p in written.audiences
    }
    return list(found.values())[:count]


def built_in(language: str, genres: dict[str, float], count: int) -> list[Audience]:
    """Common audiences, those first who read what the corpus has most of."""
    every = BUILT_IN[language]
    order = sorted(range(len(every)), key=lambda n: (-sum(genres.get(genre, 0.0) for genre in every[n][2]), n))
    return [Audience(every[n][0], every[n][1], language) for n in order[:count]]


def digest(chunks: Sequence[Chunk], topics: Sequence[Topic], genres: dict[str, float]) -> Json:
    """What a corpus is about in a few hundred words: titles, topics, headings, each the most frequent ones."""
    titles = Counter((c.title or c.path)[:LONGEST] for c in chunks)
    held = {term for c in chunks for term in terms("\n".join((c.title, *c.heading_path)))}
    own = [t for t in topics if held & set(t.terms)]  # those of this language
    headings = Counter(h[:LONGEST] for c in chunks for h in c.heading_path[-1:] if h != c.title)
    return {
        "titles": [t for t, _ in _most(titles, TITLES)],
        "headings": [h for h, _ in _most(headings, HEADINGS)],
        "topics": [" > ".join(t.path) for t in own][:TOPICS],
        "genres": list(genres),
    }


def _most(counts: "Counter[str]", most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
