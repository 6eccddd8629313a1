"""A sample's turns as the checks read them: what is asked, what is answered, and whether the prompt holds its passage."""

import re

from curate.records import Chunk, Json, Sample
from curate.text import sentences

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S[^\n]*)", re.MULTILINE)
_TABLE = re.compile(r"^(?P<head>\|[^\n]*\n\|[ \t:|-]+)(?P<rows>(?:\n\|[^\n]*)+)", re.MULTILINE)


def questions(sample: Sample) -> list[str]:
    """What the user says, turn by turn."""
    return [m.content for m in sample.messages if m.role == "user"]


def answers(sample: Sample) -> list[str]:
    """What the assistant says to the user; turns that only call tools are left out."""
    return [m.content for m in sample.messages if m.role == "assistant" and m.content.strip()]


def shows_passage(sample: Sample) -> bool:
    """Whether the prompt holds the passage, so that a question may speak of it (generators note it in `meta["context"]`)."""
    return sample.meta.get("context") not in (None, False, "", "none")


def unanswerable(sample: Sample) -> bool:
    """Whether the sample teaches to say that the passage holds no answer (generators note it in `meta["unanswerable"]`)."""
    return bool(sample.meta.get("unanswerable"))


def declines(sample: Sample) -> bool:
    """Whether the right answer gives nothing: there is none, or a policy forbids it (generators note it in `meta["declines"]`)."""
    return unanswerable(sample) or bool(sample.meta.get("declines"))


def asked(sample: Sample) -> tuple[str, str, str]:
    """(the last question without the passages around it, the turns before it as text, the last answer)."""
    turns = [m for m in sample.messages if m.role in ("user", "assistant") and m.content.strip()]
    last = max((i for i, m in enumerate(turns) if m.role == "user"), default=-1)
    question = sample.meta.get("question") or (turns[last].content if last >= 0 else "")
    history = "\n".join(f"{m.role}: {m.content}" for m in turns[: max(last, 0)])
    return question, history, "\n\n".join(m.content for m in turns[last + 1 :])


def evidence(sample: Sample, chunks: list[Chunk]) -> list[Json]:
    """The evidence of a sample as a reader can understand it, by passage: its `place`, and as `text` the whole sentences of its quotes."""
    pieces = []
    for chunk in chunks:
        own = [(s.start - chunk.start, s.end - chunk.start) for s in sample.evidence if s.document_id == chunk.document_id]
        inside = [(a, b) for a, b in own if 0 <= a < b <= len(chunk.text)]
        if inside:
            touched = [(a, b) for a, b in sentences(chunk.text) if any(a < end and b > start for start, end in inside)] or inside
            heads = [m.span("head") for m in _TABLE.finditer(chunk.text) if any(a < m.end() and b > m.start("rows") for a, b in touched)]
            text = "\n…\n".join(chunk.text[a:b].strip() for a, b in _joined([*touched, *heads], chunk.text))
            pieces.append({"place": place(chunk, touched[0][0]), "text": f"{chunk.context}\n{text}" if chunk.context else text})
    return pieces or [{"place": place(chunks[0]), "text": s.quote} for s in sample.evidence]


def place(chunk: Chunk, at: int = 0) -> str:
    """Where that position of a passage stands: document and headings, those inside the passage too."""
    above: list[tuple[int, str]] = []
    for match in _HEADING.finditer(chunk.text, 0, at):
        level = len(match[1])
        above = [(upper, title) for upper, title in above if upper < level] + [(level, match[2].strip())]
    return " > ".join(dict.fromkeys(filter(None, (chunk.title, *chunk.heading_path, *(title for _, title in above)))))


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans with nothing but space between them, as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
