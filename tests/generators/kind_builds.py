"""Builds of one kind on small documents, for the tests of kinds: what was made, what the checks said, what was exported."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_server import ModelServer

from curate.accounts import Overview
from curate.pipeline import Job, build, overview
from curate.progress import Silent
from curate.records import Chunk, Sample, Task, Verdict
from curate.settings import Settings
from curate.workspace import Workspace

HANDBOOK = {
    "leave.md": """# Leave rules

## Annual leave

Every employee has 28 days of annual leave. After five years of service two more days are added. Leave is asked for in the staff portal
four weeks ahead. Up to six days may be carried over, and these expire on 31 March. Unused leave is not paid out.

## Special leave

For a move within the city one day of special leave is given, for a move to another city two days. The move is proved with the new
rental contract. Special leave is taken within two weeks of the move and asked for in the staff portal as well.
""",
    "portal.md": """# Staff portal

## Signing in

The staff portal is reached from the office network only. To sign in from home, start the tunnel client first. A request in the
staff portal is answered by the team lead within three working days. If it is not answered, it counts as granted after five working days.

## Payroll

Payslips stand in the portal from the 25th of each month. A question about a payslip goes to extension 212.
""",
}
CHINESE = {
    "假期.md": """# 假期规定

## 年假

每位员工每年有十五天年假，工作满五年后增加三天。年假须提前四周在员工平台申请。当年未休完的年假最多可以结转六天，次年三月三十一日作废。未休年假不折算成现金。

## 搬家假

在本市搬家给一天搬家假，搬到外地给两天。搬家假须在搬家后两周内使用，申请时上传新的租房合同。
"""
}


@dataclass(frozen=True, slots=True)
class Made:
    """What a build left behind."""

    tasks: list[Task]
    chunks: dict[str, Chunk]
    samples: list[Sample]
    verdicts: dict[str, list[Verdict]]
    rows: list[dict[str, Any]]
    found: Overview

    def reasons(self, sample: Sample) -> list[str]:
        """Why the checks reject a sample; empty where they do not."""
        return [f"{v.check}: {v.reason}" for v in self.verdicts[sample.id] if not v.passed]


def made(folder: Path, server: ModelServer, documents: dict[str, str], **settings: object) -> Made:
    """A build of these documents, all of them in one split."""
    sources = folder / "docs"
    sources.mkdir(exist_ok=True)
    for name, text in documents.items():
        (sources / name).write_text(text, encoding="utf-8")
    chosen = {"model": "test-model", "base_url": server.url, "workers": 1, "validation_share": 0.0, "test_share": 0.0, **settings}
    job = Job([sources], Workspace.create(folder / "out"), Settings(**chosen), Silent())  # type: ignore[arg-type]
    build(job)
    judged = list(job.workspace.judged())
    found = overview(job.workspace, job.settings)
    for stage in found.stages:
        assert stage.produced + stage.rejected + stage.failed + stage.skipped == stage.total, stage
    files = sorted((folder / "out" / "dataset" / job.settings.style[0]).glob("*.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    chunks = {c.id: c for c in job.workspace.chunks}
    return Made(list(job.workspace.tasks), chunks, [s for s, _ in judged], {s.id: v for s, v in judged}, rows, found)


def reply(**fields: Any) -> list[str]:
    """The one reply of a scripted server, for `model_server(replies=...)`."""
    return [json.dumps(fields, ensure_ascii=False)]
