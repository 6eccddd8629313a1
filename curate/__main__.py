"""The `curate` command: runs it, and turns what a user can mend into one message and an exit code."""

import os
import shlex
import signal
import sys
from types import FrameType


class Stopped(BaseException):
    """SIGINT or SIGTERM outside the part of a build that drains: what runs unwinds, so that no child and no half file stays."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> None:
    """Runs the command line; bugs alone show a traceback."""
    try:
        for number, default in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            if signal.getsignal(number) == default:  # a job in the background may have been told to ignore one
                signal.signal(number, _stop)  # of our own, for typer passes over KeyboardInterrupt without a word
        code = _run()
    except Stopped as stopped:
        code = _stopped(stopped.number)
    sys.exit(code)


def _run() -> int:
    from curate.cli import app
    from curate.cli._show import failed
    from curate.errors import CurateError

    try:
        return app(standalone_mode=False) or 0
    except CurateError as error:
        return failed(error.message, error.hint, error.exit_code, json=_json())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader of our output went away: nothing to say, nowhere to say it
        return 0
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer brings its own click, whose base class for wrong usage it does not export
            raise
        said = error.format_message()  # empty where no command was given: the help was shown
        return failed(said, f"{_command()} --help lists what there is", 2, json=_json()) if said else 2


def _stopped(number: int) -> int:
    from curate.cli._show import failed

    what = "interrupted" if number == signal.SIGINT else "terminated"
    again = shlex.join(["curate", *sys.argv[1:]])
    return failed(what, f"what is done is kept; go on with: {again}", 128 + number, json=_json())


def _json() -> bool:
    return "--json" in sys.argv


def _command() -> str:
    """`curate build`, or `curate` alone where no command was given."""
    from curate.cli import app

    known = [command.name for command in app.registered_commands]
    return " ".join(["curate", *[word for word in sys.argv[1:2] if word in known]])


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler is given
    raise Stopped(number)


if __name__ == "__main__":
    main()
