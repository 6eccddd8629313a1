"""Measures how well `grounded` tells right answers from wrong ones without a model: python benchmarks/grounding.py FOLDER [--half held].

FOLDER holds .jsonl files of rows with context, question and answers, or with knowledge, question, right_answer and hallucinated_answer.
Every file is halved by the hash of its passages: rules are tuned on one half, figures are of the other. Wrong answers are those to another
passage, those to another question on the same passage, hallucinated ones, and the sentence that holds the answer with a number, a name
or its negation changed. `overlap` is the plain measure: the share of the answer's words that the passage holds, with the one threshold that
parts right from wrong best on the tuning half of the file.
"""

import argparse
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.filters import grounded
from curate.records import Chunk, Message, Sample, Verdict
from curate.settings import Settings
from curate.text import sentences, words

SETTINGS = Settings()
TOLD = ("hallucinated", "other passage", "same passage")  # wrong answers as they come, not made from right ones
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to a question on a passage; `wrong` says how it is wrong, empty where it is right."""

    passage: str
    question: str
    answer: str
    wrong: str
    held: bool


def read(path: Path) -> list[tuple[str, str, str, str]]:
    """(passage, question, right answer, hallucinated answer or nothing) of each row that has an answer."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        (r["knowledge"], r["question"], r["right_answer"], r["hallucinated_answer"])
        if "knowledge" in r
        else (r["context"], r["question"], r["answers"][0], "")
        for r in rows
        if not r.get("is_impossible")
    ]


def cases(rows: list[tuple[str, str, str, str]], seed: int = 0) -> Iterator[Case]:
    """Right and wrong answers to every question, all drawn from the file itself."""
    rng = random.Random(seed)
    by_passage: dict[str, list[str]] = defaultdict(list)
    for passage, _, right, _ in rows:
        by_passage[passage].append(right)
    names = sorted({name for passage, *_ in rows for name in _NAME.findall(passage)})
    for passage, question, right, hallucinated in rows:
        held = hashlib.sha256(passage.encode()).digest()[0] % 2 == 1

        def case(answer: str, wrong: str, own: tuple[str, str, bool] = (passage, question, held)) -> Case:
            return Case(own[0], own[1], answer, wrong, own[2])

        yield case(right, "")
        if hallucinated:
            yield case(hallucinated, "hallucinated")
        elsewhere = [r for p, _, r, _ in rows if p != passage and r.lower() not in passage.lower()]
        if elsewhere:
            yield case(rng.choice(elsewhere), "other passage")
        beside = [r for r in by_passage[passage] if r not in right and right not in r]
        if beside:
            yield case(rng.choice(beside), "same passage")
        home = next((s for s in _sentences(passage) if right in s and len(words(s)) >= 6), "")
        if home:
            yield case(home, "sentence")
            for wrong in altered(home, passage, names, rng):
                yield case(wrong, "altered sentence")


def altered(sentence: str, passage: str, names: list[str], rng: random.Random) -> Iterator[str]:
    """The sentence with one thing told otherwise: a number, a name, whether it is so."""
    if number := re.search(r"\d+", sentence):
        other = next(n for n in map(str, range(int(number[0]) + rng.randint(1, 9), 10**12)) if n not in passage)
        yield sentence[: number.start()] + other + sentence[number.end() :]
    if (name := _NAME.search(sentence)) and (others := [n for n in names if n.lower() not in passage.lower()]):
        yield sentence[: name.start()] + rng.choice(others) + sentence[name.end() :]
    for plain, negated in (
        (" is ", " is not "),
        (" was ", " was not "),
        (" are ", " are not "),
        (" were ", " were never "),
        ("是", "不是"),
    ):
        if negated.strip() in sentence:
            yield sentence.replace(negated, plain, 1)
            return
        if sentence.count(plain) == 1:
            yield sentence.replace(plain, negated, 1)
            return


def _sentences(passage: str) -> list[str]:
    return [passage[start:end].strip() for start, end in sentences(passage)]


def checked(case: Case) -> Verdict:
    chunk = Chunk("c", "d", 0, [], case.passage, 0, len(case.passage))
    sample = Sample("s", "qa", "t", [Message("user", case.question), Message("assistant", case.answer)])
    return grounded.check(sample, [chunk], SETTINGS)


def overlap(case: Case) -> float:
    said = words(case.answer)
    held = set(words(case.passage))
    return sum(w in held for w in said) / max(len(said), 1)


def area(right: list[float], wrong: list[float]) -> float:
    """The chance that a right answer scores above a wrong one: the area under the ROC curve."""
    above = sum((r > w) + (r == w) / 2 for r in right for w in wrong)
    return above / max(len(right) * len(wrong), 1)


def best_threshold(right: list[float], wrong: list[float]) -> float:
    def balanced(threshold: float) -> float:
        return sum(r >= threshold for r in right) / max(len(right), 1) + sum(w < threshold for w in wrong) / max(len(wrong), 1)

    return max((n / 20 for n in range(1, 21)), key=balanced)


def share(holds: list[bool]) -> str:
    return f"{sum(holds) / len(holds):6.1%}" if holds else "     –"


def report(path: Path, half: str, show: str) -> None:
    found = list(cases(read(path)))
    scored: dict[str, list[Any]] = defaultdict(list)
    plain: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for case in found:
        plain[case.wrong, case.held].append(overlap(case))
        if half == "all" or case.held == (half == "held"):
            verdict = checked(case)
            scored[case.wrong].append(verdict)
            if show and case.wrong == show.replace("gold", "") and verdict.passed == bool(case.wrong):
                print(f"    Q {case.question}\n    A {case.answer}\n      {verdict.score} {verdict.reason}")
    threshold = best_threshold(plain["", False], [s for (wrong, held), found in plain.items() if wrong in TOLD and not held for s in found])
    held = (True, False) if half == "all" else (half == "held",)
    for wrong in (w for w in scored if w and w != "sentence"):
        base = "sentence" if wrong == "altered sentence" else ""
        right, bad = scored[base], scored[wrong]
        ours = [[float(v.passed) if v.score is None else v.score for v in group] for group in (right, bad)]
        theirs = [[x for h in held for x in plain[kind, h]] for kind in (base, wrong)]
        print(
            f"  {path.name.split('.sample')[0]:16} {wrong:17} {len(right):4} {len(bad):4}"
            f"  {area(*ours):6.3f} {share([v.passed for v in right])} {share([not v.passed for v in bad])}"
            f"   {area(*theirs):6.3f} {share([s >= threshold for s in theirs[0]])} {share([s < threshold for s in theirs[1]])}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["held", "tune", "all"], default="held")
    parser.add_argument("--show", default="", help="print what was judged wrongly: gold, hallucinated, same passage ...")
    options = parser.parse_args()
    print(f"{'':43}curate                    overlap")
    print(f"  {'file':16} {'wrong answer':17}right wrong{'AUC  accept reject':>21}{'AUC  accept reject':>23}")
    for path in sorted(options.folder.glob("*.jsonl")):
        report(path, options.half, options.show)


if __name__ == "__main__":
    main()
