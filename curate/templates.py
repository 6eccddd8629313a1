"""Renders conversations with a chat template in a sandbox, the way trainers and servers render it."""

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from curate.assets import find
from curate.errors import CarryError, UsageError

TODAY = datetime(2024, 7, 26, tzinfo=UTC)
"""The date that `strftime_now` tells: a dataset must not change with the day it was exported on."""

_CONTROL = re.compile(r"<\|[\w ]+\|>|</?(?:s|start_of_turn|end_of_turn)>|\[/?INST\]")

_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)  # of a template at work


def render(name: str, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None = None, workspace: Path | None = None) -> str:
    """The conversation as text. `name`: a shipped or a workspace's template, or the path of a .jinja file.

    No `bos_token`: the tokenizer of the trainer that reads the text puts it before every row.
    """
    template, tokens, _ = _load(_path(name, workspace))
    try:
        return template.render(messages=messages, tools=tools or None, add_generation_prompt=False, **tokens)
    except SecurityError as error:
        raise UsageError(f"the chat template {name!r} does what no template may: {error}", "choose another --chat-template") from None
    except _FAILURES as error:
        raise CarryError(
            f"the chat template {Path(name).name} refuses the conversation: {error}", "choose another --chat-template"
        ) from None


def control_tokens(name: str, workspace: Path | None = None) -> frozenset[str]:
    """The words like <|im_end|> or <end_of_turn> that a template writes between turns: in a turn's own text they would break it."""
    return _load(_path(name, workspace))[2]


def _path(name: str, workspace: Path | None) -> Path:
    if not name.endswith(".jinja"):
        return find("chat_templates", f"{name}.jinja", workspace)
    if not Path(name).is_file():
        raise UsageError(f"there is no chat template at {name}", "give the path of a .jinja file or the name of a shipped template")
    return Path(name)


@cache
def _load(path: Path) -> tuple[Template, dict[str, str], frozenset[str]]:
    """A compiled template, the special tokens it asks for, and those it writes itself."""
    environment = _environment()
    try:
        text = path.read_text(encoding="utf-8")
        wanted = meta.find_undeclared_variables(environment.parse(text)) & {"eos_token", "pad_token", "unk_token"}
        return environment.from_string(text), {"bos_token": ""} | _tokens(path, wanted), frozenset(_CONTROL.findall(text))
    except TemplateSyntaxError as error:
        raise UsageError(f"{path}, line {error.lineno}: {error.message}", "mend the chat template or choose another") from None
    except (UnicodeDecodeError, OSError) as error:
        raise UsageError(f"cannot read the chat template {path}: {error}", "choose another --chat-template") from None


def _tokens(path: Path, wanted: set[str]) -> dict[str, str]:
    """The tokens a template names, from the tokenizer_config.json beside it, as in a model's folder."""
    if not wanted:
        return {}
    config = path.with_name("tokenizer_config.json")
    try:
        known = json.loads(config.read_text(encoding="utf-8"))
        found = {name: known.get(name) for name in wanted}
    except (ValueError, OSError, AttributeError):
        found = dict.fromkeys(wanted)
    found = {k: v.get("content") if isinstance(v, dict) else v for k, v in found.items()}
    if missing := sorted(k for k, v in found.items() if not isinstance(v, str)):
        raise UsageError(f"{path} needs {', '.join(missing)}", f"put the tokenizer's tokenizer_config.json beside it, at {config}")
    return {k: str(v) for k, v in found.items()}


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    """Set up as transformers sets it up: these options decide every newline of the text."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, "jinja2.ext.loopcontrols"])
    environment.filters["tojson"] = _tojson
    environment.globals |= {"raise_exception": _refuse, "strftime_now": TODAY.strftime}
    return environment


class _Generation(Extension):
    """`{% generation %}` marks what is trained; in plain text it leaves nothing behind."""

    tags = {"generation"}  # noqa: RUF012 - Jinja wants a plain set here

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
    """JSON as it is: Jinja's own filter escapes < and > for HTML, which no model family does."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _refuse(message: str) -> None:
    raise TemplateError(message)
