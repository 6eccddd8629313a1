"""Opens files that hold other files: archives (zip, tar, compressed tar) and the attachments of mail, all in memory."""

import io
import posixpath
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import IO, Literal

from curate import encodings
from curate.archives import check_tar, check_zip
from curate.errors import DocumentError

_DOCUMENT_MEMBERS = {"[Content_Types].xml", "mimetype", "META-INF/container.xml", "META-INF/manifest.xml", "Index/Document.iwa"}
_TAR_NAMES = (".tar", ".tgz", ".tbz2", ".tbz", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:From \S+[^\n]*\n)?[A-Za-z][\w-]*:[ \t]")
_ATTACHED = re.compile(rb"(?im)^content-disposition:\s*attachment|^(?:content-type:.*|\s+)name\*?\d?\*?=")
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that is not read, and why."""

    outcome: Literal["failed", "skipped"]
    reason: str
    hint: str = ""


Member = tuple[str, bytes | Refused]


def is_archive(name: str, data: bytes) -> bool:
    """Whether the bytes are an archive of files; documents that are zip files inside (docx, epub, odt) are not."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return not _is_document(name, data)
    return data[257:262] == b"ustar" or name.lower().endswith(_TAR_NAMES)


def is_mail(name: str, data: bytes) -> bool:
    """Whether this is a mail with attachments."""
    return (name.lower().endswith(".eml") or bool(_FIELD.match(data[:500]))) and bool(_ATTACHED.search(data))


def members(data: bytes, limit: int) -> Iterator[Member]:
    """The files of an archive by name, one at a time; `limit` is the most bytes one of them may have."""
    try:
        if data[:2] == b"PK":
            with check_zip(data) as archive:
                yield from _unique(_zip_members(archive, limit))
        else:
            with check_tar(data) as tar:
                yield from _unique(_tar_members(tar, limit))
    except DocumentError as error:
        yield "", Refused("failed", error.message, error.hint)


def attachments(data: bytes) -> Iterator[Member]:
    """The files attached to a mail, in its order; pictures that stand in its text are left out."""
    try:
        parts = [part for part in message_from_bytes(data).walk() if not part.is_multipart()]
    except RecursionError:
        yield "", Refused("failed", "its attachments are nested too deeply to be read", "save them as files")
        return
    taken: set[str] = set()
    for number, part in enumerate(parts, 1):
        if _is_attached(part):
            payload = part.get_payload(decode=True)
            name = _attachment_name(part, number)
            name = f"{number}-{name}" if name in taken else name
            taken.add(name)
            yield name, payload if isinstance(payload, bytes) else b""


def _is_document(name: str, data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not _DOCUMENT_MEMBERS.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return not name.lower().endswith(".zip")  # damaged: the parser of what its name says reports that best


def _zip_members(archive: zipfile.ZipFile, limit: int) -> Iterator[Member]:
    for member in sorted(archive.infolist(), key=lambda m: m.filename):
        name = _zip_name(member)
        if member.is_dir():
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            yield name, Refused("skipped", "a link inside an archive")
        elif member.file_size > limit:
            yield name, _too_large(member.file_size, limit)
        else:
            yield name, archive.read(member)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Names that are not marked as Unicode are in the code page of whoever packed them."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    try:
        return encodings.decode(member.filename.encode("cp437"))[0]
    except (UnicodeEncodeError, DocumentError):
        return member.filename


def _tar_members(archive: tarfile.TarFile, limit: int) -> Iterator[Member]:
    for member in sorted(archive.getmembers(), key=lambda m: m.name):
        name = posixpath.normpath(member.name)
        if member.isdir():
            continue
        stream = archive.extractfile(member) if member.isreg() and member.size <= limit else None
        if stream is not None:
            yield name, _read(stream)
        elif member.isreg():
            yield name, _too_large(member.size, limit)
        else:
            yield name, Refused("skipped", "a link inside an archive" if member.issym() or member.islnk() else "not a regular file")


def _read(stream: IO[bytes]) -> bytes | Refused:
    try:
        return stream.read()
    except (tarfile.TarError, OSError) as error:
        return Refused("failed", f"the archive is damaged here: {error}", "pack it again")


def _too_large(size: int, limit: int) -> Refused:
    return Refused("failed", *too_large(size, limit))


def too_large(size: int, limit: int) -> tuple[str, str]:
    """The reason and the hint for a file over `max_file_bytes`."""
    return f"the file has {size:,} bytes; max_file_bytes allows {limit:,}", "split it, or raise max_file_bytes"


def _unique(found: Iterator[Member]) -> Iterator[Member]:
    """Each name once, and hidden members once by their topmost hidden folder."""
    seen: set[str] = set()
    for name, content in found:
        parts = name.split("/")
        hidden = next((i for i, part in enumerate(parts) if part.startswith(".") or part == "__MACOSX"), None)
        shown = name if hidden is None else "/".join(parts[: hidden + 1])
        if shown in seen:
            if hidden is None:
                yield shown, Refused("skipped", "the archive holds this name twice; the first was read")
            continue
        seen.add(shown)
        yield shown, content if hidden is None else Refused("skipped", "hidden")


def _is_attached(part: Message) -> bool:
    if part.get_content_maintype() == "image" and (part.get_content_disposition() != "attachment" or part.get("content-id")):
        return False
    if part.get_content_type() in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        return bool(part.get_filename())
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def _attachment_name(part: Message, number: int) -> str:
    """The file name a mail gives, without anything that could lead elsewhere."""
    name = part.get_filename() or ""
    with suppress(HeaderParseError, LookupError, ValueError):
        name = str(make_header(decode_header(name)))
    name = re.sub(r"[\x00-\x1f\x7f]", "", name).replace("\\", "/").rsplit("/", 1)[-1].strip().lstrip(".")
    return name[-_LONGEST_NAME:] or f"attachment-{number}"
