"""What a plan may see and how it spreads its work: views of the tables, the corpus's topics and audiences, quotas by label."""

from curate.planning._deriving import derive
from curate.planning._novelty import Novelty
from curate.planning._plan import FILE, Audience, Example, Plan, Topic, read, write
from curate.planning._quotas import Quotas, Slot, quotas, slots
from curate.planning._seeds import Seed, seeds
from curate.planning._views import Rows, View

__all__ = [
    "FILE",
    "Audience",
    "Example",
    "Novelty",
    "Plan",
    "Quotas",
    "Rows",
    "Seed",
    "Slot",
    "Topic",
    "View",
    "derive",
    "quotas",
    "read",
    "seeds",
    "slots",
    "write",
]
