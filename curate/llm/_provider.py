"""The files and batches pages of a provider: what goes there, and what comes back."""

import asyncio
import json
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from curate.errors import EndpointError
from curate.llm._endpoints import LONGEST_WAIT, Again, Denied, Endpoint, Gone
from curate.llm._requests import Learnt, Request
from curate.records import canonical
from curate.settings import Settings

URL: Final = "/v1/chat/completions"
NO_BATCHES = "leave out --batch: the requests are then sent one by one"
Result = tuple[int, bytes] | Again  # (status, body), or why there is none
_MISSING = frozenset((404, 405, 501))
_ENDS = {
    "completed": "the batch holds no reply to this",
    "failed": "the batch was turned down",
    "expired": "the batch expired before this was answered",
    "cancelled": "the batch was cancelled before this was answered",
}


class Forgotten(Exception):
    """The server does not know this batch."""


def file(requests: Iterable[tuple[str, Request]], learnt: Learnt) -> bytes:
    """The JSONL file of a batch; `custom_id` is the ask key."""
    line = b'{"body":%s,"custom_id":"%s","method":"POST","url":"%s"}\n'
    return b"".join(line % (request.body(learnt), key.encode(), URL.encode()) for key, request in requests)


async def created(endpoint: Endpoint, name: str, content: bytes, settings: Settings, backoff: float) -> str:
    """The id of a new batch; one that was made though the answer got lost is found by its name. Gone: none is made there."""
    refusal, client = partial(_refusal, endpoint, Gone(f"{endpoint.name} takes no batches", NO_BATCHES)), endpoint.client
    sends, doubt = 0, False  # doubt: it may have been made
    while True:
        try:
            if sends and (found := await listed(endpoint, name)):
                return found
            upload = await endpoint.heard(client.files.create(file=(f"{name}.jsonl", content), purpose="batch"), refusal)
            call = client.batches.create(input_file_id=upload.id, endpoint=URL, completion_window="24h", metadata={"curate": name})
            return (await endpoint.heard(call, refusal)).id
        except Denied as e:
            raise Gone(f"{e} (of a batch)", NO_BATCHES) from None
        except Again as e:
            sends, doubt = sends + 1, doubt or e.billed
            if sends >= settings.send_attempts:
                if doubt:
                    raise EndpointError(str(e), "the same command looks for the batch, and makes it if it is not there") from None
                raise Gone(str(e), "start the server, or give its address with --base-url") from None
            await asyncio.sleep(min(LONGEST_WAIT, backoff * 2 ** (sends - 1)) if e.wait is None else e.wait)


async def listed(endpoint: Endpoint, name: str) -> str | None:
    """The id of the batch that carries our name, or None."""
    after: dict[str, str] = {}
    refusal = partial(_refusal, endpoint, Gone(f"{endpoint.name} lists no batches", NO_BATCHES))
    while True:
        page = await endpoint.heard(_page(endpoint, after), refusal)
        for batch in page.data:
            if (batch.metadata or {}).get("curate") == name:
                return str(batch.id)
        if not page.data or not getattr(page, "has_more", False):
            return None
        after = {"after": page.data[-1].id}


async def ended(endpoint: Endpoint, id: str) -> tuple[str, str, dict[str, Result]] | None:
    """(state, why what has no result has none, results by ask key) of a batch; None while it is under way. Forgotten: it is unknown."""
    refusal, client = partial(_refusal, endpoint, Forgotten()), endpoint.client
    batch = await endpoint.heard(client.batches.retrieve(id), refusal)
    if batch.status not in _ENDS:
        return None
    found: dict[str, Result] = {}
    for output in filter(None, (batch.output_file_id, batch.error_file_id)):
        found |= _results(endpoint.redacted((await endpoint.heard(client.files.content(output), refusal)).content))
    said = "; ".join(error.message or "" for error in (batch.errors and batch.errors.data) or [])
    return batch.status, _ENDS[batch.status] + (f": {said}" if said else ""), found


def _results(content: bytes) -> dict[str, Result]:
    """What an output or error file says, by ask key. Lines that cannot be read are left out."""
    found: dict[str, Result] = {}
    for text in content.splitlines():
        try:
            row = json.loads(text)
            response, error = row.get("response"), row.get("error") or {}
            if response:
                found[row["custom_id"]] = (int(response["status_code"]), canonical(response["body"]).encode("utf-8", "replace"))
            else:
                found[row["custom_id"]] = Again(
                    f"the batch gave no reply: {error.get('message') or error.get('code') or 'no reason given'}"
                )
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
    return found


async def _page(endpoint: Endpoint, after: dict[str, str]) -> Any:
    return await endpoint.client.batches.list(limit=100, **after)  # type: ignore[arg-type]


def _refusal(endpoint: Endpoint, missing: Exception, status: int, raw: bytes, headers: Any) -> Exception:
    """What an error status of these pages means; `missing`: that there is no such page."""
    return missing if status in _MISSING else endpoint.failure(status, raw, headers, "")
