"""`curate build`: documents in, dataset out."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from curate.cli import _options as options


def build(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCES...", help="Files and folders to read.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The workspace to make or to go on with.")] = Path("curated"),
    style: options.Style = [],
    task: Annotated[list[str], typer.Option(metavar="T[,T]", help="Generators: extractive, qa.", show_default=False)] = [],
    model: Annotated[str | None, typer.Option(metavar="M", help="Model name on the server; without one nothing is asked.")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="OpenAI-compatible server, as in http://127.0.0.1:8000/v1.")] = None,
    context: Annotated[str | None, typer.Option(metavar="none|passage|mixed", help="Whether rows show the passage in the prompt.")] = None,
    pii: Annotated[str | None, typer.Option(metavar="keep|mask|drop", help="What happens to personal data.")] = None,
    file_format: Annotated[str | None, typer.Option("--format", metavar="F", help="jsonl, json, parquet or csv.")] = None,
    include: Annotated[list[str], typer.Option(metavar="GLOB", help="Only files that match.", show_default=False)] = [],
    exclude: Annotated[list[str], typer.Option(metavar="GLOB", help="Not the files that match.", show_default=False)] = [],
    limit: Annotated[int | None, typer.Option(metavar="N", help="Run at most N tasks, spread over documents.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of every random choice.")] = None,
    concurrency: Annotated[int | None, typer.Option(metavar="N", help="Asks in flight.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes for local work; 0: one per core.")] = None,
    max_cost: Annotated[float | None, typer.Option(metavar="DOLLARS", help="Spend at most this much in this run.")] = None,
    max_calls: Annotated[int | None, typer.Option(metavar="N", help="Send at most N requests in this run.")] = None,
    max_tokens: Annotated[int | None, typer.Option(metavar="N", help="Use at most N tokens in this run.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try again what failed in an earlier build.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Parse and plan for real, ask nothing, print what it would take.")] = False,
    sets: options.Sets = [],
    json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Turn documents into a dataset. Run it again after any change or interruption: only what is new costs anything."""
    from curate import config, plugins
    from curate.cli import _built
    from curate.cli._show import Display
    from curate.pipeline import Job, build, estimate
    from curate.workspace import Workspace

    flags: dict[str, Any] = {
        "style": options.listed(style),
        "task": options.listed(task),
        "model": model,
        "base_url": base_url,
        "context": context,
        "pii": pii,
        "file_format": file_format,
        "include": options.listed(include),
        "exclude": options.listed(exclude),
        "limit": limit,
        "seed": seed,
        "concurrency": concurrency,
        "workers": workers,
        "max_cost": max_cost,
        "max_calls": max_calls,
        "max_tokens": max_tokens,
        "retry_failed": retry_failed or None,
    }
    settings = config.load(options.with_sets(flags, sets), out).settings
    plugins.check(settings)
    workspace = Workspace.create(out)
    with Display(quiet=quiet or json) as display:
        job = Job(sources, workspace, settings, display)
        if dry_run:
            return _built.show_estimate(estimate(job), json=json)
        config.save(settings, out)
        built = build(job)
    again = shlex.join(["curate", *sys.argv[1:]])
    return _built.show(job, built, again, json=json, quiet=quiet)
