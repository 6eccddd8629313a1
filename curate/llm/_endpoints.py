"""Talks to OpenAI-compatible servers: one client per address, what each answer means, when to come back, whom to leave."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from curate.errors import EndpointError
from curate.llm._requests import SHAPES, UNTRIED, Learnt, Request

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

PAUSE = 120.0  # seconds; a server that asks for a longer wait is left alone by all
LISTING_TIMEOUT = 15.0
SECRET_CHARS = 12  # what is shorter is a placeholder such as "EMPTY", which a reply may hold for other reasons
_BUSY = frozenset((429, 503))
_PASSING = frozenset((408, 409, 425, 429))
_BAD_REQUEST = frozenset((400, 413, 414, 422))
_TOO_LONG = re.compile(r"context.?(length|window|size)|maximum.{0,20}(context|length)|too (long|many tokens)|max_model_len|n_ctx", re.I)
_FILTERED = re.compile(r"content.?(filter|policy|management)|safety system|moderation", re.I)
_NO_MODEL = re.compile(r"model\b.{0,80}(not found|not exist|not a valid|unknown|no such)|(unknown|invalid|no such) model", re.I)
_SHAPE = re.compile(r"response_format|json_schema|json_object|guided|grammar|schema|structured", re.I)
_NO_CREDIT = re.compile(r"insufficient_quota|exceeded your current quota|billing|payment", re.I)
_OPTIONAL = ("temperature", "top_p", "seed")


class Again(Exception):
    """This send failed and another may not. wait: seconds the server asked for. billed: a reply may have been made.

    unreachable: nothing listens there. busy: the server says it has too much to do.
    """

    def __init__(
        self, reason: str, *, wait: float | None = None, busy: bool = False, billed: bool = False, unreachable: bool = False
    ) -> None:
        super().__init__(reason)
        self.wait, self.busy, self.billed, self.unreachable = wait, busy, billed, unreachable


class Adapted(Exception):
    """The server cannot take the request as it was sent; the endpoint has learnt, so send it again."""


class Denied(Exception):
    """The server will never answer this request. known: because of what it says, so that asking again is no use; `raw` is the reply."""

    def __init__(self, reason: str, hint: str, *, known: bool, raw: bytes) -> None:
        super().__init__(reason)
        self.hint, self.known, self.raw = hint, known, raw


class Gone(Exception):
    """This endpoint will answer nothing: wrong key, unknown model, no credit."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.hint = hint


@dataclass(slots=True, eq=False)
class Endpoint:
    """One address, and what was learnt about it."""

    url: str
    client: "AsyncOpenAI"
    secret: str
    timeout: float
    say: Callable[[str], None]
    learnt: Learnt = UNTRIED
    shape_works: bool = False
    in_flight: int = 0
    rests_until: float = 0.0
    answered: float = 0.0
    lost: Gone | None = None

    async def post(self, request: Request) -> bytes:
        """The raw bytes of a chat completion. Again, Adapted, Denied or Gone where there is none."""
        import aiohttp
        import httpx2
        from openai import APIConnectionError, APIStatusError

        tried = self.learnt
        self.in_flight += 1
        try:
            async with asyncio.timeout(self.timeout):
                response = await self.client.post("/chat/completions", content=request.body(tried), cast_to=httpx2.Response)
        except APIStatusError as e:
            self.answered = time.monotonic()
            raise self._refusal(e, request, tried) from None
        except (APIConnectionError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError, OSError) as e:
            raise self._silence(e) from None
        finally:
            self.in_flight -= 1
        self.answered = time.monotonic()
        self.shape_works = self.shape_works or bool(request.options.schema)
        return self.redacted(response.content)

    async def models(self) -> list[str] | None:
        """The names this server lists, None where it keeps no list. EndpointError: unreachable, or not for this key."""
        import aiohttp
        import httpx2
        from openai import APIConnectionError, APIStatusError

        try:
            async with asyncio.timeout(min(LISTING_TIMEOUT, self.timeout)):
                response = await self.client.get("/models", cast_to=httpx2.Response)
            return [str(row["id"]) for row in json.loads(response.content)["data"]]
        except APIStatusError as e:
            if e.status_code in (401, 403):
                raise EndpointError(*self._no_key(e.status_code)) from None
            return None
        except (APIConnectionError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError, OSError) as e:
            raise EndpointError(str(self._silence(e)), "start the server, or give its address with --base-url") from None
        except (ValueError, LookupError, TypeError):
            return None

    def redacted(self, raw: bytes) -> bytes:
        """The bytes without the key, should a server echo it."""
        return raw.replace(self.secret.encode(), b"***") if len(self.secret) >= SECRET_CHARS else raw

    @property
    def name(self) -> str:
        """The address without user, password and query."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"

    def _silence(self, error: BaseException) -> Again:
        """No answer, or half of one."""
        import aiohttp

        causes = [error]
        while (cause := causes[-1].__cause__) and len(causes) < 8:
            causes.append(cause)
        if any(isinstance(c, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)) for c in causes):
            return Again(f"{self.name} cannot be reached", unreachable=True)
        if any(isinstance(c, (TimeoutError, aiohttp.ServerTimeoutError)) for c in causes):
            return Again(f"{self.name} gave no reply within {self.timeout:g} s", billed=True)
        return Again(f"{self.name} cut the connection", billed=True)

    def _refusal(self, error: "APIStatusError", request: Request, tried: Learnt) -> Exception:
        """What an HTTP error status means."""
        status, raw = error.status_code, self.redacted(error.response.content)
        text = raw.decode("utf-8", "replace")
        adaptable = status in _BAD_REQUEST or status == 500  # 500: how llama_cpp.server turns a json_schema down
        if adaptable and (self.learnt != tried or self._adapt(request, text, status)):
            return Adapted()
        if status in (401, 403):
            return Gone(*self._no_key(status))
        if status == 402 or (status == 429 and _NO_CREDIT.search(text)):
            return Gone(f"{self.name} says the account has no credit left ({_said(text)})", "add credit, or use another key or server")
        if status in (404, 405, 410) or (status in _BAD_REQUEST and _NO_MODEL.search(text)):
            hint = f"check --model ({request.options.model!r}) and --base-url; `curate doctor` lists what the server offers"
            return Gone(f"{self.name} does not serve this: {_said(text)} ({status})", hint)
        if status in _PASSING or status >= 500:
            return Again(f"{self.name} answered {status}: {_said(text)}", wait=_retry_after(error.response.headers), busy=status in _BUSY)
        return self._denied(status, text, raw)

    def _denied(self, status: int, text: str, raw: bytes) -> Denied:
        if _TOO_LONG.search(text):
            hint = "lower --max-reply-tokens or --chunk-max-tokens, or serve the model with a longer context"
            return Denied(f"prompt and reply do not fit the model's context: {_said(text)}", hint, known=True, raw=raw)
        if _FILTERED.search(text):
            return Denied(f"the server's content filter: {_said(text)}", "", known=True, raw=raw)
        return Denied(f"{self.name} answered {status}: {_said(text)}", "", known=False, raw=raw)

    def _adapt(self, request: Request, text: str, status: int) -> bool:
        """Learns what this server cannot take; False where the error is about something else."""
        if _TOO_LONG.search(text) or _FILTERED.search(text) or _NO_MODEL.search(text):
            return False
        learnt = self.learnt
        if status != 500 and not learnt.long_name and "max_completion_tokens" in text:
            self.learnt = learnt._replace(long_name=True)
            return True
        named = next((n for n in _OPTIONAL if n not in learnt.without and re.search(rf"\b{n}\b", text)), "")
        if status != 500 and named:
            self.learnt = learnt._replace(without=(*learnt.without, named))
            self.say(f"{self.name} does not take {named!r}: it is left out")
            return True
        doubted = bool(_SHAPE.search(text)) or (status != 500 and not self.shape_works)
        if request.options.schema and doubted and learnt.shape != SHAPES[-1]:
            self.learnt = learnt._replace(shape=SHAPES[SHAPES.index(learnt.shape) + 1])
            self.say(f"{self.name} does not take {learnt.shape!r}: the schema is stated in the prompt and replies are checked here")
            return True
        return False

    def _no_key(self, status: int) -> tuple[str, str]:
        return f"{self.name} does not accept the key ({status})", "set CURATE_API_KEY or OPENAI_API_KEY, or the setting api_key_file"


class Endpoints:
    """The addresses that serve one model."""

    def __init__(self, members: list[Endpoint]) -> None:
        self.members = members

    async def ready(self) -> Endpoint:
        """The usable endpoint with the fewest sends in flight; waits while all rest. EndpointError: none is left."""
        while True:
            left = [e for e in self.members if e.lost is None]
            if not left:
                raise self.error()
            now = time.monotonic()
            awake = [e for e in left if e.rests_until <= now]
            if awake:
                return min(awake, key=lambda e: e.in_flight) if len(awake) > 1 else awake[0]
            await asyncio.sleep(min(e.rests_until for e in left) - now)

    def error(self) -> EndpointError:
        """Why there is no endpoint left."""
        lost = [e.lost for e in self.members if e.lost]
        return EndpointError("no endpoint is usable: " + "; ".join(str(gone) for gone in lost), lost[-1].hint if lost else "")

    def rest(self, endpoint: Endpoint, failure: Again, wait: float) -> bool:
        """Leaves an endpoint alone that asked for a long wait, or that fails while another could answer; True: a pause for all asks."""
        long = failure.wait is not None and failure.wait > PAUSE
        if long and endpoint.rests_until < time.monotonic():
            endpoint.say(f"{endpoint.name} asks to wait {failure.wait:.0f} s: it is left alone until then")
        if long or (len(self.members) > 1 and (failure.busy or failure.unreachable)):
            endpoint.rests_until = max(endpoint.rests_until, time.monotonic() + wait)
        return long


def _retry_after(headers: Any) -> float | None:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (seconds or a date); None where there is nothing sensible."""
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        value = headers.get("retry-after")
        if not value:
            return None
        if re.fullmatch(r"\s*[\d.]+\s*", value):
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _said(text: str) -> str:
    """The message in an error body, on one line."""
    try:
        body = json.loads(text)
        error = body.get("error", body)
        text = str(error.get("message") or error.get("detail") or error) if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        pass
    return " ".join(text.split())[:300] or "no reason given"
