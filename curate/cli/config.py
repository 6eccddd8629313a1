"""`curate config`: every setting, its value, and where it came from."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli import _options as options


def config(
    workspace: options.At = Path("curated"),
    origin: Annotated[bool, typer.Option("--origin", help="Also print where each value came from.")] = False,
    sets: options.Sets = [],
    json: options.AsJson = False,
) -> int:
    """Show the settings that a build in this workspace would use."""
    from curate import config as settings_files
    from curate.cli import _show
    from curate.settings import Settings

    loaded = settings_files.load({}, workspace, sets=options.parsed(sets))
    values = loaded.settings.model_dump(mode="json", exclude={"password"})
    if json:
        _show.print_json({"settings": values, "origin": {k: loaded.origin[k] for k in values}})
        return 0
    meanings = {name: field.description or "" for name, field in Settings.model_fields.items()}
    _show.show_settings(values, loaded.origin if origin else None, meanings)
    return 0
