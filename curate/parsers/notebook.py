"""Reads Jupyter notebooks: prose as Markdown, code cells in their language, short printed results."""

import json
import re
from typing import Any

from curate import encodings, markup
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _markdown
from curate.records import Document
from curate.settings import Settings

VERSION = 2
SUFFIXES = (".ipynb",)

_OUTPUT_LINES, _OUTPUT_CHARACTERS = 20, 2000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")
_OBJECT = re.compile(r"<[\w.]+(?: [^<>]*)?>|\[<[\w.]+ .*>\]", re.S)  # what Python prints for figures and the like
_HINT = "open it in Jupyter and save it again"


def sniff(name: str, data: bytes) -> int:
    if data[:200].lstrip()[:1] == b"{" and b'"nbformat"' in data and (b'"cells"' in data or b'"worksheets"' in data):
        return 3
    return int(name.lower().endswith(SUFFIXES))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    notebook = _load(data)
    found = notebook.get("metadata")
    metadata: dict[str, Any] = found if isinstance(found, dict) else {}
    builder = Builder()
    counts = {"markdown": 0, "code": 0, "outputs_dropped": 0}
    for cell in _cells(notebook):
        source = _text(cell.get("source", cell.get("input", "")))
        kind = cell.get("cell_type")
        if kind in ("markdown", "heading", "raw"):
            counts["markdown"] += 1
            prefix = "#" * min(cell["level"], 6) + " " if kind == "heading" and isinstance(cell.get("level"), int) else ""
            for block, piece in _markdown.pieces(prefix + source):
                builder.add(block, piece)
        elif kind == "code" and source.strip():
            counts["code"] += 1
            builder.add("code", markup.code(*_magic(source, _language(metadata))))
            counts["outputs_dropped"] += _add_outputs(cell.get("outputs"), builder)
    if not builder.blocks:
        raise DocumentError("this notebook holds no text", "all its cells are empty")
    title = metadata.get("title")
    return [builder.document(name, data, title if isinstance(title, str) else "", dict(counts))]


def _load(data: bytes) -> dict[str, Any]:
    text, _ = encodings.decode(data)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"this notebook is not valid JSON: {error}", _HINT) from error
    if not isinstance(notebook, dict):
        raise DocumentError("this is not a notebook", _HINT)
    return notebook


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells; format 3 kept them in worksheets."""
    sheets = notebook.get("worksheets")
    groups = (
        [notebook.get("cells"), *(s.get("cells") for s in sheets if isinstance(s, dict))]
        if isinstance(sheets, list)
        else [notebook.get("cells")]
    )
    return [cell for group in groups if isinstance(group, list) for cell in group if isinstance(cell, dict)]


def _text(value: Any) -> str:
    """Text is a string or a list of lines."""
    return "".join(v for v in value if isinstance(v, str)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _language(metadata: dict[str, Any]) -> str:
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key)
        name = info.get(field) if isinstance(info, dict) else None
        if isinstance(name, str) and re.fullmatch(r"[\w+#.-]{1,20}", name):
            return name.lower()
    return "python"


def _magic(source: str, language: str) -> tuple[str, str]:
    """`%%bash` in the first line says that the cell is in another language."""
    found = re.match(r"%%(bash|sh|html|javascript|js|latex|sql|perl|ruby|R)\b.*\n", source)
    return (source[found.end() :], found[1].lower()) if found else (source, language)


def _add_outputs(outputs: Any, builder: Builder) -> int:
    """Adds what was printed, shortened; the number of outputs that are no text."""
    dropped = 0
    for output in outputs if isinstance(outputs, list) else []:
        text = _printed(output) if isinstance(output, dict) else ""
        if text:
            builder.add("code", markup.code(text, "text"))
        else:
            dropped += 1
    return dropped


def _printed(output: dict[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream" and output.get("name", output.get("stream")) != "stderr":
        text = _text(output.get("text"))
    elif kind in ("execute_result", "pyout"):
        bundle = output.get("data")
        text = _text(bundle.get("text/plain")) if isinstance(bundle, dict) else _text(output.get("text"))
    else:  # errors, pictures, widgets, warnings
        return ""
    text = _ANSI.sub("", re.sub(r"[^\n]*\r(?!\n)", "", text)).strip("\n").rstrip()
    return "" if _OBJECT.fullmatch(text) else _shortened(text)


def _shortened(text: str) -> str:
    lines = text[:_OUTPUT_CHARACTERS].split("\n")
    cut = len(text) > _OUTPUT_CHARACTERS or len(lines) > _OUTPUT_LINES
    return "\n".join(lines[:_OUTPUT_LINES]) + ("\n..." if cut else "")
