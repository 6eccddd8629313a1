"""What is printed when a build, an export or an estimate is done."""

from collections.abc import Sequence
from dataclasses import asdict

from curate.accounts import Stage
from curate.cli import _ending, _show
from curate.cli._accounts import show_accounts
from curate.export import Exported
from curate.pipeline import Built, Estimate, Job, overview

BUDGET, FAILURES = 4, 3


def show(job: Job, built: Built, again: str, *, json: bool, quiet: bool) -> int:
    """The accounts, the dataset, the next command; returns the exit code."""
    found = overview(job.workspace, job.settings)
    code = exit_code(job, built, found.stages)
    if json:
        ran = asdict(built.counts) if built.counts else None
        _show.print_json(
            {
                **found.as_json(),
                "datasets": _datasets(built.exported),
                "this_run": {"asks": ran, "seconds": round(built.seconds, 3), "unchanged": built.unchanged},
                "exit_code": code,
                "continue": again if code in (BUDGET, 130, 143) else None,
            }
        )
        return code
    if not quiet:
        show_accounts(found)
    if not quiet or code:
        for text in _ending.lines(job, built, found.stages, again, code):
            _show.say(text)
    for exported in built.exported:
        print(exported.folder)
    return code


def exit_code(job: Job, built: Built, stages: Sequence[Stage]) -> int:
    """0, 3 (too many failures), 4 (a cap was reached) or 128 + signal."""
    if built.ended.signal:
        return 128 + built.ended.signal
    if built.ended.budget:
        return BUDGET
    return FAILURES if _ending.failing(stages, job.settings.max_failures) else 0


def show_exported(exported: list[Exported], *, json: bool, quiet: bool) -> int:
    """Rows and folders of an export."""
    if json:
        _show.print_json({"datasets": _datasets(exported)})
        return 0
    for each in exported:
        if not quiet:
            _show.say(_ending.rows(each))
        print(each.folder)
    return 0


def _datasets(exported: list[Exported]) -> dict[str, object]:
    return {e.folder.name: {"folder": str(e.folder), "rows": e.rows} for e in exported}


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
