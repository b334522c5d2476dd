"""A gateway in this process for one day: free ports, its own agents, the rest as the settings file says."""

import contextlib
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

from gateway import server
from gateway.admin.admin_tokens import read_admin_token
from gateway.agents.registry import AgentRegistry
from gateway.listeners.errors import ListenError
from gateway.settings.load import load
from gateway.sim.scenario import CannotPlayError, GatewayPlace, agents_file
from gateway.supervisor.node_sockets import NodeSockets

FIRST_AGENT: Final = 1001
_LOOPBACK: Final = "127.0.0.1"
_OWN: Final = {
    "BIND_ADDRESS": _LOOPBACK,
    "HTTPS_PORT": "0",
    "REDIS_URL": "",
    "WORKERS": "1",
    "BACKEND": "embedded",
    "AGENT_AUTH": "password",
    "DRAIN_TIME": "0",
}


def own_settings(
    folder: Path, config: Path, overrides: Mapping[str, str], agents: int, skills: list[int], password: str
) -> dict[str, str]:
    """What such a gateway has of its own; its agents file and its token will be in `folder`. Raises SettingsError."""
    settings = load(config, overrides).settings
    if settings.agents_file is None:
        raise CannotPlayError("AGENTS_FILE is empty: it tells the skill queues")
    known = AgentRegistry(settings.agents_file).skills()
    file = folder / "agents.toml"
    numbers = range(FIRST_AGENT, FIRST_AGENT + agents)
    file.write_text(agents_file(numbers, password, known.values(), skills), "utf-8")
    token = folder / "admin.token"
    return {**overrides, **_OWN, "AGENTS_FILE": str(file), "ADMIN_TOKEN_FILE": str(token), "VAR_DIR": str(folder)}


@contextlib.asynccontextmanager
async def own_gateway(
    config: Path, overrides: Mapping[str, str], agents: int, skills: list[int]
) -> AsyncIterator[GatewayPlace]:
    """The gateway runs as long as the block. Raises CannotPlayError, SettingsError and as `server.running`."""
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="agentgateway-day-") as name:
        folder = Path(name)
        own = own_settings(folder, config, overrides, agents, skills, password)
        sockets = [socket.create_server((_LOOPBACK, 0)) for _ in range(2)]
        loaded = load(config, {**own, "ADMIN_PORT": str(sockets[1].getsockname()[1])})
        try:
            async with server.running(loaded, NodeSockets(http=sockets[0], admin={0: sockets[1]})) as gateway:
                if gateway.admin is None:
                    raise CannotPlayError("the gateway has no admin listener")
                numbers = range(FIRST_AGENT, FIRST_AGENT + agents)
                token = read_admin_token(folder / "admin.token")
                yield GatewayPlace(gateway.listeners.urls[0], gateway.admin_url, token, numbers, password)
        except ListenError as problem:
            raise CannotPlayError(str(problem)) from None
