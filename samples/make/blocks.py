"""Reads the Markdown of a sample's source into headings, paragraphs, lists and tables."""

from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True)
class Block:
    """kind: heading, text, list, steps or table. `text` of a heading or paragraph, `items` of a list, `rows` of a table."""

    kind: str
    text: str = ""
    level: int = 0
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def blocks(markdown: str) -> list[Block]:
    """The blocks of a source, in order."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    return [_block(node) for node in tree.children]


def _block(node: SyntaxTreeNode) -> Block:
    if node.type == "heading":
        return Block("heading", _text(node), level=int(node.tag[1:]))
    if node.type in ("bullet_list", "ordered_list"):
        return Block("list" if node.type == "bullet_list" else "steps", items=[_text(item) for item in node.children])
    if node.type == "table":
        return Block("table", rows=[[_text(cell) for cell in row.children] for part in node.children for row in part.children])
    return Block("text", _text(node))


def _text(node: SyntaxTreeNode) -> str:
    return " ".join(child.content for child in node.walk() if child.type == "text")
