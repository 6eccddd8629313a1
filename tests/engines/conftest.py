"""The tiny model, a vLLM that all tests of a session share, and what they ask it with; see prepare.py."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prepare import MISSING, MODEL, PYTHON
from pydantic import BaseModel, ConfigDict

from curate import serving
from curate.cache import Ledger
from curate.llm import Models
from curate.settings import Settings

PROMPT = "# system\nYou answer.\n\n# user\nItem {{ item }}.\n{{ fence(text) }}\n"
OPTIONS = [
    "--dtype=float32",
    "--enforce-eager",
    "--max-num-seqs=16",
    "--max-num-batched-tokens=65536",  # a prompt in pieces and a seed do not go together on a CPU: vLLM 0.32 ends there
    "--enable-auto-tool-choice",
    "--tool-call-parser=hermes",
    "--structured-outputs-config.backend=xgrammar",
    "--structured-outputs-config.disable_any_whitespace=true",  # else a tiny model writes spaces until its reply is full
]
VLLM = {"model": f"vllm:{MODEL}", "vllm_python": str(PYTHON), "vllm_options": OPTIONS}
"""The settings that serve the tiny model."""


class Pair(BaseModel):
    """One of what the model is trained to write."""

    model_config = ConfigDict(extra="forbid")
    question: str
    answer: str
    quote: str


class Pairs(BaseModel):
    """What the model is trained to write."""

    model_config = ConfigDict(extra="forbid")
    pairs: list[Pair]


class Other(BaseModel):
    """What only a grammar makes the model write."""

    model_config = ConfigDict(extra="forbid")
    label: str
    certain: bool
    numbers: list[int]


Opened = Callable[..., contextlib.AbstractAsyncContextManager[Models]]


@pytest.fixture(scope="session")
def engine() -> Path:
    """The Python that has the engines; without one the test is skipped."""
    if MISSING.exists():
        pytest.skip(MISSING.read_text().strip())
    if not (PYTHON.exists() and MODEL.is_dir()):
        pytest.skip("there is no engine: run `make test-engines`")
    os.environ |= {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
    return PYTHON


@pytest.fixture(scope="session")
def vllm(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that ask a running vLLM."""
    settings = Settings(**VLLM, max_reply_tokens=600, request_timeout=120)
    with serving.serve(settings, tmp_path_factory.mktemp("vllm"), print) as served:
        yield served


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """`opened(settings)`: models on the test's one workspace; opening again is a rerun. said: gets what is told of the server."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/ask.en.md").write_text(PROMPT)

    @contextlib.asynccontextmanager
    async def open_models(settings: Settings, said: list[str] | None = None, **changed: Any) -> AsyncIterator[Models]:
        chosen = settings.model_copy(update=changed)
        with Ledger.open(tmp_path / "cache.sqlite") as ledger:
            async with Models(chosen, ledger, tmp_path, (said if said is not None else []).append) as models:
                await models.check()
                yield models

    return open_models
