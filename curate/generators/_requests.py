"""How users ask for a summary: in what tone, and of what length; written by hand, so no model is asked for it."""

REQUESTS = {
    "en": (
        "Summarise the following text {wish}.",
        "Please sum up the text below {wish}.",
        "Give me the gist of this {wish}:",
        "I have no time to read all of this. What does it say? Answer {wish}, please.",
        "Write a summary of this text {wish}. Keep to what it says.",
        "Condense the following {wish} for someone who has never seen it.",
        "What are the key points here? {wish}, please.",
        "tl;dr of this, {wish}",
        "For a handover I need this text summed up {wish}. Figures and conditions must be right.",
        "Could you tell a new colleague {wish} what this is about?",
        "Shorten this to the essentials, {wish}.",
        "I am putting together a newsletter. Summarise this {wish}, in plain words.",
    ),
    "zh": (
        "请用{wish}概括下面的内容。",
        "把下面这段内容总结一下，用{wish}。",
        "这段话主要讲了什么？请用{wish}说明。",
        "我没时间全部读完，请用{wish}告诉我要点。",
        "请为以下内容写一份摘要，要求：{wish}，只写其中已有的信息。",
        "用{wish}把下面的内容讲给一位新同事听。",
        "帮我提炼一下重点，{wish}即可。",
        "交接要用，请把下面的内容压缩成{wish}，数字和条件不能有误。",
        "请将以下资料缩写为{wish}，面向从未读过它的人。",
        "太长了不想看，{wish}总结一下",
        "要放进内部简报，请用通俗的语言写成{wish}。",
        "下面的内容请归纳为{wish}。",
    ),
}
WISHES = {
    "en": {
        "sentence": "in one sentence",
        "bullets": "in {count} bullet points",
        "words": "in about {count} words",
    },
    "zh": {"sentence": "一句话", "bullets": "{count}个要点", "words": "大约{count}字"},
}
SPELLED = {"en": {3: "three", 4: "four", 5: "five"}, "zh": {3: "三", 4: "四", 5: "五"}}


def wish(language: str, unit: str, count: int) -> str:
    """The wish for a length as it stands in a request: in three bullet points, 大约80字."""
    counted = SPELLED[language].get(count, str(count)) if unit == "bullets" else str(count)
    return WISHES[language][unit].format(count=counted)


def request(language: str, number: int, wished: str) -> str:
    """One of the requests, whichever number is given, with the wish in it."""
    templates = REQUESTS[language]
    text = templates[number % len(templates)].format(wish=wished)
    return text[:1].upper() + text[1:] if language == "en" and not text.startswith("tl;dr") else text
