"""The user's policy file: what an assistant must refuse, or hand over to a person, and why."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import UsageError, did_you_mean
from curate.records import Json
from curate.text import HAN

ACTIONS = ("refuse", "handover")
KEYS: dict[str, type] = {"id": str, "what": str, "action": str, "reason": str, "contact": str, "examples": list, "languages": list}
NEEDED = ("id", "what", "action")
LANGUAGES = ("en", "zh")
_TABLE = re.compile(r"^[ \t]*\[\[\s*rules\s*\]\]", re.MULTILINE)
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is not to be answered, and what is done instead. contact: whom the user is handed over to, never invented by a model."""

    id: str
    what: str
    action: str
    languages: tuple[str, ...]
    reason: str = ""
    contact: str = ""
    examples: tuple[str, ...] = ()

    def plain(self) -> Json:
        """What a prompt is told of it."""
        return {"what": self.what, "action": self.action, "reason": self.reason, "contact": self.contact, "examples": list(self.examples)}


def read(path: Path) -> list[Rule]:
    """The rules of a policy file. UsageError names file, line, key and the fix."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the setting `policy`: it names a TOML file") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend the line it names") from None
    for key in found:
        if key != "rules":
            raise UsageError(
                f"{path}:{_line(text, key)}: unknown key {key!r}", f"{did_you_mean(key, ['rules'])} rules begin with [[rules]]"
            )
    rows = found.get("rules")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path} holds no rules", "each rule begins with a line [[rules]] and has id, what and action")
    tables = [m.start() for m in _TABLE.finditer(text)]
    starts = [*tables, len(text)] if len(tables) == len(rows) else [0] * len(rows) + [len(text)]
    rules: list[Rule] = []
    for number, row in enumerate(rows):
        rule = _Reader(path, text, starts[number], max(starts[number + 1], starts[number] + 1)).rule(row)
        if rule.id in [r.id for r in rules]:
            line = _line(text, "id", starts[number], starts[number + 1])
            raise UsageError(f"{path}:{line}: a second rule with the id {rule.id!r}", "give each rule an id of its own")
        rules.append(rule)
    return rules


@dataclass(frozen=True, slots=True)
class _Reader:
    """One rule's place in the file, for errors that name the line."""

    path: Path
    text: str
    start: int
    end: int

    def rule(self, row: dict[str, Any]) -> Rule:
        for key, value in row.items():
            if key not in KEYS:
                raise self.error(key, f"unknown key {key!r}", did_you_mean(key, list(KEYS)))
            if not isinstance(value, KEYS[key]) or (isinstance(value, list) and not all(isinstance(v, str) and v.strip() for v in value)):
                wanted = "a list of texts" if KEYS[key] is list else "a text"
                raise self.error(key, f"{key} must be {wanted}, not {value!r}", 'as in languages = ["en", "zh"]')
        for key in NEEDED:
            if not row.get(key, "").strip():
                raise self.error(key if key in row else "", f"the rule has no {key}", f"a rule needs {', '.join(NEEDED)}")
        if row["action"] not in ACTIONS:
            raise self.error("action", f"action is {row['action']!r}", did_you_mean(row["action"], list(ACTIONS)))
        if row["action"] == "handover" and not row.get("contact", "").strip():
            raise self.error(
                "action", "a rule that hands over has no contact", 'say to whom, as in contact = "the service desk, service@example.com"'
            )
        languages = row.get("languages") or ["zh" if _HAN.search(row["what"]) else "en"]
        for language in languages:
            if language not in LANGUAGES:
                raise self.error("languages", f"there are no prompts in {language!r}", did_you_mean(language, list(LANGUAGES)))
        texts = {key: row.get(key, "").strip() for key in ("id", "what", "action", "reason", "contact")}
        return Rule(**texts, languages=tuple(dict.fromkeys(languages)), examples=tuple(e.strip() for e in row.get("examples", [])))

    def error(self, key: str, message: str, hint: str) -> UsageError:
        line = _line(self.text, key, self.start, self.end)
        return UsageError(f"{self.path}:{line}: {message}", hint)


def _line(text: str, key: str, start: int = 0, end: int | None = None) -> int:
    """The line on which a key stands between two offsets; the first of them where it is not found."""
    stop = len(text) if end is None else end
    pattern = rf"""^\s*(?:\[+\s*)?(?:"{re.escape(key)}"|'{re.escape(key)}'|{re.escape(key)})\s*[=.\]]"""
    found = re.compile(pattern, re.MULTILINE).search(text, start, stop) if key else None
    at = found.end() if found else start
    return text.count("\n", 0, at) + 1
