"""The token interfaces on real sockets, with keys, tenants and users of the test."""

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gateway.listeners.serve import start
from gateway.settings.load import interpret
from gateway.settings.schema import Settings
from gateway.settings.token_sections import TOKENS_PATH
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.messages import User
from gateway.tokens.token_service import TokenService, issuer
from gateway.tokens.used_tokens import TokenStore
from gateway.wire.http import AnyResponse, Request, Response
from tests.support.desk import Answer, ask_once

NOW: Final = 1_760_000_000_000
VALIDATE: Final = "/rest/cc-messaging/v1/thirdparty/chatThirdPartyValidate"
ADA: Final = User("acme", "customer01", "Ada Lovelace")
BOB: Final = User("acme", "customer02", "Bob")
CAT: Final = User("globex", "customer01", "Ada Lovelace")
CALLER: Final = "X-Test-Caller"


class Clock:
    """The store's time, which stands still until the test moves it."""

    def __init__(self, now_ms: int = NOW) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Site:
    """The files of one enterprise, with users ADA, BOB and CAT. `api_keys` are by tenant."""

    folder: Path
    overrides: dict[str, str] = field(default_factory=dict)
    api_keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = {f"TOKEN_{kind}_FILE": f"{kind.lower()}.toml" for kind in ("KEYS", "TENANTS", "USERS")}
        self.settings: Settings = interpret(b"", self.folder / "f", {**given, **self.overrides}).settings
        self.keys, self.tenants, self.users = (self.folder / f"{name}.toml" for name in ("keys", "tenants", "users"))
        signing_keys.add_key(self.keys, NOW)
        for tenant in ("acme", "globex"):
            self.api_keys[tenant] = tenants_file.add_tenant(self.tenants, tenant)
        for user in (ADA, BOB, CAT):
            users.add_user(self.users, user)

    def set(self, **values: object) -> None:
        """Changes live settings, by their names in code."""
        self.settings = self.settings.model_copy(update=values)

    def token(self, user: User = ADA, *, now_ms: int = NOW, ttl_ms: int = 0) -> str:
        """A new token, made at `now_ms`."""
        return issuer(self.settings).issue(user, now_ms=now_ms, by="test", ttl_ms=ttl_ms).token


def body(token: object, user: User = ADA, **changed: object) -> dict[str, object]:
    """The four members of a validation, some of them changed."""
    right = {"Token": token, "userName": user.user_name, "userId": user.user_id, "tenantSpaceId": user.tenant}
    return right | changed


@dataclass
class Bench:
    """One node that serves the pages of a site on `port`."""

    site: Site
    clock: Clock
    port: int
    room: TokenService

    async def post(self, path: str, data: bytes, caller: str = "192.0.2.7", **headers: str) -> Answer:
        """One POST from the address `caller`."""
        return await ask_once(self.port, "POST", path, {CALLER: caller, **headers}, data)

    async def validate(self, token: object, user: User = ADA, caller: str = "192.0.2.7", **changed: object) -> Answer:
        """The contact centre asks about a token."""
        return await self.post(VALIDATE, json.dumps(body(token, user, **changed)).encode(), caller)

    async def ret_code(self, token: object, user: User = ADA, caller: str = "192.0.2.7", **changed: object) -> Any:
        """The retCode of that answer."""
        return (await self.validate(token, user, caller, **changed)).json["retCode"]

    async def issue(self, tenant: str, data: object, **headers: str) -> Answer:
        """The back end of a tenant asks for a token, with its API key unless `headers` have an Authorization."""
        given = {"Authorization": f"Bearer {self.site.api_keys[tenant]}"} | headers
        return await self.post(TOKENS_PATH, json.dumps(data).encode(), **given)


def _caller(request: Request) -> str:
    return request.headers.get(CALLER, request.remote or "")


@contextlib.asynccontextmanager
async def serving(
    site: Site, store: TokenStore, clock: Callable[[], int] | None = None, *, https: bool = False
) -> AsyncIterator[Bench]:
    """A node. Clients say in the header CALLER from which address they call."""
    clock = clock or Clock()
    room = TokenService(lambda: site.settings, store, _caller, clock)
    pages = room.pages()

    async def handle(request: Request) -> AnyResponse:
        page = pages.get(request.path)
        return await page(request) if page else Response(status=404)

    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    closed = site.settings.model_copy(update={"http_port": 0, "https_port": 0, "var_dir": site.folder / "var"})
    listeners = await (start(handle, closed, https=door) if https else start(handle, closed, http=door, linger_ms=50))
    try:
        yield Bench(site, clock if isinstance(clock, Clock) else Clock(), port, room)
    finally:
        await listeners.drain(200)
        await room.close()
