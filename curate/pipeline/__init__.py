"""The line from documents to a dataset: each stage reads tables and writes the next; a stage whose inputs did not change is not run."""

from curate.pipeline.build import Built, build
from curate.pipeline.job import Job

__all__ = ["Built", "Job", "build"]
