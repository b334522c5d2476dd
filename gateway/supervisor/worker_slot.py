"""What a supervisor gives a worker: its number, the sockets to accept from, and the link between the two.

Settings that the environment gave are handed over too. The link is a pair of connected sockets. The worker says in it
when it is ready; its end means that the supervisor is gone, whatever the reason.
"""

import asyncio
import json
import os
import re
import socket
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from gateway.supervisor.node_sockets import NodeSockets

READY: Final = b"ready"
NOT_YOURS: Final = "is for the supervisor, which says it to its workers"
# The text says tie=: so does a supervisor of an earlier version, which starts workers of this one.
_TEXT: Final = re.compile(
    r"(?P<number>[0-9]{1,2}):tie=(?P<link>[0-9]+)(,variables=(?P<variables>[0-9]+))?"
    r"(?P<sockets>(,(http|https|admin)=[0-9]+)*)"
)
_MOST_BYTES: Final = 4_194_304
"""More than an environment may hold."""


@dataclass(frozen=True)
class WorkerSlot:
    """The place of a worker. `link`, and the sockets by what they are for, are file descriptors.

    So is `variables`, of the settings that the environment gave the supervisor; None where there are none.
    """

    number: int
    link: int
    files: tuple[tuple[str, int], ...]
    variables: int | None = None

    @classmethod
    def of(cls, number: int, link: socket.socket, sockets: NodeSockets, variables: int | None = None) -> "WorkerSlot":
        """That of worker `number`, counted from 0."""
        admin = sockets.admin.get(number)
        given = (*sockets.agents, *((("admin", admin),) if admin else ()))
        return cls(number, link.fileno(), tuple((name, each.fileno()) for name, each in given), variables)

    @classmethod
    def read(cls, text: str) -> "WorkerSlot":
        """From the text of `str(slot)`. Raises ValueError."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(NOT_YOURS)
        pairs = (pair.split("=") for pair in found["sockets"].split(",")[1:])
        variables = found["variables"]
        return cls(
            int(found["number"]),
            int(found["link"]),
            tuple((name, int(file)) for name, file in pairs),
            None if variables is None else int(variables),
        )

    def __str__(self) -> str:
        sockets = "".join(f",{name}={file}" for name, file in self.files)
        variables = "" if self.variables is None else f",variables={self.variables}"
        return f"{self.number}:tie={self.link}{variables}{sockets}"

    @property
    def inherited(self) -> tuple[int, ...]:
        """The file descriptors that the worker needs."""
        variables = () if self.variables is None else (self.variables,)
        return (self.link, *variables, *(file for _, file in self.files))

    def is_passed_on(self) -> bool:
        """Whether a supervisor has passed on what it tells of: sockets, all but the variables."""
        kept = self.variables is None or _is_open(self.variables)
        return kept and all(_is_open(each, stat.S_ISSOCK) for each in (self.link, *(file for _, file in self.files)))

    def sockets(self) -> NodeSockets:
        """The sockets, in the worker. Raises OSError."""
        links: dict[str, list[socket.socket]] = {"http": [], "https": [], "admin": []}
        for name, file in self.files:
            links[name].append(socket.socket(fileno=file))
        http, https, admin = (next(iter(found), None) for found in links.values())
        more = {name: links[name][1:] for name in ("http", "https")}
        return NodeSockets(http, https, {self.number: admin} if admin else {}, shared=True, more=more)


def _is_open(descriptor: int, kind: Callable[[int], bool] = stat.S_ISREG) -> bool:
    try:
        return kind(os.fstat(descriptor).st_mode)
    except (OSError, OverflowError):
        return False


class SupervisorLink:
    """The worker's end of the link."""

    def __init__(self, slot: WorkerSlot) -> None:
        self._link = socket.socket(fileno=slot.link)
        self._link.setblocking(False)

    async def say_ready(self) -> None:
        """The worker accepts. Where the supervisor is gone, `lost` tells."""
        with suppress(OSError):
            await asyncio.get_running_loop().sock_sendall(self._link, READY)

    def close(self) -> None:
        """The supervisor takes it for the end of this worker."""
        self._link.close()

    async def lost(self) -> None:
        """Returns when the supervisor is gone."""
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(self._link, 64):
                pass
        except OSError:
            return


class WorkerVariables:
    """Variables in memory that has no name. `descriptor` is what a worker inherits; None where there are none."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.descriptor: int | None = None
        if variables:
            self.descriptor = os.memfd_create("settings")
            with open(os.dup(self.descriptor), "wb") as file:
                file.write(json.dumps(dict(variables)).encode())

    def close(self) -> None:
        """No worker follows."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def receive_variables(descriptor: int) -> dict[str, str]:
    """The variables, in the worker; the descriptor is closed. Each worker reads from the beginning."""
    try:
        found: dict[str, str] = json.loads(os.pread(descriptor, _MOST_BYTES, 0))
    finally:
        os.close(descriptor)
    return found
