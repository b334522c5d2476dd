"""Answers that the listeners give themselves, for messages that never become a call."""

from typing import Final

from gateway.listeners.incoming import BAD_REQUEST, HEAD_TOO_LARGE, NOT_IMPLEMENTED, VERSION_NOT_SUPPORTED
from gateway.wire import envelope
from gateway.wire.errors import Malformed
from gateway.wire.http import Response, header_lines
from gateway.wire.standing_headers import AGENT_JSON, of_answers

_LINES: Final = header_lines(of_answers(AGENT_JSON))
_REFUSALS: Final = {
    BAD_REQUEST: "not an HTTP message: check the request line and the headers",
    HEAD_TOO_LARGE: "the request line and each header: at most 8190 bytes",
    NOT_IMPLEMENTED: "Transfer-Encoding: only chunked is understood",
    VERSION_NOT_SUPPORTED: "HTTP version: only 1.1 and 1.0 are understood",
}
_BODIES: Final = {status: envelope.error(Malformed(told)) for status, told in _REFUSALS.items()}
_HALF_SENT: Final = envelope.error(Malformed("the request did not arrive whole in time"))


def refusal(status: int) -> Response:
    """The answer to a message that is no HTTP, or none of ours; the last of its connection, as all these are."""
    return Response(_BODIES[status], status, lines=_LINES)


def unexpected() -> Response:
    """503 for a crash of ours."""
    return Response(envelope.UNEXPECTED, 503, lines=_LINES)


def half_sent() -> bytes:
    """400, status line and all, for a request that stopped in the middle."""
    return Response(_HALF_SENT, BAD_REQUEST, lines=_LINES).last_words()
