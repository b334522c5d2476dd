"""What systemd passes on to a service, and what it wants to hear (sd_listen_fds(3), sd_notify(3)).

Each socket passed on is for what its FileDescriptorName (systemd.socket(5)) says, `http`, `https` or `admin`; one with
any other name is told by its port. The settings say what there is: a socket for what is off there, or for nothing in
them, is refused, and so is one that more machines reach than BIND_ADDRESS says, since that decides whether demo agents
may sign in.
"""

import ipaddress
import logging
import os
import socket
import time
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import Final

from gateway.listeners.errors import ListenError
from gateway.listeners.sockets import host_and_port
from gateway.settings.cross_checks import is_loopback
from gateway.settings.schema import Settings
from gateway.supervisor.node_sockets import PORTS, NodeSockets

NAMES: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET")
"""Variables that are meant for the process that systemd started, not for its children."""
FIRST_FILE: Final = 3
TELL_S: Final = 1.0
"""How long systemd may take to hear it: a manager that stands still must not hold us up."""
_WHERE: Final = "systemd's sockets"
_LISTENS: Final = 1

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class PassedSocket:
    """A socket that systemd passed on, with the name that its unit gives it ("" for none)."""

    name: str
    link: socket.socket


def passed_sockets(environ: MutableMapping[str, str], pid: int, first: int = FIRST_FILE) -> list[PassedSocket]:
    """The sockets meant for process `pid`, in their order; their variables are taken out of `environ`.

    `first` is the file descriptor of the first. Raises ListenError for one that is no socket.
    """
    meant_for, count, names = (environ.pop(name, "") for name in NAMES[:3])
    if meant_for != str(pid) or not count.isdigit():
        return []
    given = names.split(":") if names else []
    return [
        PassedSocket(given[place] if place < len(given) else "", _link(first + place)) for place in range(int(count))
    ]


def _link(file: int) -> socket.socket:
    try:
        link = socket.socket(fileno=file)
    except OSError as problem:
        raise ListenError("LISTEN_FDS", f"file {file} is no socket: {os.strerror(problem.errno or 0)}") from None
    link.set_inheritable(False)
    return link


def notify(*lines: str) -> None:
    """Tells systemd, where it listens; that it does not hear us is logged and hinders nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return
    target = "\0" + address[1:] if address[0] == "@" else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
            link.settimeout(TELL_S)
            link.connect(target)
            link.sendall("\n".join(lines).encode())
    except OSError as problem:
        why = os.strerror(problem.errno) if problem.errno else "no answer in time"
        _LOG.warning("NOTIFY_SOCKET: systemd cannot be told: %s", why)


def ready(status: str) -> None:
    """The gateway accepts; `status` is shown by systemctl."""
    notify("READY=1", f"STATUS={status}")


def reloading() -> None:
    """Settings are read again; `ready` is to follow."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """The gateway drains."""
    notify("STOPPING=1", "STATUS=draining")


def assign_sockets(passed: Iterable[PassedSocket], settings: Settings, workers: int) -> NodeSockets:
    """What each of these sockets is for. Raises ListenError, which says what to change."""
    found: dict[str, socket.socket] = {}
    admin: dict[int, socket.socket] = {}
    for each in passed:
        name, number = _purpose(each, settings, workers, len(admin))
        if name in found or (name == "admin" and number in admin):
            raise ListenError(_WHERE, f"{_shown(each)} is a second one for {PORTS[name][0]}: leave one out")
        _check_address(each, name, settings)
        if name == "admin":
            admin[number] = each.link
        else:
            found[name] = each.link
    return NodeSockets(found.get("http"), found.get("https"), admin)


def _purpose(passed: PassedSocket, settings: Settings, workers: int, admins: int) -> tuple[str, int]:
    """What it is for; for `admin` the number of the worker."""
    port = _port(passed)
    last = settings.admin_port + workers - 1
    if passed.name in PORTS:
        key, attribute = PORTS[passed.name]
        if not getattr(settings, attribute):
            raise ListenError(
                _WHERE, f"{_shown(passed)} is for {key}, which is 0 in the settings: set it, or leave it out"
            )
        if passed.name == "admin" and admins >= workers:
            raise ListenError(
                _WHERE, f"{_shown(passed)} is one more for ADMIN_PORT than there are workers: leave it out"
            )
        return passed.name, admins
    if settings.admin_port and settings.admin_port <= port <= last:
        return "admin", port - settings.admin_port
    for name in ("http", "https"):
        if getattr(settings, PORTS[name][1]) == port:
            return name, 0
    known = ", ".join(f"{key} {getattr(settings, attribute)}" for key, attribute in PORTS.values())
    raise ListenError(
        _WHERE,
        f"{_shown(passed)} fits nothing ({known}): FileDescriptorName must be http, https or admin, or the port fit",
    )


def _port(passed: PassedSocket) -> int:
    """Its port. Raises ListenError for what is not a listening TCP socket."""
    link = passed.link
    listens = (
        link.family in {socket.AF_INET, socket.AF_INET6}
        and link.type == socket.SOCK_STREAM
        and link.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == _LISTENS
    )
    if not listens:
        raise ListenError(_WHERE, f"{_shown(passed)} does not listen on a TCP port: use ListenStream and Accept=no")
    port: int = link.getsockname()[1]
    return port


def _check_address(passed: PassedSocket, name: str, settings: Settings) -> None:
    host = passed.link.getsockname()[0]
    if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        return
    if name == "admin":
        if not is_loopback(settings.admin_bind_address):
            return
        raise ListenError(_WHERE, f"{_shown(passed)} must listen on 127.0.0.1, as ADMIN_PORT does")
    if is_loopback(settings.bind_address):
        raise ListenError(
            "BIND_ADDRESS",
            f"is {settings.bind_address}, but {_shown(passed)} is open to other machines: say so there too",
        )


def _shown(passed: PassedSocket) -> str:
    where = passed.link.getsockname()
    shown = host_and_port(*where[:2]) if isinstance(where, tuple) else repr(where)
    return f"the socket {passed.name!r} on {shown}" if passed.name else f"the socket on {shown}"
