"""Measures the filters against the libraries below them, in one run on one core: python benchmarks/filters.py [--rows 100000].

Prints CPU seconds, what was found and the ratio to the library alone. Times differ between machines; the ratios hold.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from curate.filters import duplicates, grounded, language, length, pii, quality
from curate.records import Chunk, Message, Sample
from curate.settings import Settings

SETTINGS = Settings()
WORDS_IN_ANSWER = 160


class Rows(list[Sample]):
    """The samples in memory, ranked by their id."""

    def rank(self, sample_id: str) -> tuple[float | str, ...]:
        return (sample_id,)


def row(number: int, question: str, answer: str) -> Sample:
    return Sample(f"{number:08}", "qa", "t", [Message("user", question), Message("assistant", answer)])


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def made(count: int, seed: int = 0) -> tuple[Rows, dict[str, set[tuple[str, str]]]]:
    """`count` samples of about 1 KB; of each hundred two are near copies, one shares half, one differs in a number alone."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("abcdefghiklmnoprstuvw", k=rng.randint(2, 10))) for _ in range(20_000)]
    weights = [1 / (n + 10) for n in range(len(vocabulary))]
    rows, pairs = Rows(), {kind: set[tuple[str, str]]() for kind in ("copy", "half", "number")}
    while len(rows) < count:
        text = rng.choices(vocabulary, weights, k=WORDS_IN_ANSWER)
        asked = " ".join(rng.choices(vocabulary, weights, k=12))
        rows.append(row(len(rows), asked, " ".join(text)))
        kind = {0: "copy", 1: "copy", 2: "half", 3: "number"}.get(len(rows) % 100)
        if kind == "number":
            rows[-1] = row(len(rows) - 1, asked, " ".join([*text[:80], "200", *text[80:]]))
        if kind:
            pairs[kind].add((rows[-1].id, f"{len(rows):08}"))
            rows.append(row(len(rows), asked, " ".join(changed(text, kind, rng, vocabulary))))
    return Rows(rows[:count]), pairs


def changed(text: list[str], kind: str, rng: random.Random, vocabulary: list[str]) -> list[str]:
    if kind == "half":
        return text[: len(text) // 2] + rng.choices(vocabulary, k=len(text) // 2)
    if kind == "number":
        return [*text[:80], "300", *text[80:]]
    copy = list(text)
    for place in rng.sample(range(len(text)), rng.randint(1, 6)):
        copy[place] = rng.choice(vocabulary)
    return copy


def by_library(rows: Rows) -> Iterator[tuple[str, str]]:
    """The near-duplicate pairs that datasketch's MinHashLSH gives, unverified."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        words = [[w.encode() for m in sample.messages for w in m.content.split()] for sample in part]
        shingled = [[b" ".join(pair) for pair in pairwise(w)] for w in words]
        sketches = MinHash.bulk(shingled, num_perm=128, hashfunc=xxhash.xxh32_intdigest)
        for sample, sketch in zip(part, sketches, strict=True):
            yield from ((other, sample.id) for other in index.query(sketch))
            index.insert(sample.id, sketch)


def similar(one: Sample, other: Sample) -> float:
    sets = [{pair for m in s.messages for pair in pairwise(m.content.split())} for s in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def measure_duplicates(count: int) -> None:
    rows, pairs = made(count)
    ours, verdicts = seconds(lambda: list(duplicates.compare(rows, SETTINGS)))
    found = {tuple(sorted((v.sample_id, v.detail["twin"]))) for v in verdicts if not v.passed}
    theirs, library = seconds(lambda: {tuple(sorted(p)) for p in by_library(rows)})
    alike = {p for p in pairs["copy"] if int(p[1]) < count and similar(rows[int(p[0])], rows[int(p[1])]) >= 0.8}
    wrong = pairs["half"] | pairs["number"]
    print(f"duplicates, {count} samples of 1 KB     CPU s   recall   wrongly merged")
    for name, spent, got in (("curate", ours, found), ("datasketch MinHashLSH", theirs, library)):
        others = len(got - pairs["copy"] - wrong)
        print(
            f"  {name:30} {spent:8.1f} {len(got & alike) / max(len(alike), 1):8.3f}   {len(got & wrong)} of {len(wrong)}, {others} others"
        )
    print(f"  datasketch / curate CPU: {theirs / ours:.1f}")


def measure_pii(count: int) -> None:
    import logging

    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import EmailRecognizer, IpRecognizer, PhoneRecognizer, UsSsnRecognizer

    logging.getLogger("tldextract").setLevel(logging.CRITICAL)  # it tries to download a list, once
    registry = RecognizerRegistry(supported_languages=["en"])
    for recognizer in (EmailRecognizer, IpRecognizer, PhoneRecognizer, UsSsnRecognizer):
        registry.add_recognizer(recognizer())
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])
    rows, _ = made(count)
    texts = [r.messages[1].content + f" Write to a{i}@example.com or call +1 415 555 {i % 10000:04}." for i, r in enumerate(rows)]
    size = sum(map(len, texts)) / 1e6
    pii.scan(texts[0]), engine.analyze(texts[0], "en")
    ours, found = seconds(lambda: sum(len(pii.scan(t)) for t in texts))
    theirs, peers = seconds(lambda: sum(len(engine.analyze(t, "en", score_threshold=0.4)) for t in texts))
    print(f"personal data, {size:.1f} MB: curate {size / ours:.2f} MB/s ({found} found, every type and secrets)")
    print(f"  Presidio's own 4 recognizers {size / theirs:.2f} MB/s ({peers} found); curate / Presidio {theirs / ours:.1f}")


def measure_checks(count: int) -> None:
    rows, _ = made(count)
    print(f"checks of one sample of 1 KB, over {count} samples")
    for plugin in (length, language, grounded, quality, pii):
        texts = [r.messages[1].content for r in rows]
        chunks = [[Chunk("c", "d", 0, [], text, 0, len(text), language="en")] for text in texts]
        plugin.check(rows[0], chunks[0], SETTINGS)
        spent, _ = seconds(lambda p=plugin, c=chunks: [p.check(r, own, SETTINGS) for r, own in zip(rows, c, strict=True)])
        print(f"  {plugin.__name__.rsplit('.', 1)[1]:12} {spent / count * 1e3:6.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    measure_duplicates(count)
    measure_pii(min(count, 2000))
    measure_checks(min(count, 2000))


if __name__ == "__main__":
    main()
