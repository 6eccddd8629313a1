"""Clean text of documents: sections merged up to a size, headings restored, tables whole, furniture told and left out."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from kind_builds import HANDBOOK

from curate import chunking
from curate.accounts import Overview
from curate.generators import pretrain
from curate.generators.pretrain import text_of, unusable
from curate.pipeline import Job, build, overview
from curate.planning import Plan
from curate.progress import Silent
from curate.records import Chunk, Document, Sample, Task, Verdict
from curate.settings import Settings
from curate.workspace import Workspace

RULE = "The pump is primed before it is started, and the shift lead checks that no air is left in the housing of pump {n}."


class View:
    round = 0
    plan = Plan()

    def __init__(self, chunks: list[Chunk]) -> None:
        self.found = chunks

    def chunks(self) -> Iterator[Chunk]:
        return iter(self.found)

    def tasks(self) -> Iterator[Task]:
        return iter(())

    def samples(self) -> Iterator[tuple[Sample, list[Verdict]]]:
        return iter(())


def cut(text: str, **settings: object) -> list[Chunk]:
    document = Document("d", "pumps.md", "Pumps", text, "en")
    return chunking.chunk(document, Settings(**settings), "train")  # type: ignore[arg-type]


def groups(chunks: list[Chunk], **settings: object) -> list[list[str]]:
    return [t.chunk_ids for t in asyncio.run(pretrain.plan(View(chunks), None, Settings(**settings)))]  # type: ignore[arg-type]


def built(folder: Path, documents: dict[str, str], **settings: object) -> tuple[Workspace, Overview]:
    sources = folder / "docs"
    sources.mkdir(exist_ok=True)
    for name, text in documents.items():
        (sources / name).write_text(text, encoding="utf-8")
    chosen = {"task": ["pretrain"], "workers": 1, **settings}
    job = Job([sources], Workspace.create(folder / "out"), Settings(**chosen), Silent())  # type: ignore[arg-type]
    build(job)
    return job.workspace, overview(job.workspace, job.settings)


def test_a_document_of_a_few_passages_comes_back_as_it_was() -> None:
    text = "# Pumps\n\nA word before.\n\n" + "\n\n".join(f"## Pump {n}\n\n{RULE.format(n=n)}" for n in range(6))
    chunks = cut(text, chunk_tokens=60)
    assert len(chunks) > 2
    assert text_of(chunks) == text


def test_overlapping_passages_are_told_once() -> None:
    text = "# Pumps\n\n" + " ".join(RULE.format(n=n) for n in range(20))
    chunks = cut(text, chunk_tokens=80, chunk_overlap=30)
    assert len(chunks) > 2
    assert text_of(chunks).split() == text.split()


def test_a_passage_from_the_middle_gets_its_headings_back_but_not_twice() -> None:
    text = "# Pumps\n\n## Priming\n\n" + "\n\n".join(f"### Pump {n}\n\n{RULE.format(n=n)}" for n in range(6))
    last = cut(text, chunk_tokens=60)[-1]
    found = text_of([last])
    assert found.startswith("# Pumps\n\n## Priming\n\n### Pump")
    assert found.count("### Pump 5") == 1


def test_a_table_that_is_cut_stays_one_table() -> None:
    rows = "\n".join(f"| P{n} | {n * 10} litres per minute | {n} bar |" for n in range(80))
    text = f"# Pumps\n\n| Pump | Flow | Pressure |\n| --- | --- | --- |\n{rows}"
    chunks = cut(text, chunk_tokens=100, chunk_max_tokens=200)
    assert len(chunks) > 2
    assert text_of(chunks) == text
    assert text_of(chunks[1:2]).startswith("# Pumps\n\n| Pump | Flow | Pressure |\n| --- | --- | --- |\n| P")


def test_texts_stay_within_the_size_and_hold_every_passage_once() -> None:
    text = "# Pumps\n\n" + "\n\n".join(f"## Pump {n}\n\n" + " ".join(RULE.format(n=n * 20 + k) for k in range(9)) for n in range(30))
    chunks = cut(text)
    found = groups(chunks)
    assert [i for group in found for i in group] == [c.id for c in chunks]
    assert 1 < len(found) < len(chunks)
    assert groups(chunks, max_sample_tokens=16) == [[c.id] for c in chunks]


def test_furniture_is_no_text() -> None:
    assert unusable("- [Home](https://example.com)\n- [Products](https://example.com/p)\n- [Contact](https://example.com/c)")
    assert unusable("Priming .......... 4\nStarting ......... 7\nStopping ......... 9")
    assert unusable("## Heading")
    assert not unusable(RULE)


def test_a_build_exports_text_masks_personal_data_and_tells_what_was_left_out(tmp_path: Path) -> None:
    body = HANDBOOK["leave.md"] + "\nWrite to desk@example.com to report a move.\n"
    links = "\n".join(f"- [Page {n} of the site](https://example.com/pages/{n})" for n in range(30))
    workspace, found = built(tmp_path, {"leave.md": body, "links.md": links})
    stages = {s.name: s for s in found.stages}
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    assert stages["tasks"].reasons == {"mostly links: navigation, not text": 1}
    texts = "".join(p.read_text(encoding="utf-8") for p in (workspace.dataset / "sharegpt-pretrain").glob("*.jsonl"))
    assert "Every employee has 28 days of annual leave." in texts
    assert "desk@example.com" not in texts
    assert "<EMAIL_ADDRESS>" in texts
    documents = {d.id: d.text for d in workspace.documents}
    for sample in workspace.samples:
        assert [documents[e.document_id][e.start : e.end] for e in sample.evidence] == [e.quote for e in sample.evidence]
