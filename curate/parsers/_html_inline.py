"""The text inside a paragraph of HTML as Markdown: emphasis, code, formulas, references; pictures become captions."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from curate.parsers import _pictures

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BREAK = "\x00"  # no HTML text holds it: the parser replaces it
_PICTURE = re.compile("\x01([^\x01]*)\x01")
_SPACE = re.compile(r"[ \t\n\r\f\u00a0\u2002-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`", "samp": "`", "tt": "`"}
_SILENT = {"script", "style", "template", "svg", "iframe", "object", "button", "input", "select", "textarea", "head", "title"}
_SUPER = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SUB = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_REFERENCE = re.compile(r"https?://[^\s()<>]{4,200}")
_ANCHORS = {"", "¶", "§", "#", "🔗", "⚓", "Anchor", "Permalink"}
_LINK = re.compile(r"\[([^\[\]]+)\]\(https?://[^\s()]+\)")
_DEEPEST = 100


def render(node: "LexborNode", depth: int = 0) -> str:
    """One text or inline element, its spaces as they stand; `tidy` comes last."""
    tag = node.tag or ""
    if tag in _LEAVES:
        return _LEAVES[tag](node)
    if tag in _SILENT or depth > _DEEPEST:
        return "" if tag in _SILENT else node.text()
    text = "".join(render(child, depth + 1) for child in node.iter(include_text=True))
    if tag in _MARKS:
        return _marked(text, _MARKS[tag])
    if tag in ("sup", "sub"):
        return _raised(text, tag)
    return _link(node, text) if tag == "a" else text


def tidy(run: str) -> tuple[list[str], list[str]]:
    """The paragraphs of a run of inline text and the captions of its pictures."""
    captions = [alt for alt in _PICTURE.findall(run) if alt]
    text = _SPACE.sub(" ", _INVISIBLE.sub("", _PICTURE.sub("", run)))
    lines = [line.strip() for line in text.split(_BREAK)]
    parts = [_unlinked(part) for part in re.split(r"\n{2,}", "\n".join(lines).strip("\n"))]
    return [part for part in parts if part.strip("*` \n")], captions


def _unlinked(text: str) -> str:
    """Addresses are references only in running text: among hardly anything but links they are navigation."""
    return _LINK.sub(r"\1", text) if len(_LINK.sub("", text).strip()) < 20 else text


def plain(node: "LexborNode") -> str:
    """An element's text on one line without emphasis, as a heading or a term is written."""
    for anchor in node.css("a"):
        if anchor.text().strip() in _ANCHORS:
            anchor.decompose()
    text = "".join(render(child) for child in node.iter(include_text=True) if child.tag != "img")
    text = _SPACE.sub(" ", _INVISIBLE.sub("", _PICTURE.sub("", text)).replace(_BREAK, " ")).replace("**", "")
    text = _LINK.sub(r"\1", text)
    text = re.sub(r"(?<![*\w])\*([^*]+)\*(?![*\w])", r"\1", text)
    return text.strip()


def _marked(text: str, mark: str) -> str:
    """Marks lie close around the words; what is marked already, empty or broken over lines stays as it is."""
    core = text.strip()
    if not core or mark[0] in core or "\x01" in core or _BREAK in core or not re.search(r"\w", core):
        return text
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{mark}{core}{mark}{tail}"


def _raised(text: str, tag: str) -> str:
    table = _SUPER if tag == "sup" else _SUB
    core = text.strip()
    return core.translate(table) if core and all(ord(c) in table for c in core) else text


def _link(node: "LexborNode", text: str) -> str:
    """The text of a link, with its address where that is whole and says more than the text; `tidy` drops it from mere link lists."""
    address, label = node.attributes.get("href") or "", text.strip()
    if not _REFERENCE.fullmatch(address) or not re.search(r"\w", label):
        return text
    if set(label) & set("[]\x00\x01") or label.rstrip("/") in address:
        return text
    return text.replace(label, f"[{label}]({address})", 1)


def _picture(node: "LexborNode") -> str:
    alt = _SPACE.sub(" ", (node.attributes.get("alt") or "").replace("\x01", "")).strip()
    kind = node.attributes.get("class") or ""
    if re.search(r"\b(?:math|tex|latex|emoji)\b", kind):
        return alt
    return "" if _pictures.dull(alt, node.attributes.get("src") or "") else f"\x01{alt}\x01"


def _formula(node: "LexborNode") -> str:
    source = node.css_first('annotation[encoding="application/x-tex"]')
    tex = (source.text() if source else node.attributes.get("alttext") or "").strip()
    return f"${tex}$" if tex else node.text()


_LEAVES: dict[str, Callable[["LexborNode"], str]] = {
    "-text": lambda node: (node.text_content or "").replace("\x01", ""),
    "br": lambda _: _BREAK,
    "img": _picture,
    "math": _formula,
}
