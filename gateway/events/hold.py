"""How long a poll is held, and how long one rests whose answer brings nothing (docs/protocol.md, Polling).

Desktops poll again as soon as they are answered. So a poll that is refused, or that ends empty before its time, is
answered `REST_S` after it came: whoever asks again without pause asks twice a second.
"""

import asyncio
import math
from collections.abc import Callable
from typing import Final

REST_S: Final = 0.5


class Hold:
    """The time of one poll, from when it came. All times are in s of the event loop's clock."""

    __slots__ = ("_came_s", "_holds", "_longest_s")

    def __init__(self, holds: "Holds", longest_s: float) -> None:
        self._holds = holds
        self._came_s = asyncio.get_running_loop().time()
        self._longest_s = longest_s

    @property
    def rested_s(self) -> float:
        """From when on it may be answered with nothing."""
        return min(self._came_s + REST_S, self._holds.last_s)

    @property
    def end_s(self) -> float:
        """When it is answered at the latest. In a drain it waits for an event only as long as it has to rest."""
        longest_s = self._came_s + self._longest_s
        return min(longest_s, self.rested_s) if self._holds.draining else longest_s

    @property
    def cut_short(self) -> bool:
        """Whether a drain asks for the answer now."""
        return self._holds.draining and self.end_s <= asyncio.get_running_loop().time()

    async def rest(self) -> None:
        """Returns at `rested_s`."""
        await self._holds.wait_until(lambda: self.rested_s)


class Holds:
    """The holds of one node. Its end, which lasts `drain_s`, leaves none of them more than half of that.

    `draining`: nothing is held, at its end or because an operator drains it.
    """

    def __init__(self, drain_s: Callable[[], float] = lambda: math.inf) -> None:
        self.draining = False
        self.last_s = math.inf
        self._drain_s = drain_s
        self._resting: set[asyncio.Future[None]] = set()

    def begin(self, longest_s: float) -> Hold:
        """A poll has come, to be held for at most `longest_s`."""
        return Hold(self, longest_s)

    def drain(self) -> None:
        """The node goes down: whatever rests looks at the clock again."""
        if self.last_s < math.inf:
            return
        self.draining = True
        self.last_s = asyncio.get_running_loop().time() + self._drain_s() / 2
        for waiter in list(self._resting):
            _go_on(waiter)

    async def wait_until(self, end_s: Callable[[], float]) -> None:
        """Returns at `end_s`, which a drain may bring forward."""
        loop = asyncio.get_running_loop()
        while end_s() > loop.time():
            waiter: asyncio.Future[None] = loop.create_future()
            timer = loop.call_at(end_s(), _go_on, waiter)
            self._resting.add(waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                self._resting.discard(waiter)


def _go_on(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
