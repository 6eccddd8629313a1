"""The first stage: every file of the sources is parsed, or recalled, or recorded with the reason why not."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace

from curate import plugins, splits
from curate.cache import Ledger, parse_key
from curate.errors import DocumentError
from curate.pipeline.job import Job
from curate.records import Document, Failure, canonical
from curate.sandbox import Limits, Pool, outcome
from curate.settings import affecting
from curate.sources import SourceFile, walk
from curate.store import write_bytes
from curate.work import Parsed, parse_file

PART_DOCUMENTS = 1_000
PART_CHARACTERS = 8 << 20
CHOOSING = ("include", "exclude", "max_file_bytes")
"""Settings that choose files; what a file parses to does not depend on them."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to read: how many files, and the fingerprint of all that the documents depend on."""

    files: int
    fingerprint: str


def survey(job: Job) -> Survey:
    """Reads every file once: the documents depend on each one's name and bytes, on the parsers and their settings."""
    files = 0
    versions = {name: plugins.load("parsers", name).VERSION for name in plugins.names("parsers")}
    digest = hashlib.sha256(canonical([affecting(job.settings, "parse"), versions]).encode())
    for entry in walk(job.sources, job.settings, leave=job.workspace.path):
        files += isinstance(entry, SourceFile)
        seen = hashlib.sha256(entry.data).hexdigest() if isinstance(entry, SourceFile) else entry.reason
        digest.update(canonical([entry.path, seen]).encode("utf-8", "surrogateescape"))
    return Survey(files, digest.hexdigest())


def run(job: Job, ledger: Ledger, found: Survey) -> None:
    """Walks the sources and writes the documents in the order of their paths, and a reason for every file that gave none."""
    limits = Limits(job.settings.parse_timeout, job.settings.parse_memory)
    job.watch.stage("files", found.files, "files")
    writer = _Writer(job)
    with Pool(job.settings.workers, limits, most=found.files) as pool:
        reader = _Reader(job, pool, ledger)
        for entry, started in pool.ahead(reader.entries(), reader.start):
            path = entry.row_id if isinstance(entry, Failure) else entry.path
            parsed = started if isinstance(started, Failure) else reader.finish(path, started, limits)
            writer.add(path, parsed)
            if isinstance(parsed, Failure):
                job.watch.lost(parsed)
            if not isinstance(entry, Failure):
                job.watch.advance("files", 1, 0 if isinstance(parsed, Failure) else len(parsed.documents))
    writer.close()


class _Reader:
    """Starts the parsing of each file. The same bytes are parsed once; what an earlier build parsed is recalled."""

    def __init__(self, job: Job, pool: Pool, ledger: Ledger) -> None:
        self.job, self.pool, self.ledger = job, pool, ledger
        self.first: dict[str, str] = {}
        self.keys: dict[str, tuple[str, str]] = {}
        settings = affecting(job.settings, "parse")
        self.settings = {k: v for k, v in settings.items() if k not in CHOOSING}

    def entries(self) -> Iterator[SourceFile | Failure]:
        for entry in walk(self.job.sources, self.job.settings, leave=self.job.workspace.path):
            if isinstance(entry, SourceFile):
                yield entry
            else:
                yield Failure("files", entry.path, entry.outcome, entry.reason, entry.hint)

    def start(self, entry: SourceFile | Failure) -> "Parsed | Future[tuple[bytes, dict[str, bytes]]] | Failure":
        if isinstance(entry, Failure):
            return entry
        digest = hashlib.sha256(entry.data).hexdigest()
        first = self.first.setdefault(digest, entry.path)
        if first != entry.path:
            return Failure("files", entry.path, "skipped", f"same bytes as {first}")
        kind = plugins.detect(entry.path, entry.data)
        if kind is None:
            hint = "convert it to a type that curate reads, or exclude it"
            return Failure("files", entry.path, "skipped", "no parser reads this type of file", hint)
        # a title may come from the file's name, and the sketch is kept with the document
        named = {**self.settings, "name": entry.path.rsplit("/", 1)[-1], "sketch": splits.VERSION}
        key = parse_key(digest, kind, plugins.load("parsers", kind).VERSION, named)
        if (blob := self.ledger.get_parse(key)) is not None:
            known = Parsed.from_bytes(blob)
            if not (known.error and self.job.settings.retry_failed) and self._pictured(known):
                return known
        self.keys[entry.path] = key, kind
        return self.pool.submit(parse_file, kind, entry.path, entry.data, self.job.settings)

    def _pictured(self, known: Parsed) -> bool:
        """Whether the pictures of what is remembered are still in the workspace."""
        return all((self.job.workspace.images / i["file"]).is_file() for d in known.documents for i in d.meta.get("images", ()))

    def finish(self, path: str, started: "Parsed | Future[tuple[bytes, dict[str, bytes]]]", limits: Limits) -> Parsed | Failure:
        if isinstance(started, Parsed):
            parsed = started
        else:
            try:
                blob, pictures = outcome(started, limits)
                for file, data in pictures.items():
                    write_bytes(self.job.workspace.images / file, data)
            except DocumentError as error:
                blob = Parsed(error=error.message, hint=error.hint).to_bytes()
            self.ledger.keep_parse(*self.keys.pop(path), blob)
            parsed = Parsed.from_bytes(blob)
        if parsed.error:
            return Failure("files", path, "failed", parsed.error, parsed.hint)
        return parsed if parsed.documents else Failure("files", path, "skipped", "no text in it")


class _Writer:
    """Collects documents into parts of bounded size, and failures into one."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.documents: list[Document] = []
        self.characters = 0
        self.parts: list[str] = []
        self.failures: list[Failure] = []

    def add(self, path: str, parsed: Parsed | Failure) -> None:
        if isinstance(parsed, Failure):
            self.failures.append(parsed)
            return
        # the ledger remembers by content: the same bytes may have been parsed in another folder before
        self.documents += [rename(d, path) for d in parsed.documents]
        self.characters += sum(len(d.text) for d in parsed.documents)
        if len(self.documents) >= PART_DOCUMENTS or self.characters >= PART_CHARACTERS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self.job.workspace.documents.clear(keep=self.parts)
        self.job.workspace.failures.write("files", self.failures)

    def _flush(self) -> None:
        if self.documents:
            self.parts.append(f"{len(self.parts):06d}")
            self.job.workspace.documents.write(self.parts[-1], self.documents)
            self.documents, self.characters = [], 0


def rename(document: Document, path: str) -> Document:
    """The document under the path its file has in this build."""
    number = document.meta.get("part", 0)
    return replace(document, path=f"{path}#{number + 1}" if number else path)
