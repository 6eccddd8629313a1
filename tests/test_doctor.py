"""What the doctor finds, with servers of each kind."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from model_server import ModelServer

from curate.doctor import Finding, examine
from curate.settings import Settings

Start = Callable[..., ModelServer]


def findings(tmp_path: Path, **settings: object) -> dict[str, Finding]:
    return {f.what: f for f in asyncio.run(examine(Settings(**settings), tmp_path / "none"))}  # type: ignore[arg-type]


def test_without_a_model_nothing_is_broken(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert found["disk"].state in ("ok", "missing")
    assert found["model"].state == "missing"
    assert "--model" in found["model"].hint


def test_a_good_server_is_found_good(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="echo-schema")
    found = findings(tmp_path, model="test-model", base_url=server.url)
    assert found["model"].state == "ok"
    assert found["structured output"].state == "ok"
    assert found["tool calls"].state in ("ok", "missing")


def test_a_server_without_schemas_is_said_to_be_worked_around(tmp_path: Path, model_server: Start) -> None:
    server = model_server(mode="echo-schema", schema="none")
    found = findings(tmp_path, model="test-model", base_url=server.url, reply_attempts=1)
    assert found["model"].state == "ok"
    assert "structured output" in found


def test_an_unreachable_server_is_broken_with_its_address(tmp_path: Path) -> None:
    found = findings(tmp_path, model="m", base_url="http://127.0.0.1:9/v1")
    assert found["model"].state == "broken"
    assert "127.0.0.1:9" in found["model"].detail
