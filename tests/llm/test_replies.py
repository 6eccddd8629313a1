"""JSON out of replies: what is plain is mended, what is not is said in words a model can use."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field

from curate.llm._replies import Refused, Unusable, check, completion, message, schema_of, value

GOOD = '{"question": "Why?", "score": 3, "tags": ["a", "b"]}'


class Answer(BaseModel):
    """A reply of several types."""

    question: str
    score: int = Field(ge=0, le=5)
    tags: list[str] = Field(default=[], title="Labels")


def body(content: Any, **more: Any) -> bytes:
    choice = {"message": {"role": "assistant", "content": content, **more.pop("message", {})}, "finish_reason": "stop", **more}
    return json.dumps({"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is:\n```\n{GOOD}\n```\nAnything else?",
        f"<think>I could say {{this}} or that.</think>\n{GOOD}",
        f"I could say {{this}}.\n</think>\n\n```json\n{GOOD}\n```",
        '{"question": "Why?", "score": 3, "tags": ["a", "b",],}',
        "{'question': 'Why?', 'score': 3, 'tags': ['a', 'b']}",
        '{"question": "Why?", "score": "3", "tags": ["a", "b"]}',
        '{"question": "Why?", // comment\n "score": 3, "tags": ["a", "b"]',
        f"Sure! {GOOD} I hope this helps.",
    ],
)
def test_json_in_its_many_wrappings_is_read(content: str) -> None:
    assert value(completion(body(content)), Answer) == Answer(question="Why?", score=3, tags=["a", "b"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("I would rather talk.", "held no JSON"),
        ('{"question": "Why?"}', "score: Field required"),
        ('{"question": "Why?", "score": 9}', "score: Input should be less than or equal to 5"),
        ("[1, 2]", "object"),
        ("{}", "question: Field required"),
        ("{not even close", "Input should be"),
    ],
)
def test_what_cannot_be_read_says_why(content: str, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        value(completion(body(content)), Answer)


def test_refusals_filters_cuts_and_emptiness_are_told_apart() -> None:
    table: list[tuple[bytes, type[Exception], str]] = [
        (body(None, message={"refusal": "I can't."}), Refused, "refused: I can't"),
        (body("", finish_reason="content_filter"), Refused, "content filter"),
        (body('{"question": "Wh', finish_reason="length"), Unusable, "cut off at 99 tokens"),
        (body("  \n"), Unusable, "empty"),
    ]
    for raw, kind, words in table:
        with pytest.raises(kind, match=words):
            check(completion(raw), 99)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": null}]}', b"null", b'"x"'])
def test_a_body_that_is_no_completion_is_unusable(raw: bytes) -> None:
    with pytest.raises(Unusable, match="not a chat completion"):
        completion(raw)


def test_thinking_is_kept_apart_from_the_turn() -> None:
    assert message(completion(body("<think>hm</think>Yes."))).reasoning == "hm"
    found = message(completion(body("Yes.", message={"reasoning_content": "hm"})))
    assert (found.content, found.reasoning) == ("Yes.", "hm")
    assert message(completion(body([{"type": "text", "text": "Yes."}]))).content == "Yes."


def test_tool_arguments_become_objects_or_are_unusable() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": '{"city": "Oslo"}'}}
    found = message(completion(body(None, message={"tool_calls": [call]})))
    assert found.tool_calls[0].arguments == {"city": "Oslo"}
    for arguments in ("[1]", "{city", "3"):
        call["function"] = {"name": "clock", "arguments": arguments}
        with pytest.raises(Unusable, match="tool call"):
            message(completion(body(None, message={"tool_calls": [call]})))


def test_schemas_are_closed_and_bare_and_keep_properties_of_any_name() -> None:
    class Inner(BaseModel):
        title: str = "x"
        default: int = 1

    class Outer(BaseModel):
        inner: list[Inner]

    found = schema_of(Outer)
    assert found["$defs"]["Inner"]["required"] == ["title", "default"]
    assert found["$defs"]["Inner"]["properties"] == {"title": {"type": "string"}, "default": {"type": "integer"}}
    assert found["additionalProperties"] is False is found["$defs"]["Inner"]["additionalProperties"]
    assert "title" not in found
