"""One client connection: its requests in order, its answers, and what the peer has got of them.

Bytes become requests in `gateway.listeners.incoming`.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from contextvars import Context
from typing import Final, Protocol, cast

from gateway.listeners.eager import EagerTasks
from gateway.listeners.incoming import Incoming, NotServed, body_is_withheld, half_sent, refusal, unexpected
from gateway.listeners.probe import ReaderWatch, Receipts
from gateway.listeners.signals import Once
from gateway.ops.logs import crash_line
from gateway.ops.request_context import crashed
from gateway.wire.http import AnyResponse, BrokenBody, Request, Response, StreamedResponse, must_be_streamed

_log = logging.getLogger(__name__)

_MOST_AHEAD_BYTES: Final = 65_536
"""Of requests that come before the one ahead is answered; beyond that the connection is not read."""
_NO_CONTEXT: Final = Context()


class Server(Protocol):
    """What a connection knows of `gateway.listeners.serve.ConnectionServer`, which tells what these are."""

    handler: Callable[[Request], Awaitable[AnyResponse]]
    head_timeout_ms: int
    linger_ms: int
    keep_alive_s: float
    draining: Once
    sheds: bool
    tasks: EagerTasks
    leave: Callable[[str | None], str]

    def joined(self, connection: "Connection") -> None:
        """A client is there."""

    def left(self, connection: "Connection") -> None:
        """A client is gone, or the last call on its behalf has ended."""


class Connection(asyncio.Protocol):
    """Implements `gateway.wire.http.PeerConnection`.

    A request whose head is not whole within the server's `head_timeout_ms` is refused; a connection that brings no byte
    in that time is closed without a word. After the last answer of a connection (errors, `Connection: close`, drain)
    only the sending side is closed at first: what the client still sends is dropped for up to `linger_ms`, because
    closing at once would reset the connection and could take the answer away from the client.
    """

    __slots__ = (
        "_answered_s",
        "_begun_behind",
        "_broken",
        "_busy",
        "_cut",
        "_drained",
        "_ended",
        "_heard_out",
        "_idle_timer",
        "_incoming",
        "_last",
        "_loop",
        "_reader",
        "_reading_paused",
        "_receipts",
        "_remote",
        "_server",
        "_streaming",
        "_task",
        "_timer",
        "_writing_paused",
        "asked_ahead",
        "closed",
        "draining",
        "silent",
        "transport",
    )

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop, link: socket.socket | None = None) -> None:
        self.closed = Once()
        self.silent = Once()
        self.asked_ahead = False
        self.draining = server.draining
        self.transport: asyncio.Transport | None = None
        self._server = server
        self._loop = loop
        self._remote: str | None = None
        self._incoming = Incoming(self, loop)
        self._reading_paused = False
        self._begun_behind = False
        # The request that is being answered, and the answers so far.
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._streaming = False
        self._receipts = Receipts(link, loop)
        self._writing_paused = False
        self._drained: asyncio.Future[None] | None = None
        # The end: after the answer in preparation; once no more comes; now. And whether an answer came too late for it.
        self._last = False
        self._heard_out = False
        self._ended = False
        self._broken = self._cut = False
        self._timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._reader: ReaderWatch | None = None
        self._answered_s = 0.0

    # What other rooms ask (documented in gateway.wire.http).

    @property
    def remote(self) -> str:
        """The IP address of the peer."""
        if self._remote is None:
            name = self.transport.get_extra_info("peername") if self.transport is not None else None
            self._remote = str(name[0]) if isinstance(name, tuple) else ""
        return self._remote

    @property
    def current_answer(self) -> int:
        """Number of the answer to the request that is being handled now; a receipt is kept for it."""
        return self._receipts.current_answer(self.transport, held_back=self._writing_paused)

    @property
    def tells_arrival(self) -> bool:
        """Whether this is a socket of a system that tells what the peer has acknowledged."""
        return self._receipts.tells_arrival

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` when the peer is gone; call what is returned to forget it."""
        return self.closed.on(callback)

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        """Whether the answers written so far (or that one) were acknowledged by the peer's kernel, to the last byte."""
        busy = self._broken or self._busy or bool(self._incoming.held)
        return self._receipts.arrived(answer, busy=busy)

    def answer_is_lost(self, answer: int) -> bool:
        """Whether it is known that the peer has not got this answer, and will not."""
        return self.transport is None and self._receipts.lost(answer)

    def close_after_answer(self) -> None:
        """Make the answer in preparation the last one of this connection."""
        self._last = True

    def write_now(self, data: bytes) -> None:
        """Send bytes outside of any answer (100 Continue), if the peer is there."""
        if self.transport is not None and not self.transport.is_closing():
            self._receipts.given += len(data)
            self.transport.write(data)

    # What the server asks.

    @property
    def idle(self) -> bool:
        """Neither a request nor a part of one is here."""
        incoming = self._incoming
        return not self._busy and not (incoming.head_begun or incoming.held or incoming.body_left)

    @property
    def over(self) -> bool:
        """The peer is gone, and nothing runs on its behalf any more."""
        return self.transport is None and not self._busy

    def cut(self) -> None:
        """Close at once, whatever is going on; the handler is cancelled."""
        self._cut = True
        if self.transport is not None:
            self.transport.abort()
        if self._task is not None:
            self._task.cancel()

    def force_close(self) -> None:
        """Close behind what was written, for as long as the client reads on."""
        self._ended = True
        if self.transport is not None:
            self._close(self.transport)
            self._watch_reader()

    def _close(self, transport: asyncio.Transport) -> None:
        self._receipts.close(transport)
        transport.close()

    # Life of the connection, called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The time for the first head begins."""
        self.transport = cast(asyncio.Transport, transport)
        self._server.joined(self)
        self._start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Those are told who wait for it (a plain socket is still open at that moment)."""
        self._receipts.end(flushed=exc is None and not self._cut)
        self.transport, self._ended = None, True
        self._stop_timer()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._reader is not None:
            self._reader.end()
        self._incoming.lose()
        self._writable_again()
        self.silent.set()
        self.closed.set()
        self._server.left(self)

    def data_received(self, data: bytes) -> None:
        """Parses as far as the request that is to be answered now."""
        if not self._ended:
            incoming = self._incoming
            incoming.held = incoming.held + data if incoming.held else data
            self._go_on()
            if len(incoming.held) > _MOST_AHEAD_BYTES:
                self.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more. True: what it had sent whole is answered first (TLS cannot); else asyncio closes.

        One that stopped in the middle of a request is told, unless that had come behind another one. Nobody waits for
        events on its behalf: it may be gone.
        """
        transport = self.transport
        if transport is None or self._ended:
            return False
        incoming = self._incoming
        stopped_in_body = incoming.body_left and not (incoming.skipping or self._streaming)
        stopped_in_head = not self._busy and incoming.head_begun and not self._begun_behind
        if stopped_in_body or stopped_in_head:
            self._last = self._ended = self._broken = True
            transport.write(half_sent())
            return False
        self._heard_out = transport.can_write_eof() and (self._busy or bool(incoming.held))
        if self._heard_out:
            self.silent.set()
        return self._heard_out

    def pause_writing(self) -> None:
        """The client reads slower than we write."""
        self._writing_paused = True
        self._receipts.hold_back(held_back=True)

    def resume_writing(self) -> None:
        """Writing may go on."""
        self._writing_paused = False
        self._receipts.hold_back(held_back=False)
        self._writable_again()

    # What a body asks of the connection that brings it (`aiohttp.streams.StreamReader`).

    @property
    def connected(self) -> bool:
        """Whether the peer is there."""
        return self.transport is not None

    def pause_reading(self) -> None:
        """No more for now: what has come is not read yet."""
        if not self._reading_paused and self.transport is not None:
            self._reading_paused = True
            self.transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """There is room again."""
        if self._reading_paused and self.transport is not None and not self.transport.is_closing():
            self._reading_paused = False
            self.transport.resume_reading()

    # Requests.

    def _go_on(self) -> None:
        incoming = self._incoming
        while incoming.held and not self._ended:
            if incoming.body_left:
                self._take_body()
            elif not self._busy:
                if self._take_head() and not self._busy:
                    return  # It is answered: others have their turn before the next one.
            else:
                if self._timer is None:
                    self._start_timer()
                return
        if self._heard_out and not self._busy and not self._ended:
            self._end()

    def _go_on_behind(self) -> None:
        """With what had come before the answer was out."""
        self._go_on()
        self._begun_behind = not self._busy and self._incoming.head_begun

    def _take_body(self) -> None:
        skipping = self._incoming.skipping
        self._incoming.take_body()
        if skipping and not self._incoming.skipping:
            self._stop_timer()

    def _take_head(self) -> bool:
        """Begins the answer to a request whose head is whole, while its body comes. Whether there was one."""
        incoming = self._incoming
        try:
            head = incoming.take_head()
        except NotServed as refused:
            self._refuse(refused)
            return False
        if head is None:
            if incoming.head_begun and self._timer is None:
                self._start_timer()
            return False
        if self._timer is not None:
            self._stop_timer()
        self._begun_behind = False
        self._busy = True
        while incoming.body_left and incoming.held:
            self._take_body()
        self._task = self._server.tasks.begin(self._answer(Request(head, incoming.payload, self)))
        return True

    # Answers.

    async def _answer(self, request: Request) -> None:
        request.answered_by = self._server.tasks.begun
        try:
            try:
                answer = await self._server.handler(request)
                if type(answer) is not Response:
                    must_be_streamed(answer)
            except Exception as problem:
                answer = self._failed(request, problem)
            keep_alive = self._keeps_alive(request)
            if isinstance(answer, Response):
                self._write(answer.in_bytes(request, keep_alive=keep_alive))
            else:
                keep_alive = keep_alive and not answer.ends_by_closing(request)
                await self._write_pieces(request, answer, keep_alive=keep_alive)
            if self._writing_paused:
                await self._writable()
            self._written(keep_alive=keep_alive)
        except asyncio.CancelledError:
            if not self._ended:  # Else an end was sent already, and the client has its time to read it.
                self.force_close()
            raise
        except Exception as problem:  # A part of the answer is out: only the end of the connection tells of it.
            if self.transport is not None:
                with crashed(request):
                    _log.error("unexpected error: %s", crash_line(problem))
            self.force_close()
        finally:
            self._busy, self._task, self._streaming = False, None, False
            if self.transport is None:
                self._server.left(self)
        self._rest()

    def _failed(self, request: Request, problem: Exception) -> Response:
        """The answer where the handler has none, the last one of the connection."""
        self._last = True
        leave = self._server.leave(request.headers.get("Origin"))
        if isinstance(problem, BrokenBody):
            return refusal(more=leave)
        with crashed(request) as request_id:
            _log.error("unexpected error: %s", crash_line(problem))
        return unexpected(request_id, leave)

    def _keeps_alive(self, request: Request) -> bool:
        """Whether there may be a next answer."""
        if self._last or not request.keep_alive or self.draining.is_set or self._server.sheds:
            return False
        if self._heard_out and not self._incoming.held:
            return False
        return not (request.body_exists and body_is_withheld(request))

    def _write(self, data: bytes) -> None:
        transport, receipts = self.transport, self._receipts
        if transport is None or self._ended or transport.is_closing():
            return
        if receipts.probe is not None:
            receipts.look()
        receipts.given += len(data)
        transport.write(data)

    def _written(self, *, keep_alive: bool) -> None:
        """The answer is out, unless the connection is broken."""
        transport = self.transport
        if transport is None or self._ended or transport.is_closing():
            self._broken = True
            return
        self._receipts.written()
        self.asked_ahead = bool(self._incoming.held) or self._incoming.head_begun
        if not keep_alive:
            self._end()

    async def _write_pieces(self, request: Request, answer: StreamedResponse, *, keep_alive: bool) -> None:
        self._streaming = True
        async with aclosing(answer.on_the_wire(request, keep_alive=keep_alive)) as pieces:
            async for piece in pieces:
                if self.transport is None:
                    return
                self.write_now(piece)
                if self._writing_paused:
                    await self._writable()

    async def _writable(self) -> None:
        """Waits until the client has read on, or is gone."""
        if self.transport is not None:
            self._drained = self._loop.create_future()
            self._watch_reader()
            await self._drained

    def _watch_reader(self) -> None:
        if self._reader is None and self.transport is not None:
            self._reader = ReaderWatch(self.transport, self._receipts, self._loop, self.cut)
        if self._reader is not None:
            self._reader.begin()

    def _writable_again(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def _rest(self) -> None:
        """Behind an answer: the next request, or none yet. Others have their turn before."""
        if self._ended or self.transport is None:
            return
        incoming = self._incoming
        if self._heard_out and not (incoming.held or incoming.body_left):
            self._end()
            return
        incoming.go_on_behind()
        if self._reading_paused and len(incoming.held) <= _MOST_AHEAD_BYTES:
            self.resume_reading()
        if incoming.skipping:  # For as long as a connection lingers.
            self._stop_timer()
            self._timer = self._loop.call_later(self._server.linger_ms / 1000, self.force_close)
        elif incoming.held:
            self._stop_timer()
        if incoming.held:
            self._loop.call_soon(self._go_on_behind)
        self._answered_s = self._loop.time()
        if self._idle_timer is None:
            # In that of this answer it would hold the request for as long as the connection.
            self._idle_timer = self._loop.call_later(
                self._server.keep_alive_s, self._look_whether_idle, context=_NO_CONTEXT
            )

    def _look_whether_idle(self) -> None:
        self._idle_timer = None
        left_s = self._answered_s + self._server.keep_alive_s - self._loop.time()
        if self.idle and left_s <= 0:
            self.force_close()
        elif not self._ended:
            again_s = left_s if left_s > 0 else self._server.keep_alive_s
            self._idle_timer = self._loop.call_later(again_s, self._look_whether_idle, context=_NO_CONTEXT)

    # Ends.

    def _refuse(self, refused: NotServed) -> None:
        """The answer to a message that is none, the last of its connection."""
        self._last = True
        self.write_now(refusal(refused.status, self._server.leave(refused.origin)).last_words())
        self._receipts.written()
        self._end()

    def _start_timer(self) -> None:
        self._timer = self._loop.call_later(self._server.head_timeout_ms / 1000, self._head_is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        self._timer = None
        if self._busy:
            if not self._incoming.holds_a_head:
                self.close_after_answer()
        elif self._incoming.head_begun:
            self._last = True
            self.write_now(half_sent())
            self._end()
        else:
            self.force_close()

    def _end(self) -> None:
        """No more in either direction: what still comes is dropped, and the client has `linger_ms` to read the rest."""
        everything_read = not (self._incoming.body_left or self._last)
        self._ended, self._incoming.held = True, b""
        self._stop_timer()
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        self.resume_reading()
        if transport.can_write_eof():
            with suppress(OSError):  # The client is gone already.
                transport.write_eof()
        elif everything_read:  # TLS has no half-closing.
            self._close(transport)
            return
        self._timer = self._loop.call_later(self._server.linger_ms / 1000, self.force_close)
