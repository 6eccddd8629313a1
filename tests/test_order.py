"""A build that is cut short is balanced: any prefix of the order is fair to kinds, documents and topics."""

from collections import Counter
from dataclasses import replace
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
def test_documents_are_served_by_the_root_of_their_tasks_and_each_once_before_any_twice(
    tmp_path_factory: object, sizes: list[int], cut: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("order")  # type: ignore[attr-defined]
    index, tasks = index_over(folder, sizes)
    taken = Counter(index.document(t) for t in balanced(tasks, index)[:cut])
    for d, size in enumerate(sizes):
        if taken[f"d{d}"] < size:
            for e, other in enumerate(sizes):
                assert (taken[f"d{e}"] - 1) * size**0.5 <= taken[f"d{d}"] * other**0.5 + 1e-9


def test_a_topic_that_most_tasks_are_about_does_not_flood_a_prefix(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [200, 50, 50])
    topics = ["pumps" if n % 10 else f"topic {n % 70}" for n in range(len(tasks))]
    named = [replace(t, values={"topic": topic}) for t, topic in zip(tasks, topics, strict=True)]
    first = Counter(str(t.values["topic"]) for t in balanced(named, index)[:40])
    assert topics.count("pumps") == 270
    assert first["pumps"] <= 0.75 * 40
    assert len(first) == len(set(topics)) == 8


def test_kinds_take_turns_until_one_has_no_more(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [30, 3])
    others = [replace(t, id=content_id("other", t.id), generator="summary", kind="summary") for t in tasks[:6]]
    order = [t.generator for t in balanced([*tasks, *others], index)]
    assert Counter(order[:12]) == {"qa": 6, "summary": 6}
    assert set(order[12:]) == {"qa"}


def test_tasks_without_a_document_take_turns_with_those_of_documents_and_their_topics_with_each_other(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [2] * 20)
    bare = [replace(tasks[0], id=content_id("bare", n), chunk_ids=[], values={"topic": f"rule {n % 5}"}) for n in range(50)]
    first = balanced([*tasks, *bare], index)[:10]
    assert sorted(str(t.values["topic"]) for t in first if not t.chunk_ids) == [f"rule {n}" for n in range(5)]
    assert len({index.document(t) for t in first if t.chunk_ids}) == 5


def test_another_document_moves_few_of_the_tasks_that_a_limit_leaves(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [40, 25, 9, 9, 3, 60])
    named = [replace(t, values={"topic": f"t{int(t.id, 16) % 7}"}) for t in tasks]
    without = [t for t in named if index.document(t) != "d2"]
    before, after = ({t.id for t in balanced(some, index)[:50]} for some in (named, without))
    assert len({t.id for t in without} & before - after) <= 2


def test_the_order_depends_on_content_alone(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [5, 9, 2])
    assert balanced(tasks, index) == balanced(reversed(tasks), index)


def test_chunks_are_found_in_the_parts_that_hold_them(tmp_path: Path) -> None:
    index, tasks = index_over(tmp_path, [20, 3])
    found = index.chunks(tasks[::5])
    assert {i: [c.id for c in chunks] for i, chunks in found.items()} == {t.id: t.chunk_ids for t in tasks[::5]}
    assert index.parts_of(tasks[:3]) == ["000"]
