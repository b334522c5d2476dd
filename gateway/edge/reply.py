"""Replies as HTTP: the headers that every agent answer carries (design section 4)."""

from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import quote

from gateway.wire import envelope, retcodes
from gateway.wire.errors import GatewayError, MethodNotAllowed, Unavailable
from gateway.wire.http import AnyResponse, Response, StreamedResponse, header_lines

_ALWAYS: Final = {"Content-Type": envelope.CONTENT_TYPE, "Cache-Control": "no-store", "Server": "AgentGateway"}
_ALWAYS_LINES: Final = header_lines(_ALWAYS)
_OCTETS: Final = "application/octet-stream"
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Reply(NamedTuple):
    """An answer before it is HTTP: encoded body (or a file), status, headers besides those of every answer."""

    body: bytes | AsyncGenerator[bytes, None]
    status: int = 200
    headers: Mapping[str, str] = _NONE
    retcode: str = retcodes.SUCCESS


def of_error(problem: GatewayError) -> Reply:
    """The one mapping from errors to answers."""
    headers: dict[str, str] = {}
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        headers["Retry-After"] = str(problem.retry_after_s)
    return Reply(envelope.error(problem), problem.status, headers, problem.retcode)


def of_file(name: str, data: bytes) -> Reply:
    """A file, to be saved under this name: no browser may take it for a page of ours."""
    as_name = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Type": _OCTETS, "Content-Disposition": as_name, "X-Content-Type-Options": "nosniff"}
    return Reply(data, headers=headers)


def to_response(reply: Reply, extra: Mapping[str, str]) -> AnyResponse:
    """The HTTP response; `extra` are headers of the connection's own concern (CORS)."""
    if isinstance(reply.body, bytes) and "Content-Type" not in reply.headers:
        more = header_lines({**reply.headers, **extra}) if reply.headers or extra else ""
        return Response(reply.body, reply.status, lines=_ALWAYS_LINES + more)
    headers = {**_ALWAYS, "Content-Type": _OCTETS, **reply.headers, **extra}
    if isinstance(reply.body, bytes):
        return Response(reply.body, reply.status, headers)
    return StreamedResponse(reply.body, reply.status, headers)
