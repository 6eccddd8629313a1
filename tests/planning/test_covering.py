"""Characters in accepted evidence, in rejected only, in none: exact, whatever the spans; and what is left worth asking about."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.coverage import by_topic, coverage
from curate.planning import uncovered, united, without
from curate.records import Chunk, Document, Message, Sample, Span, Verdict
from curate.workspace import Workspace

PLACES = st.tuples(st.integers(0, 45), st.integers(0, 45))
SAMPLES = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.lists(PLACES, max_size=3)), max_size=12)
SIZES = (40, 17, 0)


@given(one=st.lists(PLACES), two=st.lists(PLACES))
def test_unions_and_differences_are_those_of_the_sets_of_characters(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    def marked(spans: list[tuple[int, int]]) -> set[int]:
        return {k for start, end in spans for k in range(start, end)}

    assert marked(united(one)) == marked(one)
    assert marked(without(united(one), united(two))) == marked(one) - marked(two)
    assert all(a[1] < b[0] for a, b in zip(united(one), united(one)[1:], strict=False))


@given(made=SAMPLES, cuts=st.lists(PLACES, max_size=3))
@settings(max_examples=20, deadline=None)
def test_sums_are_those_of_every_character_counted(
    tmp_path_factory: object, made: list[tuple[int, bool, list[tuple[int, int]]]], cuts: list[tuple[int, int]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("covered")  # type: ignore[attr-defined]
    workspace = Workspace(folder)
    documents = [Document(f"d{n}", f"{n}.md", "", "é \n字"[n % 4 : n % 4 + 1] * size) for n, size in enumerate(SIZES)]
    workspace.documents.write("a", documents)
    chunks = sorted((min(c), min(max(c), SIZES[0])) for c in cuts if min(c) < SIZES[0])
    workspace.chunks.write("a", [Chunk(f"c{n}", "d0", n, [], "x", start, end) for n, (start, end) in enumerate(chunks)])
    marks = [[0] * size for size in SIZES]
    for part in range(2):
        rows = made[part::2]
        samples, verdicts = [], []
        for n, (d, passed, places) in enumerate(rows):
            spans = [Span(f"d{d}", start, end, "") for start, end in places]
            samples.append(Sample(f"s{part}{n}", "qa", "t", [Message("user", "?")], evidence=spans))
            verdicts.append(Verdict(f"s{part}{n}", "length", passed))
            for start, end in places:
                for k in range(start, min(end, SIZES[d])):
                    marks[d][k] = max(marks[d][k], 2 if passed else 1)
        workspace.samples.write(f"p{part}", samples)
        workspace.verdicts.write(f"p{part}.later" if part else "p0", verdicts)
    found = coverage(workspace)
    assert [(c.accepted, c.rejected, c.none) for c in found.documents] == [(m.count(2), m.count(1), m.count(0)) for m in marks]
    assert [c.total for c in found.documents] == [len(d.text) for d in documents]
    topics = by_topic(workspace)
    for name in ("accepted", "rejected", "none", "total"):
        assert sum(getattr(t, name) for t in topics) == getattr(found.total, name)


def test_what_no_evidence_touches_is_left_but_for_headings_links_and_boilerplate() -> None:
    text = (
        "# Pump hall\n\nThe pump hall is locked at night. The key hangs in the office of the shift lead.\n\n"
        "[Home](index.html) [Next](next.html)\n\nAll rights reserved by the operator of the plant.\n\n泵房每晚由当班人员上锁并登记。"
    )
    chunk = Chunk("c", "d", 0, [], text, 100, 100 + len(text))
    start = 100 + text.index("The pump")
    assert uncovered(chunk, [(start, start + 20)]) == [
        "The key hangs in the office of the shift lead.",
        "泵房每晚由当班人员上锁并登记。",
    ]
