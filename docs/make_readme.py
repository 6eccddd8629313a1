"""Fills the parts of README.md that the program itself knows: python docs/make_readme.py, or --check to see whether they are current.

A part stands between `<!-- NAME: ... -->` and `<!-- end -->`. `--check` looks at what the code itself says (settings, types, checks): the
other parts come from a build of the samples, whose figures may differ a little with the versions of libraries.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from curate import plugins
from curate.settings import STAGES, Settings, stage_of

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SAMPLES = ("samples/handbook-en", "samples/handbook-zh")
PART = re.compile(r"(<!-- (\w+):[^>]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
AFFECTED = {"parse": "what is read", "chunk": "passages and splits", "generate": "what is made", "check": "checks", "export": "the dataset"}
SHOWN_SUFFIXES = 9
SHORTEST_SHOWN = 80  # characters of evidence


def main() -> int:
    """Writes what is not current; with --check only says so, by exit code 1."""
    check = "--check" in sys.argv[1:]
    old = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        makers = {"settings": settings, "types": types, "checks": checks, "kinds": kinds} | ({} if check else built(Path(folder)))
        new = PART.sub(lambda m: m[1] + (makers[m[2]]() if m[2] in makers else m[3]) + m[4], old)
    if check:
        print("README.md is current" if new == old else "README.md is not what the code says: run `make docs`")
        return int(new != old)
    README.write_text(new, encoding="utf-8")
    return 0


def settings() -> str:
    """Every setting by the first stage that it affects, with its default and its meaning."""
    lines = []
    for stage in (*STAGES, "run"):
        lines += ["", f"| affects {AFFECTED.get(stage, 'no result')} | default | meaning |", "|---|---|---|"]
        lines += [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _settings(stage)]
    return "\n".join(lines[1:]) + "\n"


def _settings(stage: str) -> Iterator[tuple[str, str, str]]:
    for name, field in Settings.model_fields.items():
        if stage_of(name) == stage:
            value = ",".join(field.default) if isinstance(field.default, list) else field.default
            shown = "" if value in (None, "", {}) else f"`{value}`"
            yield name, shown, _cell(field.description or "")


def kinds() -> str:
    """Every generator, by name, with the first line of its module."""
    lines = ["| task | what it makes | asks a model |", "|---|---|---|"]
    for name in plugins.names("generators"):
        module = plugins.load("generators", name)
        lines.append(f"| `{name}` | {_first_line(module.__doc__)} | {'yes' if module.MODEL else 'no'} |")
    return "\n".join(lines) + "\n"


def types() -> str:
    """Every parser, by the endings of its files."""
    lines = ["| files | how |", "|---|---|"]
    for name in plugins.names("parsers"):
        parser = plugins.load("parsers", name)
        endings = " ".join(f"`{suffix}`" for suffix in parser.SUFFIXES[:SHOWN_SUFFIXES])
        more = f" and {len(parser.SUFFIXES) - SHOWN_SUFFIXES} more" if len(parser.SUFFIXES) > SHOWN_SUFFIXES else ""
        needs = " With `pip install '.[unstructured]'`." if name == "unstructured" else ""
        lines.append(f"| {endings}{more} | {_first_line(parser.__doc__)}{needs} |")
    return "\n".join(lines) + "\n"


def checks() -> str:
    """Every filter of the default settings, in their order."""
    lines = ["| check | |", "|---|---|"]
    lines += [f"| `{name}` | {_first_line(plugins.load('filters', name).__doc__)} |" for name in Settings().filters]
    return "\n".join(lines) + "\n"


def _first_line(text: str | None) -> str:
    return _cell((text or "").strip().split("\n")[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def built(folder: Path) -> dict[str, Callable[[], str]]:
    """The parts that a build of the samples gives."""
    (folder / "samples").symlink_to(ROOT / "samples")

    def curate(*words: str) -> str:
        command, wide = [sys.executable, "-m", "curate", *words], {**os.environ, "COLUMNS": "120"}
        return subprocess.run(command, cwd=folder, env=wide, check=True, capture_output=True, text=True, encoding="utf-8").stderr

    curate("build", *SAMPLES, "--style", "sharegpt,alpaca", "--quiet")
    shown = curate("status")  # not what the build says: its progress depends on the machine
    row, origin = traced(folder / "curated/dataset/sharegpt")
    return {
        "accounts": lambda: f"```\n{accounts(shown)}\n```\n",
        "row": lambda: f"```json\n{laid_out(row)}\n```\n",
        "origin": lambda: f"```json\n{laid_out(origin)}\n```\n",
    }


def accounts(shown: str) -> str:
    """The tables of a build's output, without what follows them."""
    lines = [line.rstrip() for line in shown.splitlines() if line.strip()]
    outer = [i for i, line in enumerate(lines) if not line.startswith(" ")]  # two titles, then what follows
    return "\n".join(lines[: outer[2]])


def laid_out(row: dict[str, object]) -> str:
    """JSON with a line for each key, and for each item of a list of objects."""
    lines = []
    for key, value in row.items():
        deep = isinstance(value, list) and value and isinstance(value[0], dict)
        text = "[\n    " + ",\n    ".join(_json(v) for v in value) + "\n  ]" if deep else _json(value)  # type: ignore[attr-defined]
        lines.append(f'  "{key}": {text}')
    return "{\n" + ",\n".join(lines) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def traced(dataset: Path) -> tuple[dict[str, object], dict[str, object]]:
    """A short row made from page 2 of a PDF, and its line in sources.parquet."""
    import polars as pl

    spans, paths = pl.col("spans").list, pl.col("documents").list
    length = spans.first().struct["end"] - spans.first().struct["start"]
    found = pl.read_parquet(dataset / "sources.parquet").filter(
        paths.first().struct["path"] == "employee-handbook.pdf", spans.first().struct["page"] == 2, length > SHORTEST_SHOWN
    )
    origin = found.sort(length, "id").row(0, named=True)
    lines = (dataset / origin["file"]).read_text(encoding="utf-8").split("\n")
    return json.loads(lines[origin["line"] - 1]), origin


if __name__ == "__main__":
    sys.exit(main())
