"""The dataset card: README.md in the form that dataset hubs read, from counts alone, so that equal tables give equal cards."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from curate import __version__, plugins
from curate.export.folder import SPLITS, Folder
from curate.settings import Settings, affecting

SHOWN_DOCUMENTS = 200
SHOWN_REASONS = 30
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))
PRIVATE = ("password", "roles", "style", "file_format")
_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Source:
    """What the card tells of a document."""

    path: str
    language: str
    licence: str


@dataclass(frozen=True, slots=True)
class Story:
    """How a dataset came about: its documents by id, the samples that failed checks, and those the style could not carry."""

    sources: Mapping[str, Source]
    rejected: Counter[str]
    refused: Counter[str]


def card(style: str, folder: Folder, settings: Settings, story: Story) -> str:
    """The whole README.md."""
    return "\n".join(["---", *_front(style, folder, story), "---", "", *_body(style, folder, settings, story)]) + "\n"


def _front(style: str, folder: Folder, story: Story) -> Iterator[str]:
    rows = folder.rows()
    used = [story.sources[d] for d in folder.counts.documents if d in story.sources]
    if languages := sorted({s.language for s in used if _CODE.fullmatch(s.language)}):
        yield "language:"
        yield from (f"- {language}" for language in languages)
    licences = {s.licence for s in used}
    if len(licences) == 1 and re.fullmatch(r"[a-z0-9.-]+", one := licences.pop()):
        yield f"license: {one}"
    yield from ("task_categories:", "- text-generation", "tags:", "- curate", f"- {json.dumps(style)}")
    yield from ("size_categories:", f"- {next((name for limit, name in SIZES if sum(rows.values()) < limit), 'n>10M')}")
    filled = [split for split in SPLITS if rows[split]]
    if filled:
        yield from ("configs:", "- config_name: default", "  data_files:")
        for split in filled:
            yield from (f"  - split: {split}", f"    path: {folder.file(split)}")
    if "json" in json.dumps(folder.columns) and folder.file_format != "csv":
        yield from ("dataset_info:", "  features:")
        yield from ("  " + line for name, kind in folder.columns.items() for line in _feature(name, kind))


def _feature(name: str, kind: Any) -> Iterator[str]:
    """A column as `datasets` writes it. Only needed where there are objects of many shapes: the rest it finds itself."""
    yield f"- name: {name}"
    if isinstance(kind, str):
        yield f"  dtype: {kind}"
    elif isinstance(kind, list) and isinstance(kind[0], str):
        yield f"  list: {kind[0]}"
    else:
        fields = kind[0] if isinstance(kind, list) else kind
        yield "  list:" if isinstance(kind, list) else "  struct:"
        yield from ("  " + line for field, inner in fields.items() for line in _feature(field, inner))


def _body(style: str, folder: Folder, settings: Settings, story: Story) -> Iterator[str]:
    rows, counts = folder.rows(), folder.counts
    yield from (f"# A dataset in the style {style}", "")
    yield f"{sum(rows.values()):,} rows from {len(counts.documents):,} documents, made by curate {__version__}."
    yield from (
        "Every row can be traced: `sources.parquet` names its documents, pages, boxes and characters, and the remembered replies.",
        "",
    )
    yield from _table("Rows", ("split", "rows"), [(f"`{folder.file(s)}`", f"{rows[s]:,}") for s in SPLITS])
    kinds = sorted({kind for _, kind in counts.kinds})
    per_split = [(_code(k), *(f"{counts.kinds[s, k]:,}" for s in SPLITS)) for k in kinds]
    yield from _table("Kinds", ("kind", *SPLITS), per_split)
    languages = Counter[str]()
    for document, number in counts.documents.items():
        languages[story.sources[document].language if document in story.sources else ""] += number
    yield from _table("Languages", ("language of the document", "rows"), [(_code(k or "unknown"), f"{n:,}") for k, n in _most(languages)])
    yield from _table("How it was made", ("generator", "rows"), [(_code(k), f"{n:,}") for k, n in _most(counts.generators)])
    yield from _table("Settings", ("setting", "value"), _settings(settings))
    yield from _table(
        "What was left out", ("check", "what it checks", "samples"), [(_code(k), _about(k), f"{n:,}") for k, n in _most(story.rejected)]
    )
    yield from _table(
        "What this style cannot carry", ("reason", "samples"), [(_code(k), f"{n:,}") for k, n in _most(story.refused)[:SHOWN_REASONS]]
    )
    yield from _sources(counts.documents, story)


def _sources(documents: Counter[str], story: Story) -> Iterator[str]:
    known = sorted(((story.sources[d], n) for d, n in documents.items() if d in story.sources), key=lambda pair: pair[0].path)
    table = [(_code(s.path), _code(s.licence) if s.licence else "unknown", f"{n:,}") for s, n in known[:SHOWN_DOCUMENTS]]
    yield from _table("Sources", ("document", "licence", "rows"), table)
    if len(known) > SHOWN_DOCUMENTS:
        yield f"and {len(known) - SHOWN_DOCUMENTS:,} more: see `sources.parquet`."


def _settings(settings: Settings) -> list[tuple[str, str]]:
    """The settings that shape the result and are not the defaults; no secret, no address, no path of this machine."""
    usual = Settings().model_dump(mode="json")
    changed = {k: v for k, v in affecting(settings, "export").items() if k not in PRIVATE and v != usual[k]}
    changed |= {f"roles.{role}.model": values["model"] for role, values in settings.roles.items() if values.get("model")}
    return [(_code(k), _code(_portable(v))) for k, v in sorted(changed.items())]


def _portable(value: Any) -> str:
    if isinstance(value, str):
        return PurePath(value).name if PurePath(value).is_absolute() else value
    return json.dumps(value, ensure_ascii=False)


def _about(check: str) -> str:
    """The first sentence of the filter's own description."""
    if check not in plugins.names("filters"):
        return ""
    first = (plugins.load("filters", check).__doc__ or "").strip().split("\n")[0]
    return first.replace("|", "\\|")


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield from (f"## {title}", "", f"| {' | '.join(head)} |", "|" + " --- |" * len(head))
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    """Largest first; equals by name, so that the order never depends on who came first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _code(text: str) -> str:
    """Untrusted text as a code span of a table cell."""
    clean = "".join(c if c.isprintable() else " " for c in text).replace("`", "'").replace("|", "\\|")
    return f"`{clean}`" if clean.strip() else ""
