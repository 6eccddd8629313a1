"""Passages under one of the user's labels: the row shows the text and all labels, the answer is the label, with a reason in some rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from curate.errors import NothingToMake, UsageError
from curate.generators._evidence import located
from curate.generators._passages import shown
from curate.generators._planned import labels, pairs_for, per_chunk
from curate.llm import Ask, Matching, reply_of
from curate.planning import View
from curate.records import Chunk, Json, Message, Sample, Task, content_id, sample
from curate.settings import Settings
from curate.text import fold

VERSION = 1
MODEL = True

OWN = {"answer": {"plain": 0.7, "reasoned": 0.3}}
INSTRUCTIONS = {
    "en": (
        "Classify the text. Choose exactly one of these labels:\n{labels}\n\nText:\n{text}\n\n{form}",
        "{text}\n\n---\nWhich of the following labels fits the text above best?\n{labels}\n\n{form}",
        "Labels:\n{labels}\n\nAssign one of them to this text:\n\n{text}\n\n{form}",
        "You sort documents into categories. The categories are:\n{labels}\n\nThe document:\n{text}\n\n{form}",
        "Under which heading would you file this?\n\n{text}\n\nThe headings to choose from:\n{labels}\n\n{form}",
        "Read the text and decide what it is about. Only these answers are allowed:\n{labels}\n\n{text}\n\n{form}",
        "Task: single-label classification.\nAllowed labels:\n{labels}\n\nInput:\n{text}\n\n{form}",
        "Tag this text with the one label that describes it.\n\n{text}\n\nPossible labels:\n{labels}\n\n{form}",
        "To which class does the text belong?\n\nClasses:\n{labels}\n\nText: {text}\n\n{form}",
    ),
    "zh": (
        "请对文字进行分类，只能从以下标签中选一个：\n{labels}\n\n文字：\n{text}\n\n{form}",
        "{text}\n\n---\n下列标签中哪一个最符合上面的文字？\n{labels}\n\n{form}",
        "标签：\n{labels}\n\n请给这段文字选定其中一个：\n\n{text}\n\n{form}",
        "你负责文档归类，类别如下：\n{labels}\n\n文档内容：\n{text}\n\n{form}",
        "下面的内容应归入哪一类？\n\n{text}\n\n可选类别：\n{labels}\n\n{form}",
        "阅读文字，判断它属于哪个主题，只允许以下答案：\n{labels}\n\n{text}\n\n{form}",
        "任务：单标签分类。\n可用标签：\n{labels}\n\n输入：\n{text}\n\n{form}",
        "请用一个标签标注这段文字。\n\n{text}\n\n候选标签：\n{labels}\n\n{form}",
        "这段文字属于哪个类别？\n\n类别：\n{labels}\n\n文字：{text}\n\n{form}",
    ),
}
FORMS = {
    "en": {"plain": "Answer with the label alone.", "reasoned": "Answer with the label, a colon, and the reason in one sentence."},
    "zh": {"plain": "只回答标签本身。", "reasoned": "先写标签和冒号，再用一句话说明理由。"},
}


@dataclass(frozen=True, slots=True)
class Label:
    """One of the user's labels, with what it covers where the user says so."""

    name: str
    covers: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.covers}" if self.covers else self.name


def _reply(names: list[str]) -> type[Matching]:
    """What is asked of a passage: one of the labels, or none, and the words that show it."""
    properties: Json = {
        "quote": {"type": "string", "description": "The words that show it best, copied from the passage character by character."},
        "reasoning": {"type": "string", "description": "The thinking before the choice where it is wanted, else empty."},
        "reason": {"type": "string", "description": "Why this label and not its neighbour, in one sentence."},
        "label": {"enum": [*names, ""], "description": "The label; empty where none fits."},
    }
    return reply_of("Class", {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False})


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage. UsageError: the labels are too few, or not told apart."""
    choices = [[label.name, label.covers] for label in parsed(settings.labels)]
    tasks = per_chunk(view, settings, "classification", count=lambda c: min(pairs_for(c.text), 1), dimensions=("think",), own=OWN)
    return (replace(task, values={**task.values, "choices": choices}) for task in tasks)


def parsed(given: list[str]) -> list[Label]:
    """The labels of the settings, each `name` or `name: what it covers`."""
    found = [_label(text) for text in given]
    named = [fold(label.name) for label in found]
    if len(found) < 2:
        raise UsageError(
            f"classification needs at least two labels, not {len(found)}", 'give --set labels="complaint: ...,question: ...,praise"'
        )
    for number, (text, name) in enumerate(zip(given, named, strict=True), 1):
        if not name:
            raise UsageError(f"labels: number {number} ({text!r}) has no name", "write `name` or `name: what it covers`")
        if name in named[: number - 1]:
            raise UsageError(
                f"labels: {found[number - 1].name!r} stands there twice", "keep one of them; case and width do not tell them apart"
            )
    return found


def _label(text: str) -> Label:
    at = min((i for mark in (":", "：") if (i := text.find(mark)) >= 0), default=len(text))
    return Label(text[:at].strip(), text[at + 1 :].strip())


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The label of one passage. NothingToMake: none fits it."""
    chunk, slot = chunks[0], task.values["slots"][0]
    choices = [Label(name, covers) for name, covers in task.values["choices"]]
    reply = _reply([label.name for label in choices])
    choices.sort(key=lambda label: content_id(chunk.id, label.name))  # so that a label's position teaches nothing
    values = {**shown(chunk), "labels": [str(label) for label in choices], "think": slot.get("think") == "yes"}
    said = (await ask("classification", reply, values, language=chunk.language or "en")).value
    chosen = said["label"]
    if not chosen:
        raise NothingToMake("no label fits it")
    language = "zh" if chunk.language.startswith("zh") else "en"
    separator = "：" if language == "zh" else ": "
    answer = f"{chosen}{separator}{said['reason'].strip()}" if slot["answer"] == "reasoned" else chosen
    meta = {
        "context": "passage",
        "language": chunk.language,
        "labels": {**labels(task, slot), "label": chosen},
        "choices": [label.name for label in choices],
    }
    reasoning = said["reasoning"].strip() if slot.get("think") == "yes" else ""
    messages = [Message("user", prompt(chunk, choices, slot["answer"], language)), Message("assistant", answer, reasoning=reasoning)]
    return [sample("classification", task, messages, chunks=[chunk], evidence=[located([chunk], said["quote"])], meta=meta)]


def prompt(chunk: Chunk, choices: list[Label], form: str, language: str) -> str:
    """The row's question: the text and the labels, worded in one of several ways."""
    ways = INSTRUCTIONS[language]
    way = ways[int(content_id("instruction", chunk.id), 16) % len(ways)]
    text = f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text
    return way.format(labels="\n".join(f"- {label}" for label in choices), text=text, form=FORMS[language][form])
