"""One connection to the service behind: a request goes out as it is written, its answer comes back, then the next.

What comes is cut by an AnswerParser. It is made when the first bytes of an answer come and is let go of with the last:
while a request waits there is a transport, a connection and a future, and nothing else (docs/design/service_link.md).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, Final, Protocol

from aiohttp.http import HttpProcessingError, RawResponseMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy

from gateway.settings.operating_system import stands_unread, unacknowledged
from gateway.upstream.answer_parser import AnswerParser
from gateway.wire.outbound import head_words, read_content

BROKE: Final = "the connection broke"
LATE: Final = "no answer in time"
NOT_ASKED: Final = "an answer came that nobody had asked for"
_LONG_BYTES: Final = 65_536
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
        self._body.set_read_chunk_size(most_bytes)  # All of it is wanted: no pauses.
        return await read_content(self._body, most_bytes)

    def pieces(self, most_bytes: int) -> AsyncGenerator[bytes, None]:
        """The body, so many bytes at a time, no faster than they are taken. An end before its time raises.

        It has no limit as a whole from now on: nothing may be heard for as long as the answer might take.
        """
        if not self._body.is_eof():
            self._connection.stream()
        return _Pieces(self, self._body.iter_chunked(most_bytes))

    def disown(self) -> None:
        """It is the answer to another request: nothing else is taken from its connection, whoever waits for it now."""
        self._connection.fail(BrokenError(NOT_ASKED))

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
        "_asked_bytes",
        "_bodiless",
        "_descriptor",
        "_incoming",
        "_long",
        "_loop",
        "_paused",
        "_pool",
        "_served",
        "_silence_s",
        "_streams",
        "_transport",
        "until_s",
    )

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._descriptor = -1
        self._answered: asyncio.Future[Answer] | None = None
        self._incoming: AnswerParser | None = None
        self._bodiless = self._long = self._paused = self._served = self._streams = False
        self._asked_bytes = 0
        self._silence_s = 0.0
        self.until_s = _NEVER_S

    def ask(self, request: bytes, answer_s: float, by_s: float = _NEVER_S) -> "asyncio.Future[Answer]":
        """Sends a request; the whole answer may take so long, and no longer than to `by_s`, in time of the event loop.

        The future gets the answer when its head is here, or UnansweredError.
        """
        answered = self._answered = self._loop.create_future()
        self._bodiless, self._silence_s, self._streams = request.startswith(b"HEAD "), answer_s, False
        self.until_s = min(self._loop.time() + answer_s, by_s)
        self._pool.watch(self)
        if self._transport is None:
            self._pool.lost(self)
            answered.set_exception(BrokenError(BROKE))
        else:
            self._asked_bytes = len(request)
            # Under TLS nobody tells how much of a request still waits to be sent.
            self._long = len(request) > _LONG_BYTES and self._transport.get_extra_info("ssl_object") is not None
            self._transport.write(request)
        return answered

    @property
    def connected(self) -> bool:
        """Whether the service is there."""
        return self._transport is not None

    @property
    def usable(self) -> bool:
        """Whether a request may be sent on it: not once the service has closed its side."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def quiet(self) -> bool:
        """Whether it is usable, and nothing has come that nobody asked for. Asks the kernel."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and not stands_unread(self._descriptor)

    def drop(self) -> None:
        """Ends it at once."""
        transport, self._transport = self._transport, None
        if transport is not None:
            self._answered = self._incoming = None
            self._pool.lost(self)
            transport.abort()

    def fail(self, problem: UnansweredError) -> None:
        """Ends it; this is told to whoever waits for an answer, or for the rest of one."""
        answered, incoming = self._answered, self._incoming
        body = incoming.body if incoming is not None else None
        self.drop()
        if body is not None:
            if not body.is_eof():
                body.set_exception(problem)
        elif answered is not None and not answered.done():
            answered.set_exception(problem)

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol."""
        self._transport = transport
        self._descriptor = transport.get_extra_info("socket").fileno()
        if transport.get_extra_info("ssl_object") is not None:
            # While reading is paused nothing is taken from the kernel then, the end neither: uvloop would drop what it
            # holds of the bytes before that.
            transport.set_read_buffer_limits(high=1, low=0)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol. A body without a length ends so."""
        incoming = self._incoming
        if self._transport is None:
            return
        if incoming is None:
            self.fail(BrokenError(BROKE))
            return
        if exc is None and incoming.body is not None:
            with suppress(Exception):  # It says what is missing.
                incoming.feed_eof()
        self.fail(UnansweredError(BROKE))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        answered, incoming = self._answered, self._incoming
        if answered is None or answered.cancelled():
            self.drop()  # Nobody asked, or nobody listens any more: it is not to be taken for another answer.
            return
        if incoming is None:
            if self._served and self._too_early():
                self.fail(BrokenError(NOT_ASKED))
                return
            incoming = self._incoming = AnswerParser(self, self._loop, bodiless=self._bodiless)
        if self._streams and not self._paused:
            self.until_s = self._loop.time() + self._silence_s
        begun, problem = incoming.body is not None, None
        try:
            incoming.feed(data)
        except Exception as found:
            problem = UnansweredError(BROKE if incoming.body is not None else _words(found))
        body = incoming.body
        if body is not None and not begun and incoming.message is not None:
            answered.set_result(Answer(incoming.message, body, self))
        if problem is not None:
            self.fail(problem)
        elif body is not None and body.is_eof():
            self._end(last=incoming.last)

    def _too_early(self) -> bool:
        """Whether what comes cannot be the answer: nothing of the request has reached the service's kernel."""
        transport = self._transport
        waiting = 0 if transport is None else transport.get_write_buffer_size()
        return waiting + (unacknowledged(self._descriptor) or 0) >= self._asked_bytes

    def _end(self, *, last: bool) -> None:
        transport = self._transport
        if last or self._long or not self.usable or transport is None or transport.get_write_buffer_size():
            self.drop()
            return
        self._answered = self._incoming = None
        self._served, self._streams = True, False
        self._pool.free(self)

    def stream(self) -> None:
        """Its answer is taken piece by piece: it may come for as long as it comes."""
        self._streams = True
        self._heard()

    def _heard(self) -> None:
        if self._streams:
            self.until_s = _NEVER_S if self._paused else self._loop.time() + self._silence_s
            self._pool.watch(self)

    # What a body asks of the connection that brings it (`aiohttp.streams.StreamReader`).

    def pause_reading(self) -> None:
        """No more for now. Whoever reads slowly does not make the service late."""
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
            self._heard()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """There is room again."""
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
            self._heard()
