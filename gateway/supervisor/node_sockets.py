"""The listening sockets of a node: given ones, and those that the supervisor opens for its workers."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.listeners.errors import ListenError
from gateway.listeners.sockets import PORTS as AGENT_PORTS
from gateway.listeners.sockets import open_socket, open_sockets, url_of
from gateway.listeners.tls import certificate_of
from gateway.settings.schema import Settings

PORT_MAX: Final = 65_535
PORTS: Final[Mapping[str, tuple[str, str]]] = {**AGENT_PORTS, "admin": ("ADMIN_PORT", "admin_port")}
"""What a socket is for -> the key and the attribute of its port."""


@dataclass(frozen=True)
class NodeSockets:
    """Listening sockets by what they are for; `admin` by the number of the worker. None: the port is off, or not open.

    `more`, by "http" and "https", are those for the further addresses of a name. `shared`: other processes accept from
    all but `admin` too.
    """

    http: socket.socket | None = None
    https: socket.socket | None = None
    admin: Mapping[int, socket.socket] = field(default_factory=dict)
    shared: bool = False
    more: Mapping[str, Sequence[socket.socket]] = field(default_factory=dict)

    @property
    def agents(self) -> list[tuple[str, socket.socket]]:
        """Those for agents, each with "http" or "https", HTTP first."""
        firsts = (("http", self.http), ("https", self.https))
        return [(name, link) for name, first in firsts if first for link in (first, *self.more.get(name, ()))]

    @property
    def urls(self) -> list[str]:
        """Where agents reach them, HTTP first."""
        return [url_of(scheme, link) for scheme, link in self.agents]

    def without_admin(self, first: int) -> "NodeSockets":
        """But for the admin sockets of the workers from this number on, which are closed."""
        for number, link in self.admin.items():
            if number >= first:
                link.close()
        return replace(self, admin={number: link for number, link in self.admin.items() if number < first})

    def close(self) -> None:
        """Closes them here; whoever shares them goes on."""
        for link in (*(link for _, link in self.agents), *self.admin.values()):
            link.close()


def open_node_sockets(settings: Settings, given: NodeSockets, workers: int) -> NodeSockets:
    """All that the workers need: the given sockets, and the others opened.

    The development certificate is made too, so that the workers find it. Raises ListenError; nothing is open then that
    was not before.
    """
    with ExitStack() as opened:

        def agents_of(name: str) -> list[socket.socket]:
            found = [link for known, link in given.agents if known == name]
            key, attribute = PORTS[name]
            port: int = getattr(settings, attribute)
            if found or not port:
                return found
            return list(map(opened.enter_context, open_sockets(settings.bind_address, port, key)))

        def admin(number: int) -> socket.socket | None:
            link, port = given.admin.get(number), settings.admin_port and settings.admin_port + number
            if link is not None or not port:
                return link
            if port > PORT_MAX:
                raise ListenError("ADMIN_PORT", f"{port} is above {PORT_MAX}: the workers need a port each")
            return opened.enter_context(open_socket(settings.admin_bind_address, port, "ADMIN_PORT"))

        agents = {name: agents_of(name) for name in AGENT_PORTS}
        asked = {number: admin(number) for number in range(workers)}
        if agents["https"]:
            certificate_of(settings)
        opened.pop_all()
    first = {name: links[0] for name, links in agents.items() if links}
    return NodeSockets(
        first.get("http"),
        first.get("https"),
        {number: link for number, link in asked.items() if link is not None},
        shared=True,
        more={name: links[1:] for name, links in agents.items()},
    )


def without_closed_ports(settings: Settings, sockets: NodeSockets, number: int) -> Settings:
    """The settings of a worker, which opens no port by itself: a port without a socket is off."""
    open_here = {"http": sockets.http, "https": sockets.https, "admin": sockets.admin.get(number)}
    off = {PORTS[name][1]: 0 for name, link in open_here.items() if link is None}
    return settings.model_copy(update=off)
