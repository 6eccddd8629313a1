"""Mail: the subject, who and when, and what the sender wrote."""

from email.message import EmailMessage

import pytest

from curate.errors import DocumentError
from curate.parsers import email
from curate.records import Document
from curate.settings import Settings

HEAD = "From: Sender <a@example.com>\nTo: b@example.com\nSubject: Plan\nDate: Tue, 2 Jan 2024 10:00:00 +0100\n"
SHOWN = "# Plan\n\n- From: Sender <a@example.com>\n- To: b@example.com\n- Date: Tue, 2 Jan 2024 10:00:00 +0100\n\n"


def parse(source: str | bytes, name: str = "a.eml") -> Document:
    return email.parse(name, source.encode() if isinstance(source, str) else source, Settings())[0]


def body(text: str) -> str:
    return parse(f"{HEAD}\n{text}").text.removeprefix(SHOWN)


def test_a_mail_is_its_subject_its_fields_and_its_text() -> None:
    document = parse(f"{HEAD}\nHello,\n\nwe meet at ten.\n")
    assert document.title == "Plan"
    assert document.text == f"{SHOWN}Hello,\n\nwe meet at ten."


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nOn Mon, 1 Jan 2024 at 09:00, Someone <x@example.com> wrote:\n> When do we\n> meet?\n",
        "\n\nOn Mon, 1 Jan 2024 at 09:00, Someone\n<x@example.com> wrote:\n\n> When?\n",
        "\n\n-----Original Message-----\nFrom: Someone\nSent: Monday\nTo: All\nSubject: Plan\n\nWhen do we meet?\n",
        "\n\nFrom: Someone\nSent: Monday\nTo: All\nSubject: Plan\n\nWhen do we meet?\n",
        "\n\n在 2024年1月1日，某人 <x@example.com> 写道：\n> 什么时候见面？\n",
        "\n\n> When do we meet?\n",
        "\n\n-- \nSender\nExample Office\n",
        "\n\nSent from my phone\n",
    ],
)
def test_quoted_mails_and_signatures_are_cut(tail: str) -> None:
    assert body(f"We meet at ten.{tail}") == "We meet at ten."


def test_answers_between_quotes_keep_what_they_answer_and_a_mere_quote_is_kept() -> None:
    assert body("> When?\n\nAt ten.\n\n> Where?\n\nHere.") == "> When?\n\nAt ten.\n\n> Where?\n\nHere."
    assert body("> Only what was forwarded.") == "> Only what was forwarded."


def test_plain_text_is_preferred_unless_it_says_nothing() -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "S", "a@example.com"
    message.set_content("The plain text.")
    message.add_alternative("<p>The <b>rich</b> text.</p>", subtype="html")
    assert parse(message.as_bytes()).text.endswith("The plain text.")
    message = EmailMessage()
    message["Subject"], message["From"] = "S", "a@example.com"
    message.set_content("Your program shows no HTML.")
    message.add_alternative("<h1>News</h1><p>" + "We have moved to a new place. " * 9 + "</p>", subtype="html")
    assert "# News" in parse(message.as_bytes()).text


def test_attachments_are_named_and_forwarded_mails_are_read() -> None:
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Inner", "c@example.com"
    inner.set_content("Inner text.")
    message = EmailMessage()
    message["Subject"], message["From"] = "Outer", "a@example.com"
    message.set_content("Outer text.")
    message.add_attachment(inner)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="r.pdf")
    document = parse(message.as_bytes())
    assert document.text.startswith("# Outer\n\n- From: a@example.com\n\nOuter text.\n\n# Inner\n\n- From: c@example.com")
    assert document.text.endswith("Inner text.")
    assert document.meta["attachments"] == ["r.pdf"]


def test_broken_headers_and_undeclared_charsets_are_read_as_far_as_they_go() -> None:
    raw = "Subject: =?utf-8?B?5rWL6K+V?= =?no-such?Q?x=FC?= =?utf-8?B?###?=\nFrom: a@example.com\n"
    raw += "Content-Type: text/plain; charset=no-such\n\n"
    document = parse(raw.encode() + "这是一封没有正确声明编码的邮件，但是内容可以读出来。".encode("gbk"))
    assert document.title.startswith("测试")
    assert document.text.endswith("这是一封没有正确声明编码的邮件，但是内容可以读出来。")
    assert parse("Subject: Grüße aus dem Büro\nFrom: x\n\nText".encode("latin-1")).title == "Grüße aus dem Büro"


def test_a_mail_in_utf16_is_read() -> None:
    assert parse(f"{HEAD}\nHello.".encode("utf-16")).text == f"{SHOWN}Hello."


def test_flowed_text_is_joined() -> None:
    assert body("x").startswith("x")
    flowed = f"{HEAD}Content-Type: text/plain; format=flowed\n\nThis line goes \non here.\nThis one not.\n"
    assert parse(flowed).text.endswith("This line goes on here.\nThis one not.")


@pytest.mark.parametrize(
    "source",
    [
        f'{HEAD}Content-Type: multipart/encrypted; boundary=x; protocol="application/pgp-encrypted"\n\n'
        "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x--\n",
        f"{HEAD}\n-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----\n",
        f"{HEAD}Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nAAAA\n",
    ],
)
def test_an_encrypted_mail_says_so(source: str) -> None:
    with pytest.raises(DocumentError, match="encrypted"):
        parse(source)


def test_a_mail_without_text_is_no_document() -> None:
    with pytest.raises(DocumentError, match="no text"):
        parse(HEAD + "\n")


def test_a_mailbox_holds_many_mails() -> None:
    box = "".join(f"From a@example.com Tue Jan  2 10:00:0{i} 2024\n{HEAD}\nText {i}.\n>From here on.\n\n" for i in range(3))
    document = parse(box, "in.mbox")
    assert [line for line in document.text.split("\n") if line.startswith("Text")] == ["Text 0.", "Text 1.", "Text 2."]
    assert "\nFrom here on." in document.text
    assert (document.title, document.meta["messages"]) == ("in.mbox", 3)


def test_parts_nested_without_end_do_no_harm() -> None:
    deep = HEAD + "".join(f'Content-Type: multipart/mixed; boundary="{i}"\n\n--{i}\n' for i in range(3000)) + "\nText"
    with pytest.raises(DocumentError):
        parse(deep)


def test_mail_is_known_by_its_fields() -> None:
    assert email.sniff("a.txt", f"{HEAD}\nx".encode()) == 3
    assert email.sniff("a.txt", b"Subject: not a mail, only one field\n\nText") == 0
    assert email.sniff("a.eml", b"Subject: x\n\nText") == 1
