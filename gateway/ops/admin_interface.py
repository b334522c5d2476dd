"""The admin listener: its socket, its guard, and a table of routes.

Whoever has pages adds routes: `AdminRoute("POST", "/sim/calls", answer)`. What a route answers goes out as JSON, an
`AdminPage` as it is; a GatewayError that it raises becomes its status and `{"error":...}`, with 409 for a business
refusal.
"""

import asyncio
import codecs
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from aiohttp import web
from multidict import CIMultiDictProxy
from pydantic_core import to_json

from gateway.ops import audit, metrics
from gateway.ops.admin_tokens import Actor, AdminTokens
from gateway.ops.logs import crash_line
from gateway.wire.errors import GatewayError, Malformed, MethodNotAllowed, NotFound, TooLarge, Unavailable
from gateway.wire.forwarding import FORWARDING_HEADERS
from gateway.wire.standing_headers import JSON, NOT_SNIFFED, of_answers

_HOST: Final = re.compile(r"(localhost\.?|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_SCHEME: Final = "bearer "
BODY_MAX_BYTES: Final = 65_536
BODY_TIMEOUT_MS: Final = 10_000
PLAYED: Final = "/sim/"
"""What simulated customers do is no action of an administrator."""
_REFUSED: Final = 409
HEADERS: Final = {**of_answers(JSON), **NOT_SNIFFED}
"""Of every answer in JSON."""
_NO_PAGE: Final = NotFound("there is no such page")
_TOO_LONG: Final = TooLarge(f"body: more than {BODY_MAX_BYTES} bytes")
_LATE: Final = Malformed("body: not here in time; send all that Content-Length announces")
_SILENT: Final = logging.getLogger("gateway.ops.admin_interface.http")
"""What the library says of broken requests holds parts of them."""
_SILENT.disabled = True
_NO_HTTP: Final = Malformed("not an HTTP message: check the request line and the headers")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and the status that says so."""

    status: int
    reason: str
    error: str
    headers: Mapping[str, str] = field(default_factory=dict)


_FORWARDED: Final = Refusal(403, "forwarded", "not through a proxy: call this listener from its own machine")
_FOREIGN_HOST: Final = Refusal(403, "host", "the Host header must name localhost, 127.0.0.1 or [::1]")
_ROLE: Final = Refusal(403, "role", "the role of this token is read: changes need a token of role admin")
LOOKING: Final = frozenset({"GET", "HEAD"})
_NO_TOKEN: Final = Refusal(
    401,
    "token",
    "needs the header Authorization: Bearer with the token of ADMIN_TOKEN_FILE",
    {"WWW-Authenticate": "Bearer"},
)


class AdminGuard:
    """Lets in who is on this machine and holds one of `tokens`, and to change things whose role says so.

    The listener is bound to loopback; three more things keep others out. A page in a browser of this machine that
    reaches it under a name of its own is stopped by the Host header; a proxy put in front by mistake by its forwarding
    headers; everybody else by the token, which also says who asks and whether he may change anything. The port in Host
    is not compared, so that a forwarded port (ssh -L) works. No answer gives leave to other origins.
    """

    def __init__(self, tokens: AdminTokens) -> None:
        self._tokens = tokens

    def admitted(self, method: str, headers: CIMultiDictProxy[str], address: str) -> Actor | Refusal:
        """Who asks, or why this request must not be answered: then it is counted by reason, and audited."""
        found = self._admitted(method, headers)
        if isinstance(found, Refusal):
            metrics.ADMIN_REFUSED.labels(found.reason).inc()
            audit.record("admin-refused", reason=found.reason, address=address)
        return found

    def _admitted(self, method: str, headers: CIMultiDictProxy[str]) -> Actor | Refusal:
        if any(name in headers for name in FORWARDING_HEADERS):
            return _FORWARDED
        hosts = headers.getall("Host", ())
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return _FOREIGN_HOST
        actor = self._holder(headers.getall("Authorization", ()))
        if actor is None:
            return _NO_TOKEN
        return actor if actor.may_change or method in LOOKING else _ROLE

    def _holder(self, values: Sequence[str]) -> Actor | None:
        if len(values) != 1 or values[0][: len(_SCHEME)].lower() != _SCHEME:
            return None
        return self._tokens.holder(values[0][len(_SCHEME) :].strip().encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One request: the `{names}` of its path, its query, its body as it came."""

    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class AdminPage:
    """An answer that is not JSON."""

    body: bytes
    content_type: str


Answer = Callable[[AdminCall], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One page. `path` may hold `{names}`, each for one part of the path."""

    method: str
    path: str
    answer: Answer


def application(tokens: AdminTokens, routes: Iterable[AdminRoute]) -> web.Application:
    """The pages for whoever holds one of `tokens`."""
    guard = AdminGuard(tokens)

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        admitted = guard.admitted(request.method, request.headers, request.remote or "")
        if isinstance(admitted, Refusal):
            refused = _json({"error": admitted.error}, admitted.status, admitted.headers)
            refused.force_close()
            return refused
        audit.ACTOR.set(admitted.name)
        answer = await _answered(request, handler)
        if request.method not in LOOKING and not request.path.startswith(PLAYED):
            audit.record("admin-action", request=f"{request.method} {request.path}", status=answer.status)
        return answer

    made = web.Application(middlewares=[guarded], client_max_size=BODY_MAX_BYTES)
    for route in routes:
        made.router.add_route(route.method, route.path, partial(_page, route))
    return made


async def _page(route: AdminRoute, request: web.Request) -> web.StreamResponse:
    try:
        async with asyncio.timeout(BODY_TIMEOUT_MS / 1000):
            body = (await request.read()).removeprefix(codecs.BOM_UTF8)
    except TimeoutError:
        raise _LATE from None
    query = {name: request.query[name] for name in request.query}
    answer = await route.answer(AdminCall(dict(request.match_info), query, body))
    if isinstance(answer, AdminPage):
        return web.Response(body=answer.body, headers={**HEADERS, "Content-Type": answer.content_type})
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
    """Answers what is no HTTP as everything is answered here: the library would repeat it, and tell its version."""

    __slots__ = ()

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more: what it had sent whole is answered, then the connection ends (TLS cannot)."""
        waits = self._waiter is not None and not self._waiter.done()
        if waits or self.transport is None or not self.transport.can_write_eof():
            return False
        self.close()
        return True

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
        self._accepting: asyncio.Server | None = None

    async def open(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Accepts on a bound socket, which is taken over, with TLS where there is `tls`; `url` is its address then."""
        host, port = listening.getsockname()[:2]
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        await self._runner.setup()
        self._accepting = await asyncio.get_running_loop().create_server(self._connection, sock=listening, ssl=tls)

    def _connection(self) -> _Connection:
        assert self._runner.server is not None  # noqa: S101 - it is set up
        return _Connection(self._runner.server, loop=asyncio.get_running_loop(), access_log=_SILENT, logger=_SILENT)

    async def drain(self, time_ms: int) -> None:
        """Accepts no more, lets calls finish for up to `time_ms` and cuts the rest."""
        if self._accepting is not None:
            self._accepting.close()
        server = self._runner.server
        if server is not None:
            server.pre_shutdown()
            await server.shutdown(time_ms / 1000)
        await self._runner.cleanup()
