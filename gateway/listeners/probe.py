"""Whether the peer's kernel has acknowledged what was sent to it, on any event loop, plain or TLS.

See docs/design/events.md.

Linux tells the length of the send queue (SIOCOUTQ). What waits before that queue must be known too: of a plain
connection its transport tells; under TLS nobody does, since the transport below the encryption is out of reach.
There two looks count: the kernel could have taken more, a whole turn of the loop went by, and it was given nothing.
Whatever cannot be asked is not acknowledged.
"""

import asyncio
import select
import socket
import struct
from collections.abc import Callable
from contextvars import Context
from typing import Final

from gateway.settings.operating_system import TELLS_ARRIVAL, unacknowledged

_TCP_INFO: Final = getattr(socket, "TCP_INFO", 11)
_COUNTS_AT: Final = 216
"""Length in bytes of `struct tcp_info` up to its counts of bytes sent and sent again (Linux 4.19)."""
_NOT_SENT: Final = struct.Struct("=I")
_SENT_AND_AGAIN: Final = struct.Struct("=QQ")
_END_MARK_UNDER_WAY: Final = frozenset({4, 9, 11})
"""TCP states FIN_WAIT1, LAST_ACK and CLOSING: the end mark takes one place in the queue."""
_ALERT_BYTES: Final = 31
"""The longest that closes TLS, encrypted."""
_ENDED: Final = 7
"""TCP state CLOSE: the peer has reset the connection, or the kernel has given it up."""
_NOTHING: Final = (-1, -1)
"""Bytes given and bytes taken, where they are not known."""
DEAF_S: Final = 30.0
_LOOKS: Final = 6
"""At most so many in a row; whoever asks again begins anew."""


def queue_of(link: socket.socket) -> int | None:
    """Bytes in the send queue that are not acknowledged, the end mark aside; None where the system does not tell."""
    queue = unacknowledged(link.fileno())
    try:
        if queue and link.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] in _END_MARK_UNDER_WAY:
            queue -= 1
    except OSError:
        return None
    return queue


def delivers_no_more(link: socket.socket) -> bool:
    """Whether the connection is over for the kernel too; where it is only closed the kernel goes on to deliver."""
    try:
        return link.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] == _ENDED
    except OSError:
        return False


def taken_by_kernel(link: socket.socket) -> int | None:
    """Bytes that the kernel was given to send since the connection began; None where it does not tell."""
    try:
        told = link.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _COUNTS_AT)
    except OSError:
        return None
    if len(told) < _COUNTS_AT:
        return None
    sent, again = _SENT_AND_AGAIN.unpack_from(told, 200)
    return int(sent - again + _NOT_SENT.unpack_from(told, 144)[0])


def takes_more(link: socket.socket) -> bool:
    """Whether the kernel has room, so that the loop hands it what waits."""
    poll = select.poll()
    poll.register(link, select.POLLOUT)
    return any(event & select.POLLOUT for _, event in poll.poll(0))


class PlainProbe:
    """Of a connection without TLS. `given`: bytes that its transport was given so far.

    `held_back`: some of them wait outside the kernel. The transport says so by `pause_writing`, from the first byte.
    `broken_off`: it is over, and the peer is known not to have got all of them.
    """

    __slots__ = ("_at_end", "_link", "_transport", "broken_off", "given", "held_back")

    def __init__(self, link: socket.socket, transport: asyncio.WriteTransport, given: int, *, held_back: bool) -> None:
        self.given = given
        self.held_back = held_back
        self.broken_off = False
        self._link: socket.socket | None = link
        self._transport = transport
        self._at_end: int | None = None
        transport.set_write_buffer_limits(high=0)

    def written(self) -> None:
        """An answer was given to the transport."""

    def acknowledged(self, mark: int) -> bool:
        """Whether the peer has acknowledged the first `mark` bytes given."""
        waiting = self._at_end if self._link is None else self._waiting(self._link)
        return waiting is not None and self.given - waiting >= mark

    def _waiting(self, link: socket.socket) -> int | None:
        if self.held_back and self._transport.is_closing():  # It may have been dropped.
            return None
        queue = queue_of(link)
        return None if queue is None else queue + self._transport.get_write_buffer_size()

    def end(self, *, flushed: bool) -> None:
        """The last look, while the socket is open."""
        if self._link is not None:
            self._at_end = None if self.held_back else queue_of(self._link)
            acknowledged = _acknowledged(self._link)
            # The end mark may be one of those that wait.
            self.broken_off = delivers_no_more(self._link) and 0 <= acknowledged < self.given - 1
            self._link = None


class TlsProbe:
    """Of a connection with TLS. `given`: bytes that its transport was given so far, before encryption.

    `broken_off`: as of a plain one. `closed_by_us`: the connection is being closed behind all that was written. Has a
    descriptor of its own, because the loop tells of the end only after it has closed the socket; until `end` lets go of
    it the kernel does not tell the peer of that end.
    """

    __slots__ = (
        "_at_end",
        "_link",
        "_looking",
        "_loop",
        "_proven",
        "_seen",
        "_transport",
        "broken_off",
        "closed_by_us",
        "given",
    )

    def __init__(
        self, link: socket.socket, transport: asyncio.WriteTransport, given: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.given = given
        self.closed_by_us = False
        self.broken_off = False
        self._link: socket.socket | None = link
        self._transport = transport
        self._loop = loop
        self._seen = _NOTHING
        self._proven = _NOTHING
        self._looking = False
        self._at_end = 0

    def written(self) -> None:
        """An answer was given to the transport: what the kernel has of it is found out."""
        self._seen = _NOTHING
        if not self._looking:
            self._looking = True
            self._look(_LOOKS)

    def acknowledged(self, mark: int) -> bool:
        """Whether the peer has acknowledged the first `mark` bytes given, and all that the kernel had with them."""
        given, taken = self._proven
        if given >= mark:
            return (self._at_end if self._link is None else _acknowledged(self._link)) >= taken
        if self._link is not None and not self._looking:
            self.written()
        return False

    def _look(self, left: int) -> None:
        """Compares with the look before; whatever waited in between, the loop has handed on."""
        if self._link is None:
            return
        seen = self._taken(self._link)
        if seen is not None and seen == self._seen:
            self._proven = seen
        elif left > 1 and not (seen is None and self._transport.is_closing()):
            self._seen = seen or _NOTHING
            # What waits for the kernel is handed on behind the callbacks of the next turn: so it is the one after it.
            self._loop.call_soon(self._loop.call_soon, self._look, left - 1)
            return
        self._looking = False

    def _taken(self, link: socket.socket) -> tuple[int, int] | None:
        """Bytes given and bytes taken; None while the kernel has no room, or what waits may have been dropped."""
        transport = self._transport
        if transport.get_write_buffer_size() or (transport.is_closing() and not self.closed_by_us):
            return None
        taken = taken_by_kernel(link)
        if taken is None or taken < self.given or not takes_more(link):
            return None
        return self.given, taken

    def end(self, *, flushed: bool) -> None:
        """The last look, and the socket may close. `flushed`: nothing was dropped that waited for the kernel.

        So what was seen once is proven, where the kernel was given no more than the alert that closes TLS.
        """
        link, self._link = self._link, None
        if link is None:
            return
        self._at_end, taken = _acknowledged(link), taken_by_kernel(link)
        # The end mark and the alert are nothing of ours. What the loop has never handed on is not known.
        self.broken_off = delivers_no_more(link) and (queue_of(link) or 0) > _ALERT_BYTES + 1
        if flushed and taken is not None and self._seen[0] == self.given and taken - self._seen[1] <= _ALERT_BYTES:
            self._proven = self._seen
        link.close()


def _acknowledged(link: socket.socket) -> int:
    """Bytes that the peer has acknowledged since the connection began; -1 where the system does not tell."""
    queue, taken = queue_of(link), taken_by_kernel(link)
    return -1 if queue is None or taken is None else taken - queue


Probe = PlainProbe | TlsProbe


class Receipts:
    """What arrived of the answers of one connection: `link` is its socket, None where it came by another way.

    A probe and a receipt are there only where somebody asks: `current_answer`.
    """

    __slots__ = ("_answer", "_answers", "_arrived", "_link", "_loop", "_mark", "given", "probe")

    def __init__(self, link: socket.socket | None, loop: asyncio.AbstractEventLoop) -> None:
        self.given = 0
        self.probe: Probe | None = None
        self._link = link if TELLS_ARRIVAL else None
        self._loop = loop
        self._answers = 0
        # The one receipt: of which answer, where that ends, and that it has arrived.
        self._answer = 0
        self._mark = -1
        self._arrived = False

    @property
    def tells_arrival(self) -> bool:
        """Whether it can be known at all."""
        return self._link is not None

    def current_answer(self, transport: asyncio.WriteTransport | None, *, held_back: bool) -> int:
        """Number of the answer that is written next, from 1; its receipt is kept."""
        number = self._answers + 1
        if self._answer != number:
            self._answer, self._mark, self._arrived = number, -1, False
            if self.probe is None and self._link is not None and transport is not None:
                self.probe = self._new_probe(self._link, transport, held_back)
        return number

    def _new_probe(self, link: socket.socket, transport: asyncio.WriteTransport, held_back: bool) -> Probe | None:
        if transport.get_extra_info("ssl_object") is None:
            return PlainProbe(link, transport, self.given, held_back=held_back)
        try:
            return TlsProbe(link.dup(), transport, self.given, self._loop)
        except OSError:  # It is closed already, or no descriptor is left.
            return None

    def hold_back(self, *, held_back: bool) -> None:
        """Whether some of what is written waits outside the kernel of a plain connection."""
        if isinstance(self.probe, PlainProbe):
            self.probe.held_back = held_back

    def close(self, transport: asyncio.WriteTransport) -> None:
        """We are about to close the connection behind what was written."""
        if isinstance(self.probe, TlsProbe) and not transport.is_closing():
            self.probe.closed_by_us = True

    def look(self) -> None:
        """More is about to be written, behind which the answer of the receipt may not be told apart any more."""
        if self.probe is not None and self._mark >= 0 and not self._arrived:
            self._arrived = self.probe.acknowledged(self._mark)

    def written(self) -> None:
        """The last byte of the next answer has just been given to the transport."""
        self._answers += 1
        probe = self.probe
        if probe is None:
            return
        probe.given = self.given
        if self._answer == self._answers:
            self._mark = self.given
        if self._mark >= 0 and not self._arrived:
            probe.written()

    def arrived(self, answer: int | None, *, busy: bool) -> bool:
        """Whether this answer, or every one, was acknowledged; `busy`: not every one is written."""
        probe = self.probe
        if probe is None:
            return False
        probe.given = self.given
        if answer is not None and answer == self._answer:
            self._arrived = self._arrived or (self._mark >= 0 and probe.acknowledged(self._mark))
            return self._arrived
        if busy if answer is None else answer > self._answers:
            return False
        return probe.acknowledged(self.given)

    def lost(self, answer: int) -> bool:
        """Whether it is known, of a connection that is over, that this answer did not arrive whole."""
        if answer > self._answers:
            return True  # It was not written whole.
        return answer == self._answers and self.probe is not None and self.probe.broken_off

    def end(self, *, flushed: bool) -> None:
        """The connection is over, its socket may be open for the last time; `flushed`: it was not cut."""
        if self.probe is not None:
            self.probe.given = self.given
            self.probe.end(flushed=flushed)


class ReaderWatch:
    """Calls `cut` when a client has read nothing for DEAF_S of what waits for it.

    What waits may be as much as it was, and be other bytes: it counts what the kernel has taken. Under TLS some event
    loops do not tell what waits, and nobody is cut.
    """

    __slots__ = ("_cut", "_loop", "_receipts", "_timer", "_transport")

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        receipts: Receipts,
        loop: asyncio.AbstractEventLoop,
        cut: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._receipts = receipts
        self._loop = loop
        self._cut = cut
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Something may wait from now on."""
        if self._timer is None:
            self._look(-1)

    def _look(self, before: int) -> None:
        self._timer, waiting = None, self._transport.get_write_buffer_size()
        taken = self._receipts.given - waiting
        if waiting and taken == before:
            self._cut()
        elif waiting:
            self._timer = self._loop.call_later(DEAF_S, self._look, taken, context=Context())

    def end(self) -> None:
        """The connection is over."""
        if self._timer is not None:
            self._timer.cancel()
