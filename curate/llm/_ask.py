"""What a task asks with: a prompt and a reply type, or a conversation with tools."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel

from curate.llm._asked import Asked
from curate.llm._requests import image
from curate.records import Json, Message, canonical

if TYPE_CHECKING:
    from curate.llm._models import Models

T = TypeVar("T", bound=BaseModel)


class Ask:
    """Asks for one task. `keys` grows by the ledger key of every attempt behind its answers, in order."""

    def __init__(self, models: "Models") -> None:
        self.models = models
        self.keys: list[str] = []

    async def __call__(
        self,
        prompt: str,
        reply: type[T],
        values: Mapping[str, Any],
        *,
        images: Sequence[Path] = (),
        language: str = "en",
        role: str = "generate",
        draw: int = 0,
    ) -> T:
        """The answer to a rendered prompt, validated. ReplyError: there is none; `draw` numbers wanted repeats of one prompt.

        images: files that go with the last user turn; relative ones lie in the workspace's `.curate`.
        """
        models = self.models
        messages = models.prompts.render(prompt, values, language)
        place = (models.prompts.workspace or Path()) / ".curate"
        shown = tuple(image(place / path) for path in images)
        asked = Asked(models.role(role), messages, reply, models.prompts, draw=draw, language=language, images=shown)
        return cast(T, await models.answer(asked, self.keys))

    async def chat(self, messages: list[Message], tools: list[Json], *, role: str = "generate", draw: int = 0) -> Message:
        """The next turn of a conversation, which may call tools. ReplyError: there is none."""
        models = self.models
        asked = Asked(models.role(role), messages, None, models.prompts, canonical(tools) if tools else "", draw)
        return cast(Message, await models.answer(asked, self.keys))
