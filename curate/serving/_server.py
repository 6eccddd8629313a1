"""One vLLM server: its command, its process, its start and its end."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from curate.errors import EndpointError, UsageError
from curate.serving import _guard, _log
from curate.settings import Settings

MODULE = "vllm.entrypoints.openai.api_server"
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
LOOK = 0.2  # seconds between two looks at a server that starts
TELL = 5.0  # seconds between two words about it
OURS = ("--model", "--host", "--port", "--api-key", "--uds")
SECRETS = ("CURATE_", "OPENAI_")  # what the server does not need to know
NAMED = "--served-model-name"


class Server:
    """vLLM with one model, from `with` on; `wait` returns when it can be asked. Its key stands in no argument, log or named file."""

    def __init__(self, name: str, settings: Settings, log: Path) -> None:
        self.name, self.log, self.timeout = name, log, settings.vllm_timeout
        self.python = settings.vllm_python or sys.executable
        self.options = settings.vllm_options
        self.model = served(name, self.options)
        self.ready_at = 0  # where the log stood when the server could be asked

    def __enter__(self) -> Self:
        python, folder = _interpreter(self.python), _checked(self.name)
        _check_options(self.options)
        self.port = _free_port()
        command = [python, "-m", MODULE, "--model", folder, NAMED, self.model, "--host", "127.0.0.1", "--port", str(self.port)]
        key = secrets.token_hex(24)
        own = {"VLLM_API_KEY": key, "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
        rest = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
        self.key = tempfile.TemporaryFile()  # a file without a name: only this process can open it
        self.key.write(key.encode())
        self.key.flush()
        with self.log.open("wb") as log:
            self.guard = subprocess.Popen(
                [sys.executable, _guard.__file__, str(GRACE), *command, *self.options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=rest | own,
                start_new_session=True,  # Ctrl-C is for curate, which still drains
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.guard.stdin
        self.guard.stdin.close()
        self.key.close()
        with suppress(subprocess.TimeoutExpired):
            self.guard.wait(GRACE + 5)

    @property
    def place(self) -> dict[str, Any]:
        """The settings that ask this server."""
        return {"model": self.model, "base_url": f"http://127.0.0.1:{self.port}/v1", "api_key_file": f"/dev/fd/{self.key.fileno()}"}

    def lost(self) -> bool:
        """Whether it has ended, or does so now: it stops to listen some seconds before."""
        if not self._healthy():
            with suppress(subprocess.TimeoutExpired):
                self.guard.wait(GRACE)
        return self.guard.poll() is not None

    def wait(self, say: Callable[[str], None]) -> None:
        """Waits until the server can be asked; `say` is told now and then what it does. EndpointError: it does not start."""
        began = told = time.monotonic()
        line = ""
        say(f"vLLM starts with {self.name}; its log: {self.log}")
        while not self._healthy():
            now = time.monotonic()
            if self.guard.poll() is not None:
                raise self.failure("did not start")
            if now - began > self.timeout:
                said = _log.last_line(self.log) or "nothing"
                raise EndpointError(
                    f"vLLM did not start within {self.timeout:g} s; it last said: {said}", f"raise vllm_timeout, or see {self.log}"
                )
            if now - told >= TELL and (said := _log.last_line(self.log)) not in ("", line):
                told, line = now, said
                say(f"vLLM, {now - began:.0f} s: {said}")
            time.sleep(LOOK)
        self.ready_at = self.log.stat().st_size
        say(f"vLLM serves {self.model} after {time.monotonic() - began:.0f} s")

    def failure(self, what: str) -> EndpointError:
        """The error of a server that has ended, with vLLM's own reason."""
        code = self.guard.wait()
        killed = f"it was killed ({signal.Signals(code - 128).name})" if code > 128 else ""
        reason = (
            _log.reason(self.log, self.ready_at) or killed or f"exit code {code}; it last said: {_log.last_line(self.log) or 'nothing'}"
        )
        if "No module named 'vllm'" in reason:
            hint = "install it there, or name a Python that has it with --set vllm_python=PATH"
            return EndpointError(f"{self.python} has no vLLM", hint)
        return EndpointError(f"vLLM {what}: {reason}", f"its whole log: {self.log}; it ran with {self.python} (the setting vllm_python)")

    def _healthy(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/health")
            return link.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()


def _interpreter(python: str) -> str:
    found = shutil.which(Path(python).expanduser())
    if found is None:
        raise EndpointError(f"vllm_python: there is no program {python!r}", "name the Python that has vLLM, as in /opt/vllm/bin/python")
    return found


def _checked(name: str) -> str:
    """What vLLM is to load: an existing folder as an absolute path, else a name for it to look up."""
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise EndpointError(f"{path} is no model: it has no config.json", "name the folder that holds the model's files")
        return str(path.resolve())
    if not path.exists() and name.startswith(("/", "./", "../", "~")):
        raise EndpointError(f"there is no model at {path}", "give a model's folder or its name, as in vllm:Qwen/Qwen3-8B")
    return str(path.resolve()) if path.exists() else name


def _check_options(options: list[str]) -> None:
    for option in options:
        if option.partition("=")[0] in OURS:
            raise UsageError(f"vllm_options: curate sets {option.partition('=')[0]} itself", "leave it out")


def served(name: str, options: list[str]) -> str:
    """The name a model is asked by: its own, or the one the user's options give it."""
    for number, option in enumerate(options):
        flag, sign, value = option.partition("=")
        if flag == NAMED:
            return value if sign else next(iter(options[number + 1 :]), name)
    return name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
