"""The sample documents: made again they are the same, each is read whole, and the main job runs over them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from curate.parsers import docx, email, markdown, pdf, pptx, text, xlsx
from curate.records import Document
from curate.settings import Settings

SAMPLES = Path(__file__).parent.parent / "samples"
HANDBOOKS = [SAMPLES / "handbook-en", SAMPLES / "handbook-zh"]
PARSERS = {".docx": docx, ".eml": email, ".md": markdown, ".pdf": pdf, ".pptx": pptx, ".txt": text, ".xlsx": xlsx}
FROM_SOURCE = {
    "handbook-en/employee-handbook.pdf": "employee-handbook.md",
    "handbook-en/field-notes.pdf": "field-notes.md",
    "handbook-en/installation-guide.docx": "installation-guide.md",
    "handbook-zh/员工手册.pdf": "员工手册.md",
    "handbook-zh/仓储作业规程.docx": "仓储作业规程.md",
}


def parsed(path: Path) -> list[Document]:
    return PARSERS[path.suffix].parse(path.name, path.read_bytes(), Settings())


def texts(folder: Path, name: str) -> list[str]:
    return [document.text for document in parsed(folder / name)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated samples, made twice."""
    folder = tmp_path_factory.mktemp("samples")
    for run in ("first", "second"):
        subprocess.run([sys.executable, str(SAMPLES / "make_documents.py"), str(folder / run)], check=True, timeout=120)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_two_runs_of_the_generator_write_the_same_bytes(made: Path) -> None:
    first, second = made / "first", made / "second"
    assert len(names(first)) >= 10
    assert [(first / n).read_bytes() for n in names(first)] == [(second / n).read_bytes() for n in names(second)]


def test_what_is_made_reads_like_what_is_committed(made: Path) -> None:
    for name in names(made / "first"):
        assert texts(made / "first", name) == texts(SAMPLES, name), name


@pytest.mark.parametrize("name", FROM_SOURCE)
def test_a_document_reads_exactly_like_its_source_without_headers_and_footers(name: str) -> None:
    source = (SAMPLES / "make" / "sources" / FROM_SOURCE[name]).read_text(encoding="utf-8")
    [text] = texts(SAMPLES, name)
    assert [line for line in text.split("\n") if line] == [line for line in source.split("\n") if line]


def test_the_chinese_text_file_is_not_utf_8_and_reads_as_chinese() -> None:
    path = SAMPLES / "handbook-zh" / "夜班值守须知.txt"
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
    assert "夜班每两小时巡检一次" in parsed(path)[0].text


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for folder in HANDBOOKS for path in folder.rglob("*") if path.is_file()) < 1_500_000


def test_the_main_job_over_the_samples_gives_pairs_in_every_split_and_accounts_that_add_up(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    command = [sys.executable, "-m", "curate", "build", *map(str, HANDBOOKS), "--out", str(out), "--style", "sharegpt,alpaca", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    report = json.loads(done.stdout)
    for row in report["stages"]:
        assert row["produced"] + row["rejected"] + row["failed"] + row["skipped"] == row["total"], row
        assert row["failed"] == 0, row
    for style in ("sharegpt", "alpaca"):
        rows = {
            s: (out / "dataset" / style / f"{s}.jsonl").read_text(encoding="utf-8").splitlines() for s in ("train", "validation", "test")
        }
        assert all(rows.values())
        assert sum(map(len, rows.values())) >= 200
        everything = "\n".join(line for lines in rows.values() for line in lines)
        assert all(words in everything for words in ("冷藏", "greenhouse", "<EMAIL_ADDRESS>", "<PHONE_NUMBER>", "<IBAN_CODE>"))
        assert not any(secret in everything for secret in ("@example.com", "GB82", "010-5555", "400-555"))
