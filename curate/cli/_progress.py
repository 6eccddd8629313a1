"""Draws the progress of a build on stderr: bars on a terminal, else a line every ten seconds."""

import sys
import time
from typing import TYPE_CHECKING, Any

from curate.cli._show import console, line, safe, short
from curate.progress import Counts
from curate.records import Failure

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

LINE_SECONDS = 10.0


class Display:
    """The watch of a person. quiet: nothing is shown. verbose: also every file and task that gives nothing, as it happens."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.console = console()
        self.quiet, self.verbose = quiet, verbose
        self.bars: Progress | None = None
        self.ids: dict[str, TaskID] = {}
        self.counts: Counts | None = None
        self.last_line = time.monotonic()
        self.state: dict[str, tuple[int, int | None, int, str]] = {}

    def __enter__(self) -> "Display":
        if not self.quiet and sys.stderr.isatty():
            self.bars = _bars(self.console)
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bars is not None:
            self.bars.stop()

    def stage(self, name: str, total: int | None, unit: str) -> None:
        done, _, made, _ = self.state.get(name, (0, None, 0, unit))
        self.state[name] = (done, total, made, unit)
        if self.bars is not None and name in self.ids:
            self.bars.update(self.ids[name], total=total)
        elif self.bars is not None:
            self.ids[name] = self.bars.add_task(name, total=total, unit=unit, made="", spent="")

    def advance(self, name: str, count: int = 1, made: int = 0) -> None:
        done, total, before, unit = self.state[name]
        self.state[name] = (done + count, total, before + made, unit)
        if self.bars is not None:
            rows = f"{before + made:,} made" if before + made else ""
            self.bars.update(self.ids[name], advance=count, made=rows, spent=spent(self.counts) if name == "tasks" else "")
        elif not self.quiet and time.monotonic() - self.last_line >= LINE_SECONDS:
            self.last_line = time.monotonic()
            of = f" of {total:,}" if total else ""
            tail = f", {spent(self.counts)}" if name == "tasks" and self.counts else ""
            self.console.print(f"{name}: {done + count:,}{of} {unit}, {before + made:,} made{tail}")

    def lost(self, failure: Failure) -> None:
        if self.verbose and (failure.stage == "files" or failure.outcome == "failed"):
            self.note(line(f"{failure.outcome}: {failure.stage}: {failure.row_id}: {failure.error}"))

    def note(self, text: str) -> None:
        if not self.quiet:
            self.console.print(safe(text), markup=False)

    def follow(self, counts: Counts) -> None:
        self.counts = counts


def spent(counts: Counts | None) -> str:
    """What asking has come to, in a few words."""
    if counts is None:
        return ""
    price = "" if not counts.cost else f", ${counts.cost:,.2f}"
    return (
        f"{counts.made:,} asked, {counts.remembered:,} remembered, {short(counts.prompt_tokens + counts.completion_tokens)} tokens{price}"
    )


def _bars(out: "Console") -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Units per second."""

        def render(self, task: Any) -> Text:
            return Text(f"{short(task.speed)}/s" if task.speed else "")

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}", markup=False),
        Rate(),
        TextColumn("{task.fields[made]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[spent]}", style="dim"),
        console=out,
        transient=True,
    )
