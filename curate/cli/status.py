"""`curate status`: the accounts of a workspace, also during a build and after a crash."""

from pathlib import Path

from curate.cli import _options as options


def status(workspace: options.At = Path("curated"), json: options.AsJson = False) -> int:
    """Show what became of every file, document, task, sample and row."""
    from curate import config
    from curate.cli import _show
    from curate.pipeline import overview
    from curate.workspace import Workspace

    opened = Workspace.open(workspace)
    found = overview(opened, config.load({}, workspace).settings)
    if json:
        _show.print_json(found.as_json())
    else:
        _show.show_accounts(found)
    return 0
