"""What every stage of a build is given."""

from dataclasses import dataclass
from pathlib import Path

from curate.progress import Watch
from curate.settings import Settings
from curate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Job:
    """One build: what to read, where to write, how, and who watches."""

    sources: list[Path]
    workspace: Workspace
    settings: Settings
    watch: Watch
