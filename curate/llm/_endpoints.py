"""Talks to OpenAI-compatible servers: one client per address, what each answer means, what it cannot take."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from curate.errors import EndpointError
from curate.llm._requests import SHAPES, UNTRIED, Learnt, Request
from curate.llm._slots import Load

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PAUSE = 120.0  # seconds; a server that asks for a longer wait is left alone by all
LONGEST_WAIT = 60.0  # seconds between two sends to a server that says nothing about it
LISTING_TIMEOUT = 15.0
TOO_LONG = "prompt and reply do not fit the model's context"
TOO_LONG_HINT = "lower --max-reply-tokens or --chunk-max-tokens, or serve the model with a longer context"
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
_LACKS = {  # what a server says of a model that cannot do something; "invalid image data" is about one picture
    "tools": re.compile(
        r"(tool|function).{0,80}(not support|unsupported|requires?\b|not (enabled|available))"
        r"|(not|n't|no) support.{0,60}(tool|function.?call)|unsupported.{0,20}tool",
        re.I | re.S,
    ),
    "images": re.compile(
        r"(image|vision|multi.?modal).{0,60}(not support|unsupported|not (accepted|allowed|enabled))"
        r"|(not|n't|no) support.{0,60}(image|vision|multi.?modal)|not a (multi.?modal|vision)|at most 0 image"
        r"|content.{0,40}(must|should) be a? ?(valid )?string",
        re.I | re.S,
    ),
}
_MENDS = {
    "tools": "vLLM takes --enable-auto-tool-choice --tool-call-parser NAME (hermes for Qwen), llama-server --jinja; or name another model",
    "images": "name a model that sees images; llama-server needs its --mmproj, vLLM may need --limit-mm-per-prompt",
}

T = TypeVar("T")


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
    load: Load
    weight: float = 1.0
    learnt: Learnt = UNTRIED
    shape_works: bool = False
    rests_until: float = 0.0
    answered: float = 0.0
    silent: int = 0  # times in a row that nothing listened there
    failed: float = 0.0  # when that was last
    batched: int = 0  # requests in batches that are under way
    lost: Gone | None = None

    async def post(self, request: Request) -> bytes:
        """The raw bytes of a chat completion. Again, Adapted, Denied or Gone where there is none."""
        import httpx2

        tried = self.learnt
        call = self.client.post("/chat/completions", content=request.body(tried), cast_to=httpx2.Response)
        response = await self.heard(call, lambda status, raw, headers: self.refusal(status, raw, headers, request, tried))
        self.shape_works = self.shape_works or bool(request.options.schema)
        return self.redacted(response.content)

    async def heard(self, call: Awaitable[T], refusal: Callable[[int, bytes, Any], Exception]) -> T:
        """What a call of the client gives; `refusal` says what an error status (with body and headers) means. Again: no answer."""
        import aiohttp
        import httpx2
        from openai import APIConnectionError, APIStatusError

        try:
            async with asyncio.timeout(self.timeout):
                found = await call
        except APIStatusError as e:
            self.answered = time.monotonic()
            raise refusal(e.status_code, self.redacted(e.response.content), e.response.headers) from None
        except (APIConnectionError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError, OSError) as e:
            raise self._silence(e) from None
        self.answered = time.monotonic()
        return found

    def lacking(self, request: Request) -> Denied | None:
        """Why this server cannot take the request, where that is known without sending it."""
        what = next((n for n in request.needs if n in self.learnt.lacks), "")
        return self._lacks(what, request, "") if what else None

    def shapeless(self, reason: str) -> None:
        """A reply did not follow the schema though the server took it: some ignore it, so from now on the prompt states it."""
        if self.learnt.shape == SHAPES[0] and not self.learnt.stated:
            self.learnt = self.learnt._replace(stated=True)
            self.say(f"{self.name} took a JSON schema and did not follow it ({reason[:120]}): the schema is stated in the prompt too")

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

    def room(self) -> bool:
        """Whether one more send may go there now: one at a time where the last found nobody."""
        return self.load.used < (1 if self.silent else int(self.load.limit))

    @property
    def name(self) -> str:
        """The address as it may be shown."""
        return self.shown(self.url)

    @staticmethod
    def shown(url: str) -> str:
        """An address without user, password and query."""
        parts = urlsplit(url)
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

    def refusal(self, status: int, raw: bytes, headers: Any, request: Request, tried: Learnt) -> Exception:
        """What an HTTP error status means for a request that was sent with what was learnt until then."""
        text = raw.decode("utf-8", "replace")
        if status in _BAD_REQUEST or status == 500:  # 500: how llama_cpp.server turns a json_schema down
            if lacking := self._lack(request, text):
                return lacking
            if not self.learnt.takes(tried) or self._adapt(request, text, status):
                return Adapted()
        return self.failure(status, raw, headers, request.options.model)

    def failure(self, status: int, raw: bytes, headers: Any, model: str) -> Exception:
        """What an HTTP error status means where no other form of the request would help."""
        text = raw.decode("utf-8", "replace")
        if status in (401, 403):
            return Gone(*self._no_key(status))
        if status == 402 or (status == 429 and _NO_CREDIT.search(text)):
            return Gone(f"{self.name} says the account has no credit left ({_said(text)})", "add credit, or use another key or server")
        if status in (404, 405, 410) or (status in _BAD_REQUEST and _NO_MODEL.search(text)):
            hint = f"check --model ({model!r}) and --base-url; `curate doctor` lists what the server offers"
            return Gone(f"{self.name} does not serve this: {_said(text)} ({status})", hint)
        if status in _PASSING or status >= 500:
            return Again(f"{self.name} answered {status}: {_said(text)}", wait=_retry_after(headers), busy=status in _BUSY)
        return self._denied(status, text, raw)

    def _lack(self, request: Request, text: str) -> Denied | None:
        """Learns that this model cannot do what the request needs; None where the error is about something else."""
        if _TOO_LONG.search(text) or _FILTERED.search(text) or _NO_MODEL.search(text):
            return None
        what = next((n for n in request.needs if _LACKS[n].search(text)), "")
        if not what:
            return None
        denied = self._lacks(what, request, f": {_said(text)}")
        if what not in self.learnt.lacks:
            self.learnt = self.learnt._replace(lacks=(*self.learnt.lacks, what))
            self.say(f"{denied}: {denied.hint}")
        return denied

    def _lacks(self, what: str, request: Request, why: str) -> Denied:
        return Denied(f"{self.name} does not take {what} for {request.options.model!r}{why}", _MENDS[what], known=False, raw=b"")

    def _denied(self, status: int, text: str, raw: bytes) -> Denied:
        if _TOO_LONG.search(text):
            return Denied(f"{TOO_LONG}: {_said(text)}", TOO_LONG_HINT, known=True, raw=raw)
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
