"""Looks whether what a build needs is there: the server and its abilities, disk, extras, accelerators."""

import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from curate import serving
from curate.cache import Ledger
from curate.errors import CurateError
from curate.llm import Models
from curate.records import Json, Message
from curate.settings import Settings

LOW_DISK = 2 << 30
EXTRAS = {
    "unstructured": ("unstructured", "rtf, odt, rst, org, msg and legacy Office files"),
    "tokenizers": ("tokenizers", "exact token counts"),
}
CLOCK: Json = {
    "type": "function",
    "function": {
        "name": "current_time",
        "description": "The time now in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. state: ok, missing (something optional) or broken (a build would fail)."""

    what: str
    state: Literal["ok", "missing", "broken"]
    detail: str
    hint: str = ""


class Ready(BaseModel):
    """What the server is asked to fill in, to see whether it follows a schema."""

    ready: bool


async def examine(settings: Settings, workspace: Path) -> list[Finding]:
    """Every finding; nothing is raised for what is missing or broken."""
    return [*_local(workspace), *(await _server(settings) if settings.model else [_no_model()])]


def _local(workspace: Path) -> Iterator[Finding]:
    place = next(p for p in (workspace, *workspace.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    state: Literal["ok", "missing"] = "ok" if free > LOW_DISK else "missing"
    yield Finding("disk", state, f"{free / (1 << 30):,.1f} GiB free at {place}", "" if state == "ok" else "free some space")
    for extra, (module, brings) in EXTRAS.items():
        if importlib.util.find_spec(module):
            yield Finding(extra, "ok", brings)
        else:
            yield Finding(extra, "missing", f"optional: {brings}", f"pip install 'curate[{extra}]'")
    yield _accelerator()


def _accelerator() -> Finding:
    tool = shutil.which("nvidia-smi")
    if not tool:
        return Finding("accelerator", "missing", "none found; building needs none, training is faster with one")
    try:
        shown = subprocess.run(
            [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"], capture_output=True, timeout=20, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        return Finding("accelerator", "missing", f"nvidia-smi does not answer: {error}")
    return Finding("accelerator", "ok", shown.stdout.decode(errors="replace").strip().replace("\n", "; "))


def _no_model() -> Finding:
    return Finding("model", "missing", "none configured: answers will be verbatim passages", "name one with --model and --base-url")


async def _server(settings: Settings) -> list[Finding]:
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as scratch, Ledger.open(Path(scratch) / "cache.sqlite") as ledger:
        try:
            with serving.serve(settings, Path(scratch), lambda _: None) as served:
                async with Models(served, ledger, on_event=notes.append) as models:
                    found = [Finding("model", "ok", line) for line in await models.check()]
                    return [*found, await _schema(models, notes), await _tools(models)]
        except CurateError as error:
            return [Finding("model", "broken", error.message, error.hint)]


async def _schema(models: Models, notes: list[str]) -> Finding:
    try:
        await models.bound()("doctor", Ready, {})
    except CurateError as error:
        return Finding("structured output", "broken", error.message, error.hint or "choose a model that can write JSON")
    return Finding("structured output", "ok", "; ".join(notes) or "the server follows a JSON schema")


async def _tools(models: Models) -> Finding:
    try:
        turn = await models.bound().chat([Message("user", "What time is it in Oslo? Use the tool.")], [CLOCK])
    except CurateError as error:
        return Finding("tool calls", "missing", error.message, "only agent traces need them")
    if not turn.tool_calls:
        return Finding("tool calls", "missing", "the model answered without calling the tool", "only agent traces need them")
    return Finding("tool calls", "ok", f"the model called {turn.tool_calls[0].name}")
