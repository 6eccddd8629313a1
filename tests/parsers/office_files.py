"""Builds small Office files for tests, down to the XML where a library would not write what is tested."""

import io
import zipfile

from curate.records import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def relations(*rows: tuple[str, str, str]) -> str:
    """A relations part; rows are (id, kind, target), a target with `://` lies outside."""
    outside = ' TargetMode="External"'
    listed = "".join(
        f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"{outside if ":" in target else ""}/>' for i, kind, target in rows
    )
    return f'<Relationships xmlns="{LINKS}">{listed}</Relationships>'


def docx(body: str, *links: tuple[str, str, str], prolog: str = "", **parts: str) -> bytes:
    """A Word file with this body; `parts` are styles, numbering, footnotes ... by their inner XML."""
    roots = {"footnotes": "footnotes", "endnotes": "endnotes", "styles": "styles", "numbering": "numbering", "comments": "comments"}
    own = [(f"p{n}", name, f"{name}.xml") for n, name in enumerate(parts)]
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
            "word/document.xml": f"{prolog}<w:document {SPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations(*own, *links),
            **{f"word/{name}.xml": f"<w:{roots[name]} {SPACES}>{xml}</w:{roots[name]}>" for name, xml in parts.items()},
        }
    )


def p(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph of one run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{named}{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def item(text: str, number_id: int = 1, level: int = 0) -> str:
    """A paragraph of a list."""
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number_id}"/></w:numPr>')


def ole(*names: str) -> bytes:
    """The beginning of an OLE2 file whose directory has these entries."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"".join(n.encode("utf-16-le") + b"\0" * 64 for n in names)


def pieces(document: Document) -> list[tuple[str, str]]:
    """Kind and text of each block, by its offsets."""
    return [(b.kind, document.text[b.start : b.end]) for b in document.blocks]
