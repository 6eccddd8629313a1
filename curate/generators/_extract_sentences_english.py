"""English sentences that answer a question by themselves: definitions, conditions, aims, deadlines and amounts."""

import re
from collections.abc import Iterator

from curate.generators import _extract_ask_english as ask
from curate.generators import _extract_english as words
from curate.generators._extract_passage import Passage, Section, pick
from curate.generators._extract_sections_english import trouble
from curate.generators._extract_topic_english import placed

SUBJECT = r"(?P<x>(?!(?:The|An?) )[A-Z0-9][\w’'/&.+-]*(?: [\w’'/&.+-]+){0,5}?(?: \([A-Za-z][\w/&. -]{1,20}\))?)"
IS = re.compile(
    rf"(?P<art>The |An? )?{SUBJECT} (?P<v>is|are) (?P<rest>(?:an?|the|one of the|part of the|short for|the process of|a type of|any) .+)",
    re.S,
)
IS_LOW = re.compile(
    r"(?P<art>The |An? )(?P<x>[\w’'/&.+-]+(?: [\w’'/&.+-]+){0,4}?(?: \([A-Za-z][\w/&. -]{1,20}\))?) (?P<v>is|are) "
    r"(?P<rest>(?:an?|the process of|any|where|how) .+)",
    re.S,
)
MEANS = re.compile(rf"(?P<art>The |An? )?{SUBJECT} (?P<v>refers to|means|stands for|is defined as|are defined as) (?P<rest>.+)", re.S)
FOR = re.compile(rf"(?P<art>The )?{SUBJECT} (?P<v>is|are) (?P<rest>responsible for .+)", re.S)
WEAK = re.compile(rf"(?:an?|the|any|one of the) (?:{'|'.join(sorted(words.SAY_LITTLE))}|work in progress)\b", re.I)
IF = re.compile(r"If (?P<x>(?:you|your|you['’]re|you['’]ve)\b[^.;:?!]{8,140}?), (?:then )?(?P<y>.+)", re.S)
TO = re.compile(r"(?:In order to|To) (?P<x>[a-z]+ [^.;:?!]{6,110}?), (?:then )?(?P<y>.+)", re.S)
ACT = re.compile(r"(?:please |simply |just |first,? |always |also |immediately )?(?P<verb>[a-z’']+)\b")
YOU_ACT = re.compile(
    r"you(?:['’]ll)? (?:should|must|need|will need|have to|can|are required|are expected|will have to|will be asked|also need"
    r"|may(?= \w)(?! be| have| not| see| get| find| need| notice| experience| receive))\b"
)
# "To add, change, or drop it you must ...": the comma does not part aim and action.
TWICE = re.compile(r"(?!you)[^.]*?\b(?:or|and) [^.]*?\byou (?:must|should|need|can|have|will)\b", re.I)
# "Keep the warranty": what for is left to the passage.
KEEP = re.compile(
    r"keep the\b|[a-z]+ some(?:body|one|thing)$|(?:keep|find|gain|avoid|ensure|make sure|help|see|learn|fix|solve)\b(?! \w+ [\w-]+ [\w-]+)"
)
KINDS = re.compile(r" (?:Toolkit|Card|Program|System|Team|Office|Guide|Form|Process|Committee|Policy|Division|Board|Council|Fund|Act)$")
YOU_CAN = re.compile(r"you(?: also)? (?:can|may|could)\b")
MEASURE = re.compile(
    rf"The (?P<k>(?:[\w-]+ ){{0,2}}(?:{'|'.join(sorted(words.MEASURES))}|due date|default value|time limit)) "
    r"(?P<p>for|of|on|to) (?P<x>[^,.;:?!]{3,70}?) (?P<v>is|are) (?P<rest>[^?]+)",
    re.S,
)
# "The number of frames is bounded by the stack": no number is told.
VALUE = re.compile(
    r"^(?!(?:\w+ed|given|shown|known) (?:by|in|as)\b)"
    r"[^,;]{0,50}?(?:\d|[`“\"'$€£]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|zero|half|no|unlimited)\b)"
)
TOLD = re.compile(r"deadline|cut-?off|date|purpose|goal|aim|objective")
TAKES = re.compile(
    r"(?P<x>[A-Z][^,.;:?!]{2,70}?) (?:usually |typically |generally |normally )?(?P<v>takes?|lasts?|costs?) "
    r"(?P<rest>(?:up to |about |around |approximately |at least |between |roughly )?"
    r"(?:[$€£]?\d|one|two|three|four|five|six|seven|eight|nine|ten|a few|several)\b[^?]*)",
    re.S,
)
COMMAND = re.compile(
    r"(?:then|next|now|first|finally)?,? ?(?:please )?(?:run|use|execute|enter|type|issue) (?:the |this )?(?:following )?"
    r"(?:[\w`-]+ )?(?:command|script|code|query|request)s? (?:in [^,.;:]{2,30} )?to (?P<x>[a-z]+ [^.;:?!]{5,80}):",
    re.I,
)
EXAMPLE = re.compile(
    r"the (?:following )?(?:example|code|snippet|command|script)s? (?:shows?|demonstrates?|illustrates?) how to "
    r"(?P<x>[a-z]+ [^.;:?!]{5,80}):",
    re.I,
)
INCLUDES = re.compile(
    r"(?P<art>The |An? |Our )?(?P<x>[A-Z]?[\w’'/&.()-]+(?: [\w’'/&.()-]+){0,6}?) (?P<v>includes?|consists? of|contains?)"
    r"(?: the following(?: [a-z]+){0,2})?:",
    re.S,
)
THERE = re.compile(
    r"There are (?:\w+ |a few |a number of )?(?P<x>(?:main |different |key )?"
    r"(?:types|kinds|ways|options|levels|phases|stages|categories|methods|reasons) (?:of|for|to|in) [^,.;:?!]{3,60}):",
    re.I,
)


def questions(sentence: str, section: Section, p: Passage) -> Iterator[tuple[str, str]]:
    """(rule, question) for each question that a sentence answers; a sentence that ends with a colon has its list with it."""
    head = sentence.split("\n", 1)[0]
    if head.endswith(":"):
        shown = _code(head) if "```" in sentence else _contents(head)
        found = shown or _condition(head) or _aim(head)
    else:
        found = _definition(head, p, section.heading) or _measure(head) or _takes(head) or _condition(head) or _aim(head)
    if found:
        rule, question = found
        yield rule, question if rule == "definition" else _placed(rule, question, section, p)


def _placed(rule: str, question: str, section: Section, p: Passage) -> str:
    """The question with what its section is about: "How do I find the cause if the values jump?"."""
    case = trouble(section.heading)
    if rule == "procedure" and case and not ask.content(case) & ask.content(question):
        return f"{question[:-1]} if {case}?"
    return placed(question, section, p, near=True)


def _definition(sentence: str, p: Passage, heading: str) -> tuple[str, str] | None:
    for form in (MEANS, FOR, IS, IS_LOW):
        found = form.match(sentence)
        if found and _is_term(found["x"]) and not (found["v"] in ("is", "are") and WEAK.match(found["rest"])):
            return _define(form, found, p, heading)
    return None


def _define(form: re.Pattern[str], found: re.Match[str], p: Passage, heading: str) -> tuple[str, str] | None:
    term, article, many = found["x"], (found["art"] or "").lower(), found["v"].startswith("are")
    known = term.lower() in (heading.lower(), p.title.lower()) or bool(re.search(r"[A-Z0-9]", term[1:]))
    if not known and (form is IS or (form is IS_LOW and article == "the ")):
        return None
    name = article + (term if _keeps_capital(term, p) else term[:1].lower() + term[1:])
    article = article or ("the " if KINDS.search(term) and not many else "")
    name = name if name.startswith(article) else article + name
    if form is FOR:
        asked = f"What {found['v']} {name} responsible for?"
    elif form is MEANS:
        asked = f"What does {name} stand for?" if found["v"] == "stands for" else pick(words.TERM, term).format(name.removeprefix(article))
    elif "born" in term:
        asked = f"Who {found['v']} {term.split(' (')[0]}?"
    elif found["rest"].startswith("any"):
        asked = f"{'Who' if re.match('any(?:one|body)', found['rest']) else 'What'} counts as {name}?"
    elif many and found["rest"].startswith("the "):
        return None
    elif " " not in term and name.removeprefix(article).islower():
        return None  # a common word: what it means here is not what it means
    else:
        asked = f"What {found['v']} {name}?"
    return ("definition", asked)


def _keeps_capital(term: str, p: Passage) -> bool:
    """Whether a term that opens a sentence is a name: it has other capitals or digits, or a capital inside a sentence too."""
    first, _, rest = term.partition(" ")
    if re.search(r"[A-Z]", rest) or re.search(r"[A-Z\d]", first[1:]):
        return True
    return bool(re.search(rf"[a-z,] {re.escape(first)}\b", p.chunk.text)) or first in p.title.split()


def _is_term(term: str) -> bool:
    parts = term.lower().split()
    return (
        bool(parts)
        and not term.isdigit()
        and parts[-1] != "itself"
        and not words.NOT_A_NAME.intersection(parts)
        and len(term) > 1
        and not (parts[0].endswith("ing") and len(parts) == 1)
    )


def _acts(clause: str) -> bool:
    """Whether a clause tells you what to do: an instruction, or what you must or can."""
    if YOU_ACT.match(clause):
        return True
    found = ACT.match(clause)
    if found and found["verb"] in ("refer", "see", "read", "visit", "view", "check", "follow", "return", "learn"):
        return False
    after = clause[found.end() :].split(maxsplit=1) if found else []
    if found and found["verb"] in words.NOUNISH and not (after and ask.takes(found["verb"], after[0].lower())):
        return False
    if len(clause.split()) < 4 and not clause.endswith(":"):
        return False
    return bool(found and found["verb"] in words.VERBS) and not re.match(r"\S+,", clause)


def _condition(sentence: str) -> tuple[str, str] | None:
    found = IF.match(sentence)
    if not found or not _acts(found["y"]) or TWICE.match(found["y"]):
        return None
    own = ask.mine(found["x"])
    if not _own_clear(own) or len(own.split()) < 4:
        return None
    forms = words.IF_CAN if YOU_CAN.match(found["y"]) else words.IF_SHOULD
    return ("condition", pick(forms, own).format(own))


def _aim(sentence: str) -> tuple[str, str] | None:
    found = TO.match(sentence)
    if not found or found["x"].split()[0] not in words.VERBS or not _acts(found["y"]) or TWICE.match(found["y"]):
        return None
    own = ask.mine(found["x"])
    if not _own_clear(own) or not ask.says_what(own) or " the current " in own or KEEP.match(own):
        return None
    return ("procedure", ask.how(found["x"], steps=False))


def _code(lead: str) -> tuple[str, str] | None:
    """What a command or an example is for, from the sentence that announces it."""
    for form, asked in ((COMMAND, words.COMMAND), (EXAMPLE, words.SHOW)):
        found = form.match(lead)
        if found and found["x"].split()[0] in words.VERBS:
            own = ask.mine(found["x"])
            return ("code", pick(asked, own).format(own)) if _own_clear(own) and ask.says_what(own) else None
    return None


def _own_clear(phrase: str) -> bool:
    return ask.clear(re.sub(r"\b(?:I|me|my)\b", "", phrase)) and not re.search(
        r"\bquestions?\b|\bhelp\b|\bconcerns?\b|\b(?:more information|know more|learn more)\b|\bnot sure\b|\bunsure\b", phrase
    )


def _measure(sentence: str) -> tuple[str, str] | None:
    found = MEASURE.match(sentence)
    if (
        not found
        or not ask.clear(found["x"])
        or found["x"].lower().split()[0] in words.NOT_A_NAME - {"the"}
        or re.search(r"\b(?:is|are|that|which|to be)\b", found["x"])
        or found["x"].count("(") != found["x"].count(")")
        or not (VALUE.search(found["rest"]) or TOLD.search(found["k"]))
    ):
        return None
    return ("quantity", f"What {found['v']} the {found['k']} {found['p']} {found['x']}?")


def _takes(sentence: str) -> tuple[str, str] | None:
    found = TAKES.match(sentence)
    if (
        not found
        or not ask.clear(found["x"])
        or found["x"].lower().split()[0] in words.NOT_A_NAME - {"the"}
        or re.search(r"^the$|\b(?:is|are|that|which|can|will|may|should|and)\b", found["x"], re.I)
    ):
        return None
    verb = found["v"].rstrip("s")
    if not _lasts(found["rest"], verb):
        return None
    name = ask.name_phrase(found["x"], found["x"].lower())
    return ("quantity", f"How {'much' if verb == 'cost' else 'long'} {'does' if found['v'] != verb else 'do'} {name} {verb}?")


def _lasts(rest: str, verb: str) -> bool:
    """Whether an amount is one of time, or for a cost one of money: a box that takes four wires lasts no time."""
    return verb == "cost" or bool(re.search(r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|nights?)\b", rest[:50]))


def _contents(sentence: str) -> tuple[str, str] | None:
    found = THERE.match(sentence)
    if found and ask.clear(found["x"]):
        return (
            "list",
            f"Which {found['x']} are there?" if not found["x"].startswith("ways to") else f"What {ask.mine(found['x'])} are there?",
        )
    found = INCLUDES.match(sentence)
    if not found or words.NOT_A_NAME.intersection(found["x"].lower().split()) or not ask.clear(found["x"]) or len(found["x"].split()) < 2:
        return None
    one = found["v"].endswith(("s", "s of"))
    verb = found["v"].replace("includes", "include").replace("consists of", "consist of").replace("contains", "contain")
    name = found["x"][:1].lower() + found["x"][1:] if found["art"] else found["x"]
    return ("list", f"What {'does' if one else 'do'} {(found['art'] or '').lower()}{name} {verb}?")
