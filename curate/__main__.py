"""The `curate` command: runs it, and turns what a user can mend into one message and an exit code."""

import os
import sys


def main() -> None:
    """Runs the command line; bugs alone show a traceback."""
    import click

    from curate.cli import app
    from curate.cli._show import problem
    from curate.errors import CurateError

    code = 0
    try:
        code = app(standalone_mode=False) or 0
    except CurateError as error:
        problem(error.message, error.hint)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (KeyboardInterrupt, click.Abort):
        problem("interrupted", f"what is done is kept; go on with: {' '.join(sys.argv)}")
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader of our output went away: nothing to say, nowhere to say it
    sys.exit(code)


if __name__ == "__main__":
    main()
