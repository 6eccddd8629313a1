"""Finds plugins: the plain modules of parsers/, generators/, filters/ and formats/, by their file names."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Literal

from curate.errors import UsageError, did_you_mean
from curate.settings import Settings

Kind = Literal["parsers", "generators", "filters", "formats"]


def load(kind: Kind, name: str) -> ModuleType:
    """The plugin of this name; a wrong name is answered with the closest ones."""
    if name not in names(kind):
        raise UsageError(f"there is no {kind.removesuffix('s')} named {name!r}", did_you_mean(name, names(kind)))
    return importlib.import_module(f"curate.{kind}.{name}")


@cache
def names(kind: Kind) -> list[str]:
    """The names of all plugins of a kind, in order; a module whose name starts with `_` is a part of others."""
    package = importlib.import_module(f"curate.{kind}")
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))


def check(settings: Settings) -> None:
    """Whether every plugin that the settings name is there; UsageError for the first that is not."""
    named: tuple[tuple[Kind, list[str]], ...] = (
        ("formats", settings.style),
        ("generators", settings.task),
        ("filters", [*settings.filters, *settings.judges]),
    )
    for kind, wanted in named:
        for name in wanted:
            load(kind, name)


def detect(name: str, data: bytes) -> str | None:
    """The parser for a file, by its content first and its name last; None where none is sure of it."""
    sure, kind = max(((load("parsers", kind).sniff(name, data), kind) for kind in names("parsers")), default=(0, ""))
    return kind if sure else None
