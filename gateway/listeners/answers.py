"""Answers that the listeners give themselves, for messages that never become a call."""

from email.utils import formatdate
from typing import Final

from aiohttp.web import Response

from gateway.listeners.framing import BAD_REQUEST, NOT_IMPLEMENTED, VERSION_NOT_SUPPORTED
from gateway.wire import envelope
from gateway.wire.errors import Malformed

HEADERS: Final = {
    "Content-Type": envelope.CONTENT_TYPE,
    "Cache-Control": "no-store",
    "Server": "AgentGateway",
    "Connection": "close",
}
_REFUSALS: Final = {
    BAD_REQUEST: "not an HTTP message: check the request line and the headers",
    NOT_IMPLEMENTED: "Transfer-Encoding: only chunked is understood",
    VERSION_NOT_SUPPORTED: "HTTP version: only 1.1 and 1.0 are understood",
}
_BODIES: Final = {status: envelope.error(Malformed(told)) for status, told in _REFUSALS.items()}
_HALF_SENT: Final = envelope.error(Malformed("the request did not arrive whole in time"))


def refuses(status: int) -> bool:
    """Whether this status says that a message is no HTTP, or none of ours."""
    return status in _BODIES


def refusal(status: int) -> Response:
    """The answer to such a message."""
    return Response(status=status, body=_BODIES[status], headers=HEADERS)


def unexpected() -> Response:
    """503 for a crash of ours."""
    return Response(status=503, body=envelope.UNEXPECTED, headers=HEADERS)


def half_sent() -> bytes:
    """400, status line and all, for a request that stopped in the middle."""
    head = {**HEADERS, "Content-Length": str(len(_HALF_SENT)), "Date": formatdate(usegmt=True)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 400 Bad Request\r\n{lines}\r\n".encode() + _HALF_SENT
