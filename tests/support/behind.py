"""A contact centre behind the gateway as a site may have it: one GUID a session, strictly checked, no grace.

Real HTTP. It keeps what it was asked, and says what the test tells it; it is no gateway of ours on purpose.
"""

import contextlib
import itertools
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.servers import free_port
from tests.support.waiting import until

Say = Callable[[web.Request], Awaitable[web.StreamResponse]]
PREFIX = "/agentgateway/resource/"


@dataclass(frozen=True)
class Asked:
    """One request as it came; `path` is below the prefix and undecoded, with its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def guid(self) -> str:
        return self.headers.get("guid", "")

    @property
    def is_poll(self) -> bool:
        return self.path.startswith("agentevent/")


@dataclass
class Centre:
    """`sessions` are the GUIDs by agent. `says` answers a path (method and path) in place of the usual way.

    `rotate` gives an agent a new GUID; the next poll hands it out, and the former is dead at once.
    """

    port: int = 0
    tls: ssl.SSLContext | None = None
    hold_s: float = 0.05
    password: str = "Welcome-Desk7"
    asked: list[Asked] = field(default_factory=list)
    sessions: dict[int, str] = field(default_factory=dict)
    events: dict[int, deque[dict[str, Any]]] = field(default_factory=dict)
    says: dict[str, Say] = field(default_factory=dict)
    polls_now: int = 0
    most_polls: int = 0
    _runner: web.AppRunner | None = None
    _handing_out: dict[int, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listens, on the same port as before."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self.handle)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self.tls).start()

    async def stop(self) -> None:
        """Goes away, with what it knows."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def lines(self, *, polls: bool = False) -> list[str]:
        """What was asked, as method and path."""
        return [asked.line for asked in self.asked if polls or not asked.is_poll]

    @property
    def called(self) -> Asked:
        """What was asked last, polls aside, which come by themselves."""
        return next(asked for asked in reversed(self.asked) if not asked.is_poll)

    def rotate(self, agent_id: int) -> str:
        self.sessions[agent_id] = self._handing_out[agent_id] = self._new_guid()
        return self.sessions[agent_id]

    def tell(self, agent_id: int, event_type: str, **more: Any) -> None:
        """Puts an event into the agent's queue."""
        self.events.setdefault(agent_id, deque()).append({"eventType": event_type, "workNo": str(agent_id), **more})

    def _new_guid(self) -> str:
        return f"{next(self._numbers):08x}-0000-4000-8000-000000000000.Legacy1"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path.removeprefix(PREFIX)
        self.asked.append(Asked(request.method, path, request.headers.copy(), await request.read()))
        say = self.says.get(f"{request.method} {path}")
        if say is not None:
            return await say(request)
        group, agent, *rest = path.partition("?")[0].split("/")
        if request.method == "PUT" and rest in ([], ["forcelogin"], ["loginex"]):
            return await self._sign_in(int(agent), self.asked[-1].body, bool(rest))
        return await self._in_session(request, group, int(agent), rest)

    async def _sign_in(self, agent_id: int, body: bytes, force: bool) -> web.StreamResponse:
        if json.loads(body).get("password") != self.password:
            return answer("100-004", "wrong user name or password")
        if agent_id in self.sessions and not force:
            return answer("100-002", "already in")
        guid = self.sessions[agent_id] = self._new_guid()
        self._handing_out.pop(agent_id, None)
        self.events[agent_id] = deque()
        return answer("0", "success", {"workno": str(agent_id), "vdnid": "7"}, guid)

    async def _in_session(self, request: web.Request, group: str, agent_id: int, rest: list[str]) -> web.StreamResponse:
        guid = request.headers.get("guid", "")
        if agent_id not in self.sessions:
            return answer("100-006", "agent not login", "")
        if self._handing_out.get(agent_id) and group == "agentevent":
            return await self._poll(agent_id)
        if guid != self.sessions[agent_id]:
            return answer("000-003", "no right")
        if group == "agentevent":
            return await self._poll(agent_id)
        if rest and rest[0] in {"logout", "forcelogout", "forcelogoutwithreason"}:
            del self.sessions[agent_id]
        return answer("0", "success", {})

    async def _poll(self, agent_id: int) -> web.StreamResponse:
        fresh = self._handing_out.pop(agent_id, "")
        self.polls_now += 1
        self.most_polls = max(self.most_polls, self.polls_now)
        try:
            with contextlib.suppress(TimeoutError):
                await until(lambda: bool(fresh or self.events.get(agent_id)), self.hold_s)
        finally:
            self.polls_now -= 1
        if agent_id not in self.sessions:
            return answer("100-006", "agent not login", "")
        if self.events.get(agent_id):
            event = self.events[agent_id].popleft()
            body = json.dumps({"message": "", "retcode": "0", "event": event}).encode()
            return written(body, headers=handing_out(fresh))
        return written(b'{"message": "", "retcode": "0", "event": null}', headers=handing_out(fresh))


def written(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of these bytes."""
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **(headers or {})})


def answer(retcode: str, message: str, result: Any = None, guid: str = "") -> web.Response:
    """An answer of the interface; `guid` is handed out with it."""
    body = {"message": message, "retcode": retcode, **({} if result is None else {"result": result})}
    return written(json.dumps(body).encode(), headers=handing_out(guid))


def handing_out(guid: str) -> dict[str, str]:
    return {"Set-GUID": f"JSESSIONID={guid}"} if guid else {}


def saying(response: Callable[[], web.StreamResponse]) -> Say:
    """Answers with what `response` makes."""

    async def say(_request: web.Request) -> web.StreamResponse:
        return response()

    return say


@contextlib.asynccontextmanager
async def centre_behind(tls: ssl.SSLContext | None = None) -> AsyncIterator[Centre]:
    """One on a free port of loopback."""
    centre = Centre(free_port(), tls)
    await centre.start()
    try:
        yield centre
    finally:
        await centre.stop()
