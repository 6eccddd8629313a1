"""Finds the shipped files (prompts, chat templates, trainer scripts) in a checkout and in a wheel, under a user's own versions of them."""

from pathlib import Path

from curate.errors import UsageError, did_you_mean


def folder(kind: str) -> Path:
    """The shipped folder of a kind: prompts, chat_templates, trainer."""
    here = Path(__file__).resolve().parent
    for root in (here / "_assets", here.parent):
        if (root / kind).is_dir():
            return root / kind
    raise UsageError(f"the shipped folder {kind!r} is missing", "reinstall curate")


def find(kind: str, name: str, workspace: Path | None = None) -> Path:
    """The file of this kind and name: the workspace's own version if it has one, else the shipped one."""
    roots = [p for p in (workspace / kind if workspace else None, folder(kind)) if p and p.is_dir()]
    for root in roots:
        path = (root / name).resolve()
        if path.is_file() and path.is_relative_to(root.resolve()):
            return path
    known = [p.relative_to(root).as_posix() for root in roots for p in root.rglob("*") if p.is_file()]
    raise UsageError(f"no {kind} file named {name!r}", did_you_mean(name, known))
