"""A workspace with one prompt, and the models that a test opens on it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from curate.cache import Ledger
from curate.llm import Models
from curate.settings import Settings

PROMPT = "# system\nYou answer.\n\n# user\nItem {{ item }}.\n{{ fence(text) }}\n"


class Pair(BaseModel):
    """What the prompt asks for."""

    model_config = ConfigDict(extra="forbid")
    question: str
    answer: str


Opened = Callable[..., contextlib.AbstractAsyncContextManager[Models]]


@pytest.fixture
def pair() -> type[Pair]:
    return Pair


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """`opened(url, **settings)`: models on the test's one workspace; opening again is a rerun."""
    for name in ("CURATE_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/ask.en.md").write_text(PROMPT)

    @contextlib.asynccontextmanager
    async def open_models(url: str, said: list[str] | None = None, **settings: Any) -> AsyncIterator[Models]:
        chosen = Settings(**{"model": "test-model", "base_url": url, **settings})
        with Ledger.open(tmp_path / "cache.sqlite") as ledger:
            async with Models(chosen, ledger, tmp_path, (said if said is not None else []).append, backoff=0.01, quiet=0.1) as models:
                yield models

    return open_models
