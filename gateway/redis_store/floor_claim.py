"""There is one contact centre for a store: a claim on its floor, with a number that grows (docs/design/one_floor.md).

The claim stands in the first shard and is kept alive there; number and holder stand in every shard, and each write of
the process carries them, so that a process which another one has followed can write nothing any more. Nor does it
answer anything from what it has in memory: once its claim may have run out, it asks first. An outage of the store ends
no claim: who comes back and finds its own goes on.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.ops.jobs import Job
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.sessions.store import CannotServeError
from gateway.wire.errors import StoreUnavailable

LIFE_S: Final = 6.0
KEEP_EVERY_S: Final = 2.0
LOOK_EVERY_S: Final = 0.25
"""While it waits for another process."""
REST_S: Final = 0.1
PREDECESSOR_S: Final = 60.0
"""For so long a process waits for one of its own name that is still there."""

_CLAIM: Final = load_script("floor_claim")
_NUMBER: Final = load_script("floor_number")
_HELD: Final = (
    "another gateway runs the contact centre of this store, and there can be one alone: set BACKEND = upstream and "
    "UPSTREAM_URL to make this a gateway in front of that one, or give it a STORE_TAG of its own"
)
_DOUBT: Final = "another process may run the contact centre of this store by now: try again"
_LOST: Final = "another gateway runs the contact centre of this store by now, since this one was not heard of: it ends"
_LOG = logging.getLogger(__name__)


class Fenced(Protocol):
    """The claim of a contact centre, as its writes carry it."""

    @property
    def claim_text(self) -> str:
        """Number and holder."""

    def refused(self) -> None:
        """A write was refused."""

    def check(self) -> None:
        """Raises StoreUnavailable while another process may have taken the floor."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """Whether the floor is ours; else whose: `ends_ms` is when its claim ends."""

    ours: bool
    number: int
    ends_ms: int
    draining: bool
    name: str


class FloorClaim:
    """The claim of this process. `links` are those to all shards; `name` is the same for a process that follows it.

    `pause` (of seconds) does what `asyncio.sleep` does; `clock` is monotonic, in s.
    """

    def __init__(
        self,
        links: Sequence[RedisLink],
        name: str,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.number = 0
        self._holder = secrets.token_hex(8)
        self._name = name
        self._first = links[0]
        self._others = links[1:]
        self._pause = pause
        self._clock = clock
        self._ends_s = 0.0
        self._draining = False
        self._look = asyncio.Event()

    @property
    def claim_text(self) -> str:
        """See `Fenced.claim_text`."""
        return f"{self.number} {self._holder}"

    async def claim(self) -> None:
        """Holds the floor from now on; waits for a holder that drains, is silent, or is of this name.

        Raises CannotServeError when another one is kept alive, and StoreUnavailable.
        """
        if self.number:
            return
        waited_s, seen = 0.0, None
        while True:
            found = await self._ask("claim", 1, durable=True)
            if found.ours:
                self.number = found.number
                return
            if seen is None:
                _LOG.info("waiting for the contact centre of this store, which another process runs, to end")
            patient = found.draining or (found.name == self._name and waited_s < PREDECESSOR_S)
            if seen not in {None, found.ends_ms} and not patient:
                raise CannotServeError(_HELD)
            seen = found.ends_ms
            await self._pause(LOOK_EVERY_S)
            waited_s += LOOK_EVERY_S

    async def enter(self, link: RedisLink) -> None:
        """Says the number in a shard, before its sessions are read. Raises CannotServeError and StoreUnavailable."""
        if link is self._first:
            return
        asked_s = self._clock()
        other = int(await link.durable(_NUMBER, [link.key("floor")], [self.number, self._holder]))
        if other:
            await self._outgrow(other)
            await self.enter(link)
        else:
            self._ends_s = max(self._ends_s, asked_s + LIFE_S)

    async def _outgrow(self, number: int) -> None:
        """A shard knows this number, of a claim that the first shard has lost."""
        await self._keep()
        self.number = (await self._ask("claim", number + 1, durable=True)).number

    async def run(self) -> None:
        """Keeps the claim, until cancelled. Raises CannotServeError when it is another process's."""
        keeping = Job("floor", passes=(CannotServeError,))
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(KEEP_EVERY_S):
                    await self._look.wait()
            self._look.clear()
            if self.number:
                await keeping.attempt(self.keep)
            await self._pause(REST_S)

    async def keep(self) -> None:
        """Says once that this process is alive, in every shard in reach. Raises CannotServeError.

        While the first shard is away the others go on: another process would have to say its number there, too.
        """
        with suppress(StoreUnavailable):
            await self._keep()
        for link in self._others:
            if not link.reason:
                with suppress(StoreUnavailable):
                    await self.enter(link)

    async def _keep(self) -> None:
        if not (await self._ask("drain" if self._draining else "keep", self.number)).ours:
            raise CannotServeError(_LOST)

    def refused(self) -> None:
        """See `Fenced.refused`: whether the claim still stands is asked at once."""
        self._look.set()

    def check(self) -> None:
        """See `Fenced.check`."""
        if self._clock() >= self._ends_s:
            self._look.set()
            raise StoreUnavailable(_DOUBT)

    def drain(self) -> None:
        """This process is about to end: one that starts may wait for it."""
        self._draining = True
        self._look.set()

    async def leave(self) -> None:
        """The floor is free."""
        if self.number:
            with suppress(StoreUnavailable):
                await self._ask("leave", self.number)
            self.number = 0

    async def _ask(self, wanted: str, number: int, *, durable: bool = False) -> _Answer:
        run = self._first.durable if durable else self._first.script
        asked_s = self._clock()
        arguments = (wanted, self._holder, self._name, int(LIFE_S * 1000), number)
        ours, kept, ends, draining, name = await run(_CLAIM, [self._first.key("floor")], arguments)
        self._ends_s = asked_s + LIFE_S if ours else 0.0
        return _Answer(bool(ours), int(kept), int(ends), bool(draining), name.decode("utf-8", "replace"))


def claim_text(floor: Fenced | None) -> str:
    """What a write carries: nothing where this process is no contact centre."""
    return "" if floor is None else floor.claim_text
