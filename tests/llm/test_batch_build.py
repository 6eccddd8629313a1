"""A real build through batches: Ctrl-C ends at once, and the same command goes on with the same batch."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ASKS = 12


def build(sources: Path, out: Path, url: str) -> subprocess.Popen[str]:
    flags = [
        "--out",
        str(out),
        "--model",
        "tiny",
        "--base-url",
        url,
        "--set",
        "batch=true",
        "--set",
        "batch_poll=0.2",
        "--set",
        "topics=0",
        "--set",
        "audiences=0",
    ]
    command = [sys.executable, "-m", "curate", "build", str(sources), *flags]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_an_interrupted_build_picks_its_batch_up_and_pays_nothing_twice(model_server: Any, tmp_path: Path) -> None:
    server, sources = model_server(mode="qa", model="tiny", batch_delay=4), tmp_path / "docs"
    sources.mkdir()
    for n in range(ASKS):
        facts = [f"Valve {n}-{k} opens at {100 + 7 * n + k} kPa and is checked every {k + 2} weeks." for k in range(12)]
        (sources / f"valve-{n:02d}.md").write_text(f"# Valve series {n}\n\n" + "\n".join(facts) + "\n")
    first = build(sources, tmp_path / "out", server.url)
    until = time.monotonic() + 60
    while not server.stats()["batches"].get("made"):
        assert time.monotonic() < until
        assert first.poll() is None, first.communicate()
        time.sleep(0.05)
    time.sleep(0.3)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=60)
    assert first.returncode == 130, said
    assert server.stats()["bodies"] == {}  # the batch was not waited for
    assert "the same command picks them up" in said
    second = build(sources, tmp_path / "out", server.url)
    _, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    stats = server.stats()
    assert set(stats["bodies"].values()) == {1}
    assert stats["requests"] == 0
    assert (tmp_path / "out/dataset/sharegpt/train.jsonl").exists()
