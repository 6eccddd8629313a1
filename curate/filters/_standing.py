"""Whether a question stands alone: nothing in it points to what only its passage, or an earlier turn, would tell."""

import re

from curate.filters._passage import content
from curate.text import HAN

_AUX = "(?:is|are|was|were|do|does|did|can|could|may|might|must|should|has|have|had|will|would)"
_OPENING = (
    r"\A\W*(?:(?:and|but|so|then|also)\s)?(?:(?:in|on|at|to|for|with|from|by|under|of|during|since|about|until|through)\s)?"
    rf"(?:(?:what|which|whose|how|who|whom|when|where|why)\b(?:\s[\w-]+){{0,3}}?\s{_AUX}\s|{_AUX}\s)"
)
_PERSON = re.compile(rf"{_OPENING}(?:not\s)?(?:he|she|they|his|her|their|its|him|them)\b", re.IGNORECASE)
_IT = re.compile(rf"{_OPENING}(?:not\s)?it\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
# "it" that stands for what follows: How long does it take to file a claim?
_CLAUSE_FOLLOWS = re.compile(r"\b(?:to|that|if|when|for|whether|before|until|unless|like|\w+ing)\b", re.IGNORECASE)
_THIS = re.compile(
    r"(?:\A\W*|(?:is|are|was|were|does|do|did|can|could|will|would|should|must|has|have|of|for|to|in|on|by|with|about|from|under|at|using|after"
    r"|before|during|and|or|affect|mean)\s)(?:this|these)\b"
    r"(?!(?:\s[\w-]+){1,8}?,?\s(?:that|which|who|based|headquartered|called|named|by)\b)(?!\s(?:year|month|week|day|morning|evening|moment|century|decade)s?\b)"
    r"|\b(?:is|are|was|were|does|do|did|of|for|by|with|about)\s(?:that|those)\s(?:polic|rule|regulation|procedure|process|method|step|feature|tool"
    r"|term|case|situation|command|function|section|event|compan|organi[sz]ation|person|program|system)\w*(?!\s(?:who|that|which|of|whose|with)\b)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:the|this) (?:above|aforementioned|foregoing|preceding|said)\b(?!-|\s(?:average|zero|ground|sea))"
    r"|\bthe (?:former|latter)(?=\W*\Z|\s(?:is|are|was|were|do|does|did|has|have)\b)"
    r"|\bthe (?:author|writer|narrator|speaker)(?:'s|’s)? (?:say|state|argue|mention|describe|suggest|believe|think|recommend|claim|mean"
    r"|refer|conclude|explain|note|view|opinion|intend|discuss|compare|propose|present|warn|advise|point)\w*"
    r"|\baccording to the (?:author|writer|speaker|narrator)\b"
    r"|\b(?:does|did|is|was|has) the (?:author|writer|narrator|speaker)\b(?! (?:of|fields?|names?|pages?|tags?|lists?)\b)"
    r"|\b(?:mentioned|described|discussed|stated|noted|listed|shown|given|defined) (?:above|below|earlier|previously|here)\b"
    r"|\b(?:in|of|from|by|to|does|do|is|are) (?:table|figure|fig\.|listing|exhibit) (?:\d+|[A-Z])\b(?! of\b)"
    r"|\bthe (?:table|figure|diagram|chart|list|example|snippet|screenshot) (?:above|below|shown)\b",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(r"\b(?:the following|which of these)\b(?!.*[:\n])", re.IGNORECASE | re.DOTALL)
_ORDINAL = re.compile(
    r"\bthe (?:first|second|third|fourth|fifth|sixth|last|next|final|previous) (?:step|stage|phase|point|item|rule|paragraph|example|reason"
    r"|option|method|column|row|bullet|condition|requirement|part|question|section)s?\b"
    r"(?=\W*\Z|\W+(?:is|are|was|were|do|does|did|say|involve|require|mean|describe|mention)s?\b)",
    re.IGNORECASE,
)
_NOT_THAT = r"(?![外前后後次时時刻地致]|怎|如何|不|应|做|用|选|去|由|死)"
_POINTS_ZH = re.compile(
    rf"(?<![应應理活])[该該]{_NOT_THAT}(?=[{HAN}])|(?<![因如彼至从從就到为為])此{_NOT_THAT}(?=[{HAN}])|[这這那](?!样|樣|么|麼|里|裡|时|時)"
    rf"|(?<![其吉])[它她他](?!人|国|國|乡|鄉|用)[们們]?|(?<![{HAN}])其(?!他|它|中|实|實|余|餘|次)"
    r"|第[一二三四五六七八九十两\d]+(?:步|点|條|条|项|个步骤|种方法|部分)|最后一[步点]"
)
_POINTS_ANYWHERE_ZH = re.compile(
    r"上述|前述|(?:如|见|據|据|在|从|由|按|^)(?:上|下|前)[文表图圖]|上面(?:的|提到|所|这)|前面(?:提到|所)|(?:下列|以下)(?:哪|選項|选项)"
    r"|(?<![日基根样版原书课剧资成样樣])本(?:文|章|节|節|段|书|規定|规定|办法|协议|合同|手册|指南|条|政策|制度|教程|规范|流程)(?!名|科)"
    rf"|(?:(?<![{HAN}\w])|(?<=[如见見在从由据據按]))[表图圖]\s?\d+(?:[-.]\d+)*|[作笔筆]者(?:认为|認為|指出|提到|说|主张|建议|是如何|的观点)"
)
_BEFORE = 4  # Chinese characters that can hold what is pointed to
_BROUGHT = re.compile(r"[:：\n]\s*\S.{8,}", re.DOTALL)  # the text that the user asks about


def dangling(question: str) -> str:
    """What points out of the question, as written; empty where the question stands alone or brings what it points to."""
    if _BROUGHT.search(question):
        return ""
    for pattern in (_POINTING, _FOLLOWING, _ORDINAL, _PERSON):
        if hit := pattern.search(question):
            return hit[0]
    if (hit := _IT.search(question)) and not _CLAUSE_FOLLOWS.search(hit["rest"]):
        return hit[0].removesuffix(hit["rest"])
    if (hit := _THIS.search(question)) and not _named_before(question[: hit.start()]):
        return hit[0]
    return "" if question.isascii() else _dangling_chinese(question)


def _dangling_chinese(question: str) -> str:
    if hit := _POINTS_ANYWHERE_ZH.search(question):
        return hit[0]
    hit = _POINTS_ZH.search(question)
    return hit[0] if hit and len(re.findall(f"[{HAN}]|[A-Za-z]{{3,}}", question[: hit.start()])) < _BEFORE else ""


def _named_before(text: str) -> bool:
    """Whether an earlier clause can hold what is pointed to."""
    clause, boundary, _ = text.rpartition(",") if "," in text else text.rpartition(".")
    return bool(boundary) and len(content(clause)) >= 2
