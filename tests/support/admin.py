"""An operator as the admin listener sees one."""

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.admin.admin_tokens import AdminTokens, operator
from gateway.admin.console_sessions import ConsoleSessions
from gateway.admin.listener import AdminListener, application
from gateway.admin.route import AdminRoute
from gateway.admin_app import accepting, open_admin
from tests.support.gateway import Gateway

TOKEN = "a-token-of-the-tests"
Headers = Mapping[str, str] | CIMultiDict[str]


@dataclass(frozen=True)
class Said:
    """One answer."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Operator:
    """Holds the token, unless told otherwise."""

    port: int
    token: str = TOKEN

    async def ask(self, method: str, path: str, headers: Headers | None = None, body: bytes = b"") -> Said:
        """One request; `headers` are all but Host, which is that of the URL unless given."""
        carried = {"Authorization": f"Bearer {self.token}"} if headers is None else headers
        async with (
            aiohttp.ClientSession(f"http://127.0.0.1:{self.port}") as session,
            session.request(method, path, headers=carried, data=body or None) as answer,
        ):
            return Said(answer.status, answer.headers, await answer.read())

    async def get(self, path: str, headers: Headers | None = None) -> Said:
        return await self.ask("GET", path, headers)

    async def post(self, path: str, headers: Headers | None = None, body: bytes = b"") -> Said:
        return await self.ask("POST", path, headers, body)


@contextlib.asynccontextmanager
async def serving(
    routes: Sequence[AdminRoute], tokens: AdminTokens | None = None, sessions: ConsoleSessions | None = None
) -> AsyncIterator[Operator]:
    """An admin listener with these routes alone; `tokens` may use it, or else who has TOKEN."""
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    listener = AdminListener(application(tokens or AdminTokens([operator(TOKEN)]), routes, sessions))
    await listener.open(door, accepting)
    try:
        yield Operator(port)
    finally:
        await listener.drain(0)


@contextlib.asynccontextmanager
async def administered(gateway: Gateway, more: Sequence[AdminRoute] = ()) -> AsyncIterator[Operator]:
    """The admin listener of a gateway that has the token in ADMIN_TOKEN_FILE, with `more` pages."""
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    listener = await open_admin(gateway.app, gateway.listeners, door, more)
    assert listener is not None
    try:
        yield Operator(port)
    finally:
        await listener.drain(0)


def token_file(folder: Path) -> Path:
    """A file with the token of the tests."""
    path = folder / "admin.token"
    path.touch(0o600)
    path.write_text(f"{TOKEN}\n", "ascii")
    return path
