"""Refuses zip and tar files made to harm whoever unpacks them, before any library opens them."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from curate.errors import DocumentError

MAX_BYTES = 512 << 20  # of all members together, inflated
MAX_MEMBERS = 10_000
MAX_RATIO = 100  # inflated to stored, of members over BIG bytes: small ones of blanks are honest
BIG = 4 << 20

_PACKED: dict[bytes, Callable[[io.BytesIO], io.BufferedIOBase]] = {
    b"\x1f\x8b": lambda data: gzip.GzipFile(fileobj=data),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}

HARMFUL = "the file is built like a zip bomb and was not opened"
DAMAGED = "open and save it again in the program it came from, or fetch it again"


def check_zip(data: bytes) -> zipfile.ZipFile:
    """The opened archive, after every member was inflated once and found to be honest; archives inside are left closed."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        _check_list(members)
        _check_overlap(data, members)
        _check_sizes(archive, members)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, struct.error, ValueError, NotImplementedError) as error:
        raise DocumentError(f"the zip archive is damaged: {error}", DAMAGED) from error
    return archive


def _check_list(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise DocumentError(f"the archive has {len(members):,} members; {MAX_MEMBERS:,} are allowed", HARMFUL)
    for member in members:
        # ZipInfo has already turned the system's separator into "/" and cut the name at a NUL; the original is what counts
        name = member.orig_filename.replace("\\", "/")
        if name.startswith("/") or name[1:2] == ":" or "\0" in name or ".." in name.split("/"):
            raise DocumentError("the archive has a member whose name leads out of it", HARMFUL)
        if member.flag_bits & 0x1:
            raise DocumentError("the archive is encrypted", "unpack it with its password and give the files inside")
    total = sum(member.file_size for member in members)
    if total > MAX_BYTES:
        raise DocumentError(f"the archive says it inflates to {total >> 20:,} MiB; {MAX_BYTES >> 20} are allowed", HARMFUL)


def _check_overlap(data: bytes, members: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes inflate the same data over and over."""
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise DocumentError("the archive has members that overlap", HARMFUL)
        name_length, extra_length = struct.unpack_from("<HH", data, member.header_offset + 26)
        end = member.header_offset + 30 + name_length + extra_length + member.compress_size
    if end > len(data):
        raise zipfile.BadZipFile("a member runs past the end of the file")


def _check_sizes(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Inflates every member block by block: the sizes an archive declares are only its word."""
    total = 0
    for member in members:
        size = 0
        with archive.open(member) as stream:
            while block := stream.read(1 << 20):
                size += len(block)
                if total + size > MAX_BYTES:
                    raise DocumentError(f"the archive inflates to more than {MAX_BYTES >> 20} MiB", HARMFUL)
                if size > BIG and size > MAX_RATIO * max(member.compress_size, 1):
                    raise DocumentError(f"a member inflates to more than {MAX_RATIO} times its size", HARMFUL)
        total += size


def check_tar(data: bytes) -> tarfile.TarFile:
    """The opened tar archive, unpacked in memory where it is compressed, after the sizes of its members were found to be honest."""
    try:
        archive = tarfile.TarFile(fileobj=io.BytesIO(_inflated(data)))
        count = total = 0
        while (member := archive.next()) is not None:
            count, total = count + 1, total + member.size
            name = member.name.replace("\\", "/")
            if name.startswith("/") or name[1:2] == ":" or "\0" in name or ".." in name.split("/"):
                raise DocumentError("the archive has a member whose name leads out of it", HARMFUL)
            if count > MAX_MEMBERS:
                raise DocumentError(f"the archive has more than {MAX_MEMBERS:,} members", HARMFUL)
            if total > MAX_BYTES:
                raise DocumentError(f"the archive says it inflates to {total >> 20:,} MiB; {MAX_BYTES >> 20} are allowed", HARMFUL)
    except (tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise DocumentError(f"the tar archive is damaged: {error}", DAMAGED) from error
    return archive


def _inflated(data: bytes) -> bytes:
    """The bytes of a tar without its compression, told by its first bytes."""
    opener = next((o for mark, o in _PACKED.items() if data.startswith(mark)), None)
    if opener is None:
        return data
    inflated = bytearray()
    with opener(io.BytesIO(data)) as stream:
        while block := stream.read(1 << 20):
            inflated += block
            if len(inflated) > MAX_BYTES:
                raise DocumentError(f"the archive inflates to more than {MAX_BYTES >> 20} MiB", HARMFUL)
            if len(inflated) > BIG and len(inflated) > MAX_RATIO * len(data):
                raise DocumentError(f"the archive inflates to more than {MAX_RATIO} times its size", HARMFUL)
    return bytes(inflated)
