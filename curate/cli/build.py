"""`curate build`: documents in, dataset out."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from curate.cli import _options as options

JUDGES = ["agreement", "rubric"]
MODEL, CHOOSE, RESULT, RUN = "The model", "What goes in", "What comes out", "This run"


def build(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="[SOURCES]...", help="Files and folders to read; some tasks need none.", show_default=False),
    ] = [],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The workspace to make or to go on with.")] = Path("curated"),
    style: options.Style = [],
    task: Annotated[
        list[str],
        typer.Option(
            metavar="T[,T]", help="What to make: qa, conversation, reasoning ... (`curate doctor` lists them).", show_default=False
        ),
    ] = [],
    model: Annotated[
        str | None, typer.Option(metavar="M", rich_help_panel=MODEL, help="Model name on the server; without one nothing is asked.")
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", rich_help_panel=MODEL, help="OpenAI-compatible server, as in http://127.0.0.1:8000/v1."),
    ] = None,
    concurrency: Annotated[int | None, typer.Option(metavar="N", rich_help_panel=MODEL, help="Asks in flight.")] = None,
    max_cost: Annotated[
        float | None, typer.Option(metavar="DOLLARS", rich_help_panel=MODEL, help="Spend at most this much in this run.")
    ] = None,
    max_calls: Annotated[int | None, typer.Option(metavar="N", rich_help_panel=MODEL, help="Send at most N requests in this run.")] = None,
    max_tokens: Annotated[int | None, typer.Option(metavar="N", rich_help_panel=MODEL, help="Use at most N tokens in this run.")] = None,
    include: Annotated[
        list[str], typer.Option(metavar="GLOB", rich_help_panel=CHOOSE, help="Only files that match.", show_default=False)
    ] = [],
    exclude: Annotated[
        list[str], typer.Option(metavar="GLOB", rich_help_panel=CHOOSE, help="Not the files that match.", show_default=False)
    ] = [],
    limit: Annotated[
        int | None, typer.Option(metavar="N", rich_help_panel=CHOOSE, help="Run at most N tasks, spread over documents.")
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", rich_help_panel=CHOOSE, help="Go on with passages that no accepted sample covers.")
    ] = False,
    think: Annotated[
        float | None, typer.Option(metavar="SHARE", rich_help_panel=RESULT, help="Share of samples that show their reasoning, as in 0.3.")
    ] = None,
    mix: Annotated[
        list[str], typer.Option(metavar="FILE:SHARE", rich_help_panel=RESULT, help="General data to mix in.", show_default=False)
    ] = [],
    batch: Annotated[
        bool,
        typer.Option("--batch", rich_help_panel=MODEL, help="Ask through the provider's batch endpoint: half the price, within a day."),
    ] = False,
    judge: Annotated[
        bool, typer.Option("--judge", rich_help_panel=MODEL, help="Have a model check what passed: agreement and rubric.")
    ] = False,
    context: Annotated[
        str | None, typer.Option(metavar="C", rich_help_panel=RESULT, help="Passage in the prompt of a row: none, passage or mixed.")
    ] = None,
    pii: Annotated[str | None, typer.Option(metavar="P", rich_help_panel=RESULT, help="Personal data: keep, mask or drop.")] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", metavar="F", rich_help_panel=RESULT, help="jsonl, json, parquet or csv.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", rich_help_panel=RESULT, help="Seed of every random choice.")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", rich_help_panel=RUN, help="Processes for local work; 0: one per core.")
    ] = None,
    max_failures: Annotated[
        float | None, typer.Option(metavar="SHARE", rich_help_panel=RUN, help="Exit with 3 where a larger share failed, as in 0.1.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", rich_help_panel=RUN, help="Try again what failed in an earlier build.")
    ] = False,
    replan: Annotated[
        bool, typer.Option("--replan", rich_help_panel=RUN, help="Derive topics, audiences and examples (plan.json) anew.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", rich_help_panel=RUN, help="Parse and plan for real, ask nothing, print what it would take.")
    ] = False,
    sets: options.Sets = [],
    json: options.AsJson = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Turn documents into a dataset. Run it again after any change or interruption: only what is new costs anything."""
    from curate import config, plugins
    from curate.cli import _built
    from curate.cli._progress import Display
    from curate.errors import UsageError
    from curate.pipeline import Job, build, estimate, reads
    from curate.sources import walk
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
        "max_failures": max_failures,
        "retry_failed": retry_failed or None,
        "replan": replan or None,
        "batch": batch or None,
        "fill": fill or None,
        "think": think,
        "mix": options.listed(mix),
        "judges": JUDGES if judge else None,
    }
    loaded = config.load(flags, out, sets=options.parsed(sets))
    settings = loaded.settings
    plugins.check(settings)
    if not sources and reads(settings):
        raise UsageError(
            "no SOURCES are given", "name a folder with documents: `curate build docs/`; only `--task instruct` and the like need none"
        )
    walk(sources, settings)  # a path that is not there is told before a workspace is made
    workspace = Workspace.create(out)
    with options.origin_of_model(loaded), Display(quiet=quiet or json, verbose=verbose) as display:
        job = Job(sources, workspace, settings, display)
        if dry_run:
            return _built.show_estimate(estimate(job), json=json)
        built = build(job)
    again = shlex.join(["curate", *sys.argv[1:]])
    return _built.show(job, built, again, json=json, quiet=quiet)
