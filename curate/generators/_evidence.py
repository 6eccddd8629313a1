"""Where the quotes that a model gives as evidence stand in its passages."""

from collections.abc import Sequence

from curate.records import Chunk, Span, span
from curate.text import locate


def located(chunks: Sequence[Chunk], quote: str) -> Span:
    """The quote where it stands in the first passage that holds it; one that stands in none is kept as it came, for the check to say so."""
    if quote.strip():
        for chunk in chunks:
            at = chunk.text.find(quote)
            if at >= 0:
                return span(chunk, at, at + len(quote))
        for chunk in chunks:
            if found := locate(quote, chunk.text):
                return span(chunk, *found)
    return Span(chunks[0].document_id, chunks[0].start, chunks[0].start, quote)
