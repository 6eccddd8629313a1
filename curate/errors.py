"""The errors a user can cause or mend, each with a hint and an exit code.

    CurateError                   exit 2   anything a user can mend: says what, why, and how
    ├── UsageError                exit 2   a flag, a setting, a path
    ├── WorkspaceError            exit 2   locked, newer, damaged, not a workspace, disk full
    ├── DocumentError             -        one file cannot be read; becomes a Failure, never stops a build
    ├── ReplyError                -        one ask cannot be answered; becomes a Failure, never stops a build
    ├── NothingToMake             -        one task has nothing to make; becomes a skipped Failure with its reason
    ├── CarryError                -        one sample does not fit one format; becomes a Failure of that export
    ├── BudgetReached             exit 4   --max-cost, --max-calls or --max-tokens is used up; what is done stays valid
    └── EndpointError             exit 5   no endpoint is usable: unreachable, wrong key, unknown model

Anything else that escapes is a bug, shows its traceback and exits 1.
"""


class CurateError(Exception):
    """A problem stated for the person who can mend it: `message` says what and why, `hint` how."""

    exit_code = 2
    retryable = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type["CurateError"], tuple[str, str]]:
        return type(self), (self.message, self.hint)  # crosses a process boundary whole


class UsageError(CurateError):
    """A flag, a setting or a path is wrong."""


class WorkspaceError(CurateError):
    """The workspace is locked, newer, damaged, or cannot be written."""


class DocumentError(CurateError):
    """One document, or one row of a file of rows, cannot be read; the rest of the build goes on."""


class ReplyError(CurateError):
    """One ask got no usable reply; the rest of the build goes on. `attempts` were made. too_long: its prompt does not fit the model."""

    def __init__(self, message: str, hint: str = "", attempts: int = 1, *, too_long: bool = False) -> None:
        super().__init__(message, hint)
        self.attempts, self.too_long = attempts, too_long


class NothingToMake(CurateError):
    """A task has nothing to make, for a reason that the accounts show."""


class CarryError(CurateError):
    """A sample holds something that this format cannot carry."""


class BudgetReached(CurateError):
    """A cap on cost, calls or tokens of this run is used up."""

    exit_code = 4


class EndpointError(CurateError):
    """No endpoint is usable."""

    exit_code = 5


def did_you_mean(word: str, choices: list[str]) -> str:
    """A hint that names the closest choices, or all of them where none is close."""
    import difflib

    close = difflib.get_close_matches(word, choices, n=2, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(repr(c) for c in close)}?"
    return f"choose from: {', '.join(sorted(choices))}"
