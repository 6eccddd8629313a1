"""Fails rows that would teach bad habits: loops, garbage, boilerplate, refusals, questions that lean on an unseen passage, cut answers."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from curate.filters._passage import folded
from curate.filters._quality_patterns import (
    ABOUT_YOU,
    BLANK,
    BOILERPLATE,
    LEANING,
    LEANING_ANSWER,
    MOJIBAKE,
    PLACEHOLDER,
    PRIVATE_USE,
    REFUSAL,
    SELF_TALK,
    TEMPLATE,
)
from curate.filters._standing import dangling
from curate.filters._turns import answers, declines, questions, shows_passage, unanswerable
from curate.records import Chunk, Sample, Verdict
from curate.settings import Settings
from curate.text import UNSPACED, words

VERSION = 3

_GENERAL = ("imported", "smalltalk")  # kinds whose questions are no document's

_CODE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,}).*?(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_STRUCTURE = re.compile(r"\s*(?:[-*•+#>|]|\d{1,3}[.)、]|[（(]\d|[A-Za-z][.)]\s|\$\$|<|!\[|https?:)")
_LOOPS = {1: 6, 2: 4} | dict.fromkeys(range(3, 13), 3)  # a phrase of so many words, said so many times on end
_ENDS = re.compile(r"#\w+\s*$|[.!?。！？…:：;；~)\]}）】」』》\"'”’*_`$|>%]\s*$")
_OPEN_END = re.compile(
    r"(?:[,，、(（\[“「‘—-]|\b(?:and|or|but|the|a|an|of|to|in|with|for|by|that|which|because|is|are|from|as|if)|[的和与及或在是因为但])\s*$"
)
_CHOICE = re.compile(r"\bor\b|\bwhether\b|\bbetween\b|还是|或|[吗么]|哪[个种一]", re.IGNORECASE)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_ALNUM = re.compile(r"[^\W_]+")
_SUSPECT = re.compile("[^\x00-\x7f\u3001-\u9fff\uff01-\uff60]")  # all that wrong decoding makes of other text holds such a character


@dataclass(frozen=True, slots=True)
class Row:
    """What the rules look at. prose: the answers without code. context: the prompt holds the passage or its image."""

    questions: list[str]
    answers: list[str]
    prose: list[str]
    context: bool
    unanswerable: bool
    declines: bool
    general: bool


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """Every rule that speaks adds its reason; `detail["rules"]` names them."""
    said = answers(sample)
    prose, context = [_CODE.sub(" ", a) for a in said], shows_passage(sample) or bool(sample.images)
    row = Row(questions(sample), said, prose, context, unanswerable(sample), declines(sample), sample.kind in _GENERAL)
    found = {rule.__name__: reason for rule in RULES if (reason := rule(row))}
    return Verdict(sample.id, "quality", not found, None, "; ".join(found.values()), {"rules": list(found)} if found else {})


def repeats(row: Row) -> str:
    """A phrase said over and over, or mostly the same line or the same five words."""
    for text in row.prose:
        lines = [line for raw in text.splitlines() if len(line := raw.strip()) > 3 and not line.startswith("|")]
        same = Counter(lines).most_common(1)
        if same and same[0][1] >= 3 and same[0][1] * 2 > len(lines):
            return f"the answer repeats the line “{same[0][0][:40]}” {same[0][1]} times"
        run = words("\n".join(line for line in text.splitlines() if not _STRUCTURE.match(line)))
        if loop := _loop(run):
            return f"the answer loops on “{loop}”"
        if (share := _repeated_share(run)) > 0.5:
            return f"{share:.0%} of the answer repeats itself"
    return ""


def garbage(row: Row) -> str:
    """Mostly marks and symbols."""
    for text in (*row.questions, *row.prose):
        solid = "".join(text.split())
        share = sum(map(len, _ALNUM.findall(solid))) / len(solid) if solid else 1.0
        if len(solid) >= 12 and share < 0.35 and "$" not in text and "|" not in text:
            return f"only {share:.0%} of the text are letters or digits"
    return ""


def mojibake(row: Row) -> str:
    """Text decoded wrongly, or glyphs of a font without meaning."""
    for text in (*row.questions, *row.prose):
        if hit := MOJIBAKE.search(text):
            return f"broken characters: {hit[0]!r}"
        if len(PRIVATE_USE.findall(text)) * 20 > len(text):
            return "characters of a private font"
        if _SUSPECT.search(text) and _is_bad(text):
            return "text decoded with the wrong encoding"
    return ""


def boilerplate(row: Row) -> str:
    """Furniture of a page, not its content: where it is a third of the answer's lines."""
    for text in (*([] if row.context else row.questions), *row.prose):
        lines = [line for line in text.splitlines() if line.strip()]
        hits = [line for line in lines if BOILERPLATE.search(line)]
        if len(hits) * 3 >= len(lines) and hits and sum(map(len, hits)) * 4 >= len(text):
            return f"boilerplate: “{hits[0].strip()[:50]}”"
    return ""


def refuses(row: Row) -> str:
    """An answer that declines, or speaks of itself as a model."""
    if row.declines:
        return ""
    hit = next((h for text in row.prose if (h := REFUSAL.search(text) or _unasked(SELF_TALK.search(text), ABOUT_YOU, row))), None)
    return f"the answer refuses or speaks of itself: “{hit[0].strip()}”" if hit else ""


def leans(row: Row) -> str:
    """A question that speaks of a passage which the prompt does not hold."""
    if row.context:
        return ""
    hit = next((h for text in row.questions if not _given(text) and (h := LEANING.search(text))), None)
    return f"the question leans on an unseen passage: “{hit[0].strip()}”" if hit else ""


def dangles(row: Row) -> str:
    """A first question that points to what it does not name; later ones may lean on earlier turns."""
    if row.context or row.general or row.declines or not row.questions or _given(row.questions[0]) or leans(row):
        return ""
    hit = dangling(row.questions[0])
    return f"the question does not name what it speaks of: “{hit.strip()}”" if hit else ""


def answer_leans(row: Row) -> str:
    """An answer that quotes its source as something the reader sees."""
    if row.context or row.unanswerable or any(map(_given, row.questions)):
        return ""
    hit = next((h for text in row.prose if (h := LEANING_ANSWER.search(text))), None)
    return f"the answer leans on an unseen passage: “{hit[0].strip()}”" if hit else ""


def unfinished(row: Row) -> str:
    """Prose that stops in the middle of a sentence; lists, tables, code and short answers may end anywhere."""
    for text in row.answers:
        last = text.rstrip().rsplit("\n", 1)[-1]
        if len(text) < 40 or _STRUCTURE.match(last) or _ENDS.search(last):
            continue
        sentences_before = re.search(r"[.!?](?:\s|$)|[。！？]", last)
        if _OPEN_END.search(last) or (sentences_before and len(words(last[sentences_before.end() :])) >= 3):
            return f"the answer stops in mid-sentence: “…{last[-30:]}”"
    return ""


def echoes(row: Row) -> str:
    """The answer is the question."""
    same = (a for a in row.answers for q in row.questions if len(a) < 2 * len(q) + 20 and folded(a) == folded(q))
    return "the answer repeats the question" if any(same) else ""


def leaks(row: Row) -> str:
    """The question already says its answer; a question that offers choices may."""
    if row.context or len(row.questions) != 1 or len(row.answers) != 1 or _given(row.questions[0]) or _CHOICE.search(row.questions[0]):
        return ""
    if len(row.answers[0]) > len(row.questions[0]) + 20:
        return ""
    asked, said = folded(row.questions[0]), folded(row.answers[0])
    long = len(said) >= 8 if _UNSPACED.search(said) else len(said.split()) >= 4
    return "the question holds its answer" if long and asked != said and said in asked else ""


def placeholders(row: Row) -> str:
    """Text that someone was to fill in."""
    texts = (*row.questions, *row.prose)
    hit = next((h for text in texts if (h := PLACEHOLDER.search(text) or _unasked(BLANK.search(text), TEMPLATE, row))), None)
    return f"a placeholder: “{hit[0].strip()[:50]}”" if hit else ""


def open_fence(row: Row) -> str:
    """A code block that is not closed."""
    fences = (sum(line.lstrip().startswith("```") for line in text.splitlines()) for text in row.answers)
    return "a code block is not closed" if any(n % 2 for n in fences) else ""


RULES: tuple[Callable[[Row], str], ...] = (
    repeats,
    garbage,
    mojibake,
    boilerplate,
    refuses,
    leans,
    dangles,
    answer_leans,
    unfinished,
    echoes,
    leaks,
    placeholders,
    open_fence,
)


def _unasked(hit: re.Match[str] | None, request: re.Pattern[str], row: Row) -> re.Match[str] | None:
    """The hit, where no question asks for such a thing."""
    return None if hit is None or any(map(request.search, row.questions)) else hit


def _given(question: str) -> bool:
    """Whether the user brings the text along that the question is about."""
    return len(question) > 600 or "\n\n" in question.strip() or "```" in question


def _loop(run: list[str]) -> str:
    """The first phrase that follows on itself too often; rows of numbers do so by nature."""
    if max(Counter(zip(run, run[1:], run[2:], strict=False)).values(), default=0) < 3:  # every loop says three words of it three times
        return ""
    for size, times in _LOOPS.items():
        same = 0
        for i, (word, later) in enumerate(zip(run, run[size:], strict=False)):
            same = same + 1 if word == later else 0
            if same >= size * (times - 1) and any(w.isalpha() for w in run[i - size + 1 : i + 1]):
                phrase = run[i - size + 1 : i + 1]
                return ("" if _UNSPACED.match(phrase[0]) else " ").join(phrase)
    return ""


def _repeated_share(run: list[str]) -> float:
    """The share of runs of five words that occur more than twice."""
    if len(run) < 40:
        return 0.0
    grams = Counter(zip(*(run[i:] for i in range(5)), strict=False))
    return sum(n for n in grams.values() if n > 2) / (len(run) - 4)


def _is_bad(text: str) -> bool:
    from ftfy.badness import is_bad

    return bool(is_bad(text))
