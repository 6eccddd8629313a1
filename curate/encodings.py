"""Decodes the bytes of a text file: byte order marks, Unicode, then the legacy encoding whose text reads best."""

import codecs
import re
from functools import cache

from curate.errors import DocumentError

_SAMPLE = 1 << 18  # bytes looked at to choose among legacy encodings
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = frozenset(range(32)) - {9, 10, 11, 12, 13, 27}

# The commonest characters of running text. A wrong decoding rarely meets them, the right one in every second letter.
_COMMON = {
    "gb18030": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而"
    "方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好"
    "应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向"
    "道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特"
    "件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理"
    "名字请码",
    "big5": "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而"
    "方後多定行學法所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好"
    "應開它合還因由其些然前外天政四日那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向"
    "道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特"
    "件長求老頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決西被幹做必戰先回則任取據處理"
    "名字請碼",
    "japanese": "あいうえおかがきくけこごさしじすせそただちつてでとどなにねのはばひふべほまみめもやよらりるれろわをんっゃゅょ"
    "アイウエオカガキクグコサシジスセタチックテデトドナニネノハバパビフプベマムメャュョラリルレロワンー日本人年大中一国出会事者",
    "korean": "이다는을에의가고하로를지은기사있한도어대리나자아서시인해라정들으그일과전수만스제여부주것면원보장구했음",
    "cyrillic": "оеаинтсрвлкмдпуяыьгзбії",
    "greek": "αοιετσνηυρπκμλςωάίόήέύώδγχθφβξζψ",
    "hebrew": "יוהלאמרתבשנםדכעחפקגטסצזןךףץ",
    "arabic": "الينمرتوبعدسفهحكقجصشطخضذزثغءةىأإآئؤپچژکیگ",
    "turkish": "ığşçöüİÖÜÇŞâ",
    "central": "áéíóúýčďěňřšťůžąćęłńśźżőűöüäßôĺľŕăâîșțđÁČŠŽŁŚŻÖÜ",
    "western": "éèàùâêîôûçëïüöäßñáíóúãõåæøœÉÀÖÜÄØÅÇ¿¡°«»",
}
_FAIR = {  # worth less: the everyday rows of the East Asian sets (by lead byte), and the rarer letters of the others
    "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "big5": ("big5", range(0xA4, 0xC7)),
    "japanese": ("shift_jis", range(0x88, 0x98)),
    "korean": ("euc_kr", range(0xB0, 0xC9)),
}
_RARE = {"cyrillic": "чйхжшюцщэфъёєґАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯІ", "greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "western": "š"}
_PUNCTUATION = "、。，；：？！「」『』（）《》“”‘’–—…·・€£§©®™№•\u00a0\u3000"
_CANDIDATES = (  # the order settles ties
    ("gb18030", "gb18030"),
    ("big5hkscs", "big5"),
    ("cp932", "japanese"),
    ("euc_jp", "japanese"),
    ("cp949", "korean"),
    ("cp1252", "western"),
    ("cp1250", "central"),
    ("iso8859-2", "central"),
    ("cp1251", "cyrillic"),
    ("koi8-r", "cyrillic"),
    ("cp866", "cyrillic"),
    ("iso8859-5", "cyrillic"),
    ("cp1253", "greek"),
    ("cp1254", "turkish"),
    ("cp1255", "hebrew"),
    ("cp1256", "arabic"),
    ("iso8859-6", "arabic"),
)
_WIDER = {  # a declared name stands for the superset that files under that name really use
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "johab": "cp949",
}  # fmt: skip
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)


def decode(data: bytes, hint: str = "") -> tuple[str, str]:
    """The text, its line ends made `\\n`, and the name of its encoding; `hint` is a declared charset, believed only where it fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _tidy(data[len(mark) :].decode(name, "replace")), name
    if name := _wide(data):
        return _tidy(data.decode(name, "replace")), name
    if _binary(data):
        raise DocumentError("this is binary data, not text", "give the file the ending of its real type, or leave it out")
    if name := _escaped(data):
        return _tidy(data.decode(name, "replace")), name
    if (text := _utf8(data)) is not None:
        return _tidy(text), "utf-8"
    name = _legacy(data[:_SAMPLE], _known(hint))
    return _tidy(data.decode(name, "replace")), name


def declared(data: bytes) -> str:
    """The charset an HTML or XML file claims to be in, or an empty string."""
    found = _DECLARED.search(data[:4096])
    return found.group(1).decode("ascii") if found else ""


def is_text(data: bytes) -> bool:
    """Whether the bytes can be read as text at all, judged by their beginning."""
    head = data[:8192]
    return any(head.startswith(mark) for mark, _ in _MARKS) or bool(_wide(head)) or not _binary(head)


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return text.replace("\x00", "").removeprefix("\ufeff")


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: told by where the zero bytes of ASCII characters, or of line ends, fall."""
    head = data[:4096][: len(data[:4096]) // 4 * 4]
    if len(head) < 8 or 0 not in head:
        return _wide_short(data)
    zeros = [head[i::4].count(0) / (len(head) // 4) for i in range(4)]
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    likely = (
        ("utf-32-le", zeros[3] > 0.9 and zeros[2] > 0.9 > zeros[0]),
        ("utf-32-be", zeros[0] > 0.9 and zeros[1] > 0.9 > zeros[3]),
        ("utf-16-le", even < 0.02 < odd),
        ("utf-16-be", odd < 0.02 < even),
    )
    return next((name for name, fits in likely if fits and _reads(head, name)), "")


def _wide_short(data: bytes) -> str:
    if len(data) < 8 and len(data) % 2 == 0 and 0 in data:
        return "utf-16-le" if not any(data[1::2]) else "utf-16-be" if not any(data[::2]) else ""
    return ""


def _reads(data: bytes, encoding: str) -> bool:
    """Whether the decoded text is all but free of characters that no text holds."""
    text = data.decode(encoding, "replace")
    odd = sum(c == "\ufffd" or (c < " " and c not in "\t\n\r\f") or "\ue000" <= c <= "\uf8ff" for c in text)
    return odd <= len(text) * 0.01


def _binary(data: bytes) -> bool:
    head = data[:8192]
    return b"\0" in head or sum(b in _CONTROLS for b in head) > len(head) * 0.02


def _escaped(data: bytes) -> str:
    """The seven-bit encodings of mail, which switch alphabets with escape sequences."""
    if b"\x1b$)C" in data:
        return "iso2022_kr"
    return "iso2022_jp" if b"\x1b$" in data and not any(b > 127 for b in data[:_SAMPLE]) else ""


def _utf8(data: bytes) -> str | None:
    """The text where the bytes are UTF-8, a few damaged ones among many good ones forgiven."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(c > "\x7f" for c in text) - bad
    return text if good > 20 * bad else None


def _known(hint: str) -> str:
    try:
        name = codecs.lookup(hint.strip()).name if hint.strip() else ""
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(name, name)


def _legacy(data: bytes, hint: str) -> str:
    """The candidate whose text reads best; a declared encoding that decodes gets the benefit of the doubt."""
    scores = {name: _score(data, name, group) for name, group in _CANDIDATES}
    best = max(scores, key=scores.__getitem__)
    if hint in scores and scores[hint] > scores[best] - 0.2:
        return hint
    return best if scores[best] > 0 else _closest(data)


def _closest(data: bytes) -> str:
    """A second opinion where no candidate reads well, as in a file of a few odd bytes."""
    from charset_normalizer import from_bytes

    names = [name for name, _ in _CANDIDATES]
    match = from_bytes(data[: 1 << 15], cp_isolation=names).best()
    found = codecs.lookup(match.encoding).name if match else ""
    return next((n for n in names if codecs.lookup(n).name == found), "cp1252")


def _score(data: bytes, encoding: str, group: str) -> float:
    """How well the bytes read in an encoding, over its characters beyond ASCII: near 1 is good, below 0 nonsense."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)  # a character cut off at the end is no error
    beyond = [c for c in text if c > "\x7f"]
    if not beyond:
        return 0.0
    worth, marks = _worth(group), text.count("\ufffd")
    hits = sum(worth.get(c, 0.0) for c in beyond)
    odd = sum("\x80" <= c <= "\x9f" or "\ue000" <= c <= "\uf8ff" or "\u2500" <= c <= "\u259f" for c in beyond)
    single = encoding not in ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
    jars = len(_jarring().findall(text)) if single else sum("\uff61" <= c <= "\uff9f" for c in beyond) / 2
    return (hits - 8 * marks - 2 * odd - jars) / len(beyond)


@cache
def _worth(group: str) -> dict[str, float]:
    """What each character says for its group."""
    fair = dict.fromkeys(_RARE.get(group, ""), 0.7)
    if group in _FAIR:
        codec, leads = _FAIR[group]
        pairs = bytes(b for lead in leads for trail in range(0x40, 0xFF) for b in (lead, trail))
        fair = dict.fromkeys(pairs.decode(codec, "ignore"), 0.4)
    return fair | dict.fromkeys(_PUNCTUATION, 0.3) | dict.fromkeys(_COMMON[group], 1.0)


@cache
def _jarring() -> re.Pattern[str]:
    """Places no word has: a capital after a small letter, a symbol inside a word, two alphabets in one."""
    lower = "a-zß-öø-ÿа-яёα-ωά-ώ"
    upper = "À-ÖØ-ÞА-ЯЁΑ-Ω"
    return re.compile(
        rf"(?<=[{lower}])[{upper}]|(?<=[^\W\d_])[¡-©«-´¶-¹»-¿×÷](?=[^\W\d_])"
        r"|[a-zA-Z][\u0370-\u06ff]|[\u0370-\u06ff][a-zA-Z]|[À-ſ]{4,}"
    )
