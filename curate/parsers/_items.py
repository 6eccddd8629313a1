"""Collects list items into one Markdown list."""

import re


class Items:
    """The items of a list that is being read; an item is indented by the shallower items above it that are still open."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._open: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, marker: str, depth: int, text: str) -> None:
        """Adds an item at the depth its document gives, whatever steps it counts in."""
        while self._open and self._open[-1] >= depth:
            self._open.pop()
        indent = "    " * len(self._open)
        self._open.append(depth)
        # "1." and "1)" are Markdown's numbers: any other number a reader sees follows a bullet
        number = re.fullmatch(r"(\d{1,9})([.)]?)", marker)
        lead = f"{number[1]}{number[2] or '.'}" if number else "-" if marker in ("-", "") else f"- {marker}"
        self._lines.append(f"{indent}{lead} " + text.replace("\n", f"\n{indent}    "))

    def take(self) -> str:
        """The list so far; the next one begins empty."""
        text = "\n".join(self._lines)
        self._lines, self._open = [], []
        return text
