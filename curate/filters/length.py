"""Fails samples with an empty turn, too short an answer, a question too short or long to be one, or too many tokens."""

import re
from functools import cache

from curate.filters._turns import questions, shows_passage
from curate.records import Chunk, Message, Sample, Verdict, canonical
from curate.settings import Settings
from curate.text import UNSPACED, Counter

VERSION = 1

SHORTEST_QUESTION = 4  # letters and digits; a character of a script without spaces counts two
LONGEST_QUESTION = 4  # one part in four of the tokens that a sample may have
_LETTERS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def check(sample: Sample, chunks: list[Chunk], settings: Settings) -> Verdict:  # noqa: ARG001
    """The reason names every figure that is out of bounds, and the bound."""
    reasons = [*_turns(sample, settings), *_question(sample, settings), *_whole(sample, settings)]
    return Verdict(sample.id, "length", not reasons, None, "; ".join(reasons))


def _turns(sample: Sample, settings: Settings) -> list[str]:
    if not any(m.role == "assistant" for m in sample.messages) and "reference" not in sample.meta:
        return ["no answer"]
    turns = [*sample.messages, *sample.rejected]
    empty = [f"turn {i} ({m.role}) is empty" for i, m in enumerate(turns, 1) if _silent(m)]
    final = [m for m in turns if m.role == "assistant" and not m.tool_calls and m.content.strip()]
    short = [len(m.content.strip()) for m in final if len(m.content.strip()) < settings.min_answer_chars]
    return empty + [f"an answer of {n} characters, fewer than {settings.min_answer_chars}" for n in short]


def _silent(message: Message) -> bool:
    return not message.content.strip() and not message.tool_calls and message.role != "tool"  # a tool may have nothing to say


def _question(sample: Sample, settings: Settings) -> list[str]:
    asked = questions(sample)[:1]
    if not asked or not asked[0].strip() or shows_passage(sample):
        return []
    if (size := _letters(asked[0])) < SHORTEST_QUESTION:
        return [f"a question of {size} letters"]
    tokens, limit = _counter(settings.tokenizer)(asked[0]), settings.max_sample_tokens // LONGEST_QUESTION
    return [f"a question of {tokens} tokens, more than {limit}"] if tokens > limit else []


def _whole(sample: Sample, settings: Settings) -> list[str]:
    count = _counter(settings.tokenizer)
    tokens = max(sum(map(count, map(_spoken, part))) for part in (sample.messages, sample.rejected))
    return [f"{tokens} tokens, more than {settings.max_sample_tokens}"] if tokens > settings.max_sample_tokens else []


def _spoken(message: Message) -> str:
    calls = "".join(canonical(c.arguments) for c in message.tool_calls)
    return message.content + message.reasoning + calls


def _letters(text: str) -> int:
    letters = "".join(_LETTERS.findall(text))
    return len(letters) + len(_UNSPACED.findall(letters))


@cache
def _counter(tokenizer: str) -> Counter:
    from curate.text import token_counter

    return token_counter(tokenizer)
