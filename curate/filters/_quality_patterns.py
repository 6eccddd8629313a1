"""The phrases by which a bad row is known, in English and Chinese: one table per rule."""

import re

_HAN = "[\u4e00-\u9fff]"
_BEGINNINGS = {  # a test, and how the phrases begin to which it applies: with all their alternatives
    r"\b(?=\w)": re.compile(r"\\b"),
    f"(?={_HAN})": re.compile(rf"(?:\(\?:)?{_HAN}"),
}


def _any(*phrases: str) -> re.Pattern[str]:
    """Any of the phrases; those that begin with a word, or in Chinese, share one test for it, which most places in a text fail."""
    groups: dict[str, list[str]] = {}
    for phrase in phrases:
        test = next((test for test, applies in _BEGINNINGS.items() if applies.match(phrase)), "")
        groups.setdefault(test, []).append(phrase)
    return re.compile("|".join(f"{test}(?:{'|'.join(group)})" for test, group in groups.items()), re.IGNORECASE | re.MULTILINE)


_GIVEN = r"(?:given|provided|above|following|source)"
_TEXT = rf"(?:passage|excerpt|{_GIVEN} (?:text|document|article|context|information|section|content)|text above)"
_NAMED = r"(?:text|document|article|paragraph|section|context|chapter|author|author's|page|information provided|reading|snippet)"
_OTHER = r"(?! (?:of|on|about|for|formats?|types?|fields?|called|titled|named)\b)"  # "the context of travel", "the section on hotels"
_CHINESE = r"(?:文章|文本|文档|段落|材料|内容|资料|短文|原文|文字|信息|章节|片段|上下文)"
_CANNOT = r"(?:can(?:no|')t|can not|am unable to|'m unable to|am not able to)"

# A question that only someone with the passage before them can answer. "The text field" or "the document format" is no such phrase.
LEANING = _any(
    rf"\b(?:according to|based on|as per) (?:the|this|that) (?:\w+ )?(?:{_TEXT}|{_NAMED})\b{_OTHER}",
    rf"\b(?:in|from|by|of|does|do|did|is) (?:the|this) {_TEXT}\b",
    r"\b(?:mentioned|described|discussed|listed|shown|stated|given|provided|outlined|presented) "
    rf"(?:above\b|(?:in|by) (?:the|this) (?:\w+ )?{_NAMED}\b{_OTHER})",
    r"\b(?:in|from|of|does|is) this (?:passage|excerpt|article|paragraph|document|chapter|section|text)\b",
    r"\b(?:the|this) (?:passage|excerpt)(?:'s)? (?:say|state|mention|describe|provide|explain|discuss|suggest|about)",
    r"\b(?:does|did) the author\b|\bthe author (?:says?|states?|argues?|mentions?|describes?|suggests?|believes?|thinks?)\b",
    r"\bthe (?:table|figure|list|diagram|chart|code) (?:above|below)\b|\bthe above (?:table|figure|list|code|passage|text)\b",
    rf"(?:根据|依据|按照|基于|结合)(?:以上|上述|上面|下面|本|该|这[段篇个]|此|给定的?|所给的?|提供的?|文中的?)?{_CHINESE}",
    rf"从(?:以上|上述|上面|下面|本|该|这[段篇个]|此|给定的?|所给的?|提供的?|文中的?){_CHINESE}|从{_CHINESE}(?:[中里内]|来?看|可|能|得)",
    r"(?:根据|依据|按照)(?:上|本|下|该|此|原)文",
    r"(?:(?<![\u4e00-\u9fff])|[在从据由如])(?:本文|上文|下文|文中)"
    r"(?:所|的|中|提|说|介|描|指|认|主|为|是|有|如|对|将|列|给|没|未|，|：|,)",
    rf"(?:以上|上述|这[段篇]|该段|本段|此段){_CHINESE}|这(?:段话|篇文章)|本[章节](?:中|主要|介绍|内容|讲)",
    r"文章(?:中|里)(?:提|说|介|描|指|列)|作者(?:认为|指出|提到|说|主张|建议)",
)

# An answer that says it only repeats a passage the reader never sees.
LEANING_ANSWER = _any(
    r"\b(?:according to|based on|as (?:stated|mentioned|described) in|as per) (?:the|this) "
    rf"(?:{_TEXT}|text|article|document|context|paragraph)\b(?! of | format| type)",
    rf"\b(?:the|this) (?:passage|excerpt|{_GIVEN} (?:text|context|document)) "
    r"(?:says?|states?|mentions?|describes?|does|explains?|indicates?)\b",
    rf"(?:根据|依据|按照|基于)(?:以上|上述|上面|本|该|这[段篇个]|给定的?|所给的?|提供的?){_CHINESE}",
    r"(?:根据|依据|按照)(?:上|本|原|该)文|^文中(?:提|说|指|介)",
)

REFUSAL = _any(
    r"\A\W{0,10}(?:I(?:'m| am) (?:very )?sorry|sorry|I apologi[sz]e|unfortunately)[,.]? ?(?:but )?"
    r"I (?:don't have|can(?:no|')t|can not|am unable|'m unable)\b",
    rf"\A\W{0, 10}I {_CANNOT} (?:assist|help|answer|provide|fulfil|comply|generate|create|access|browse|determine|find)\b",
    rf"\bthe (?:{_GIVEN} )?(?:passage|text|document|context|excerpt|information)(?: provided)? (?:does not|doesn't|did not) "
    r"(?:mention|say|specify|contain|provide|include|state)\b",
    r"\A\W{0,10}(?:很?抱歉|对不起)[，,。]?(?:但)?我?(?:无法|不能|没有|暂时)|\A\W{0,10}我(?:无法|不能)(?:回答|提供|协助|帮助|确定|访问|满足)",
    r"(?:文中|文本|文档|上文|原文|材料|资料|给定的?内容)(?:中)?(?:并)?(?:没有|未)(?:明确)?(?:提及|提到|说明|提供|给出)",
    r"\bas an? (?:AI|artificial intelligence) language model\b|\bas a large language model\b|\bmy (?:training data|knowledge cutoff)\b",
)

# Fine where the user asks who answers.
SELF_TALK = _any(
    r"\bas an? (?:AI|artificial intelligence)\b(?: (?:assistant|model|chatbot))?[, ]",
    r"\bI(?:'m| am) (?:just |only )?an? (?:AI|large) (?:language )?(?:model|assistant)\b",
    r"作为(?:一[个款名])?(?:人工智能|AI|大?语言模型|智能助手|聊天机器人)|我(?:只)?是(?:一[个款名])?(?:人工智能|AI|大?语言模型)",
)
ABOUT_YOU = _any(
    r"\b(?:who|what|how|are|were|do|did|can) (?:\w+ )?you\b|\byour (?:name|creator|developer|maker)\b",
    r"你(?:是|叫|好|的名字|由)|您(?:是|叫|好)",
)

BOILERPLATE = _any(
    r"\b(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b|\baccept (?:all )?cookies\b",
    r"\bby continuing to (?:browse|use)\b.{0,40}\b(?:site|cookies)\b",
    r"\bskip to (?:main )?content\b|\btoggle navigation\b|\bback to top\b",
    r"^\s*(?:home|首页)\s*[>»›|]",
    r"\bclick here (?:to|for)\b|\bread more\s*(?:\.{3}|…|»|→|$)|\bsubscribe to our newsletter\b",
    r"\bshare (?:this )?on (?:facebook|twitter)\b|\bsign in to continue\b|\ball rights reserved\b",
    r"^\s*(?:copyright )?(?:©|\(c\)) ?\d{4}|版权所有|^\s*Copyright \d{4}",
    r"(?=[.…·])(?:\.{5,200}|(?:\. ){5,100}|…{3,50}|·{5,200})\s*\d{1,4}\s*$",
    r"点击(?:这里|此处)(?:查看|下载|进入|了解)|返回(?:顶部|首页)|接受(?:所有)?\s?cookie|本网站使用\s?cookie",
    r"上一[篇页章][:：].*下一[篇页章]|扫码关注|分享到(?:微信|微博)",
)

PLACEHOLDER = _any(
    r"\blorem ipsum\b|\bdolor sit amet\b",
    r"^[^\w\n]{0,10}(?:TODO|TBD|FIXME|XXX)(?:[^\w\n]{0,10}$|\s?[:：])",
    r"待补充|待完善|此处(?:填写|插入|省略)",
)

# Fine where the user asks for a form or a letter.
BLANK = _any(
    r"\[(?:insert|your|enter|company|add|placeholder|name of|xxx+)\b[^\]\n]{0,60}\](?!\()|<(?:insert|your|enter)[ _-][^>\n]{0,60}>",
    r"[\[【]\s?(?:插入|填写|请输入)",
)
TEMPLATE = _any(r"\b(?:template|form|e-?mails?|letter|draft|script|command|invitation|message)\b", r"模板|邮件|信函|格式|命令")

MOJIBAKE = re.compile(r"锟斤拷|烫烫烫|屯屯屯|\(cid:\d+\)|â€[™œ\x9d\x93\x94“”˜¢]|Ã[©¨¡³±¼¶¤]|ï»¿|[\ufffd\x00-\x08\x0e-\x1f\x7f]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
