"""What the rooms below `listeners` may ask of the connection that brought a request.

`gateway.listeners.connection.Connection` is the one implementation; tests of other rooms may bring their own.
"""

from collections.abc import Callable
from typing import Protocol


class Signal(Protocol):
    """Something that happens at most once, such as the end of a connection."""

    @property
    def is_set(self) -> bool:
        """Whether it has happened."""

    def on(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` when it happens, now if it has; call what is returned to forget the callback."""


class PeerConnection(Protocol):
    """One TCP connection, plain or TLS, as handlers see it."""

    attachment: object | None
    """Room for one object of the event poll; it lives as long as the connection."""

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

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        """The same as `closed.on(callback)`; the callback may still ask what has been acknowledged."""

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        """Whether the kernel of the peer has acknowledged every byte of the answers written so far.

        With `answer`: whether that one was written whole and acknowledged, even if a later request is being handled by
        now; it is the last `current_answer` that was read (of older ones less is remembered: then False as long as a
        byte of a later answer is under way). Without: False also while a request is being handled.

        False wherever it cannot be known. It may be asked at any time, also after the end of the connection.
        """

    def close_after_answer(self) -> None:
        """Make the answer that is being prepared the last one of this connection (`Connection: close`)."""

    def write_now(self, data: bytes) -> None:
        """Send bytes outside of any answer (100 Continue), if the peer is there."""
