"""Which model plays which role, at which addresses, with which key."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import UsageError, did_you_mean
from curate.llm._endpoints import Endpoint, Endpoints
from curate.llm._slots import Slots
from curate.records import canonical
from curate.settings import Settings

if TYPE_CHECKING:
    import httpx2

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"  # what local servers are sent: the client insists on a key
KEEP_ALIVE = 60.0  # seconds
OVERRIDES = ("model", "base_url", "api_key_file", "temperature", "top_p", "max_reply_tokens")


@dataclass(frozen=True, slots=True)
class Role:
    """A model with its sampling, and the endpoints that serve it; roles with the same addresses share slots."""

    model: str
    model_json: str
    sampling: str  # canonical JSON
    max_tokens: int
    endpoints: Endpoints
    slots: Slots


def opened(settings: Settings, say: Callable[[str], None]) -> dict[str, Role]:
    """The roles of the settings; `generate` always, others where `[roles.NAME]` says how they differ."""
    for name, own in settings.roles.items():
        for key in own.keys() - set(OVERRIDES):
            raise UsageError(f"[roles.{name}] has no setting {key!r}", did_you_mean(key, list(OVERRIDES)))
    http = _http(settings)
    shared: dict[tuple[str, str, str], tuple[Endpoints, Slots]] = {}
    return {name: _role(settings, settings.roles.get(name, {}), http, say, shared) for name in ("generate", *settings.roles)}


def _role(settings: Settings, own: dict[str, Any], http: "httpx2.AsyncClient", say: Callable[[str], None], shared: Any) -> Role:
    def setting(name: str) -> Any:
        return own.get(name, getattr(settings, name))

    model, urls, key_file = setting("model"), setting("base_url") or os.environ.get("OPENAI_BASE_URL") or OPENAI, setting("api_key_file")
    if not model:
        raise UsageError("no model is named", "give --model; `curate doctor` lists what the server offers")
    place = (model, urls, key_file)  # what an endpoint learns, it learns of a model
    if place not in shared:
        secret = key(key_file)
        members = [_endpoint(url.strip(), secret, settings, http, say) for url in urls.split(",") if url.strip()]
        shared[place] = Endpoints(members), next((s for p, (_, s) in shared.items() if p[1] == urls), None) or Slots(settings.concurrency)
    sampling = {"max_tokens": setting("max_reply_tokens"), "temperature": setting("temperature"), "top_p": setting("top_p")}
    return Role(model, canonical(model), canonical(sampling), sampling["max_tokens"], *shared[place])


def _endpoint(url: str, secret: str, settings: Settings, http: "httpx2.AsyncClient", say: Callable[[str], None]) -> Endpoint:
    from openai import AsyncOpenAI

    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--base-url {url!r} is no address", "it looks like http://127.0.0.1:8000/v1")
    client = AsyncOpenAI(base_url=url, api_key=secret or NO_KEY, http_client=http, max_retries=0, timeout=settings.request_timeout)
    return Endpoint(url, client, secret, settings.request_timeout, say)


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
