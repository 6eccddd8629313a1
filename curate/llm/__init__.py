"""The only way to reach a model: `Models` is one per run, `Ask` one per task."""

from curate.llm._ask import Ask
from curate.llm._budget import AskCounts, prices
from curate.llm._estimating import Estimating, NotAsked
from curate.llm._models import DRAIN, Models
from curate.llm._schemas import Matching, reply_of

__all__ = ["DRAIN", "Ask", "AskCounts", "Estimating", "Matching", "Models", "NotAsked", "prices", "reply_of"]
