"""The only way to reach a model: `Models` is one per run, `Ask` one per task."""

from curate.llm._budget import AskCounts, prices
from curate.llm._estimating import Estimating, NotAsked
from curate.llm._models import DRAIN, Ask, Models

__all__ = ["DRAIN", "Ask", "AskCounts", "Estimating", "Models", "NotAsked", "prices"]
