"""The scripted model server of tests/server.py, started over HTTP in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen


class ModelServer:
    """A running tests/server.py: its address for `base_url`, and what it counted."""

    def __init__(self, options: dict[str, Any]) -> None:
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        command = [sys.executable, str(Path(__file__).with_name("server.py")), "--with-parent", *words]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.child.stdout
        self.port = json.loads(self.child.stdout.readline())["port"]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def stats(self) -> dict[str, Any]:
        """requests, prompt_tokens, completion_tokens, faulted, bodies (requests per body hash) ..."""
        with urlopen(f"http://127.0.0.1:{self.port}/stats") as page:
            found: dict[str, Any] = json.load(page)
        return found

    def stop(self) -> None:
        """Kills the server: from now on connections are refused."""
        self.child.kill()
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe:
                pipe.close()
