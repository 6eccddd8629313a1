"""Whether an English question from technical text names the product it asks about; where it does not, the title is put before it."""

import re
from dataclasses import replace

from curate.generators import _extract_ask_english as ask
from curate.generators import _extract_english as words
from curate.generators._extract_passage import SITE, Pair, Passage, Section
from curate.generators._extract_reading import plain
from curate.generators._extract_topic_english import SAYING, good_title

CODE = re.compile(r"^[ \t]*(?:```|~~~)|`[^`\n]+`[^`]*`[^`\n]+`[^`]*`[^`\n]+`", re.M)  # a fence, or three words set as code
LOGS = re.compile(
    r"\bchange ?(?:log|s in)|\brelease (?:notes|history)|\bwhat(?:['’]s| is) new\b|\b(?:un)?released?\b \d|^v?(?:ersion )?\d+\.\d+"
    r"|\blicen[cs]e\b|\bcopyright\b|\backnowledge?ments?\b|\bcredits\b|\bauthor contributions\b",
    re.I,
)
SIGNATURE = re.compile(
    r"\w\((?!\d\)|s\))|::|[<>{}=]|\bnew [A-Z]|^[^`]*\b[a-z]\w*\.[a-z]\w*[A-Z]|\b(?:static|class|interface|event|function): ?"
)
SET = re.compile(r"(?:Regarding|When|In|For|According to)\b[^?]*, ")  # a question that is put under a topic already
LIKE_A_NAME = re.compile(r"[a-z][\w./-]*[a-z0-9]|\w*[a-z][A-Z]\w*|[A-Z]\w*\.[a-z]+|@?[\w-]+/[\w-]+|\w+(?:[-_]\w+)+|[A-Za-z]+\d\w*")
BOOK = re.compile(r"(?:the |an? )?(.+?)(?: v?\d[\d.]*)?(?: (?:documentation|docs|api|manual))?$", re.I)
CAPITAL = re.compile(r"(?<=[a-z`”,] )[A-Z][a-z]+[\w.]*")
VAGUE = re.compile(r".*\b(?:what should I know|what can you tell me) about\b", re.I)  # of an option or a function anything may be known
COMMON = re.compile(r"What (?:is|are|does|do) (?:the \w+|(?:an? )?[“\"]?[A-Za-z]?[a-z]+[”\"]?)(?: mean)?\?")
HOW = re.compile(r"\bhow (?:do|can|should) (?:i|we)\b|\bsteps\b", re.I)
INSTRUCTS = re.compile(  # what is told of an action may be what it is for, and not how it is done
    r"^[ \t]*(?:```|\d+[.)] )|\byou(?: (?:can|may|could|should|must|need|have to)|(?:['’]ll| will) need)\b(?! (?:search|find|learn|read)\b)"
    rf"|(?:^[ \t*-]*|[.:;,] (?:then )?|\b(?:just|simply|please) )(?:{'|'.join(sorted(words.VERBS - words.NOUNISH))}|use|run|set|add)\b"
    r"|\b(?:can|could|may) be \w+ (?:by|with|using|through|via|in|from)\b|\bby \w+ing\b|`[^`\n]+` (?:command|option|flag|will)",
    re.M | re.I,
)
THE_ONE = re.compile(r"\bthe [a-z]+\?$")  # "build the target": which one
HEADINGS = re.compile(r"^ {0,3}#{1,6} .*$", re.M)
GENERAL = frozenset(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "english"))


def named(pair: Pair, p: Passage) -> Pair | None:
    """The pair, its question put under the product it is about where it names none; None where neither tells it."""
    section = _section(pair, p)
    if any(LOGS.search(h) for h in (p.title, section.heading, *section.parents)) or pair.question.count("(") != pair.question.count(")"):
        return None
    if _titled(pair.question, p) or (_unplaced(pair.question, p) and not CODE.search(p.chunk.text)):
        return None
    return pair if not CODE.search(p.chunk.text) else _technical(pair, p)


def _unplaced(question: str, p: Passage) -> bool:
    """Whether a question of what there is to know, on a page of a site, names nothing: "experimental features" of what is on the site."""
    about = VAGUE.match(question)
    if not about or SET.match(question) or len(SITE.split(p.chunk.title)) < 2:
        return False
    return not re.search(r"[A-Z]\w", question[about.end() :])


def _titled(question: str, p: Passage) -> bool:
    """Whether a question asks what there is to know about a title that the prose never writes so: "Quantitative Results"."""
    about = VAGUE.match(question)
    if not about or len(re.findall(r"\b[A-Z][a-z]+", question[about.end() :])) < 2:
        return False
    name = re.split(r" (?:in|when|for) |\?", question[about.end() :].strip().removeprefix("the "))[0]
    return not re.search(rf"[a-z,] {re.escape(name)}\b", HEADINGS.sub("", p.chunk.text))


def _technical(pair: Pair, p: Passage) -> Pair | None:
    question, told = pair.question, SET.match(pair.question)
    if VAGUE.match(question) or (pair.rule in ("heading", "faq", "procedure") and SIGNATURE.search(question)):
        return None
    if HOW.search(question) and pair.rule in ("heading", "procedure") and not INSTRUCTS.search(pair.answer):
        return None
    if (pair.rule == "definition" and not COMMON.fullmatch(question)) or (pair.rule == "table" and told):
        return pair
    about = "" if told else product(p)
    if _says_of_what(question, about, p):
        return pair
    lost = not about or (about.startswith("In ") and THE_ONE.search(question))
    return None if lost else replace(pair, question=f"{about}, {_lower(question)}")


def _section(pair: Pair, p: Passage) -> Section:
    inside = (s for s in p.sections if s.body and s.body[0].start <= pair.start <= s.body[-1].end)
    return next(inside, Section("", (), 0))


def _says_of_what(question: str, about: str, p: Passage) -> bool:
    """Whether a question holds a word of the product's name; where there is none, a name that the passage has inside its sentences."""
    if about.startswith("Regarding"):
        return bool(_words(about) & _words(question))
    prose = HEADINGS.sub("", p.chunk.text)
    return any(_is_name(found, prose) for found in CAPITAL.findall(question))


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"[\w.-]{3,}", text.lower()) if ask.content(w) or not w.isalpha()} - {"regarding"}


def _is_name(word: str, text: str) -> bool:
    inside = len(re.findall(rf"[a-z,] {re.escape(word)}\b", text))
    return inside > 0 and word.lower() not in GENERAL and not re.search(rf"\b{re.escape(word.lower())}\b", text)


def product(p: Passage) -> str:
    """ "Regarding node-gyp", "In the Cargo Book": a title, or the name of its site, that tells a product; "" where none does."""
    title = plain(p.title)
    if (
        good_title(title)
        and len(title.split()) <= 4
        and any(LIKE_A_NAME.fullmatch(w.strip("`")) and _uncommon(w, p) for w in title.split())
    ):
        return f"Regarding {title}"
    if SAYING.match(title) and good_title(title):
        return f"In the {title}"
    site = SITE.split(plain(p.chunk.title))
    book = BOOK.match(site[-1]) if len(site) > 1 else None
    if not book or not 1 <= len(book[1].split()) <= 4 or not good_title(site[-1]):
        return ""
    article = "the " if re.match(r"the ", site[-1], re.I) else ""
    return f"In {article}{book[1]}" if article or LIKE_A_NAME.fullmatch(book[1]) else ""


def _uncommon(word: str, p: Passage) -> bool:
    """Whether a word of a title is no common word in small letters: one that has other marks, or that is the whole title."""
    return not word.isalpha() or not word.islower() or word == p.title


def _lower(question: str) -> str:
    return question[:1].lower() + question[1:] if not re.match(r"I\b|[A-Z]\w*[A-Z]", question) else question
