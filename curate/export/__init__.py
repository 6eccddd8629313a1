"""Writes the samples that passed as dataset folders, one per style and purpose, each swapped in whole."""

import json
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from curate import plugins
from curate.errors import WorkspaceError
from curate.export.card import Source
from curate.export.writer import Exported, Progress, Writer
from curate.records import Sample, Verdict
from curate.settings import Settings
from curate.store import Table
from curate.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Exported", "export"]


def export(
    workspace: Workspace, settings: Settings, styles: list[str] | None = None, on_progress: Progress | None = None
) -> list[Exported]:
    """Writes `dataset/<style>/`, and `<style>-<purpose>/` where there are such samples; `on_progress(style, rows so far)`.

    A sample that a style cannot carry becomes a Failure of the stage `rows:<style>`. The same tables give the same bytes.
    """
    modules = {style: plugins.load("formats", style) for style in styles or settings.style}
    sources, tools, rejected = _sources(workspace), _any_tools(workspace), Counter[str]()
    try:
        with ExitStack() as stack:
            writers = [stack.enter_context(Writer(workspace, settings, s, m, tools=tools)) for s, m in modules.items()]
            for sample, verdicts in workspace.judged():
                if failed := [v.check for v in verdicts if not v.passed]:
                    rejected[failed[0]] += 1
                    continue
                shown = _masked(sample, verdicts, settings)
                documents = [{"id": d, "path": sources[d].path if d in sources else ""} for d in shown.document_ids]
                for writer in writers:
                    writer.add(shown, documents, on_progress)
            return [done for writer in writers for done in writer.finish(sources, rejected, on_progress)]
    except OSError as error:
        hint = "free some space or mend its permissions and export again; the datasets before are kept"
        raise WorkspaceError(f"cannot write {workspace.dataset}: {error.strerror or error}", hint) from error


def _masked(sample: Sample, verdicts: list[Verdict], settings: Settings) -> Sample:
    """The sample with its personal data replaced by types, where the settings ask for that."""
    if settings.pii != "mask":
        return sample
    marks = [mark for v in verdicts if v.check == "pii" for mark in v.detail.get("marks", [])]
    masked: Sample = plugins.load("filters", "pii").mask(sample, marks) if marks else sample
    return masked


def _sources(workspace: Workspace) -> dict[str, Source]:
    """What the card tells of each document; the texts stay on disk."""
    frame = _collected(workspace.documents, "id", "path", "language", "meta")
    return {i: Source(path, language, str(json.loads(meta).get("license") or "")) for i, path, language, meta in frame.iter_rows()}


def _any_tools(workspace: Workspace) -> bool:
    """Whether any sample has tools: then every row of a style has the columns for them, for readers want one set in all files."""
    import polars as pl

    return bool(_collected(workspace.samples, (pl.col("tools") != "[]").any()).item())


def _collected(table: Table[Any], *columns: "str | pl.Expr") -> "pl.DataFrame":
    """Some columns of a whole table."""
    import polars as pl

    try:
        return table.lazy().select(columns).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise table.broken() or error from None
