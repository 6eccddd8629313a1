"""English questions for a section, from its heading, the headings above it and the document's title."""

import re

from curate.generators import _extract_ask_english as ask
from curate.generators import _extract_english as words
from curate.generators._extract_passage import Passage, Section, pick
from curate.generators._extract_topic_english import DOCUMENT, NAMED, ODD, is_local, is_name, is_spelled_so, placed, source, spelled

WHEN_TO = re.compile(r"(when|what|where|who) (not )?to ([a-z]+ ?.*)", re.I)
PLURAL = re.compile(
    r"^(?:(?!(?:of|for|to|in|with|from|on|by|at) )[\w’'-]+ ){0,4}?([\w’'-]*[^\Wsui]s)(?: (?:of|for|to|in|with|from|on) .{1,60})?$", re.I
)
TROUBLE = re.compile(
    r"(?!(?:if|when|why|what|how|who|we|you|i|it|this|there)\b)[\w’' -]{4,60}? (?:stays?|jumps?|fails?|keeps?|crashes|freezes"
    r"|(?:does not|do not|doesn['’]t|don['’]t|won['’]t|will not|cannot|can['’]t) (?:be (?:found|opened|reached|started|saved|read|closed)|"
    + "|".join(sorted(words.WORKINGS))
    + r")|(?:is not|are not|isn['’]t|aren['’]t) (?:working|responding|found|visible|available|recogni[sz]ed|detected|connected|\w+ing)"
    r"|is (?:missing|lost|locked|blocked|down))\b[\w’' -]{0,50}$",
    re.I,
)
ROLES_TOLD = re.compile(r"\broles?\b|\bteam\b|\bpositions\b", re.I)
NAVIGATION = re.compile(r"\b(?:links?|resources|references|reading|contents|template|checklist|agenda|changelog|questions)$", re.I)


def question(section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    """The rule and the question, or None where no good one can be made."""
    heading = section.heading.rstrip(":").strip()
    if not 2 < len(heading) <= 110 or re.search(r"[\u4e00-\u9fff]", heading):
        return None
    asked = _as_asked(heading, section)
    if asked:
        return ("faq", placed(asked, section, p, always=not heading.startswith(asked[:6])) or asked)
    if heading.endswith("?"):
        return None
    role = _role(heading, section, p)
    if role or ask.generic(heading):
        return ("heading", role) if role else None
    found = _how(heading, answer, section) or _when_to(heading)
    return (found[0], placed(found[1], section, p)) if found else _trouble(heading) or _about(heading, section, answer, p)


def _as_asked(heading: str, section: Section) -> str | None:
    """A heading that is a question already, or ends one that the heading above begins: "How do I ..." over "Book rooms?"."""
    opening = section.parents[-1].rstrip("….: ").strip() if section.parents else ""
    if re.fullmatch(r"how (?:do|can) (?:i|we|you)|how to", opening, re.I):
        rest = re.sub(r"\?$", "", heading)
        verb = rest.split(" ")[0].lower()
        return (
            f"How do I {ask.mine(rest[:1].lower() + rest[1:])}?"
            if verb in words.VERBS and ask.clear(ask.mine(rest).replace(" my ", " "))
            else None
        )
    if not ask.is_question(heading) or len(heading.split()) < 4 or re.match(r"what if (?:who|what|how)\b", heading, re.I):
        return None
    unclear = ask.VAGUE.sub("", re.sub(r"\b(?:I|me|my)\b", "", heading))
    return heading if unclear == re.sub(r"\b(?:I|me|my)\b", "", heading) else None


def _role(heading: str, section: Section, p: Passage) -> str | None:
    forms = words.ROLES.get(heading.lower())
    if not forms:
        return None
    above = (section.parents[-1] if section.parents else p.title).rstrip(":").strip()
    if (
        not above
        or above == heading
        or ask.generic(above)
        or not is_name(above)
        or ask.verb_phrase(above)
        or ask.base(above.split(" ")[0])
        or DOCUMENT.search(above)
    ):
        return None
    return pick(forms, heading, above).format(ask.name_phrase(above, ""))


def _how(heading: str, answer: str, section: Section) -> tuple[str, str] | None:
    phrase = ask.verb_phrase(re.sub(r" \([^()]* only\)$", "", heading))
    if not phrase or len(phrase.split()) > 14 or re.search(r"[;:!?|<>{}\[\]…]|\.\.|/\w+/|\([a-z]{2}", phrase):
        return None
    own = re.sub(r"\b(?:I|me|my)\b", "", ask.mine(phrase))
    if not ask.says_what(phrase):
        return None
    last = phrase.split()[-2:]
    if not ask.clear(own) or len(phrase.split()) < 2 or (last[0] in ("and", "or") and last[1] in words.VERBS):
        return None
    steps = any(b.kind == "steps" for b in section.body)
    return ("procedure" if steps else "heading", ask.how(_small(phrase, answer), steps=steps))


def _small(phrase: str, answer: str) -> str:
    """A title in small letters where the answer writes all of its words so: "book a Rental Car"."""
    capitals = re.findall(r"\b[A-Z][a-z]+\b(?!\.\w)", phrase)
    if not all(re.search(rf"\b{w[:4].lower()}", answer) and not re.search(rf"[a-z,] {w}\b", answer) for w in capitals):
        return phrase
    return re.sub(r"\b[A-Z][a-z]+\b(?!\.\w)", lambda m: m[0].lower(), phrase)


def _trouble(heading: str) -> tuple[str, str] | None:
    case = trouble(heading)
    return ("heading", pick(words.IF_SHOULD, heading).format(case)) if case else None


def trouble(heading: str) -> str:
    """A heading that states what goes wrong, inside a sentence: "the light stays red"; "" where it states none."""
    if not TROUBLE.match(heading) or not ask.clear(re.sub(r"\b(?:I|me|my)\b", "", ask.mine(heading))) or ODD.search(heading):
        return ""
    return ask.mine(ask.name_phrase(heading, heading.lower()))


def _when_to(heading: str) -> tuple[str, str] | None:
    found = WHEN_TO.fullmatch(heading)
    if not found or found[3].split()[0].lower() not in words.VERBS or not ask.clear(found[3]):
        return None
    return ("heading", f"{found[1].capitalize()} should I {'not ' if found[2] else ''}{ask.mine(found[3])}?")


def _about(heading: str, section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    """A question about the thing that a heading names."""
    if not is_name(heading) or not ask.clear(heading) or NAVIGATION.search(heading) or _maybe_action(heading):
        return None
    if _plural(heading) and _lists_things(section):
        return ("heading", placed(pick(words.PLURAL, heading).format(ask.name_phrase(heading, answer)), section, p))
    if not ask.content(heading) & ask.content(answer):
        return None  # a label that the text below does not take up
    name = ask.named(heading, answer)
    if not name:
        return None
    if ROLES_TOLD.search(p.title) and ask.countable_role(name):
        return ("heading", f"What is the role of {name if name.startswith('the ') else f'the {name}'}?")
    name = spelled(heading, answer) if name.lower() == heading.lower() and not name.startswith("the ") else name
    return _told(name, section, p, single=len(heading.removeprefix("The ").split()) < 2)


def _told(name: str, section: Section, p: Passage, *, single: bool) -> tuple[str, str] | None:
    """What there is to know about a thing: by the handbook that tells it, or at the place it holds for."""
    told = source(p)
    if all(b.kind == "list" for b in section.body) and _scant(section.readings):
        return None
    if told:
        return ("heading", words.SAYS.format(told, name))
    if is_local(p) and is_spelled_so(p):
        there = "" if ask.content(name) & ask.content(p.title) else f" in {p.title}"
        return ("heading", words.ABOUT[0].format(name + there))
    question = pick(words.ABOUT, name).format(name)
    asked = placed(question, section, p, always=all(b.kind == "list" for b in section.body))
    alone = asked == question and not NAMED.search(name) and not (ask.content(name) & ask.content(p.title))
    bare = (single and not is_local(p)) or (alone and len(ask.content(name)) < 3 and name.endswith("s"))  # "approval timelines": of what?
    return None if bare else ("heading", asked)


def _scant(lists: list[str]) -> bool:
    """Whether the items of lists are labels rather than sentences."""
    items = [line for text in lists for line in text.split("\n") if line.strip()]
    return sum(len(line.split()) > 8 for line in items) * 2 < len(items)


def _maybe_action(heading: str) -> bool:
    """Whether a heading may be an instruction or a gerund, so that it cannot be introduced as a thing."""
    first, _, rest = heading.partition(" ")
    low = first.lower()
    if low in words.VERBS and " " in rest:
        return True
    return low.endswith("ing") and bool(rest) and (low not in words.NAMING_GERUNDS or " " in rest or not ask.named(rest, ""))


def _plural(heading: str) -> bool:
    """Whether a heading names several things: "Eligible expenses"."""
    found = PLURAL.match(heading)
    single = " " not in heading or " and " in heading
    return bool(found and not single and found[1].islower() and found[1] not in words.NOT_PLURAL)


def _lists_things(section: Section) -> bool:
    """Whether the body is one list, perhaps announced, whose items are things and not instructions."""
    kinds = [b.kind for b in section.body]
    if kinds not in (["list"], ["text", "list"]) or (len(kinds) == 2 and not section.readings[0].endswith(":")):
        return False
    first = re.sub(r"^[-*+]\s+", "", section.readings[-1]).split(" ")[0].strip(",.:").lower()
    return first not in words.VERBS - words.NOUNISH and first not in (
        "you",
        "if",
        "when",
        "please",
        "we",
        "do",
        "don't",
        "be",
        "it",
        "this",
        "there",
    )
