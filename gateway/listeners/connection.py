"""One client connection on aiohttp's low-level server: parser errors, deadlines, crashes, and what the peer has got.

Read beside `aiohttp.web_protocol`.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp.http import RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web import BaseRequest, HTTPException, RequestPayloadError, StreamResponse

from gateway.listeners import answers
from gateway.listeners.conversation import Conversation
from gateway.listeners.framing import BAD_REQUEST, body_is_withheld
from gateway.listeners.probe import TELLS_ARRIVAL, ProbedSocket, SocketReceipt, probe_of
from gateway.listeners.signals import Once
from gateway.ops.crashes import crash_line
from gateway.wire.whole_response import WholeResponse

if TYPE_CHECKING:
    from gateway.listeners.server import ConnectionServer

_log = logging.getLogger(__name__)
_LINE_ENDS = b"\r\n"


class NoAnswerError(Exception):
    """A handler returned something that is no answer."""


class Connection(Conversation):
    """Implements `gateway.wire.connection.PeerConnection`.

    A request whose head is not whole within the server's `head_timeout_ms` is refused; a connection that brings no byte
    in that time is closed without a word. After the last answer of a connection (errors, `Connection: close`, drain)
    only the sending side is closed at first: what the client still sends is dropped for up to `linger_ms`, because
    closing at once would reset the connection and could take the answer away from the client.
    """

    __slots__ = (
        "_broken",
        "_head_begun",
        "_head_timer",
        "_heard_out",
        "_last",
        "_payload",
        "_probe",
        "_receipt",
        "_running",
        "_server",
        "_written",
        "attachment",
        "closed",
        "draining",
    )

    def __init__(self, server: "ConnectionServer", **options: Any) -> None:
        super().__init__(server, **options)
        self.attachment: object | None = None
        self.closed = Once()
        self.draining = server.draining
        self._server = server
        self._probe: ProbedSocket | None = None
        self._payload: StreamReader = EMPTY_PAYLOAD
        self._head_begun = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._heard_out = False
        self._last = False
        self._broken = False
        self._running: asyncio.Task[None] | None = None
        self._written = 0
        self._receipt: SocketReceipt | None = None

    # What other rooms ask (documented in gateway.wire.connection).

    @property
    def current_answer(self) -> int:
        """Number of the answer to the request that is being handled now; a receipt is kept for it."""
        number = self._written + 1
        if self._receipt is None or self._receipt.answer != number:
            self._receipt = SocketReceipt(number, self._probe)
        return number

    @property
    def tells_arrival(self) -> bool:
        """Whether this is a socket of a system that tells what the peer has acknowledged."""
        return TELLS_ARRIVAL and self._probe is not None

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` when the peer is gone; call what is returned to forget it."""
        return self.closed.on(callback)

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        """Whether the answers written so far (or that one) were acknowledged by the peer's kernel, to the last byte."""
        receipt = self._receipt
        if answer is not None and receipt is not None and receipt.answer == answer:
            return receipt.arrived()
        busy = self._broken or self._request_in_progress or bool(self._messages)
        if self._probe is None or (busy if answer is None else answer > self._written):
            return False
        return self._probe.acknowledged(None)

    def close_after_answer(self) -> None:
        """Make the answer in preparation the last one of this connection."""
        self._last = True

    # What the server asks.

    @property
    def idle(self) -> bool:
        """Neither a request nor a part of one is here."""
        return self._waiting and not self._head_begun

    def cut(self) -> None:
        """Close at once, whatever is going on; the handler is cancelled."""
        task = self._task_handler or self._running
        if self.transport is not None:
            self.transport.abort()
        if task is not None:
            task.cancel()

    # Life of the connection, called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As in aiohttp; the time for the first head begins."""
        super().connection_made(transport)
        link = transport.get_extra_info("socket")
        self._probe = None if link is None else probe_of(link.fileno())
        if self._probe is not None:
            self._probe.known = True
        self._start_head_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """As in aiohttp; then those are told who wait for it (a plain socket is still open at that moment)."""
        self._stop_head_timer()
        self._running = self._task_handler
        super().connection_lost(exc)
        self.closed.set()

    def data_received(self, data: bytes) -> None:
        """As in aiohttp; keeps an eye on heads that are not whole."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._message_arrived()
        elif not self._head_begun and self._payload.is_eof() and data.strip(_LINE_ENDS):
            self._head_begun = True
            if self._head_timer is None:
                self._start_head_timer()

    def eof_received(self) -> bool:  # type: ignore[override] # aiohttp's never stays
        """The client sends no more. True: what it had sent whole is answered first (TLS cannot); else asyncio closes.

        One that stopped in the middle of a request is told. Nobody waits for events on its behalf: it may be gone.
        """
        request = self._current_request
        stopped_in_head = self._waiting and self._head_begun
        stopped_in_body = request is not None and request.writer.output_size == 0 and not self._payload.is_eof()
        if (stopped_in_head or stopped_in_body) and self.transport is not None and not self._close:
            self.transport.write(answers.half_sent())
            self._broken = True
        elif self.transport is not None and self.transport.can_write_eof() and not self._close:
            self._heard_out = self._request_in_progress or bool(self._messages)
        if self._heard_out:
            self.closed.set()
        return self._heard_out

    # Answers.

    async def finish(self, request: BaseRequest, answer: object) -> bool:
        """Write the answer of the handler, note what the peer must acknowledge, linger where it was the last one."""
        keep_alive = request.keep_alive and not (self._ends or self.draining.is_set or body_is_withheld(request))
        if isinstance(answer, WholeResponse):
            await self._write(answer.in_bytes(request, keep_alive=keep_alive))
        else:
            keep_alive = await self._write_other(request, answer, keep_alive)
        if self._broken:
            return False
        self._written += 1
        if self._receipt is not None and self._receipt.answer == self._written:
            self._receipt.written()
        if not keep_alive:
            await self._linger()
        return keep_alive

    async def _write_other(self, request: BaseRequest, answer: object, keep_alive: bool) -> bool:
        if not isinstance(answer, StreamResponse) or isinstance(answer, HTTPException):
            answer = self.handle_error(request, exc=answer if isinstance(answer, Exception) else NoAnswerError())
        if self._last or not keep_alive:
            answer.force_close()
        _, self._broken = await self.finish_response(request, answer, None)
        return bool(answer.keep_alive)

    async def _write(self, whole: bytes) -> None:
        transport = self.transport
        if transport is None or transport.is_closing():
            self._broken = True
            return
        transport.write(whole)
        if self._paused:
            await self._drain_helper()

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> StreamResponse:
        """The answer for what the parser refuses (aiohttp passes status 400), what we do, and a crash of the handler.

        Raises ConnectionError when a part of another answer is out already; aiohttp then drops the connection.
        """
        if isinstance(exc, RequestPayloadError):
            status = BAD_REQUEST
        refused = answers.refuses(status)
        if not refused:
            self.log_exception("handler", exc_info=exc or sys.exc_info()[1])
        if request.writer.output_size > 0:
            raise ConnectionError
        self._last = True
        return answers.refusal(status) if refused else answers.unexpected()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """One line for a crash of ours, nothing for a client that went away or sent rubbish."""
        problem = kw.get("exc_info")
        if isinstance(problem, RequestPayloadError) or (isinstance(problem, OSError) and self.transport is None):
            return
        _log.error("unexpected error: %s", crash_line(problem) if problem is not None else args[0])

    # Own parts.

    @property
    def _ends(self) -> bool:
        """No request is to follow the one that is answered now."""
        return self._last or (self._heard_out and not self._messages)

    @property
    def _waiting(self) -> bool:
        """aiohttp's loop waits for a whole head."""
        return self._waiter is not None and not self._messages

    def _message_arrived(self) -> None:
        self._head_begun = False
        self._stop_head_timer()
        message, payload = self._messages[-1]
        if isinstance(message, RawRequestMessage):
            self._payload = payload
        elif not self._payload.is_eof():
            # The body of the request before is broken; the C parser tells this only as an error of its own.
            self._payload.set_exception(RequestPayloadError())

    def _start_head_timer(self) -> None:
        self._head_timer = self._loop.call_later(self._server.head_timeout_ms / 1000, self._head_is_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self._waiting:
            self.close_after_answer()
        elif self._head_begun and self.transport is not None:
            self.transport.write(answers.half_sent())
            self._send_end_mark()
            self._loop.call_later(self._server.linger_ms / 1000, self.force_close)
        else:
            self.force_close()

    def _send_end_mark(self) -> bool:
        """No more in either direction: drop what comes, end what we send. False where TLS has no half-closing."""
        self.close()
        transport = self.transport
        if transport is None or transport.is_closing():
            return True
        transport.resume_reading()
        if not transport.can_write_eof():
            return False
        with suppress(OSError):  # The client is gone already.
            transport.write_eof()
        return True

    async def _linger(self) -> None:
        everything_read = self._payload.is_eof() and not self._last
        if not self._send_end_mark() and everything_read:
            return
        gone = asyncio.Event()
        forget = self.closed.on(gone.set)
        try:
            async with asyncio.timeout(self._server.linger_ms / 1000):
                await gone.wait()
        except TimeoutError:
            pass  # The client had its time.
        finally:
            forget()
            self.force_close()
