"""Conversations of every shape, and hypothesis strategies for them, that the tests of the formats share."""

from typing import Any

from hypothesis import strategies as st

from curate.records import Message, Sample, Task, ToolCall, sample

TASK = Task("t", "test", "qa")
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {"name": "weather", "description": "Weather of a city", "parameters": {"type": "object"}},
}
CLOCK: dict[str, Any] = {
    "name": "clock",
    "description": "Time in a zone",
    "parameters": {"type": "object", "properties": {"zone": {"type": "integer"}}},
}
TOOLS = [WEATHER, CLOCK]


def system(text: str) -> Message:
    return Message("system", text)


def user(text: str) -> Message:
    return Message("user", text)


def assistant(text: str, reasoning: str = "", *calls: ToolCall, weight: float = 1.0) -> Message:
    return Message("assistant", text, reasoning, list(calls), weight=weight)


def result(text: str, call_id: str) -> Message:
    return Message("tool", text, tool_call_id=call_id)


def call(number: int, name: str = "weather", **arguments: Any) -> ToolCall:
    return ToolCall(f"call_{number}", name, arguments)


def made(*messages: Message, tools: list[dict[str, Any]] | None = None, **more: Any) -> Sample:
    return sample("qa", TASK, list(messages), tools=tools, **more)


PLAIN = made(user("Which port?"), assistant("8080."))
SYSTEM = made(system("Be brief."), user("端口？"), assistant("8080。"))
TURNS = made(user("Which port?"), assistant("8080."), user("And TLS?"), assistant("8443."))
REASONED = made(user("Which port?"), assistant("8080.", "The table says so.\nRow two."))
ONE_CALL = made(user("Rain?"), assistant("", "", call(1, city="Oslo")), result("no", "call_1"), assistant("No rain."), tools=TOOLS)
TEXT_AND_CALL = made(
    user("Rain?"),
    assistant("Let me look.", "I need the weather.", call(1, city="Oslo")),
    result("no", "call_1"),
    assistant("No."),
    tools=TOOLS,
)
PARALLEL = made(
    user("Rain? Time?"),
    assistant("Both at once.", "", call(1, city="Oslo"), call(2, "clock", zone=1)),
    result("no", "call_1"),
    result("12:00", "call_2"),
    assistant("Dry, and noon."),
    tools=TOOLS,
)
STEPS = made(
    system("Use the tools."),
    user("Rain? Time?"),
    assistant("", "", call(1, city="Oslo")),
    result("no", "call_1"),
    assistant("", "now the time", call(2, "clock", zone=1)),
    result("12:00", "call_2"),
    assistant("Dry, and noon.", "I have both."),
    user("Thanks"),
    assistant("Welcome."),
    tools=TOOLS,
)
CALL_LAST = made(user("Rain?"), assistant("", "", call(1, city="Oslo")), tools=TOOLS)
PREFERENCE = made(user("Which port?"), assistant("8080."), rejected=[assistant("I do not know.")])
LIKED = made(user("Which port?"), assistant("8080."), label=True)
WITHOUT_TOOLS = [PLAIN, SYSTEM, TURNS, REASONED]
WITH_TOOLS = [ONE_CALL, TEXT_AND_CALL, PARALLEL, STEPS, CALL_LAST]

texts = st.text(min_size=1, max_size=30).filter(lambda t: bool(t.strip()) and "<" not in t)
reasonings = st.just("") | texts
values = st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda inner: st.lists(inner, max_size=2), max_leaves=4)
arguments = st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), values, max_size=3)


@st.composite
def chats(draw: st.DrawFn, *, tools: bool, thinking: bool = True) -> Sample:
    """A conversation of one to three questions, each with up to two rounds of up to three calls before its answer."""
    messages = [system(draw(texts))] if draw(st.booleans()) else []
    thoughts, number = reasonings if thinking else st.just(""), 0
    for _ in range(draw(st.integers(1, 3))):
        messages.append(user(draw(texts)))
        for _ in range(draw(st.integers(0, 2)) if tools else 0):
            calls = [
                ToolCall(f"call_{number + n}", draw(st.sampled_from(["weather", "clock"])), draw(arguments))
                for n in range(1, draw(st.integers(1, 3)) + 1)
            ]
            number += len(calls)
            messages.append(assistant(draw(st.just("") | texts), draw(thoughts), *calls))
            messages += [result(draw(texts), c.id) for c in calls]
        messages.append(assistant(draw(texts), draw(thoughts)))
    return made(*messages, tools=TOOLS if tools else [])
