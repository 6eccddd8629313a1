"""`curate doctor`: whether everything a build needs is there."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from curate.cli import _options as options


def doctor(
    workspace: options.At = Path("curated"),
    model: Annotated[str | None, typer.Option(metavar="M", help="Model name on the server.")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="OpenAI-compatible server.")] = None,
    sets: options.Sets = [],
    json: options.AsJson = False,
) -> int:
    """Check the server, its abilities, the disk and the optional parts; exit code 5 where the model cannot be used."""
    from curate import config
    from curate.cli import _show
    from curate.doctor import examine

    settings = config.load({"model": model, "base_url": base_url}, workspace, sets=options.parsed(sets)).settings
    findings = asyncio.run(examine(settings, workspace))
    if json:
        _show.print_json({"findings": [asdict(f) for f in findings]})
    else:
        _show.show_findings([(f.what, f.state, f.detail, f.hint) for f in findings])
    return 5 if any(f.state == "broken" for f in findings) else 0
