"""What a plan may see and how it spreads its work: views of the tables, the corpus's topics and audiences, quotas by label."""

from curate.planning._bearing import Borne, borne, borne_by, suits
from curate.planning._covering import MOST_FOCUS, WORTH, Spans, length, touching, uncovered, united, weight, without
from curate.planning._deriving import derive
from curate.planning._novelty import Novelty
from curate.planning._plan import FILE, Audience, Example, Plan, Topic, read, write
from curate.planning._quotas import DIMENSIONS, Fitting, Quotas, Slot, quotas, slots
from curate.planning._seeds import Seed, seeds
from curate.planning._tally import Label, Tally, tally
from curate.planning._views import Rows, View

__all__ = [
    "DIMENSIONS",
    "FILE",
    "MOST_FOCUS",
    "WORTH",
    "Audience",
    "Borne",
    "Example",
    "Fitting",
    "Label",
    "Novelty",
    "Plan",
    "Quotas",
    "Rows",
    "Seed",
    "Slot",
    "Spans",
    "Tally",
    "Topic",
    "View",
    "borne",
    "borne_by",
    "derive",
    "length",
    "quotas",
    "read",
    "seeds",
    "slots",
    "suits",
    "tally",
    "touching",
    "uncovered",
    "united",
    "weight",
    "without",
    "write",
]
