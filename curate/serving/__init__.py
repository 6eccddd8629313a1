"""Serves what `vllm:NAME` stands for: starts vLLM, waits until it can be asked, and stops it whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from curate.errors import EndpointError, UsageError
from curate.serving._server import Server, served
from curate.settings import Settings

PREFIX = "vllm:"
Place = Callable[[str], dict[str, Any]]

__all__ = ["named", "serve"]


@contextmanager
def serve(settings: Settings, folder: Path, say: Callable[[str], None]) -> Iterator[Settings]:
    """Starts a server for each `vllm:NAME` of the settings and yields settings that ask them by address; stops them at the end.

    folder: where the logs go. say: told how the start goes. EndpointError: vLLM does not start, or ended while it was asked.
    """
    names = _wanted(settings)
    address = settings.base_url or ("endpoints" if settings.endpoints else "")
    if address and not settings.roles and names:
        say(f"vLLM is asked, not {address}")
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for name in names:  # one after the other: each measures the memory that is free
            log = folder / (f"vllm-{len(servers) + 1}.log" if servers else "vllm.log")
            servers[name] = stack.enter_context(Server(name, settings, log))
            servers[name].wait(say)
        try:
            yield _asking(settings, lambda name: servers[name].place)
        except EndpointError:
            lost = next((server for server in servers.values() if server.lost()), None)
            if lost is None:
                raise
            raise lost.failure("ended while it was asked") from None


def named(settings: Settings) -> Settings:
    """The settings with the names that replies are remembered under: those without the prefix, however the server is started."""
    return _asking(settings, lambda name: {"model": served(name, settings.vllm_options)})


def _wanted(settings: Settings) -> list[str]:
    """What vLLM is to serve."""
    models = [settings.model, *(str(own.get("model", "")) for own in settings.roles.values())]
    names = list(dict.fromkeys(model.removeprefix(PREFIX) for model in models if model.startswith(PREFIX)))
    if "" in names:
        raise UsageError(f"{PREFIX!r} names no model", f"as in --model {PREFIX}Qwen/Qwen3-8B, or with a model's folder")
    return names


def _asking(settings: Settings, place: Place) -> Settings:
    """The settings with what is known of each server in place of `vllm:NAME`; a role with a model or address of its own keeps these."""
    general = place(settings.model.removeprefix(PREFIX)) if settings.model.startswith(PREFIX) else {}
    roles = {}
    for role, own in settings.roles.items():
        model = str(own.get("model", ""))
        if model.startswith(PREFIX):
            roles[role] = own | place(model.removeprefix(PREFIX))
        elif general and own.keys() & {"model", "base_url"}:
            roles[role] = {"base_url": settings.base_url, "api_key_file": settings.api_key_file} | own
        else:
            roles[role] = own
    return settings.model_copy(update=({"endpoints": []} | general if general else {}) | {"roles": roles})
