"""One connection to the service behind: a request goes out as it is written, its answer comes back, then the next.

Answers are cut by aiohttp's parser, through its public face (`aiohttp.http.HttpResponseParser`). It is made when the
first bytes of an answer come and is let go of with the last: while a request waits there is a transport, a connection
and a future, and nothing else (docs/design/service_link.md).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, Final, Protocol

from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy

from gateway.wire.outbound import LINE_BYTES, MOST_HEADERS, head_words, read_content

BROKE: Final = "the connection broke"
LATE: Final = "no answer in time"
_BODY_BUFFER_BYTES: Final = 65_536
_LONG_BYTES: Final = 65_536
_FIRST_OF_ANSWERS: Final = 200
_SWITCHED: Final = 101
_NEVER_S: Final = float("inf")


class UnansweredError(Exception):
    """There is no answer, or not the whole of it; the text says why, in words for the log."""


class BrokenError(UnansweredError):
    """The connection ended before an answer began. Nobody knows whether the request was acted on."""


class Answer:
    """The head of an answer, and its body as it comes: it is to be read to its end, or released."""

    __slots__ = ("_body", "_connection", "headers", "status")

    def __init__(self, message: RawResponseMessage, body: StreamReader, connection: "ServiceConnection") -> None:
        self.status: int = message.code
        self.headers: CIMultiDictProxy[str] = message.headers
        self._body = body
        self._connection = connection

    async def read(self, most_bytes: int) -> bytes:
        """The whole body. Raises AnswerTooLongError, and UnansweredError where it does not come whole."""
        # So it is never paused: uvloop loses what TLS has read when a service closes meanwhile.
        self._body.set_read_chunk_size(most_bytes)
        return await read_content(self._body, most_bytes)

    def pieces(self, most_bytes: int) -> AsyncGenerator[bytes, None]:
        """The body, so many bytes at a time, no faster than they are taken. An end before its time raises."""
        return _Pieces(self, self._body.iter_chunked(most_bytes))

    def release(self) -> None:
        """Nobody reads on: what has not come is not waited for."""
        if not self._body.is_eof():
            self._connection.drop()


class _Pieces(AsyncGenerator[bytes, None]):
    """The body of an answer. To close it releases that, also where nobody has begun to read: what stands in the
    `finally` of a generator would not run then."""

    def __init__(self, answer: Answer, pieces: AsyncIterator[bytes]) -> None:
        self._answer = answer
        self._pieces = pieces

    async def asend(self, _value: None) -> bytes:
        try:
            return await anext(self._pieces)
        except BaseException:
            self._answer.release()
            raise

    async def athrow(self, problem: Any, *_others: Any) -> bytes:
        self._answer.release()
        raise problem

    async def aclose(self) -> None:
        self._answer.release()


def _words(problem: Exception) -> str:
    return head_words(problem.message if isinstance(problem, HttpProcessingError) else "")


class Pool(Protocol):
    """What a connection knows of `gateway.upstream.service_link.ServiceLink`."""

    def free(self, connection: "ServiceConnection") -> None:
        """It may serve another request."""

    def lost(self, connection: "ServiceConnection") -> None:
        """It is no more. May be told twice."""

    def watch(self, connection: "ServiceConnection") -> None:
        """It is to fail with LATE when its `until_s` has passed."""


class ServiceConnection(asyncio.Protocol):
    """`until_s`: when it is given up unless something comes before, in time of the event loop."""

    __slots__ = (
        "_answered",
        "_bodiless",
        "_body",
        "_last",
        "_long",
        "_loop",
        "_parser",
        "_paused",
        "_pool",
        "_silence_s",
        "_transport",
        "until_s",
    )

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[Answer] | None = None
        self._parser: HttpResponseParser | None = None
        self._body: StreamReader | None = None
        self._bodiless = self._last = self._long = self._paused = False
        self._silence_s = 0.0
        self.until_s = _NEVER_S

    def ask(self, request: bytes, silence_s: float) -> "asyncio.Future[Answer]":
        """Sends a request; nothing may be heard for so long.

        The future gets the answer when its head is here, or UnansweredError.
        """
        answered = self._answered = self._loop.create_future()
        self._bodiless, self._silence_s = request.startswith(b"HEAD "), silence_s
        self._heard()
        if self._transport is None:
            self._pool.lost(self)
            answered.set_exception(BrokenError(BROKE))
        else:
            # Under TLS nobody tells how much of a request still waits to be sent.
            self._long = len(request) > _LONG_BYTES and self._transport.get_extra_info("ssl_object") is not None
            self._transport.write(request)
        return answered

    def _heard(self) -> None:
        self.until_s = self._loop.time() + self._silence_s
        self._pool.watch(self)

    @property
    def connected(self) -> bool:
        """Whether the service is there."""
        return self._transport is not None

    @property
    def usable(self) -> bool:
        """Whether a request may be sent on it: not once the service has closed its side."""
        return self._transport is not None and not self._transport.is_closing()

    def drop(self) -> None:
        """Ends it at once."""
        transport, self._transport = self._transport, None
        if transport is not None:
            self._answered = self._body = self._parser = None
            self._pool.lost(self)
            transport.abort()

    def fail(self, problem: UnansweredError) -> None:
        """Ends it; this is told to whoever waits for an answer, or for the rest of one."""
        answered, body = self._answered, self._body
        self.drop()
        if body is not None:
            if not body.is_eof():
                body.set_exception(problem)
        elif answered is not None and not answered.done():
            answered.set_exception(problem)

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol. A body without a length ends so."""
        if self._transport is None:
            return
        if self._parser is None:
            self.fail(BrokenError(BROKE))
            return
        if exc is None and self._body is not None:
            with suppress(Exception):  # It says what is missing.
                self._parser.feed_eof()
        self.fail(UnansweredError(BROKE))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._answered is None or self._answered.cancelled():
            self.drop()  # Nobody asked, or nobody listens any more: it is not to be taken for another answer.
            return
        if not self._paused:
            self.until_s = self._loop.time() + self._silence_s
        parser = self._parser = self._parser or self._new_parser()
        try:
            messages, switched, _ = parser.feed_data(data)
        except Exception as problem:
            self.fail(UnansweredError(_words(problem) if self._body is None else BROKE))
            return
        for message, body in messages:
            if message.code >= _FIRST_OF_ANSWERS or message.code == _SWITCHED:
                self._begin(message, body, switched=switched)
        if self._body is not None and self._body.is_eof():
            self._end()

    def _new_parser(self) -> HttpResponseParser:
        connection: Any = self  # What the parser asks of it stands at the end of this class.
        return HttpResponseParser(
            connection,
            self._loop,
            _BODY_BUFFER_BYTES,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=MOST_HEADERS,
            response_with_body=not self._bodiless,
            read_until_eof=True,
            auto_decompress=False,
        )

    def _begin(self, message: RawResponseMessage, body: StreamReader, *, switched: bool) -> None:
        if self._body is not None or self._answered is None:
            self._last = True  # A second answer to one request: who knows what comes next.
            return
        self._last = message.should_close or switched or message.code == _SWITCHED
        self._body = body
        self._answered.set_result(Answer(message, body, self))

    def _end(self) -> None:
        transport = self._transport
        if self._last or self._long or not self.usable or transport is None or transport.get_write_buffer_size():
            self.drop()
            return
        self._answered = self._body = self._parser = None
        self._pool.free(self)

    # What a body asks of the connection that brings it (`aiohttp.streams.StreamReader`).

    def pause_reading(self) -> None:
        """No more for now. Whoever reads slowly does not make the service late."""
        if not self._paused and self._transport is not None:
            self._paused, self.until_s = True, _NEVER_S
            self._transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """There is room again."""
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
            self._heard()
