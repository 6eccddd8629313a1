"""Reads Markdown: the text as it was written, front matter into the document's fields."""

import re
from dataclasses import replace

from curate import encodings
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _markdown
from curate.records import Document
from curate.settings import Settings

VERSION = 2
SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".rmd", ".qmd")

_HEADINGS = re.compile(rb"(?m)^#{1,4} \S")
_OTHER_SIGNS = re.compile(rb"(?m)^(?:```|[-*] \S|\|.*\|\s*$)|\]\(\S+\)")
_IMPORTS = re.compile(r"(?m)^(?:import|export)\s.*(?:from\s+['\"].*['\"];?|=.*)$\n?")


def sniff(name: str, data: bytes) -> int:
    if not encodings.is_text(data):
        return 0
    plain = "." not in name.rsplit("/", 1)[-1] or name.lower().endswith((".txt", ".text"))
    head = data[:20_000]
    if plain and len(_HEADINGS.findall(head)) > 1 and len(_OTHER_SIGNS.findall(head)) > 1 and not head.startswith(b"#!"):
        return 2
    return int(name.lower().endswith(SUFFIXES))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data)
    fields, text = _markdown.front_matter(text)
    if name.lower().endswith(".mdx"):
        text = _IMPORTS.sub("", text)
    builder = Builder()
    for kind, piece in _markdown.pieces(text):
        builder.add(kind, piece)
    if not builder.blocks:
        raise DocumentError("this file holds no text", "nothing but front matter, comments or blanks was found in it")
    meta = {"encoding": encoding} | ({"front_matter": fields} if fields else {})
    title = fields.get("title")
    document = builder.document(name, data, title.strip() if isinstance(title, str) else "", meta)
    return [replace(document, language=_language(fields.get("lang") or fields.get("language")))]


def _language(value: object) -> str:
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]+)?", value) if isinstance(value, str) else None
    return found.group(1).lower() if found else ""
