"""Runs one command in a group of its own, and ends the whole group when stdin closes: so it ends with its owner, however that died.

    python _guard.py GRACE COMMAND...

It is run by path and imports nothing of curate. Without it the workers of a killed server would live on, and keep its memory.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

POLL = 0.1  # seconds


def main(grace: float, command: list[str]) -> int:
    """The command's exit code, 128 and the number for a signal. grace: seconds it may take to end by itself."""
    signal.signal(signal.SIGTERM, _end)  # a handler, not SIG_IGN, which the command would inherit
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        while child.poll() is None and not select.select([sys.stdin], [], [], POLL)[0]:
            pass
    finally:
        if child.poll() is None:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(grace)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # what a killed server leaves behind, too
        code = child.wait()
    return 128 - code if code < 0 else code


def _end(*_: object) -> None:
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
