"""What comes on one connection, cut into requests: no I/O, no time.

The parser is aiohttp's, through its public face (`aiohttp.http.HttpRequestParser`). One is made for each message, and
fed to the end of the head and then the announced body: so what stands behind a good request cannot spoil it, nothing
that a parser keeps of one message (a trailer of a body in chunks) meets the next, and a connection that waits has none
in memory. Some that it takes are refused here.

The answers where there is none of the edge, to what is no request of ours above all, are here too.
"""

import asyncio
import re
from typing import Any, Final, cast

from aiohttp import hdrs
from aiohttp.http import HttpProcessingError, HttpRequestParser, HttpVersion10, HttpVersion11, RawRequestMessage
from aiohttp.http_exceptions import LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader

from gateway.ops.request_context import REQUEST_ID
from gateway.wire import envelope
from gateway.wire.errors import Malformed
from gateway.wire.headers import AGENT_JSON, of_answers
from gateway.wire.http import BrokenBody, Head, Request, Response, header_lines

_HEAD_END: Final = b"\r\n\r\n"
_LINE_ENDS: Final = b"\r\n"
_EMPTY_LINES: Final = (b"\r", b"\n")
_MAX_LINE_BYTES: Final = 8190
_MAX_HEADERS: Final = 100
_BODY_BUFFER_BYTES: Final = 65_536
_IN_CHUNKS: Final = -1
_ORIGIN: Final = re.compile(rb"\norigin:[ \t]*([!-~]+)[ \t]*(?=\r?\n)", re.IGNORECASE)
REMEMBERED_HEADS: Final = 4
REMEMBERED_BYTES: Final = 4096
"""Of the heads that a connection keeps, so as not to parse them again: what a desktop asks in turn, or cookies of a
page."""
BAD_REQUEST: Final = 400
HEAD_TOO_LARGE: Final = 431
NOT_IMPLEMENTED: Final = 501
VERSION_NOT_SUPPORTED: Final = 505
_LINES: Final = header_lines(of_answers(AGENT_JSON))
_REFUSALS: Final = {
    BAD_REQUEST: "not an HTTP message: check the request line and the headers",
    HEAD_TOO_LARGE: "the request line and each header: at most 8190 bytes",
    NOT_IMPLEMENTED: "Transfer-Encoding: only chunked is understood",
    VERSION_NOT_SUPPORTED: "HTTP version: only 1.1 and 1.0 are understood",
}
_BODIES: Final = {status: envelope.error(Malformed(told)) for status, told in _REFUSALS.items()}
_HALF_SENT: Final = envelope.error(Malformed("the request did not arrive whole in time"))


class NotServed(Exception):
    """What came is no request that this server takes; `status` is that of the answer.

    `origin`: of the page that asks, as far as what came tells it.
    """

    def __init__(self, status: int, origin: str | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.origin = origin


class Incoming:
    """Bytes in, heads and bodies out.

    `held`: what has come and was not fed yet. `head_begun`: a part of a head was fed. `payload`: the body of the newest
    request; it asks `connection` for `pause_reading`, `resume_reading` and `connected`. `body_left`: how many bytes of
    it are still to come (less than 0 where it tells that itself). `skipping`: nobody wants them.
    """

    __slots__ = (
        "_connection",
        "_loop",
        "_parser",
        "_remembered",
        "_seam",
        "body_left",
        "head_begun",
        "held",
        "payload",
        "skipping",
    )

    def __init__(self, connection: object, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connection
        self._loop = loop
        self._parser: HttpRequestParser | None = None
        self._seam = b""
        self._remembered: tuple[tuple[bytes, Head], ...] = ()
        self.held = b""
        self.head_begun = False
        self.payload: StreamReader = EMPTY_PAYLOAD
        self.body_left = 0
        self.skipping = False

    def _new_parser(self) -> HttpRequestParser:
        return HttpRequestParser(
            cast(Any, self._connection),
            self._loop,
            _BODY_BUFFER_BYTES,
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_LINE_BYTES,
            max_headers=_MAX_HEADERS,
            payload_exception=BrokenBody,
            auto_decompress=False,
        )

    @property
    def holds_a_head(self) -> bool:
        """Whether a whole head was not fed yet."""
        return _HEAD_END in self.held

    def take_head(self) -> Head | None:
        """Feeds a parser to the end of a head, and no further; None while that is not here.

        The body of a request comes next, as `payload`. The bytes of one of the last heads are that head again, where it
        had no body, and are not parsed anew. Raises NotServed for what is no request that this server takes.
        """
        data = self.held
        whole = not (self._seam or self.head_begun)
        if whole:
            for known, same in self._remembered:
                if data == known:
                    self.held = b""
                    return same
        data = self._cut_head(data, whole=whole)
        parser, self._parser = self._parser or self._new_parser(), None
        try:
            messages, _, _ = parser.feed_data(data)
        except HttpProcessingError as problem:
            status = HEAD_TOO_LARGE if isinstance(problem, LineTooLong) else BAD_REQUEST
            raise NotServed(status, _origin_in(data)) from problem
        if not messages:
            self.head_begun, self._parser = self.head_begun or bool(data.strip(_LINE_ENDS)), parser
            return None
        self.head_begun = False
        message, payload = messages[0]
        if message.version is not HttpVersion11 or hdrs.TRANSFER_ENCODING in message.headers:
            _refuse_unserved(message)
        head = Head(message)
        if payload is not EMPTY_PAYLOAD:
            self.payload, self._parser = payload, parser
            self.body_left = _IN_CHUNKS if message.chunked else _announced(message)
        elif whole and len(data) <= REMEMBERED_BYTES:  # The end of a head stands for no head.
            self._remember(data, head)
        return head

    def _cut_head(self, data: bytes, *, whole: bool) -> bytes:
        """What is to be fed of `data`, all that is held: to the end of the head, where that is here."""
        seam = self._seam
        if whole and data.startswith(_EMPTY_LINES):  # However many: cut one by one each would copy the others.
            data = data.lstrip(_LINE_ENDS)
        if not seam and 0 <= data.find(_HEAD_END) == len(data) - len(_HEAD_END):
            self.held = b""  # As nearly every request comes: its head at once, and nothing behind.
            return data
        end = (seam + data).find(_HEAD_END)
        if end < 0:
            self.held, self._seam = b"", (seam + data)[1 - len(_HEAD_END) :]
            return data
        cut = end + len(_HEAD_END) - len(seam)
        self.held, self._seam = data[cut:], b""
        return data[:cut]

    def _remember(self, data: bytes, head: Head) -> None:
        """The oldest make room."""
        kept, room = [(data, head)], REMEMBERED_BYTES - len(data)
        for known, former in self._remembered[: REMEMBERED_HEADS - 1]:
            room -= len(known)
            if room < 0:
                break
            kept.append((known, former))
        self._remembered = tuple(kept)

    def take_body(self) -> None:
        """Feeds the parser what is here of the body; one that is broken tells that to whoever reads it."""
        data, left, parser = self.held, self.body_left, self._parser
        if left == _IN_CHUNKS:
            self.held = b""
        else:
            data, self.held = data[:left], data[left:]
            self.body_left = left - len(data)
        if parser is None:  # It is skipped.
            self.skipping = bool(self.body_left)
            return
        try:
            parser.feed_data(data)
        except HttpProcessingError:  # Behind the end of a body in chunks it means nothing.
            self.held = b""
            if not self.payload.is_eof():
                self.payload.set_exception(BrokenBody("broken"))
        if self.payload.is_eof() or self.payload.exception() is not None:
            self.body_left = 0

    def go_on_behind(self) -> None:
        """The request is answered: what is left of its body is skipped, and the next head may come."""
        if self.payload is not EMPTY_PAYLOAD:
            self.skipping = bool(self.body_left)
            self.payload, self._parser = EMPTY_PAYLOAD, None

    def lose(self) -> None:
        """No more comes: whoever waits for a body is told."""
        if not self.payload.is_eof():
            self.payload.set_exception(BrokenBody("the client is gone"))


def _origin_in(data: bytes) -> str | None:
    """The one Origin in what came of a head that no parser takes."""
    found = _ORIGIN.findall(data)
    return found[0].decode("ascii") if len(found) == 1 else None


def _refuse_unserved(message: RawRequestMessage) -> None:
    """Raises NotServed where neither version nor framing can be served (RFC 9112, 2.3 and 6.1).

    A coding other than `chunked` would leave a body that nobody decodes, and a header that names none may be read
    otherwise by a proxy in front.
    """
    version, origin = message.version, message.headers.get(hdrs.ORIGIN)
    if version is not HttpVersion11 and version not in (HttpVersion11, HttpVersion10):
        raise NotServed(BAD_REQUEST if version < HttpVersion10 else VERSION_NOT_SUPPORTED, origin)
    if hdrs.TRANSFER_ENCODING not in message.headers:
        return
    named = [each.strip().lower() for each in message.headers[hdrs.TRANSFER_ENCODING].split(",")]
    codings = [each for each in named if each]
    if not message.chunked or not codings:
        raise NotServed(BAD_REQUEST, origin)
    if codings != ["chunked"]:
        raise NotServed(NOT_IMPLEMENTED, origin)


def _announced(message: RawRequestMessage) -> int:
    """Bytes of the body. Raises NotServed where nobody knows them: behind CONNECT comes what is no HTTP."""
    length = message.headers.get(hdrs.CONTENT_LENGTH)
    if length is None:
        raise NotServed(BAD_REQUEST)
    return int(length)


def body_is_withheld(request: Request) -> bool:
    """Whether the client asked leave for its body (`Expect: 100-continue`) and the body is not here.

    An answer that comes first takes the place of the leave: the client need not send that body any more, and what it
    sends next cannot be told from it (RFC 9110, 10.1.1).
    """
    return (
        request.body_exists
        and not request.content.is_eof()
        and request.headers.get(hdrs.EXPECT, "").lower() == "100-continue"
    )


def refusal(status: int = BAD_REQUEST, more: str = "") -> Response:
    """The answer to a message that is no HTTP, or none of ours; the last of its connection, as all these are.

    `more` are header lines for the page that asks, as in `unexpected`.
    """
    return Response(_BODIES[status], status, lines=_LINES + more)


def unexpected(request_id: str, more: str = "") -> Response:
    """503 for a crash of ours, with the id by which the log tells of it."""
    return Response(envelope.UNEXPECTED, 503, {REQUEST_ID: request_id}, lines=_LINES + more)


def half_sent() -> bytes:
    """400, status line and all, for a request that stopped in the middle."""
    return Response(_HALF_SENT, BAD_REQUEST, lines=_LINES).last_words()
