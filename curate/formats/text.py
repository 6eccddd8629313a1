"""Text: each conversation rendered by a chat template, for trainers that take plain text; there is no way back from it.

Pretraining text is written as it is.
"""

from collections.abc import Collection
from typing import Any

from curate.errors import CarryError
from curate.formats._chat import objects
from curate.formats._text import PLAIN, bare, dump, plain, wrapped
from curate.formats._turns import prepared, purpose, trained_whole
from curate.records import Message, Sample
from curate.settings import Settings
from curate.templates import control_tokens, render

VERSION = 2


def columns(purpose: str, tools: bool) -> dict[str, Any]:  # noqa: ARG001 - one set of columns
    """What a row holds."""
    return PLAIN


def record(sample: Sample, settings: Settings) -> dict[str, Any]:
    """One row: the whole conversation as one text."""
    if purpose(sample) == "pretrain":
        return plain(sample)
    messages = prepared(sample, settings, "text")
    trained_whole(messages, "text")
    for token in control_tokens(settings.chat_template):
        if any(token in part for m in messages for part in (m.content, m.reasoning)):
            raise CarryError(f"a turn holds {token}, which the chat template uses to part turns")
    text = render(settings.chat_template, objects(messages), wrapped(sample.tools))
    _check_whole(text, messages, sample)
    return {"id": sample.id, "text": text}


def dataset_info(file_name: str, columns: Collection[str]) -> dict[str, Any]:  # noqa: ARG001
    """LLaMA-Factory's entry for a file: plain text, as its stage `pt` reads it."""
    return {"file_name": file_name, "columns": {"prompt": "text"}}


def _check_whole(text: str, messages: list[Message], sample: Sample) -> None:
    """Many templates pass over what they do not know; a row must not lose a turn, a call or a tool that way.

    Reasoning before the last question is another matter: leaving it out is the rule of the families that reason.
    """
    shown = [m.content for m in messages] + [c.name for m in messages for c in m.tool_calls] + [t["name"] for t in bare(sample.tools)]
    for part in [*shown, messages[-1].reasoning]:
        if part.strip() not in text and dump(part)[1:-1] not in text:
            raise CarryError("the chat template leaves out a part of the conversation", "choose another --chat-template")
