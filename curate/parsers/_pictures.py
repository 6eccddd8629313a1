"""Tells which descriptions of pictures say something to a reader."""

import re

_DULL = re.compile(
    r"(?i).*\.(?:png|jpe?g|gif|svg|webp|bmp)|.{0,30}\blogo|"
    r"(?:the |an? )?(?:icon|image|img|photo|picture|avatar|banner|cover|screenshot|alt text|在这里插入图片描述|图片|输入图片说明)s?[\W\d]*"
)
_BADGE = re.compile(r"(?i)shields\.io|badge|travis-ci|codecov|\bdata:image/gif")


def dull(alt: str, source: str = "") -> bool:
    """A file name, a bare "image", a badge: nothing that a caption could be."""
    alt = alt.strip()
    return len(alt) < 4 or bool(_DULL.fullmatch(alt) or _BADGE.search(source)) or not re.search(r"\w{2}", alt)
