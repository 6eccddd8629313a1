import io
import struct
import zipfile

import pytest

from curate import archives
from curate.archives import check_zip
from curate.errors import DocumentError


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def patched(data: bytes, signature: bytes, at: int, value: bytes) -> bytes:
    """The archive with bytes changed in its first header of this kind."""
    start = data.index(signature) + at
    return data[:start] + value + data[start + len(value) :]


def test_an_honest_archive_is_opened_and_archives_inside_stay_closed() -> None:
    bomb = zipped({"zeros": bytes(20 << 20)})
    assert check_zip(zipped({"a/b.txt": b"text", "inner.zip": bomb})).read("a/b.txt") == b"text"


def test_small_members_may_be_blank_but_big_ones_may_not() -> None:
    assert check_zip(zipped({"blank": b" " * (1 << 20)}))
    with pytest.raises(DocumentError, match="100 times"):
        check_zip(zipped({"zeros": bytes(20 << 20)}))


def test_a_size_that_is_declared_too_large_is_refused_before_anything_is_inflated() -> None:
    data = patched(zipped({"a": b"text"}), b"PK\x01\x02", 24, struct.pack("<I", 600 << 20))
    with pytest.raises(DocumentError, match="600 MiB"):
        check_zip(data)


def test_a_size_that_is_declared_too_small_is_found_out() -> None:
    data = patched(zipped({"a": b"text" * 1000}), b"PK\x01\x02", 24, struct.pack("<I", 10))
    with pytest.raises(DocumentError, match="damaged"):
        check_zip(data)


def test_many_members_that_are_large_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    with pytest.raises(DocumentError, match="inflates"):
        check_zip(zipped({str(n): bytes(300) for n in range(4)}))


def test_too_many_members_are_refused() -> None:
    with pytest.raises(DocumentError, match="10,001 members"):
        check_zip(zipped({str(n): b"" for n in range(10_001)}))


def test_members_that_share_their_bytes_are_refused() -> None:
    data = zipped({"a": b"first", "b": b"second"})
    second = data.rindex(b"PK\x01\x02") + 42
    with pytest.raises(DocumentError):
        check_zip(data[:second] + struct.pack("<I", 0) + data[second + 4 :])


@pytest.mark.parametrize("name", ["../up", "a/../../up", "/root", "C:/windows", "..\\up"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match="leads out"):
        check_zip(zipped({name: b"x"}))


def test_an_encrypted_member_is_refused() -> None:
    data = patched(zipped({"a": b"text"}), b"PK\x01\x02", 8, b"\x01\x00")
    with pytest.raises(DocumentError, match="encrypted"):
        check_zip(data)


@pytest.mark.parametrize("cut", [0, 10, 60, -30, -1])
def test_a_cut_archive_is_damaged(cut: int) -> None:
    with pytest.raises(DocumentError, match="damaged"):
        check_zip(zipped({"a": b"text" * 50})[:cut])


def test_changed_bytes_are_noticed() -> None:
    data = bytearray(zipped({"a": b"text" * 50}))
    data[35] ^= 0xFF
    with pytest.raises(DocumentError, match="damaged"):
        check_zip(bytes(data))
