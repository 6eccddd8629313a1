"""Decisions on cases to which a passage's rules apply: an action with its reasons, evidence and risks against the user's schema."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from curate import assets
from curate.errors import UsageError
from curate.generators import _schemas
from curate.generators._evidence import located
from curate.generators._passages import shown
from curate.generators._planned import labels, pairs_for, per_chunk, statements
from curate.llm import Ask, reply_of
from curate.planning import Slot, View
from curate.records import Chunk, Json, Message, Sample, Task, content_id, ordered, sample
from curate.settings import Settings

VERSION = 2
MODEL = True

DIMENSIONS = ("style", "think", "context")
OWN = {"case": {"clear": 0.45, "borderline": 0.3, "incomplete": 0.25}, "side": {"within": 0.5, "beyond": 0.5}}
"""How far the rules settle the case, and on which side of them its facts lie: left to themselves, models refuse nearly everything."""
MOST = 3
QUOTED: Json = {"type": "array", "items": {"type": "string"}, "description": "The rules that decide it, copied character by character."}
ROW = {
    "en": (
        (
            "You decide cases by the rules of the house. Answer with one JSON value of this schema and nothing else.",
            "You are the desk that decides requests and incidents. Reply only with JSON that is valid against this schema.",
            "Decide each case that is brought to you as the rules have it, with reasons and evidence, as JSON of this schema.",
            "You take decisions and give account of them. Your whole answer is one JSON object of this schema.",
        ),
        "Rules:",
        "Case:",
    ),
    "zh": (
        (
            "你按照单位的规定处理个案，只返回一个符合以下 Schema 的 JSON。",
            "你负责对各类请求和事件作出决定，只回复符合以下 Schema 的 JSON，不写其他内容。",
            "请依据规定对每个个案作出决定，给出理由和证据，并按以下 Schema 输出 JSON。",
            "你作出决定并说明依据，全部回答就是一个符合以下 Schema 的 JSON 对象。",
        ),
        "规定：",
        "个案：",
    ),
}
"""Ways to tell the role, of which content chooses one; what stands before the passages and before the case."""


async def plan(view: View, ask: Ask, settings: Settings) -> Iterable[Task]:  # noqa: ARG001
    """One task per passage that says more than one thing. UsageError: the schema is none, or does not describe an object."""
    path = Path(settings.decision_schema) if settings.decision_schema else assets.find("prompts", "decision.schema.json")
    given = _schemas.read(path, "decision_schema")
    if given.schema.get("type") != "object":
        raise UsageError(
            f'{path}: a decision is an object, so the schema needs "type": "object" at the top', "`decision.schema.json` is one"
        )
    tasks = per_chunk(view, settings, "decision", count=lambda c: cases_for(c, settings), dimensions=DIMENSIONS, own=OWN)
    return (replace(task, values={**task.values, "schema": ordered(given.schema), "free": given.free}) for task in tasks)


def cases_for(chunk: Chunk, settings: Settings) -> int:
    """How many cases a passage is good for; none where it says but one thing."""
    pairs = pairs_for(chunk.text, settings.pairs_per_chunk)
    return min(max(pairs // 3, 1), MOST) if pairs and statements(chunk.text) > 1 else 0


async def generate(task: Task, chunks: list[Chunk], ask: Ask, settings: Settings) -> list[Sample]:  # noqa: ARG001
    """The cases that the model wrote for one passage, decided. ReplyError: it gave no usable reply."""
    chunk, schema = chunks[0], json.loads(task.values["schema"])
    reply = reply_of("Decisions", _wanted(schema, thinking=any(slot.get("think") == "yes" for slot in task.values["slots"])))
    values = {**shown(chunk), **task.values, "schema": ordered(schema), "quoting": _schemas.quoting(schema)}
    written = (await ask("decision", reply, values, language=chunk.language or "en")).value
    return [_sample(task, chunks, decided) for decided in written["decisions"]]


def _wanted(schema: Json, *, thinking: bool) -> Json:
    """The schema of the reply: for each case what happened, quotes where the schema has none, thinking where wanted, the decision."""
    properties: Json = {
        "number": {"type": "integer", "minimum": 1, "description": "Which of the wanted cases this is."},
        "case": {"type": "string", "minLength": 20, "description": "The case, as the person writes who brings it."},
        **({} if _schemas.quoting(schema) else {"evidence": QUOTED}),
        **({"reasoning": {"type": "string", "description": "The thinking before the decision, else empty."}} if thinking else {}),
        "decision": None,
    }
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    around = {
        "type": "object",
        "properties": {"decisions": {"type": "array", "items": item}},
        "required": ["decisions"],
        "additionalProperties": False,
    }
    return _schemas.inside(schema, around, "#/properties/decisions/items/properties/decision")


def _sample(task: Task, chunks: list[Chunk], decided: Json) -> Sample:
    chunk, *distractors = chunks
    slot: Slot = task.values["slots"][(decided["number"] - 1) % len(task.values["slots"])]
    schema, decision, case = json.loads(task.values["schema"]), decided["decision"], str(decided["case"]).strip()
    given = [*decided.get("evidence", []), *_schemas.quotes(decision)]
    meta = {
        "context": slot.get("context", "none"),
        "language": chunk.language,
        "labels": {**labels(task, slot), **({"action": decision["action"]} if isinstance(decision.get("action"), str) else {})},
        "question": case,
        "schema": schema,
        "free": task.values["free"],
    }
    reasoning = str(decided.get("reasoning", "")).strip() if slot.get("think") == "yes" else ""
    messages = [*prompt(case, schema, slot, chunk, distractors), Message("assistant", ordered(decision), reasoning=reasoning)]
    evidence = [located([chunk], quote) for quote in dict.fromkeys(given) if quote.strip()]
    return sample("decision", task, messages, chunks=[chunk], evidence=evidence, meta=meta)


def prompt(case: str, schema: Json, slot: Slot, chunk: Chunk, distractors: Sequence[Chunk]) -> list[Message]:
    """The row's turns before the answer: the role and the schema, then the case, behind the rules where the slot wants them."""
    roles, rules, before = ROW["zh" if chunk.language.startswith("zh") else "en"]
    role = roles[int(content_id("role", case), 16) % len(roles)]
    parts = [case]
    if slot.get("context") == "passage":
        passages = sorted([chunk, *distractors], key=lambda c: content_id(case, c.id))
        parts = [rules, *(f"{c.context}\n{c.text}" if c.context else c.text for c in passages), f"{before}\n{case}"]
    return [Message("system", f"{role}\n\n{ordered(schema)}"), Message("user", "\n\n".join(parts))]
