"""The line from documents to a dataset: each stage reads tables and writes the next; a stage whose inputs did not change is not run."""

from curate.pipeline.build import Built, build
from curate.pipeline.estimate import Estimate, estimate
from curate.pipeline.job import Job
from curate.pipeline.overview import export_only, losses, overview, unusable
from curate.pipeline.tasks import reads
from curate.pipeline.trial import Trial, trial

__all__ = ["Built", "Estimate", "Job", "Trial", "build", "estimate", "export_only", "losses", "overview", "reads", "trial", "unusable"]
