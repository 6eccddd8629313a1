"""Walks the sources and yields their files, one at a time, in an order that no file system decides."""

import heapq
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pathspec import GitIgnoreSpec

from curate import containers
from curate.errors import UsageError
from curate.settings import Settings

IGNORE_FILE = ".curateignore"
_ARCHIVES_DEEP = 1  # an archive in an archive is not opened
_CONTAINERS_DEEP = 3  # as in a mail, in an archive, with a mail attached


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's bytes. path: relative to its source, with `/`; a member or attachment stands below the file that holds it."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that is not read, and why."""

    path: str
    outcome: Literal["failed", "skipped"]
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file on disk, not yet opened."""

    path: str
    place: Path


@dataclass(frozen=True, slots=True)
class _Rules:
    """Which paths of one source are wanted."""

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec
    ignored: GitIgnoreSpec

    def refusal(self, path: str) -> str:
        """Why a path is not wanted, or an empty string; folders end with `/`."""
        for origin, spec in (("exclude", self.exclude), (IGNORE_FILE, self.ignored)):
            found = spec.check_file(path)
            if found.include and found.index is not None:
                return f"excluded by {str(list(spec.patterns)[found.index].pattern)!r} in {origin}"
        wanted = path.endswith("/") or not len(self.include) or self.include.match_file(path)
        return "" if wanted else "excluded: no glob of include matches"


def walk(sources: list[Path], settings: Settings, leave: Path | None = None) -> Iterator[SourceFile | Unread]:
    """Every file below the sources, sorted by path; archives and mail are opened. `leave`: a folder to pass by, the workspace."""
    for source in sources:
        if not source.exists():
            raise UsageError(f"there is no file or folder {str(source)!r}", "check the path; quote names with spaces")
    return _walk(list(dict.fromkeys(source.resolve() for source in sources)), settings, leave.resolve() if leave else None)


def _walk(roots: list[Path], settings: Settings, leave: Path | None) -> Iterator[SourceFile | Unread]:
    prefixes = _prefixes(roots, settings, leave)
    listings = [_prefixed(_list(root, settings, leave), prefixes.get(root, "")) for root in roots]
    for entry in heapq.merge(*listings, key=lambda entry: entry.path):
        if isinstance(entry, Unread):
            yield entry
        else:
            yield from _read(entry, settings)


def _prefixes(roots: list[Path], settings: Settings, leave: Path | None) -> dict[Path, str]:
    """The names put before the paths of sources that hold a path in common: the source's own, numbered where those are equal too."""
    if len(roots) < 2:
        return {}
    holders = Counter(entry.path for root in roots for entry in _list(root, settings, leave))
    prefixes: dict[Path, str] = {}
    for root in sorted(roots):
        if any(holders[entry.path] > 1 for entry in _list(root, settings, leave)):
            name = (root.parent if root.is_file() else root).name or "source"
            taken = sum(prefix.split("/")[0].rsplit("~", 1)[0] == name for prefix in prefixes.values())
            prefixes[root] = f"{name}~{taken + 1}/" if taken else f"{name}/"
    return prefixes


def _prefixed(entries: Iterator[_Found | Unread], prefix: str) -> Iterator[_Found | Unread]:
    return (replace(entry, path=prefix + entry.path) for entry in entries) if prefix else entries


def _list(root: Path, settings: Settings, leave: Path | None) -> Iterator[_Found | Unread]:
    """The files of one source; one that is named itself is wanted whatever the globs say."""
    if root.is_file():
        return iter([_Found(_printable(root.name), root)])
    rules = _Rules(*(GitIgnoreSpec.from_lines(lines) for lines in (settings.include, settings.exclude, _ignore_lines(root))))
    return _folder(root, root, rules, leave)


def _ignore_lines(root: Path) -> list[str]:
    try:
        return (root / IGNORE_FILE).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"{root / IGNORE_FILE} cannot be read: {error.strerror}", "make it readable, or remove it") from error


def _folder(folder: Path, root: Path, rules: _Rules, leave: Path | None) -> Iterator[_Found | Unread]:
    here = folder.relative_to(root).as_posix()
    path = "" if here == "." else _printable(here) + "/"
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda e: e.name + ("/" if _is_folder(e) else ""))
    except OSError as error:
        yield Unread(path or ".", "failed", f"the folder cannot be read: {error.strerror}", "check its permissions")
        return
    for entry in entries:
        if entry.name == IGNORE_FILE and folder == root:
            continue
        yield from _entry(entry, path + _printable(entry.name), root, rules, leave)


def _entry(entry: os.DirEntry[str], path: str, root: Path, rules: _Rules, leave: Path | None) -> Iterator[_Found | Unread]:
    place, is_folder = Path(entry.path), _is_folder(entry)
    if is_folder and place == leave:
        return
    hidden = "hidden" if entry.name.startswith(".") else ""
    link = _link(place, root) if entry.is_symlink() else ""
    if reason := hidden or rules.refusal(path + "/" if is_folder else path) or link:
        yield Unread(path, "skipped", reason)
    elif not is_folder:
        yield _Found(path, place)
    elif (place / ".curate").is_dir() and (place / "curate.toml").is_file():
        yield Unread(path, "skipped", "the workspace of another build")
    else:
        yield from _folder(place, root, rules, leave)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _link(place: Path, root: Path) -> str:
    """Why a link is not followed; one to a file of the same source is."""
    try:
        target = place.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a broken link"
    if not target.is_relative_to(root):
        return "a link that leaves the source folder"
    if any(part.startswith(".") for part in target.relative_to(root).parts):
        return "a link to something hidden"
    return "a link to a folder, which is read where it stands" if target.is_dir() else ""


def _printable(name: str) -> str:
    """A name that is no valid Unicode would fit in no table."""
    return os.fsencode(name).decode("utf-8", "replace")


def _read(found: _Found, settings: Settings) -> Iterator[SourceFile | Unread]:
    try:
        about = found.place.stat()
        if not stat.S_ISREG(about.st_mode):
            yield Unread(found.path, "skipped", "not a regular file")
            return
        if about.st_size > settings.max_file_bytes:
            yield Unread(found.path, "failed", *containers.too_large(about.st_size, settings.max_file_bytes))
            return
        data = found.place.read_bytes()
    except OSError as error:
        yield Unread(found.path, "failed", f"the file cannot be read: {error.strerror}", "check its permissions")
        return
    yield from _opened(found.path, data, settings, archives=0, depth=0)


def _opened(path: str, data: bytes, settings: Settings, *, archives: int, depth: int) -> Iterator[SourceFile | Unread]:
    """The file itself, or what it holds; a mail is both."""
    if not data:
        yield Unread(path, "skipped", "empty file")
    elif containers.is_archive(path, data):
        if archives >= _ARCHIVES_DEEP:
            yield Unread(path, "skipped", "an archive inside an archive", "unpack the outer one")
            return
        yield from _held(path, containers.members(data, settings.max_file_bytes), settings, archives + 1, depth + 1)
    else:
        yield SourceFile(path, data)
        if depth < _CONTAINERS_DEEP and containers.is_mail(path, data):
            yield from _held(path, containers.attachments(data), settings, archives, depth + 1)


def _held(path: str, members: Iterator[containers.Member], settings: Settings, archives: int, depth: int) -> Iterator[SourceFile | Unread]:
    for name, content in members:
        inner = f"{path}/{_printable(name)}" if name else path
        if isinstance(content, containers.Refused):
            yield Unread(inner, content.outcome, content.reason, content.hint)
        elif len(content) > settings.max_file_bytes:
            yield Unread(inner, "failed", *containers.too_large(len(content), settings.max_file_bytes))
        else:
            yield from _opened(inner, content, settings, archives=archives, depth=depth)
