"""`curate prompts`: the prompts that ask models, to read, to change and to try."""

from pathlib import Path
from typing import Annotated

import typer

from curate.cli import _options as options

app = typer.Typer(name="prompts", help="List, show, eject and try the prompts that ask models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A prompt, as `curate prompts list` names it.", show_default=False)]
Language = Annotated[str, typer.Option("--language", metavar="L", help="en or zh.")]
In = Annotated[Path, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace whose own versions count.")]


@app.command("list")
def list_prompts(workspace: In = Path("curated"), json: options.AsJson = False) -> int:
    """List every prompt, its languages, and whether this workspace has its own version."""
    from curate import prompts
    from curate.cli import _show

    found = prompts.known(workspace)
    if json:
        _show.print_json({"prompts": [{"name": p.name, "language": p.language, "path": str(p.path), "own": p.own} for p in found]})
        return 0
    _show.show_rows(
        "", ("prompt", "language", "version", "what it does"), [(p.name, p.language, "yours" if p.own else "", p.about) for p in found]
    )
    return 0


@app.command("show")
def show(name: Name, language: Language = "en", workspace: In = Path("curated")) -> int:
    """Print a prompt as it would be used."""
    from curate import prompts

    typer.echo(prompts.find(name, language, workspace).read_text(encoding="utf-8"), nl=False)
    return 0


@app.command("eject")
def eject(
    name: Name,
    language: Annotated[str, typer.Option("--language", metavar="L", help="en, zh; all where none is named.")] = "",
    workspace: In = Path("curated"),
) -> int:
    """Copy a prompt into the workspace, where your version stands above the shipped one."""
    from curate import prompts
    from curate.cli import _show
    from curate.workspace import Workspace

    for path in prompts.eject(name, language, Workspace.open(workspace).path):
        _show.say(f"{path} is yours to edit: the next build asks again only what it changes")
        typer.echo(path)
    return 0


@app.command("try")
def try_prompt(
    name: Name,
    chunk: Annotated[
        list[str], typer.Option("--chunk", metavar="ID", help="The passage (or the beginning of its id).", show_default=False)
    ] = [],
    workspace: In = Path("curated"),
    model: Annotated[str | None, typer.Option(metavar="M", help="Model name; without one the prompt is only rendered.")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="OpenAI-compatible server.")] = None,
    sets: options.Sets = [],
    json: options.AsJson = False,
) -> int:
    """Ask with a prompt about one passage and show the messages, the reply and what the checks say; the reply is remembered."""
    from curate import config
    from curate.cli import _show, _trial
    from curate.pipeline import Job, trial
    from curate.progress import Silent
    from curate.workspace import Workspace

    opened = Workspace.open(workspace)
    settings = config.load({"model": model, "base_url": base_url}, workspace, sets=options.parsed(sets)).settings
    with opened.reading():
        found = trial(Job([], opened, settings, Silent()), name, options.listed(chunk) or [])
    if json:
        _show.print_json(_trial.as_json(found))
    else:
        _trial.show(found)
    return 0 if not found.error else 3
