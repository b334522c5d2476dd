"""One HTTP request, its answer and its connection, as every room above the listeners sees them.

`gateway.listeners.connection.Connection` is the one connection; tests of other rooms may bring their own. See
docs/protocol.md, Answers; docs/design/connection.md.
"""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote

from aiohttp.http import HttpVersion, HttpVersion10, HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from multidict import CIMultiDictProxy

_WITHOUT_LENGTH: Final = frozenset({204, 304})
_OK: Final = 200
_OK_LINE: Final = "HTTP/1.1 200 OK\r\n"


class BrokenBody(Exception):
    """The body of a request does not come whole; whoever reads it is told by this."""


class Signal(Protocol):
    """Something that happens at most once, such as the end of a connection."""

    @property
    def is_set(self) -> bool:
        """Whether it has happened."""

    def on(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` when it happens, now if it has; call what is returned to forget the callback."""


class PeerConnection(Protocol):
    """One TCP connection, plain or TLS, as handlers see it."""

    @property
    def closed(self) -> Signal:
        """The peer is gone, or this side has cut the connection."""

    @property
    def silent(self) -> Signal:
        """The peer sends no more: it is gone, or closed its sending side and reads on. A parked poll ends at once."""

    @property
    def draining(self) -> Signal:
        """The server is going down: parked polls answer empty at once."""

    @property
    def remote(self) -> str:
        """The IP address of the peer, "" where it has none."""

    @property
    def current_answer(self) -> int:
        """Number of the answer to the request that is being handled now; the first on a connection is 1."""

    @property
    def tells_arrival(self) -> bool:
        """Whether the system tells here what the peer has acknowledged; otherwise `all_bytes_acknowledged` is False."""

    @property
    def asked_ahead(self) -> bool:
        """Whether some of the request that is being handled was here before the answer ahead of it was written.

        Then it says nothing of what the client has got.
        """

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        """The same as `closed.on(callback)`; the callback may still ask what has been acknowledged."""

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        """Whether the kernel of the peer has acknowledged every byte of the answers written so far.

        With `answer`: whether that one was written whole and acknowledged, even if a later request is being handled by
        now; it is the last `current_answer` that was read (of older ones less is remembered: then False as long as a
        byte of a later answer is under way). Without: False also while a request is being handled.

        False wherever it cannot be known. It may be asked at any time, also after the end of the connection.
        """

    def answer_is_lost(self, answer: int) -> bool:
        """Whether the connection has ended, and it is known that the peer has not got all of this answer.

        False wherever it cannot be known: while the kernel still delivers, where another answer was written behind it,
        and where `current_answer` was not read for it.
        """

    def close_after_answer(self) -> None:
        """Make the answer that is being prepared the last one of this connection (`Connection: close`)."""

    def write_now(self, data: bytes) -> None:
        """Send bytes outside of any answer (100 Continue), if the peer is there."""


class Head:
    """The head of a request. `raw_path` is the target as sent.

    A connection that brings the same bytes again, as one that polls does, has them parsed once: all of those requests
    have this head. `route` and `guid` are what the edge reads in it, None until it has: that does not change either.
    """

    __slots__ = ("guid", "headers", "keep_alive", "method", "raw_path", "route", "version")

    def __init__(self, message: RawRequestMessage) -> None:
        self.method: str = message.method
        self.raw_path: str = message.path
        self.headers: CIMultiDictProxy[str] = message.headers
        self.version: HttpVersion = message.version
        # Behind a body in chunks nothing follows: a trailer of it must not become a header of another request.
        self.keep_alive: bool = not (message.should_close or message.chunked)
        self.route: object | None = None
        self.guid: str | None = None


class Request:
    """A request whose head is here; `content` brings the body as it arrives.

    `body_exists`: whether a body is announced. `id` is for logs and the services behind, None until somebody asks for
    it (`ops.request_context`). `answer_by_s`: until when the task `answered_by`, in which the connection lets it be
    answered, may wait for the store on its behalf, a time of the event loop in s.
    """

    __slots__ = (
        "answer_by_s",
        "answered_by",
        "body_exists",
        "content",
        "head",
        "headers",
        "id",
        "keep_alive",
        "method",
        "peer",
        "raw_path",
        "version",
    )

    def __init__(self, head: Head, content: StreamReader, peer: PeerConnection) -> None:
        self.id: str | None = None
        self.answer_by_s = math.inf
        self.answered_by: asyncio.Task[Any] | None = None
        self.head = head
        self.method = head.method
        self.raw_path = head.raw_path
        self.headers = head.headers
        self.version = head.version
        self.keep_alive = head.keep_alive
        self.body_exists = content is not EMPTY_PAYLOAD
        self.content = content
        self.peer = peer

    @property
    def content_length(self) -> int | None:
        """What Content-Length announces, in bytes."""
        announced = self.headers.get("Content-Length")
        return None if announced is None else int(announced)

    @property
    def remote(self) -> str:
        """The IP address of the connection's other end, "" where it has none."""
        return self.peer.remote

    @property
    def path(self) -> str:
        """The path of the target, decoded."""
        target = self._target
        if not target.startswith("/"):
            target = "/" + target.partition("://")[2].partition("/")[2]
        return unquote(target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the target; the first one of a name counts."""
        pairs = parse_qsl(self._target.partition("?")[2], keep_blank_values=True)
        return dict(reversed(pairs))

    @property
    def _target(self) -> str:
        return self.raw_path.partition("#")[0]


def header_lines(headers: Mapping[str, str]) -> str:
    """The lines of some headers, each with its end. Raises ValueError for a header that would be more than its line."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if not lines.count("\r") == lines.count("\n") == len(headers) or "\0" in lines:
        raise ValueError("a header must be one line")
    return lines


class Response:
    """An answer that leaves in one piece. `lines` are headers as `header_lines` writes them, besides `headers`."""

    __slots__ = ("body", "lines", "status")

    def __init__(
        self, body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None, *, lines: str = ""
    ) -> None:
        self.body = body
        self.status = status
        self.lines = lines + header_lines(headers) if headers else lines

    def in_bytes(self, request: Request, *, keep_alive: bool) -> bytes:
        """The whole answer to `request`."""
        if keep_alive and request.version is HttpVersion11 and self.status == _OK and request.method != "HEAD":
            return _usual_head(int(time.time()), self.lines, len(self.body)) + self.body
        length = "" if self.status in _WITHOUT_LENGTH else f"Content-Length: {len(self.body)}\r\n"
        old = request.version == HttpVersion10
        head = _head(self.status, f"{self.lines}{length}", old=old, keep_alive=keep_alive)
        return head if request.method == "HEAD" else head + self.body

    def last_words(self) -> bytes:
        """The whole answer to what is no request: the last one of its connection."""
        lines = f"{self.lines}Content-Length: {len(self.body)}\r\n"
        return _head(self.status, lines, old=False, keep_alive=False) + self.body


class StreamedResponse:
    """An answer whose body comes in pieces, such as a file that is passed on.

    Where `headers` have no Content-Length it goes out in chunks, to an HTTP/1.0 client up to the end of the connection.
    """

    __slots__ = ("_lines", "_told_length", "pieces", "status")

    def __init__(
        self, pieces: AsyncGenerator[bytes, None], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.pieces = pieces
        self.status = status
        self._lines = header_lines(headers or {})
        self._told_length = any(name.lower() == "content-length" for name in headers or {})

    def ends_by_closing(self, request: Request) -> bool:
        """Whether only the end of the connection tells where the body ends."""
        return not self._told_length and request.version == HttpVersion10

    async def on_the_wire(self, request: Request, *, keep_alive: bool) -> AsyncGenerator[bytes, None]:
        """The answer to `request`, piece by piece; the body is let go of in the end."""
        old = request.version == HttpVersion10
        in_chunks = not (self._told_length or old)
        coding = "Transfer-Encoding: chunked\r\n" if in_chunks else ""
        async with aclosing(self.pieces) as pieces:
            yield _head(self.status, f"{self._lines}{coding}", old=old, keep_alive=keep_alive)
            if request.method == "HEAD":
                return
            async for piece in pieces:
                if piece:
                    yield b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece
            if in_chunks:
                yield b"0\r\n\r\n"


AnyResponse = Response | StreamedResponse
"""What handlers of requests return."""


class NoAnswerError(Exception):
    """A handler returned something that is no answer."""


def must_be_streamed(answer: object) -> None:
    """Raises NoAnswerError for what is no StreamedResponse."""
    if not isinstance(answer, StreamedResponse):
        raise NoAnswerError


def _head(status: int, lines: str, *, old: bool, keep_alive: bool) -> bytes:
    """Status line, `lines`, Date and Connection; `old` for HTTP/1.0."""
    connection = ""
    if old == keep_alive:
        connection = "Connection: keep-alive\r\n" if old else "Connection: close\r\n"
    return f"{_status_line(old, status)}{lines}Date: {_date(int(time.time()))}\r\n{connection}\r\n".encode()


@lru_cache(256)
def _usual_head(second: int, lines: str, length: int) -> bytes:
    """That of most answers: within a second many are alike."""
    return f"{_OK_LINE}{lines}Content-Length: {length}\r\nDate: {_date(second)}\r\n\r\n".encode()


@lru_cache(128)
def _status_line(old: bool, status: int) -> str:
    return f"HTTP/1.{0 if old else 1} {status} {HTTPStatus(status).phrase}\r\n"


@lru_cache(1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
