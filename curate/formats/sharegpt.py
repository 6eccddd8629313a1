"""ShareGPT: `conversations` of from/value turns with reasoning and tool calls as LLaMA-Factory reads them; SFT, preference and KTO.

Pretraining text has a column of its own, as its reader's stage `pt` wants it.
"""

from collections.abc import Collection
from itertools import groupby
from typing import Any

from curate.errors import CarryError
from curate.formats._text import PLAIN, answer, bare, call, dump, load, plain
from curate.formats._text import parted as split_answer
from curate.formats._turns import numbered, parted, prepared, purpose, trained_whole
from curate.records import Message, Sample
from curate.settings import Settings

VERSION = 3
BETWEEN_RESULTS = "\n</tool_response>\n<tool_response>\n"  # several results stand in one observation; the template adds the outer tags
IMAGE = "<image>"
OPEN, CLOSE = "<tool_call>\n", "\n</tool_call>"
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "function_call": "call"}
ROLES |= {"observation": "tool", "tool": "tool", "system": "system"}


def columns(purpose: str, tools: bool) -> dict[str, Any]:
    """What a row holds: `tools` stands in every row or in none, for readers want one set of columns in a file."""
    if purpose == "pretrain":
        return PLAIN
    turn = {"from": "string", "value": "string"}
    answers: dict[str, dict[str, Any]] = {
        "": {},
        "vision": {"images": ["string"]},
        "preference": {"chosen": turn, "rejected": turn},
        "kto": {"label": "bool"},
    }
    return {"id": "string", "conversations": [turn], **answers[purpose], **({"tools": "string"} if tools else {})}


def record(sample: Sample, settings: Settings) -> dict[str, Any]:
    """One row; `tools` is JSON text, empty where the sample has none."""
    if purpose(sample) == "pretrain":
        return plain(sample)
    messages = prepared(sample, settings, "sharegpt", ("", "preference", "kto", "vision"))
    tools = dump(bare(sample.tools)) if sample.tools else ""
    if purpose(sample) == "preference":
        prompt, chosen, rejected = parted(sample, messages)
        row: dict[str, Any] = {"conversations": _turns(prompt), "chosen": _single(chosen), "rejected": _single(rejected)}
    else:
        row = {"conversations": _turns(messages)} | ({} if sample.label is None else {"label": sample.label})
        row |= {"images": _marked(sample, messages)} if sample.images else {}
    return {"id": sample.id, **row, "tools": tools}


def parse(row: dict[str, Any]) -> list[Message]:
    """The messages of a row; calls get numbers for ids."""
    turns = [*row.get("conversations", []), *([row["chosen"]] if isinstance(row.get("chosen"), dict) else [])]
    messages = [Message("system", row["system"])] if row.get("system") else []
    if turns and _role(turns[0]) == "system":
        messages = []  # a system turn stands above the column, as its readers have it
    for turn in turns:
        messages += _parse_turn(turn, len(messages[-1].tool_calls) if messages else 0)
    return numbered(messages)


def dataset_info(file_name: str, columns: Collection[str]) -> dict[str, Any]:
    """LLaMA-Factory's entry for a file. All seven tags: naming one unsets the rest."""
    if "text" in columns:
        return {"file_name": file_name, "columns": {"prompt": "text"}}
    named = {"messages": "conversations"} | {c: c for c in ("tools", "chosen", "rejected") if c in columns}
    named |= {"images": "images"} if "images" in columns else {}
    named |= {"kto_tag": "label"} if "label" in columns else {}
    ranking = {"ranking": True} if "chosen" in columns else {}
    return {"file_name": file_name, "formatting": "sharegpt", **ranking, "columns": named, "tags": TAGS}


def _turns(messages: list[Message]) -> list[dict[str, str]]:
    trained_whole(messages, "sharegpt")
    return [_turn(list(group)) for _, group in groupby(messages, lambda m: m.role)]


def _turn(messages: list[Message]) -> dict[str, str]:
    first = messages[0]
    if first.role == "tool":
        if len(messages) > 1 and any(BETWEEN_RESULTS in m.content for m in messages):
            raise CarryError("a tool result holds the tags that part several results")
        return {"from": "observation", "value": BETWEEN_RESULTS.join(m.content for m in messages)}
    if first.tool_calls:
        return {"from": "function_call", "value": _calls(first)}
    return {"from": {"user": "human", "assistant": "gpt"}.get(first.role, first.role), "value": answer(first)}


def _marked(sample: Sample, messages: list[Message]) -> list[str]:
    """The images, of which the text must hold as many marks: the reader stops on any other number."""
    marks = sum(m.content.count(IMAGE) for m in messages)
    if marks != len(sample.images):
        raise CarryError(f"the text holds {marks} {IMAGE} marks for {len(sample.images)} images")
    return sample.images


def _single(messages: list[Message]) -> dict[str, str]:
    if len(messages) != 1:
        raise CarryError("the style sharegpt compares single answers, not several turns", "export it as trl")
    return _turns(messages)[0]


def _calls(message: Message) -> str:
    """Calls as JSON, a list for several; after text, one tagged block: two would come out of order."""
    calls = [{"name": c.name, "arguments": c.arguments} for c in message.tool_calls]
    text = dump(calls if len(calls) > 1 else calls[0])
    if "<tool_call>" in text or "</tool_call>" in text or (message.reasoning and "</think>" in text):
        raise CarryError("the arguments of a tool call hold tags that readers take for markup")
    return answer(message) + ("\n" + OPEN + text + CLOSE if message.content else text)


def _role(turn: Any) -> str:
    if not isinstance(turn, dict) or not isinstance(turn.get("value"), str):
        raise CarryError("a turn has no text under 'value'")
    if turn.get("from") not in ROLES:
        raise CarryError(f"a turn is from {turn.get('from')!r}, which is no role of this format")
    return ROLES[turn["from"]]


def _parse_turn(turn: Any, calls: int) -> list[Message]:
    role, text = _role(turn), turn["value"]
    if role == "tool":
        return [Message("tool", result) for result in (text.split(BETWEEN_RESULTS) if calls > 1 else [text])]
    if role == "call":
        return [_parse_calls(text)]
    if role == "assistant":
        reasoning, content = split_answer(text)
        return [Message(role, content, reasoning)]
    return [Message(role, text)]


def _parse_calls(text: str) -> Message:
    reasoning, rest = split_answer(text)
    content, opened, tagged = rest.partition("<tool_call>")
    found = load(tagged.partition("</tool_call>")[0] if opened else rest, "a function_call turn")
    calls = [call(c) for c in (found if isinstance(found, list) else [found])]
    return Message("assistant", content.removesuffix("\n") if opened else "", reasoning, calls)
