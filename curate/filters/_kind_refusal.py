"""What a refusal must be: it declines, or hands over to the contact of the policy; it invents no contact and does not lecture."""

import re

from curate.filters._passage import folded
from curate.records import Chunk, Sample, Verdict
from curate.text import UNSPACED, words

LONGEST = 120  # words of one turn, two characters of a script without spaces being one: more is a lecture
DECLINES = re.compile(
    r"\b(?:can(?:no|')t|can not|could(?:n't| not)|won't|will not|(?:un|not )able|isn't (?:something|mine)|may not|must not"
    r"|declin\w+|confidential|not (?:allowed|permitted|something|mine|for me|in a position|a (?:question|matter|topic))"
    r"|leave (?:that|this|it) to|has to (?:be|go|come)|do(?:n't| not) (?:give|offer|provide|share|discuss|do|have|make)"
    r"|only (?:done|handled|decided|given|answered)|please (?:contact|write to|turn to)"
    r"|(?:hand|pass|put|turn|forward|refer|transfer|connect)(?:ed|ing|s)? (?:you|this|it|your|that|the))\b"
    r"|不能|无法|不便|不可|没办法|没法|不方便|不提供|不予|不会|不得|恕|不在我|做不到|办不到|难以|无权|不参与|不对外|不作|不做|爱莫能助"
    r"|转交|转给|转接|移交|交由|交给|为您联系|请联系|由专人|由专员",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|\bwww\.\S+|\+?\d(?:[ ()/.-]{0,2}\d){5,}")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_DIGITS = re.compile(r"[\W_]+")


def refusal(sample: Sample, chunks: list[Chunk]) -> Verdict:  # noqa: ARG001
    """What the policy says stands in `meta["declines"]` and `meta["contact"]`; questions that may be answered pass."""
    action, contact = sample.meta.get("declines"), str(sample.meta.get("contact", ""))
    if not action:
        return Verdict(sample.id, "kinds", passed=True, reason="it may be answered")
    turns = [m.content for m in sample.messages if m.role == "assistant"]
    given = "\n".join([contact, *(m.content for m in sample.messages if m.role != "assistant")])
    reasons = []
    if not any(map(DECLINES.search, turns[-1:])):
        reasons.append("the last turn neither declines nor hands over")
    if action == "handover" and not _names(contact, turns):
        reasons.append(f"it does not hand over to {contact}")
    if invented := [found for turn in turns for found in _CONTACT.findall(turn) if _bare(found) not in _bare(given)]:
        reasons.append(f"the policy does not hold the contact {invented[0]}")
    if (longest := max(map(_length, turns), default=0)) > LONGEST:
        reasons.append(f"a turn of {longest} words lectures")
    return Verdict(sample.id, "kinds", not reasons, None, "; ".join(reasons))


def _names(contact: str, turns: list[str]) -> bool:
    """Whether a turn gives the contact: its addresses where it has some, else its words."""
    said = folded("\n".join(turns))
    addresses = _CONTACT.findall(contact)
    if addresses:
        return all(_bare(a) in _bare(said) for a in addresses)
    return folded(contact) in said or set(words(contact)) <= set(words(said))


def _bare(text: str) -> str:
    """Letters and digits alone: numbers are written with spaces and without."""
    return _DIGITS.sub("", text.casefold())


def _length(text: str) -> int:
    unspaced = len(_UNSPACED.findall(text))
    return unspaced // 2 + len(words(_UNSPACED.sub(" ", text)))
