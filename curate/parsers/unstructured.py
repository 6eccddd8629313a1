"""Reads every other type that the library `unstructured` can (RTF, ODT, reStructuredText, Org, MSG, XML, old Office)."""

import importlib.util
import os
import re
import shutil
from typing import Any

from curate.errors import DocumentError
from curate.markup import Builder, code, heading, table
from curate.parsers import _ooxml
from curate.parsers._items import Items
from curate.parsers._rtf import unicode_rtf
from curate.records import Document
from curate.settings import Settings

VERSION = 1
SUFFIXES = (".rtf", ".odt", ".rst", ".org", ".msg", ".xml", ".doc", ".ppt", ".xls")

_ODT = b"mimetypeapplication/vnd.oasis.opendocument.text"
_OLD = {"WordDocument": "doc", "PowerPoint Document": "ppt", "Workbook": "xls", "Book": "xls", "__properties_version1.0": "msg"}
_VERBS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "may",
        "might",
        "must",
        "should",
    ]
)
_VERB_ENDING = re.compile(r"(ed|ing|izes?|ifies)$")
_KINDS = {"Formula": "formula", "FigureCaption": "caption", "Image": "caption"}
# pandoc refuses a whole document that includes other files, which it may not read
_OTHER_FILES = re.compile(rb"^[ \t]*(?:\.\. (?:include|literalinclude)::|:(?:file|url):).*$", re.M)
_LEFT_OUT = {"Header", "Footer", "PageNumber", "PageBreak"}


def sniff(name: str, data: bytes) -> int:
    return 2 if _content(data) else int(name.lower().endswith(SUFFIXES))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    """One document; page numbers where the library knows them, no boxes."""
    if not data:
        raise DocumentError("the file is empty (0 bytes)", "fetch it again, or leave it out with --exclude")
    kind = _content(data) or name.lower().rsplit(".", 1)[-1]
    _refuse(kind, data)
    with _ooxml.reading(f"{kind} file"):
        builder = Builder()
        _add(builder, _elements(kind, data))
        _ooxml.refuse_empty(builder, f"{kind} file")
        return [builder.document(name, data)]


def _content(data: bytes) -> str:
    """The type that the bytes themselves show, or nothing."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"PK") and _ODT in data[:200]:
        return "odt"
    if data.startswith(_ooxml.OLE2):
        return next((kind for mark, kind in _OLD.items() if mark.encode("utf-16-le") in data), "ole2")
    wide = data[:200].decode("utf-16", "ignore") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    is_xml = head.startswith(b"<?xml") or wide.startswith("<?xml")
    return "xml" if is_xml and b"<html" not in head.lower() else ""


def _refuse(kind: str, data: bytes) -> None:
    """What cannot be read is told before anything heavy is loaded."""
    if kind == "odt":
        _ooxml.guarded(data)
    if kind == "ole2" or (kind in ("doc", "ppt") and not (_installed() and shutil.which("soffice"))):
        raise _ooxml.old_office(data)
    if not _installed():
        raise DocumentError(f"reading .{kind} files needs the extra `unstructured`", 'pip install "curate[unstructured]"')
    if kind == "xls" and importlib.util.find_spec("xlrd") is None:
        raise _ooxml.old_office(data)


def _installed() -> bool:
    return all(importlib.util.find_spec(module) for module in ("unstructured", "spacy"))


def _elements(kind: str, data: bytes) -> list[Any]:
    """The elements of the file. The library is kept from its telemetry and from downloading a language model."""
    import io
    import logging

    logging.getLogger("pypandoc").setLevel(logging.CRITICAL)  # it complains of a pandoc on the path that it does not need
    os.environ.update(SCARF_NO_ANALYTICS="1", DO_NOT_TRACK="1", UNSTRUCTURED_DISABLE_NOTICE="1")
    from unstructured.nlp import tokenize

    nlp = _tagger()
    tokenize._get_nlp = lambda: nlp
    module = importlib.import_module(f"unstructured.partition.{'xlsx' if kind == 'xls' else kind}")
    partition = getattr(module, f"partition_{'xlsx' if kind == 'xls' else kind}")
    content = unicode_rtf(data) if kind == "rtf" else _OTHER_FILES.sub(b"", data) if kind == "rst" else data
    elements: list[Any] = partition(file=io.BytesIO(content), languages=[""])
    return elements


def _tagger() -> Any:
    """A rule in place of the model: it only helps to tell a sentence from a title."""
    import spacy
    from spacy.language import Language

    Language.component("curate_verbs", func=_mark_verbs)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("curate_verbs")
    return nlp


def _mark_verbs(doc: Any) -> Any:
    for token in doc:
        word = token.lower_
        token.tag_ = "VB" if word in _VERBS or (len(word) > 4 and _VERB_ENDING.search(word)) else "NN"
    return doc


def _add(builder: Builder, elements: list[Any]) -> None:
    items, page = Items(), 0
    for element in elements:
        found = element.metadata.page_number or page
        if element.category != "ListItem" or found != page:
            builder.add("list", items.take(), page)
        page = found
        text = _tidy(element.text)
        if element.category in _LEFT_OUT or not text:
            continue
        if element.category == "ListItem":
            items.add("-", element.metadata.category_depth or 0, text)
        elif element.category == "Title" and element.metadata.category_depth is not None:
            builder.add("heading", heading(text, element.metadata.category_depth + 1), page)
        elif element.category == "Table":
            rows = _rows(element.metadata.text_as_html)
            builder.add("table" if rows else "text", table(rows) if rows else text, page)
        elif element.category == "CodeSnippet":
            builder.add("code", code(element.text), page)
        else:
            builder.add(_KINDS.get(element.category, "text"), text, page)
    builder.add("list", items.take(), page)


def _tidy(text: str) -> str:
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(raw.split())))


def _rows(html: str | None) -> list[list[str]]:
    """The rows of a table given as HTML; a cell over several columns stands in each."""
    from lxml.html import fromstring

    rows: list[list[str]] = []
    for row in fromstring(html).iter("tr") if html else ():
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            span = cell.get("colspan", "1")
            cells += [" ".join(cell.text_content().split())] * (min(int(span), 64) if span.isdecimal() else 1)
        rows.append(cells)
    return rows if any(any(row) for row in rows) else []
