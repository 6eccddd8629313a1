"""What kind of document one is, by its path, its headings and its blocks: manual, policy, FAQ, reference, report, legal, table ..."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from curate.records import Chunk

GENRES = ("manual", "policy", "faq", "reference", "report", "legal", "correspondence", "table", "narrative")
_NAMES = {
    "manual": r"guide|manual|tutorial|how.?to|install|setup|getting.started|procedure|onboarding|quickstart|training"
    r"|指南|手册|教程|安装|部署|规程|入门|操作|配置|须知|使用|培训",
    "policy": r"polic|handbook|code.of.conduct|guideline|rules|compliance|leave|benefits|security|制度|政策|规定|守则|规范|员工|管理办法",
    "faq": r"\bfaqs?\b|frequently.asked|q&a|questions|常见问题|问答|答疑|客户服务",
    "reference": r"reference|\bapi\b|command|error.?codes?|spec|glossary|parameters|options|changelog|schema"
    r"|参考|接口|命令|术语|词典|参数|错误码",
    "report": r"report|summary|minutes|review|analysis|findings|survey|statistic|notes|retro|报告|总结|纪要|分析|统计|评估|调研",
    "legal": r"contract|agreement|terms|licen[cs]e|privacy|liabilit|warrant|\bact\b|regulation|合同|协议|条款|法律|法规|许可|隐私",
    "correspondence": r"mail|letter|announce|newsletter|memo|message|\.eml$|\.mbox$|邮件|通知|公告|信函|来函",
    "table": r"\.csv$|\.xlsx?$|\.tsv$|price.?list|inventory|roster|价格|清单|名册|明细",
    "narrative": r"story|blog|history|essay|article|interview|\bnovel|\bchapter|故事|历史|随笔|访谈|传记|博客",
}
_PATTERNS = {genre: re.compile(pattern, re.I) for genre, pattern in _NAMES.items()}
_NUMBERED = re.compile(r"^[ \t]*\d{1,2}[.)、．][ \t]?\S", re.M)
_CLAUSE = re.compile(r"\b(?:shall|hereby|herein|pursuant|liable|thereof)\b|第[一二三四五六七八九十百\d]+条|甲方|乙方|依法", re.I)
_RULE = re.compile(
    r"\b(?:must|may not|are required|is required|eligible|approval|prohibited|should not)\b|应当|不得|必须|禁止|须经|审批|严禁", re.I
)
_ASKS = re.compile(r"^#{1,6} [^\n]*[?？]\s*$|^(?:\*\*)?(?:Q|问)\d*[:：.]", re.M)
_GREETS = re.compile(r"^(?:Dear|Hi|Hello|Subject:|From:|To:)\b|^(?:您好|各位|尊敬的|主题：|发件人)", re.M)
_PAST = re.compile(r"\b(?:was|were|had|said|found|went|increased|decreased|reported)\b|曾经|当时|增长了|下降了|同比", re.I)


def genres(chunks: Iterable[Chunk]) -> dict[str, float]:
    """The share of the documents that are of each genre, the most frequent first."""
    documents: dict[str, Counter[str]] = defaultdict(Counter)
    for chunk in chunks:
        documents[chunk.document_id].update(_signs(chunk))
    best = Counter(max(GENRES, key=lambda genre: (signs[genre], -GENRES.index(genre))) for signs in documents.values())
    order = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return {genre: round(count / len(documents), 4) for genre, count in order}


def _signs(chunk: Chunk) -> Counter[str]:
    """How much one passage speaks for each genre."""
    text, size = chunk.text, max(len(chunk.text), 200) / 200
    place = "\n".join((chunk.path, chunk.title, *chunk.heading_path[:2]))
    kinds = Counter(b.kind for b in chunk.blocks)
    blocks = max(sum(kinds.values()), 1)
    signs: Counter[str] = Counter(dict.fromkeys(GENRES, 0))
    for genre, pattern in _PATTERNS.items():
        signs[genre] += 40 if pattern.search(chunk.path) else 20 if pattern.search(place) else 0
    measured = {
        "manual": (len(_NUMBERED.findall(text)) / size, 30),
        "policy": (len(_RULE.findall(text)) / size, 25),
        "faq": (len(_ASKS.findall(text)) / size, 60),
        "legal": (len(_CLAUSE.findall(text)) / size, 40),
        "correspondence": (len(_GREETS.findall(text)) / size, 60),
        "report": (len(_PAST.findall(text)) / size, 15),
        "reference": (kinds["code"] / blocks * 2, 25),
        "table": (kinds["table"] / blocks * 1.5, 40),
        "narrative": (kinds["text"] / blocks, 4),
    }
    for genre, (found, most) in measured.items():
        signs[genre] += round(min(found, 1.0) * most)
    return signs
