"""The ledger: opening it, looking replies up, and a resume in which every ask is remembered.

python -m benchmarks.ledger [--entries 1000000] [--asks 100000] [--chunks 10000] [--folder /tmp] [lookups resume rebuild]
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.build import build, documents
from curate.cache import Ledger, Reply, ask_key
from curate.generators.qa import Pairs
from curate.llm import Models
from curate.llm._asked import Asked
from curate.records import canonical
from curate.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WORDS = ["the", "valve", "of", "a", "pump", "opens", "at", "kPa", "and", "is", "checked", "every", "few", "weeks", "by", "shift", "leads"]
NOISE = " ".join(random.Random(1).choices(WORDS, k=100_000))
LOOKUPS = 20_000
INSTRUCTIONS = "Every pair is supported by the passage alone, names its subject and stands without the passage. " * 40
PROMPT = f"""# system
{INSTRUCTIONS}

# user
Where the passage stands:
{{{{ fence(([path, title] + headings) | unique | join(" > ")) }}}}

{{{{ fence(text) }}}}

Write up to {{{{ slots | length }}}} pairs:
{{% for slot in slots %}}
{{{{ loop.index }}}}. {{{{ [slot.get("question"), slot.get("difficulty"), slot.get("style")] | select | join(", ") }}}}
{{% endfor %}}
"""
"""As long as the shipped prompts, and made of the same parts."""


def main() -> None:
    """Runs the parts named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="lookups, resume, rebuild")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=100_000)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--folder", default=None, help="where the files go: 6 GB for a million entries")
    options = parser.parse_args()
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="curate-bench-", dir=options.folder) as folder:
            for line in PARTS[name](Path(folder), options):
                print(f"{name:8} {line}", flush=True)


def lookups(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """Many entries of usual size: 4.5 KB of request, 1.5 KB of reply."""
    path = folder / "cache.sqlite"
    began = time.monotonic()
    asyncio.run(fill(path, options.entries))
    size = path.stat().st_size
    yield f"{options.entries:,} entries, {size / 1e9:.1f} GB: written in {time.monotonic() - began:.0f} s"
    forget_pages(path)
    began = time.monotonic()
    with Ledger.open(path) as ledger:
        opened = time.monotonic() - began
        cold = looked_up(ledger, options.entries, 1)
    yield f"open {opened * 1000:.1f} ms (target 1 s); look-up from a cold disk cache: {cold}"
    with Ledger.open(path) as ledger:
        looked_up(ledger, options.entries, 2)
        yield f"look-up, pages at hand: {looked_up(ledger, options.entries, 2)} (target 50 µs)"
        yield f"look-up of random keys: {looked_up(ledger, options.entries, 3)}; of what is not there: {looked_up(ledger, 0, 4)}"


async def fill(path: Path, entries: int) -> None:
    """Writes entries with keys that hash their number."""
    with Ledger.open(path) as ledger:
        for first in range(0, entries, 2_000):
            await asyncio.gather(*(ledger.put(entry(n)) for n in range(first, min(first + 2_000, entries))))


def entry(number: int) -> Reply:
    """One entry of usual size."""
    start = number * 7919 % (len(NOISE) - 6_000)
    request = f'{{"messages":"{NOISE[start : start + 4_500]}","number":{number}}}'
    return Reply(key(number), request, f'{{"content":"{NOISE[start + 4_500 : start + 6_000]}"}}'.encode(), "valid", "", 1200, 300)


def key(number: int) -> str:
    """The key of an entry."""
    return ask_key(f"entry {number}")


def looked_up(ledger: Ledger, entries: int, seed: int) -> str:
    """Seconds of random look-ups, as words; entries: 0 for keys that are not there."""
    chance = random.Random(seed)
    keys = [key(chance.randrange(entries) if entries else -1 - n) for n in range(LOOKUPS)]
    took = []
    for each in keys:
        began = time.perf_counter()
        found = ledger.get(each)
        took.append(time.perf_counter() - began)
        assert (found is not None) == bool(entries)
    took.sort()
    return f"median {statistics.median(took) * 1e6:.0f} µs, 99 % {took[int(0.99 * len(took))] * 1e6:.0f} µs"


def forget_pages(path: Path) -> None:
    """Makes the kernel drop what it holds of a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resume(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """Every ask through the real path: rendered, keyed, looked up, validated."""
    settings = Settings(model="test-model", base_url="http://127.0.0.1:9/v1")
    (folder / "prompts").mkdir()
    (folder / "prompts/benchmark.en.md").write_text(PROMPT)
    with Ledger.open(folder / "cache.sqlite") as ledger:
        began = time.monotonic()
        asyncio.run(answered(Models(settings, ledger, folder), options.asks))
        written = time.monotonic() - began
        models = Models(settings, ledger, folder)
        began = time.monotonic()
        asyncio.run(asked_again(models, options.asks))
        seconds = time.monotonic() - began
        assert models.counts.remembered == options.asks
    each = 1e6 * seconds / options.asks
    yield f"{options.asks:,} remembered asks: {seconds:.1f} s, {each:.0f} µs each (target 15 s, 150 µs); written in {written:.0f} s"


def values(number: int) -> dict[str, object]:
    """What a task gives its prompt, with a passage of 1.4 KB that no other has."""
    text = "\n".join(
        f"Station {number}-{k} runs its pump at {100 + 7 * k} kPa and cleans its filter every {k + 2} weeks." for k in range(16)
    )
    slots = [{"question": "factual", "difficulty": "easy", "style": "plain"}] * 4
    return {"path": f"stations/{number}.md", "title": f"Station {number}", "headings": ["Use", "Pumps"], "text": text, "slots": slots}


def pairs(number: int) -> bytes:
    """A reply as servers send it."""
    told = f"Station {number}-3 runs its pump at 121 kPa and cleans its filter every 5 weeks."
    content = json.dumps(
        {"pairs": [{"number": n + 1, "quote": told, "question": f"At what pressure, {n}?", "answer": told} for n in range(4)]}
    )
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}
    return canonical({"id": str(number), "object": "chat.completion", "choices": [choice], "usage": usage}).encode()


async def answered(models: Models, asks: int) -> None:
    """Puts a reply for every ask into the ledger."""
    async with models:
        for first in range(0, asks, 2_000):
            await asyncio.gather(*(models.ledger.put(remembered(models, n)) for n in range(first, min(first + 2_000, asks))))


def remembered(models: Models, number: int) -> Reply:
    """The ledger row of one ask that was answered."""
    asked = Asked(models.role("generate"), models.prompts.render("benchmark", values(number)), Pairs, models.prompts)
    request = asked.request(0, "")[1]
    return Reply(ask_key(request), request, pairs(number), "valid", "", 1200, 300)


async def asked_again(models: Models, asks: int) -> None:
    """The resume: one bound ask for each task, as the runner does it."""
    async with models:
        for number in range(asks):
            found = await models.bound()("benchmark", Pairs, values(number))
            assert len(found.pairs) == 4


def rebuild(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """A build whose samples have to be made again, all from remembered replies: a check's setting was changed."""
    sources = documents(folder / "docs", options.chunks // 20, 20)
    flags = ["--model", "test-model", "--concurrency", "64", "--set", "audiences=0"]
    with subprocess.Popen(
        [sys.executable, ROOT / "tests" / "server.py", "--with-parent", "--mode", "qa"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        flags += ["--base-url", f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}/v1"]
        build(sources, folder / "out", *flags)
        began = time.monotonic()
        build(sources, folder / "out", *flags, "--set", "min_answer_chars=3")
        seconds = time.monotonic() - began
        server.kill()
    manifest = json.loads((folder / "out/.curate/manifest.json").read_text())
    asks, stages = manifest["asks"], manifest["stages"]
    assert asks["sent"] == 0, asks
    parts = ", ".join(f"{name} {stage['seconds']:.1f} s" for name, stage in stages.items() if name in ("tasks", "rows"))
    yield f"{asks['remembered']:,} remembered asks, made into samples, checked and exported: {seconds:.1f} s ({parts})"


PARTS = {"lookups": lookups, "resume": resume, "rebuild": rebuild}

if __name__ == "__main__":
    main()
