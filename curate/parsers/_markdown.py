"""Cuts Markdown into blocks, each as it was written; comments, front matter and markup that only lays out are left away."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from curate import markup
from curate.parsers import _pictures as pictures

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Piece = tuple[str, str]  # kind of block, Markdown

_KINDS = {
    "paragraph_open": "text",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "blockquote_open": "quote",
}
_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_SITE = r"\{%.{1,300}?%\}|\{\{<.{1,300}?>\}\}"  # what site generators fill in
_CODE_OR_NOISE = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<table>(?:(?<=\n)[ \t]*)?<table\b.{1,200000}?</table>)"
    r"|!\[(?P<alt>[^\]\n]*)\]\((?P<source>[^)\n]*)\)"
    r"|\[(?P<label>[^\]\n]+)\]\(\{%[^)\n]*\)|" + _SITE + ""
    r"|<!--.*?-->|</?(?:font|span|center|div|u|small|big|p|br|hr|sup|sub|kbd|a|img)(?:\s[^<>]*)?/?>",
    re.S | re.I,
)
_CONTENTS = re.compile(r"(?:\s*(?:[-*+]|\d+[.)])\s+\[[^\]\n]*\]\(#[^\n]*\)[ \t]*(?:\n|\Z))+")
_FORMULA = re.compile(r"\s*\$\$.+\$\$\s*|\s*\\\[.+\\\]\s*", re.S)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
_PICTURES = re.compile(r"\s*(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+")


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")  # blocks only: their text stays as written


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The fields of the YAML or TOML before the text, and the text without it; what cannot be read stays text."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    fields = _toml(found.group(2)) if found.group(1) == "+++" else _yaml(found.group(2))
    return (fields, text[found.end() :]) if fields is not None else ({}, text)


def _yaml(source: str) -> dict[str, Any] | None:
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source)):  # a few lines can name billions of values
            return _lines(source)
        fields = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _lines(source)
    return {markup.storable(str(k)): _tame(v) for k, v in fields.items()} if isinstance(fields, dict) else None


def _lines(source: str) -> dict[str, Any] | None:
    """`key: value` lines of front matter that YAML refuses, as it does titles with a colon."""
    return dict(re.findall(r"(?m)^([A-Za-z][\w-]*):[ \t]+(\S.*)$", source)) or None


def _toml(source: str) -> dict[str, Any] | None:
    import tomllib

    try:
        return {k: _tame(v) for k, v in tomllib.loads(source).items()}
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _tame(value: Any) -> Any:
    """Dates, odd numbers and odd keys as strings, so that the fields are JSON."""
    if isinstance(value, dict):
        return {markup.storable(str(k)): _tame(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_tame(v) for v in value]
    if isinstance(value, str):
        return markup.storable(value)
    finite = not isinstance(value, float) or abs(value) < float("inf")
    return value if value is None or (isinstance(value, (int, float, bool)) and finite) else str(value)


def pieces(text: str) -> list[Piece]:
    """The blocks at the top level, in order."""
    lines = text.split("\n")
    tokens = _reader().parse(text)
    found: list[Piece] = []
    done = 0  # lines that a table of HTML has taken
    for i, token in enumerate(tokens):
        if token.level or not token.map or token.map[0] < done:
            continue
        start, end = token.map
        if token.type == "html_block":
            done = _html_end(lines, start, end)
            found += _unfolded("\n".join(lines[start:done]))
        elif token.type == "heading_open":
            found += _heading(tokens[i + 1].content, int(token.tag[1:]))
        elif token.type in ("fence", "code_block"):
            found.append(("code", "\n".join(lines[start:end])))
        elif token.type in _KINDS:
            found += _as_written(_KINDS[token.type], "\n".join(lines[start:end]))
    return found


def _heading(source: str, level: int) -> list[Piece]:
    """One `#` line; a long "heading" is a paragraph that a rule happened to follow."""
    text = _clean(source, "heading")
    text = re.sub(r"\s*\{#[\w-]+\}$", "", _IMAGE.sub("", text)).strip()
    if "\n" in text and len(text) > 100:
        return [("text", text)]
    return [("heading", markup.heading(text, level))] if text else []


def _as_written(kind: str, source: str) -> list[Piece]:
    if kind == "list" and _CONTENTS.fullmatch(source):  # a table of contents repeats the headings
        return []
    if kind == "text" and _PICTURES.fullmatch(source):
        return [("caption", alt) for alt, target in _IMAGE.findall(source) if not pictures.dull(alt, target)]
    text = _clean(source, kind)
    if kind == "text":
        text = "\n".join(line for line in text.split("\n") if line.strip())
        kind = "formula" if _FORMULA.fullmatch(text) else kind
    return [(kind, text)] if text.strip() else []


def _clean(source: str, kind: str) -> str:
    """Comments, tags that only lay out and pictures that say nothing go, tables of HTML become pipe tables; code stays untouched."""

    def replaced(found: re.Match[str]) -> str:
        if found["code"]:
            return found["code"]
        if found["table"]:
            table = found["table"]
            indent = table[: len(table) - len(table.lstrip())]
            return "\n".join(indent + line for _, text in _unfolded(table) for line in text.split("\n"))
        if found["alt"] is not None:
            return _picture(found)
        if found["label"]:
            return found["label"]
        return ("\n" if kind == "text" else " ") if found[0][:3].lower() == "<br" else ""

    return _CODE_OR_NOISE.sub(replaced, source) if re.search(r"[<{]|!\[", source) else source


def _picture(found: re.Match[str]) -> str:
    if pictures.dull(found["alt"], found["source"]):
        return ""
    return found["alt"] if found["source"].lstrip("< ").startswith("data:") else found[0]


def _html_end(lines: list[str], start: int, end: int) -> int:
    """The line after a block of HTML: a table or list goes on over blank lines until it is closed."""
    opened = re.match(r"\s*(?:<(?:div|center|p)\b[^<>]*>\s*)*<(table|ul|ol|dl)\b", "\n".join(lines[start:end]), re.I)
    if not opened:
        return end
    depth = 0
    for number in range(start, min(len(lines), start + 5000)):
        depth += len(re.findall(rf"<{opened[1]}\b", lines[number], re.I)) - len(re.findall(rf"</{opened[1]}\s*>", lines[number], re.I))
        if depth <= 0 and number + 1 >= end:
            return number + 1
    return end


def _unfolded(source: str) -> list[Piece]:
    """What a block of HTML says, without its markup."""
    from curate.parsers import _html_page

    return _html_page.fragment(re.sub(_SITE, "", source))
