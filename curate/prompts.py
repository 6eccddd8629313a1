"""Turns prompts/<name>.<language>.md and the values of one ask into messages."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from types import BuiltinMethodType, TracebackType
from typing import TYPE_CHECKING, Any

from curate import assets
from curate.errors import UsageError, did_you_mean
from curate.records import Message

if TYPE_CHECKING:
    from jinja2 import Environment, Template

ROLES = ("system", "user", "assistant")
_HEADING = re.compile(r"^# (\w+)[ \t]*$", re.M)
# Anything a model might take for one of our fence lines: any case, spaces, look-alike brackets and dashes.
_FORGED = re.compile(r"[<＜﹤〈](?=\s*[/\\／]?\s*document\s*[-‐‑‒–—_])", re.I)
# What an expression in a template can raise when the values do not suit it.
_RENDER_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class Prompts:
    """The prompts of one run: each file is found, read and compiled once."""

    def __init__(self, workspace: Path | None = None) -> None:
        self.workspace = workspace
        self._loaded: dict[tuple[str, str], Prompt] = {}

    def render(self, name: str, values: Mapping[str, Any], language: str = "en") -> list[Message]:
        """The messages of a prompt, in the order of its `# system` and `# user` sections; text above the first is for readers."""
        prompt = self._loaded.get((name, language))
        if prompt is None:
            prompt = self._loaded[name, language] = _load(find(name, language, self.workspace))
        return prompt.messages(values)


def find(name: str, language: str = "en", workspace: Path | None = None) -> Path:
    """The file of a prompt: the workspace's own before the shipped one, English where the language has none."""
    tried = list(dict.fromkeys((language, re.split("[-_]", language)[0], "en")))
    for choice in tried[:-1]:
        try:
            return assets.find("prompts", f"{name}.{choice}.md", workspace)
        except UsageError:
            continue
    return assets.find("prompts", f"{name}.{tried[-1]}.md", workspace)


@dataclass(frozen=True, slots=True)
class Known:
    """A prompt that there is. own: the workspace's version of it."""

    name: str
    language: str
    path: Path
    own: bool
    about: str


def known(workspace: Path | None = None) -> list[Known]:
    """Every prompt in every language, by name."""
    roots = [assets.folder("prompts"), *([workspace / "prompts"] if workspace else [])]
    found = {}
    for root in roots:
        for path in sorted(root.glob("*.*.md")):
            name, _, language = path.stem.rpartition(".")
            about = path.read_text(encoding="utf-8").split("\n", 1)[0]
            found[name, language] = Known(name, language, path, root != roots[0], re.split(r"(?<=[.。])\s*", about)[0])
    return [found[key] for key in sorted(found)]


def eject(name: str, language: str, workspace: Path) -> list[Path]:
    """Copies a shipped prompt (in one language, or all) into the workspace; returns the new files. UsageError: one is there already."""
    shipped = [k for k in known() if k.name == name and language in ("", k.language)]
    if not shipped:
        raise UsageError(
            f"there is no prompt {name!r}{f' in {language!r}' if language else ''}", did_you_mean(name, sorted({k.name for k in known()}))
        )
    paths = [workspace / "prompts" / k.path.name for k in shipped]
    if there := next((p for p in paths if p.exists()), None):
        raise UsageError(f"{there} is there already", "edit it, or delete it first")
    (workspace / "prompts").mkdir(exist_ok=True)
    for each, path in zip(shipped, paths, strict=True):
        path.write_bytes(each.path.read_bytes())
    return paths


def sha256(name: str, language: str = "en", workspace: Path | None = None) -> str:
    """The hash of a prompt's file, for the manifest."""
    return hashlib.sha256(find(name, language, workspace).read_bytes()).hexdigest()


def fence(text: str) -> str:
    """Text of a document as data: between lines that name its own hash, which nothing inside can know.

    What looks like such a line inside gets another bracket, so that a model is not fooled by a fence that was written to look real.
    """
    name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"<document-{name}>\n{_FORGED.sub('‹', text)}\n</document-{name}>"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One parsed prompt file: a template per section."""

    path: Path
    sections: "tuple[tuple[str, Template], ...]"

    def messages(self, values: Mapping[str, Any]) -> list[Message]:
        """Renders each section; a missing variable is an error that names it."""
        return [Message(role, self._text(template, values)) for role, template in self.sections]

    def _text(self, template: "Template", values: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError

        try:
            return template.render(values).strip()
        except (TemplateError, *_RENDER_ERRORS) as e:
            where = _line(e.__traceback__, str(self.path))
            raise UsageError(f"{self.path}:{where}: {e}", f"values given: {', '.join(sorted(values)) or 'none'}") from None


def _load(path: Path) -> Prompt:
    """Reads and compiles a prompt. Sections are cut before rendering: a heading inside a value cannot open one."""
    source = path.read_text(encoding="utf-8")
    marks = list(_HEADING.finditer(source))
    for mark in marks:
        if mark[1] not in ROLES:
            line = source.count("\n", 0, mark.start()) + 1
            raise UsageError(f"{path}:{line}: unknown section '# {mark[1]}'", f"sections are {', '.join(f'# {r}' for r in ROLES)}")
    if not any(m[1] == "user" for m in marks):
        raise UsageError(f"{path} has no section '# user'", "start the user's turn with a line '# user'")
    ends = [m.start() for m in marks[1:]] + [len(source)]
    return Prompt(path, tuple((m[1], _compile(path, source, m.end(), end)) for m, end in zip(marks, ends, strict=True)))


def _compile(path: Path, source: str, start: int, end: int) -> "Template":
    """Compiles one section, below as many empty lines as stand above it, so that errors name the line in the file."""
    from jinja2 import TemplateSyntaxError

    environment = _environment()
    padded = "\n" * source.count("\n", 0, start) + source[start:end]
    try:
        code = environment.compile(padded, name=path.name, filename=str(path))
    except TemplateSyntaxError as e:
        raise UsageError(f"{path}:{e.lineno}: {e.message}", "prompts are Jinja2 templates") from None
    return environment.template_class.from_code(environment, code, environment.globals)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    class Sandbox(SandboxedEnvironment):
        """Jinja2's sandbox, without its checks for `get` of a plain dict: they took half the time of a prompt with slots."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return obj.get if attribute == "get" and type(obj) is dict else super().getattr(obj, attribute)

        def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
            if type(obj) is BuiltinMethodType and type(obj.__self__) is dict and obj.__name__ == "get":
                return obj(*args)
            return super().call(context, obj, *args, **kwargs)

    environment = Sandbox(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals["fence"] = fence
    environment.filters["tojson"] = _json
    return environment


def _json(value: Any) -> str:
    """A value as JSON for a model to read (Jinja's own is for HTML and escapes half of it)."""
    return json.dumps(value, ensure_ascii=False)


def _line(trace: TracebackType | None, filename: str) -> int:
    """The template line an error came from (Jinja2 rewrites tracebacks to name it)."""
    return next((line for frame, line in reversed(list(walk_tb(trace))) if frame.f_code.co_filename == filename), 0)
