"""Flags that commands share, and how they become settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curate import __version__
from curate.errors import EndpointError, UsageError

if TYPE_CHECKING:
    from curate.config import Loaded

OUTPUT = "Output"

Sets = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Any other setting; `curate config` lists them.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", rich_help_panel=OUTPUT, help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", rich_help_panel=OUTPUT, help="No progress, no summary; errors only.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", rich_help_panel=OUTPUT, help="Also name every file and task that gives nothing, as it happens.")
]
Style = Annotated[list[str], typer.Option("--style", metavar="S[,S]", help="sharegpt, alpaca, openai, trl, text.", show_default=False)]
At = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The folder that `curate build` wrote.", show_default=True)]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)] = False,
) -> None:
    """The callback of the command line as a whole."""


def listed(values: list[str] | None) -> list[str] | None:
    """`--style a,b --style c` as ["a", "b", "c"]; None where the flag was not given."""
    items = [item.strip() for value in values or [] for item in value.split(",") if item.strip()]
    return items or None


def parsed(sets: list[str]) -> dict[str, Any]:
    """The settings that `--set key=value` gave, each time it was given."""
    from curate.config import from_text

    values: dict[str, Any] = {}
    for item in sets:
        key, sign, value = item.partition("=")
        if not sign:
            raise UsageError(f"--set {item!r} has no value", "write --set key=value, as in --set chunk_tokens=300")
        key = key.strip().replace("-", "_")
        values[key] = from_text(key, value.strip())
    return values


@contextmanager
def origin_of_model(loaded: "Loaded") -> Iterator[None]:
    """An endpoint that cannot be used may come from a file or a variable that nobody thinks of: the hint then names it."""
    try:
        yield
    except EndpointError as error:
        places = {loaded.origin[key] for key in ("model", "base_url")} - {"default", "--model", "--base-url"}
        if not places:
            raise
        hint = f"{error.hint}; the model or its address stands in {' and '.join(sorted(places))}"
        raise EndpointError(error.message, hint) from None
