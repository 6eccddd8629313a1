"""The wheel holds what curate needs and nothing else, and builds the demo from an empty environment in another folder.

To need no network, that environment sees the libraries of this one through a `.pth` file; `curate` itself comes from the wheel alone.
"""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    done = subprocess.run([sys.executable, "-m", "pip", "wheel", str(ROOT), *flags], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `curate` command of an environment that holds the wheel."""
    folder = tmp_path_factory.mktemp("empty") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    flags = ["--quiet", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *flags, str(wheel)], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin/curate"


def test_the_wheel_holds_the_shipped_files_and_no_others(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {
        f"curate/_assets/{p.relative_to(ROOT)}" for kind in ("prompts", "chat_templates") for p in (ROOT / kind).iterdir() if p.is_file()
    }
    code = {p.relative_to(ROOT).as_posix() for p in (ROOT / "curate").rglob("*.py")}
    assert shipped | code <= set(names)
    others = {name for name in names if ".dist-info/" not in name} - shipped - code
    assert {name for name in others if not name.endswith("py.typed")} == set()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_installed_curate_builds_the_samples_from_another_folder(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # else another curate might be found first
    where = subprocess.run(
        [installed.parent / "python", "-c", "import curate; print(curate.__file__)"], cwd=tmp_path, check=True, capture_output=True
    )
    assert installed.parent.parent.resolve() in Path(where.stdout.decode().strip()).resolve().parents
    sources = [ROOT / "samples/handbook-en", ROOT / "samples/handbook-zh"]
    words = [installed, "build", *sources, "--out", tmp_path / "curated", "--style", "sharegpt,text", "--quiet"]
    done = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    for style, column in (("sharegpt", "conversations"), ("text", "text")):
        lines = (tmp_path / "curated/dataset" / style / "train.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) > 100
        assert all(json.loads(line)[column] for line in lines)
