"""Which model plays which role, at which addresses, with which key."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curate.errors import UsageError, did_you_mean
from curate.llm._endpoints import Endpoint
from curate.llm._slots import Load
from curate.llm._traffic import Cap, Endpoints
from curate.records import canonical
from curate.settings import Settings

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")
OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"  # what local servers are sent: the client insists on a key
KEEP_ALIVE = 60.0  # seconds
OVERRIDES = ("model", "base_url", "endpoints", "api_key_file", "temperature", "top_p", "max_reply_tokens")


class Place(BaseModel):
    """One row of `[[endpoints]]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    base_url: str
    weight: float = Field(1.0, gt=0)
    api_key_file: str = ""
    concurrency: int = Field(ge=1)
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)


@dataclass(frozen=True, slots=True)
class Role:
    """A model with its sampling, and the endpoints that serve it; roles with the same addresses share slots."""

    model: str
    model_json: str
    sampling: str  # canonical JSON
    max_tokens: int
    endpoints: Endpoints


@dataclass(slots=True)
class _Shared:
    """What roles have in common: what a place has in flight, the cap over a list of places, and what is learnt of a model there."""

    settings: Settings
    http: "httpx2.AsyncClient"
    say: Callable[[str], None]
    loads: dict[Place, Load] = field(default_factory=dict)
    caps: dict[tuple[Place, ...], Cap] = field(default_factory=dict)
    endpoints: dict[tuple[str, tuple[Place, ...]], Endpoints] = field(default_factory=dict)


def opened(settings: Settings, say: Callable[[str], None]) -> dict[str, Role]:
    """The roles of the settings; `generate` always, others where `[roles.NAME]` says how they differ."""
    for name, own in settings.roles.items():
        for key, value in own.items():
            if key not in OVERRIDES:
                raise UsageError(f"[roles.{name}] has no setting {key!r}", did_you_mean(key, list(OVERRIDES)))
            _checked(f"[roles.{name}] {key}", lambda given: Settings(**given), {key: value})
    shared = _Shared(settings, _http(settings), say)
    return {name: _role(name, settings.roles.get(name, {}), shared) for name in ("generate", *settings.roles)}


def _role(name: str, own: dict[str, Any], shared: _Shared) -> Role:
    def setting(key: str) -> Any:
        return own.get(key, getattr(shared.settings, key))

    model = setting("model")
    if not model:
        raise UsageError("no model is named", "give --model; `curate doctor` lists what the server offers")
    places = _places(name, own, shared.settings)
    if (model, places) not in shared.endpoints:  # what an endpoint learns, it learns of a model
        cap = shared.caps.setdefault(places, Cap(shared.settings.concurrency))
        shared.endpoints[model, places] = Endpoints([_endpoint(place, shared) for place in places], cap)
    sampling = {"max_tokens": setting("max_reply_tokens"), "temperature": setting("temperature"), "top_p": setting("top_p")}
    return Role(model, canonical(model), canonical(sampling), sampling["max_tokens"], shared.endpoints[model, places])


def _places(name: str, own: dict[str, Any], settings: Settings) -> tuple[Place, ...]:
    """Where a role is served: by its own `endpoints` or `base_url`, else by those of all; `endpoints` goes before `base_url`."""
    common: dict[str, Any] = {"concurrency": settings.concurrency, "api_key_file": own.get("api_key_file", settings.api_key_file)}
    rows = own.get("endpoints") or ([] if own.get("base_url") else settings.endpoints)
    where = f"[[roles.{name}.endpoints]]" if own.get("endpoints") else "[[endpoints]]"
    if rows:
        return tuple(_checked(f"{where} {number}", Place.model_validate, {**common, **row}) for number, row in enumerate(rows, 1))
    urls = own.get("base_url") or settings.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI
    return tuple(Place(base_url=url.strip(), **common) for url in urls.split(",") if url.strip())


def _checked(where: str, make: Callable[[dict[str, Any]], T], given: dict[str, Any]) -> T:
    """What these values make. UsageError: the first that is wrong, by name."""
    try:
        return make(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        url = f" ({Endpoint.shown(given['base_url'])})" if isinstance(given.get("base_url"), str) and where.startswith("[[") else ""
        if first["type"] == "extra_forbidden":
            raise UsageError(f"{where}{url} has no setting {key!r}", did_you_mean(key, list(Place.model_fields))) from None
        if first["type"] == "missing":
            raise UsageError(f"{where} has no {key}", "each row needs base_url, as in http://127.0.0.1:8000/v1") from None
        named = where if where.endswith(f" {key}") else f"{where}{url}: {key}"
        raise UsageError(f"{named} = {first['input']!r}: {first['msg']}", "see the setting `endpoints`" if url else "") from None


def _endpoint(place: Place, shared: _Shared) -> Endpoint:
    from openai import AsyncOpenAI

    url, timeout = place.base_url, shared.settings.request_timeout
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--base-url {url!r} is no address", "it looks like http://127.0.0.1:8000/v1")
    secret = key(place.api_key_file)
    client = AsyncOpenAI(base_url=url, api_key=secret or NO_KEY, http_client=shared.http, max_retries=0, timeout=timeout)
    load = shared.loads.setdefault(place, Load(place.concurrency, place.requests_per_minute, place.tokens_per_minute))
    return Endpoint(url, client, secret, timeout, shared.say, load, place.weight)


def _http(settings: Settings) -> "httpx2.AsyncClient":
    """The one connection pool of the run: on aiohttp, because the default transport collapses with many connections."""
    import httpx2
    from openai import DefaultAioHttpClient

    limits = httpx2.Limits(max_connections=4 * settings.concurrency, keepalive_expiry=KEEP_ALIVE)
    return DefaultAioHttpClient(limits=limits)


def key(key_file: str = "") -> str:
    """The API key: from the file where one is named, else from the environment; empty where there is none."""
    if not key_file:
        return os.environ.get("CURATE_API_KEY") or os.environ.get("OPENAI_API_KEY") or ""
    path = Path(key_file).expanduser()
    try:
        mode = path.stat().st_mode
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise UsageError(f"the key file {path} cannot be read", "see the setting api_key_file") from None
    if mode & 0o077:
        raise UsageError(f"the key file {path} may be read by others", f"chmod 600 {path}")
    return found
