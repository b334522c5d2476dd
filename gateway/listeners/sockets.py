"""Opens listening sockets, and says plainly why one cannot be opened."""

import errno
import logging
import os
import random
import socket
from contextlib import ExitStack
from typing import Any, Final

from gateway.listeners.accepting import A_TURN
from gateway.listeners.errors import ListenError

PORTS: Final = {"http": ("HTTP_PORT", "http_port"), "https": ("HTTPS_PORT", "https_port")}
"""What a socket is for -> the key and the attribute of its port."""
BACKLOG: Final = 4096
"""Connections that wait to be accepted, as far as net.core.somaxconn lets them: a whole site comes back at once."""

_TCP_OPTIONS: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 30_000))
"""Accepted connections inherit these: a peer that vanished, or that does not read for 30 s, is cut by the kernel."""

_REASONS: Final = {
    errno.EADDRINUSE: "is in use already, perhaps by another gateway: stop that one, or choose another port (0: off)",
    errno.EACCES: "needs a privilege that this user lacks: choose a port from 1024",
    errno.EADDRNOTAVAIL: "is not an address of this machine: change BIND_ADDRESS",
    errno.EAFNOSUPPORT: "is not an address of this machine: change BIND_ADDRESS",
}


_NOT_HERE: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""An address, or a whole family of them, that this machine lacks."""
_Place = tuple[socket.AddressFamily, Any]

_LOG = logging.getLogger(__name__)


def open_socket(address: str, port: int, setting: str) -> socket.socket:
    """A socket that listens on `address` and `port`; 0 takes any free one. Of several addresses of a name, the first.

    Raises ListenError with `setting`, the key of the port, as its name.
    """
    place = _places(address, port)[0]
    try:
        return _listening(place)
    except OSError as problem:
        raise _refusal(problem, address, port, setting) from None


def open_sockets(address: str, port: int, setting: str) -> list[socket.socket]:
    """As `open_socket`, on every address that a name has: clients may come by each of them.

    One that this machine lacks is left out with a log line, as long as there is another: hosts files name IPv6
    addresses also where IPv6 is off.
    """
    opened: list[socket.socket] = []
    lacking: list[tuple[OSError, str]] = []
    with ExitStack() as until_all_are_open:
        for place in _places(address, port):
            try:
                opened.append(until_all_are_open.enter_context(_listening(place)))
            except OSError as problem:
                here = str(place[1][0])
                if problem.errno not in _NOT_HERE:
                    raise _refusal(problem, here, port, setting) from None
                lacking.append((problem, here))
        if not opened:
            raise _refusal(lacking[0][0], address, port, setting)
        until_all_are_open.pop_all()
    for _, here in lacking:
        _LOG.warning("BIND_ADDRESS %s also means %s, which is not an address of this machine: left out", address, here)
    return opened


def _places(address: str, port: int) -> list[_Place]:
    """Each address once, in the order of the system. Raises ListenError."""
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ListenError("BIND_ADDRESS", f"{address!r} is not an address of this machine") from None
    return list(dict.fromkeys((family, where) for family, _, _, _, where in found))


def _listening(place: _Place) -> socket.socket:
    """Raises OSError."""
    family, where = place
    with ExitStack() as until_it_listens:
        listening = until_it_listens.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(where)
        # Now, and not when serving begins: before that, a second gateway could bind the same port.
        listening.listen(BACKLOG)
        until_it_listens.pop_all()
    return _prepared(listening)


def _refusal(problem: OSError, address: str, port: int, setting: str) -> ListenError:
    reason = _REASONS.get(problem.errno or 0) or f"cannot be used: {os.strerror(problem.errno or 0)}"
    return ListenError(setting, f"{host_and_port(address, port)} {reason}")


class SharedSocket(socket.socket):
    """A listening socket that several processes accept from.

    Connections wait in one queue, never at a process that is dead or busy. A process takes one a turn of its loop and
    lets every other chance go by, or the first to wake would get them all.
    """

    def accept(self) -> tuple[socket.socket, Any]:
        """As `socket.accept`; BlockingIOError also where it is another's chance: the loop asks again at once."""
        if random.getrandbits(1):
            os.sched_yield()  # On a busy machine the others have not even been told yet.
            raise BlockingIOError
        return super().accept()

    def listen(self, _backlog: int = BACKLOG, /) -> None:
        """As `socket.listen`; the queue stays long, whatever the loop says: it belongs to all processes."""
        super().listen(BACKLOG)


def adopt(listening: socket.socket, *, shared: bool = False) -> socket.socket:
    """Takes over a bound socket, one that a supervisor passed on or a test made; the given object is empty then.

    `shared`: other processes accept from it too.
    """
    kind = SharedSocket if shared else socket.socket
    return _prepared(kind(listening.family, listening.type, listening.proto, fileno=listening.detach()))


def accepts_a_turn(listening: socket.socket) -> int:
    """How many connections the loop may take from it before it does other work."""
    return 1 if isinstance(listening, SharedSocket) else A_TURN


def url_of(scheme: str, listening: socket.socket) -> str:
    """The URL under which the socket is reached, with the port it really has."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://{host_and_port(host, port)}"


def host_and_port(host: str, port: int) -> str:
    """`host:port`, with the brackets that IPv6 needs."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _prepared(listening: socket.socket) -> socket.socket:
    listening.setblocking(False)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _TCP_OPTIONS:
        option = getattr(socket, name, None)
        if option is not None:
            listening.setsockopt(socket.IPPROTO_TCP, option, value)
    return listening
