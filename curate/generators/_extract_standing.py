"""Whether an answer can be read without what stands around it: no pointers elsewhere, no loose start, no hole, no cut end."""

import re

from curate.generators._extract_reading import clean

# What sends the reader somewhere else in the document, or to what is not there. Searched in small letters.
_POINTS_EN = re.compile(
    r"""\b(?:
      (?:see|as|shown|described|listed|mentioned|outlined|noted|found)\ (?:below|above|previously|earlier)\b
    | (?:above|below)[- ]?mentioned\b
    | above\ or\ below\b | (?:below|above)(?=[.,;:)]) | below\ (?:is|are)\b | the\ (?:[\w-]+\ )?\w+\ (?:below|above)\b
    | following\ (?:figure|image|picture|screenshot|diagram|chart)\b
    | (?:(?:figure|fig\.|table|listing|chapter|sections?)\ \d|appendix\ (?:\d|[a-z]\b))
    | th(?:is|ese)\ (?:[\w-]+\ ){0,2}(?:pages?|sections?|chapter|documents?|links?|guide|instructions|articles?|posts?|figure|table
        |diagram|image|videos?|forms?|spreadsheet|threads?|folder|channel|sheet|docs?|files?|repo|deck|presentation|templates?)\b
    | (?:see|click)\ here\b | skip\ ahead\b | pictured\b | todo\b | tbd\b | lorem\ ipsum\b | read\ more\b | table\ of\ contents\b
    | (?:directions|instructions|steps)\ (?:under|in)\ ["“] | as\ shown\b
    | \bsee\ (?:how\ to|details)\b | \bplease\ refer\ to\b | refer\ to\ the\ .{1,60}\bfor\ more\b | can\ be\ found\ (?:on|in|at)\ the\b
    | in\ another\ window\b | \bhere\ for\ (?:more|details)\b | ^\s*[*-]\ see\b
    | see\ the\ (?:list|page|guide|documentation|table)\b
    | here(?:'s|’s|\ is)\ (?:how|where|what)\b | at\ that\ time\b | which\ is\ linked\b | follow\ the\ instructions\.
    | see\b.{1,60}\bfor\ (?:more|details|further|additional|directions|info|instructions|how)
    | see\ (?:also\ )?`?[\w./-]+\.(?:md|rst|txt|html?)\b | take\ a\ look\ at\ the\b
    | (?:previous|next)\ (?:section|chapter|step|example) | earlier\ in\b | later\ in\ this\b )
    | (?<=\w\ )here[.)] | \(download\) | \(more\ info(?:rmation)?\) | \b(?:left|right)[-\ ]hand\ side\ of\ this
    | ^(?:written|posted|published|updated|last\ updated)\ (?:by|on)\b | ^(?:refer|return|go\ back|scroll)\ to\ 
    | ^(?:see|check)\ (?:out\ )?(?:the|our|regular)\b""",
    re.M | re.X,
)
_POINTS_ZH = re.compile(
    r"""如[下上]?图|[下上]图|图\s?\d|见图|如[下上]?表|[下上]表|见表|表\s?\d|参见|参阅|详见|请见|如上所|上[文节述]|下[文节述]|前[文节]|前面|后[文面]|本(?:[文章节篇]|教程|指南|手册)|可参考|请参照|参[照考]\s?\d|点击(?:这里|此处)
    |此[处文]|上一[节章步]|下一[节章]|如\s?\d[\d.]{0,6}\s?[节所]|第\s?[\d一二三四五六七八九十.]{1,6}\s?[章节]|点击[^，。]{0,14}查看|截图|请参考|^参考|参考《|接下来|一起来|待补充|未完待续|公众号""",
    re.X | re.M,
)
_LOOSE_START = re.compile(
    r"(?:this|these|those|that|it|its|it’s|it's|they|them|their|he|she|his|her|such|here|above|however|also|additionally|then|but|and|so|or"
    r"|therefore|otherwise|instead|for example|e\.g\.|another|other|the (?:above|former|latter|same|following)|both|each of|note that|again"
    r"|(?:once|after) (?:this|that|it)|finally|furthermore|moreover|similarly|likewise|in addition|in (?:this|that) case|if so|if not"
    r"|- (?:from|to|date|subject): |alternatively|meanwhile|thus|hence|as such|to do (?:so|this|that)|there|which|who|where|while doing)\b"
    r"|这|该|此|其|本|它|他|她|那|上述|以上|因此|所以|但|而(?!且)|并|另外|同时|然后|否则|如上|同样|同理|于是|由此|之后|接着|随后|最后|再|也|反之"
    r"|例如|比如|即|不过|然而|可见|综上|总之|且",
    re.I,
)
_CUT_LINE = re.compile(  # a line that breaks off, or a step that announces what does not come
    r"^\s*[-*] (?:may|is|are|can|will|has|have|was) |\b(?:and|or|the|of|with|an?|to|our|your|from|into|at|via)$|[ \t][-–—]$"
    r"|\b(?:ask|posted?|share[ds]?|questions?|help|found|listed|available|message|join) in$"
    r"|如下(?:所示)?[。：:]\s*\n\s{0,4}(?:[2-9]|\d\d)[.、]|示例如下[。：:]\s*\n\s*说明",
    re.M,
)
# A sentence by itself that speaks of what comes next.
AHEAD = re.compile(r"\bfollowing\b|\bas follows\b|如下|以下(?!简称)|下列|下面|下方", re.I)
_HOLE = re.compile(  # where a site's template tag stood and is gone
    r"\b(?:to|the|in|with|at|and|or|of|for|from|via|by|on|our|your)(?:\s+[.,;](?!\w)| {2,}\w| \n *\w)|\(\s*\)|“\s*”"
)
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)", re.M)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_STOPS, _CLOSERS = ".!?。！？…；", "\"”’')）」`*"
INTRODUCES = (":", "：", "，", ",", "、")


def points(text: str) -> bool:
    """Whether a text sends its reader elsewhere: see above, in this section, 如下图."""
    return bool(_POINTS_EN.search(text.lower()) or (_CHINESE.search(text) and _POINTS_ZH.search(text)))


def holed(markdown: str, start: int, end: int) -> bool:
    """Whether words are missing in a piece of Markdown."""
    return bool(_HOLE.search(markdown, start, end))


def fenced(text: str) -> bool:
    """Whether every code fence is closed."""
    return len(_FENCE.findall(text)) % 2 == 0


def finished(text: str) -> bool:
    """Whether a text ends where a sentence, a table or a code block ends."""
    tail = text.rstrip()
    return fenced(tail) and (tail.endswith(("```", "~~~", "|")) or tail.rstrip(_CLOSERS).endswith(tuple(_STOPS)))


def stands_alone(text: str) -> bool:
    """Whether an answer can be read without what stands around it."""
    if not text or text[0] in "#|/,.，。、)）" or _LOOSE_START.match(text) or not clean(text):
        return False
    return not _CUT_LINE.search(text) and not points(text)
