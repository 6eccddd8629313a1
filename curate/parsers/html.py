"""Reads web pages: the main content as Markdown, without navigation, banners and scripts."""

import re
from dataclasses import replace

from curate import encodings
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _html_page
from curate.records import Document
from curate.settings import Settings

VERSION = 2
SUFFIXES = (".html", ".htm", ".xhtml")

_START = re.compile(rb"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b")
_TAGS = re.compile(rb"(?i)<(?:head|body|title|meta|div|p|table|h[1-6]|ul|span)\b[^<>]*>")


def sniff(name: str, data: bytes) -> int:
    head = data[:4096].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _START.match(head):
        return 3
    named = name.lower().endswith(SUFFIXES)
    untyped = "." not in name.rsplit("/", 1)[-1]  # Markdown may begin with as many tags
    if (named or untyped) and len(_TAGS.findall(head)) >= 4 and head.lstrip()[:1] == b"<" and not head.lstrip().startswith(b"<?xml"):
        return 2
    return int(named and encodings.is_text(data))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    text, encoding = encodings.decode(data, encodings.declared(data))
    page = _html_page.read(text)
    builder = Builder()
    for kind, piece in page.pieces:
        builder.add(kind, piece)
    if not builder.blocks:
        raise DocumentError("this page holds no text", "pages that scripts fill must be saved from a browser, after they have loaded")
    return [replace(builder.document(name, data, page.title, {"encoding": encoding}), language=page.language)]
