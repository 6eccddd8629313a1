"""Finds what an HTML page is about: drops navigation, banners, forms and scripts, but keeps everything rather than too much."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curate.parsers import _html
from curate.parsers import _html_inline as inline

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_DEAD = (
    "script, style, template, svg, canvas, iframe, object, embed, audio, video, link, meta, button, input, select, textarea, dialog, "
    '[hidden], [aria-hidden="true"]:not(math), .katex-html, .sr-only, .visually-hidden, .screen-reader-text, .boring'
)
_FRAME = (
    "nav, footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary], "
    "[role=menu], [role=menubar], [role=dialog], [role=alertdialog]"
)
_NOISE = re.compile(
    r"(?i)(?:^|[\s_-])(?:cookies?|consent|gdpr|breadcrumbs?|sidebar|side-bar|navbar|nav|navigation|navigator|menu|menubar|footer|masthead|topbar|"
    r"share|sharing|social|related|recommend(?:ed|ations)?|advert\w*|ads?|sponsor\w*|promo|newsletter|subscri\w*|popup|modal|"
    r"skip-?(?:link|to-content)|pagination|pager|toc|table-of-contents|feedback|edit-page|copyright|login|signup)(?:$|[\s_-])"
)
_CENTRE = "main, [role=main], article, [itemprop=articleBody], #content, #main-content, .markdown-body, .post-content, .entry-content"
_UI = re.compile(  # a line that is for the hand, not for the reader
    r"(?i)\W*(?:(?:view |show |hide )?source|edit(?: this page)?(?: on \w+)?|copy(?: code)?|(?:back to )?top|next|prev(?:ious)?|"
    r"(?:next|up|previous): .{1,120}|permalink|share|print|skip to .{1,30}|on this page|table of contents|expand description|"
    r"(?:show|read|load) (?:more|less|all)|返回顶部|上一[篇页章]|下一[篇页章]|编辑(?:此|本)页|复制(?:代码)?|展开|收起|目录|分享|ⓘ)\W*"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What was read of one page; `language` is a code such as `en`, or empty; `linked` the share of its text inside links."""

    title: str
    language: str
    pieces: list[_html.Piece]
    linked: float = 0.0


def read(source: str, *, whole: bool = False) -> HtmlPage:
    """Reads a page. `whole` keeps all of it, as is right for mail and for chapters of books."""
    tree = _parse(source)
    title, language = _title(tree), _language(tree)
    if tree.body is None:
        return HtmlPage(title, language, [])
    everything, before = _letters(tree.body), _words(tree.body)
    root = tree.body if whole else _centre(tree)
    if not whole and (_words(root) < before * 0.25 or _letters(root) < everything * 0.05):  # a page of links, or one that the rules misread
        root = _parse(source).body or tree.body
    linked = 1 - before / everything if everything else 0.0
    pieces = _html.pieces(root)
    if not whole:
        pieces = [(kind, text) for kind, text in pieces if kind != "text" or not _UI.fullmatch(text)]
    return HtmlPage(title, language, pieces, linked)


def fragment(source: str) -> list[_html.Piece]:
    """The pieces of a bit of HTML, as it stands inside Markdown."""
    body = _parse(source).body
    return _html.pieces(body) if body is not None else []


def _parse(source: str) -> "LexborHTMLParser":
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(source)
    for node in tree.css(_DEAD):
        if node.tag != "math":
            node.decompose()
    for node in tree.css('[style*="display:none"], [style*="display: none"]'):
        node.decompose()
    return tree


def _title(tree: "LexborHTMLParser") -> str:
    """The page's title; the main heading alone where the title only adds the name of the site to it."""
    named = tree.css_first("head > title")
    title = " ".join(named.text().split()) if named else ""
    heads = tree.css("h1")
    first = inline.plain(heads[0]) if len(heads) == 1 else ""
    return first if first and (not title or first in title) else title


def _language(tree: "LexborHTMLParser") -> str:
    root = tree.css_first("html")
    attributes = root.attributes if root else {}
    found = _LANGUAGE.fullmatch((attributes.get("lang") or attributes.get("xml:lang") or "").strip())
    return found.group(1).lower() if found else ""


def _words(node: "LexborNode") -> int:
    """Characters of text outside links."""
    return _letters(node) - sum(_letters(a) for a in node.css("a"))


def _letters(node: "LexborNode") -> int:
    return len("".join(node.text().split()))


def _centre(tree: "LexborHTMLParser") -> "LexborNode":
    body = tree.body
    assert body is not None
    total = _words(body)
    for node in tree.css(_FRAME):
        node.decompose()
    for node in body.css("header"):
        if not node.css_first("h1") or node.css_first("nav"):
            node.decompose()
    for node in body.css("div, section, ul, ol, p, span, table, header, form"):
        name = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if _NOISE.search(name) and _words(node) < total * 0.3:
            node.decompose()
    centre = max(body.css(_CENTRE), key=_words, default=body)
    if centre.mem_id != body.mem_id and _words(centre) >= _words(body) * 0.5:
        return centre
    for node in body.css("div, section, ul, ol, table"):
        if _is_link_list(node):
            node.decompose()
    return body


def _is_link_list(node: "LexborNode") -> bool:
    """Many short links and hardly a word between them."""
    links = [_letters(a) for a in node.css("a")]
    if len(links) < 4 or node.css_first("h1, h2, pre"):
        return False
    return sum(links) > _letters(node) * 0.75 and sum(links) / len(links) < 40
