"""What generators and filters may see of the tables: the chunks to plan from, the samples to compare."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from curate.planning._plan import Plan
from curate.records import Chunk, Json, Sample, Task, Verdict


class View(Protocol):
    """What a plan sees. `round` counts from 0; from round 1 on, `tasks()` and `samples()` hold what the rounds before planned and made."""

    round: int
    plan: Plan

    def chunks(self) -> Iterator[Chunk]:
        """Every chunk of the build, in document order, read part by part; may be called more than once."""
        ...

    def images(self) -> Mapping[str, list[Json]]:
        """By document id, its rendered pages and figures: file, kind, page, bbox, width, height."""
        ...

    def tasks(self) -> Iterator[Task]:
        """The tasks of earlier rounds, those past the limit left out."""
        ...

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        """The samples of earlier rounds with their verdicts."""
        ...


class Rows(Protocol):
    """What a comparing filter sees: the samples that passed so far, in table order, read part by part."""

    def __iter__(self) -> Iterator[Sample]: ...

    def rank(self, sample_id: str) -> tuple[float | str, ...]:
        """The sort key of who is kept, smaller first: accepted by a person, then the better score, then the smaller id."""
        ...
