"""kill -9 in the middle of asking: nothing committed is sent again, at most what was in flight is."""

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from curate.cache import Ledger

SLOTS, ASKS, KILLS = 8, 400, 4
CHILD = """
import asyncio, sys
from pathlib import Path
from pydantic import BaseModel
from curate.cache import Ledger
from curate.llm import Models
from curate.settings import Settings

class Pair(BaseModel):
    question: str
    answer: str

async def main(url, folder):
    settings = Settings(model="test-model", base_url=url, concurrency=int(sys.argv[3]))
    with Ledger.open(folder / "cache.sqlite") as ledger:
        async with Models(settings, ledger, folder) as models:
            print("asking", flush=True)
            await asyncio.gather(*(models.bound()("ask", Pair, {"item": n}) for n in range(int(sys.argv[4]))))
            print(models.counts.made, flush=True)

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def committed(folder: Path) -> int:
    with Ledger.open(folder / "cache.sqlite") as ledger:
        return ledger.sums()["made"]


def test_nothing_committed_is_sent_again_after_kills(model_server: Any, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/ask.en.md").write_text("# user\nItem {{ item }}.\n")
    server, moment = model_server(latency=0.02, jitter=0.02), random.Random(3)
    command = [sys.executable, "-c", CHILD, server.url, str(tmp_path), str(SLOTS), str(ASKS)]
    for _ in range(KILLS):
        before, had = server.stats()["requests"], committed(tmp_path)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(moment.uniform(0.05, 0.5))
            child.kill()
        sent, kept = server.stats()["requests"] - before, committed(tmp_path) - had
        assert kept <= sent <= kept + SLOTS
    rest = subprocess.run(command, capture_output=True, check=True, timeout=60)
    stats = server.stats()
    assert committed(tmp_path) == len(stats["bodies"]) == ASKS
    assert stats["requests"] <= ASKS + KILLS * SLOTS
    assert int(rest.stdout.split()[-1]) < ASKS
