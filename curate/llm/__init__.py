"""The only way to reach a model: `Models` is one per run, `Ask` one per task."""

from curate.llm._budget import AskCounts
from curate.llm._models import DRAIN, Ask, Models

__all__ = ["DRAIN", "Ask", "AskCounts", "Models"]
