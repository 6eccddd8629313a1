"""In which order tasks run, and where their chunks lie."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from curate.records import Chunk, Task
from curate.workspace import Workspace


class Index:
    """Knows for every chunk its part and its document; read once from two columns, so the texts stay on the disk."""

    def __init__(self, workspace: Workspace) -> None:
        import polars as pl

        self.workspace = workspace
        self.parts = workspace.chunks.parts()
        self._part: dict[str, int] = {}
        self._document: dict[str, str] = {}
        for number, part in enumerate(self.parts):
            frame = pl.read_parquet(workspace.chunks.folder / f"{part}.parquet", columns=["id", "document_id"])
            self._part.update(dict.fromkeys(frame["id"].to_list(), number))
            self._document.update(frame.iter_rows())

    def document(self, task: Task) -> str:
        """The document of a task's first chunk; "" for a task without chunks."""
        return self._document.get(task.chunk_ids[0], "") if task.chunk_ids else ""

    def parts_of(self, tasks: Iterable[Task]) -> list[str]:
        """The parts that hold the chunks of these tasks."""
        return [self.parts[n] for n in sorted({self._part[i] for t in tasks for i in t.chunk_ids})]

    def chunks(self, tasks: list[Task]) -> dict[str, list[Chunk]]:
        """By task id, the chunks of these tasks; only their rows are read."""
        found = self.workspace.chunks.pick({i for t in tasks for i in t.chunk_ids}, self.parts_of(tasks))
        return {t.id: [found[i] for i in t.chunk_ids] for t in tasks}


def balanced(tasks: Iterable[Task], index: Index) -> list[Task]:
    """Round-robin over kinds and documents, each in an order that only content settles: any prefix is spread evenly."""
    queues: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in tasks:
        queues[index.document(task), f"{task.generator}/{task.kind}"].append(task)
    ranked = []
    for (document, kind), queue in queues.items():
        queue.sort(key=lambda t: _hash(t.id))
        ranked += [(turn, _hash(document + kind), t.id, t) for turn, t in enumerate(queue)]
    ranked.sort(key=lambda row: row[:3])
    return [row[3] for row in ranked]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:8]
