"""The main job as a whole: share of the ideal time while a model is asked, an unchanged rebuild, memory on much text, start-up.

python -m benchmarks.build [--asks 2000] [--judges] [--megabytes 1000] [asking rebuild memory help]
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import urlopen

LATENCY, SLOTS = 0.2, 64
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Runs the parts named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="asking, rebuild, memory, help")
    parser.add_argument("--asks", type=int, default=2_000)
    parser.add_argument("--judges", action="store_true", help="ask with the judges on: theirs count among the asks")
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--megabytes", type=int, default=1_000)
    options = parser.parse_args()
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="curate-bench-") as folder:
            print(f"{name:8} {PARTS[name](Path(folder), options)}", flush=True)


def asking(folder: Path, options: argparse.Namespace) -> str:
    """From the first request to the last reply, against the time that the server alone needs."""
    sources = documents(folder / "docs", options.asks, 1)
    with subprocess.Popen(
        [sys.executable, ROOT / "tests" / "server.py", "--with-parent", "--mode", "qa", "--latency", str(LATENCY), "--slots", str(SLOTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout
        address = f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
        began = time.monotonic()
        flags = ["--model", "test-model", "--base-url", f"{address}/v1", "--concurrency", str(SLOTS)]
        flags += ["--set", "audiences=0"]  # the one ask before all are planned
        build(sources, folder / "out", *flags, *(["--judge"] if options.judges else []))
        whole = time.monotonic() - began
        with urlopen(f"{address}/stats") as page:
            stats = json.load(page)
        server.kill()
    ideal = stats["requests"] * LATENCY / SLOTS
    return (
        f"{stats['requests']:,} asks at {SLOTS} slots of {LATENCY} s: {ideal / stats['seconds']:.1%} of the ideal time from the first "
        f"request to the last (target 90 %); {ideal / whole:.1%} with start-up, parsing and export ({whole:.1f} s)"
    )


def rebuild(folder: Path, options: argparse.Namespace) -> str:
    """A second build of the same documents."""
    sources = documents(folder / "docs", options.chunks // 20, 20)
    build(sources, folder / "out")
    began = time.monotonic()
    build(sources, folder / "out")
    seconds = time.monotonic() - began
    import polars as pl

    chunks = pl.scan_parquet(folder / "out/.curate/chunks/*.parquet").select(pl.len()).collect().item()
    return f"nothing changed, {chunks:,} chunks: {seconds:.2f} s (target 3 s)"


def memory(folder: Path, options: argparse.Namespace) -> str:
    """The largest resident size of the build's process, and of all its processes together."""
    sources = documents(folder / "docs", options.megabytes, 480)
    size = sum(p.stat().st_size for p in sources.iterdir())
    began = time.monotonic()
    child = subprocess.Popen(command(sources, folder / "out"), stdout=subprocess.DEVNULL)
    together = Together(child.pid)
    together.start()
    code = child.wait()
    together.stop()
    assert code == 0, code
    seconds = time.monotonic() - began
    alone = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"{size / 1e6:,.0f} MB of text: peak {alone:,.0f} MB in the largest process, {together.peak / 1e6:,.0f} MB in all together "
        f"(target 1,500 MB), {seconds:,.0f} s, {size / 1e6 / seconds:.1f} MB/s"
    )


def help_(folder: Path, options: argparse.Namespace) -> str:  # noqa: ARG001 - every part is called alike
    """`curate --help` against Python that does nothing."""
    bare = min(timed([sys.executable, "-c", "pass"]) for _ in range(7))
    ours = min(timed([sys.executable, "-m", "curate", "--help"]) for _ in range(7))
    return f"--help {ours:.3f} s, bare Python {bare:.3f} s: {ours - bare:.3f} s more (target 0.25 s)"


PARTS = {"asking": asking, "rebuild": rebuild, "memory": memory, "help": help_}


class Together(threading.Thread):
    """Samples the proportional set size of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.25):
            self.peak = max(self.peak, sum(share(pid) for pid in family(self.pid)))

    def stop(self) -> None:
        self.done.set()
        self.join()


def share(pid: int) -> int:
    """Bytes of memory a process uses, pages it shares counted by its share; 0 once it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return 1024 * int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *[p for child in children for p in family(int(child))]]


def documents(folder: Path, count: int, passages: int) -> Path:
    """Text documents of about `passages` chunks each, every one different."""
    folder.mkdir()
    for n in range(count):
        lines = []
        for k in range(passages):
            word = hashlib.sha256(f"{n}/{k}".encode()).hexdigest()
            lines.append(f"## Station {word[:8]}\n")
            lines.append(f"**Valve {word[40:48]}** is a relief valve that opens at {200 + k} kPa and protects pump {word[8:14]}.\n")
            lines += [
                f"Station {word[:8]} runs pump {word[8 + i : 14 + i]} at {100 + i * 7 + k} kPa. Its filter {word[20 + i : 25 + i]} is "
                f"cleaned every {i + 2} weeks by the shift lead, and a pressure above {200 + i} kPa closes valve {word[30 + i : 34 + i]}."
                for i in range(12)
            ]
            lines.append("")
        (folder / f"station-{n:05d}.md").write_text(f"# Stations of line {n}\n\n" + "\n".join(lines))
    return folder


def command(sources: Path, out: Path, *flags: str) -> list[str]:
    """The build as a user types it."""
    return [sys.executable, "-m", "curate", "build", str(sources), "--out", str(out), "--quiet", *flags]


def build(sources: Path, out: Path, *flags: str) -> None:
    """Runs a build that must succeed."""
    subprocess.run(command(sources, out, *flags), check=True, stdout=subprocess.DEVNULL, env={**os.environ})


def timed(words: list[str]) -> float:
    """Seconds of a whole process."""
    began = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
