"""Keeps of a mail what its sender wrote: quoted mails below an answer and signatures are cut off."""

import re

_FORWARD = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original|"
    r"原始邮件|原邮件|转发的邮件|转发邮件信息)\s*-{0,}|_{20,})\s*",
    re.I,
)
_OUTLOOK = re.compile(r"\s*\*?(?:from|von|de|发件人)\s*[:：]\*?\s*\S.*", re.I)
_OUTLOOK_NEXT = re.compile(r"\s*\*?(?:sent|date|to|gesendet|envoyé|enviado|发送时间|日期|收件人)\s*[:：]", re.I)
_WROTE = re.compile(
    r"(?:(?:on|am|le|el|em)\s.{6,200}(?:wrote|schrieb|écrit|escribió|escreveu)\s*:|在?.{4,120}(?:写道|寫道)\s*[:：])", re.I | re.S
)
_SIGNATURE = re.compile(r"--\s?|—|_{5,19}")
_DEVICE = re.compile(r"\s*(?:sent from my \w.{0,40}|get outlook for \w+.*|von meinem \w+ gesendet|发自我的.{0,20})\s*", re.I)
_LONGEST_SIGNATURE = 12  # lines


def own_words(text: str) -> str:
    """The text without the mail it answers and without its signature; all of it where nothing else would be left."""
    lines = text.split("\n")
    cut = _unsigned(_answer(lines))
    kept = "\n".join(cut).strip()
    return kept if len(kept) > 1 else text


def _answer(lines: list[str]) -> list[str]:
    """The lines above the quoted mail; answers between quoted lines keep the quotes they answer."""
    for i, line in enumerate(lines):
        if not any(word.strip() for word in lines[:i]):
            continue
        rest = [word for word in lines[i + 1 :] if word.strip()]
        if _FORWARD.fullmatch(line) and rest and _OUTLOOK.match(rest[0]):
            return lines[:i]
        if _OUTLOOK.fullmatch(line) and rest and _OUTLOOK_NEXT.match(rest[0]):
            return lines[:i]
        if _introduces_quote(lines, i):
            return lines[:i]
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith(">")):
        lines = lines[:-1]
    return lines


def _introduces_quote(lines: list[str], i: int) -> bool:
    """ "On ... wrote:", on up to three lines, with nothing but quoted lines to the end."""
    for n in (1, 2, 3):
        if _WROTE.fullmatch("\n".join(lines[i : i + n]).strip()):
            rest = [line for line in lines[i + n :] if line.strip()]
            return bool(rest) and sum(line.lstrip().startswith(">") for line in rest) >= len(rest) * 0.9
    return False


def _unsigned(lines: list[str]) -> list[str]:
    for i in range(len(lines) - 1, max(-1, len(lines) - 2 - _LONGEST_SIGNATURE), -1):
        if _SIGNATURE.fullmatch(lines[i].strip(" ") if lines[i] != "-- " else "-- ") and i > 0:
            lines = lines[:i]
            break
    while lines and (not lines[-1].strip() or _DEVICE.fullmatch(lines[-1])):
        lines = lines[:-1]
    return lines
