"""What many tests share: starting scripted model servers."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

# A shell starts what runs in the background with Ctrl-C ignored, and so would be the builds that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def model_server(tmp_path: Path) -> Iterator[Callable[..., ModelServer]]:
    """Starts scripted servers: `model_server(mode="qa", latency=0.05, faults=[{"number": 0, "do": "429"}])`; see tests/server.py."""
    running: list[ModelServer] = []

    def start(*, faults: list[dict[str, Any]] | None = None, replies: list[str] | None = None, **options: Any) -> ModelServer:
        if faults:
            script = tmp_path / f"faults{len(running)}.script"
            script.write_text(json.dumps(faults))
            options["faults"] = script
        if replies:
            said = tmp_path / f"replies{len(running)}.json"
            said.write_text("\n".join(json.dumps(line) for line in replies))
            options["mode"] = said
        running.append(ModelServer(options))
        return running[-1]

    yield start
    for server in running:
        server.stop()
