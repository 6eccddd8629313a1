"""In which order tasks run, and where their chunks lie."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

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
    """Tasks so that any prefix is fair: kinds in turn; of each kind a task of every document first, then documents and topics alike,
    each at a pace of the square root of its tasks. What decides is content, so an edit moves the tasks of its document and few others.

    Tasks of no document count as a kind of their own: beside those of many documents a prefix would hold hardly any of them.
    """
    kinds: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        kinds[f"{task.generator}/{task.kind}{'' if task.chunk_ids else '/'}"].append(task)
    ranked = [(turn, _hash(kind), task) for kind, own in kinds.items() for turn, task in enumerate(_paced(own, index))]
    ranked.sort(key=lambda row: row[:2])
    return [task for _, _, task in ranked]


def _paced(tasks: list[Task], index: Index) -> list[Task]:
    """The tasks of one kind by when they are due: where their document, and where their topic, is owed one, on average.

    A document's own tasks come in the order in which their topics are owed one.
    """
    tasks = sorted(tasks, key=lambda t: (-t.values.get("weight", 0), _hash(t.id)))
    tasks = _by(tasks, _due([_topic(t) for t in tasks]))
    by_document = _due([index.document(t) for t in tasks])
    tasks, by_document = _by(tasks, by_document), sorted(by_document)
    by_topic = _due([_topic(t) for t in tasks])
    return _by(tasks, [(owed > 0, owed + topic) for owed, topic in zip(by_document, by_topic, strict=True)])


def _by(tasks: list[Task], keys: Sequence[Any]) -> list[Task]:
    return [tasks[n] for n in sorted(range(len(tasks)), key=lambda n: (keys[n], n))]


def _topic(task: Task) -> str:
    return str(task.values.get("topic", ""))


def _due(groups: list[str]) -> list[float]:
    """For each task the length of the prefix in which its group is owed it, when groups are served by the square root of their sizes."""
    sizes = Counter(groups)
    pace = {group: size**0.5 for group, size in sizes.items()}
    whole = sum(pace[group] for group in sorted(pace))
    turns: Counter[str] = Counter()
    found = []
    for group in groups:
        found.append(turns[group] * whole / pace[group])
        turns[group] += 1
    return found


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:8]
