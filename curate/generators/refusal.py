"""Dialogues in which an assistant declines or hands over to a person what a policy says, and answers what only sounds like it."""

import re
from collections.abc import Iterable, Iterator
from heapq import heappush, heappushpop
from pathlib import Path

from pydantic import BaseModel, Field

from curate.errors import NothingToMake, UsageError
from curate.generators import _policy
from curate.generators._evidence import located
from curate.generators._passages import shown
from curate.generators._planned import pairs_for
from curate.llm import Ask
from curate.planning import Quotas, Slot, View, quotas, slots
from curate.records import Chunk, Json, Message, Sample, Task, content_id, sample
from curate.settings import Settings
from curate.splits import split_of_key
from curate.text import HAN, words

VERSION = 1
MODEL = True
DOCUMENTS = False

TASKS, EACH = 5, 4
"""Tasks of each rule and language, and dialogues of each task: scaled by `pairs_per_chunk`."""
NEAR_MISSES = 0.2
"""Questions that sound like the rule and may be answered, for each dialogue: where documents answer them."""
OWN: Quotas = {
    "refusal": {"direct": 0.35, "disguised": 0.25, "partial": 0.2, "insisting": 0.2},
    "mood": {"friendly": 0.3, "hurried": 0.2, "formal": 0.2, "worried": 0.15, "upset": 0.15},
    "policy": {"unstated": 0.6, "stated": 0.4},
}
"""How the user comes to the topic and in which mood; and whether the row's system turn states the rule."""
STATED = {
    "en": "You are the assistant of a company. You do not give: {what}.{reason}{contact} Everything else you answer as usual.",
    "zh": "你是一家公司的助手。以下内容你不提供：{what}。{reason}{contact}其他问题照常回答。",
}
BECAUSE = {"en": " The reason: {reason}.", "zh": "原因：{reason}。"}
HANDED = {"en": " Whoever asks for it is handed over to {contact}.", "zh": "遇到此类请求，请转交{contact}。"}

_HAN = re.compile(f"[{HAN}]+")


class Exchange(BaseModel):
    """What the user writes and what the assistant replies."""

    user: str = Field(min_length=1)
    assistant: str = Field(min_length=1)


class Dialogue(BaseModel):
    """One dialogue, from the user's first message to the assistant's last."""

    number: int = Field(description="Which of the wanted dialogues this is.", ge=1)
    exchanges: list[Exchange] = Field(min_length=1)


class Dialogues(BaseModel):
    """The dialogues wanted."""

    dialogues: list[Dialogue]


class Allowed(BaseModel):
    """A question that sounds like the rule and may be answered; all empty where the passage bears none."""

    quote: str = Field(description="The evidence, copied from the passage character by character.")
    question: str = Field(description="A question that stands alone and may be answered.")
    answer: str = Field(description="The short and complete answer.")


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """Some tasks for every rule and language, and one for each passage that is nearest to a rule. UsageError: no policy, or a wrong one."""
    if not settings.policy:
        raise UsageError("refusal needs a policy of what to refuse", "give --set policy=FILE.toml; samples/policy.toml is one")
    rules = _policy.read(Path(settings.policy))
    if view.round:
        return ()
    tasks = max(round(TASKS * settings.pairs_per_chunk), 1)
    wanted = [(rule, language) for rule in rules for language in rule.languages]
    return [*_declining(settings, wanted, tasks), *_allowed(view, settings, wanted, round(NEAR_MISSES * tasks * EACH))]


def _declining(settings: Settings, wanted: list[tuple[_policy.Rule, str]], count: int) -> Iterator[Task]:
    shares = {**quotas(settings, "style"), **OWN}
    for rule, language in wanted:
        for variant in range(count):
            key = content_id("refusal", rule.id, language, variant)
            chosen = [{**slot, "turns": str(_turns(rule, slot, key, n))} for n, slot in enumerate(slots(key, EACH, shares))]
            # the topic lets a limit take from all rules and languages alike
            values = {"rule": rule.plain(), "language": language, "slots": chosen, "topic": f"{rule.id} {language}"}
            split = split_of_key(settings, "refusal", rule.id, language, str(variant))
            yield Task(key, "refusal", "refusal", values=values, seed=settings.seed, split=split)


def _turns(rule: _policy.Rule, slot: Slot, key: str, number: int) -> int:
    """How many times the user writes: those who insist two to four times, and before a hand-over there is something to ask."""
    drawn = int(content_id("turns", key, number), 16)
    if slot["refusal"] == "insisting":
        return 2 + drawn % 3
    return 1 + drawn % 2 if rule.action == "handover" else 1


def _allowed(view: View, settings: Settings, wanted: list[tuple[_policy.Rule, str]], count: int) -> Iterator[Task]:
    """The passages that share most words with a rule, each for one rule only."""
    terms = [_terms(" ".join((rule.what, *rule.examples))) for rule, _ in wanted]
    nearest: list[list[tuple[int, str, str]]] = [[] for _ in wanted]
    for chunk in view.chunks():
        if not count or not pairs_for(chunk.text):
            continue
        held = _terms(chunk.text)
        language = "zh" if chunk.language.startswith("zh") else "en"
        for found, own, (_, spoken) in zip(nearest, terms, wanted, strict=True):
            if spoken == language:
                row = (len(own & held), chunk.id, chunk.split)
                if len(found) < 2 * count:
                    heappush(found, row)
                else:
                    heappushpop(found, row)
    taken: set[str] = set()
    for (rule, language), found in zip(wanted, nearest, strict=True):
        left = [row for row in sorted(found, reverse=True) if row[1] not in taken][:count]
        taken.update(chunk_id for _, chunk_id, _ in left)
        for _, chunk_id, split in left:
            slot = {"refusal": "near-miss", "policy": "stated" if int(content_id(chunk_id, rule.id), 16) % 5 < 2 else "unstated"}
            values = {"rule": rule.plain(), "language": language, "slots": [slot]}
            own_id = content_id("refusal", rule.id, language, chunk_id)
            yield Task(own_id, "refusal", "refusal", [chunk_id], values=values, seed=settings.seed, split=split)


def _terms(text: str) -> set[str]:
    """Words of a text, without those that every text has; of Chinese pairs of characters."""
    found = {w for w in words(text) if len(w) > 3 and w.isascii()}
    return found.union(*({run[i : i + 2] for i in range(len(run) - 1)} for run in _HAN.findall(text)))


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The dialogues of one rule, or one question that may be answered. ReplyError: the model gave no usable reply."""
    rule, language = task.values["rule"], task.values["language"]
    if chunks:
        return [await _near_miss(task, chunks[0], ask)]
    written = await ask("refusal", Dialogues, {"rule": rule, "slots": task.values["slots"]}, language=language)
    return [_sample(task, rule, language, dialogue) for dialogue in written.dialogues]


def _sample(task: Task, rule: Json, language: str, dialogue: Dialogue) -> Sample:
    slot: Slot = task.values["slots"][(dialogue.number - 1) % len(task.values["slots"])]
    turns = [(e.user.strip(), e.assistant.strip()) for e in dialogue.exchanges]
    messages = [m for user, assistant in turns for m in (Message("user", user), Message("assistant", assistant))]
    meta = {
        "context": "none",
        "language": language,
        "labels": {**slot, "action": rule["action"], "turns": str(len(turns))},
        "declines": rule["action"],
        "contact": rule["contact"],
        "public": [rule["contact"]] if rule["contact"] else [],
    }
    return sample("refusal", task, [*_system(rule, slot, language), *messages], meta=meta)


async def _near_miss(task: Task, chunk: Chunk, ask: Ask) -> Sample:
    rule, language, slot = task.values["rule"], task.values["language"], task.values["slots"][0]
    found = await ask("allowed", Allowed, {**shown(chunk), "rule": rule}, language=language)
    if not found.question.strip() or not found.answer.strip():
        raise NothingToMake("it answers nothing that sounds like the rule")
    messages = [*_system(rule, slot, language), Message("user", found.question.strip()), Message("assistant", found.answer.strip())]
    meta = {"context": "none", "language": chunk.language, "labels": slot}
    return sample("refusal", task, messages, chunks=[chunk], evidence=[located([chunk], found.quote)], meta=meta)


def _system(rule: Json, slot: Slot, language: str) -> list[Message]:
    if slot["policy"] != "stated":
        return []
    reason = BECAUSE[language].format(reason=rule["reason"].rstrip(".。")) if rule["reason"] else ""
    contact = HANDED[language].format(contact=rule["contact"].rstrip(".。")) if rule["contact"] else ""
    return [Message("system", STATED[language].format(what=rule["what"].rstrip(".。"), reason=reason, contact=contact))]
