"""What the README says is so: its commands exist and run, its tables are the code's, its links lead somewhere, its Python works."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer
from model_server import ModelServer

from curate.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("glossary.md", "field-notes.pdf")
SERVER = re.compile(r"http://127\.0\.0\.1:\d+/v1")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every command of the shell blocks, in words, comments left out."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    parts = [part for line in lines for part in line.split("&&")]
    return [words for part in parts if (words := shlex.split(part, comments=True))]


def python(*words: str, cwd: Path, own: Mapping[str, str] | None = None) -> str:
    """Runs a Python that must succeed, with environment variables of its own; what it printed."""
    environment = {**os.environ, **(own or {})}
    done = subprocess.run([sys.executable, *words], cwd=cwd, check=False, capture_output=True, text=True, encoding="utf-8", env=environment)
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


CURATE = [words for words in commands() if words[0] == "curate"]


@pytest.mark.parametrize("words", CURATE, ids=" ".join)
def test_the_flags_of_a_command_exist(words: list[str]) -> None:
    group = typer.main.get_command(app)
    group.commands[words[1]].make_context(words[1], words[2:])  # type: ignore[attr-defined] # raises for a flag that does not exist


def test_the_commands_run_one_after_the_other(tmp_path: Path, model_server: Callable[..., ModelServer]) -> None:
    """On two of the sample documents, with a scripted server in the place of every local one."""
    (tmp_path / "docs").mkdir()
    for name in DOCUMENTS:
        shutil.copy(ROOT / "samples/handbook-en" / name, tmp_path / "docs" / name)
    for name in ("prompts", "chat_templates"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "samples" / "extraction.schema.json", tmp_path / "record.schema.json")
    general = [{"instruction": f"Name {n} colours.", "output": f"Here are {n} of them: " + "red, " * n} for n in range(2, 60)]
    (tmp_path / "general.jsonl").write_text("\n".join(map(json.dumps, general)), encoding="utf-8")
    server = model_server(mode="qa", model="any")
    own = {"CURATE_LIMIT": "4", "CURATE_ROUNDS": "0"}  # what the kinds make is tested elsewhere
    for words in commands():
        if words[0] in ("mkdir", "cp"):
            subprocess.run(words, cwd=tmp_path, check=True)
        elif words[0] == "export":
            own |= dict(SERVER.sub(server.url, word).split("=", 1) for word in words[1:])
        elif words[0] == "curate" and not {"gpt-5-mini", "vllm:Qwen/Qwen3-8B"} & {*words}:  # these leave this machine, or need vLLM
            asked = [SERVER.sub(server.url, word) for word in words[1:]]
            python("-m", "curate", *asked, cwd=tmp_path, own=own if "--out" in words else {})
    assert server.stats()["requests"] > 0
    check_tracing(tmp_path)


def check_tracing(folder: Path) -> None:
    """The snippets that need no trainer, run on what the commands made: evidence, then requests with their replies."""
    traced = "".join(block for block in blocks("python") if "curated/" in block and "datasets" not in block)
    evidence, *replies = python("-c", traced, cwd=folder).splitlines()
    assert len(evidence) > len("['']")
    assert all("messages" in reply for reply in replies)


def test_the_tables_are_what_the_code_says() -> None:
    python("docs/make_readme.py", "--check", cwd=ROOT)


def test_pdf_is_read_where_pymupdf_is_not_installed() -> None:
    """What the section on licences promises."""
    path = ROOT / "samples/handbook-en/field-notes.pdf"
    reading = f"""
import sys
sys.modules["pymupdf"] = None
from pathlib import Path
from curate.parsers import pdf
from curate.settings import Settings
print(len(pdf.parse("a.pdf", Path({str(path)!r}).read_bytes(), Settings(pdf_backend="pdfium"))[0].text))
"""
    assert int(python("-c", reading, cwd=ROOT)) > 1000


def test_the_python_compiles() -> None:
    assert blocks("python")
    for block in blocks("python"):
        compile(block, "README.md", "exec")


def test_links_and_pictures_lead_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert [target for target in targets if target.endswith(".png") and (ROOT / target).stat().st_size > 200_000] == []


def test_the_folders_of_the_repository_are_there() -> None:
    tree = README.partition("## The repository")[2].split("```")[1]
    inside = [f"curate/{name}" for name in re.findall(r"^  ([\w./]+) ", tree, re.MULTILINE)]
    assert len(inside) > 5
    for name in [*inside, *re.findall(r"^(\w+/) ", tree, re.MULTILINE)]:
        assert (ROOT / name).exists(), name


def test_every_make_target_exists() -> None:
    targets = {words[1] for words in commands() if words[0] == "make"} | set(re.findall(r"`make ([\w-]+)`", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in sorted(targets) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
