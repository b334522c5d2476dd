"""Answers that the listeners give themselves, for messages that never become a call."""

from email.utils import formatdate
from typing import Final

from aiohttp.web import Response

from gateway.wire import envelope
from gateway.wire.errors import Malformed

HEADERS: Final = {
    "Content-Type": envelope.CONTENT_TYPE,
    "Cache-Control": "no-store",
    "Server": "AgentGateway",
    "Connection": "close",
}
_NOT_HTTP: Final = envelope.error(Malformed("not an HTTP message: check the request line and the headers"))
_HALF_SENT: Final = envelope.error(Malformed("the request did not arrive whole in time"))


def not_http() -> Response:
    """400 for what the parser refuses."""
    return Response(status=400, body=_NOT_HTTP, headers=HEADERS)


def unexpected() -> Response:
    """503 for a crash of ours."""
    return Response(status=503, body=envelope.UNEXPECTED, headers=HEADERS)


def half_sent() -> bytes:
    """400, status line and all, for a request that stopped in the middle."""
    head = {**HEADERS, "Content-Length": str(len(_HALF_SENT)), "Date": formatdate(usegmt=True)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 400 Bad Request\r\n{lines}\r\n".encode() + _HALF_SENT
