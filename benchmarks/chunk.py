"""Speed of sentences(), sketch() and chunk() in MB/s and, where chonkie or semchunk are installed, as ratios to them in the same run.

python benchmarks/chunk.py [FOLDER of Markdown files; default: samples/] [--seconds 2]
"""

import argparse
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

from curate.chunking import chunk
from curate.records import Document
from curate.settings import Settings
from curate.splits import sketch
from curate.text import estimate_tokens, sentences

SETTINGS = Settings()
CHARS = SETTINGS.chunk_tokens * 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "samples")
    parser.add_argument("--seconds", type=float, default=2.0)
    args = parser.parse_args()
    texts = [p.read_text(encoding="utf-8") for p in sorted(args.folder.rglob("*.md"))] or [made()]
    size = sum(len(t.encode()) for t in texts) / 1e6
    print(f"{len(texts)} texts, {size:.2f} MB, one core")
    speeds = {name: speed(run, texts, size, args.seconds) for name, run in contenders().items()}
    for name, found in speeds.items():
        print(f"{name:12} {found:8.2f} MB/s   chunk() is {speeds['chunk'] / found:5.2f} times as fast")


def contenders() -> dict[str, Callable[[str], object]]:
    runs: dict[str, Callable[[str], object]] = {
        "sentences": sentences,
        "sketch": sketch,
        "chunk": lambda text: chunk(Document("d" * 24, "a.md", "A", text, "en"), SETTINGS, "train"),
    }
    if importlib.util.find_spec("chonkie"):
        from chonkie import RecursiveChunker

        runs["chonkie"] = RecursiveChunker(tokenizer="character", chunk_size=CHARS).chunk
    if importlib.util.find_spec("semchunk"):
        import semchunk

        runs["semchunk"] = semchunk.chunkerify(estimate_tokens, SETTINGS.chunk_tokens)
    return runs


def speed(run: Callable[[str], object], texts: list[str], size: float, seconds: float) -> float:
    """MB of text per second of processor time, over whole rounds."""
    for text in texts[:3]:
        run(text)
    rounds, began = 0, time.process_time()
    while not rounds or time.process_time() - began < seconds:
        for text in texts:
            run(text)
        rounds += 1
    return size * rounds / (time.process_time() - began)


def made() -> str:
    """A text to measure where the folder holds no Markdown."""
    paragraph = "The archive keeps every letter. It was sent in 1999, e.g. by Dr. Smith. " * 8 + "\n\n"
    return "".join(f"## Section {n}\n\n{paragraph * (n % 7)}- one\n- two\n\n" for n in range(400))


if __name__ == "__main__":
    main()
