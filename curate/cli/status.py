"""`curate status`: the accounts of a workspace, also during a build and after a crash."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli import _options as options

MOST = 100
"""Failures that `--json` lists unless all are wanted."""


def status(
    workspace: options.At = Path("curated"),
    json: options.AsJson = False,
    every: Annotated[bool, typer.Option("--all", help=f"With --json: every failure, not only {MOST}.")] = False,
) -> int:
    """Show what became of every file, document, task, sample and row."""
    from curate import config
    from curate.cli import _show
    from curate.cli._accounts import show_accounts
    from curate.pipeline import losses, overview
    from curate.workspace import Workspace

    opened = Workspace.open(workspace)
    found = overview(opened, config.load({}, workspace).settings)
    if json:
        lost = sum(stage.failed + stage.skipped for stage in found.stages)
        listed = losses(opened, None if every else MOST)
        _show.print_json({**found.as_json(), "failures": listed, "failures_left_out": max(lost - len(listed), 0)})
        return 0
    show_accounts(found, whole=True)
    if not found.finished:
        _show.say("the build is not finished: it is running, or the same `curate build` command goes on with it")
    return 0
