"""English questions for a section, from its heading, the headings above it and the document's title."""

import re

from curate.generators import _extract_ask_english as ask
from curate.generators import _extract_english as words
from curate.generators._extract_passage import Passage, Section, pick

SENTENCE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|don['’]t|isn['’]t|aren['’]t|will|should|can|can['’]t|must|have|has|we['’]re|you['’]re|it['’]s|i['’]m|let['’]s|we|you|i|stays?|jumps?|fails?|remains?|becomes?|keeps|crashes|freezes)\b",
    re.I,
)
NO_NAME = re.compile(
    r"^(?:if|when|where|before|after|for|in|on|at|by|with|without|to|from|during|within|since|until|as|why|how|what|who|which|whether|because|while|yes|no|not|never|"
    r"always|don['’]t|please|be|do|other|others|another|more|some|any|this|these|that|it|our|your|my|option|step|part|phase|day|week|month|year|question|"
    r"then|also|and|or|but|about|here|there|one|two|three|first|second|third|next|last|all|once|inside|upon|while|per|via|only|just|\d)\b",
    re.I,
)
ODD = re.compile(r"\b(?:OR|AND|NOT)\b|[:;!?/|=<>{}\[\]@#*…—–]|\.\.| - |\d{4}")
WHEN_TO = re.compile(r"(when|what|where|who) (not )?to ([a-z]+ ?.*)", re.I)
PLURAL = re.compile(
    r"^(?:(?!(?:of|for|to|in|with|from|on|by|at) )[\w’'-]+ ){0,4}?([\w’'-]*[^\Wsui]s)(?: (?:of|for|to|in|with|from|on) .{1,60})?$", re.I
)
ODD_CASE = re.compile(r"[A-Z]\w*[A-Z]|[a-z][A-Z]|\d")
NAMED = re.compile(r"\b[A-Z][\w’'-]*|\b[a-z]+[A-Z]\w*|\d")
DOCUMENT = re.compile(
    r"\b(?:playbook|guide|guides|handbook|manual|policy|overview|101|page|faq|template|steps|checklist|primer|tutorial|introduction|questions|steps|resources|responsibilities|guidelines|offboarding)$",
    re.I,
)
TROUBLE = re.compile(
    r"(?!(?:if|when|why|what|how|who|we|you|i|it|this|there)\b)[\w’' -]{4,60}? (?:stays?|jumps?|fails?|keeps?|crashes|freezes"
    r"|(?:does not|do not|doesn['’]t|don['’]t|won['’]t|will not|cannot|can['’]t) (?:be (?:found|opened|reached|started|saved|read|closed)|"
    + "|".join(sorted(words.WORKINGS))
    + r")|(?:is not|are not|isn['’]t|aren['’]t) (?:working|responding|found|visible|available|recogni[sz]ed|detected|connected|\w+ing)"
    r"|is (?:missing|lost|locked|blocked|down))\b[\w’' -]{0,50}$",
    re.I,
)
NAVIGATION = re.compile(r"\b(?:links?|resources|references|reading|contents|template|checklist|agenda|changelog|questions)$", re.I)
DEFINITE = re.compile(r"^(?:\w+ )*?(?:does|do|is|are) the \w+(?: (?:take|last|cost))?\?$")  # "how long does the visit take?": which visit?
FILE_NAME = re.compile(r"__|[\w-]+\.\w{2,4}$|^\S*_\S*$|^untitled", re.I)


def question(section: Section, answer: str, p: Passage) -> tuple[str, str] | None:
    """The rule and the question, or None where no good one can be made."""
    heading = section.heading.rstrip(":").strip()
    if not 2 < len(heading) <= 110 or re.search(r"[\u4e00-\u9fff]", heading):
        return None
    asked = _as_asked(heading, section)
    if asked:
        return ("faq", placed(asked, section, p, always=not heading.startswith(asked[:6])))
    if heading.endswith("?"):
        return None
    role = _role(heading, section, p)
    if role or ask.generic(heading):
        return ("heading", role) if role else None
    found = _how(heading, section) or _when_to(heading) or _trouble(heading)
    if found:
        return found[0], placed(found[1], section, p)
    return _about(heading, section, answer, p)


def placed(question: str, section: Section, p: Passage, name: str = "", *, always: bool = False) -> str:
    """A question with its topic in front, unless it names something particular or what the document is about; "" where it needs one."""
    text = question[1:].replace(name, " ".join(w if ODD_CASE.search(w) else w.lower() for w in name.split())) if name else question[1:]
    if not always and NAMED.search(re.sub(r"\bI\b(?:['’]\w+)?", "", text)):
        return question
    if good_title(p.title) and ask.content(text) & ask.content(p.title):
        return question
    near = [h for h in (section.heading, *reversed(section.parents)) if not ask.content(h) & ask.content(text)]
    narrow = len(ask.content(text)) < 3
    near = [h for h in near if len(h.split()) > 1]
    topics = [*near, p.title] if narrow or DEFINITE.search(text) or not topical(p.title) else [p.title]
    topic = next((t for t in topics if topical(t)), "")
    asked = question[:1].lower() + question[1:]
    if good_title(p.title) and (not topic or (topic == p.title and DOCUMENT.search(topic))):
        return words.ACCORDING[0].format(p.title, asked)
    if not topic:
        return question if len(ask.content(text)) > 1 else ""
    name = re.sub(r"^(?:questions (?:about|on)|(?:an? )?(?:intro|introduction|guide) to) ", "", topic, flags=re.I)
    if name == topic != p.title and not topic.split(" ")[0].endswith("ing"):
        name = f"“{topic}”"
    elif " " in name:
        name = ask.mine(ask.name_phrase(name, p.chunk.text))
    return pick(words.TOPIC, question).format(name, asked)


def topical(heading: str) -> bool:
    """Whether a heading or title can be the topic a question is put under."""
    gerund = heading.split(" ", maxsplit=1)[0].endswith("ing") if heading else False
    return (
        good_title(heading)
        and not re.match(r"(?:additional|topics|other|more|further|specific|resources|guidance|requests|saying)\b", heading, re.I)
        and is_name(heading.replace(",", ""))
        and (gerund or not ask.verb_phrase(heading))
        and ask.clear(heading)
    )


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
    if not ask.is_question(heading) or len(heading.split()) < 4:
        return None
    unclear = ask.VAGUE.sub("", re.sub(r"\b(?:I|me|my)\b", "", heading))
    return heading if unclear == re.sub(r"\b(?:I|me|my)\b", "", heading) else None


def _role(heading: str, section: Section, p: Passage) -> str | None:
    forms = words.ROLES.get(heading.lower())
    if not forms:
        return None
    above = (section.parents[-1] if section.parents else p.title).rstrip(":").strip()
    if not above or above == heading or ask.generic(above) or not is_name(above) or ask.verb_phrase(above) or DOCUMENT.search(above):
        return None
    return pick(forms, heading, above).format(ask.name_phrase(above, ""))


def _how(heading: str, section: Section) -> tuple[str, str] | None:
    phrase = ask.verb_phrase(heading)
    if not phrase or len(phrase.split()) > 14 or re.search(r"[;:!?|<>{}\[\]…]|\.\.", phrase):
        return None
    own = re.sub(r"\b(?:I|me|my)\b", "", ask.mine(phrase))
    if not ask.says_what(phrase):
        return None
    last = phrase.split()[-2:]
    if not ask.clear(own) or len(phrase.split()) < 2 or (last[0] in ("and", "or") and last[1] in words.VERBS):
        return None
    steps = any(b.kind == "steps" for b in section.body)
    return ("procedure" if steps else "heading", ask.how(phrase, steps=steps))


def _trouble(heading: str) -> tuple[str, str] | None:
    """A heading that states what goes wrong: "The light stays red"."""
    if not TROUBLE.match(heading) or not ask.clear(re.sub(r"\b(?:I|me|my)\b", "", ask.mine(heading))) or ODD.search(heading):
        return None
    return ("heading", pick(words.IF_SHOULD, heading).format(ask.mine(ask.name_phrase(heading, heading.lower()))))


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
    titled = good_title(p.title) and not ask.content(p.title) <= ask.content(heading)
    name = ask.named(heading, answer)
    single = len(heading.removeprefix("The ").split()) < 2
    if name and not single and not ask.countable_role(name):
        asked = pick(words.ABOUT if titled else words.ABOUT_OWN, heading, p.title).format(name, p.title)
        return ("heading", asked if "“" in asked else placed(asked, section, p, name))
    if not titled or (single and not name):
        return None
    return ("heading", words.ABOUT[2].format(name or f"“{heading}”", p.title))


def _maybe_action(heading: str) -> bool:
    """Whether a heading may be an instruction or a gerund, so that it cannot be introduced as a thing."""
    first, _, rest = heading.partition(" ")
    low = first.lower()
    if low in words.VERBS and " " in rest:
        return True
    return low.endswith("ing") and bool(rest) and low not in words.NAMING_GERUNDS and not ask.base(low)


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


def is_name(heading: str) -> bool:
    """Whether a heading names a thing: a few words without verb, question or odd marks."""
    count = len(heading.split())
    return (
        count <= 8
        and "," not in heading[:-5]
        and not (ODD.search(heading) or SENTENCE.search(heading) or NO_NAME.match(heading))
        and heading[:1].isalnum()
    )


def good_title(title: str) -> bool:
    """Whether a document's title can be quoted in a question."""
    return (
        1 <= len(title.split()) <= 10
        and len(title) > 3
        and not FILE_NAME.search(title)
        and not re.search(r"[\[\]{}<>|]|—|\.\.\.", title)
        and not ask.generic(title)
    )
