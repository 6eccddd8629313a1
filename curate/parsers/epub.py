"""Reads EPUB books: the chapters in reading order, without the navigation."""

import posixpath
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from curate import encodings
from curate.archives import check_zip
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _html_page
from curate.records import Document
from curate.settings import Settings

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

VERSION = 2
SUFFIXES = (".epub",)

_FONTS = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}  # obfuscated fonts: the text is open
_DAMAGED = "export the book again, or fetch it again"
_LISTING = re.compile(r"(?i)(?:^|[/_-])(?:toc|nav|cover|contents|titlepage)\b")
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "")


def sniff(name: str, data: bytes) -> int:
    if data[:4] == b"PK\x03\x04" and b"mimetypeapplication/epub+zip" in data[:200]:
        return 3
    if data[:2] != b"PK":
        return 0
    return 2 if b"META-INF/container.xml" in data[-(1 << 20) :] else int(name.lower().endswith(SUFFIXES))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    archive = check_zip(data)
    package = _package_path(archive)
    root = _xml(archive, package)
    _refuse_protected(archive)
    builder = Builder()
    for path in _spine(root, package):
        page = _page(archive, path)
        if page is None or page.linked > 0.6:  # a table of contents
            continue
        for kind, piece in page.pieces:
            builder.add(kind, piece)
    if not builder.blocks:
        raise DocumentError("this book holds no text", "a book of pictures cannot be read")
    meta = {key: value for key in ("creator", "publisher", "date", "rights") if (value := _field(root, key))}
    language = re.match(r"[A-Za-z]{2,3}(?=$|[-_])", _field(root, "language"))
    document = builder.document(name, data, _field(root, "title"), meta)
    return [replace(document, language=language.group().lower() if language else "")]


def _package_path(archive: zipfile.ZipFile) -> str:
    container = _xml(archive, "META-INF/container.xml")
    path = next((e.get("full-path") for e in container.iter() if _local(e) == "rootfile" and e.get("full-path")), None)
    if not path:
        raise DocumentError("this EPUB does not say where its book is", _DAMAGED)
    return path


def _xml(archive: zipfile.ZipFile, path: str) -> "Element":
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(archive.read(path))
    except KeyError as error:
        raise DocumentError(f"this EPUB has no {path}", _DAMAGED) from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise DocumentError(f"this EPUB's {path} cannot be read: {error}", _DAMAGED) from error
    return root


def _local(element: "Element") -> str:
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def _field(root: "Element", key: str) -> str:
    return next((" ".join(e.text.split()) for e in root.iter() if _local(e) == key and e.text and e.text.strip()), "")


def _refuse_protected(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "META-INF/encryption.xml" not in names:
        return
    methods = {
        method.get("Algorithm", "")
        for data in _xml(archive, "META-INF/encryption.xml").iter()
        if _local(data) == "encrypteddata"
        for method in data
        if _local(method) == "encryptionmethod"
    }
    if methods - _FONTS:
        raise DocumentError("this book is protected (DRM)", "give a copy without protection")


def _spine(root: "Element", package: str) -> list[str]:
    """Paths of the chapters in reading order; navigation and covers are left away."""
    items = {e.get("id"): e for e in root.iter() if _local(e) == "item"}
    guide = {e.get("href", "").split("#")[0] for e in root.iter() if _local(e) == "reference" and e.get("type") in ("toc", "cover")}
    paths: list[str] = []
    for reference in (e for e in root.iter() if _local(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        href = unquote((item.get("href") or "").split("#")[0])
        if href and href not in guide and (item.get("media-type") or "") in _PAGES and not _LISTING.search(posixpath.splitext(href)[0]):
            paths.append(posixpath.normpath(posixpath.join(posixpath.dirname(package), href)))
    return list(dict.fromkeys(paths))


def _page(archive: zipfile.ZipFile, path: str) -> _html_page.HtmlPage | None:
    try:
        data = archive.read(path)
    except KeyError:  # a chapter that is listed but missing costs that chapter alone
        return None
    text, _ = encodings.decode(data, encodings.declared(data))
    return _html_page.read(re.sub(r"<(title|script|a|p|div|span|i|b|td)(\s[^<>]*)?/>", r"<\1\2></\1>", text), whole=True)
