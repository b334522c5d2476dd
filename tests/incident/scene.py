"""A gateway on a store of its own, as an operator has it: files, ports, a token, commands."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.sessions.guid import new_secret_line
from tests.support.admin import TOKEN, Operator, token_file
from tests.support.fork_server import ended
from tests.support.gateway import CONFIG, GatewayProcess, gateway_process
from tests.support.servers import Server, Servers, free_port

INTERVAL_MS: Final = 1000
TIMEOUT_MS: Final = 3000
"""A GUID is replaced after a second and refused two seconds later, so that nobody waits long here."""
WITHIN_S: Final = 30.0


@dataclass(frozen=True)
class Scene:
    """All that an incident is played with and looked at by."""

    gateway: GatewayProcess
    store: Server
    operator: Operator
    settings_file: Path
    folder: Path
    overrides: dict[str, str]

    async def command(self, *words: str) -> str:
        """What a command of ours prints."""
        options = [f"--set={key}={value}" for key, value in self.overrides.items()]
        code, said, _ = await ended(*words, "--config", str(self.settings_file), *options)
        return said if code == 0 else f"exit code {code}"

    async def metrics(self) -> str:
        """The page of the admin listener."""
        return (await self.operator.get("/metrics")).body.decode()

    async def ready(self) -> str:
        """What `/gateway/ready` says."""
        return (await Operator(self.gateway.port).get("/gateway/ready")).body.decode()

    async def audited(self, query: str) -> list[dict[str, Any]]:
        """Lines of the audit trail."""
        found: list[dict[str, Any]] = (await self.operator.get(f"/audit?{query}")).json
        return found


async def until(holds: Callable[[], Any], within_s: float = WITHIN_S) -> None:
    """Waits until it holds. Raises TimeoutError."""
    ends_s = time.monotonic() + within_s
    while not await holds():
        if time.monotonic() > ends_s:
            raise TimeoutError
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Starts everything, and ends it."""
    servers = Servers(folder)
    try:
        store = servers.start("valkey")
        secret = folder / "guid.keys"
        secret.touch(0o600)
        secret.write_text(new_secret_line("k1"), "ascii")
        settings = folder / "basic.properties"
        text = CONFIG.read_text("utf-8")
        settings.write_text(
            text.replace("AGENTS_FILE = agents.toml", f"AGENTS_FILE = {CONFIG.parent / 'agents.toml'}").replace(
                "CONTACT_CENTER_FILE = contact_center.toml",
                f"CONTACT_CENTER_FILE = {CONFIG.parent / 'contact_center.toml'}",
            ),
            "utf-8",
        )
        overrides = {
            "ADMIN_PORT": str(free_port()),
            "ADMIN_TOKEN_FILE": str(token_file(folder)),
            "AUDIT_FILE": str(folder / "audit.jsonl"),
            "REDIS_URL": store.url,
            "GUID_SECRET_FILE": str(secret),
            "GUIDINTERVAL": str(INTERVAL_MS),
            "GUIDTIMEOUT": str(TIMEOUT_MS),
            "AGENT_POLL_WAIT_FLAG": "OFF",
        }
        async with gateway_process(folder, overrides, config=settings) as gateway:
            operator = Operator(int(overrides["ADMIN_PORT"]), TOKEN)
            yield Scene(gateway, store, operator, settings, folder, overrides)
    finally:
        servers.end()


def as_json(text: str) -> dict[str, Any]:
    """The object in it, an empty one where it is none."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return found
