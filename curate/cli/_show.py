"""Draws progress and tables for people on stderr, and data for programs on stdout."""

import json as json_module
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from curate.progress import Counts

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from curate.accounts import Overview

LINE_SECONDS = 10.0
MOST_REASONS = 20


def console() -> "Console":
    """The console of people: stderr, colours only where they are wanted."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def problem(message: str, hint: str = "") -> None:
    """One clear message with its fix, on stderr."""
    from rich.text import Text

    out = console()
    out.print(Text.assemble(("error: ", "bold red"), safe(message)))
    if hint:
        out.print(Text.assemble(("  fix: ", "bold"), safe(hint)))


def safe(text: str) -> str:
    """Text of files and servers without what a terminal would obey."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    print(json_module.dumps({"schema_version": 1, **value}, ensure_ascii=False, indent=1))


class Display:
    """The watch of a person: bars on a terminal, else a line every ten seconds; nothing when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.console = console()
        self.quiet = quiet
        self.bars: Progress | None = None
        self.ids: dict[str, TaskID] = {}
        self.counts: Counts | None = None
        self.last_line = time.monotonic()
        self.state: dict[str, tuple[int, int | None, int, str]] = {}

    def __enter__(self) -> "Display":
        if not self.quiet and self.console.is_terminal:
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


def short(number: float) -> str:
    """12,345,678 as 12.3M."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if mark == 'k' else size):.1f}{mark}"
    return f"{number:,.0f}"


def _bars(out: "Console") -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Units per second."""

        def render(self, task: Any) -> Text:
            return Text(f"{short(task.speed)}/s" if task.speed else "")

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        Rate(),
        TextColumn("{task.fields[made]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[spent]}", style="dim"),
        console=out,
        transient=True,
    )


def table(title: str, *columns: str) -> "Table":
    """A plain table: the first column is text, the others are figures."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        made.add_column(column, justify="left" if i == 0 else "right")
    return made


def show_accounts(found: "Overview") -> None:
    """The accounts as a table, the reasons of what was lost, and what asking came to."""
    out = console()
    accounts = table(f"{found.workspace}", "stage", "total", "produced", "rejected", "failed", "skipped")
    for stage in found.stages:
        accounts.add_row(stage.name, *[f"{n:,}" for n in (stage.total, stage.produced, stage.rejected, stage.failed, stage.skipped)])
    out.print(accounts)
    reasons = [(stage.name, reason, count) for stage in found.stages for reason, count in stage.reasons.items()]
    if reasons:
        lost = table("what was lost, and why", "stage", "count", "reason")
        lost.columns[2].justify = "left"
        for name, reason, count in reasons[:MOST_REASONS]:
            lost.add_row(name, f"{count:,}", safe(reason))
        out.print(lost)
        if len(reasons) > MOST_REASONS:
            out.print(f"... and {len(reasons) - MOST_REASONS:,} more reasons: curate status --json")
    asks = found.asks
    if asks["made"] or asks["remembered"]:
        price = "unknown" if asks["cost"] is None else f"${asks['cost']:,.2f}"
        tokens = f"{short(asks['prompt_tokens'])} + {short(asks['completion_tokens'])} tokens"
        out.print(f"asks: {asks['made']:,} made, {asks['remembered']:,} remembered, {asks['failed']:,} failed, {tokens}, cost {price}")


def show_settings(values: Mapping[str, Any], origin: Mapping[str, str] | None, meanings: Mapping[str, str]) -> None:
    """Every setting with its value and its meaning, on stdout: it is data."""
    from rich.console import Console

    listed = table("", "setting", "value", *(["from"] if origin else ["meaning"]))
    for column in listed.columns:
        column.justify = "left"
    for key, value in values.items():
        listed.add_row(key, json_module.dumps(value, ensure_ascii=False), origin[key] if origin else meanings[key])
    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(listed)


def show_findings(findings: Sequence[tuple[str, str, str, str]]) -> None:
    """What a doctor found, on stdout: what, its state, the detail, the fix."""
    from rich.console import Console
    from rich.text import Text

    marks = {"ok": ("ok", "green"), "missing": ("-", "yellow"), "broken": ("broken", "bold red")}
    out = Console(highlight=False, soft_wrap=True)
    for what, state, detail, hint in findings:
        mark, style = marks[state]
        out.print(Text.assemble((f"{mark:8}", style), (f"{what}: ", "bold"), safe(detail)))
        if hint:
            out.print(Text(f"        fix: {safe(hint)}"))
