"""Flags that commands share, and how they become settings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from curate import __version__
from curate.errors import UsageError

Sets = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Any other setting; `curate config` lists them.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary; errors only.")]
Style = Annotated[list[str], typer.Option("--style", metavar="S[,S]", help="sharegpt, alpaca, openai, trl, text.", show_default=False)]
At = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The folder that `curate build` wrote.", show_default=True)]


def version(show: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False) -> None:
    """The callback of the command line as a whole."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


def listed(values: list[str] | None) -> list[str] | None:
    """`--style a,b --style c` as ["a", "b", "c"]; None where the flag was not given."""
    items = [item.strip() for value in values or [] for item in value.split(",") if item.strip()]
    return items or None


def with_sets(flags: dict[str, Any], sets: list[str]) -> dict[str, Any]:
    """The flags with every `--set key=value` added."""
    from curate.config import from_text

    for item in sets:
        key, sign, value = item.partition("=")
        if not sign:
            raise UsageError(f"--set {item!r} has no value", "write --set key=value, as in --set chunk_tokens=300")
        flags[key.strip().replace("-", "_")] = from_text(key.strip().replace("-", "_"), value.strip())
    return flags
