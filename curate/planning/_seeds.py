"""The seed tasks that Self-Instruct starts from: the user's file or those that come with curate."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate import assets
from curate.errors import UsageError, did_you_mean
from curate.settings import Settings
from curate.text import language

SHIPPED = "seeds.jsonl"
KEYS: dict[str, type] = {"instruction": str, "input": str, "output": str, "classification": bool, "language": str}
NEEDED = ("instruction", "output")


@dataclass(frozen=True, slots=True)
class Seed:
    """One task written by a person: what to do, what with, the answer; classification: the answer is one of a few labels."""

    instruction: str
    output: str
    input: str = ""
    classification: bool = False
    language: str = "en"


def seeds(settings: Settings) -> list[Seed]:
    """All seed tasks in their order. UsageError names the file, the line and the key that is wrong."""
    path = Path(settings.seeds) if settings.seeds else assets.find("prompts", SHIPPED)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"cannot read the seed tasks {path}: {error.strerror or error}", "give the path of a JSONL file") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error}", "save it as UTF-8") from None
    found = [_seed(f"{path}:{number}", line) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise UsageError(f"{path} holds no seed task", f"each line is an object with {' and '.join(NEEDED)}")
    return found


def _seed(where: str, line: str) -> Seed:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{where}: not JSON: {error}", "each line is one JSON object") from None
    if not isinstance(row, dict):
        raise UsageError(f"{where}: not a JSON object", f"its keys are {', '.join(KEYS)}")
    for key, value in row.items():
        if key not in KEYS:
            raise UsageError(f"{where}: unknown key {key!r}", did_you_mean(key, list(KEYS)))
        if not isinstance(value, KEYS[key]):
            kind = {str: "text", bool: "true or false"}[KEYS[key]]
            raise UsageError(f"{where}: {key} is {json.dumps(value, ensure_ascii=False)}", f"{key} is {kind}")
    for key in NEEDED:
        if not row.get(key, "").strip():
            raise UsageError(f"{where}: {key} is missing or empty", f"each seed task has {' and '.join(NEEDED)}")
    return Seed(**{"language": language(row["instruction"]) or "en", **row})
