"""Models that send nothing: they recall what is remembered and count what would be asked."""

import json
from typing import Any

from curate.llm._asked import Asked, Walk
from curate.llm._models import Models
from curate.text import token_counter

TURN_TOKENS = 4
"""What a chat template adds to each turn, about."""


class NotAsked(Exception):
    """Stands where a reply would come: what the task would do with it is not known. messages: what would be asked, as JSON."""

    def __init__(self, messages: str = "[]") -> None:
        super().__init__(messages)
        self.messages = messages


class Estimating(Models):
    """In `counts`, `made` is what would be asked and `prompt_tokens` an estimate of its prompts."""

    async def answer(self, asked: Asked, keys: list[str]) -> Any:
        walk = Walk(asked, self.settings)
        found = walk.recall(self.ledger)
        keys += walk.keys
        if found is not None:
            self.counts.remembered += 1
            return found
        count = token_counter(self.settings.tokenizer)
        self.counts.made += 1
        self.counts.prompt_tokens += sum(count(str(turn["content"])) + TURN_TOKENS for turn in json.loads(walk.messages))
        raise NotAsked(walk.messages)
