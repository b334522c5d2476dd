"""The listening sockets of a node: given ones, and those that the supervisor opens for its workers."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.listeners.errors import ListenError
from gateway.listeners.serve import certificate_of
from gateway.listeners.sockets import ADMIN_ADDRESS, open_socket, url_of
from gateway.settings.schema import Settings

PORT_MAX: Final = 65_535
PORTS: Final[Mapping[str, tuple[str, str]]] = {
    "http": ("HTTP_PORT", "http_port"),
    "https": ("HTTPS_PORT", "https_port"),
    "admin": ("ADMIN_PORT", "admin_port"),
}
"""What a socket is for -> the key and the attribute of its port."""


@dataclass(frozen=True)
class Doors:
    """Listening sockets by what they are for; `admin` by the number of the worker. None: the port is off, or not open.

    `shared`: other processes accept from `http` and `https` too.
    """

    http: socket.socket | None = None
    https: socket.socket | None = None
    admin: Mapping[int, socket.socket] = field(default_factory=dict)
    shared: bool = False

    @property
    def urls(self) -> list[str]:
        """Where agents reach them, HTTP first."""
        return [url_of(scheme, link) for scheme, link in (("http", self.http), ("https", self.https)) if link]

    def without_admin(self, first: int) -> "Doors":
        """But for the admin sockets of the workers from this number on, which are closed."""
        for number, link in self.admin.items():
            if number >= first:
                link.close()
        return replace(self, admin={number: link for number, link in self.admin.items() if number < first})

    def close(self) -> None:
        """Closes them here; whoever shares them goes on."""
        for link in (self.http, self.https, *self.admin.values()):
            if link is not None:
                link.close()


def open_doors(settings: Settings, given: Doors, workers: int) -> Doors:
    """All that the workers need: the given sockets, and the others opened.

    The development certificate is made too, so that the workers find it. Raises ListenError; nothing is open then that
    was not before.
    """
    with ExitStack() as opened:

        def door(link: socket.socket | None, address: str, port: int, key: str) -> socket.socket | None:
            if link is not None or not port:
                return link
            if port > PORT_MAX:
                raise ListenError(key, f"{port} is above {PORT_MAX}: the workers need a port each")
            return opened.enter_context(open_socket(address, port, key))

        http = door(given.http, settings.bind_address, settings.http_port, "HTTP_PORT")
        https = door(given.https, settings.bind_address, settings.https_port, "HTTPS_PORT")
        first = settings.admin_port
        asked = {
            number: door(given.admin.get(number), ADMIN_ADDRESS, first + number if first else 0, "ADMIN_PORT")
            for number in range(workers)
        }
        if https is not None:
            certificate_of(settings)
        opened.pop_all()
    return Doors(http, https, {number: link for number, link in asked.items() if link is not None}, shared=True)


def only_these(settings: Settings, doors: Doors, number: int) -> Settings:
    """The settings of a worker, which opens no port by itself: a port without a socket is off."""
    open_here = {"http": doors.http, "https": doors.https, "admin": doors.admin.get(number)}
    off = {PORTS[name][1]: 0 for name, link in open_here.items() if link is None}
    return settings.model_copy(update=off)
