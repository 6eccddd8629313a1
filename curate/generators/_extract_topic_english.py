"""What an English question is put under, so that it is understood without its passage: the heading above it, or the title."""

import re

from curate.generators import _extract_ask_english as ask
from curate.generators._extract_passage import Passage, Section

SENTENCE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|don['’]t|isn['’]t|aren['’]t|will|should|can|can['’]t|must|have|has|we['’]re|you['’]re|it['’]s|i['’]m|let['’]s|we|you|i|stays?|jumps?|fails?|remains?|becomes?|keeps|crashes|freezes)\b",
    re.I,
)
NO_NAME = re.compile(
    r"^(?:if|when|where|before|after|for|in|on|at|by|with|without|to|from|during|within|since|until|as|why|how|what|who|which|whether|because|while|yes|no|not|never|"
    r"always|don['’]t|please|be|do|other|others|another|more|some|any|this|these|that|it|our|your|my|option|step|part|phase|day|week|month|year|question|"
    r"then|also|and|or|but|about|here|there|one|two|three|first|second|third|next|last|all|once|inside|upon|while|per|via|only|just|\d)\b(?!-)",
    re.I,
)
ODD = re.compile(r"\b(?:OR|AND|NOT)\b|[:;!?/|=<>{}\[\]@#*…—–]|\.\.| - |\d{4}")
NAMED = re.compile(r"\b[A-Z][\w’'-]*|\b[a-z]+[A-Z]\w*|\d")
COMMON = re.compile(r"\bI\b(?:['’]\w+)?|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")  # capitals that name nothing particular
DOCUMENT = re.compile(
    r"\b(?:playbooks?|guides?|handbooks?|manuals?|policy|policies|overview|101|page|faqs?|templates?|steps|checklists?|primer|tutorial|rules"
    r"|introduction|questions|reference|resources|responsibilities|guidelines|offboarding|procedures|notes|lists?|glossary|instructions"
    r"|briefing)(?: for .*)?$",
    re.I,
)
SAYING = re.compile(
    r"(?!the |a |an )(?:[\w&’'-]+ ){1,4}(?:playbook|guide|handbook|manual|policy|guidelines|notes|procedures|rules|instructions)$", re.I
)
ABOUT = re.compile(r"^(?:questions (?:about|on)|(?:an? |\w+ )?(?:intro|introduction|guide) to) ", re.I)
VAGUE_TOPIC = re.compile(
    r"(?:additional|examples|topics|other|more|further|specific|resources|guidance|requests|questions|words|classes|types|kinds|list)\b",
    re.I,
)
CHAPTER = re.compile(r"[\w-]+ (?:and|&) [\w-]+$", re.I)  # "Security and Data" labels a chapter: it says nothing of a question in it
DEFINITE = re.compile(  # "how long does the visit take?": which visit?
    r"\bthe (?![A-Z]{2})[\w-]+\b(?= (?:takes?|lasts?|costs?|is|are|be|by|with|before|after|when|if|and|or|true|first|again|later)\b|\?|,)"
)
CASE = re.compile(r"\bif I \w+ the \w")
OBJECT = re.compile(r"(?:the )?(?:\S*[A-Z]\S*\d\S*|[A-Z]{3,}\S*)(?: [a-z]+)?")  # "Installing the X-200": of the X-200
SUFFIXED = ("What should I know", "What can you tell me")
FILE_NAME = re.compile(r"__|[\w-]+\.\w{2,4}$|^\S*_\S*$|^untitled", re.I)


def placed(question: str, section: Section, p: Passage, *, near: bool = False, always: bool = False) -> str:
    """A question with its topic in front where it needs one; "" where it needs one and has none.

    near: it comes from one sentence, so it may leave out what its section is about. always: it leaves out the subject.
    """
    text = question[1:]
    own = ask.content(text)
    if near and not own:
        return ""
    taken_up = near and bool(own & ask.content(section.heading))
    pointing = near and (_points(text, section.heading) or (not taken_up and bool(CASE.search(text))))
    named = (own and not always and NAMED.search(COMMON.sub("", text))) or (good_title(p.title) and own & ask.content(p.title))
    if named and not (pointing and len(own) < 3):
        return question
    local = is_local(p)
    enough = len(own) > 1 + (not taken_up or pointing) + (near and "if I " in text)
    if enough and not (always or local or (pointing and not taken_up)):
        return question
    topic = p.title if local else _topic(own, section, p)
    if not topic:
        return "" if pointing or len(own) < 1 + near + (near and not taken_up and " I " in text) else question
    setting = under(topic, p)
    if question.startswith(SUFFIXED) and not setting.startswith("Regarding"):
        return f"{question[:-1]} {setting[:1].lower()}{setting[1:]}?"
    return f"{setting}, {question[:1].lower() + question[1:]}"


def _points(text: str, heading: str) -> bool:
    return any(said.lower() not in heading.lower() for said in DEFINITE.findall(text))


def is_local(p: Passage) -> bool:
    """Whether a title is the name of a place or a product, as far as its capitals tell: what is said holds for that alone."""
    name = p.title
    parts = name.split()
    if not good_title(name) or DOCUMENT.search(name) or len(parts) > 3 or not all(w[:1].isupper() for w in parts):
        return False
    common = any(re.search(rf"\b{re.escape(w.lower()[:5])}", p.chunk.text) for w in parts if w.isalpha() and len(w) > 3)
    return not common and (len(parts) > 1 or is_spelled_so(p))


def is_spelled_so(p: Passage) -> bool:
    """Whether the title stands with its capitals inside a sentence: a name, whatever else it may be."""
    return bool(re.search(rf"[a-z,] {re.escape(p.title)}(?! ?[A-Z])", p.chunk.text) or re.search(r", [A-Z]", p.title))


def _topic(own: set[str], section: Section, p: Passage) -> str:
    near = [h for h in (section.heading, *reversed(section.parents)) if len(h.split()) > 1 and h != p.title]
    titled = [p.title] if " " in p.title and not DOCUMENT.search(p.title) else []
    return next((h for h in (*near, *titled) if topical(h) and not (ask.content(h) & own)), "")


def under(topic: str, p: Passage) -> str:
    """ "When installing the pump", "In Springfield", "Regarding annual leave"."""
    name = re.sub(r"^The ", "the ", ABOUT.sub("", topic))
    if topic == p.title and is_local(p) and is_spelled_so(p):
        return f"In {name}"
    first, _, rest = name.partition(" ")
    if first.lower().endswith("ing") and OBJECT.fullmatch(rest):
        return f"For {rest}"
    if first.lower().endswith("ing") and (ask.verb_phrase(name) or (ask.base(first) and " " in rest)):
        return f"When {ask.mine(name[:1].lower() + name[1:])}"
    return f"Regarding {ask.mine(spelled(name, p.chunk.text))}" if " " in name else f"Regarding {name}"


def spelled(name: str, text: str) -> str:
    """A heading in title case in small letters where the text writes its words so; else as it stands inside a sentence."""
    small = name.lower()
    if name == small or not re.fullmatch(r"[A-Z]?[a-z]+(?: [A-Z]?[a-z]+)*", name):
        return ask.name_phrase(name, text)
    known = all(re.search(rf"\b{w[:5]}", text) for w in small.split() if len(w) > 3)
    return small if known or (" " not in small and small.endswith("ing")) else ask.name_phrase(name, text)


def topical(heading: str) -> bool:
    """Whether a heading or title can be the topic a question is put under."""
    gerund = heading.split(" ", maxsplit=1)[0].endswith("ing") if heading else False
    return (
        good_title(heading)
        and not VAGUE_TOPIC.match(heading)
        and not CHAPTER.match(heading)
        and is_name(heading, most=10)
        and (gerund or not ask.verb_phrase(heading))
        and ask.clear(heading)
    )


def is_name(heading: str, *, most: int = 8) -> bool:
    """Whether a heading names a thing: a few words without verb, question or odd marks."""
    count = len(heading.split())
    return (
        count <= most
        and "," not in heading
        and not (ODD.search(heading) or SENTENCE.search(heading) or NO_NAME.match(heading))
        and heading[:1].isalnum()
    )


def good_title(title: str) -> bool:
    """Whether a document's title can be quoted in a question."""
    return (
        1 <= len(title.split()) <= 10
        and len(title) > 3
        and not FILE_NAME.search(title)
        and not re.search(r"[\[\]{}<>|?*]|—|\.\.\.|\d\.\d+\.\d", title)
        and not ask.generic(title)
    )


def source(p: Passage) -> str:
    """How a handbook or guide is named as the one who says something: "does the Staff Handbook"; "" where the title is none."""
    found = SAYING.match(p.title)
    if not found or not good_title(p.title):
        return ""
    return f"{'do' if p.title.lower().endswith('s') else 'does'} the {p.title}"
