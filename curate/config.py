"""Reads the settings: flags > CURATE_* > the workspace's curate.toml > ./curate.toml > [tool.curate] > user config > defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from curate.errors import UsageError, did_you_mean
from curate.settings import Settings

FILE = "curate.toml"
ONE_RUN = ("limit", "max_cost", "max_calls", "max_tokens", "retry_failed", "replan", "workers", "password")
"""Settings that a run does not leave in the workspace: caps belong to one run, a password to no file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings and, by key, where each came from."""

    settings: Settings
    origin: dict[str, str]


def load(
    flags: Mapping[str, Any] | None = None,
    workspace: Path | None = None,
    directory: Path | None = None,
    sets: Mapping[str, Any] | None = None,
) -> Loaded:
    """The settings of a run; a `None` flag was not given. Unknown keys and wrong values are UsageErrors that name their file.

    sets: what `--set KEY=VALUE` gave, stronger than all else.
    """
    values: dict[str, Any] = {}
    origin = dict.fromkeys(Settings.model_fields, "default")
    given = [(f"--set {key}", {key: value}) for key, value in (sets or {}).items()]
    for source, found in [*_layers(flags or {}, workspace, directory or Path.cwd()), *given]:
        for key in found:
            if key not in Settings.model_fields:
                raise UsageError(f"{source}: unknown setting {key!r}", did_you_mean(key, list(Settings.model_fields)))
        _checked(found, source)
        values.update(found)
        origin.update(dict.fromkeys(found, source))
    return Loaded(_checked(values, "settings"), origin)


def save(settings: Settings, workspace: Path) -> None:
    """Writes the settings that differ from the defaults into the workspace's curate.toml, for the next run and for people."""
    import tomli_w

    from curate.store import write_text

    default = Settings()
    changed = {k: v for k, v in settings.model_dump(mode="json").items() if v != getattr(default, k) and k not in ONE_RUN and v is not None}
    head = "# The settings of this build that differ from the defaults. Edit and run `curate build` again; `curate config` lists all.\n"
    text = head + tomli_w.dumps(changed)
    path = workspace / FILE
    if not path.exists() or tomllib.loads(path.read_text(encoding="utf-8")) != changed:  # keeps a person's comments
        write_text(path, text)


def _layers(flags: Mapping[str, Any], workspace: Path | None, directory: Path) -> list[tuple[str, dict[str, Any]]]:
    """(where from, values), weakest first."""
    layers = [
        _file(Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "curate" / FILE),
        _pyproject(directory),
        _file(directory / FILE),
        _file(workspace / FILE) if workspace else ("", {}),
        _standard_environment(),
        *_environment(),
        *[(f"--{key.replace('_', '-')}", {key: value}) for key, value in flags.items() if value is not None],
    ]
    return [(source, found) for source, found in layers if found]


def _file(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        return str(path), tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the path and its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend the line it names") from None


def _pyproject(directory: Path) -> tuple[str, dict[str, Any]]:
    for folder in (directory, *directory.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            source, whole = _file(path)
            return f"{source} [tool.curate]", dict(whole.get("tool", {}).get("curate", {}))
    return "", {}


def _standard_environment() -> tuple[str, dict[str, Any]]:
    address = os.environ.get("OPENAI_BASE_URL")
    return "OPENAI_BASE_URL", {"base_url": address} if address else {}


def _environment() -> list[tuple[str, dict[str, Any]]]:
    known = {f"CURATE_{key.upper()}": key for key in Settings.model_fields}
    layers = []
    for name in sorted(os.environ):
        if not name.startswith("CURATE_") or name == "CURATE_API_KEY":
            continue
        if name not in known:
            raise UsageError(f"unknown environment variable {name}", did_you_mean(name, list(known)))
        layers.append((name, {known[name]: from_text(known[name], os.environ[name])}))
    return layers


def from_text(key: str, text: str) -> Any:
    """A setting's value from a flag or an environment variable: lists are comma-separated, objects inline TOML."""
    if key not in Settings.model_fields:
        raise UsageError(f"unknown setting {key!r}", did_you_mean(key, list(Settings.model_fields)))
    default = Settings.model_fields[key].default
    if isinstance(default, list) and not str(Settings.model_fields[key].annotation).startswith("list[dict"):
        return [item.strip() for item in text.split(",") if item.strip()]
    if isinstance(default, (list, dict)):
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{key}: {text!r} is not inline TOML: {error}", "as in { judge = { model = 'm' } }") from None
    return None if text == "" and default is None else text


def _checked(values: dict[str, Any], source: str) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(p) for p in first["loc"])
        shown = "" if key == "password" else f" = {first['input']!r}"
        named = source if source.lower().replace("-", "_").endswith(key) else f"{source}: {key}"  # a flag or a variable says its key itself
        setting = Settings.model_fields[str(first["loc"][0])]
        raise UsageError(f"{named}{shown}: {first['msg']}", f"{key}: {setting.description} Default: {setting.default!r}.") from None
