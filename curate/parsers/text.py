"""Reads plain text in any encoding: paragraphs, evident headings and lists, subtitles without their timings, source code."""

import re

from curate import encodings, markup
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _paragraphs
from curate.records import Document
from curate.settings import Settings

VERSION = 1
_CODE = {  # ending -> name of the language on the fence
    ".py": "python", ".js": "javascript", ".ts": "typescript", ".java": "java", ".c": "c", ".h": "c", ".cpp": "cpp", ".cc": "cpp",
    ".hpp": "cpp", ".cs": "csharp", ".go": "go", ".rs": "rust", ".rb": "ruby", ".php": "php", ".sh": "bash", ".sql": "sql",
    ".kt": "kotlin", ".swift": "swift", ".scala": "scala", ".r": "r", ".lua": "lua", ".pl": "perl", ".css": "css",
    ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".ini": "ini", ".cfg": "ini", ".conf": "ini", ".properties": "properties",
}  # fmt: skip
SUFFIXES = (".txt", ".text", ".log", ".srt", ".vtt", *_CODE)

_OTHERS = (
    ".md", ".markdown", ".mdown", ".mkd", ".mdx", ".rmd", ".qmd", ".html", ".htm", ".xhtml", ".csv", ".tsv", ".tab", ".psv", ".json",
    ".jsonl", ".ndjson", ".geojson", ".ipynb", ".eml", ".mbox", ".mbx", ".xml", ".svg", ".rst", ".rtf", ".org",
)  # fmt: skip
_FOREIGN = (b"<?xml", b"{\\rtf", b"%PDF", b"<!DOCTYPE", b"<html")
_TIMING = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}.*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_LINES_OF_CODE = 60  # a longer file is parted where a blank line comes before an unindented one


def sniff(name: str, data: bytes) -> int:
    """Text of any name may be read as text, unless its ending promises that another parser makes more of it."""
    if not encodings.is_text(data) or data[:64].lstrip().startswith(_FOREIGN):
        return 0
    return int(not name.lower().endswith(_OTHERS))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data)
    ending = "." + name.lower().rsplit(".", 1)[-1] if "." in name else ""
    builder = Builder()
    if ending in _CODE:
        pieces = [("code", markup.code(part, _CODE[ending])) for part in _parts(text)]
    elif ending == ".log":
        pieces = [("text", part) for part in re.split(r"\n\s*\n", text)]
    elif ending in (".srt", ".vtt") or text.startswith("WEBVTT"):
        pieces = [("text", part) for part in _spoken(text)]
    else:
        pieces = _paragraphs.pieces(text)
    for kind, piece in pieces:
        builder.add(kind, piece)
    if not builder.blocks:
        raise DocumentError("this file holds no text", "nothing but blanks was found in it")
    return [builder.document(name, data, meta={"encoding": encoding})]


def _parts(text: str) -> list[str]:
    """Source code in parts of some size, cut between top-level definitions."""
    parts: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if len(lines) >= _LINES_OF_CODE and not lines[-1].strip() and line[:1].strip() and line[0] not in ")]}":
            parts.append("\n".join(lines))
            lines = []
        lines.append(line)
    return [part for part in [*parts, "\n".join(lines)] if part.strip()]


def _spoken(text: str) -> list[str]:
    """What subtitles say, a paragraph ending with a sentence after some 300 characters."""
    parts: list[str] = []
    said: list[str] = []
    for cue in re.split(r"\n\s*\n", text):
        line = _cue(cue)
        if not line or (said and said[-1] == line):
            continue
        said.append(line)
        if sum(map(len, said)) > 300 and line.endswith((".", "!", "?", "。", "！", "？")):
            parts.append("\n".join(said))
            said = []
    return [*parts, "\n".join(said)]


def _cue(cue: str) -> str:
    lines = cue.strip().split("\n")
    timed = next((i for i, line in enumerate(lines) if _TIMING.fullmatch(line.strip())), None)
    if timed is None:
        return ""
    voiced = _VOICE.sub(lambda v: f"{v.group(1).strip()}: ", " ".join(line.strip() for line in lines[timed + 1 :]))
    return " ".join(re.sub(r"</?[a-z][^<>]*>|<[\d:.]+>|\{\\an\d\}", "", voiced).split())
