"""The admin listener: its socket, its guard, and a table of routes."""

import asyncio
import codecs
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Protocol

from aiohttp import web
from pydantic_core import to_json

from gateway.admin.admin_tokens import AdminTokens
from gateway.admin.console_sessions import ConsoleSessions
from gateway.admin.guard import AdminGuard, Asked, Refusal
from gateway.admin.route import AdminCall, AdminPage, AdminRoute
from gateway.audit import trail
from gateway.ops.logs import crash_line
from gateway.wire.errors import GatewayError, Malformed, MethodNotAllowed, NotFound, TooLarge, Unavailable
from gateway.wire.headers import JSON, NOT_SNIFFED, of_answers

BODY_MAX_BYTES: Final = 65_536
BODY_TIMEOUT_MS: Final = 10_000
HANDSHAKE_S: Final = 10.0
IDLE_S: Final = 75.0
"""For how long a connection is kept that brings no request: none ever, no further one, or never the rest of a head."""
ANSWERED_S: Final = 0.05
"""How often it is looked, once a client sends no more, whether all is answered."""
NO_ACTIONS: Final = ("/sim/", "/console/")
"""What simulated customers do is no action of an administrator, and the console tells of its sign-ins itself."""
_REFUSED: Final = 409
HEADERS: Final = {**of_answers(JSON), **NOT_SNIFFED}
"""Of every answer in JSON."""
_NO_PAGE: Final = NotFound("there is no such page")
_TOO_LONG: Final = TooLarge(f"body: more than {BODY_MAX_BYTES} bytes")
_LATE: Final = Malformed("body: not here in time; send all that Content-Length announces")
_SILENT: Final = logging.getLogger("gateway.admin.listener.http")
"""What the library says of broken requests holds parts of them."""
_SILENT.disabled = True
_NO_HTTP: Final = Malformed("not an HTTP message: check the request line and the headers")

_ASKED: Final = web.RequestKey("asked", Asked)

_LOG = logging.getLogger(__name__)

Begin = Callable[[socket.socket, str, Callable[[], None]], Coroutine[Any, Any, None]]
"""Begins a connection: its socket, the address of its peer, and what to call when it has ended."""


class Door(Protocol):
    """Takes connections from a listening socket."""

    def stop(self) -> None:
        """Takes no more; the socket stays open."""


def application(
    tokens: AdminTokens,
    routes: Iterable[AdminRoute],
    sessions: ConsoleSessions | None = None,
    hosts: Iterable[str] = (),
) -> web.Application:
    """The pages for whoever holds one of `tokens`, or one of `sessions`; `hosts` are further names of this listener."""
    guard = AdminGuard(tokens, sessions or ConsoleSessions(tokens), hosts)
    pages: dict[web.AbstractRoute, AdminRoute] = {}

    def asked(request: web.Request) -> Asked:
        page = pages.get(request.match_info.route)
        rights = (page.open, page.admin_only) if page else (False, False)
        return Asked(request.method, request.headers, request.remote or "", request.secure, *rights)

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        with _under_way(request):
            return await let_in(request, handler)

    async def let_in(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        request[_ASKED] = asked(request)
        admitted = guard.admitted(request[_ASKED])
        if isinstance(admitted, Refusal):
            refused = _json({"error": admitted.error}, admitted.status, admitted.headers)
            refused.force_close()
            return refused
        trail.ACTOR.set(admitted.name)
        answer = await _answered(request, handler)
        if request[_ASKED].changes and not request.path.startswith(NO_ACTIONS):
            trail.record("admin-action", request=f"{request.method} {request.path}", status=answer.status)
        return answer

    made = web.Application(middlewares=[guarded], client_max_size=BODY_MAX_BYTES)
    for page in routes:
        pages[made.router.add_route(page.method, page.path, partial(_page, page))] = page
    return made


@contextmanager
def _under_way(request: web.Request) -> Iterator[None]:
    connection = request.protocol
    if not isinstance(connection, _Connection):
        yield
        return
    connection.under_way += 1
    try:
        yield
    finally:
        connection.under_way -= 1


async def _page(route: AdminRoute, request: web.Request) -> web.StreamResponse:
    try:
        async with asyncio.timeout(BODY_TIMEOUT_MS / 1000):
            body = (await request.read()).removeprefix(codecs.BOM_UTF8)
    except TimeoutError:
        raise _LATE from None
    query = {name: request.query[name] for name in request.query}
    answer = await route.answer(AdminCall(dict(request.match_info), query, body, request[_ASKED]))
    if isinstance(answer, AdminPage):
        headers = {**HEADERS, "Content-Type": answer.content_type, **answer.headers}
        return web.Response(body=answer.body, headers=headers)
    return _json(answer)


async def _answered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Every failure is a status and a text."""
    try:
        return await handler(request)
    except GatewayError as problem:
        return _problem(problem)
    except web.HTTPMethodNotAllowed as problem:
        return _problem(MethodNotAllowed(tuple(sorted(problem.allowed_methods))))
    except web.HTTPRequestEntityTooLarge:
        return _problem(_TOO_LONG)
    except web.HTTPException:
        return _problem(_NO_PAGE)
    except Exception as problem:
        _LOG.error("unexpected error: %s", crash_line(problem))
        return _problem(Unavailable("internal error: see the log"))


def error_of(problem: GatewayError) -> bytes:
    """The body that tells it."""
    return to_json({"error": problem.message})


def _problem(problem: GatewayError) -> web.Response:
    extra: dict[str, str] = {}
    if isinstance(problem, MethodNotAllowed):
        extra["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        extra["Retry-After"] = str(problem.retry_after_s)
    status = problem.status if problem.status != 200 else _REFUSED
    return _json({"error": problem.message}, status, extra)


def _json(value: object, status: int = 200, extra: Mapping[str, str] | None = None) -> web.Response:
    headers = {**HEADERS, **(extra or {})}
    return web.Response(body=to_json(value, by_alias=True), status=status, headers=headers)


class _Connection(web.RequestHandler):
    """Answers what is no HTTP as everything is answered here: the library would repeat it, and tell its version.

    `leave` is called when the connection has ended. `under_way`: how many of its requests are being answered.
    """

    __slots__ = ("_leave", "under_way")

    def __init__(self, manager: web.Server, leave: Callable[[], None]) -> None:
        super().__init__(
            manager,
            loop=asyncio.get_running_loop(),
            access_log=_SILENT,
            logger=_SILENT,
            keepalive_timeout=IDLE_S,
        )
        self._leave = leave
        self.under_way = 0

    def connection_lost(self, exc: BaseException | None) -> None:
        """See asyncio.Protocol."""
        super().connection_lost(exc)
        self._leave()

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more: what it had sent whole is answered, then the connection ends (TLS cannot)."""
        if self.transport is None or not self.transport.can_write_eof():
            return False
        self._end_soon()
        return True

    def _end_soon(self) -> None:
        asyncio.get_running_loop().call_later(ANSWERED_S, self._end)

    def _end(self) -> None:
        if self.under_way:
            self._end_soon()
        elif self.transport is not None:
            self.transport.close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The last answer of a connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of an answer is out already")
        answer = web.Response(body=error_of(_NO_HTTP), status=status, headers=HEADERS)
        answer.force_close()
        return answer


class AdminListener:
    """Serves an application until it is drained."""

    def __init__(self, application: web.Application) -> None:
        self.url = ""
        self._runner = web.AppRunner(application)
        self._listening: socket.socket | None = None
        self._door: Door | None = None

    async def open(
        self,
        listening: socket.socket,
        accepting: Callable[[socket.socket, Begin], Door],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Accepts on a bound socket, which is taken over, over TLS where given; `url` is its address then.

        `accepting` takes the connections from it, within limits of its own, and begins each.
        """
        host, port = listening.getsockname()[:2]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
        await self._runner.setup()
        loop, limit_s = asyncio.get_running_loop(), HANDSHAKE_S if tls else None
        server = self._runner.server
        assert server is not None  # noqa: S101 - it is set up

        async def begin(link: socket.socket, _address: str, leave: Callable[[], None]) -> None:
            try:
                await loop.connect_accepted_socket(
                    lambda: _Connection(server, leave), link, ssl=tls, ssl_handshake_timeout=limit_s
                )
            except BaseException as problem:
                leave()
                if not isinstance(problem, OSError):  # A handshake that fails, or a client that is gone already.
                    raise

        self._listening, self._door = listening, accepting(listening, begin)

    async def drain(self, time_ms: int) -> None:
        """Accepts no more, lets calls finish for up to `time_ms` and cuts the rest."""
        if self._door is not None and self._listening is not None:
            self._door.stop()
            self._listening.close()
        server = self._runner.server
        if server is not None:
            server.pre_shutdown()
            await server.shutdown(time_ms / 1000)
        await self._runner.cleanup()
