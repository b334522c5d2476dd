"""A callback server: real HTTP or HTTPS, answers as the test tells it."""

import asyncio
import contextlib
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from tests.support.waiting import GENEROUS_S, until

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Pushed:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def event_types(self) -> list[str]:
        """Of either form."""
        events = self.json.get("eventList") or [self.json["event"]]
        return [event["eventType"] for event in events]


@dataclass
class Receiver:
    """Acknowledges, unless `answers` holds something else for the next request, or `otherwise` for all the others."""

    port: int = 0
    scheme: str = "http"
    got: list[Pushed] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    otherwise: Answer | None = None
    at_once: int = 0
    most_at_once: int = 0

    def url(self, path: str = "/events") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    @property
    def event_types(self) -> list[str]:
        """Of all that came, in order."""
        return [kind for pushed in self.got for kind in pushed.event_types]

    async def receives(self, count: int, within_s: float = GENEROUS_S) -> list[Pushed]:
        """Waits for so many requests in all."""
        await until(lambda: len(self.got) >= count, within_s)
        return self.got

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.got.append(Pushed(request.path_qs, request.headers.copy(), await request.read()))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            answer = self.answers.popleft() if self.answers else self.otherwise or acknowledging
            return await answer(request)
        finally:
            self.at_once -= 1


async def acknowledging(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"message": "success", "retcode": "0"})


def saying(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Answers this."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return answer


def holding(until_set: asyncio.Event) -> Answer:
    """Acknowledges late."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await until_set.wait()
        return await acknowledging(request)

    return answer


async def cutting(request: web.Request) -> web.StreamResponse:
    """Ends the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@contextlib.asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port of loopback."""
    receiver = Receiver(scheme="https" if tls else "http")
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Authority:
    """Makes certificates for receivers. `folder` holds its own, as eventpush.ssl.cert.file wants it."""

    folder: Path
    made: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.made.cert_pem.write_to_path(self.folder / "ca.pem")

    def context(self, name: str = "127.0.0.1") -> ssl.SSLContext:
        """TLS of a server with this name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.made.issue_cert(name).configure_cert(context)
        return context
