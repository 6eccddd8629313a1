"""Asks per second against the scripted server: the whole `ask` path beside the bare client, and beside the ideal of a fixed latency.

    python benchmarks/ask.py [--json]

(a) 512 slots, 0.2 s latency: asks/s as a share of what the `openai` client's `chat.completions.create` reaches on the same transport
    with the same messages and replies (but no reply schema to send).
(b) 64 slots, 0.2 s latency, 2,000 asks: the share of the ideal time (asks / slots x latency).
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic import BaseModel

from curate.cache import Ledger
from curate.llm import Models
from curate.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LATENCY = 0.2
PROMPT = """# system
You write question-answer pairs for a training set. Every answer is supported by the passage alone.

# user
Write {{ count }} question-answer pairs about this passage. Give for each the evidence as an exact quote of the passage.

{{ fence(passage) }}
"""
SENTENCE = "Item {n} of the handbook says that the valve of pump {m} is opened slowly and closed again after {k} minutes of cleaning. "


class Pair(BaseModel):
    """One question with its answer and the evidence."""

    question: str
    answer: str
    evidence: str


class Pairs(BaseModel):
    """What the benchmark's prompt asks for."""

    pairs: list[Pair]


def passage(number: int) -> str:
    """About 1.6 KB of text that no other number gives."""
    return "".join(SENTENCE.format(n=number, m=line, k=line * 3 + 1) for line in range(14))


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The scripted server, with one reply for all, on the last core: it does not run beside the client."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as replies:
        replies.write(
            json.dumps(json.dumps({"pairs": [{"question": "What?", "answer": passage(1)[:120], "evidence": passage(1)[:120]}] * 3}))
        )
        replies.flush()
        with serving(replies.name) as url:
            yield url


@contextlib.contextmanager
def serving(mode: str) -> Iterator[str]:
    """A server process; its address."""
    command = [sys.executable, str(ROOT / "tests/server.py"), "--mode", mode, "--latency", str(LATENCY), "--with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(child.pid, cores[-1:])
        os.sched_setaffinity(0, cores[:-1])
    try:
        yield f"http://127.0.0.1:{json.loads(child.stdout.readline())['port']}/v1"
    finally:
        os.sched_setaffinity(0, cores)
        child.terminate()
        child.wait()


async def spread(count: int, slots: int, one: Callable[[int], Awaitable[Any]]) -> float:
    """Seconds for `count` calls by `slots` workers."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await one(number)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(slots)))
    return time.perf_counter() - start


async def bare(url: str, count: int, slots: int) -> float:
    """The client alone: no rendering, no schema, no ledger, no validation."""
    async with AsyncOpenAI(base_url=url, api_key="none", http_client=DefaultAioHttpClient(), max_retries=0) as client:

        async def one(number: int) -> None:
            text = f"Write 3 pairs.\n<document-{0:032x}>\n{passage(number)}\n</document-{0:032x}>"
            messages: Any = [{"role": "system", "content": "You write pairs."}, {"role": "user", "content": text}]
            await client.chat.completions.create(model="test-model", messages=messages, max_tokens=4096, temperature=0.7, top_p=1, seed=0)

        await spread(slots, slots, one)  # opens the connections
        return await spread(count, slots, one)


async def whole(url: str, count: int, slots: int) -> float:
    """curate's ask, from the prompt file to the validated reply on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        (workspace / "prompts").mkdir()
        (workspace / "prompts/benchmark.en.md").write_text(PROMPT)
        settings = Settings(model="test-model", base_url=url, concurrency=slots)
        with Ledger.open(workspace / "cache.sqlite") as ledger:
            async with Models(settings, ledger, workspace) as models:

                async def one(number: int) -> None:
                    pairs = await models.bound()("benchmark", Pairs, {"count": 3, "passage": passage(number)})
                    assert len(pairs.pairs) == 3

                await spread(slots, slots, lambda number: one(-1 - number))
                return await spread(count, 2 * slots + 16, one)  # as many tasks as a build keeps waiting for a slot


def measured(rounds: int) -> dict[str, float]:
    """The two figures, each the best of some rounds that alternate with what they are compared with."""
    with server() as url:
        bares, wholes = [], []
        for _ in range(rounds):
            bares.append(4000 / asyncio.run(bare(url, 4000, 512)))
            wholes.append(4000 / asyncio.run(whole(url, 4000, 512)))
        lone = min(asyncio.run(bare(url, 2000, 64)) for _ in range(rounds))
        seconds = min(asyncio.run(whole(url, 2000, 64)) for _ in range(rounds))
    ideal = 2000 / 64 * LATENCY
    return {
        "bare asks/s at 512 slots": max(bares),
        "ask asks/s at 512 slots": max(wholes),
        "ask of bare": max(wholes) / max(bares),
        "seconds for 2,000 asks at 64 slots": seconds,
        "share of ideal": ideal / seconds,
        "share of ideal of the bare client": ideal / lone,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measured(options.rounds)
    print(json.dumps(figures) if options.json else "\n".join(f"{name:40} {value:10.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
