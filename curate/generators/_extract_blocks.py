"""Splits a passage of Markdown into headings, paragraphs, lists, tables and code with their offsets, in one linear pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.{0,400})$")
ITEM = re.compile(r"([ \t]{0,12})(?:([-*+•])|(\d{1,3})[.)、])(?:[ \t]+|(?<=[、.)])(?=[^\d\s]))")
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
RULE = re.compile(r" {0,3}([-*_=])[ \t]*(?:\1[ \t]*){2,200}$")
CLOSING_MARKS = re.compile(r"(?:[ \t]+#{1,6})?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of `passage[start:end]`. kind: heading, text, list, steps, table, code, quote, html, rule. level: of a heading."""

    kind: str
    start: int
    end: int
    text: str
    level: int = 0


def blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text, in order; blank lines belong to none."""
    found: list[Block] = []
    lines = list(_lines(text))
    at = 0
    while at < len(lines):
        start, line = lines[at]
        if not line.strip():
            at += 1
            continue
        kind, stop = _block(lines, at)
        last_start, last_line = lines[stop - 1]
        end = last_start + len(last_line.rstrip())
        level = len(line.lstrip()) - len(line.lstrip().lstrip("#")) if kind == "heading" else 0
        found.append(Block(kind, start, end, text[start:end], level))
        at = stop
    return found


def heading_text(block: Block) -> str:
    """The words of an ATX heading."""
    found = HEADING.match(block.text)
    words = found[2] if found else block.text.strip("# ")
    return CLOSING_MARKS.sub("", words).strip()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _block(lines: list[tuple[int, str]], at: int) -> tuple[str, int]:
    """The kind of the block that begins at a line, and the line after it."""
    line = lines[at][1]
    head = line.lstrip()
    if HEADING.match(line) or RULE.match(line):
        return ("heading" if head.startswith("#") else "rule"), at + 1
    if FENCE.match(line):
        return "code", _fence_end(lines, at)
    if found := ITEM.match(line):
        return ("steps" if found[3] else "list"), _list_end(lines, at)
    if head[0] in "|>":
        return ("table" if head[0] == "|" else "quote"), _run_end(lines, at, head[0])
    if line.startswith(("    ", "\t")):
        return "code", _indented_end(lines, at)
    return ("html" if head.startswith("<") else "text"), _text_end(lines, at)


def _fence_end(lines: list[tuple[int, str]], at: int) -> int:
    opening = FENCE.match(lines[at][1])
    mark = opening[1] if opening else "```"
    for i in range(at + 1, len(lines)):
        line = lines[i][1].strip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return i + 1
    return len(lines)


def _run_end(lines: list[tuple[int, str]], at: int, mark: str) -> int:
    while at < len(lines) and lines[at][1].lstrip().startswith(mark):
        at += 1
    return at


def _indented_end(lines: list[tuple[int, str]], at: int) -> int:
    while at < len(lines) and lines[at][1].startswith(("    ", "\t")):
        at += 1
    return at


def _text_end(lines: list[tuple[int, str]], at: int) -> int:
    """A paragraph ends at a blank line, or where a line opens another block."""
    at += 1
    while at < len(lines):
        line = lines[at][1]
        head = line.strip()
        if not head or head[0] in "|>" or FENCE.match(line) or HEADING.match(line) or _is_item(line):
            break
        at += 1
    return at


def _is_item(line: str) -> bool:
    found = ITEM.match(line)
    return bool(found and (found[2] or found[3] == "1"))


def _list_end(lines: list[tuple[int, str]], at: int) -> int:
    """A list goes on over blank lines while what follows is an item or is indented."""
    end = at + 1
    i = at + 1
    while i < len(lines):
        line = lines[i][1]
        if not line.strip():
            i += 1
            continue
        blank = i > end
        indented = line[0] in " \t"
        if FENCE.match(line) and (indented or not blank):
            i = _fence_end(lines, i)
        elif HEADING.match(line) or RULE.match(line) or not (indented or _same_list(lines[at][1], line) or not blank):
            break
        else:
            i += 1
        end = i
    return end


def _same_list(first: str, line: str) -> bool:
    one, two = ITEM.match(first), ITEM.match(line)
    return bool(one and two and bool(one[3]) == bool(two[3]))
