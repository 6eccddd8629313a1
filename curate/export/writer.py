"""One style of an export on its way: a folder per purpose, and the samples that the style cannot carry."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType

from curate.errors import CarryError
from curate.export.card import Source, Story, card
from curate.export.files import text
from curate.export.folder import Folder, dataset_info
from curate.formats._turns import PURPOSES, purpose
from curate.records import Failure, Sample
from curate.settings import Settings
from curate.store import PART_ROWS, remove
from curate.workspace import Workspace

Progress = Callable[[str, int], None]
TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """One folder of dataset/: its rows per split, the samples rejected by each check, and how many did not fit the style."""

    style: str
    folder: Path
    rows: dict[str, int]
    rejected: dict[str, int]
    failed: int


class Writer:
    """`with Writer(...) as writer:` add samples, then finish; what is not finished leaves no trace in the dataset."""

    def __init__(self, workspace: Workspace, settings: Settings, style: str, module: ModuleType, *, tools: bool) -> None:
        self.workspace, self.settings, self.style, self.module, self.tools = workspace, settings, style, module, tools
        self.shown = settings.model_copy(update={"chat_template": _template(workspace, settings)})
        self.folders: dict[str, Folder] = {}
        self.refused: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.part = f"rows-{style}"
        self.done = 0

    def __enter__(self) -> "Writer":
        failures = self.workspace.failures
        failures.clear(keep=[p for p in failures.parts() if p != self.part and not p.startswith(f"{self.part}.")])
        for left in [*self.workspace.dataset.glob(f".{self.style}.new"), *self.workspace.dataset.glob(f".{self.style}-*.new")]:
            remove(left)
        self._folder("")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for folder in self.folders.values():
            folder.abandon()

    def add(self, sample: Sample, documents: list[dict[str, str]], on_progress: Progress | None) -> None:
        """Appends the sample's row, or notes why it has none."""
        try:
            row = self.module.record(sample, self.shown)
        except CarryError as error:
            self._refuse(sample, error)
            return
        folder = self._folder(purpose(sample))
        folder.add(sample, row, documents)
        for image in sample.images:
            folder.copy(self.workspace.private / image, image)
        self.done += 1
        if on_progress and self.done % TOLD_EVERY == 0:
            on_progress(self.style, self.done)

    def finish(self, sources: Mapping[str, Source], rejected: Counter[str], on_progress: Progress | None) -> list[Exported]:
        """Publishes the folders; those of a purpose that has no rows any more go."""
        self._flush()
        story = Story(sources, rejected, self.refused)
        if len(self.folders) > 1 and not sum(self.folders[""].rows().values()):
            self.folders.pop("").abandon()  # all rows are for another purpose
        for folder in self.folders.values():
            folder.finish()
            with text(folder.temporary / "dataset_info.json") as out:
                out.write(dataset_info(folder, self.module))
            with text(folder.temporary / "README.md") as out:
                out.write(card(self.style, folder, self.settings, story))
        for aim in PURPOSES:
            if aim in self.folders:
                self.folders[aim].publish()
            else:
                remove(self.workspace.dataset / (f"{self.style}-{aim}" if aim else self.style))
        if on_progress:
            on_progress(self.style, self.done)
        failed = {"": sum(self.refused.values())}
        return [Exported(self.style, f.path, f.rows(), dict(rejected), failed.get(aim, 0)) for aim, f in self.folders.items()]

    def _folder(self, aim: str) -> Folder:
        if aim not in self.folders:
            columns = self.module.columns(aim, self.tools)
            name = f"{self.style}-{aim}" if aim else self.style
            self.folders[aim] = Folder(self.workspace.dataset, name, columns, self.settings)
        return self.folders[aim]

    def _refuse(self, sample: Sample, error: CarryError) -> None:
        self.refused[error.message] += 1
        self.failures.append(Failure(f"rows:{self.style}", sample.id, "failed", error.message, error.hint))
        if len(self.failures) == PART_ROWS:
            self._flush()

    def _flush(self) -> None:
        """The first failures lie in the part `rows-<style>`, more of them in numbered parts beside it."""
        before = sum(self.refused.values()) - len(self.failures)
        part = f"{self.part}.{before // PART_ROWS:05}" if before else self.part
        self.workspace.failures.write(part, self.failures)
        self.failures = []


def _template(workspace: Workspace, settings: Settings) -> str:
    """The chat template to render with: the workspace's own version where it has one."""
    own = workspace.path / "chat_templates" / f"{settings.chat_template}.jinja"
    return str(own) if own.is_file() else settings.chat_template
