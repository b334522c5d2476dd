"""The polls that wait on this node, at most one an agent, the newest, and for how long (docs/design/events.md).

Desktops poll again as soon as they are answered. So a poll that is refused, or that ends empty before its time, is
answered `REST_S` after it came: whoever asks again without pause asks twice a second (docs/protocol.md, Polling).
"""

import asyncio
import itertools
import math
import secrets
from collections.abc import Callable
from typing import Final

from gateway.ops import metrics

REST_S: Final = 0.5
RESTS_FROM: Final = 2
TOGETHER_S: Final = 0.01
"""Holds end at multiples of this, up to so much early: what ends at one moment asks the store together."""
LEAST_S: Final = 0.0005
"""Less is no time left: some event loops count in whole ms, and would go round and round until the next one."""


def left_s(until_s: float) -> float:
    """How long it is until then, a time of the event loop; 0 for less than LEAST_S."""
    left = until_s - asyncio.get_running_loop().time()
    return left if left > LEAST_S else 0.0


class Hold:
    """The time of one poll, from when it came. All times are in s of the event loop's clock."""

    __slots__ = ("_came_s", "_holds", "_longest_until_s")

    def __init__(self, holds: "Holds", longest_s: float) -> None:
        self._holds = holds
        self._came_s = asyncio.get_running_loop().time()
        self._longest_until_s = (self._came_s + longest_s) // TOGETHER_S * TOGETHER_S

    @property
    def rested_s(self) -> float:
        """From when on it may be answered with nothing."""
        return min(self._came_s + REST_S, self._holds.last_s)

    @property
    def end_s(self) -> float:
        """When it is answered at the latest. In a drain it waits for an event only as long as it has to rest."""
        until_s = self._longest_until_s
        return min(until_s, self.rested_s) if self._holds.draining else until_s

    @property
    def cut_short(self) -> bool:
        """Whether a drain asks for the answer now."""
        return self._holds.draining and not left_s(self.end_s)

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
        while left_s(end_s()):
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


class Parked:
    """One poll under way. `over` once it should answer with what it has: a newer poll, a peer that sends no more.

    `ended`: 1 when it ended another poll of its session that waited, one more when that one had ended another, and so
    on: two windows with one GUID end each other's polls for ever, a client that lost its connection ends one.
    `followed`: a newer one has come on this node.
    """

    __slots__ = (
        "_silent",
        "_waiter",
        "_woken",
        "agent_id",
        "ended",
        "followed",
        "over",
        "session_id",
        "superseded",
        "token",
    )

    def __init__(self, agent_id: int, token: str, session_id: str = "", ended: int = 0) -> None:
        self.agent_id = agent_id
        self.token = token
        self.session_id = session_id
        self.ended = ended
        self.over = False
        self.superseded = False
        self.followed = False
        self._silent = False
        self._woken = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def rests(self) -> bool:
        """Whether it rests before it answers, now that it is over: a first poll that was ended never does."""
        return self._silent or self.ended >= RESTS_FROM

    def wake(self) -> None:
        """Look again."""
        self._woken = True
        self._go_on()

    def finish(self) -> None:
        """A newer poll has come."""
        self.superseded = self.over = True
        self.wake()

    def leave_alone(self) -> None:
        """The peer is gone, or has only closed its sending side and reads the answer; no later event is for it."""
        self._silent = self.over = True
        self.wake()

    def _go_on(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, timeout_s: float) -> bool:
        """Waits for a wake, at most `timeout_s`; whether one came, now or since the last wait."""
        if timeout_s > 0 and not self._woken:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(timeout_s, self._go_on)
            metrics.POLLS_PARKED.value += 1
            try:
                await self._waiter
            finally:
                metrics.POLLS_PARKED.value -= 1
                timer.cancel()
        woken, self._woken = self._woken, False
        return woken


class Parking:
    """All polls of this node. A poll's token is unique over nodes. `drain_s` is how long a drain lasts."""

    def __init__(self, drain_s: Callable[[], float] = lambda: math.inf) -> None:
        self.holds = Holds(drain_s)
        self._node = secrets.token_hex(4)
        self._count = itertools.count()
        self._parked: dict[int, Parked] = {}

    def enter(self, agent_id: int, session_id: str = "") -> Parked:
        """A new poll of this session; an older one of the agent on this node is finished."""
        older, ended = self._parked.get(agent_id), 0
        if older is not None:
            older.followed = True
        if older is not None and not older.over:
            ended = older.ended + 1 if older.session_id == session_id else 0
            older.finish()
        parked = Parked(agent_id, f"{self._node}-{next(self._count)}", session_id, ended)
        self._parked[agent_id] = parked
        return parked

    def leave(self, parked: Parked) -> None:
        """The poll is answered."""
        if self._parked.get(parked.agent_id) is parked:
            del self._parked[parked.agent_id]

    def wake(self, agent_id: int, token: str) -> None:
        """As `sessions.store.Wake`: look again, or with the token of a poll, that one is over.

        A poll that has come after that one is not: the newer poll elsewhere did not know of it.
        """
        for parked in list(self._parked.values()) if agent_id == 0 else [self._parked.get(agent_id)]:
            if parked is None:
                continue
            if not token:
                parked.wake()
            elif parked.token == token:
                parked.finish()

    def drain(self) -> None:
        """Wakes every poll: each answers as soon as it has rested, and so does one that still comes."""
        self.holds.drain()
        self._wake_all()

    def hold_none(self, drained: bool) -> None:
        """While an operator drains the node polls are answered as soon as they have rested; then they are held again.

        At the end of the process this changes nothing more.
        """
        if self.holds.last_s < math.inf:
            return
        self.holds.draining = drained
        if drained:
            self._wake_all()

    def _wake_all(self) -> None:
        for parked in list(self._parked.values()):
            parked.wake()

    def __len__(self) -> int:
        return len(self._parked)
