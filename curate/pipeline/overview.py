"""What the command line shows of a workspace: its accounts with the ledger's sums, and an export on its own."""

import json
from dataclasses import replace

from curate import accounts, coverage, serving
from curate.cache import Ledger
from curate.errors import WorkspaceError
from curate.export import Exported
from curate.llm import prices
from curate.pipeline import rows
from curate.pipeline.job import Job
from curate.progress import Watch
from curate.records import Json
from curate.settings import Settings
from curate.workspace import Workspace


def overview(workspace: Workspace, settings: Settings) -> accounts.Overview:
    """The accounts of a workspace; also during a build and after a crash."""
    path = workspace.private / "cache.sqlite"
    asks = {"made": 0, "prompt_tokens": 0, "completion_tokens": 0}
    if path.exists():
        with Ledger.open(path) as ledger:
            asks = ledger.sums()
    price = prices(settings).get(serving.named(settings).model)
    cost = price.of(asks["prompt_tokens"], asks["completion_tokens"]) if price else None
    with workspace.reading():
        found = accounts.overview(workspace, {**asks, "cost": cost if asks["prompt_tokens"] else 0.0})
        if workspace.samples.parts():
            reached = coverage.quotas_reached(workspace, settings)
            return replace(found, coverage=coverage.coverage(workspace).as_json(), quotas=reached.as_json())
        return found


def losses(workspace: Workspace, most: int | None = None) -> list[Json]:
    """Every unit that failed or was skipped, with its path and reason; `most`: the first so many."""
    with workspace.reading():
        return accounts.losses(workspace, most)


def export_only(workspace: Workspace, settings: Settings, watch: Watch) -> list[Exported]:
    """Exports what the last build made, without making anything anew."""
    if not workspace.samples.parts():
        raise WorkspaceError(f"{workspace.path} holds no samples yet", f"run: curate build DOCS --out {workspace.path}")
    with workspace.lock(), workspace.reading():
        exported = rows.run(Job([], workspace, settings, watch))
        counted = {e.style: sum(e.rows.values()) for e in exported}
        manifest = workspace.manifest()
        workspace.write_manifest({**manifest, "rows": {**manifest.get("rows", {}), **counted}})
    return exported


def unusable(workspace: Workspace) -> str:
    """What the model said in the newest reply that was no answer; empty where there is none."""
    with Ledger.open(workspace.private / "cache.sqlite") as ledger:
        raw = (ledger.unusable() or b"").decode("utf-8", "replace")
    try:
        message = json.loads(raw)["choices"][0]["message"]
        return str(message.get("refusal") or message.get("content") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return raw
