"""What a long piece of work tells while it runs; the command line draws it, scripts and tests may ignore it."""

from typing import Protocol

from curate.records import Failure


class Counts(Protocol):
    """What asking a model has come to so far; `cost` in dollars, None where a price is unknown."""

    made: int
    remembered: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class Watch(Protocol):
    """Told of stages and their units as they finish."""

    def stage(self, name: str, total: int | None, unit: str) -> None:
        """A stage begins; `total` is None where it is not known yet."""
        ...

    def advance(self, name: str, count: int = 1, made: int = 0) -> None:
        """`count` more units are done and gave `made` rows."""
        ...

    def lost(self, failure: Failure) -> None:
        """A unit gave nothing, just now."""
        ...

    def note(self, text: str) -> None:
        """Something a person should read once."""
        ...

    def follow(self, counts: Counts) -> None:
        """These counts change from now on as the model is asked."""
        ...


class Silent:
    """A watch that tells nobody."""

    def stage(self, name: str, total: int | None, unit: str) -> None: ...

    def advance(self, name: str, count: int = 1, made: int = 0) -> None: ...

    def lost(self, failure: Failure) -> None: ...

    def note(self, text: str) -> None: ...

    def follow(self, counts: Counts) -> None: ...
