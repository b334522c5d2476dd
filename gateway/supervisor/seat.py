"""What a supervisor gives a worker: its number, the sockets to accept from, and the tie between the two.

The tie is a pair of connected sockets. The worker says in it when it is ready; its end means that the supervisor is
gone, whatever the reason.
"""

import asyncio
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from gateway.supervisor.doors import Doors

READY: Final = b"ready"
_TEXT: Final = re.compile(r"(?P<number>[0-9]{1,2}):tie=(?P<tie>[0-9]+)(?P<doors>(,(http|https|admin)=[0-9]+)*)")


@dataclass(frozen=True)
class Seat:
    """The place of a worker. `tie`, and the sockets by what they are for, are file descriptors."""

    number: int
    tie: int
    files: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, number: int, tie: socket.socket, doors: Doors) -> "Seat":
        """That of worker `number`, counted from 0."""
        admin = doors.admin.get(number)
        links = (*doors.agents, *((("admin", admin),) if admin else ()))
        return cls(number, tie.fileno(), tuple((name, link.fileno()) for name, link in links))

    @classmethod
    def read(cls, text: str) -> "Seat":
        """From the text of `str(seat)`. Raises ValueError."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("is for the supervisor, which says it to its workers")
        pairs = (pair.split("=") for pair in found["doors"].split(",")[1:])
        return cls(int(found["number"]), int(found["tie"]), tuple((name, int(file)) for name, file in pairs))

    def __str__(self) -> str:
        doors = "".join(f",{name}={file}" for name, file in self.files)
        return f"{self.number}:tie={self.tie}{doors}"

    @property
    def inherited(self) -> tuple[int, ...]:
        """The file descriptors that the worker needs."""
        return (self.tie, *(file for _, file in self.files))

    def doors(self) -> Doors:
        """The sockets, in the worker. Raises OSError."""
        links: dict[str, list[socket.socket]] = {"http": [], "https": [], "admin": []}
        for name, file in self.files:
            links[name].append(socket.socket(fileno=file))
        http, https, admin = (next(iter(found), None) for found in links.values())
        more = {name: links[name][1:] for name in ("http", "https")}
        return Doors(http, https, {self.number: admin} if admin else {}, shared=True, more=more)


class Tie:
    """The worker's end of its tie."""

    def __init__(self, seat: Seat) -> None:
        self._link = socket.socket(fileno=seat.tie)
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
