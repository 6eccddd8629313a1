"""What is printed when a build, an export or an estimate is done."""

from collections.abc import Sequence
from dataclasses import asdict

from curate.cli import _show
from curate.export import Exported
from curate.pipeline import Built, Estimate, Job, overview

BUDGET, FAILURES = 4, 3


def show(job: Job, built: Built, again: str, *, json: bool, quiet: bool) -> int:
    """The accounts, the dataset, the next command; returns the exit code."""
    found = overview(job.workspace, job.settings)
    code = exit_code(job, built, found.stages)
    if json:
        ran = asdict(built.counts) if built.counts else None
        rows = {e.style: {"folder": str(e.folder), "rows": e.rows} for e in built.exported}
        _show.print_json(
            {
                **found.as_json(),
                "datasets": rows,
                "this_run": {"asks": ran, "seconds": round(built.seconds, 3), "unchanged": built.unchanged},
                "exit_code": code,
                "continue": again if code in (BUDGET, 130, 143) else None,
            }
        )
        return code
    if not quiet:
        _show.show_accounts(found)
    if not quiet or code:
        say(job, built, again, code)
    for exported in built.exported:
        print(exported.folder)
    return code


def exit_code(job: Job, built: Built, stages: Sequence[object]) -> int:
    """0, 3 (too many failures), 4 (a cap was reached) or 128 + signal."""
    if built.ended.signal:
        return 128 + built.ended.signal
    if built.ended.budget:
        return BUDGET
    shares = [s.failed / s.total for s in stages if getattr(s, "name", "") in ("files", "tasks") and s.total]  # type: ignore[attr-defined]
    return FAILURES if max(shares, default=0.0) > job.settings.max_failures else 0


def say(job: Job, built: Built, again: str, code: int) -> None:
    """The few lines under the tables: how it ended, where the rows are, what to do next."""
    out = _show.console()
    if built.ended.signal:
        slow = f"; {built.ended.slow} replies did not come in time and will be asked again" if built.ended.slow else ""
        out.print(f"stopped; everything that was answered is kept{slow}\n  go on: {again}", markup=False)
        return
    if built.ended.budget:
        out.print(f"{built.ended.budget.message}: the dataset holds what was made so far\n  go on: {again}", markup=False)
    if code == FAILURES:
        out.print(
            f"more than {job.settings.max_failures:.0%} of the files or tasks failed: curate status {job.workspace.path}", markup=False
        )
    for exported in built.exported:
        rows = ", ".join(f"{count:,} {split}" for split, count in exported.rows.items())
        out.print(f"{exported.style}: {rows} -> {exported.folder}", markup=False)
    if len(built.unchanged) == STAGES:
        out.print(f"nothing changed since the last build; the dataset is in {job.workspace.dataset}", markup=False)
    if not job.settings.model:
        out.print(
            "no model was asked: answers are verbatim passages. For richer pairs name a server:\n"
            f"  {again} --model NAME --base-url http://127.0.0.1:8000/v1",
            markup=False,
        )
    out.print(f"next: curate status {job.workspace.path}   curate export {job.workspace.path} --style alpaca", markup=False)


STAGES = 4
"""Stages of a build that can be unchanged."""


def show_exported(exported: list[Exported], *, json: bool, quiet: bool) -> int:
    """Rows and folders of an export."""
    if json:
        _show.print_json({"datasets": {e.style: {"folder": str(e.folder), "rows": e.rows} for e in exported}})
        return 0
    for each in exported:
        if not quiet:
            rows = ", ".join(f"{count:,} {split}" for split, count in each.rows.items())
            _show.console().print(f"{each.style}: {rows}", markup=False)
        print(each.folder)
    return 0


def show_estimate(estimate: Estimate, *, json: bool) -> int:
    """What a build would take; nothing was asked."""
    if json:
        _show.print_json(asdict(estimate))
        return 0
    rows = _show.table("this build would take", "what", "about")
    price = "unknown: name a price table with --set prices=FILE" if estimate.cost is None else f"${estimate.cost:,.2f}"
    for name, value in (
        ("files", f"{estimate.files:,}"),
        ("chunks", f"{estimate.chunks:,}"),
        ("tasks", f"{estimate.tasks:,}"),
        ("asks remembered", f"{estimate.remembered:,}"),
        ("asks to pay for", f"{estimate.calls:,}"),
        ("prompt tokens", f"{estimate.prompt_tokens:,}"),
        ("reply tokens", f"{estimate.completion_tokens:,}"),
        ("cost", price),
        ("time", f"{estimate.seconds:,.0f} s"),
        ("disk", f"{_show.short(estimate.disk)}B"),
    ):
        rows.add_row(name, value)
    _show.console().print(rows)
    return 0
