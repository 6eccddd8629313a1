"""What a question over several passages must be: each passage holds a quote, and a part of the answer that no other one holds."""

import re
from collections.abc import Iterator

from curate.filters._passage import content, folded, phrases, source
from curate.filters._turns import answers
from curate.records import Chunk, Sample, Verdict
from curate.text import UNSPACED

LEAST = 2  # words of the answer that only one passage holds, where it holds no figure of its own
_FIGURE = re.compile(rf"\d[\d.,]*\s?(?:[^\W\d_{UNSPACED}]+|[{UNSPACED}%°])?|[零〇一二两三四五六七八九十百千万]+[{UNSPACED}%°]")


def multihop(sample: Sample, chunks: list[Chunk]) -> Verdict:
    """Says what each passage gives to the answer. Score: the least share that a passage gives."""
    if len(chunks) < 2:
        return Verdict(sample.id, "kinds", False, 0.0, "it rests on one passage")
    asked = str(sample.meta.get("question", ""))
    answer = "\n".join(answers(sample))
    given = {chunk.id: list(gives(chunk, chunks, asked, answer)) for chunk in chunks}
    if sample.meta.get("labels", {}).get("form") == "comparison":  # which may find both sides equal
        given = {chunk.id: given[chunk.id] + equal(chunk, sample, asked, answer) for chunk in chunks}
    reasons = []
    for number, chunk in enumerate(chunks, 1):
        own, name = given[chunk.id], _name(chunk, number)
        if not any(_within(chunk, span.document_id, span.start, span.end) for span in sample.evidence):
            reasons.append(f"no quote of {name}")
        if not any(_FIGURE.fullmatch(part) for part in own) and len(own) < LEAST:
            reasons.append(f"{name} gives nothing to the answer that the others do not hold")
    total = sum(map(len, given.values()))
    score = round(min(map(len, given.values())) / total, 4) if total else 0.0
    said = "; ".join(f"{_name(c, n)} gives {', '.join(given[c.id][:3]) or 'nothing'}" for n, c in enumerate(chunks, 1))
    return Verdict(sample.id, "kinds", not reasons, score, "; ".join(reasons) or said, {"gives": {i: g[:10] for i, g in given.items()}})


def gives(chunk: Chunk, chunks: list[Chunk], asked: str, answer: str) -> Iterator[str]:
    """What of the answer, beyond its question, stands in this passage and in none of the others: figures with their unit, then words."""
    own, others = source(_text(chunk)), [source(_text(c)) for c in chunks if c is not chunk]
    in_question = folded(asked)
    for figure in dict.fromkeys(m[0].strip(" .,") for m in _FIGURE.finditer(answer)):
        if _holds(own.text, figure) and not any(_holds(o.text, figure) for o in others) and folded(figure) not in in_question:
            yield figure
    wanted = source(asked).lost(content(answer))
    held = wanted - own.lost(wanted)
    for other in others:
        held &= other.lost(held)
    yield from phrases(answer, {w for w in held if not w[0].isdigit()})


def equal(chunk: Chunk, sample: Sample, asked: str, answer: str) -> list[str]:
    """The figures of the answer, beyond its question, that stand in the quotes of every passage."""
    quotes: dict[bool, list[str]] = {True: [], False: []}
    for span in sample.evidence:
        quotes[_within(chunk, span.document_id, span.start, span.end)].append(span.quote)
    said = dict.fromkeys(m[0].strip(" .,") for m in _FIGURE.finditer(answer))
    return [f for f in said if folded(f) not in folded(asked) and all(any(_holds(q, f) for q in side) for side in quotes.values())]


def _holds(text: str, figure: str) -> bool:
    return bool(re.search(rf"(?<![\d.]){re.escape(folded(figure))}(?!\w)", folded(text))) or (
        bool(re.match(f"[{UNSPACED}]", figure[-1])) and folded(figure) in folded(text)
    )


def _text(chunk: Chunk) -> str:
    return "\n".join((chunk.title, *chunk.heading_path, chunk.context, chunk.text))


def _within(chunk: Chunk, document: str, start: int, end: int) -> bool:
    return document == chunk.document_id and chunk.start <= start < end <= chunk.start + len(chunk.text)


def _name(chunk: Chunk, number: int) -> str:
    place = chunk.heading_path[-1] if chunk.heading_path else chunk.title or chunk.path
    return f"passage {number}" + (f" ({place})" if place else "")
