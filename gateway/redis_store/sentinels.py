"""What the sentinels say, asked for all links of a process (docs/design/redis_link.md)."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from hiredis import ReplyError

from gateway.ops.jobs import Job
from gateway.redis_store.address import Address, RedisTarget, same_place
from gateway.redis_store.connection import dial
from gateway.redis_store.scripts import pack

SENTINEL_ANSWERS_S: Final = 0.25
WATCH_EVERY_S: Final = 1.0
"""The longest pause between two looks at what they say."""
SILENT_LOOKS: Final = 2
"""One answer may come late where a machine is busy."""

_LOG = logging.getLogger(__name__)

Hear = Callable[[Address], None]


class _Named(NamedTuple):
    """What a sentinel names: the configuration epoch, which grows with each fail-over, and the primary."""

    epoch: int
    host: str
    port: int
    failing_over: bool


class Sentinels:
    """Those of a target. While anybody follows, they are looked at again and again: once for all who follow."""

    def __init__(self, target: RedisTarget) -> None:
        self._target = target
        self._most = len(target.sentinels) // 2 + 1
        self._followers: list[Hear] = []
        self._watching: asyncio.Task[None] | None = None
        self._missed = 0
        self._said: Address | None = None

    @property
    def are_silent(self) -> bool:
        """Whether most of them did not answer the last looks."""
        return self._missed >= SILENT_LOOKS

    async def ask(self) -> Address:
        """Where they say the primary is. Raises OSError when none of them does.

        One that is cut off may name a primary of the past: so most of them are heard, and the newest word counts.
        """
        named = await self._named(self._most)
        if not named:
            raise ConnectionError("no sentinel names a primary")
        return await self._place_of(max(named))

    async def at_ease(self, address: Address) -> bool:
        """Whether most sentinels name this one, none is about to replace it, and whoever names another knows less."""
        named = await self._named(len(self._target.sentinels))
        here = [each for each in named if await _is_at(each, address)]
        newest = max((each.epoch for each in here), default=0)
        return (
            len(here) >= self._most
            and not any(each.failing_over for each in here)
            and all(each.epoch < newest for each in named if each not in here)
        )

    def follow(self, hear: Hear) -> None:
        """From now on `hear` is told the primary at every look, until it leaves."""
        self._followers.append(hear)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    def leave(self, hear: Hear) -> None:
        """`hear` is told no more."""
        if hear in self._followers:
            self._followers.remove(hear)
        if not self._followers and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def _watch(self) -> None:
        looking = Job("sentinels")
        while True:
            await asyncio.sleep(WATCH_EVERY_S * random.uniform(0.5, 1))
            await looking.attempt(self._look)

    async def _look(self) -> None:
        named = await self._named(self._most)
        self._note(len(named) >= self._most)
        if named:
            address = await self._place_of(max(named))
            for hear in tuple(self._followers):
                hear(address)

    def _note(self, answered: bool) -> None:
        were_silent = self.are_silent
        self._missed = 0 if answered else self._missed + 1
        if self.are_silent and not were_silent:
            _LOG.warning("most sentinels of %s are silent", self._target.shown)
        elif were_silent and not self.are_silent:
            _LOG.info("most sentinels of %s answer again", self._target.shown)

    async def _place_of(self, named: _Named) -> Address:
        """Where that is, spelled as before while it is the place of before: sentinels may spell it each in its way."""
        if self._said is None or not await _is_at(named, self._said):
            self._said = self._target.servers[0].at(named.host, named.port)
        return self._said

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


async def _is_at(named: _Named, address: Address) -> bool:
    return await same_place((named.host, named.port), (address.host, address.port))


async def _ask(sentinel: Address, primary: str) -> _Named | None:
    """What this sentinel names; None when it does not answer, does not know, or says what nobody understands."""
    commands = [pack(("AUTH", sentinel.user or "default", sentinel.password))] if sentinel.password else []
    commands += [pack(("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary)), pack(("SENTINEL", "MASTER", primary))]
    try:
        async with asyncio.timeout(SENTINEL_ANSWERS_S):
            connection, replies = await dial(sentinel, b"".join(commands), len(commands), _ignored, _ignored)
        connection.drop()
        return _read(*replies[-2:])
    except (OSError, AttributeError, TypeError, ValueError):
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
