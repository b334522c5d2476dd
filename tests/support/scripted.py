"""A server that says what a test tells it, for clients of the agent interface: real HTTP, every request kept."""

import contextlib
import json
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.waiting import GENEROUS_S, until

PREFIX = "/agentgateway/resource/"
SIGNED_IN = {
    "message": "success",
    "retcode": "0",
    "result": {"vdnid": 1, "workno": "101", "mediatype": "TTF", "loginTime": "1", "isForceChange": "false"},
}
Say = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Heard:
    """One request as it came; `path` is below the prefix, with its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Scripted:
    """Answers by path: the next one of `script`, or what `always` says; else retcode 0, polls empty.

    Sign-in is answered with the GUID g0.
    """

    port: int = 0
    scheme: str = "http"
    heard: list[Heard] = field(default_factory=list)
    script: dict[str, deque[Say]] = field(default_factory=lambda: defaultdict(deque))
    always: dict[str, Say] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def will(self, path: str, *says: Say) -> None:
        """The next answers to requests of this path."""
        self.script[path].extend(says)

    def asked(self, path: str) -> list[Heard]:
        return [one for one in self.heard if one.path.partition("?")[0] == path]

    async def hears(self, path: str, count: int, within_s: float = GENEROUS_S) -> list[Heard]:
        """Waits for so many requests of this path in all."""
        await until(lambda: len(self.asked(path)) >= count, within_s)
        return self.asked(path)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        target = request.path_qs.removeprefix(PREFIX)
        self.heard.append(Heard(request.method, target, request.headers.copy(), await request.read()))
        if self.script[path]:
            return await self.script[path].popleft()(request)
        if path in self.always:
            return await self.always[path](request)
        return await (signing_in if path == "onlineagent/101" else done)(request)


def saying(value: object, status: int = 200, **headers: str) -> Say:
    """Answers this JSON; `_` in the names of headers stands for -."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}

    async def say(_request: web.Request) -> web.StreamResponse:
        return web.json_response(value, status=status, headers=given)

    return say


def refusing(retcode: str, message: str = "no") -> Say:
    return saying({"message": message, "retcode": retcode})


def event(name: str, content: object = None, at_ms: int = 1, receipt: str = "") -> Say:
    """A poll's answer."""
    made = {"eventType": name, "eventGenTime": at_ms, "workNo": "101", "content": content}
    said = {"message": "", "retcode": "0", "event": made}
    return saying(said, Event_Receipt=receipt) if receipt else saying(said)


signing_in = saying(SIGNED_IN, Set_GUID="JSESSIONID=g0.AgentGateway0")
done = saying({"message": "success", "retcode": "0"})


async def cutting(request: web.Request) -> web.StreamResponse:
    """Ends the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def holding(held: Awaitable[Any], then: Say) -> Say:
    """Answers late."""

    async def say(request: web.Request) -> web.StreamResponse:
        await held
        return await then(request)

    return say


@contextlib.asynccontextmanager
async def scripted(tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
    """A server on a free port of loopback."""
    made = Scripted(scheme="https" if tls else "http")
    application = web.Application(client_max_size=10_000_000)
    application.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()
