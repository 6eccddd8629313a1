"""A real `transformers serve`: it lists no models, takes a schema without a word and ignores it; curate works with it all the same."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from conftest import Opened, Other, Pairs
from prepare import MODEL

from curate.doctor import CLOCK
from curate.errors import ReplyError
from curate.records import Message
from curate.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def transformers(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that ask a running `transformers serve`."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("transformers") / "log"
    command = [str(engine.with_name("transformers")), "serve", str(MODEL), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with log.open("wb") as file:
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        while not healthy(port):
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
        yield Settings(model=str(MODEL), base_url=f"http://127.0.0.1:{port}/v1", max_reply_tokens=600, temperature=0.2, concurrency=2)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def healthy(port: int) -> bool:
    try:
        return bool(urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200)
    except (URLError, OSError):
        return False


async def test_json_is_read_from_a_server_that_ignores_schemas(transformers: Settings, opened: Opened) -> None:
    async with opened(transformers) as models:
        values = [{"item": n, "text": "glass valve stock"} for n in range(6)]
        found = await asyncio.gather(*(models.bound()("ask", Pairs, v) for v in values), return_exceptions=True)
        assert {type(f) for f in found} <= {Pairs, ReplyError}, found
        assert sum(isinstance(f, Pairs) for f in found) >= 3, found
        with pytest.raises(ReplyError, match=r"no usable reply in 3 attempts|answered 500"):
            await models.bound()("ask", Other, values[0])
        print(models.counts)


async def test_tools_are_called(transformers: Settings, opened: Opened) -> None:
    async with opened(transformers) as models:
        turn = await models.bound().chat([Message("user", "glass valve stock")], [CLOCK])
        assert [call.name for call in turn.tool_calls] == ["current_time"]
