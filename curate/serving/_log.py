"""Reads a server's log for a person: the last thing it said, and why it ended."""

import re
from pathlib import Path

TAIL = 256 << 10  # bytes; an engine that fails prints its traceback more than once
LINE, SHOWN = 120, 400  # characters of a line that is told, of a reason
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PREFIX = re.compile(
    r"^(?:\([\w-]+ pid=\d+\) ?)?(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):? +(?:\d\d-\d\d \d\d:\d\d:\d\d )?(?:\[[\w.]+:\d+\] ?)?)?"
)
_RAISED = re.compile(r"^(?:[A-Za-z_][\w.]*(?:Error|Exception)|\S+: error): .+|^.+: Error while finding module .+")
_ELSEWHERE = re.compile(r"root cause", re.I)  # vLLM's last error only says that the reason stands above
_INVALID = re.compile(r"validation errors? for \w+$")
_TYPE = re.compile(r" \[type=.*$")


def last_line(path: Path) -> str:
    """The last line that says something, without time and place; empty where there is none. Indented lines go on with another."""
    return next((line for line in reversed(_lines(path, 0)) if re.match(r"\S.*\w", line)), "")[:LINE]


def reason(path: Path, since: int = 0) -> str:
    """The last error the log tells of after `since` bytes; empty where it tells of none."""
    lines = _lines(path, since)
    raised = [number for number, line in enumerate(lines) if _RAISED.match(line)]
    raised = [number for number in raised if not _ELSEWHERE.search(lines[number])] or raised
    if not raised:
        return ""
    said = lines[raised[-1]]
    if _INVALID.search(said) and raised[-1] + 1 < len(lines):  # pydantic says on the next line what is invalid
        said = _TYPE.sub("", lines[raised[-1] + 1].strip()).removeprefix("Value error, ")
    return said[:SHOWN]


def _lines(path: Path, since: int) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(since, path.stat().st_size - TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [_PREFIX.sub("", _COLOUR.sub("", line.rstrip().rpartition("\r")[2])).rstrip() for line in text.split("\n")]
