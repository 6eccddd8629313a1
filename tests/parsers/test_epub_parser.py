"""Books: chapters in reading order, without the navigation."""

import io
import zipfile

import pytest

from curate.errors import DocumentError
from curate.parsers import epub
from curate.settings import Settings

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>The Handbook</dc:title><dc:creator>Team A</dc:creator><dc:language>en-GB</dc:language></metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="m" href="missing.xhtml" media-type="application/xhtml+xml"/>
<item id="i" href="i.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="i"/><itemref idref="b"/><itemref idref="m"/></spine></package>"""


def page(body: str) -> str:
    return f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>'


def book(**changes: str | None) -> bytes:
    files: dict[str, str | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/p.opf": PACKAGE,
        "OEBPS/nav.xhtml": page('<nav><a href="a">One</a></nav>'),
        "OEBPS/text/one.xhtml": page("<h1>One</h1><p><a id='x'/>First.</p>"),
        "OEBPS/two b.xhtml": page("<h1>Two</h1><p>Second.</p>"),
        **changes,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return target.getvalue()


def test_chapters_come_in_reading_order_with_the_books_fields() -> None:
    document = epub.parse("b.epub", book(), Settings())[0]
    assert document.text == "# One\n\nFirst.\n\n# Two\n\nSecond."
    assert (document.title, document.language, document.meta) == ("The Handbook", "en", {"creator": "Team A"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"META-INF/container.xml": None}, "has no META-INF/container.xml"),
        ({"OEBPS/p.opf": "<package><"}, "cannot be read"),
        ({"META-INF/container.xml": "<container/>"}, "where its book is"),
        ({"OEBPS/text/one.xhtml": page(""), "OEBPS/two b.xhtml": page("")}, "no text"),
        ({"OEBPS/p.opf": '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>'}, "cannot be read"),
    ],
)
def test_a_damaged_book_says_what_is_wrong(changes: dict[str, str | None], message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        epub.parse("b.epub", book(**changes), Settings())


def encryption(method: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        f'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{method}"/></enc:EncryptedData></encryption>'
    )


def test_a_protected_book_is_refused_but_obfuscated_fonts_are_none_of_our_business() -> None:
    with pytest.raises(DocumentError, match="protected"):
        epub.parse("b.epub", book(**{"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}), Settings())
    fonts = book(**{"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding")})
    assert epub.parse("b.epub", fonts, Settings())[0].title == "The Handbook"


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(DocumentError):
        epub.parse("b.epub", b"PK\x03\x04 nothing", Settings())


def test_books_are_known_by_their_content() -> None:
    assert epub.sniff("b.bin", book()) == 3
    assert epub.sniff("b.epub", b"plain") == 0
