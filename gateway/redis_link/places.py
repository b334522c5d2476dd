"""Where the primary is now: at home, where a Cluster sent us, or where the sentinels say (design section 8)."""

import asyncio
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_link.address import Address, Target
from gateway.redis_link.connection import dial
from gateway.redis_link.packing import pack

SENTINEL_ANSWERS_S: Final = 0.25


class Places:
    """Finds the server to connect to, for one line."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._turn = 0
        self._moved: Address | None = None

    @property
    def _home(self) -> Address:
        return self._target.servers[self._turn % len(self._target.servers)]

    async def find(self) -> Address:
        """The address to dial. Raises OSError when no sentinel names one."""
        if self._moved is not None:
            return self._moved
        if not self._target.sentinels:
            return self._home
        for number in range(len(self._target.sentinels)):
            sentinel = self._target.sentinels[(self._turn + number) % len(self._target.sentinels)]
            place = await _ask(sentinel, self._target.primary)
            if place is not None:
                return self._target.servers[0].at(*place)
        raise ConnectionError("no sentinel names a primary")

    def refused(self, error: str) -> None:
        """An error reply ended the connection: `MOVED slot host:port` names the place of our keys."""
        kind, _, rest = error.partition(" ")
        host, colon, port = rest.rpartition(" ")[2].rpartition(":")
        if kind == "MOVED" and colon and port.isdigit():
            self._moved = (self._moved or self._home).at(host, int(port))

    def failed(self) -> None:
        """The place did not answer: try the next one."""
        self._moved = None
        self._turn += 1


async def _ask(sentinel: Address, primary: str) -> tuple[str, int] | None:
    """Host and port of the primary, None when this sentinel does not answer or does not know."""
    commands = [pack(("AUTH", sentinel.user or "default", sentinel.password))] if sentinel.password else []
    commands.append(pack(("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary)))
    try:
        async with asyncio.timeout(SENTINEL_ANSWERS_S):
            connection, replies = await dial(sentinel, b"".join(commands), len(commands), _ignored, _ignored)
    except (OSError, TimeoutError):
        return None
    connection.drop()
    place = replies[-1]
    if place is None or isinstance(place, ReplyError):
        return None
    host, port = place
    return host.decode(), int(port)


def _ignored(_: Any) -> None:
    """The connection is asked one thing and dropped."""
