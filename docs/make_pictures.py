"""Makes the README's pictures from a real build of the samples: python docs/make_pictures.py (needs Chromium and the fonts DejaVu Mono)."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from make_readme import ROOT, SAMPLES, laid_out, traced

PICTURES = ROOT / "docs/pictures"
COLUMNS = 112
COMMAND = ["build", *SAMPLES, "--style", "sharegpt,alpaca"]
ERASED = "\x1b[2K"  # what a progress bar leaves when it goes
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --hide-scrollbars --force-device-scale-factor=2 --default-background-color=00000000 "
    "--host-resolver-rules=MAP%*%~NOTFOUND"
)
STYLE = """
body { margin: 24px; width: max-content; color: #d5d9e0; font: 14px/20px "DejaVu Sans Mono", monospace; }
.window { background: #16191f; border-radius: 10px; padding: 14px 20px 18px; width: max-content; }
.window pre { margin: 0; font: inherit; }
.bar { display: flex; gap: 7px; margin-bottom: 12px; }
.bar i { width: 11px; height: 11px; border-radius: 50%; background: #3a404b; }
.side { display: flex; gap: 22px; align-items: flex-start; }
.side img { display: block; width: 540px; border-radius: 6px; }
.side div:first-child { width: 590px; }
.side pre { white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font: bold 13px/20px "DejaVu Sans", sans-serif; color: #e8b64c; margin: 0 0 4px; }
h2 ~ h2 { margin-top: 16px; }
"""
BAR = '<div class="bar"><i></i><i></i><i></i></div>'


def main() -> int:
    """Makes all pictures, or says what is missing."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser:
        print("Chromium is not installed: apt-get install chromium fonts-dejavu-core", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "samples").symlink_to(ROOT / "samples")
        shot(browser, folder, f'<div class="window">{BAR}<pre>{terminal(folder)}</pre></div>', "build.png")
        shot(browser, folder, trace(folder), "trace.png")
    return 0


def terminal(folder: Path) -> str:
    """What a terminal shows once the build is done, as HTML."""
    from rich.console import Console
    from rich.text import Text

    seen = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    words = [sys.executable, "-m", "curate", *COMMAND]
    done = subprocess.run(words, cwd=folder, env=seen, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    shown = done.stdout.decode().rpartition(ERASED)[2].strip("\r\n")
    console = Console(record=True, width=COLUMNS, file=(folder / "terminal.txt").open("w"), force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (" ".join(["curate", *COMMAND]), "bold")))
    console.print(Text.from_ansi(shown))
    return console.export_html(inline_styles=True, code_format="{code}")


def trace(folder: Path) -> str:
    """A row beside the page it was made from, its evidence in its box."""
    row, origin = traced(folder / "curated/dataset/sharegpt")
    span: Any = origin["spans"][0]  # type: ignore[index]
    where = {k: origin[k] for k in ("id", "file", "line", "documents")} | {"spans": [span]}
    parts = [("dataset/sharegpt/train.jsonl", row), ("dataset/sharegpt/sources.parquet", where)]
    text = "".join(f"<h2>{title}</h2><pre>{escape(laid_out(v))}</pre>" for title, v in parts)
    title = f"employee-handbook.pdf, page {span['page']}"
    image = base64.b64encode(page(ROOT / SAMPLES[0] / "employee-handbook.pdf", span)).decode()
    return f'<div class="window side"><div>{text}</div><div><h2>{title}</h2><img src="data:image/png;base64,{image}"></div></div>'


def page(path: Path, span: dict[str, Any]) -> bytes:
    """The upper half of the page of a span, with its box marked."""
    import pymupdf

    with pymupdf.open(path) as document:
        sheet = document[span["page"] - 1]
        x0, y0, x1, y1 = span["bbox"]
        sheet.draw_rect((x0 - 4, y0 - 3, x1 + 4, y1 + 3), color=(0.85, 0.5, 0), fill=(1, 0.8, 0.2), fill_opacity=0.3, width=1)
        upper = pymupdf.Rect(0, 20, sheet.rect.width, max(span["bbox"][3] + 60, sheet.rect.height * 0.55))
        drawn: bytes = sheet.get_pixmap(dpi=150, clip=upper).tobytes("png")
    return drawn


def shot(browser: str, folder: Path, body: str, name: str) -> None:
    """A picture of some HTML, cut to what is drawn, in few colours."""
    from PIL import Image

    source, raw = folder / "page.html", folder / "page.png"
    source.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}", encoding="utf-8")
    flags = [flag.replace("%", " ") for flag in FLAGS.split()]
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [browser, *flags, profile, "--window-size=1500,1600", f"--screenshot={raw}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(raw) as image:
        drawn = image.crop(image.getbbox()).quantize(96, method=Image.Quantize.FASTOCTREE)
        drawn.save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
