"""Which of the sockets that systemd passed on is for what (systemd.socket(5), FileDescriptorName).

By its name `http`, `https` or `admin`; one with any other name by its port. The settings say what there is: a socket
for what is off there, or for nothing in them, is refused, and so is one that more machines reach than BIND_ADDRESS
says, since that decides whether demo agents may sign in.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Final

from gateway.listeners.errors import ListenError
from gateway.listeners.sockets import host_and_port
from gateway.settings.schema import Settings
from gateway.supervisor.doors import PORTS, Doors
from gateway.supervisor.systemd import Passed

_WHERE: Final = "systemd's sockets"
_LISTENS: Final = 1


def assign(passed: Iterable[Passed], settings: Settings, workers: int) -> Doors:
    """The doors that these sockets are. Raises ListenError, which says what to change."""
    found: dict[str, socket.socket] = {}
    admin: dict[int, socket.socket] = {}
    for each in passed:
        name, number = _purpose(each, settings, workers, len(admin))
        if name in found or (name == "admin" and number in admin):
            raise ListenError(_WHERE, f"{_told(each)} is a second one for {PORTS[name][0]}: leave one out")
        _check_address(each, name, settings)
        if name == "admin":
            admin[number] = each.link
        else:
            found[name] = each.link
    return Doors(found.get("http"), found.get("https"), admin)


def _purpose(passed: Passed, settings: Settings, workers: int, admins: int) -> tuple[str, int]:
    """What it is for; for `admin` the number of the worker."""
    port = _port(passed)
    last = settings.admin_port + workers - 1
    if passed.name in PORTS:
        key, attribute = PORTS[passed.name]
        if not getattr(settings, attribute):
            raise ListenError(
                _WHERE, f"{_told(passed)} is for {key}, which is 0 in the settings: set it, or leave it out"
            )
        if passed.name == "admin" and admins >= workers:
            raise ListenError(
                _WHERE, f"{_told(passed)} is one more for ADMIN_PORT than there are workers: leave it out"
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
        f"{_told(passed)} fits nothing ({known}): FileDescriptorName must be http, https or admin, or the port fit",
    )


def _port(passed: Passed) -> int:
    """Its port. Raises ListenError for what is not a listening TCP socket."""
    link = passed.link
    listens = (
        link.family in {socket.AF_INET, socket.AF_INET6}
        and link.type == socket.SOCK_STREAM
        and link.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == _LISTENS
    )
    if not listens:
        raise ListenError(_WHERE, f"{_told(passed)} does not listen on a TCP port: use ListenStream and Accept=no")
    port: int = link.getsockname()[1]
    return port


def _check_address(passed: Passed, name: str, settings: Settings) -> None:
    host = passed.link.getsockname()[0]
    if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        return
    if name == "admin":
        raise ListenError(_WHERE, f"{_told(passed)} must listen on 127.0.0.1, as ADMIN_PORT does")
    if _is_loopback(settings.bind_address):
        raise ListenError(
            "BIND_ADDRESS",
            f"is {settings.bind_address}, but {_told(passed)} is open to other machines: say so there too",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _told(passed: Passed) -> str:
    where = passed.link.getsockname()
    shown = host_and_port(*where[:2]) if isinstance(where, tuple) else repr(where)
    return f"the socket {passed.name!r} on {shown}" if passed.name else f"the socket on {shown}"
