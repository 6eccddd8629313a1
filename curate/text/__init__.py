"""Pure functions on text that every stage shares: sentences, folding, numbers and dates, language, words, token counts, MinHash."""

from curate.text._folding import find_folded, fold, words
from curate.text._language import language
from curate.text._locating import locate
from curate.text._markdown import strip_markdown
from curate.text._minhash import minhash
from curate.text._rouge import Texts, rouge_l
from curate.text._scripts import HAN, PUNCTUATION, UNSPACED
from curate.text._sentences import sentences
from curate.text._tokens import Counter, estimate_tokens, token_counter
from curate.text._values import dates, numbers

__all__ = [
    "HAN",
    "PUNCTUATION",
    "UNSPACED",
    "Counter",
    "Texts",
    "dates",
    "estimate_tokens",
    "find_folded",
    "fold",
    "language",
    "locate",
    "minhash",
    "numbers",
    "rouge_l",
    "sentences",
    "strip_markdown",
    "token_counter",
    "words",
]
