"""Shows the accounts of a workspace: what became of every unit, why some gave nothing, and what asking came to."""

from typing import TYPE_CHECKING

from curate.cli._show import cell, console, counted, line, short, table

if TYPE_CHECKING:
    from rich.table import Table

    from curate.accounts import Overview, Stage

MOST_REASONS = 20
PATH_CHARACTERS = 60
MOST_DOCUMENTS = 6
PLAIN = {
    "nothing to ask": "nothing to ask: the passage states nothing that makes a clear question",
    "not run yet": "not run yet: the build was stopped before",
}
"""Reasons whose short form says too little on its own."""
COVERED = {"accepted": "in accepted samples", "rejected": "in rejected ones only", "none": "in none"}


def show_accounts(found: "Overview", *, whole: bool = False) -> None:
    """The accounts as a table, the reasons of what was lost, coverage and quotas (`whole`: each label of them), what asking came to."""
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
    show_coverage(found, whole=whole)
    show_quotas(found, whole=whole)
    asks = found.asks
    if asks["made"] or asks["remembered"] or asks["failed"]:
        price = "unknown" if asks["cost"] is None else f"${asks['cost']:,.2f}"
        tokens = f"{short(asks['prompt_tokens'])} + {short(asks['completion_tokens'])} tokens"
        out.print(f"asks: {asks['made']:,} made, {asks['remembered']:,} remembered, {asks['failed']:,} failed, {tokens}, cost {price}")


def show_coverage(found: "Overview", *, whole: bool) -> None:
    """How much of the documents the samples stand on, in one line; `whole`: also the documents with most that no accepted sample covers."""
    total = found.coverage.get("total")
    if not total or not (size := total["accepted"] + total["rejected"] + total["none"]):
        return
    shares = [f"{total[key] / size:.0%} {what}" for key, what in COVERED.items()]
    console().print(f"coverage of {short(size)} characters: {', '.join(shares)}")
    least = sorted(found.coverage["documents"], key=lambda d: d["accepted"] - d["rejected"] - d["none"])[: MOST_DOCUMENTS if whole else 0]
    if open_ := [d for d in least if d["rejected"] + d["none"]]:
        listed = table("least covered", "document", "accepted", "rejected", "none")
        for each in open_:
            listed.add_row(cell(line(each["name"], PATH_CHARACTERS)), *[short(each[key]) for key in COVERED])
        console().print(listed, soft_wrap=False)


def show_quotas(found: "Overview", *, whole: bool) -> None:
    """Planned and reached quotas: each label, or of each dimension the one that is furthest off."""
    told_apart = {name: labels for name, labels in found.quotas.items() if len(labels) > 1}
    if not told_apart:
        return
    if not whole:
        worst = [(max(labels, key=lambda r: abs(r["share"] - r["wanted"])), name) for name, labels in told_apart.items()]
        told = [f"{name} within {abs(r['share'] - r['wanted']):.0%}" for r, name in worst]
        console().print(f"quotas: {', '.join(told)} of what was wanted")
        return
    quotas = table("quotas", "dimension", "label", "wanted", "planned", "reached", "share")
    quotas.columns[1].justify = "left"
    for name, labels in told_apart.items():
        for i, row in enumerate(labels):
            quotas.add_row(
                cell(name if i == 0 else ""),
                cell(row["label"]),
                f"{row['wanted']:.0%}",
                f"{row['planned']:,}",
                f"{row['reached']:,}",
                f"{row['share']:.0%}",
            )
    console().print(quotas, soft_wrap=False)


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
