"""Sockets that know how much of what was sent has been acknowledged by the peer's kernel.

The event queue must know whether the answer that carried an event arrived (design section 9). Linux tells the length of
the unacknowledged send queue (SIOCOUTQ), but only while the socket is open, and asyncio tells a TLS protocol of the end
after it has closed the socket. So the listening socket hands out connections that count what they send and look once
more just before they close.
"""

import fcntl
import socket
import struct
import sys
import termios
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet, WeakValueDictionary

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


TELLS_ARRIVAL: Final = sys.platform == "linux"
"""Whether the system tells what a peer has acknowledged."""


class ProbedSocket(socket.socket):
    """A connected TCP socket that counts for its probe.

    `sent`: bytes given to the kernel. `unsent`: bytes of the last `send` that the kernel did not take; the transport
    keeps them and sends nothing else before them, so 0 means that nothing waits outside the kernel. `known`: its
    connection has begun, which with TLS comes after the handshake.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent = 0
        self.unsent = 0
        self.known = False
        self._fin = 0
        self._queue_at_close: int | None = None

    def send(self, data: "ReadableBuffer", flags: int = 0, /) -> int:
        """As `socket.send`."""
        offered = memoryview(data).nbytes
        self.unsent = offered
        taken = super().send(data, flags)
        self.sent += taken
        self.unsent = offered - taken
        return taken

    def shutdown(self, how: int, /) -> None:
        """As `socket.shutdown`; the end mark counts as one byte in the kernel's queue."""
        super().shutdown(how)
        if how != socket.SHUT_RD:
            self._fin = 1

    def close(self) -> None:
        """As `socket.close`, after a last look at the queue."""
        if self.fileno() >= 0:
            self._queue_at_close = self._queue()
        super().close()

    @property
    def mark(self) -> int | None:
        """The end of all that was written: what `acknowledged` takes. None while a part waits outside the kernel."""
        return self.sent if self.unsent == 0 else None

    def acknowledged(self, mark: int | None) -> bool:
        """Whether the peer has acknowledged the first `mark` bytes sent; None stands for all that was ever written."""
        queue = self._queue() if self.fileno() >= 0 else self._queue_at_close
        if queue is None:
            return False
        waiting = max(0, queue - self._fin)
        if mark is None:
            return waiting == 0 and self.unsent == 0
        return self.sent - waiting >= mark

    def _queue(self) -> int | None:
        """Bytes in the send queue that are not acknowledged; None where the system does not tell."""
        if not TELLS_ARRIVAL:
            return None
        try:
            answer = fcntl.ioctl(self.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
        except OSError:
            return None
        return int(struct.unpack("i", answer)[0])


_open: WeakValueDictionary[int, ProbedSocket] = WeakValueDictionary()
"""By file descriptor (unique in a process), because asyncio shows its sockets only under a wrapper."""


class SocketReceipt:
    """Whether one answer arrived: written whole and acknowledged to the last byte; once it has, it stays so."""

    __slots__ = ("_arrived", "_mark", "_probe", "_written", "answer")

    def __init__(self, answer: int, probe: ProbedSocket | None) -> None:
        self.answer = answer
        self._probe = probe
        self._mark: int | None = None
        self._written = False
        self._arrived = False

    def written(self) -> None:
        """The last byte of the answer has just been given to the transport."""
        self._written = True
        self._mark = None if self._probe is None else self._probe.mark

    def arrived(self) -> bool:
        """False also where it cannot be known."""
        if not self._arrived and self._written and self._probe is not None:
            self._arrived = self._probe.acknowledged(self._mark)
        return self._arrived


class Receipts:
    """What arrived of the answers of one connection; `probe` is that of its socket, None where it has none."""

    __slots__ = ("_probe", "_receipt", "_written")

    def __init__(self, probe: ProbedSocket | None) -> None:
        self._probe = probe
        self._written = 0
        self._receipt: SocketReceipt | None = None

    @property
    def tells_arrival(self) -> bool:
        """Whether it can be known at all."""
        return TELLS_ARRIVAL and self._probe is not None

    @property
    def current_answer(self) -> int:
        """Number of the answer that is written next, from 1; its receipt is kept."""
        number = self._written + 1
        if self._receipt is None or self._receipt.answer != number:
            self._receipt = SocketReceipt(number, self._probe)
        return number

    def written(self) -> None:
        """The last byte of the next answer has just been given to the transport."""
        self._written += 1
        if self._receipt is not None and self._receipt.answer == self._written:
            self._receipt.written()

    def arrived(self, answer: int | None, *, busy: bool) -> bool:
        """Whether this answer, or every one, was acknowledged; `busy`: not every one is written."""
        receipt = self._receipt
        if answer is not None and receipt is not None and receipt.answer == answer:
            return receipt.arrived()
        if self._probe is None or (busy if answer is None else answer > self._written):
            return False
        return self._probe.acknowledged(None)


class ListeningSocket(socket.socket):
    """A listening TCP socket whose connections are probed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._accepted: WeakSet[ProbedSocket] = WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        """As `socket.accept`."""
        plain, address = super().accept()
        probed = ProbedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        _open[probed.fileno()] = probed
        self._accepted.add(probed)
        return probed, address

    def beginning(self) -> bool:
        """Whether there are connections, accepted here, that have not begun yet."""
        return any(not link.known and link.fileno() >= 0 for link in self._accepted)


def probe_of(fileno: int) -> ProbedSocket | None:
    """The probed socket with this descriptor; None when it was not accepted by a ListeningSocket."""
    return _open.get(fileno)
