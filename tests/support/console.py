"""A browser's side of the console, without a browser: its cookie, its Origin, its CSRF token."""

import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from gateway.backend import BackendAnswer, Entered
from gateway.sessions.signing import Terms, sign_in
from tests.support.admin import Operator, Said
from tests.support.gateway import Gateway


@dataclass
class Visitor:
    """One browser at the console of the listener on `port`."""

    port: int
    cookie: str = ""
    csrf: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    """Headers in place of those that a browser would send; an empty one is left out."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def sign_in(self, token: str) -> Said:
        """Keeps what it was given."""
        body = json.dumps({"token": token}).encode()
        said = await self.ask("POST", "/console/sign-in", body)
        if said.status == 200:
            self.csrf = said.json["csrf"]
            self.take_cookie(said)
        return said

    def take_cookie(self, said: Said) -> None:
        [(name, morsel)] = SimpleCookie(said.headers["Set-Cookie"]).items()
        self.cookie = f"{name}={morsel.value}" if morsel.value else ""

    async def get(self, path: str) -> Said:
        return await self.ask("GET", path)

    async def post(self, path: str) -> Said:
        return await self.ask("POST", path)

    async def ask(self, method: str, path: str, body: bytes = b"") -> Said:
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        if method != "GET":
            headers |= {"Origin": self.origin, "X-CSRF-Token": self.csrf, "Content-Type": "application/json"}
        carried = {name: value for name, value in {**headers, **self.sent}.items() if value}
        return await Operator(self.port).ask(method, path, carried, body)


async def crowd(gateway: Gateway, number: int, client: str = "Desk/1", first: int = 200_001) -> None:
    """So many sessions of agents from `first`, as if their desktops had signed in."""

    async def enter(_session_id: str, _at_ms: int) -> Entered:
        return Entered(BackendAnswer(b"{}"))

    for agent_id in range(first, first + number):
        terms = Terms(agent_id, gateway.app.live.current.node_name, client=client, address="192.0.2.7")
        await sign_in(gateway.app.sessions, terms, enter)
