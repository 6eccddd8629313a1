"""English questions from headings and phrases: what is a verb phrase, what names a thing, and how each is asked."""

import re

from curate.generators import _extract_english as words
from curate.generators._extract_passage import pick

YOU = {
    "your": "my", "you're": "I'm", "you’re": "I’m", "you've": "I've", "you’ve": "I’ve", "you'll": "I'll", "you’ll": "I’ll",
    "you'd": "I'd", "you’d": "I’d", "yourself": "myself", "yours": "mine",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
VAGUE = re.compile(
    r"\b(?:it|this|these|those|they|them|their|here|there|that|above|below|following|such"
    r"|same(?! (?:time|day|week|month|year|place|person|way)\b)|he|she|him|her|his|hers|its|itself|themselves|himself|herself"
    r"|ones|one(?! (?!of|is|that|which|who|can|may|must|should|for|to|in)[a-z])|both"
    r"|either|neither|former|latter|i|me|my)\b(?! (?:is|are) no\b)",
    re.I,
)
GOES_ON = r"of|for|in|to|at|on|or|and|is|are|can|may|must|should|will|has|was|were|serves|does|that|which|before|after|if|when"
MASS = re.compile(rf"(?:{'|'.join(sorted(words.MASS_ENDS))})$", re.I)


def mine(phrase: str) -> str:
    """What is said to you, as the one who asks says it: "your account" -> "my account"."""

    def change(found: re.Match[str]) -> str:
        word = found[0]
        low = word.lower()
        if low in YOU:
            return YOU[low]
        if low != "you":
            return word
        before = WORD.findall(phrase[: found.start()][-20:])
        after = WORD.match(phrase[found.end() :].lstrip())
        if before and before[-1].lower() in words.TO_ME:
            return "me"
        return "I" if after else "me"

    changed = WORD.sub(change, phrase)
    return re.sub(r"\bI (?:are|ARE)\b", "I am", re.sub(r"\bI were\b", "I was", re.sub(r"\b([Aa])re I\b", r"\1m I", changed)))


def base(gerund: str) -> str | None:
    """The verb of a gerund, where it is one of the known verbs: requesting -> request."""
    low = gerund.lower()
    if low in words.IRREGULAR:
        return words.IRREGULAR[low]
    stem = low[:-3]
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
    return next((v for v in (stem + "e", stem, doubled) if v in words.VERBS), None)


def verb_phrase(heading: str) -> str | None:
    """The heading as an instruction, "request leave"; None where it names a thing."""
    text = re.sub(r"^how to\s+", "", heading, flags=re.I)
    if text != heading:
        return _lower_first(text)
    first, _, rest = heading.partition(" ")
    low = first.lower()
    if not rest or not first.isalpha() or first.isupper() or _titled(rest) or (rest[0].isupper() and rest.lower() in words.GENERIC):
        return None
    follower = rest.split()[0].lower().strip(",.:;")
    if low.endswith("ing"):
        verb = base(low)
        naming = low in words.NAMING_GERUNDS - words.CLEAR_GERUNDS
        product = re.match(r"\S*(?:[a-z][A-Z]|\.\w|\d)", rest)
        if not verb or (naming and not product and not takes(verb, follower) and follower not in ("with", "for", "to")):
            return None
        return _gerunds(f"{verb} {rest}")
    if low in words.VERBS and (low not in words.NOUNISH or takes(low, follower)):
        return f"{low} {rest}"
    return None


def takes(verb: str, follower: str) -> bool:
    """Whether the word after a word that may be a verb or a noun shows it to be a verb."""
    return follower in words.OBJECT_SIGNS or (verb in words.WITH_PREPOSITION and follower in words.PREPOSITIONS)


def _titled(rest: str) -> bool:
    """A heading in title case does not show what is a name, yet "Request Leave" may still be an instruction."""
    return bool(re.match(r"[|/&(\d]", rest))


def _gerunds(phrase: str) -> str:
    """Editing and canceling -> edit and cancel."""
    return re.sub(r"\b(and|or|&) ([a-z]+ing)\b", lambda m: f"{m[1]} {base(m[2]) or m[2]}", phrase, count=1, flags=re.I)


def _lower_first(text: str) -> str:
    first, _, rest = text.partition(" ")
    low = first[:1].lower() + first[1:]
    return f"{low} {rest}".strip() if first[1:].islower() or len(first) == 1 else text


def name_phrase(heading: str, body: str) -> str:
    """A heading inside a sentence: its first letter small where it is a common word; a heading in title case stays a title."""
    first, _, rest = heading.partition(" ")
    bare = first.strip("“”\"'")
    low = bare.lower()
    if (not bare[1:].islower() and len(bare) > 1) or "," in heading or any(w[:1].isupper() and w[1:].islower() for w in rest.split()):
        return heading
    stem = re.escape(low[: max(4, len(low) - 2)])
    common = low in words.OBJECT_SIGNS | words.PREPOSITIONS | words.GENERIC | words.VERBS or base(bare)
    if common or rest or re.search(rf"(?<![.!?] )\b{stem}", body):
        return heading[:1].lower() + heading[1:]
    return heading


def generic(heading: str) -> bool:
    """Whether a heading says nothing by itself."""
    low = heading.lower().strip(" :?.!…")
    return low in words.GENERIC or low in words.GENERIC_PHRASES or len(low) < 3


def is_question(heading: str) -> bool:
    """Whether a heading asks: it ends with a question mark and opens with a word that asks."""
    first = WORD.match(heading)
    return heading.endswith("?") and bool(first) and first[0].lower() in words.QUESTION_WORDS  # type: ignore[index]


def clear(phrase: str) -> bool:
    """Whether a phrase names what it speaks of: no pronoun that points outside."""
    return not VAGUE.search(phrase)


def how(phrase: str, *, steps: bool) -> str:
    """How-to question of a verb phrase said to you or us."""
    own = mine(phrase)
    if re.search(r"\b(?:our|we|us)\b", own):
        return pick(words.STEPS_WE if steps else words.HOW_WE, phrase).format(own)
    return pick(words.STEPS if steps else words.HOW, phrase).format(own)


def content(text: str) -> set[str]:
    """The stems of the words that carry meaning: two texts that share one speak of the same thing."""
    return {_stem(w.lower()) for w in WORD.findall(text) if len(w) > 3 and w.lower() not in words.EMPTY_WORDS}


def _stem(word: str) -> str:
    """The first letters of a word without its ending: signing and sign, calibrate and calibration."""
    return re.sub(r"(?<=\w{3})(?:ing|ed|es|s|e)$", "", word)[:5]


def says_what(phrase: str) -> bool:
    """Whether an instruction has an object: "submit a form", not "sign in"."""
    return sum(len(word) > 2 and word.lower() not in ("the", "with", "for") for word in WORD.findall(phrase)) > 1


def named(heading: str, answer: str) -> str | None:
    """A name with the article it needs: the one the answer gives it, or none where the answer gives none; None where neither is sure."""
    name = name_phrase(heading, answer)
    if re.match(r"(?:the|an?) ", name, re.I):
        return name[:1].lower() + name[1:]
    bare = re.search(rf"(?:^|[.!?] |\b(?:in|on|with|via|use|using|from|to|for|by|and) ){re.escape(heading)}\b", answer, re.I | re.M)
    found = re.search(rf"\b(the|an?) {re.escape(heading)}(?=[.,;:!?)]| (?:{GOES_ON})\b)", answer, re.I)
    if found and " of " in name:
        return f"the {name}"
    if found and not bare:
        return f"{found[1].lower()} {name}"
    head = re.split(r" (?:of|for|to|in|with|from|on|by|at|and|or|across) | \(", name, maxsplit=1)[0]
    last = head.split(" ")[-1]
    if bare or last.endswith("s") or (MASS.search(last.lower()) and last.lower() not in words.COUNTABLE and " of " not in name):
        return name
    if " of " in name or (last[:1].isupper() and len(head.split()) > 1):
        return f"the {name}"
    return None


def countable_role(name: str) -> bool:
    """Whether a title-cased name is a job, which wants an article."""
    return bool(re.search(r"(?:er|or|ist|ant|lead|head|officer|manager|analyst)(?: \(\w+\))?$", name, re.I))
