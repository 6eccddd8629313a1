"""What text looks like that wants to command the model which reads it, in the languages that documents come in."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

_LOOKALIKES = str.maketrans("аеорсухіѕӏԁɡոАЕОРСТХНКМВІαεορτυνκι", "aeopcyxisldgnAEOPCTXHKMBIaeoptuvki")
"""Cyrillic, Greek and other letters by the Latin ones they look like."""
_LEET = str.maketrans("013457@$", "oieastas")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_SPREAD = re.compile(r"(?<!\w)(?:\w[ .\-_*|]){5,}\w(?!\w)")  # i g n o r e
_LETTERS = re.compile(r"(?:\b\w[ .\-_*|]){3}")
_LEETED = re.compile(r"[a-z][013457@$][a-z0-9@$]|\b[013457@$][a-z]")
_GAPS = re.compile(r"[ .\-_*|]")
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=[a-z@$]*[0-9@$])[\w@$]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")

_WHAT = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|commands?|system messages?|directives?|tasks?|constraints?)"
_OLD = r"(?:previous|prior|above|earlier|preceding|foregoing|existing|original|former|initial|system|developer|your|these|those|any|all|the|of)"
_DROP = r"(?:ignore|ignoring|disregard(?:ing)?|forget|override|bypass|overlook|dismiss|skip|neglect|do not (?:follow|obey|heed)|don'?t (?:follow|obey|heed)|stop following|pay no attention to)"
_MODEL = r"(?:ai|a\.i\.|llm|language models?|assistants?|chat ?bots?|chatgpt|gpt-?\d*|claude|gemini|qwen|llama|deepseek|(?:text |data )?(?:annotator|generator|model|judge|grader|evaluator)s?)"

_TABLE: tuple[tuple[str, str], ...] = (
    (
        "ignor,disregard,forget,overrid,bypass,overlook,dismiss,skip,neglect,follow,obey,heed,attention",
        rf"\b{_DROP}\b(?:\W+{_OLD})*\W+(?:\w+\W+){{0,2}}?{_WHAT}\b",
    ),
    (
        "ignor,disregard,forget,overrid,bypass,overlook,dismiss",
        rf"\b{_DROP}\W+(?:everything|anything|all|what(?:ever)?)\b[^.\n]{{0,30}}\b(?:above|before|previous|prior|earlier|told|said|so far)\b",
    ),
    (
        "instruction,prompt,directive",
        r"\b(?:new|updated|revised|real|actual|hidden|secret|additional) (?:system )?(?:instructions?|prompts?|directives?)\s*(?::|are\b|is\b|follow)",
    ),
    (
        "you are now,you are no longer,you act from now",
        r"\byou (?:are now|act from now on as) (?:an?|the|in|my|free|called|named)\b|\byou are no longer (?:an?|bound|limited|restricted|required to follow)\b",
    ),
    ("from now on,from here on", r"\bfrom (?:now|here) on\b[^.\n]{0,40}\b(?:you|reply|answer|respond|output|act|write)\b"),
    (
        "note,message,instruction,attention,notice,reminder,warning,important,dear,hey,hello",
        rf"\b(?:note|message|instructions?|attention|notice|reminder|warning|important|dear|hey|hello)\W+(?:to |for )?(?:the |all |any |every |you,? )?{_MODEL}\b(?:\W+(?:reading|processing|who|that|which)\b|\s*[:,!])",
    ),
    ("if you are a,if you are the", rf"\bif you are (?:an? |the )?{_MODEL}\b"),
    ("as a,as the", r"\bas (?:an? |the )(?:ai|llm|language model|assistant)\b[^.\n]{0,40}\byou (?:must|should|will|have to|are)\b"),
    (
        "your,the,its",
        r"\b(?:reveal|print|repeat|show|output|leak|disclose|display|give me) (?:me )?(?:your|the|its) (?:hidden |full |entire |secret |initial )?(?:system prompt|(?:prompt|instructions|api key)\b(?! (?:for|of|to|on|in|that|from|below|above|and|,)))",
    ),
    (
        "only,exactly,verbatim,just,nothing but",
        r"\b(?:reply|respond|answer|write|say)\W+(?:\w+\W+){0,4}?(?:only|exactly|verbatim|nothing but|just)\b[^.\n]{0,20}(?:[:\"'“`]|\bwith\b|\bthe (?:word|string|text|phrase|following|token|code)\b)",
    ),
    ("answer,reply,respond", r"\b(?:answer|reply|respond)\b[^.\n]{0,20}\b(?:every|all|each|any)\b[^.\n]{0,30}\bwith\b"),
    (
        "every,all,each",
        r"\b(?:every|all|each) (?:answers?|questions?|repl(?:y|ies)|responses?|pairs?|rows?|samples?)\b[^.\n]{0,20}\b(?:must|should|shall|has to|have to|will)\b[^.\n]{0,20}\b(?:say|contain|include|mention|end|begin|start|state|read|be)\b",
    ),
    (
        "every,each,all,your",
        r"\b(?:include|insert|append|add|mention|embed|put)\b[^.\n]{0,60}\b(?:in|to|into|at the (?:end|start) of) (?:every|each|all|your)\b[^.\n]{0,20}\b(?:answers?|repl(?:y|ies)|responses?|outputs?|questions?|pairs?)\b",
    ),
    (
        "score,mark,rating,aspect,5/5,10/10",
        r"\b(?:give|assign|award)\b[^.\n]{0,40}\b(?:highest|maximum|max|full|perfect|top|best|five)\b[^.\n]{0,12}\b(?:scores?|marks?|ratings?|aspects?)\b|\b(?:rate|score|mark|give|grade)\b[^.\n]{0,30}\b(?:5/5|10/10|5 (?:out )?of 5|10 (?:out )?of 10)",
    ),
    (
        "accepted,approved,rated,scored,correct",
        r"\b(?:this|the) (?:answer|text|document|passage|sample|row)\b[^.\n]{0,20}\b(?:is|are|must be|should be) (?:always )?(?:to be )?(?:accepted|approved|rated|scored|considered correct|marked (?:as )?correct)",
    ),
    (
        "question,q&a,json",
        r"\b(?:do not|don'?t|never|instead of|rather than|stop) (?:write|writing|generate|generating|produce|producing|make|making|ask|asking|create|creating)\b[^.\n]{0,30}\b(?:questions?|question-answer|q&a|json)\b",
    ),
    (
        "jailbreak,developer mode,dan mode,do anything now,god mode,injection succeeded",
        r"\b(?:jailbreak mode|developer mode enabled|dan mode|do anything now|prompt injection succeeded|god mode)\b",
    ),
    ("end of", r"\bend of (?:document|passage|text|context|data|input)\b\W{0,6}(?:\w+\W+){0,3}?(?:instructions?|system|assistant|new)\b"),
    ("<|", r"<\|\s*(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)\s*\|>"),
    ("[inst,[/inst,<<sys,_of_turn>", r"\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>"),
    (
        "system,assistant,developer",
        r"(?m:^\W{0,4}#{0,4}\W{0,4}(?:system|assistant|developer) (?:prompt|message|note|override)\W{0,3}:)|(?m:^\W{0,4}###\W{0,3}(?:system|assistant|instructions?)\W{0,3}:)",
    ),
    ("anweisung,vorgabe,befehl", r"(?:ignorier|vergiss|missachte)\w*\b[^.\n]{0,40}\b(?:anweisung|vorgabe|befehl)\w*"),
    ("instructions,consignes", r"(?:ignore[zr]?|oublie[zr]?|ne tiens? pas compte)\b[^.\n]{0,40}\b(?:instructions?|consignes?)"),
    (
        "instrucciones,indicaciones,istruzioni",
        r"(?:ignora|olvida|omit|dimentica|haz caso omiso)\w*\b[^.\n]{0,40}\b(?:instrucciones|indicaciones|istruzioni)",
    ),
    ("instruções,instrucoes", r"(?:ignor|esque[çc]|desconsider)\w*\b[^.\n]{0,40}\b(?:instru[çc][õo]es)"),
    ("инструкц,указани", r"(?:игнорир\w*|забудь\w*|не обращай внимания)[^.\n]{0,40}(?:инструкци\w*|указани\w*)"),
    (
        "忽略,无视,忽視,無視,忘记,忘掉,忘記,不要理会,不要遵,抛开,推翻,绕过",
        r"(?:忽略|无视|忽視|無視|忘记|忘掉|忘記|不要理会|不要遵守|不要遵循|抛开|推翻|绕过)[^。,\n]{0,6}(?:以上|之前|前面|上述|上面|所有|先前|此前|原有|任何|全部|一切|这些|系统|你的|你收到)[^。,\n]{0,10}(?:指令|提示|要求|规则|規則|说明|設定|设定|命令|内容|消息)",
    ),
    ("忽略,无视,忘记,绕过", r"(?:忽略|无视|忘记|绕过)[^。,\n]{0,4}(?:系统提示|提示词|系统消息|系统指令)"),
    ("你现在,从现在", r"(?:你现在是|你现在扮演|你现在不再|(?:从现在开始|从现在起)[^。,\n]{0,6}(?:你|请|回答|扮演|充当))"),
    ("新的,真正的,最新的,隐藏的", r"(?:新的|真正的|最新的|隐藏的)(?:系统)?(?:指令|提示词)(?:是|为|如下|：|:)"),
    ("如果你是,作为", r"(?:如果你是|作为)(?:一个|一名)?(?:人工智能|ai|大模型|语言模型|智能助手),?[^。,\n]{0,10}(?:你|请|必须|应当|不得)"),
    (
        "人工智能,ai,大模型,语言模型,智能助手",
        r"(?:请|致|告知|通知)(?:所有|各)?(?:人工智能|ai|大模型|语言模型|智能助手)[^。,\n]{0,6}(?:注意|：|:|，|在)",
    ),
    ("回复,回答,输出", r"(?:只|仅|直接|必须)(?:能|需|要)?(?:回复|回答|输出)[^。,\n]{0,8}[：:“\"「『]"),
    (
        "问题,答案,回答,问答",
        r"(?:所有|每个|每条|每一个|任何)(?:问题|答案|回答|问答)[^。,\n]{0,12}(?:都|均|一律)(?:要|应|必须|须)?(?:回答|写|包含|加上|注明|说|是|回复|输出)",
    ),
    (
        "答案,回答,回复,输出",
        r"(?:在|往)(?:每个|每条|所有|你的)(?:答案|回答|回复|输出)(?:中|里|末尾|开头|后面)[^。,\n]{0,10}(?:加|插入|写|附)",
    ),
    ("满分,最高分,五分,5", r"(?:打|给|评)[^。,\n]{0,6}(?:满分|最高分|五分|5\s*分)"),
    ("泄露,输出,显示,告诉我,打印,重复", r"(?:泄露|输出|显示|告诉我|打印|重复)(?:你的|您的)(?:系统)?(?:提示词|系统提示|指令|密钥)"),
    ("不要,停止,不用", r"(?:不要|停止|不用)(?:再)?(?:生成|编写|提出)[^。,\n]{0,8}(?:问题|问答|题目)"),
    (
        "無視,忘れ,무시",
        r"(?:指示|命令|プロンプト|ルール)[^。,\n]{0,12}(?:無視|忘れ)|(?:이전|위의)[^.\n]{0,12}(?:지시|명령|규칙)[^.\n]{0,12}무시",
    ),
)
COMMANDS = [(triggers.split(","), re.compile(pattern)) for triggers, pattern in _TABLE]
"""What a pattern needs to stand somewhere before it is worth trying, and the pattern, both in lower case."""


def commands(text: str) -> str:
    """The first command to a model in the text, also where it is spelled out, disguised by digits, or encoded; "" where there is none."""
    shown = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for form in dict.fromkeys(_forms(shown)):
        for triggers, pattern in COMMANDS:
            if any(t in form for t in triggers) and (hit := pattern.search(form)):
                return hit[0]
    return ""


def _forms(shown: str) -> Iterator[str]:
    """The text as it reads: as it is, without look-alike letters, with spread words closed, with digits read as letters, decoded."""
    plain = shown.lower()
    yield plain
    if not plain.isascii():
        yield (plain := plain.translate(_LOOKALIKES))
    if _LETTERS.search(plain):
        yield (plain := _SPREAD.sub(lambda m: _GAPS.sub("", m[0]), plain))
    if _LEETED.search(plain):
        yield _MIXED.sub(lambda m: m[0].translate(_LEET), plain)
    yield from _decoded(shown)


def _decoded(text: str) -> list[str]:
    found = []
    for match in _BASE64.finditer(text):
        try:
            found.append(base64.b64decode(match[0] + "=" * (-len(match[0]) % 4), validate=True).decode("utf-8").lower())
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found
