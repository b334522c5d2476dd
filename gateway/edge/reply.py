"""Replies as HTTP: the headers that every agent answer carries (design section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.payload import Payload

from gateway.wire import envelope, retcodes
from gateway.wire.errors import GatewayError, MethodNotAllowed, Unavailable

_ALWAYS = {"Content-Type": "application/json", "Cache-Control": "no-store", "Server": "AgentGateway"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is HTTP: encoded body (or a file), status, headers besides those of every answer."""

    body: bytes | Payload
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    retcode: str = retcodes.SUCCESS


def of_error(problem: GatewayError) -> Reply:
    """The one mapping from errors to answers."""
    headers: dict[str, str] = {}
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        headers["Retry-After"] = str(problem.retry_after_s)
    return Reply(envelope.error(problem), problem.status, headers, problem.retcode)


def to_response(reply: Reply, extra: Mapping[str, str]) -> web.Response:
    """The HTTP response; `extra` are headers of the connection's own concern (CORS)."""
    return web.Response(body=reply.body, status=reply.status, headers={**_ALWAYS, **reply.headers, **extra})
