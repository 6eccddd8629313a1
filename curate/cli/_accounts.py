"""Shows the accounts of a workspace: what became of every unit, why some gave nothing, and what asking came to."""

from typing import TYPE_CHECKING

from curate.cli._show import cell, console, counted, line, short, table

if TYPE_CHECKING:
    from rich.table import Table

    from curate.accounts import Overview, Stage

MOST_REASONS = 20
PATH_CHARACTERS = 60
PLAIN = {
    "nothing to ask": "nothing to ask: the passage states nothing that makes a clear question",
    "not run yet": "not run yet: the build was stopped before",
}
"""Reasons whose short form says too little on its own."""


def show_accounts(found: "Overview") -> None:
    """The accounts as a table, the reasons of what was lost, and what asking came to."""
    out = console()
    accounts = table(found.workspace, "stage", "total", "produced", "rejected", "failed", "skipped")
    for stage in found.stages:
        accounts.add_row(stage.name, *[f"{n:,}" for n in (stage.total, stage.produced, stage.rejected, stage.failed, stage.skipped)])
    out.print(accounts, soft_wrap=False)
    reasons = [(stage, reason, count) for stage in found.stages for reason, count in stage.reasons.items()]
    if reasons:
        out.print(_lost(reasons[:MOST_REASONS]), soft_wrap=False)
        more = f"... and {counted(len(reasons) - MOST_REASONS, 'more reason')}. " if len(reasons) > MOST_REASONS else ""
        if more or any(len(stage.examples.get(reason, [])) < count for stage, reason, count in reasons):
            out.print(cell(f"{more}every file and task with its reason: curate status {found.workspace} --json"))
    asks = found.asks
    if asks["made"] or asks["remembered"] or asks["failed"]:
        price = "unknown" if asks["cost"] is None else f"${asks['cost']:,.2f}"
        tokens = f"{short(asks['prompt_tokens'])} + {short(asks['completion_tokens'])} tokens"
        out.print(f"asks: {asks['made']:,} made, {asks['remembered']:,} remembered, {asks['failed']:,} failed, {tokens}, cost {price}")


def _lost(reasons: "list[tuple[Stage, str, int]]") -> "Table":
    lost = table("what was lost, and why", "stage", "count", "reason")
    lost.columns[2].justify, lost.columns[2].overflow = "left", "fold"
    for stage, reason, count in reasons:
        rejected = stage.name == "samples" and stage.rejected and " " not in reason
        lost.add_row(stage.name, f"{count:,}", cell(f"rejected by the check {reason!r}" if rejected else PLAIN.get(reason, reason)))
        if examples := stage.examples.get(reason):
            names = [line(path, PATH_CHARACTERS) for path in examples]
            more = f" and {count - len(names):,} more" if count > len(names) else ""
            lost.add_row("", "", cell(f"  {', '.join(names)}{more}"), style="dim")
    return lost
