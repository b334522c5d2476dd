"""Accepts connections within limits, while file descriptors are left; asyncio's own server tries on without pause.

Connections that find no room wait in the kernel's queue, where another process on the same socket may take them. Some
descriptors stay free for whatever else this process opens: its store, its files, the answer to a name.
"""

import asyncio
import errno
import logging
import math
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, Protocol

from gateway.settings.operating_system import NO_LIMIT, open_files_limits
from gateway.wire.addresses import network

A_TURN: Final = 16
"""Connections that are taken before the loop does other work: beginning one costs about as much as a call."""
AGAIN_S: Final = 0.1
"""Until it is tried again after a connection found no room."""
LINE_EVERY_S: Final = 1.0
_SPARE: Final = 32
_SPARE_SHARE: Final = 8
"""Of a small limit one in so many stays free, where that is less than _SPARE."""
_NONE_LEFT: Final = (
    "of the {} open files that this process may have only the spare ones are left: raise ulimit -n, or LimitNOFILE of "
    "the service"
)
_TOO_MANY: Final = "{} has CONNECTIONS_MAX_ADDRESS; if it is a proxy, name it in TRUSTED_PROXIES"

_LOG = logging.getLogger(__name__)


class ConnectionLimitSettings(Protocol):
    """The settings that bound it; `Settings` has them."""

    @property
    def connections_max(self) -> int:
        """CONNECTIONS_MAX."""

    @property
    def connections_max_address(self) -> int:
        """CONNECTIONS_MAX_ADDRESS."""

    @property
    def trusted_proxies(self) -> Collection[IPv4Network | IPv6Network]:
        """TRUSTED_PROXIES: one of them stands for many clients."""


class ConnectionLimits:
    """The connections of one process, by address: those of an IPv6 network of /64 count together.

    `settings` returns those in force, asked anew for each connection. `full_words` and `too_many_words` (which take the
    address) tell the operator that a limit is reached.
    """

    def __init__(
        self,
        settings: Callable[[], ConnectionLimitSettings],
        full_words: str = "there are CONNECTIONS_MAX",
        too_many_words: str = _TOO_MANY,
    ) -> None:
        self.full_words = full_words
        self.too_many_words = too_many_words
        self._settings = settings
        self._held: Counter[str] = Counter()
        self._all = 0

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be in all."""
        return self._all >= self._settings().connections_max

    def enter(self, address: str) -> Callable[[], None] | None:
        """One more from this address: what to call once it has ended. None where there are too many from there."""
        sender = network(address)
        if self._held[sender] >= self._settings().connections_max_address and not self._trusted(address):
            return None
        self._held[sender] += 1
        self._all += 1
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._leave(sender)

        return leave

    def _leave(self, sender: str) -> None:
        self._all -= 1
        self._held[sender] -= 1
        if not self._held[sender]:
            del self._held[sender]

    def _trusted(self, address: str) -> bool:
        proxies = self._settings().trusted_proxies
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        real = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(real in proxy for proxy in proxies)


class Shortage:
    """One log line in LINE_EVERY_S at most, with how often it would have been written. `clock` gives s.

    `words` take the tries and the reason.
    """

    def __init__(self, clock: Callable[[], float], words: str = "new connections wait (tries: %d): %s") -> None:
        self._clock = clock
        self._words = words
        self._tries = 0
        self._next_s = -math.inf

    def note(self, reason: str) -> None:
        """A connection could not be accepted."""
        self._tries += 1
        now_s = self._clock()
        if now_s >= self._next_s:
            _LOG.error(self._words, self._tries, reason)
            self._tries, self._next_s = 0, now_s + LINE_EVERY_S


_shortage_here: Final = Shortage(time.monotonic)
"""Of this process, whatever it listens on."""
_turned_away_here: Final = Shortage(time.monotonic, "new connections are closed (%d of them): %s")


class Acceptor:
    """Takes connections from `listening`, up to `a_turn` in a turn of the loop, and has `serve` begin each.

    `serve` gets the socket, the address of its peer, and what to call when the connection has ended. Those above
    `limits` wait, or are closed where their address has too many. Made inside the loop; it accepts from then on, until
    `stop`.
    """

    def __init__(
        self,
        listening: socket.socket,
        serve: Callable[[socket.socket, str, Callable[[], None]], Coroutine[Any, Any, None]],
        a_turn: int,
        limits: ConnectionLimits,
        shortage: Shortage = _shortage_here,
    ) -> None:
        self._listening = listening
        self._serve = serve
        self._a_turn = a_turn
        self._limits = limits
        self._shortage = shortage
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        self._watch()

    @property
    def beginning(self) -> bool:
        """Whether there are connections, accepted here, that have not begun yet: their TLS handshake is not over."""
        return bool(self._beginning)

    def stop(self) -> None:
        """Accepts no more; the socket stays open."""
        if self._again is not None:
            self._again.cancel()
        if self._listening.fileno() >= 0:
            self._loop.remove_reader(self._listening)

    def _watch(self) -> None:
        self._loop.add_reader(self._listening, self._take)

    def _take(self) -> None:
        limit, _ = open_files_limits()
        for _ in range(self._a_turn):
            if self._limits.full:
                self._rest(self._limits.full_words)
                return
            try:
                if limit != NO_LIMIT and _is_spare(_next_descriptor(self._listening), limit):
                    raise OSError(errno.EMFILE, "")
                link, peer = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as problem:
                self._wait(problem.errno or 0, limit)
                return
            self._begin(link, peer[0] if isinstance(peer, tuple) else "")

    def _begin(self, link: socket.socket, address: str) -> None:
        leave = self._limits.enter(address)
        if leave is None:
            link.close()
            _turned_away_here.note(self._limits.too_many_words.format(address))
            return
        link.setblocking(False)
        task = self._loop.create_task(self._serve(link, address, leave))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    def _wait(self, why: int, limit: int) -> None:
        self._rest(_NONE_LEFT.format(limit) if why == errno.EMFILE else os.strerror(why))

    def _rest(self, reason: str) -> None:
        self._shortage.note(reason)
        self._loop.remove_reader(self._listening)
        self._again = self._loop.call_later(AGAIN_S, self._watch)


def _next_descriptor(link: socket.socket) -> int:
    """The lowest that is free, which is what the next connection gets. Raises OSError where none is."""
    found = os.dup(link.fileno())
    os.close(found)
    return found


def _is_spare(descriptor: int, limit: int) -> bool:
    return descriptor >= limit - min(_SPARE, limit // _SPARE_SHARE)
