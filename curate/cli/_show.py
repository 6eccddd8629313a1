"""Shows text, tables and problems to people on stderr, and data to programs on stdout; no foreign text reaches a terminal as it is."""

import json as json_module
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def console() -> "Console":
    """The console of people: stderr, colours only where they are wanted."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of plain text for people."""
    console().print(safe(text), markup=False)


def problem(message: str, hint: str = "") -> None:
    """One clear message with its fix, on stderr."""
    from rich.text import Text

    out = console()
    out.print(Text.assemble(("error: ", "bold red"), safe(message)))
    if hint:
        out.print(Text.assemble(("  fix: ", "bold"), safe(hint)))


def failed(message: str, hint: str, code: int, *, json: bool) -> int:
    """Tells of a command that ended with an error: people on stderr, programs on stdout if they asked for JSON."""
    problem(message, hint)
    if json:
        print_json({"error": {"message": message, "hint": hint}, "exit_code": code})
    return code


def safe(text: str) -> str:
    """Text of files and servers without what a terminal would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c in "\n\t" else _stand_in(c) for c in text)


def _stand_in(character: str) -> str:
    return " " if unicodedata.category(character) == "Zs" else "�"  # the spaces of other scripts are spaces


def line(text: str, most: int = 0) -> str:
    """Foreign text on one line, safe to show; `most` characters of it, where given."""
    folded = safe(" ".join(text.split()))
    return f"{folded[: most - 1]}…" if most and len(folded) > most else folded


def cell(text: str) -> "Text":
    """Foreign text for a table: as a plain string it would be read as markup."""
    from rich.text import Text

    return Text(line(text))


def counted(count: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def short(number: float) -> str:
    """12,345,678 as 12.3M."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if mark == 'k' else size):.1f}{mark}"
    return f"{number:,.0f}"


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on stdout; what a terminal would obey is escaped, which reads back as the same text."""
    text = json_module.dumps({"schema_version": 1, **value}, ensure_ascii=False, indent=1)
    print("".join(c if c.isprintable() or c == "\n" else json_module.dumps(c)[1:-1] for c in text))


def table(title: str, *columns: str) -> "Table":
    """A plain table: the first column is text, the others are figures."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(title=cell(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        made.add_column(column, justify="left" if i == 0 else "right")
    return made


def show_settings(values: Mapping[str, Any], origin: Mapping[str, str] | None, meanings: Mapping[str, str]) -> None:
    """Every setting with its value and its meaning, on stdout: it is data."""
    from rich.console import Console

    listed = table("", "setting", "value", *(["from"] if origin else ["meaning"]))
    for column in listed.columns:
        column.justify, column.overflow = "left", "fold"
    listed.columns[0].no_wrap = True
    for key, value in values.items():
        listed.add_row(key, cell(json_module.dumps(value, ensure_ascii=False)), cell(origin[key] if origin else meanings[key]))
    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(listed)


def show_rows(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of text on stdout."""
    from rich.console import Console

    listed = table(title, *columns)
    for column in listed.columns:
        column.justify, column.overflow = "left", "fold"
    for row in rows:
        listed.add_row(*map(cell, row))
    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(listed)


def show_findings(findings: Sequence[tuple[str, str, str, str]]) -> None:
    """What a doctor found, on stdout: what, its state, the detail, the fix."""
    from rich.console import Console
    from rich.text import Text

    marks = {"ok": ("ok", "green"), "missing": ("-", "yellow"), "broken": ("broken", "bold red")}
    out = Console(highlight=False, soft_wrap=True)
    for what, state, detail, hint in findings:
        mark, style = marks[state]
        out.print(Text.assemble((f"{mark:8}", style), (f"{what}: ", "bold"), safe(detail)))
        if hint:
            out.print(Text(f"        fix: {safe(hint)}"))
