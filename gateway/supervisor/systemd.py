"""What systemd passes on to a service, and what it wants to hear (sd_listen_fds(3), sd_notify(3))."""

import logging
import os
import socket
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final

from gateway.listeners.errors import ListenError

NAMES: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET")
"""Variables that are meant for the process that systemd started, not for its children."""
FIRST_FILE: Final = 3
TELL_S: Final = 1.0
"""How long systemd may take to hear it: a manager that stands still must not hold us up."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Passed:
    """A socket that systemd passed on, with the name that its unit gives it ("" for none)."""

    name: str
    link: socket.socket


def passed_sockets(environ: MutableMapping[str, str], pid: int, first: int = FIRST_FILE) -> list[Passed]:
    """The sockets meant for process `pid`, in their order; their variables are taken out of `environ`.

    `first` is the file descriptor of the first. Raises ListenError for one that is no socket.
    """
    meant_for, count, names = (environ.pop(name, "") for name in NAMES[:3])
    if meant_for != str(pid) or not count.isdigit():
        return []
    given = names.split(":") if names else []
    return [Passed(given[place] if place < len(given) else "", _link(first + place)) for place in range(int(count))]


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
