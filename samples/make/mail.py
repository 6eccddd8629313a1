"""Writes an announcement as a mail with a plain text body and a small table attached."""

from email.message import EmailMessage
from email.policy import SMTP


def write(source: str, attachment: str) -> bytes:
    """source: a line `Subject: ...`, an empty line and the body. The date, the id and the boundary are fixed."""
    subject, body = source.split("\n\n", 1)
    mail = EmailMessage()
    mail["From"] = "Firmware team <firmware@example.com>"
    mail["To"] = "Service partners <partners@example.com>"
    mail["Subject"] = subject.removeprefix("Subject: ")
    mail["Date"] = "Mon, 17 Feb 2025 09:00:00 +0000"
    mail["Message-ID"] = "<firmware-4-2@example.com>"
    mail.set_content(body)
    mail.add_attachment(attachment, subtype="csv", filename="exchange-list.csv")
    mail.set_boundary("=-=-firmware-4-2-=-=")
    return mail.as_bytes(policy=SMTP)
