"""What the Office parsers share: the guarded way into a package, its parts and relations, and one boundary for errors."""

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

from curate.archives import DAMAGED, check_zip
from curate.errors import DocumentError
from curate.markup import Builder

Element = Any  # an lxml element; lxml ships no types

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TRANSITIONAL = "http://schemas.openxmlformats.org/"
NS = {
    "w": TRANSITIONAL + "wordprocessingml/2006/main",
    "a": TRANSITIONAL + "drawingml/2006/main",
    "c": TRANSITIONAL + "drawingml/2006/chart",
    "dgm": TRANSITIONAL + "drawingml/2006/diagram",
    "m": TRANSITIONAL + "officeDocument/2006/math",
    "p": TRANSITIONAL + "presentationml/2006/main",
    "r": TRANSITIONAL + "officeDocument/2006/relationships",
    "s": TRANSITIONAL + "spreadsheetml/2006/main",
    "wp": TRANSITIONAL + "drawingml/2006/wordprocessingDrawing",
    "mc": TRANSITIONAL + "markup-compatibility/2006",
    "dc": "http://purl.org/dc/elements/1.1/",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
}

_UNTITLED = r"(powerpoint[ -]presentation|presentation|document|untitled|slide|microsoft word|工作簿|演示文稿|文档)\W*\d*( - .*)?"


def qn(name: str) -> str:
    """`w:p` as lxml names it."""
    prefix, local = name.split(":")
    return f"{{{NS[prefix]}}}{local}"


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part points: `kind` is the last word of the relation's type; an external target is an address."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of an Office file, read by name. Strict files appear as the transitional ones that libraries know."""

    def __init__(self, archive: zipfile.ZipFile, data: bytes) -> None:
        self._archive = archive
        self._data = data
        self._names = set(archive.namelist())
        main = next((r.target for r in self.related("").values() if r.kind == "officeDocument"), "")
        if main not in self._names:
            raise DocumentError("the Office file has no main part", DAMAGED)
        self.main = main

    def root(self, path: str) -> Element | None:
        """The root of an XML part, None where the package has no such part. Entities stay unresolved, nothing is fetched."""
        from lxml import etree

        if path not in self._names:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(transitional(self._archive.read(path)), parser)

    def related(self, path: str) -> dict[str, Relation]:
        """The relations of a part by id; of the package itself for ""."""
        folder, file = posixpath.split(path)
        root = self.root(posixpath.join(folder, "_rels", file + ".rels"))
        return {r.get("Id", ""): _relation(folder, r) for r in (root if root is not None else ())}

    def only(self, path: str, kind: str) -> Element | None:
        """The root of the one part of this kind that `path` points to, as its styles."""
        found = next((r.target for r in self.related(path).values() if r.kind == kind and not r.external), "")
        return self.root(found)

    def title(self) -> str:
        """The title in the file's properties, unless it is the one that every new file gets."""
        root = self.only("", "core-properties")
        found = root.findtext(qn("dc:title")) if root is not None else None
        title = " ".join((found or "").split())
        return "" if re.fullmatch(_UNTITLED, title, re.I) else title

    def stream(self, path: str) -> IO[bytes]:
        """The bytes of a part, for what is too large to be held as a tree."""
        if path not in self._names:
            raise ValueError(f"the part {path!r} is missing")
        return self._archive.open(path)

    def mended(self) -> io.BytesIO:
        """The package for a library: made transitional and without relations to missing parts where it has any."""
        links = [name for name in self._archive.namelist() if name.endswith(".rels")]
        strict = any(b"purl.oclc.org/ooxml" in self._archive.read(name) for name in links)
        if not strict and not any(self._dangling(name) for name in links):
            return io.BytesIO(self._data)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in dict.fromkeys(self._archive.namelist()):
                content = self._archive.read(name)
                copy.writestr(name, self._without_dangling(name, content) if name in links else transitional(content))
        out.seek(0)
        return out

    def _dangling(self, name: str) -> list[str]:
        """The ids of relations whose part is missing."""
        folder, file = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
        return [i for i, r in self.related(source).items() if not r.external and r.target not in self._names]

    def _without_dangling(self, name: str, content: bytes) -> bytes:
        from lxml import etree

        root, missing = self.root(name), self._dangling(name)
        for child in list(root if root is not None else ()):
            if child.get("Id") in missing:
                child.getparent().remove(child)
        return bytes(etree.tostring(root)) if root is not None else content


def _relation(folder: str, element: Element) -> Relation:
    target, external = element.get("Target", ""), element.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
    return Relation(element.get("Type", "").rsplit("/", 1)[-1], target, external)


def transitional(xml: bytes) -> bytes:
    """XML whose Strict namespaces are replaced by the transitional ones, which differ in their prefix and year alone."""
    if b"http://purl.oclc.org/ooxml/" not in xml:
        return xml
    return re.sub(rb"http://purl\.oclc\.org/ooxml/(\w+)/", rb"http://schemas.openxmlformats.org/\1/2006/", xml)


def sniff(name: str, data: bytes, folder: str, suffixes: tuple[str, ...]) -> int:
    """How surely the file is a package with its main part in `folder`; an encrypted one shows its type by its name alone."""
    named = name.lower().endswith(suffixes)
    if data.startswith(b"PK") and any(n.startswith(folder) for n in _members(data)):
        return 3
    if data.startswith(OLE2) and _utf16("EncryptedPackage") in data:
        return 3 if named else 0
    return int(named)


def _members(data: bytes) -> list[str]:
    try:
        return zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def open_package(data: bytes) -> Package:
    """The package in these bytes; whatever is harmful, encrypted, older or not a package at all is a `DocumentError`."""
    if not data:
        raise DocumentError("the file is empty (0 bytes)", "fetch it again, or leave it out with --exclude")
    if data.startswith(OLE2):
        raise old_office(data)
    if not data.startswith(b"PK"):
        raise DocumentError("the file is not an Office file, whatever its name says", DAMAGED)
    return Package(guarded(data), data)


def guarded(data: bytes) -> zipfile.ZipFile:
    """The archive, once neither it nor the XML in it is built to harm."""
    archive = check_zip(data)
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_doctype(archive.read(member), member.filename)
    return archive


def refuse_empty(builder: Builder, kind: str) -> None:
    """A document without any text is told, not passed on as if it had been read."""
    if not builder.blocks:
        raise DocumentError(f"the {kind} holds no text", "if it holds pictures of text, print it to PDF and run OCR on that")


def old_office(data: bytes) -> DocumentError:
    """What to tell of an OLE2 file: encrypted, or of the time before .docx."""
    if _utf16("EncryptedPackage") in data:
        return DocumentError("the document is encrypted", "open it with its password and save it without one")
    kinds = {"WordDocument": "docx", "PowerPoint Document": "pptx", "Workbook": "xlsx", "Book": "xlsx"}
    new = next((suffix for mark, suffix in kinds.items() if _utf16(mark) in data), "")
    if not new:
        return DocumentError("the file is an OLE2 container that holds no document known here", "save it as .docx or .pdf")
    return DocumentError(
        f"the document is in the old binary Office format (.{new[:-1]})",
        f"save it as .{new}, or convert it: soffice --headless --convert-to {new} FILE",
    )


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


class _Started(Exception):
    """The root element began: no document type can follow."""


def _refuse_doctype(xml: bytes, part: str) -> None:
    """Office files have no document type declaration; one that does wants its entities resolved."""

    def doctype(*_: object) -> None:
        raise DocumentError(f"{part} declares XML entities, which Office files never do", "the file may be an attack")

    def element(*_: object) -> None:
        raise _Started

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = doctype, element
    try:
        for start in range(0, len(xml), 1 << 14):
            parser.Parse(xml[start : start + (1 << 14)])
    except (_Started, expat.ExpatError):
        return  # bad XML is for the parser of the part to report, if the part is read at all


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """The one boundary around a document's libraries: what they raise becomes a `DocumentError`; their warnings end here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentError(f"the {kind} needs more memory than is allowed", "raise parse_memory") from error
    except Exception as error:
        said = re.sub(r"(?:/[^\s/\"']+)+/", "", str(error))  # temporary folders differ from run to run
        detail = " ".join(said.split())[:200] or type(error).__name__
        raise DocumentError(f"the {kind} is damaged: {detail}", DAMAGED) from error
