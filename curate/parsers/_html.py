"""Turns an HTML tree into pieces of Markdown: headings, paragraphs, nested lists, tables, code, quotes, captions."""

import re
from typing import TYPE_CHECKING

from curate import markup
from curate.parsers import _html_inline as inline

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Piece = tuple[str, str]  # kind of block, Markdown

DEEPEST = 100  # levels of elements; what lies deeper is read as plain text
_HAS_BLOCK = (
    "address, article, aside, blockquote, body, caption, center, dd, details, dialog, dir, div, dl, dt, fieldset, figcaption, figure, "
    "footer, form, h1, h2, h3, h4, h5, h6, header, hgroup, hr, html, legend, li, main, menu, nav, ol, p, pre, section, summary, "
    "table, tbody, td, tfoot, th, thead, tr, ul"
)
_BLOCKS = frozenset(_HAS_BLOCK.split(", "))
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source|highlight|brush:|sourceCode)[-\s:]+([\w+#.-]+)")
_NO_LANGUAGE = {"default", "text", "none", "plain", "plaintext", "source", "code", "notranslate", "highlight"}


def pieces(node: "LexborNode", depth: int = 0) -> list[Piece]:
    """The blocks inside an element, in reading order."""
    found: list[Piece] = []
    run: list[str] = []
    _flow(node, found, run, depth)
    _flush(found, run)
    return found


def _flow(node: "LexborNode", found: list[Piece], run: list[str], depth: int) -> None:
    if depth > DEEPEST:
        run.append(node.text())
        return
    for child in list(node.iter(include_text=True)):
        tag = child.tag or ""
        if tag in _BLOCKS:
            _flush(found, run)
            _block(child, tag, found, depth + 1)
            _flush(found, run)
        elif tag not in ("-text", "br", "img", "math") and child.css_first(_HAS_BLOCK):
            _flow(child, found, run, depth + 1)
        else:
            run.append(inline.render(child, depth + 1))


def _flush(found: list[Piece], run: list[str]) -> None:
    """Ends a paragraph: two line breaks part it, pictures met in it follow as captions."""
    text, captions = inline.tidy("".join(run))
    run.clear()
    found += [("text", part) for part in text]
    found += [("caption", caption) for caption in captions]


def _block(node: "LexborNode", tag: str, found: list[Piece], depth: int) -> None:
    if tag[0] == "h" and tag[1:].isdigit():
        if text := inline.plain(node):
            found.append(("heading", markup.heading(text, int(tag[1]))))
    elif tag == "pre":
        _add(found, "code", _code(node))
    elif tag in ("ul", "ol", "menu", "dir"):
        found += _list(node, tag, depth)
    elif tag == "dl":
        _add(found, "list", _definitions(node, depth))
    elif tag == "table":
        from curate.parsers import _html_table

        found += _html_table.pieces(node, depth)
    elif tag == "blockquote":
        inner = flat(pieces(node, depth))
        _add(found, "quote", "\n".join(f"> {line}".rstrip() for line in inner.splitlines()))
    elif tag in ("figcaption", "caption"):
        _add(found, "caption", flat(pieces(node, depth)))
    elif tag == "summary":
        _add(found, "text", f"**{text}**" if (text := inline.plain(node)) else "")
    elif tag != "hr":
        found += pieces(node, depth)


def _add(found: list[Piece], kind: str, text: str) -> None:
    if text.strip():
        found.append((kind, text))


def flat(found: list[Piece]) -> str:
    """Pieces as one text: a list follows its sentence directly, everything else after a blank line."""
    text = ""
    for kind, part in found:
        text += ("\n" if kind == "list" else "\n\n") + part if text else part
    return text


def _code(node: "LexborNode") -> str:
    for br in node.css("br"):
        br.replace_with("\n")
    for gutter in node.css(".lineno, .linenos, .line-number, .line-numbers-rows, .gutter"):
        gutter.decompose()
    text = node.text().replace("\xa0", " ").rstrip()
    return markup.code(text, _code_language(node)) if text.strip() else ""


def _code_language(node: "LexborNode") -> str:
    inner, parent = node.css_first("code"), node.parent
    for place in (inner, node, parent, parent.parent if parent else None):
        if place is None:
            continue
        attributes = place.attributes
        named = attributes.get("data-lang") or attributes.get("data-language") or ""
        found = _LANGUAGE.search(attributes.get("class") or "")
        name = (named or (found.group(1) if found else "")).lower()
        if name and name not in _NO_LANGUAGE and re.fullmatch(r"[\w+#.-]{1,20}", name):
            return name
    return ""


def _list(node: "LexborNode", tag: str, depth: int) -> list[Piece]:
    if node.css_first("h1, h2, h3, h4"):  # a list that only lays out sections, as in cards
        return pieces_of_children(node, depth)
    text = list_text(node, tag, depth)
    return [("list", text)] if text else []


def pieces_of_children(node: "LexborNode", depth: int) -> list[Piece]:
    """The blocks of a list's items without the list."""
    return [p for child in list(node.iter()) for p in pieces(child, depth + 1)]


def list_text(node: "LexborNode", tag: str, depth: int) -> str:
    """A Markdown list; what stands in an item is indented below its marker."""
    lines: list[str] = []
    number = _start(node)
    for child in list(node.iter()):
        if depth > DEEPEST:
            inner = inline.plain(child)
        elif child.tag in ("ul", "ol"):  # not allowed there, common all the same: belongs to the item before
            if nested := list_text(child, child.tag, depth + 1):
                lines.append(_indent(nested, "  " if tag != "ol" else "   "))
            continue
        else:
            inner = flat(pieces(child, depth + 1))
        if inner:
            marker = f"{number}. " if tag == "ol" else "- "
            lines.append(marker + _indent(inner, " " * len(marker)).lstrip())
            number += 1
    return "\n".join(lines)


def _start(node: "LexborNode") -> int:
    start = node.attributes.get("start") or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _indent(text: str, by: str) -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


def _definitions(node: "LexborNode", depth: int) -> str:
    """`- **term**: meaning`, one item a term; several terms share the meaning that follows them."""
    lines: list[str] = []
    terms: list[str] = []
    for child in node.css("dt, dd"):
        if _owner(child) != node.mem_id:
            continue
        if child.tag == "dt":
            terms.append(inline.plain(child))
        elif inner := flat(pieces(child, depth + 1)):
            term = ", ".join(filter(None, terms))
            lines.append("- " + (f"**{term}**: " if term else "") + _indent(inner, "  ").lstrip())
            terms = []
    return "\n".join(lines + [f"- **{term}**" for term in terms if term])


def _owner(node: "LexborNode") -> int:
    """The list a term belongs to; a `div` may stand between."""
    parent = node.parent
    while parent is not None and parent.tag == "div":
        parent = parent.parent
    return parent.mem_id if parent is not None else 0
