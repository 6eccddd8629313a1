"""Markdown as a reader reads it."""

import html
import re
from collections.abc import Iterator

CODE = re.compile(r"^[ \t]*(`{3,}+|~{3,}+)[^\n]*+\n(?:.*?^[ \t]*\1[`~]*[ \t]*$|.*)|`[^`\n]+`|\bhttps?://\S+", re.MULTILINE | re.DOTALL)
_TAGS = (
    "a abbr article aside b blockquote body br button caption center cite code col colgroup dd del details div dl dt em figcaption figure "
    "font footer h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol p picture pre q s "
    "samp script section small source span strike strong style sub summary sup table tbody td tfoot th thead title tr tt u ul var video"
).replace(" ", "|")
_STRIPS: tuple[tuple[re.Pattern[str], str], ...] = (  # every pattern is linear on hostile text: bounded, or stops at its own opener
    (re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL), ""),
    (re.compile(rf"</?(?:{_TAGS})\b[^<>]{{0,2000}}>", re.IGNORECASE), ""),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"!?\[([^\[\]\n]{0,1000})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,2000})?\)|\[[^\[\]\n]{0,200}\])"), r"\1"),
    (re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\n]{0,2000}\)"), r"\1"),  # the link around an image
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+|[ \t]+#+[ \t]*$|^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"(?<!\\)\*{1,3}(?=[^\s*])([^*\n]{1,1000}(?<=[^\s\\]))\*{1,3}"), r"\1"),
    (re.compile(r"(?<!\\)\*{1,3}(?=[^\s*])([^*\n]{1,1000}(?<=[^\s\\]))\*{1,3}"), r"\1"),  # emphasis inside emphasis
    (re.compile(r"(?<![\w\\])_{1,3}(?=[^\s_])([^\n]{1,300}?(?<=[^\s\\]))_{1,3}(?!\w)"), r"\1"),
    (re.compile(r"~~(?=\S)([^~\n]{1,1000})~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
_MARKED = re.compile(r"[<>\[#*_~\\`&\x00]")  # without one of these there is nothing to strip
_CODE_SPAN = re.compile(r"^[ \t]*(?:`{3,}+|~{3,}+)[^\n]*$|(?<!`)(`++)([^`\n]+)\1", re.MULTILINE)


def strip_markdown(text: str) -> str:
    """What a reader reads: no marks of emphasis, headings, quotes and code, no link targets, no HTML tags; code itself stays as it is."""
    if not _MARKED.search(text):
        return text
    parts: list[str] = []
    at = 0
    for code in _fences(text):
        parts.append(_strip_spans(text[at : code.start()]))
        parts.append(_CODE_SPAN.sub("", code[0]).strip("\n"))
        at = code.end()
    return "".join([*parts, _strip_spans(text[at:])])


def _fences(text: str) -> Iterator[re.Match[str]]:
    return (m for m in CODE.finditer(text) if m[1])


def _strip_spans(text: str) -> str:
    spans: list[str] = []

    def hide(match: re.Match[str]) -> str:
        spans.append(match[2])
        return f"\x00{len(spans) - 1}\x00"

    text = _CODE_SPAN.sub(lambda m: hide(m) if m[1] else "", text.replace("\x00", ""))
    for pattern, replacement in _STRIPS:
        text = pattern.sub(replacement, text)
    return re.sub("\x00(\\d+)\x00", lambda m: spans[int(m[1])], html.unescape(text))
