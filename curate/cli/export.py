"""`curate export`: the dataset of a workspace again, in other styles, without making anything anew."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli import _options as options


def export(
    workspace: options.At = Path("curated"),
    style: options.Style = [],
    file_format: Annotated[str | None, typer.Option("--format", metavar="F", help="jsonl, json, parquet or csv.")] = None,
    sets: options.Sets = [],
    json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Write the dataset of a workspace in one or more styles."""
    from curate import config, plugins
    from curate.cli import _built
    from curate.cli._progress import Display
    from curate.pipeline import export_only
    from curate.workspace import Workspace

    opened = Workspace.open(workspace)
    flags = {"style": options.listed(style), "file_format": file_format}
    settings = config.load(flags, workspace, sets=options.parsed(sets)).settings
    plugins.check(settings)
    with Display(quiet=quiet or json) as display:
        exported = export_only(opened, settings, display)
    return _built.show_exported(exported, json=json, quiet=quiet)
