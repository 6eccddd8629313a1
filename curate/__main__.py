"""The `curate` command: runs it, and turns what a user can mend into one message and an exit code."""

import os
import shlex
import signal
import sys
from types import FrameType


class Terminated(BaseException):
    """SIGTERM outside the part of a build that drains: what runs unwinds, so that no child and no half file stays."""


def main() -> None:
    """Runs the command line; bugs alone show a traceback."""
    import typer

    from curate.cli import app
    from curate.cli._show import failed
    from curate.errors import CurateError

    signal.signal(signal.SIGTERM, _terminate)
    again, json = f"what is done is kept; go on with: {shlex.join(['curate', *sys.argv[1:]])}", "--json" in sys.argv
    code = 0
    try:
        code = app(standalone_mode=False) or 0
    except CurateError as error:
        code = failed(error.message, error.hint, error.exit_code, json=json)
    except (KeyboardInterrupt, typer.Abort):
        code = failed("interrupted", again, 130, json=json)
    except Terminated:
        code = failed("terminated", again, 143, json=json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader of our output went away: nothing to say, nowhere to say it
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer brings its own click, whose base class for wrong usage it does not export
            raise
        said = error.format_message()  # empty where no command was given: the help was shown
        code = failed(said, f"{_command()} --help lists what there is", 2, json=json) if said else 2
    sys.exit(code)


def _command() -> str:
    """`curate build`, or `curate` alone where no command was given."""
    return " ".join(["curate", *[word for word in sys.argv[1:2] if word.isalpha()]])


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler is given
    raise Terminated


if __name__ == "__main__":
    main()
