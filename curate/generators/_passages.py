"""Passages as prompts show them, and as the prompts of rows hold them: among distractors, behind demonstrations."""

from collections.abc import Sequence

from curate.planning import Slot, View
from curate.records import Chunk, Json, content_id

ROW = {
    "en": (
        "Answer the question from the passage.",
        "Answer the question from these passages; only some of them are about it.",
        "Question: ",
        "Answer: ",
    ),
    "zh": ("请根据下面的资料回答问题。", "请根据下面的资料回答问题，其中可能有与问题无关的内容。", "问题：", "回答："),
}
"""How a row introduces its passage, its passages, its question and the answers of its demonstrations."""
DEMONSTRATIONS = 3
"""Questions that a row shows with their answers, at most."""


def shown(chunk: Chunk) -> Json:
    """What prompts say of a passage: where it stands, the header of the table it continues, its text."""
    return {"path": chunk.path, "title": chunk.title, "headings": chunk.heading_path, "context": chunk.context, "text": chunk.text}


def prompt(question: str, slot: Slot, chunks: Sequence[Chunk], distractors: Sequence[Chunk], others: Sequence[tuple[str, str]]) -> str:
    """A row's user turn: the question, behind its passages and demonstrations where the slot wants them.

    chunks: what the answer needs. others: questions of the same task with their answers. The order is settled by content alone.
    """
    one, several, asked, answered = ROW["zh" if chunks[0].language.startswith("zh") else "en"]
    parts = []
    if slot.get("demonstrations") == "yes" and others:
        chosen = sorted(others, key=lambda pair: content_id(question, pair[0]))[:DEMONSTRATIONS]
        parts += [f"{asked}{q}\n{answered}{a}" for q, a in chosen]
    if slot.get("context") == "passage":
        passages = sorted([*chunks, *distractors], key=lambda c: content_id(question, c.id))
        parts = [several if len(passages) > 1 else one, *(f"{c.context}\n{c.text}" if c.context else c.text for c in passages), *parts]
    return "\n\n".join([*parts, asked + question]) if parts else question


class Ring:
    """All chunks of a split in the order of their hashes: who stands next to whom is settled by content, and far apart in the text."""

    def __init__(self, view: View) -> None:
        self.splits: dict[str, list[tuple[str, str]]] = {}
        for chunk in view.chunks():
            self.splits.setdefault(chunk.split, []).append((chunk.id, chunk.document_id))
        for ring in self.splits.values():
            ring.sort()

    def after(self, chunk: Chunk, count: int) -> list[str]:
        """Ids of up to `count` chunks of the same split, of other documents where there are any."""
        from bisect import bisect_right

        ring = self.splits[chunk.split]
        at = bisect_right(ring, (chunk.id, chunk.document_id))
        near = [ring[(at + i) % len(ring)] for i in range(min(len(ring) - 1, 8 * count))]
        near.sort(key=lambda other: other[1] == chunk.document_id)
        return [i for i, _ in near[:count]]
