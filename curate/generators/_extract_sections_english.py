"""English questions for a section, from its heading, the headings above it and the document's title."""

import re

from curate.generators import _extract_english as words
from curate.generators import _extract_ask_english as ask
from curate.generators._extract_passage import Passage, Section, pick

SENTENCE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|don['’]t|isn['’]t|aren['’]t|will|should|can|can['’]t|must|have|has|we['’]re|you['’]re|it['’]s|i['’]m|let['’]s|we|you|i)\b", re.I
)
NO_NAME = re.compile(
    r"^(?:if|when|where|before|after|for|in|on|at|by|with|without|to|from|during|within|since|until|as|why|how|what|who|which|whether|because|while|yes|no|not|never|"
    r"always|don['’]t|please|be|do|other|others|another|more|some|any|this|these|that|it|our|your|my|option|step|part|phase|day|week|month|year|question|"
    r"then|also|and|or|but|about|here|there|one|two|three|first|second|third|next|last|all|\d)\b",
    re.I,
)
ODD = re.compile(r"[:;!?/|=<>{}\[\]@#*…—–]|\.\.| - |\d{4}")
WHEN_TO = re.compile(r"(when|what|where|who) (not )?to ([a-z]+ ?.*)", re.I)
PLURAL = re.compile(r"^(?:[\w’'-]+ ){0,4}?([\w’'-]*[^\Wsui]s)(?: (?:of|for|to|in|with|from|on) .{1,60})?$", re.I)
NOT_PLURAL = frozenset("this process access address business progress news status basis analysis always series means focus sales canvas lens gas bus plus less does has was is its us news ethics politics mathematics physics analytics logistics".split())
FILE_NAME = re.compile(r"__|[\w-]+\.\w{2,4}$|^\S*_\S*$|^untitled", re.I)


def question(section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    """The rule and the question, or None where no good one can be made."""
    heading = section.heading.rstrip(":").strip()
    if not 2 < len(heading) <= 110 or re.search(r"[\u4e00-\u9fff]", heading):
        return None
    asked = _as_asked(heading, section)
    if asked:
        return ("faq", asked)
    if heading.endswith("?"):
        return None
    role = _role(heading, section, p)
    if role or ask.generic(heading):
        return ("heading", role) if role else None
    return _how(heading, section) or _when_to(heading) or _about(heading, section, answer, p)


def _as_asked(heading: str, section: Section) -> str | None:
    """A heading that is a question already, or ends one that the heading above begins: "How do I ..." over "Book rooms?"."""
    opening = section.parents[-1].rstrip("….: ").strip() if section.parents else ""
    if re.fullmatch(r"how (?:do|can) (?:i|we|you)|how to", opening, re.I):
        rest = re.sub(r"\?$", "", heading)
        verb = rest.split(" ")[0].lower()
        return f"How do I {ask.mine(rest[:1].lower() + rest[1:])}?" if verb in words.VERBS and ask.clear(ask.mine(rest).replace(" my ", " ")) else None
    if not ask.is_question(heading) or len(heading.split()) < 4:
        return None
    unclear = ask.VAGUE.sub("", re.sub(r"\b(?:I|me|my)\b", "", heading))
    return heading if unclear == re.sub(r"\b(?:I|me|my)\b", "", heading) else None


def _role(heading: str, section: Section, p: Passage) -> str | None:
    forms = words.ROLES.get(heading.lower())
    if not forms:
        return None
    above = next((h for h in reversed((p.title, *section.parents)) if not ask.generic(h) and h != heading), "")
    above = above.rstrip(":").strip()
    if not above or not is_name(above) or ask.verb_phrase(above):
        return None
    return pick(forms, heading, above).format(ask.name_phrase(above, ""))


def _how(heading: str, section: Section) -> tuple[str, str] | None:
    phrase = ask.verb_phrase(heading)
    if not phrase or len(phrase.split()) > 14 or re.search(r"[;:!?|<>{}\[\]…]|\.\.", phrase):
        return None
    own = re.sub(r"\b(?:I|me|my)\b", "", ask.mine(phrase))
    if not ask.clear(own) or len(phrase.split()) < 2:
        return None
    steps = any(b.kind == "steps" for b in section.body)
    return ("procedure" if steps else "heading", ask.how(phrase, steps=steps))


def _when_to(heading: str) -> tuple[str, str] | None:
    found = WHEN_TO.fullmatch(heading)
    if not found or found[3].split()[0].lower() not in words.VERBS or not ask.clear(found[3]):
        return None
    return ("heading", f"{found[1].capitalize()} should I {'not ' if found[2] else ''}{ask.mine(found[3])}?")


def _about(heading: str, section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    if not is_name(heading) or not ask.clear(heading):
        return None
    name = ask.name_phrase(heading, answer)
    plural = PLURAL.match(heading)
    listed = any(b.kind in ("list", "steps") for b in section.body)
    if plural and listed and plural[1].lower() not in NOT_PLURAL and len(heading.split()) > 1:
        return ("heading", pick(words.PLURAL, heading).format(name))
    titled = good_title(p.title) and p.title.lower() != heading.lower()
    if len(heading.split()) < 2 and not titled:
        return None
    forms = words.ABOUT if titled else words.ABOUT_OWN
    if len(heading.split()) < 2:
        forms = forms[2:3]
    return ("heading", pick(forms, heading, p.title).format(name, p.title))


def is_name(heading: str) -> bool:
    """Whether a heading names a thing: a few words without verb, question or odd marks."""
    count = len(heading.split())
    return count <= 8 and not (ODD.search(heading) or SENTENCE.search(heading) or NO_NAME.match(heading)) and heading[:1].isalnum()


def good_title(title: str) -> bool:
    """Whether a document's title can be quoted in a question."""
    return 1 <= len(title.split()) <= 10 and len(title) > 3 and not FILE_NAME.search(title) and not ask.generic(title)
