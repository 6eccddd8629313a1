"""The files and batches of the test server: uploads are read as multipart, a batch ends some time after its creation as the script says.

`--batches` scripts the batches in the order of their creation, by comma; `ok` for all that are not named. Ends: `ok`, `fail` (turned down),
`expire` (every other request is answered), `cancel` (none is), `lost` (unknown to the server). Creation: `cut` (made, but the connection is
cut before the answer), `503` (not made). `none` as the first word: there are no such pages.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

Answer = Callable[[bytes], tuple[int, bytes]]


class Batches:
    """What was uploaded and made. answer: what the chat endpoint replies to a body."""

    def __init__(self, script: str, delay: float, answer: Answer) -> None:
        self.script = script.split(",") if script else []
        self.delay, self.answer = delay, answer
        self.files: dict[str, bytes] = {}
        self.made: dict[str, dict[str, Any]] = {}
        self.creations = 0
        self.counts: Counter[str] = Counter()

    def page(self, method: str, path: str, body: bytes) -> tuple[int, Any] | str:
        """(status, JSON or bytes), or "cut": nothing is answered."""
        parts = path.partition("?")[0].strip("/").split("/")[1:]  # without v1
        match (method, *parts) if self.script[:1] != ["none"] else ():
            case ("post", "files"):
                return self.upload(body)
            case ("get", "files", name, "content") if name in self.files:
                return 200, self.files[name]
            case ("post", "batches"):
                return self.create(json.loads(body))
            case ("get", "batches"):
                return self.listed(path)
            case ("get", "batches", name) if self.made.get(name, {"script": "lost"})["script"] != "lost":
                self.counts["polls"] += 1
                return 200, self.state(self.made[name])
        return 404, wrong("no such page")

    def upload(self, body: bytes) -> tuple[int, Any]:
        boundary = body.split(b"\r\n", 1)[0]
        parts = [part.partition(b"\r\n\r\n") for part in body.split(boundary)[1:-1]]
        fields = {head.partition(b'name="')[2].partition(b'"')[0]: content[:-2] for head, _, content in parts}
        if fields.get(b"purpose") != b"batch" or b"file" not in fields:
            return 400, wrong("file and purpose=batch are needed")
        name = self.keep(fields[b"file"])
        return 200, {"id": name, "object": "file", "bytes": len(fields[b"file"]), "created_at": 1, "filename": "x", "purpose": "batch"}

    def keep(self, content: bytes) -> str:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return name

    def create(self, asked: dict[str, Any]) -> tuple[int, Any] | str:
        number, self.creations = self.creations, self.creations + 1
        script = self.script[number] if number < len(self.script) else "ok"
        if script == "503":
            return 503, wrong("try again")
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert asked["endpoint"] == "/v1/chat/completions"
        assert all(line["method"] == "POST" and line["url"] == asked["endpoint"] for line in lines)
        assert len({line["custom_id"] for line in lines}) == len(lines)
        name = f"batch_{len(self.made)}"
        self.made[name] = {"id": name, "script": script, "since": time.monotonic(), "lines": lines, "metadata": asked.get("metadata")}
        self.counts["made"] += 1
        self.counts["requests"] += len(lines)
        return "cut" if script == "cut" else (200, self.state(self.made[name]))

    def listed(self, path: str) -> tuple[int, Any]:
        """Newest first, two to a page."""
        names = list(self.made)[::-1]
        after = path.partition("after=")[2].partition("&")[0]
        rest = names[names.index(after) + 1 :] if after else names
        return 200, {"object": "list", "data": [self.state(self.made[n]) for n in rest[:2]], "has_more": len(rest) > 2}

    def state(self, batch: dict[str, Any]) -> dict[str, Any]:
        if "status" not in batch and batch["script"] != "lost" and time.monotonic() - batch["since"] >= self.delay:
            self.end(batch)
        shown = {k: batch[k] for k in ("id", "metadata", "status", "output_file_id", "error_file_id", "errors") if k in batch}
        fixed = {"object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h", "created_at": 1, "input_file_id": "x"}
        return {"status": "in_progress", **fixed, **shown}

    def end(self, batch: dict[str, Any]) -> None:
        status = {"fail": "failed", "expire": "expired", "cancel": "cancelled"}.get(batch["script"], "completed")
        batch["status"] = status
        if status == "failed":
            batch["errors"] = {"object": "list", "data": [{"code": "token_limit", "message": "too many tokens are waiting"}]}
            return
        good, bad = [], []
        for number, line in enumerate(batch["lines"]):
            if status == "cancelled" or (status == "expired" and number % 2):
                unanswered = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append({"id": "r", "custom_id": line["custom_id"], "response": None, "error": unanswered})
                continue
            code, body = self.answer(json.dumps(line["body"], ensure_ascii=False).encode())
            answer = {"status_code": code, "request_id": "r", "body": json.loads(body) if body[:1] == b"{" else body.decode()}
            (good if code == 200 else bad).append({"id": "r", "custom_id": line["custom_id"], "response": answer, "error": None})
        for key, rows in (("output_file_id", good), ("error_file_id", bad)):
            if rows:
                batch[key] = self.keep("\n".join(json.dumps(row, ensure_ascii=False) for row in rows[::-1]).encode())


def wrong(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}
