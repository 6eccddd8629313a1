"""Reads mail (single messages and mailboxes): the subject as heading, who and when, and what the sender wrote."""

import base64
import re
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from curate import encodings, markup
from curate.errors import DocumentError
from curate.markup import Builder
from curate.parsers import _html_page, _mail_quotes, _paragraphs
from curate.records import Document
from curate.settings import Settings

VERSION = 2
SUFFIXES = (".eml", ".mbox", ".mbx")

_FIELD = re.compile(
    rb"(?im)^(?:from|to|cc|subject|date|received|message-id|mime-version|return-path|reply-to|delivered-to|content-type|x-[\w-]+):[ \t]*\S?"
)
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+.*\d{4}[^\n]*\n")
_ENCRYPTED = "this mail is encrypted"
_DECRYPT = "save it decrypted from your mail program"
_DEEPEST = 20  # mails within mails
_SHORT = 200  # characters of plain text below which the HTML beside it may say more

Piece = tuple[str, str]


def sniff(name: str, data: bytes) -> int:
    head = data[:8192].replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf\r\n")
    if _SEPARATOR.match(head):
        head = head.partition(b"\n")[2]
    fields = {found.split(b":")[0].lower() for found in _FIELD.findall(head[: head.find(b"\n\n") if b"\n\n" in head else None])}
    if _FIELD.match(head) and len(fields) > 2 and fields & {b"from", b"received", b"message-id", b"return-path"}:
        return 3
    return int(name.lower().endswith(SUFFIXES) and bool(re.match(rb"[\w-]+:", head)))


def parse(name: str, data: bytes, settings: Settings) -> list[Document]:
    if b"\0" in data[:200]:  # a whole mail in UTF-16
        data = encodings.decode(data)[0].encode()
    builder = Builder()
    parts = _messages(data)
    attachments: list[str] = []
    said = 0
    try:
        for part in parts:
            said += _add(message_from_bytes(part), builder, attachments, refuse=len(parts) == 1)
    except RecursionError as error:
        raise DocumentError("the parts of this mail are nested too deeply", "it is damaged or made to do harm") from error
    if not said:
        raise DocumentError("this mail holds no text", "its attachments, if any, are read as files of their own")
    meta = {"messages": len(parts)} | ({"attachments": attachments} if attachments else {})
    return [builder.document(name, data, "" if len(parts) == 1 else name.rsplit("/", 1)[-1], meta)]


def _messages(data: bytes) -> list[bytes]:
    """The messages of a mailbox, or the one message that the file is."""
    starts = list(_SEPARATOR.finditer(data))
    if not starts or starts[0].start() != 0:
        return [data]
    ends = [found.start() for found in starts[1:]] + [len(data)]
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", data[s.end() : end]) for s, end in zip(starts, ends, strict=True)]


def _add(message: Message, builder: Builder, attachments: list[str], *, refuse: bool) -> int:
    """Adds one message; how many blocks it says. `refuse`: an encrypted one is an error, else it stays out."""
    pieces = _body(message, attachments, 0)
    if not pieces:
        if refuse and _is_encrypted(message):
            raise DocumentError(_ENCRYPTED, _DECRYPT)
        return 0
    for kind, text in [*_head(message), *pieces]:
        builder.add(kind, text)
    return len(pieces)


def _head(message: Message) -> list[Piece]:
    subject = header(message, "subject")
    fields = [(label, header(message, label.lower())) for label in ("From", "To", "Cc", "Date")]
    found = [("heading", markup.heading(subject, 1))] if subject else []
    lines = "\n".join(f"- {label}: {value}" for label, value in fields if value)
    return [*found, ("list", lines)] if lines else found


def header(message: Message, name: str) -> str:
    """A header decoded as far as it can be: raw eight-bit text and broken encoded words are common."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    text = encodings.decode(raw.encode("utf-8", "surrogateescape"))[0] if raw else ""
    try:
        parts = decode_header(re.sub(r"\s+", " ", text))
    except (HeaderParseError, ValueError):
        return text.strip()
    said = "".join(part if isinstance(part, str) else _decoded(part, charset or "") for part, charset in parts)
    return " ".join(said.split())


def _decoded(data: bytes, charset: str) -> str:
    """Text of a header or body, empty where it is no text at all."""
    try:
        return encodings.decode(data, charset)[0] if data else ""
    except DocumentError:
        return ""


def _body(part: Message, attachments: list[str], depth: int) -> list[Piece]:
    """What a part of a mail says to its reader; attachments are only named."""
    kind = part.get_content_type()
    if depth > _DEEPEST:
        return []
    if kind == "message/rfc822" and part.is_multipart():
        return [piece for inner in _forwarded(part) for piece in [*_head(inner), *_body(inner, attachments, depth + 1)]]
    if kind == "multipart/alternative":
        return _best(part, attachments, depth)
    if part.is_multipart():
        return [piece for inner in _parts(part) for piece in _body(inner, attachments, depth + 1)]
    if part.get_content_disposition() == "attachment" or part.get_filename():
        attachments.append(markup.storable(str(part.get_filename() or kind)))
        return []
    return _leaf(part, kind)


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _forwarded(part: Message) -> list[Message]:
    """The mail inside a mail; some programs encode it against the rules, and the parser then sees no fields in it."""
    inner = _parts(part)
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64" or not inner or inner[0].keys():
        return inner
    try:
        return [message_from_bytes(base64.b64decode(str(inner[0].get_payload())))]
    except ValueError:
        return []


def _best(part: Message, attachments: list[str], depth: int) -> list[Piece]:
    """Of several forms of one text the plain one, unless it only says that there is another."""
    forms = {inner.get_content_type(): _body(inner, attachments, depth + 1) for inner in _parts(part)}
    plain = forms.pop("text/plain", [])
    richest = max(forms.values(), key=_length, default=[])
    return richest if _length(plain) < _SHORT and _length(richest) > 3 * _length(plain) else plain


def _length(pieces: list[Piece]) -> int:
    return sum(len(text) for _, text in pieces)


def _leaf(part: Message, kind: str) -> list[Piece]:
    if kind not in ("text/plain", "text/html"):
        return []
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_param("charset")
    text = _decoded(data, charset if isinstance(charset, str) else encodings.declared(data) if kind == "text/html" else "")
    if "-----BEGIN PGP MESSAGE-----" in text:
        raise DocumentError(_ENCRYPTED, _DECRYPT)
    if kind == "text/html":
        return list(_html_page.read(text, whole=True).pieces)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = re.sub(r"(?m)(?<!^--) \n(?!>)", " ", text)
    return list(_paragraphs.pieces(_mail_quotes.own_words(text)))


def _is_encrypted(message: Message) -> bool:
    kinds = {part.get_content_type() for part in message.walk()}
    return bool(kinds & {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
