"""Counting tokens: exactly with a tokenizer file, else by an estimate."""

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from curate.errors import UsageError

Counter = Callable[[str], int]

_MARKS = b"0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n"


@lru_cache(maxsize=4)
def token_counter(tokenizer_path: str = "") -> Counter:
    """Counts tokens: with a `tokenizer.json` exactly, else estimated from UTF-8 bytes, which is what today's tokenizers merge."""
    if not tokenizer_path:
        return estimate_tokens
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise UsageError("counting with a tokenizer file needs the `tokenizers` library", "pip install 'curate[tokenizers]'") from None
    if not Path(tokenizer_path).is_file():
        raise UsageError(
            f"the tokenizer file {tokenizer_path} does not exist", "give the path of a tokenizer.json, or leave `tokenizer` empty"
        )
    try:
        tokenizer = Tokenizer.from_file(tokenizer_path)
    except Exception as error:  # the library raises bare Exception for every kind of bad file
        raise UsageError(
            f"{tokenizer_path} is not a tokenizer.json: {error}", "it is the file that stands beside a model's weights"
        ) from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def estimate_tokens(text: str) -> int:
    """About a token per 4.8 letters or spaces, per 1.6 CJK characters (3 bytes each), and per 1.4 digits, marks or line ends."""
    data = text.encode("utf-8", "replace").replace(b"    ", b" ").replace(b"----", b"-")  # padding merges into few tokens
    letters = len(data.translate(None, _MARKS))
    return math.ceil(letters / 4.8 + (len(data) - letters) / 1.4)
