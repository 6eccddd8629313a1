"""A build that is cut short is balanced: any prefix of the order takes from every document alike."""

from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pipeline.order import Index, balanced
from curate.records import Chunk, Task, content_id
from curate.workspace import Workspace


def chunk(document: str, number: int) -> Chunk:
    return Chunk(content_id(document, number), document, number, [], f"{document} {number}", 0, 1)


def index_over(folder: Path, sizes: list[int]) -> tuple[Index, list[Task]]:
    workspace = Workspace(folder)
    workspace.chunks.clear()
    chunks = [chunk(f"d{d}", n) for d, size in enumerate(sizes) for n in range(size)]
    for part in range(0, len(chunks), 7):
        workspace.chunks.write(f"{part:03d}", chunks[part : part + 7])
    return Index(workspace), [Task(content_id("t", c.id), "qa", "qa", [c.id]) for c in chunks]


@given(sizes=st.lists(st.integers(0, 12), min_size=1, max_size=8), cut=st.integers(0, 60))
@settings(max_examples=25, deadline=None)
def test_a_prefix_takes_from_every_document_that_has_more(tmp_path_factory: object, sizes: list[int], cut: int) -> None:
    folder: Path = tmp_path_factory.mktemp("order")  # type: ignore[attr-defined]
    index, tasks = index_over(folder, sizes)
    taken = Counter(index.document(t) for t in balanced(tasks, index)[:cut])
    most = max(taken.values(), default=0)
    for d, size in enumerate(sizes):
        assert taken[f"d{d}"] >= min(size, most - 1)


def test_the_order_depends_on_content_alone(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [5, 9, 2])
    assert balanced(tasks, index) == balanced(reversed(tasks), index)


def test_chunks_are_found_in_the_parts_that_hold_them(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [20, 3])
    found = index.chunks(tasks[::5])
    assert {i: [c.id for c in chunks] for i, chunks in found.items()} == {t.id: t.chunk_ids for t in tasks[::5]}
    assert index.parts_of(tasks[:3]) == ["000"]
