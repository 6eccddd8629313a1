"""Finds personal data and secrets by their shape: mail, phone, card, account and identity numbers, addresses of machines, keys.

Names of people and places need a language model and are not found. The shapes are the same in every language.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

from curate.filters._pii_shapes import LEFT, PLAUSIBLE, RIGHT, SHAPES, gated
from curate.records import Chunk, Json, Message, Sample, ToolCall, Verdict
from curate.settings import Settings

VERSION = 3

BREAK = "\n\x1e\n"  # parts the fields of a sample; no shape reaches across it
Path = list[str | int]
Field = tuple[Json, str]  # where a text stands (list, message, field and, in tool calls, path), and the text


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """Fails only where `pii` is "drop"; `detail["marks"]` says what stands where, in characters of the field."""
    marks = find(sample)
    if not marks:
        return Verdict(sample.id, "pii", True)
    counts = {kind: len(list(group)) for kind, group in groupby(sorted(m["type"] for m in marks))}
    reason = "personal data: " + ", ".join(f"{n} {kind}" for kind, n in counts.items())
    return Verdict(sample.id, "pii", settings.pii != "drop", None, reason, {"marks": marks})


def find(sample: Sample) -> list[Json]:
    """The marks of a sample: {"list", "message", "field", "path" (tool calls only), "start", "end", "type"}.

    What the user means to be told, such as the contact of a policy, is no personal data: it stands in `meta["public"]`.
    """
    fields = [f for f in _fields(sample) if f[1]]
    public = sample.meta.get("public", [])
    found, offset, marks = scan(BREAK.join(text for _, text in fields)), 0, []
    for place, text in fields:
        stop = offset + len(text)
        own = [(s - offset, e - offset, kind) for s, e, kind in found if offset <= s and e <= stop]
        marks += [{**place, "start": s, "end": e, "type": kind} for s, e, kind in own if not any(text[s:e] in p for p in public)]
        offset = stop + len(BREAK)
    return marks


def scan(text: str) -> list[tuple[int, int, str]]:
    """(start, end, type) of the personal data in a text, in order, without overlaps."""
    kinds = gated(text)
    if not kinds:
        return []
    hits = _engine().analyze(text, language="en", entities=kinds, score_threshold=0.4)
    return _apart([(h.score, h.start, h.end, h.entity_type) for h in hits if _plausible(text, h)])


def mask(sample: Sample, marks: list[Json]) -> Sample:
    """The sample with each marked value replaced by its type, as in `<EMAIL_ADDRESS>`.

    Equal values get equal placeholders everywhere in the sample, numbered (`<EMAIL_ADDRESS_2>`) where a type has several.
    """
    names = _placeholders(sample, marks)
    at: dict[str, list[tuple[int, int, str]]] = {}
    for mark in marks:
        at.setdefault(_key(mark), []).append((mark["start"], mark["end"], names[_value(sample, mark)]))

    def clean(place: Json, text: str) -> str:
        for start, end, name in sorted(at.get(_key(place), []), reverse=True):
            text = text[:start] + name + text[end:]
        return text

    return replace(
        sample,
        messages=[_mask_message(m, {"list": "messages", "message": i}, clean) for i, m in enumerate(sample.messages)],
        rejected=[_mask_message(m, {"list": "rejected", "message": i}, clean) for i, m in enumerate(sample.rejected)],
        evidence=[
            replace(s, quote=clean({"list": "evidence", "message": i, "field": "quote"}, s.quote)) for i, s in enumerate(sample.evidence)
        ],
    )


def _mask_message(message: Message, where: Json, clean: Any) -> Message:
    calls = []
    for i, call in enumerate(message.tool_calls):
        place = {**where, "field": "tool_calls"}
        calls.append(ToolCall(call.id, call.name, _map(call.arguments, [i], lambda path, text, p=place: clean({**p, "path": path}, text))))
    content = clean({**where, "field": "content"}, message.content)
    return replace(message, content=content, reasoning=clean({**where, "field": "reasoning"}, message.reasoning), tool_calls=calls)


def _placeholders(sample: Sample, marks: list[Json]) -> dict[tuple[str, str], str]:
    values: dict[str, list[tuple[str, str]]] = {}
    for mark in marks:
        value = _value(sample, mark)
        if value not in values.setdefault(mark["type"], []):
            values[mark["type"]].append(value)
    return {
        value: f"<{kind}_{n}>" if len(several) > 1 else f"<{kind}>"
        for kind, several in values.items()
        for n, value in enumerate(several, 1)
    }


def _value(sample: Sample, mark: Json) -> tuple[str, str]:
    """What makes two marks the same value: its type and its letters and digits, whatever stands between them."""
    text = _text(sample, mark)[mark["start"] : mark["end"]]
    return mark["type"], "".join(c for c in text.casefold() if c.isalnum()) or text


def _text(sample: Sample, mark: Json) -> str:
    if mark["list"] == "evidence":
        return sample.evidence[mark["message"]].quote
    message: Message = getattr(sample, mark["list"])[mark["message"]]
    if mark["field"] != "tool_calls":
        return str(getattr(message, mark["field"]))
    value: Any = message.tool_calls[mark["path"][0]].arguments
    for step in mark["path"][1:]:
        value = value[step]
    return str(value)


def _fields(sample: Sample) -> Iterator[Field]:
    for name, messages in (("messages", sample.messages), ("rejected", sample.rejected)):
        for i, message in enumerate(messages):
            where = {"list": name, "message": i}
            yield {**where, "field": "content"}, message.content
            yield {**where, "field": "reasoning"}, message.reasoning
            for n, call in enumerate(message.tool_calls):
                yield from (({**where, "field": "tool_calls", "path": path}, text) for path, text in _leaves(call.arguments, [n]))
    for i, span in enumerate(sample.evidence):
        yield {"list": "evidence", "message": i, "field": "quote"}, span.quote


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, [*path, key])


def _map(value: Any, path: Path, change: Any) -> Any:
    if isinstance(value, str):
        return change(path, value)
    if isinstance(value, dict):
        return {key: _map(inner, [*path, key], change) for key, inner in value.items()}
    return [_map(inner, [*path, i], change) for i, inner in enumerate(value)] if isinstance(value, list) else value


def _key(place: Json) -> str:
    return f"{place['list']} {place['message']} {place['field']} {place.get('path', '')}"


def _plausible(text: str, hit: Any) -> bool:
    test = PLAUSIBLE.get(hit.entity_type)
    return test is None or test(text, hit.start, hit.end)


def _apart(hits: list[tuple[float, int, int, str]]) -> list[tuple[int, int, str]]:
    """Of hits that overlap the surest stays, then the longest, then the first."""
    kept: list[tuple[int, int, str]] = []
    for _, start, end, kind in sorted(hits, key=lambda h: (-h[0], h[1] - h[2], h[1], h[3])):
        if all(end <= s or e <= start for s, e, _ in kept):
            kept.append((start, end, kind))
    return sorted(kept)


@cache
def _engine() -> Any:
    """Presidio without a language model, built once per process (about a second)."""
    import logging

    import regex
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    registry = RecognizerRegistry(supported_languages=["en"])
    union_pay = Pattern("UnionPay", rf"{LEFT}62[0-9]{{2}}(?:[ \-]?[0-9]{{4}}){{3}}(?:[ \-]?[0-9]{{1,3}})?{RIGHT}", 0.3)
    cards = [*predefined_recognizers.CreditCardRecognizer.PATTERNS, union_pay]
    ready = [
        predefined_recognizers.CreditCardRecognizer(patterns=cards),
        *(getattr(predefined_recognizers, f"{name}Recognizer")() for name in ("Iban", "Ip", "Crypto", "MacAddress")),
    ]
    for recognizer in ready:
        recognizer.global_regex_flags |= regex.ASCII  # or `\b` is no boundary beside a Chinese letter
        registry.add_recognizer(recognizer)
    for kind in dict.fromkeys(kind for kind, _, _ in SHAPES):
        patterns = [Pattern(kind, shape, score) for other, score, shape in SHAPES if other == kind]
        registry.add_recognizer(PatternRecognizer(kind, name=f"curate {kind}", patterns=patterns, global_regex_flags=regex.MULTILINE))
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)  # it logs values that it cannot validate
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])
