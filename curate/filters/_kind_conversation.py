"""What a conversation must be: two questions at least, the first of which stands alone, another that leans on it, no answer twice."""

import re

from curate.filters._passage import content, folded
from curate.filters._turns import answers, questions, shows_passage
from curate.records import Chunk, Sample, Verdict
from curate.text import words

SHORT = 6  # words of a question that can hardly be whole; characters of a script without spaces count half
ALIKE = 0.8  # share of content words from which an answer is an earlier one
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|there|then|one|ones|he|she|him|her|same|else|also|instead|both|either|neither|such)\b"
    r"|^\W*(?:and|but|or|so|ok(?:ay)?|what if|what about|how about|even if|if not|why not|how so|how come|any other|anything|since when)\b"
    r"|[它他她这那此其]|该|前者|后者|两者|还有|另外|除此|同样|一样|也[要能会可有得算行]|呢|^\W*(?:如果|要是|万一|那么|所以|但|不过|为什么|为何|怎么|多久|多少|几)",
    re.IGNORECASE,
)
# A first question that begins in the middle; what points to nothing named is said by `quality`.
_GOES_ON = re.compile(
    r"^\W*(?:(?:and|but|or|so|also|then)\b|what about\b|how about\b|还有|另外|除此之外|那[么，,要如])|^.{1,8}呢[？?]?\s*$", re.IGNORECASE
)


def conversation(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """The reason names every fault."""
    asked, said = questions(sample), answers(sample)
    reasons = [*_order(sample), *_first(sample, asked)]
    if len(asked) > 1 and not any(leans(question, asked[0]) for question in asked[1:]):
        reasons.append("no later question leans on what was said before")
    if len(sample.evidence) < len(said):
        reasons.append(f"{len(said)} answers have {len(sample.evidence)} quotes")
    reasons += _repeated(said)
    return Verdict(sample.id, "kinds", not reasons, None, "; ".join(reasons))


def leans(question: str, first: str) -> bool:
    """Whether a later question needs what was said before: it points back, is very short, or does not name the subject again."""
    if _POINTS.search(question):
        return True
    short = len(words(question)) <= (SHORT if question.isascii() else 2 * SHORT)
    return short or not content(question) & content(first)


def _order(sample: Sample) -> list[str]:
    roles = [m.role for m in sample.messages if m.role != "system"]
    count = roles.count("user")
    reasons = [f"{count} question{'s' if count != 1 else ''}, a conversation has two at least"] if count < 2 else []
    wanted = ["user", "assistant"] * count
    return reasons if roles == wanted else [*reasons, "questions and answers do not alternate"]


def _first(sample: Sample, asked: list[str]) -> list[str]:
    opening = "" if shows_passage(sample) or not asked else asked[0].strip()
    hit = _GOES_ON.search(opening)
    return [f"the first question does not stand alone: “{hit[0].strip()}”"] if hit else []


def _repeated(said: list[str]) -> list[str]:
    for number, answer in enumerate(said[1:], 2):
        own = content(answer)
        for earlier in said[: number - 1]:
            shared = own & content(earlier)
            if folded(answer) == folded(earlier) or (len(own) > 3 and len(shared) >= ALIKE * len(own | content(earlier))):
                return [f"answer {number} repeats an earlier one"]
    return []
