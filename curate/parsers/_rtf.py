"""Rewrites the letters of an RTF file that are bytes of an older code page as Unicode, which every reader understands."""

import re

_CHARSETS = {"128": "cp932", "129": "cp949", "134": "gbk", "136": "big5", "161": "cp1253", "162": "cp1254", "204": "cp1251"}
_CHARSETS |= {"177": "cp1255", "178": "cp1256", "186": "cp1257", "222": "cp874", "238": "cp1250"}
_PAGES = {"936": "gb18030", "950": "big5", "932": "cp932", "949": "cp949", "874": "cp874"}
# Letters written as \'xx or as bare bytes. The second byte of a Chinese or Japanese letter may look like ASCII; those that
# follow a \uN repeat it for readers without Unicode.
_RUN = re.compile(rb"(\\u-?\d{1,5} ?(?:\\'[0-9a-fA-F]{2})*)|((?:\\'[0-9a-fA-F]{2}|[\x80-\xff])+)([ -\[\]-z|~]?)")
_HEX = re.compile(rb"\\'([0-9a-fA-F]{2})")


def unicode_rtf(data: bytes) -> bytes:
    """The same document; unchanged where it is written in Latin letters alone."""
    codec = _codec(data)
    return _RUN.sub(lambda match: _unicode(match, codec), data) if codec else data


def _codec(data: bytes) -> str:
    """The encoding of the document's letters; its fonts are asked where its code page is the Western default."""
    page = re.search(rb"\\ansicpg(\d+)", data[:4096])
    number = page[1].decode() if page else "1252"
    if number in _PAGES or (number.startswith("125") and number != "1252"):
        return _PAGES.get(number, f"cp{number}")
    fonts = re.findall(rb"\\fcharset(\d+)", data[:65536])
    return next((_CHARSETS[f.decode()] for f in fonts if f.decode() in _CHARSETS), "")


def _unicode(match: re.Match[bytes], codec: str) -> bytes:
    if match[1]:
        return match[0]
    letters = _HEX.sub(lambda m: bytes.fromhex(m[1].decode()), match[2])
    for raw, rest in ((letters, match[3]), (letters + match[3], b"")):
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        units = text.encode("utf-16-le")
        numbers = (int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2))
        return b"{\\uc1" + b"".join(b"\\u%d?" % n for n in numbers) + b"}" + rest
    return match[0]
