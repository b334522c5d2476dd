"""Where the primary is now: at home, where a Cluster sent us, or where the sentinels say (design section 8)."""

import asyncio
from typing import Any, Final, NamedTuple

from hiredis import ReplyError

from gateway.redis_link.address import Address, Target
from gateway.redis_link.connection import dial
from gateway.redis_link.packing import pack

SENTINEL_ANSWERS_S: Final = 0.25


class _Named(NamedTuple):
    """What a sentinel names: the configuration epoch, which grows with each fail-over, and the primary."""

    epoch: int
    host: str
    port: int
    failing_over: bool


class Places:
    """Finds the server to connect to, for all lines of one link."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._turn = 0
        self._moved: Address | None = None

    @property
    def watched(self) -> bool:
        """Whether sentinels watch over it."""
        return bool(self._target.sentinels)

    @property
    def several(self) -> bool:
        """Whether the primary may be elsewhere tomorrow."""
        return len(self._target.servers) + len(self._target.sentinels) > 1

    @property
    def _here(self) -> Address:
        return self._moved or self._target.servers[self._turn % len(self._target.servers)]

    async def find(self) -> Address:
        """The address to dial. Raises OSError when no sentinel names one."""
        return await self.ask() if self._target.sentinels else self._here

    async def ask(self) -> Address:
        """Where the sentinels say. Raises OSError when none of them does.

        One that is cut off may name a primary of the past: so most of them are heard, and the newest word counts.
        """
        named = await self._named(self._most)
        if not named:
            raise ConnectionError("no sentinel names a primary")
        return self._address(max(named))

    async def at_ease(self, address: Address) -> bool:
        """Whether most sentinels name this one, none is about to replace it, and whoever names another knows less."""
        named = await self._named(len(self._target.sentinels))
        here = [each for each in named if self._address(each) == address]
        newest = max((each.epoch for each in here), default=0)
        return (
            len(here) >= self._most
            and not any(each.failing_over for each in here)
            and all(each.epoch < newest for each in named if each not in here)
        )

    @property
    def _most(self) -> int:
        return len(self._target.sentinels) // 2 + 1

    def _address(self, named: _Named) -> Address:
        return self._target.servers[0].at(named.host, named.port)

    async def _named(self, wanted: int) -> list[_Named]:
        """What the sentinels name, as soon as `wanted` of them have answered."""
        named: list[_Named] = []
        asked = [asyncio.ensure_future(_ask(sentinel, self._target.primary)) for sentinel in self._target.sentinels]
        try:
            for answered in asyncio.as_completed(asked):
                named += filter(None, [await answered])
                if len(named) >= wanted:
                    break
        finally:
            for question in asked:
                question.cancel()
        return named

    def refused(self, address: Address, error: str) -> None:
        """An error reply ended a connection: `MOVED slot host:port` names the place of our keys."""
        kind, _, rest = error.partition(" ")
        host, colon, port = rest.rpartition(" ")[2].rpartition(":")
        if kind == "MOVED" and colon and port.isdigit():
            self._moved = address.at(host, int(port))
        else:
            self.failed(address)

    def failed(self, address: Address) -> None:
        """The place does not answer, or refuses to serve: try the next one, unless that was done already."""
        if address == self._here:
            self._moved = None
            self._turn += 1


async def _ask(sentinel: Address, primary: str) -> _Named | None:
    """What this sentinel names; None when it does not answer, does not know, or says what nobody understands."""
    commands = [pack(("AUTH", sentinel.user or "default", sentinel.password))] if sentinel.password else []
    commands += [pack(("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary)), pack(("SENTINEL", "MASTER", primary))]
    try:
        async with asyncio.timeout(SENTINEL_ANSWERS_S):
            connection, replies = await dial(sentinel, b"".join(commands), len(commands), _ignored, _ignored)
        connection.drop()
        return _read(*replies[-2:])
    except (OSError, TypeError, ValueError):
        return None


def _read(place: Any, known: Any) -> _Named | None:
    if place is None or isinstance(place, ReplyError):
        return None
    host, port = place
    # Its user may not be allowed to ask for more.
    more = {} if isinstance(known, ReplyError) else dict(zip(known[::2], known[1::2], strict=True))
    # Until the one that it replaces has a successor, it names that one both times.
    failing_over = b"failover_in_progress" in more.get(b"flags", b"") and [more.get(b"ip"), more.get(b"port")] == place
    return _Named(int(more.get(b"config-epoch", 0)), host.decode(), int(port), failing_over)


def _ignored(_: Any) -> None:
    """The connection is asked one thing and dropped."""
