"""A sample's turns as the checks read them: what is asked, what is answered, and whether the prompt holds its passage."""

from curate.records import Chunk, Sample
from curate.text import sentences


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


def evidence(sample: Sample, chunks: list[Chunk]) -> list[str]:
    """The evidence of a sample as a reader can understand it: each quote with the whole of the sentences it stands in, in order."""
    pieces = []
    for chunk in chunks:
        own = [(s.start - chunk.start, s.end - chunk.start) for s in sample.evidence if s.document_id == chunk.document_id]
        inside = [(a, b) for a, b in own if 0 <= a < b <= len(chunk.text)]
        if inside:
            touched = [(a, b) for a, b in sentences(chunk.text) if any(a < end and b > start for start, end in inside)]
            text = " … ".join(chunk.text[a:b].strip() for a, b in _joined(touched or inside, chunk.text))
            pieces.append(f"{chunk.context}\n{text}" if chunk.context else text)
    return pieces or [s.quote for s in sample.evidence]


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans with nothing but space between them, as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
