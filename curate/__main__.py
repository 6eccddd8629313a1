"""The `curate` command: runs it, and turns what a user can mend into one message and an exit code."""

import os
import signal
import sys
from types import FrameType


class Terminated(BaseException):
    """SIGTERM outside the part of a build that drains: what runs unwinds, so that no child and no half file stays."""


def main() -> None:
    """Runs the command line; bugs alone show a traceback."""
    import typer

    from curate.cli import app
    from curate.cli._show import problem
    from curate.errors import CurateError

    signal.signal(signal.SIGTERM, _terminate)
    again = f"what is done is kept; go on with: {' '.join(['curate', *sys.argv[1:]])}"
    code = 0
    try:
        code = app(standalone_mode=False) or 0
    except CurateError as error:
        problem(error.message, error.hint)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        problem("interrupted", again)
        code = 130
    except Terminated:
        problem("terminated", again)
        code = 143
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader of our output went away: nothing to say, nowhere to say it
    except Exception as error:
        if not hasattr(error, "show"):  # typer brings its own click, whose base class for wrong usage it does not export
            raise
        error.show()
        code = 2
    sys.exit(code)


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler is given
    raise Terminated


if __name__ == "__main__":
    main()
