"""Where the name of the service behind leads: its addresses in turn, those that fail after the others.

A name that cannot be looked up leads where it led before, for a while.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any, Final

from gateway.ops.backoff import Backoff

REMEMBERED_S: Final = 10
"""So long it is remembered where the name leads."""
KEPT_S: Final = 3600
"""So long addresses are used on while the name cannot be looked up."""
LOOK_UP_S: Final = 0.5
"""So long a look-up is waited for where there are addresses from before."""
AGAIN_S: Final = 1.0
"""After a look-up that failed the next one comes so much later, where there are addresses from before."""
FIRST_REST_S: Final = 1.0
LONGEST_REST_S: Final = 120.0
NOWHERE: Final = "the name of the service leads nowhere"
_NOT_YET_S: Final = float("-inf")
_LOG = logging.getLogger(__name__)

Address = tuple[Any, ...]
"""As `getaddrinfo` gives it."""
LookUp = Callable[[str, int], Coroutine[Any, Any, list[Any]]]
"""As `getaddrinfo`, by host and port."""


async def _system(host: str, port: int) -> list[Any]:
    return list(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))


class _Rest:
    """Of an address that failed: others go before it until `until_s`."""

    __slots__ = ("_backoff", "until_s")

    def __init__(self) -> None:
        self._backoff = Backoff(FIRST_REST_S, LONGEST_REST_S)
        self.until_s = _NOT_YET_S

    def begin(self, now_s: float) -> None:
        """Once more, and longer than before."""
        self.until_s = now_s + self._backoff.next_s()


class ServiceAddresses:
    """Each who asks begins with another of its addresses. `clock` gives s."""

    def __init__(
        self, host: str, port: int, ask: LookUp = _system, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._host = host
        self._port = port
        self._ask = ask
        self._clock = clock
        self._turn = 0
        self._asked_s = self._found_s = _NOT_YET_S
        self._failing = False
        self._lookup: asyncio.Task[None] | None = None
        self._known: list[Address] = []
        self._resting: dict[Address, _Rest] = {}
        self._address: list[Address] = []
        with suppress(OSError, UnicodeError):  # That of a name: an address is one already.
            self._address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    async def find(self) -> list[Address]:
        """As `getaddrinfo`. Raises OSError."""
        if self._address:
            return list(self._address)
        if self._is_due():
            self._asked_s = self._clock()
            self._lookup = asyncio.get_running_loop().create_task(self._look_up(), context=Context())
        await self._looked_up()
        if not self._known:
            raise socket.gaierror(NOWHERE)
        self._turn = (self._turn + 1) % len(self._known)
        return self._best_first(self._known[self._turn :] + self._known[: self._turn])

    def _is_due(self) -> bool:
        if self._lookup is not None and not self._lookup.done():
            return False
        remembered_s = REMEMBERED_S if not self._failing else AGAIN_S if self._known else _NOT_YET_S
        return self._clock() - self._asked_s > remembered_s

    async def _looked_up(self) -> None:
        lookup = self._lookup
        if lookup is None or lookup.done():
            return
        if self._known:
            await asyncio.wait([lookup], timeout=max(0.0, self._asked_s + LOOK_UP_S - self._clock()))
        else:
            await asyncio.shield(lookup)

    async def _look_up(self) -> None:
        try:
            found = await self._ask(self._host, self._port)
        except (OSError, UnicodeError):
            found = []
        now_s = self._clock()
        if found:
            if self._failing and self._known:
                _LOG.info("the name %s of the contact centre can be looked up again", self._host)
            self._known, self._found_s, self._failing = found, now_s, False
            self._resting = {address: rest for address, rest in self._resting.items() if address in found}
            return
        if now_s - self._found_s > KEPT_S:
            self._known = []
        elif not self._failing:
            _LOG.warning(
                "the name %s of the contact centre cannot be looked up: its addresses from before are used on, for up "
                "to %d min",
                self._host,
                KEPT_S // 60,
            )
        self._failing = True

    # Which of them answer.

    def _best_first(self, addresses: list[Address]) -> list[Address]:
        """Those that rest after the others. When a rest is over one who asks begins with it, and no other."""
        if not self._resting:
            return addresses
        now_s = self._clock()
        ready: list[Address] = []
        resting: list[Address] = []
        for address in addresses:
            rest = self._resting.get(address)
            (resting if rest is not None and now_s < rest.until_s else ready).append(address)
        tried = self._resting.get(ready[0]) if ready else None
        if tried is not None:
            tried.begin(now_s)
        return ready + resting

    def failed(self, address: Address) -> None:
        """It did not answer where another one might: it rests, longer each time."""
        rest, now_s = self._resting.get(address), self._clock()
        if rest is None:
            rest = self._resting[address] = _Rest()
            _LOG.warning("the contact centre does not answer at %s: its other addresses go first", address[4][0])
        if now_s >= rest.until_s:
            rest.begin(now_s)

    def worked(self, address: Address) -> None:
        """It answers."""
        if self._resting and self._resting.pop(address, None) is not None:
            _LOG.info("the contact centre answers again at %s", address[4][0])
