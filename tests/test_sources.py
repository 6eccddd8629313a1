"""What is found in a source folder, in what order, and what is left alone and why."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from curate.errors import UsageError
from curate.settings import Settings
from curate.sources import SourceFile, Unread, walk


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def paths(*sources: Path, leave: Path | None = None, **settings: Any) -> list[str]:
    return [e.path for e in walk(list(sources), Settings(**settings), leave) if isinstance(e, SourceFile)]


def reasons(*sources: Path, **settings: Any) -> dict[str, str]:
    return {e.path: f"{e.outcome}: {e.reason}" for e in walk(list(sources), Settings(**settings)) if isinstance(e, Unread)}


def zipped(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w", extra: Callable[[tarfile.TarFile], None] | None = None) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        if extra:
            extra(archive)
    return target.getvalue()


def test_files_come_sorted_by_their_path_below_the_source(tmp_path: Path) -> None:
    fill(tmp_path, {"b.md": "b", "a/z.md": "z", "a/b/c.md": "c", "a.md": "a", "a-b.md": "ab"})
    found = paths(tmp_path)
    assert found == sorted(found) == ["a-b.md", "a.md", "a/b/c.md", "a/z.md", "b.md"]


def test_a_single_file_may_be_a_source(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "a", "b.md": "b"})
    assert paths(tmp_path / "b.md", include=["*.txt"]) == ["b.md"]


def test_a_hidden_folder_is_left_alone_and_named_once(tmp_path: Path) -> None:
    fill(tmp_path, {".git/config": "x", ".git/hooks/y": "y", ".DS_Store": "z", "a.md": "a"})
    assert paths(tmp_path) == ["a.md"]
    assert reasons(tmp_path) == {".DS_Store": "skipped: hidden", ".git": "skipped: hidden"}


def test_include_exclude_and_the_ignore_file_say_what_is_wanted_and_why_not(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "a", "b.txt": "b", "drafts/c.md": "c", "keep/d.md": "d", "keep/e.md": "e"})
    fill(tmp_path, {".curateignore": "drafts/\nkeep/*\n!keep/e.md\n# a comment\n"})
    assert paths(tmp_path) == ["a.md", "b.txt", "keep/e.md"]
    assert paths(tmp_path, include=["*.md"], exclude=["a.*"]) == ["keep/e.md"]
    assert reasons(tmp_path, include=["*.md"], exclude=["a.*"]) == {
        "a.md": "skipped: excluded by 'a.*' in exclude",
        "b.txt": "skipped: excluded: no glob of include matches",
        "drafts": "skipped: excluded by 'drafts/' in .curateignore",
        "keep/d.md": "skipped: excluded by 'keep/*' in .curateignore",
    }


def test_links_out_of_the_folder_and_to_folders_are_not_followed(tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", {"secret.md": "s"})
    inside = fill(tmp_path / "in", {"a/b.md": "b"})
    (inside / "out.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "a" / "loop").symlink_to(inside)
    (inside / "broken").symlink_to(inside / "nothing")
    (inside / "same.md").symlink_to(inside / "a" / "b.md")
    assert paths(inside) == ["a/b.md", "same.md"]
    assert reasons(inside) == {
        "a/loop": "skipped: a link to a folder, which is read where it stands",
        "broken": "skipped: a broken link",
        "folder": "skipped: a link that leaves the source folder",
        "out.md": "skipped: a link that leaves the source folder",
    }


def test_what_is_empty_too_large_or_no_file_is_named_with_its_reason(tmp_path: Path) -> None:
    fill(tmp_path, {"empty.md": "", "large.md": "x" * 2000, "a.md": "a"})
    os.mkfifo(tmp_path / "pipe")
    assert paths(tmp_path, max_file_bytes=1000) == ["a.md"]
    found = reasons(tmp_path, max_file_bytes=1000)
    assert found["empty.md"] == "skipped: empty file"
    assert found["pipe"] == "skipped: not a regular file"
    assert found["large.md"] == "failed: the file has 2,000 bytes; max_file_bytes allows 1,000"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_fails_alone(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "a", "closed.md": "c", "dir/b.md": "b"})
    (tmp_path / "closed.md").chmod(0)
    (tmp_path / "dir").chmod(0)
    try:
        assert paths(tmp_path) == ["a.md"]
        assert set(reasons(tmp_path)) == {"closed.md", "dir/"}
    finally:
        (tmp_path / "dir").chmod(0o700)


def test_a_missing_source_is_a_mistake_of_the_user_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder") as caught:
        walk([tmp_path / "nothing"], Settings())
    assert caught.value.hint


def test_sources_are_told_apart_only_where_their_paths_meet(tmp_path: Path) -> None:
    one = fill(tmp_path / "one", {"a.md": "1"})
    two = fill(tmp_path / "two", {"b.md": "2"})
    third = fill(tmp_path / "more" / "one", {"a.md": "3"})
    assert paths(one, two) == paths(two, one) == ["a.md", "b.md"]
    assert paths(one, two, third) == ["b.md", "one/a.md", "one~2/a.md"]
    assert paths(one, one) == ["a.md"]


def test_the_workspace_and_other_workspaces_are_passed_by(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "a", "out/b.md": "b", "old/.curate/x": "x", "old/curate.toml": "", "old/dataset/train.jsonl": "{}"})
    assert paths(tmp_path, leave=tmp_path / "out") == ["a.md"]
    assert reasons(tmp_path) == {"old": "skipped: the workspace of another build"}


def test_members_of_a_zip_are_files_below_it(tmp_path: Path) -> None:
    data = zipped(
        {"x/b.md": "b", "a.md": "a", "__MACOSX/a.md": "m", "__MACOSX/b.md": "m", "x/.hidden": "h", "in.zip": zipped({"c": "c"}), "e": ""}
    )
    fill(tmp_path, {"docs.zip": data})
    assert paths(tmp_path) == ["docs.zip/a.md", "docs.zip/x/b.md"]
    assert reasons(tmp_path) == {
        "docs.zip/__MACOSX": "skipped: hidden",
        "docs.zip/e": "skipped: empty file",
        "docs.zip/in.zip": "skipped: an archive inside an archive",
        "docs.zip/x/.hidden": "skipped: hidden",
    }


def test_an_archive_is_told_by_its_content_and_documents_that_are_zips_stay_whole(tmp_path: Path) -> None:
    fill(tmp_path, {"notes.bin": zipped({"a.md": "a"})})
    fill(tmp_path, {"w.docx": zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})})
    fill(tmp_path, {"b.epub": zipped({"mimetype": "application/epub+zip", "c.xhtml": "<p/>"})})
    fill(tmp_path, {"cut.docx": zipped({"[Content_Types].xml": "<Types/>"})[:-30]})
    assert paths(tmp_path) == ["b.epub", "cut.docx", "notes.bin/a.md", "w.docx"]


def test_names_in_a_zip_from_a_chinese_system_are_readable(tmp_path: Path) -> None:
    name = "产品说明书和使用方法.md"
    placeholder = "x" * len(name.encode("gbk"))
    data = zipped({placeholder: "内容"}).replace(placeholder.encode(), name.encode("gbk"))
    assert paths(fill(tmp_path, {"z.zip": data})) == [f"z.zip/{name}"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_are_opened_packed_or_not(tmp_path: Path, mode: str) -> None:
    def add_link(archive: tarfile.TarFile) -> None:
        link = tarfile.TarInfo("link.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    ending = mode.replace("w", ".tar").replace(":", ".")
    fill(tmp_path, {f"t{ending}": tarred({"./b.md": b"b", "a/c.md": b"c"}, mode, add_link)})
    assert paths(tmp_path) == [f"t{ending}/b.md", f"t{ending}/a/c.md"]
    assert reasons(tmp_path) == {f"t{ending}/link.md": "skipped: a link inside an archive"}


def test_harmful_and_damaged_archives_fail_whole(tmp_path: Path) -> None:
    fill(tmp_path, {"up.tar": tarred({"../../x": b"x"}), "abs.zip": zipped({"/etc/x": "x"}), "cut.zip": zipped({"a": "a" * 99})[:-9]})
    fill(
        tmp_path, {"bomb.tar.gz": tarred({"zeros": bytes(30 << 20)}, "w:gz"), "cut.tar.gz": tarred({"a": os.urandom(5000)}, "w:gz")[:-900]}
    )
    assert paths(tmp_path) == []
    found = reasons(tmp_path)
    assert set(found) == {"abs.zip", "bomb.tar.gz", "cut.tar.gz", "cut.zip", "up.tar"}
    assert all(reason.startswith("failed: the") for reason in found.values())
    assert "leads out" in found["up.tar"]
    assert "times its size" in found["bomb.tar.gz"]


def mail(*attachments: tuple[str, bytes], picture: bool = False) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Report", "someone@example.com"
    message.set_content("See the attachment.")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if picture:
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<logo>", disposition="inline", filename="logo.png")
    return message.as_bytes()


def test_attachments_of_a_mail_are_files_below_it(tmp_path: Path) -> None:
    data = mail(
        ("report.pdf", b"%PDF-1.4"),
        ("../../evil.md", b"e"),
        ("report.pdf", b"%PDF-1.7"),
        ("表格.csv", b"a,b"),
        ("n.zip", zipped({"m.md": "m"})),
    )
    fill(tmp_path, {"mail.eml": data, "plain.eml": mail(), "logo.eml": mail(picture=True)})
    assert paths(tmp_path) == [
        "logo.eml",
        "mail.eml",
        "mail.eml/report.pdf",
        "mail.eml/evil.md",
        "mail.eml/4-report.pdf",
        "mail.eml/表格.csv",
        "mail.eml/n.zip/m.md",
        "plain.eml",
    ]


def test_a_mail_in_an_archive_still_gives_its_attachments(tmp_path: Path) -> None:
    fill(tmp_path, {"box.zip": zipped({"m.eml": mail(("a.md", b"a"))})})
    assert paths(tmp_path) == ["box.zip/m.eml", "box.zip/m.eml/a.md"]


def test_files_are_read_one_at_a_time(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "a", "b.md": "b"})
    entries = walk([tmp_path], Settings())
    assert next(entries).path == "a.md"
    (tmp_path / "b.md").write_text("changed", encoding="utf-8")
    last = next(entries)
    assert isinstance(last, SourceFile)
    assert last.data == b"changed"
