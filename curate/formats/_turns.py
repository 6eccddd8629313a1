"""What every style needs of a sample: what it is for, and its messages in an order that every reader accepts."""

from dataclasses import replace
from itertools import groupby

from curate.errors import CarryError
from curate.records import Message, Sample
from curate.settings import Settings

FOLLOWS = {"": ("user",), "user": ("assistant",), "assistant": ("user", "tool"), "tool": ("tool", "assistant")}
PURPOSES = {"": "SFT", "preference": "preference", "kto": "KTO", "pretrain": "pretraining", "vision": "vision"}
TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>")


def purpose(sample: Sample) -> str:
    """What a sample trains: "" (SFT), "preference", "kto", "pretrain" (one text, no conversation) or "vision" (SFT with images).

    No exported file mixes purposes.
    """
    if sample.images:
        return "vision"
    if sample.meta.get("purpose") == "pretrain":
        return "pretrain"
    return "preference" if sample.rejected else "kto" if sample.label is not None else ""


def prepared(sample: Sample, settings: Settings, style: str, purposes: tuple[str, ...] = ("",)) -> list[Message]:
    """The sample's messages with the system message of the settings, checked, every tool result beside the call it answers."""
    if purpose(sample) not in purposes:
        known = " and ".join(PURPOSES[p] for p in purposes)
        fitting = "sharegpt" if sample.images else "trl or sharegpt"
        raise CarryError(f"the style {style} holds {known} rows, this is a {PURPOSES[purpose(sample)]} sample", f"export it as {fitting}")
    return complete(_with_system(sample.messages, settings.system), sample)


def complete(messages: list[Message], sample: Sample) -> list[Message]:
    """The same messages with ids on all tool calls, results in their order; raises CarryError where a reader would drop or misread them."""
    _check_order(messages)
    messages = numbered(messages)
    names = {str(t.get("function", t).get("name")) for t in sample.tools}
    for message in messages:
        _check_message(message, names)
    turns = [list(group) for _, group in groupby(messages, lambda m: m.role)]
    return [m for before, turn in zip([[], *turns], turns, strict=False) for m in _paired(before, turn)]


def parted(sample: Sample, messages: list[Message]) -> tuple[list[Message], list[Message], list[Message]]:
    """Prompt (up to the last user turn), the answer that stands there, and the rejected answer, if there is one."""
    last = max(i for i, m in enumerate(messages) if m.role == "user") + 1
    other = complete([*messages[:last], *sample.rejected], sample) if sample.rejected else []
    return messages[:last], messages[last:], other[last:]


def trained_whole(messages: list[Message], style: str) -> None:
    """Raises CarryError where an answer is to be kept out of the loss: in this style all answers are trained."""
    if any(m.role == "assistant" and m.weight != 1 for m in messages):
        raise CarryError(f"the style {style} trains every answer and this sample has one that is not to be trained", "use openai")


def _with_system(messages: list[Message], system: str) -> list[Message]:
    return [Message("system", system), *messages] if system and not any(m.role == "system" for m in messages) else messages


def _check_order(messages: list[Message]) -> None:
    last = ""
    for message in messages[1:] if messages and messages[0].role == "system" else messages:
        if message.role not in FOLLOWS[last]:
            raise CarryError(f"a turn of role {message.role!r} stands " + (f"after one of role {last!r}" if last else "at the start"))
        last = message.role
    if last != "assistant":
        raise CarryError(f"the conversation ends on a turn of role {last!r}, not on an answer" if last else "there is no conversation")


def _check_message(message: Message, tools: set[str]) -> None:
    if not message.content.strip() and not message.tool_calls and message.role != "tool":
        raise CarryError(f"a turn of role {message.role!r} is empty")
    for call in message.tool_calls:
        if call.name not in tools:
            raise CarryError(f"an answer calls the tool {call.name!r}, which the sample does not list")
    if message.role == "assistant":
        for tag in TAGS:
            if tag in message.content or tag in message.reasoning:
                raise CarryError(f"an answer holds {tag} as text, which readers take for markup")


def _paired(before: list[Message], turn: list[Message]) -> list[Message]:
    """A turn as it is; a turn of tool results in the order of the calls before it."""
    calls = [c.id for c in before[-1].tool_calls] if before else []
    if turn[0].role != "tool":
        if calls:
            raise CarryError("a tool call has no result")
        return turn
    results = [m.tool_call_id for m in turn]
    if len(results) != len(calls):
        raise CarryError(f"{len(results)} tool results answer {len(calls)} calls")
    if sorted(results) != sorted(calls) or len(set(calls)) != len(calls):
        raise CarryError("a tool result names no call of the turn before it")
    return sorted(turn, key=lambda m: calls.index(m.tool_call_id))


def numbered(messages: list[Message]) -> list[Message]:
    """The messages with ids on all calls; results that name no call answer the calls before them in order."""
    if any(m.tool_call_id for m in messages) or not any(m.tool_calls for m in messages):
        return messages
    done: list[Message] = []
    waiting: list[str] = []
    count = 0
    for message in messages:
        if message.tool_calls:
            calls = [c if c.id else replace(c, id=f"call_{n}") for n, c in enumerate(message.tool_calls, count + 1)]
            count, waiting = count + len(calls), [c.id for c in calls]
            done.append(replace(message, tool_calls=calls))
        else:
            done.append(replace(message, tool_call_id=waiting.pop(0)) if message.role == "tool" and waiting else message)
    return done
