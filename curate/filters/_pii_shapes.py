"""The shapes of personal data: which recognizers look for what, what gates them, and which hits are something else."""

import ipaddress
import re
from collections.abc import Callable
from functools import cache
from typing import Any

# (type, score, pattern). `[0-9A-Za-z]` is spelled out: `\b` and `\w` count Chinese letters as word characters, and a number
# or an address right after one would not be found.
LEFT = r"(?<![0-9A-Za-z_.\-])"
RIGHT = r"(?![0-9A-Za-z_]|[.\-][0-9A-Za-z])"
EXTENSION = r"(?: ?(?:x|ext\.? ?|#|转|-)[0-9]{1,6})?"
LOCAL = r"[0-9A-Za-z%'+\-_\p{Latin}\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}\p{Devanagari}]"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]"  # a sentence may run into such a local part, so it is short
HOST = r"[0-9A-Za-z\p{L}](?:[0-9A-Za-z\p{L}\-]{0,62}\.)+(?:[A-Za-z]{2,24}|xn--[0-9a-z\-]{2,40})"
PHONE_WORD = (
    r"(?i:\b(?:tele)?phones?|\btel\b|\bmobile|\bcell|\bfax|whatsapp|wechat|\bcall(?:ed|ing)?\b|\bdial|\bhotline|\bsms\b|\btext me|"
    r"\bemergency number|"
    r"\bcontact|\breach|\bring\b|电话|手机|座机|热线|致电|拨打|传真|联系方式|联系我)"
)
SECRET_WORD = (
    r"(?i:api[_\- ]?key|secret(?:[_\- ]?(?:access[_\- ]?)?key)?|"
    r"access[_\- ]?token|auth[_\- ]?token|passw(?:or)?d|pwd|db_?pass|密码|口令|密钥)"
)
SECRET_VALUE = r"[!#-&*-+\-./0-9:=?@A-Z\\^_`a-z|~]"  # no quotes, brackets or commas: that is code

SHAPES: list[tuple[str, float, str]] = [
    ("EMAIL_ADDRESS", 0.9, rf"(?<!{LOCAL}){LOCAL}(?:{LOCAL}|\.(?=[^@.])){{0,63}}@{HOST}(?![0-9A-Za-z\-]|:[0-9A-Za-z~/])"),
    ("EMAIL_ADDRESS", 0.95, rf"{UNSPACED}{{1,10}}(?:\.{UNSPACED}{{1,10}})?[0-9._\-]{{0,10}}@{HOST}(?![0-9A-Za-z\-])"),
    ("PHONE_NUMBER", 0.7, rf"(?<![0-9A-Za-z_+])\+[1-9][0-9]{{0,2}}(?:[ .\-/]?\(?[0-9]{{1,12}}+\)?){{1,6}}+{EXTENSION}{RIGHT}"),
    ("PHONE_NUMBER", 0.65, rf"{LEFT}00[1-9][0-9]{{0,2}}(?:[ .\-][0-9]{{2,8}}){{2,5}}{EXTENSION}{RIGHT}"),
    ("PHONE_NUMBER", 0.65, rf"{LEFT}(?:1[ .\-])?(?:\([2-9][0-9]{{2}}\) ?|[2-9][0-9]{{2}}[.\-])[0-9]{{3}}[.\-][0-9]{{4}}{EXTENSION}{RIGHT}"),
    ("PHONE_NUMBER", 0.6, rf"{LEFT}(?:86[\- ])?1[3-9][0-9](?:[0-9]{{8}}|[\- ][0-9]{{4}}[\- ][0-9]{{4}}){RIGHT}"),
    ("PHONE_NUMBER", 0.6, rf"{LEFT}(?:\(0[0-9]{{2,3}}\) ?|（0[0-9]{{2,3}}）|0[0-9]{{2,3}}-)[2-9]\d{{2,3}}-?[0-9]{{4}}{EXTENSION}{RIGHT}"),
    ("PHONE_NUMBER", 0.6, rf"{LEFT}[48]00-(?:[0-9]{{3}}-[0-9]{{4}}|[0-9]{{4}}-[0-9]{{3}}){RIGHT}"),
    ("PHONE_NUMBER", 0.5, rf"{PHONE_WORD}[^0-9\n+(]{{0,25}}\K\+?\(?[0-9][0-9 ().\-/]{{5,18}}[0-9]{EXTENSION}{RIGHT}"),
    ("CN_ID_CARD", 0.9, rf"{LEFT}[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{{3}}[0-9Xx]{RIGHT}"),
    ("US_SSN", 0.8, rf"{LEFT}[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}{RIGHT}"),
    ("US_SSN", 0.8, rf"(?i:\bssn|social security)[^0-9\n]{{0,15}}\K[0-9]{{3}} ?[0-9]{{2}} ?[0-9]{{4}}{RIGHT}"),
    (
        "CREDIT_CARD",
        0.75,
        rf"(?i:\bcard|\bvisa|mastercard|\bamex|卡号)[^0-9\n]{{0,20}}\K(?:[0-9]{{4}}(?:[ \-][0-9]{{4}}){{3}}|[0-9]{{12,19}}){RIGHT}",
    ),
    ("IBAN_CODE", 0.75, rf"(?i:\biban)[^\n0-9]{{0,20}}?\K[A-Z]{{2}}[0-9]{{2}}(?: ?[0-9A-Z]{{1,4}}+){{3,8}}+{RIGHT}"),
    ("PASSPORT", 0.75, rf"(?i:\bpassport|护照)[^0-9\n]{{0,15}}?\K(?=[0-9A-Z]*[0-9]{{4}})[0-9A-Z]{{7,10}}{RIGHT}"),
    ("BANK_ACCOUNT", 0.75, rf"(?i:\bbank account|\baccount ?(?:number|no\b|[:#])|银行账[号户]|账号)[^0-9\n]{{0,12}}\K[0-9]{{8,19}}{RIGHT}"),
    ("CRYPTO", 0.8, rf"{LEFT}0x[0-9a-fA-F]{{40}}{RIGHT}"),
    ("CREDENTIALS", 0.98, r"\b[A-Za-z][A-Za-z0-9+.\-]{1,20}://\K[^\s/@:\"'<>]{1,80}:[^\s/@\"'<>]{1,200}(?=@[0-9A-Za-z\[])"),
    ("SECRET", 0.97, r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^\x1e]{20,10000}?-----END [A-Z ]{0,30}PRIVATE KEY-----"),
    ("SECRET", 0.97, rf"{LEFT}(?:sk|rk|pk)[\-_](?:[a-z]{{2,8}}[\-_])?(?=[A-Za-z\-_]{{0,40}}[0-9])[0-9A-Za-z\-_]{{12,200}}"),
    ("SECRET", 0.97, rf"{LEFT}(?:AKIA|ASIA)[0-9A-Z]{{16}}{RIGHT}"),
    ("SECRET", 0.97, rf"{LEFT}(?:gh[pousr]_|github_pat_|glpat-|hf_|npm_|xox[abprs]-|AIza|ya29\.|SG\.|dop_v1_)[0-9A-Za-z_\-.]{{20,255}}"),
    ("SECRET", 0.97, rf"{LEFT}eyJ[0-9A-Za-z_\-]{{10,2000}}\.eyJ[0-9A-Za-z_\-]{{10,4000}}\.[0-9A-Za-z_\-]{{10,1000}}"),
    ("SECRET", 0.96, r"(?i:\bbearer) +\K(?=[^\s]{0,80}[0-9])[0-9A-Za-z._~+/\-]{20,4000}=*"),
    (
        "SECRET",
        0.6,
        rf"{SECRET_WORD}[\"'”]? ?(?:[:=：]|是|为|\bis\b) ?[\"'“]?\K"
        rf"(?={SECRET_VALUE}*?[0-9])(?={SECRET_VALUE}*?[A-Za-z]){SECRET_VALUE}{{8,200}}+(?![(\[{{])",
    ),
]


def _holds(*marks: str) -> Callable[[str], bool]:
    return lambda text: any(mark in text for mark in marks)


# A shape is looked for only where its gate finds something: the gates cost a hundredth of the shapes. A gate begins with its rarest
# characters as one set, because the search skips from one of those to the next.
_secret_marks = _holds(
    *("sk-", "sk_", "rk-", "rk_", "pk-", "pk_", "akia", "asia", "_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "hf_", "npm_"),
    *("xox", "aiza", "ya29", "sg.", "dop_", "eyj", "bearer", "key", "secret", "token", "pass", "pwd", "密", "口令"),
)
LONG_NUMBER = re.compile(r"[0-9](?:[ ().\-/]{0,3}[0-9]){6}").search
LONG_NUMBER_GATES: dict[str, Callable[[str], object]] = {  # tried only where there is a long number
    "PHONE_NUMBER": LONG_NUMBER,
    "CN_ID_CARD": re.compile(r"[0-9]{17}").search,
    "US_SSN": re.compile(r"[0-9]{3}[ \-]?[0-9]{2}[ \-]?[0-9]{4}").search,
    "CREDIT_CARD": re.compile(r"[0-9](?:[ \-]?[0-9]){11}").search,
    "BANK_ACCOUNT": re.compile(r"[0-9]{8}").search,
}
GATES: dict[str, Callable[[str], object]] = {
    "EMAIL_ADDRESS": _holds("@"),
    "IBAN_CODE": re.compile(r"[0-9](?<=[A-Z]{2}[0-9])[0-9][ \-]?[0-9A-Z]{2}").search,
    "IP_ADDRESS": re.compile(r"[0-9:](?:(?<=[0-9])\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|(?<=:)[0-9A-Fa-f]{0,4}:)").search,
    "MAC_ADDRESS": re.compile(
        r"[:\-.](?:(?<=[0-9A-Fa-f]{2}[:\-])[0-9A-Fa-f]{2}[:\-][0-9A-Fa-f]{2}[:\-]|(?<=[0-9A-Fa-f]{4}\.)[0-9A-Fa-f]{4}\.)"
    ).search,
    "CRYPTO": re.compile("[013](?:(?<=[13])|x)[0-9A-Za-z]{25}").search,
    "PASSPORT": _holds("assport", "ASSPORT", "护照"),
    "CREDENTIALS": re.compile("://[^/@]*@").search,
    "SECRET": lambda text: _secret_marks(text.casefold()),
}


def gated(text: str) -> list[str]:
    """The types of which there may be a value in the text."""
    found = [kind for kind, gate in GATES.items() if gate(text)]
    return found + [kind for kind, gate in LONG_NUMBER_GATES.items() if gate(text)] if LONG_NUMBER(text) else found


NOT_A_PHONE = re.compile(
    r"(?i:\border|\binvoice|\bticket|\btracking|\bisbn|\bissn|\bsku\b|\bserial|\bdoi\b|\bref(?:erence)?\b|\bcase\b|\bid\b|\bversion|"
    r"订单|单号|编号|序列号|货号|书号|合同|发票|工单|流水|版本|学号|工号)[^\n0-9]{0,12}$"
)
A_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[ ./\-][0-9]{1,2}[ ./\-][0-9]{1,2}(?:\D.*)?|[0-9]{1,2}[ ./\-][0-9]{1,2}[ ./\-](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2}"
)
NOT_AN_ADDRESS = re.compile(
    r"(?i:\bversions?|\bver\.?|\bv|\brelease|\bsection|\bchapter|\bclause|\bfigure|\btable|§|版本|章节|第|[a-z]/|[a-z0-9]-)\s?$"
)
CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_mail(text: str, start: int, end: int) -> bool:
    """A mail address ends in a public suffix; the list is the one that tldextract ships."""
    return bool(_suffixes()(text[start:end].rsplit("@", 1)[1]).suffix)


def is_phone(text: str, start: int, end: int) -> bool:
    """7 to 15 digits (without an extension), no date, not named an order, an invoice, an ISBN or a version."""
    value = text[start:end]
    digits = sum(c.isdigit() for c in re.split(r"x|ext|#|转", value)[0])
    if not 7 <= digits <= 15 + 4 * ("-" in value) or A_DATE.fullmatch(value):
        return False
    return not NOT_A_PHONE.search(text, max(0, start - 30), start)


def is_ip(text: str, start: int, end: int) -> bool:
    """An address of one machine: no version or section number, loopback, netmask or whole network."""
    try:
        address = ipaddress.ip_interface(text[start:end].partition("%")[0])
    except ValueError:
        return False
    ip, whole = address.ip, "/" in text[start:end] and address.ip == address.network.network_address
    if ip.is_unspecified or whole or str(ip).startswith(("127.0.", "255.")) or str(ip) == "::1":
        return False
    if ip.version == 6:
        return any(c.isdigit() for c in text[start:end]) and text.count(":", start, end) >= 2 and len(ip.compressed) > 4
    return not (text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit()) and not NOT_AN_ADDRESS.search(
        text, max(0, start - 12), start
    )


def is_mac(text: str, start: int, end: int) -> bool:
    """Six groups, not the first six of a longer fingerprint, and at least one digit."""
    alone = text[end : end + 1] not in (":", "-") and text[start - 1 : start] not in (":", "-")
    return alone and any(c.isdigit() for c in text[start:end])


def is_card(text: str, start: int, _end: int) -> bool:
    """A card number stands alone and is not named an order or a tracking number; its checksum was already looked at."""
    before = text[start - 1 : start]
    return before not in (".", "-", "_", "/") and not NOT_A_PHONE.search(text, max(0, start - 30), start)


def is_cn_id(text: str, start: int, end: int) -> bool:
    """The last place of a Chinese identity number is a checksum (GB 11643-1999)."""
    value = text[start:end].upper()
    return "10X98765432"[sum(int(d) * w for d, w in zip(value[:17], CN_WEIGHTS, strict=True)) % 11] == value[17]


def is_ssn(text: str, start: int, end: int) -> bool:
    """The groups of an issued number are not all zero, and the first is not 666."""
    digits = "".join(c for c in text[start:end] if c.isdigit())
    return digits[:3] not in ("000", "666") and digits[3:5] != "00" and digits[5:] != "0000" and len(set(digits)) > 1


PLAUSIBLE: dict[str, Callable[[str, int, int], bool]] = {
    "EMAIL_ADDRESS": is_mail,
    "PHONE_NUMBER": is_phone,
    "IP_ADDRESS": is_ip,
    "MAC_ADDRESS": is_mac,
    "CREDIT_CARD": is_card,
    "BANK_ACCOUNT": is_card,
    "CN_ID_CARD": is_cn_id,
    "US_SSN": is_ssn,
}


@cache
def _suffixes() -> Any:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # the shipped list; the default would download one
