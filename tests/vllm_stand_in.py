"""What stands where vLLM is not: a package `vllm` that answers over HTTP as tests/server.py does, or fails as vLLM fails.

Of vLLM's flags it knows those that curate gives; its own are `--latency` and `--slow` (seconds) and `--fail` (a reason).
Like vLLM it has a worker in a process of its own, which outlives a kill of the server alone; and it counts what it was asked.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MODULE = """
import sys
sys.path.insert(0, {tests!r})
import vllm_stand_in
vllm_stand_in.main()
"""


def install(folder: Path) -> Path:
    """Writes the package into a folder for PYTHONPATH."""
    package = folder / "vllm/entrypoints/openai"
    package.mkdir(parents=True)
    for parent in (folder / "vllm", folder / "vllm/entrypoints", package):
        (parent / "__init__.py").touch()
    (package / "api_server.py").write_text(MODULE.format(tests=str(Path(__file__).parent)))
    return folder


def say(line: str, who: str = "APIServer", level: str = "INFO") -> None:
    print(f"({who} pid={os.getpid()}) {level} 01-02 03:04:05 [core.py:133] {line}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="api_server.py")
    for flag in ("--model", "--served-model-name", "--host", "--fail"):
        parser.add_argument(flag, default="")
    parser.add_argument("--port", type=int)
    for flag in ("--latency", "--slow"):
        parser.add_argument(flag, type=float, default=0.0)
    options = parser.parse_args()
    say(f"non-default args: {vars(options)}")
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    say(f"server {os.getpid()} worker {worker.pid}")
    say("Loading weights", "Worker")
    time.sleep(options.slow)
    if options.fail:
        say(f"SafetensorError: {options.fail}", "Worker", "ERROR")
        raise RuntimeError("Engine core initialization failed. See root cause above. Failed core proc(s): {}")
    asyncio.run(serve(options))


async def serve(options: argparse.Namespace) -> None:
    import server  # not at the top: tests import this module for `install` alone

    class Connection(server.Connection):
        """Adds what vLLM answers without a key."""

        def route(self, head: bytes, body: bytes) -> None:
            if head.split(b" ", 2)[1] == b"/health":
                self.send(200, b"")
            else:
                super().route(head, body)

    key, model = os.environ["VLLM_API_KEY"], options.served_model_name
    sys.argv = ["server.py", f"--model={model}", f"--key={key}", f"--latency={options.latency}", "--mode=qa"]
    state = server.Server(server.arguments())
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    listener = await loop.create_server(lambda: Connection(state), options.host, options.port)
    await stop.wait()
    say(f"asked {state.requests}")
    listener.close()
