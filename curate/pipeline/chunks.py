"""The second stage: splits are settled over all documents, then every part of them is cut into chunks."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import Future

from curate.pipeline.job import Job
from curate.records import Failure, canonical
from curate.sandbox import Pool
from curate.settings import affecting
from curate.splits import Splits, assign
from curate.work import CHUNKING, chunk_part


def fingerprint(job: Job, documents: str) -> str:
    """What the chunks depend on: the documents and the settings of chunking."""
    return hashlib.sha256(canonical([documents, CHUNKING, affecting(job.settings, "chunk")]).encode()).hexdigest()


def run(job: Job) -> None:
    """Writes the chunks, and a reason for every document that gave none."""
    workspace = job.workspace
    parts = workspace.documents.parts()
    job.watch.stage("chunks", len(parts), "parts")
    splits = settle(job)
    written: list[str] = []
    empty: list[Failure] = []

    with Pool(job.settings.workers, most=len(parts)) as pool:

        def start(part: str) -> "Future[tuple[list[str], list[Failure], int]]":
            split_of = {i: splits.split_of(i) for i in _ids(job, part)}
            return pool.submit(chunk_part, workspace.path, part, split_of, job.settings)

        for _, future in pool.ahead(parts, start):
            names, without, count = future.result()
            written += names
            empty += without
            job.watch.advance("chunks", 1, count)
    workspace.chunks.clear(keep=written)
    workspace.failures.write("documents", empty)


def settle(job: Job) -> Splits:
    """The split of every document group, before anything is generated."""
    return assign(_sketches(job), job.settings)


def _sketches(job: Job) -> Iterator[tuple[str, str, list[int]]]:
    for i, path, meta in job.workspace.documents.lazy().select("id", "path", "meta").collect().iter_rows():
        yield i, path, [int(band, 16) for band in json.loads(meta).get("sketch", "").split()]


def _ids(job: Job, part: str) -> list[str]:
    import polars as pl

    ids: list[str] = pl.read_parquet(job.workspace.documents.folder / f"{part}.parquet", columns=["id"])["id"].to_list()
    return ids
