"""Turns pieces of Markdown into what a person reads, and says where that is not fit to stand alone as an answer."""

import html
import re

from curate.generators._extract_blocks import ITEM, Block

CJK = "\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff"
TAGS = (
    "a|abbr|b|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|img|ins|kbd|"
    "li|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|var"
)
SPECIAL = re.compile(r"[\\`*_\[\]<>{}&]")
CODE = re.compile(r"(`[^`\n]{1,300}`)")
EMPTY_TAGS = "image|alert|figure|video|raw|comment|include|toc|highlight|capture|assign|accordion"
# What a mark begins with, so that most texts skip most patterns; the mark; what stays of it. Every repetition is bounded: documents are
# hostile, and an unbounded one makes a line of 100 KB quadratic.
MARKS = [
    ("![", re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)"), ""),
    ("[^", re.compile(r"\[\^[^\[\]\s]{1,30}\]"), ""),
    ("](", re.compile(r"\[([^\[\]\n]{0,300})\]\((?:[^()\n]|\([^()\n]{0,100}\)){0,600}\)"), r"\1"),
    ("][", re.compile(r"\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,60}\]"), r"\1"),
    ("<!", re.compile(r"<!--[^<>]{0,500}-->"), ""),
    ("<", re.compile(r"<(?:https?://|mailto:)([^<>\s]{1,300})>"), r"\1"),
    ("<", re.compile(r"<br\s{0,3}/?>", re.I), " "),
    ("<", re.compile(rf"</?(?:{TAGS})(?:\s[^<>]{{0,300}})?/?>", re.I), ""),
    ("{:", re.compile(r"\{:[^{}\n]{0,200}\}"), ""),
    # These carry no words of the sentence; any other template tag leaves a hole, so it stays and makes the text unfit.
    ("{%", re.compile(rf"\{{%-?\s{{0,3}}(?:end)?(?:{EMPTY_TAGS})\b[^%\n]{{0,400}}%\}}"), ""),
    ("***", re.compile(r"\*{3}(?=\S)([^*\n]{1,400})(?<=\S)\*{3}"), r"\1"),
    ("**", re.compile(r"\*\*(?=\S)((?:[^*\n]|\*(?!\*)){1,400})(?<=\S)\*\*"), r"\1"),
    ("*", re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,300})(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    ("__", re.compile(r"(?<![\w_])__(?=\S)([^_\n]{1,300})(?<=\S)__(?![\w_])"), r"\1"),
    ("_", re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,300})(?<=[^\s\\])_(?![\w_])"), r"\1"),
]
QUOTED = re.compile(r"^([ \t]*)>[ \t]?")
BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*[ \t]*")  # a paragraph that is bold from end to end heads what follows: it stays bold
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~$&=:\"'/])")
SPACES = re.compile(r"[ \t\u00a0\u3000]{2,}")
LOOSE = re.compile(r"[ \t]+([,.;:!?，。；：！？、](?:\s|$))")
WRAPPED = re.compile(r"[ \t]*\n[ \t]*")
BETWEEN_CJK = re.compile(rf"(?<=[{CJK}，。；：！？、（）“”]) (?=[{CJK}，。；：！？、（）“”])")
DIRT = re.compile(
    r"\[[A-Z][A-Za-z]*(?: [A-Za-z]+){0,4}\](?!\()|\[\.{3}\]|\bX{3,}\b|(?:- ){4}|\{%|%\}|\{\{|\}\}|\]\(|!\[|<!--|\[\^"
    rf"|\[(?:TOC|toc|\d{{1,3}})\]|\[[xX]\]|\[![A-Z]+\]|\[ \]|\ufffd|&[A-Za-z]{{2,8}};|</?(?:{TAGS})[\s/>]|(?<!^)(?<!\n)\*\*(?!$)"
    r"|-{3,} {0,2}\|[ |]{0,9}\w",
    re.M,
)


def inline(text: str) -> str:
    """One line of Markdown as it reads: no emphasis, links as their words, no images, tags or escapes; code keeps its ticks."""
    if not SPECIAL.search(text):
        return LOOSE.sub(r"\1", SPACES.sub(" ", text)).strip()
    parts = CODE.split(text.replace("\0", ""))
    joined = "\0".join(parts[::2])
    for sign, pattern, by in MARKS:
        if sign in joined:
            joined = pattern.sub(by, joined)
    if "\\" in joined:
        joined = ESCAPE.sub(r"\1", joined)
    if "&" in joined:
        joined = html.unescape(joined)
    joined = "".join(a + b for a, b in zip(joined.split("\0"), [*parts[1::2], ""], strict=False))
    return LOOSE.sub(r"\1", SPACES.sub(" ", joined)).strip()


def paragraph(text: str) -> str:
    """A paragraph on one line: soft line breaks become spaces, none between Chinese characters."""
    joined = WRAPPED.sub(" ", text)
    return BETWEEN_CJK.sub("", inline(joined))


def plain(text: str) -> str:
    """Words for a question: as `inline`, without the ticks of code, without colon or full stop at the end."""
    return paragraph(text).replace("`", "").strip().rstrip(":：.。;；,，").strip()


def reading(block: Block) -> str:
    """A block as it reads; lists, tables and code stay Markdown."""
    if block.kind == "code":
        return _dedent(block.text)
    if block.kind in ("list", "steps"):
        return _list(block.text)
    if block.kind == "table":
        return "\n".join(_row(line) for line in block.text.split("\n"))
    if block.kind == "quote":
        return _list("\n".join(QUOTED.sub("", line) for line in block.text.split("\n")))
    whole = BOLD.fullmatch(block.text)
    return f"**{paragraph(whole[1])}**" if whole and not whole[1].endswith((".", "。")) else paragraph(block.text)


def _row(line: str) -> str:
    return re.sub(r"-{4,}", "---", line.strip()) if not line.strip(" |:-") else inline(line)


def _dedent(text: str) -> str:
    lines = text.split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines)


def _list(text: str) -> str:
    """Items on lines of their own; a soft-wrapped item is joined, code inside an item is left as it is."""
    out: list[str] = []
    fenced = quoted = joinable = False
    for raw in _dedent(text).split("\n"):
        line = QUOTED.sub(r"\1", raw)
        body = line.strip()
        fence = body.startswith(("```", "~~~"))
        if fenced or fence:
            quoted = quoted if fenced else line != raw
            out.append(line if quoted else raw)
            fenced = fenced != fence
            joinable = False
            continue
        item = ITEM.match(line)
        if not body:
            joinable = False
            if out and out[-1]:
                out.append("")
        elif item:
            out.append(line[: item.end()].rstrip() + " " + inline(line[item.end() :]))
            joinable = True
        elif joinable:
            out[-1] = BETWEEN_CJK.sub("", f"{out[-1]} {inline(body)}")
        else:
            margin = line[: len(line) - len(line.lstrip())]
            out.append(margin + inline(body))
            joinable = True
    return _tight("\n".join(out).strip())


def _tight(text: str) -> str:
    """No blank lines between the items of a list that has only one-line items."""
    lines = text.split("\n")
    if all(not line or ITEM.match(line) for line in lines):
        return "\n".join(line for line in lines if line)
    return text


def clean(text: str) -> bool:
    """Whether no mark of another tool is left: templates, tags, links, footnotes, check boxes."""
    return not DIRT.search(_without_code(text))


def _without_code(text: str) -> str:
    if "`" not in text:
        return text
    lines, fenced = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced:
            lines.append(CODE.sub("", line))
    return "\n".join(lines)
