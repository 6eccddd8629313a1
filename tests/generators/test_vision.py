"""Questions about page images and figures: rendered while parsing, shown to the model, exported by path."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from model_server import ModelServer

from curate.accounts import Overview
from curate.generators.vision import on_page
from curate.pipeline import Job, build, overview
from curate.progress import Silent
from curate.settings import PICTURE_DPI, Settings
from curate.workspace import Workspace, passed

Start = Callable[..., ModelServer]


def picture(width: int = 320, height: int = 200) -> bytes:
    import pymupdf

    with pymupdf.open() as document:
        page = document.new_page(width=width, height=height)
        page.draw_rect((40, 60, 90, 180), fill=(0.2, 0.4, 0.8))
        page.draw_rect((140, 100, 190, 180), fill=(0.8, 0.4, 0.2))
        page.insert_text((40, 30), "Deliveries by month")
        return bytes(page.get_pixmap(dpi=72).tobytes("png"))


def report(path: Path, *, text: bool = True) -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), invariant=1)
    for page in (1, 2):
        if text:
            canvas.drawString(72, 760, f"Report of depot {page}.")
            canvas.drawString(72, 730, f"Depot {page} delivered {page * 120} pallets in March and closed two ramps for repair.")
            canvas.drawImage(ImageReader(BytesIO(picture())), 72, 400, 320, 200)
        else:
            canvas.drawImage(ImageReader(BytesIO(picture(595, 842))), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()


def built(sources: Path, out: Path, server: ModelServer, **settings: object) -> tuple[Workspace, Overview]:
    given = {"workers": 2, "model": "test-model", "base_url": server.url, "task": ["vision"]}
    job = Job([sources], Workspace.create(out), Settings(**{**given, **settings}), Silent())  # type: ignore[arg-type]
    build(job)
    return job.workspace, overview(job.workspace, job.settings)


def test_pages_and_figures_are_asked_about_and_go_with_the_rows(tmp_path: Path, model_server: Start) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    report(docs / "report.pdf")
    workspace, found = built(docs, tmp_path / "out", model_server(mode="qa"))
    assert all(s.produced + s.rejected + s.failed + s.skipped == s.total for s in found.stages)
    assert sorted(t.kind for t in workspace.tasks) == ["figure", "figure", "page", "page"]
    kept = [s for s, verdicts in workspace.judged() if passed(verdicts)]
    assert kept
    folder = tmp_path / "out" / "dataset" / "sharegpt-vision"
    rows = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(kept)
    for row in rows:
        assert row["conversations"][0]["value"].count("<image>") == len(row["images"]) == 1
        assert (folder / row["images"][0]).read_bytes().startswith(b"\xff\xd8\xff")
    info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
    assert info["train"]["columns"]["images"] == "images"
    for sample in kept:
        assert sample.evidence[0].page == sample.meta["page"]


def test_a_scan_and_a_picture_file_without_any_text_are_asked_about_too(tmp_path: Path, model_server: Start) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    report(docs / "scan.pdf", text=False)
    (docs / "chart.png").write_bytes(picture())
    workspace, found = built(docs, tmp_path / "out", model_server(mode="qa"))
    assert [d.path for d in workspace.documents] == ["chart.png", "scan.pdf"]
    assert sorted(t.values["image"]["page"] for t in workspace.tasks) == [1, 1, 2]
    assert next(s for s in found.stages if s.name == "files").failed == 0
    for sample, _ in workspace.judged():
        assert sample.evidence[0].page == sample.meta["page"]


def handbook(path: Path) -> None:
    """Eight sections over several pages; most of them end on the page where the next begins."""
    import pymupdf

    sections = (
        f"<h1>Part {n}</h1>" + "".join(f"<p>Rule {n}{i} says that gate {n}{i} is closed {8 + i} hours after dawn.</p>" for i in range(30))
        for n in range(1, 9)
    )
    story, writer = pymupdf.Story("".join(sections)), pymupdf.DocumentWriter(str(path))
    more = True
    while more:
        device = writer.begin_page(pymupdf.paper_rect("a5"))
        more, _ = story.place(pymupdf.Rect(40, 40, 380, 555))
        story.draw(device)
        writer.end_page()
    writer.close()


def test_a_page_is_asked_about_with_its_own_text_and_only_where_its_passages_are_of_one_split(tmp_path: Path, model_server: Start) -> None:
    import pymupdf

    docs = tmp_path / "docs"
    docs.mkdir()
    handbook(docs / "handbook.pdf")
    shares = {"validation_share": 0.3, "test_share": 0.3}
    workspace, _ = built(docs, tmp_path / "out", model_server(mode="qa"), **shares)
    splits: dict[int, set[str]] = {}
    for chunk in workspace.chunks:
        for block in chunk.blocks:
            splits.setdefault(block.page, set()).add(chunk.split)
    asked = {t.values["image"]["page"]: t.split for t in workspace.tasks}
    assert {len(found) for found in splits.values()} >= {1, 2}
    assert any(len({b.page for b in c.blocks} & asked.keys()) > 1 for c in workspace.chunks)
    assert asked == {page: min(found) for page, found in splits.items() if len(found) == 1}
    with pymupdf.open(docs / "handbook.pdf") as document:
        seen = [" ".join(page.get_text().split()) for page in document]
    for chunk in workspace.chunks:
        for page in {b.page for b in chunk.blocks}:
            told = [" ".join(line.split()).lstrip("# ") for line in on_page(chunk, page).splitlines() if line]
            assert told
            assert all(line in seen[page - 1] for line in told)


def test_an_answer_that_rests_on_words_of_the_page_gives_their_figures(tmp_path: Path, model_server: Start) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    report(docs / "report.pdf")
    question = "How many pallets does the page give for March?"
    read = {
        "number": 1,
        "seen": "Depot 1 delivered 120 pallets in March",
        "question": question,
        "answer": "It gives 120 pallets for March.",
    }
    misread = {**read, "number": 2, "question": f"{question} Which depot?", "answer": "It gives 150 pallets for March, for depot 1."}
    drawn = {**misread, "number": 3, "seen": "the left bar of the drawing", "question": "What does the left bar of the drawing reach?"}
    server = model_server(replies=[json.dumps({"pairs": [read, misread, drawn]})])
    workspace, _ = built(docs, tmp_path / "out", server)
    pages = {t.id for t in workspace.tasks if t.kind == "page"}
    first = [(s, verdicts) for s, verdicts in workspace.judged() if s.meta["page"] == 1 and s.task_id in pages]
    grounded = {s.meta["question"]: v for s, verdicts in first for v in verdicts if v.check == "grounded"}
    assert [v.passed for v in grounded.values()] == [True, False, True]
    assert "150" in grounded[misread["question"]].reason


def test_without_vision_no_picture_is_rendered_and_picture_files_are_skipped(tmp_path: Path, model_server: Start) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    report(docs / "report.pdf")
    (docs / "chart.png").write_bytes(picture())
    workspace, found = built(docs, tmp_path / "out", model_server(mode="qa"), task=["qa"])
    assert not workspace.images.exists()
    files = next(s for s in found.stages if s.name == "files")
    assert (files.produced, files.skipped, files.failed) == (1, 1, 0)


def test_pictures_that_were_deleted_are_made_again_and_nothing_is_asked_twice(tmp_path: Path, model_server: Start) -> None:
    docs, server = tmp_path / "docs", model_server(mode="qa")
    docs.mkdir()
    report(docs / "report.pdf")
    workspace, _ = built(docs, tmp_path / "out", server)
    before = server.stats()["requests"]
    names = sorted(p.name for p in workspace.images.iterdir())
    for path in workspace.images.iterdir():
        path.unlink()
    (workspace.private / "manifest.json").unlink()
    workspace, _ = built(docs, tmp_path / "out", server)
    assert sorted(p.name for p in workspace.images.iterdir()) == names
    assert server.stats()["requests"] == before


def test_a_model_that_does_not_see_is_named_with_what_to_do(tmp_path: Path, model_server: Start) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    report(docs / "report.pdf")
    server = model_server(mode="qa", refuses="images")
    workspace, _ = built(docs, tmp_path / "out", server, max_failures=1.0)
    failures = [f for f in workspace.failures if f.stage == "tasks"]
    assert len(failures) == 4
    assert all("image" in f.error and f.hint for f in failures)


def test_vision_renders_at_its_own_resolution_unless_another_is_set() -> None:
    assert Settings(task=["vision"]).page_images == PICTURE_DPI
    assert Settings(task=["vision"], page_images=72).page_images == 72
    assert Settings(task=["qa"]).page_images == 0
