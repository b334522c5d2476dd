"""What is asked of Redis at the same time travels together: one write there, one timer (docs/design/redis_link.md)."""

import asyncio
import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from hiredis import ReplyError

from gateway.ops import metrics
from gateway.ops.jobs import Job
from gateway.ops.request_context import step_until
from gateway.redis_store import fence_and_seal as fences
from gateway.redis_store.connection import RedisConnection
from gateway.redis_store.fence_and_seal import Fence, Seal
from gateway.redis_store.replies import as_failure, is_elsewhere, is_wrong_type
from gateway.wire.errors import StoreUnavailable

GATHER_S: Final = 0.005
"""While the last flight is younger than this and not back, what is asked waits for it."""
SEALED_GATHER_S: Final = 0.1
"""As GATHER_S after a flight that waits for replicas, if those take longer than this to come back though none hangs.

Else the next one leaves when it is back: Redis would let it wait too, and leave it less time for the replicas.
"""
SHORTEST_FLIGHT_S: Final = 0.15
"""What a flight counts on for its replicas, though one of its commands is in a hurry: the others may have time."""
SILENT_S: Final = 2.0
"""A connection on which nothing was read for so long, although answers are due, is given up."""
LOOK_EVERY_S: Final = 0.005
"""What is overdue is found this late at most."""
OWN_DELAY_S: Final = 0.05
"""If the timer itself comes later than this, this process was held up: first it reads what may lie unread."""

_Waiting = tuple["asyncio.Future[Any]", bytes, float]
"""The caller's future, the packed command, the loop time at which it must be answered."""


@dataclass(slots=True)
class _Flight:
    """Those of `commands` that are not answered at `due_s` fail then; `late`: some did.

    `next_s` is when another flight may leave although this one is not back.
    """

    commands: list[_Waiting]
    fenced: bool
    awaited: int | None
    asked_s: float
    due_s: float
    next_s: float
    connection: RedisConnection
    late: bool = False


_Doubted = tuple[_Flight, list[Any]]
"""A flight that is back, and its replies, which may not be safe."""


class Owner(Protocol):
    """Hears of the connection."""

    def broken(self, error: Exception) -> None:
        """It was given up, for this reason."""

    def slow(self, is_slow: bool) -> None:
        """Nothing is answered in time any more, or something is again."""

    def wrong_type(self, packed: bytes) -> None:
        """A key of this command is of another type than it needs."""


class Flights:
    """Commands wait here for the next flight. Without a connection they wait for the next one.

    What is asked in one step of the event loop leaves in one flight, and so does what is asked while the last one is
    out, but for no longer than GATHER_S: a slow answer keeps nobody waiting. A command that is not answered in time
    fails alone.

    A flight begins with the fence when the last one is 100 ms old. With a `seal` it ends with that, one for all of its
    commands, and none of them counts as done unless that says so.
    """

    def __init__(self, fence: Fence, timeout_s: float, seal: Seal | None, owner: Owner) -> None:
        self._fence = fence
        self._timeout_s = timeout_s
        self._seal = seal
        self._owner: Owner | None = owner
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[_Waiting] = []
        self._waiting_due_s = math.inf
        self._out: deque[_Flight] = deque()
        self._waits_until_s = 0.0
        self._doubted: list[_Doubted] = []
        self._asking: asyncio.Task[None] | None = None
        self._questions = Job("ask-sentinels")
        self._connection: RedisConnection | None = None
        self._leaving = False
        self._gathering: asyncio.TimerHandle | None = None
        self._fenced_s = 0.0
        self._sealed_s = 0.0
        self._in_time_s = 0.0
        self._slow = False
        self._timer: asyncio.TimerHandle | None = None
        self._watch_s = math.inf
        self._held_up = False

    @property
    def under_way(self) -> int:
        """How many commands are not answered."""
        return len(self._waiting) + sum(len(flight.commands) for flight in self._out)

    def _on_its_loop(self) -> asyncio.AbstractEventLoop:
        """It is asked for once: each time is a call of the system, on the path of every call."""
        self._loop = asyncio.get_running_loop()
        return self._loop

    def send(self, packed: bytes) -> "asyncio.Future[Any]":
        """Sends a packed command with the next flight. The future may fail: StoreUnavailable, hiredis.ReplyError.

        It has failed at once when this is closed.
        """
        loop = self._loop or self._on_its_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if self._owner is None:
            future.set_exception(StoreUnavailable())
            return future
        due_s = step_until(loop.time(), self._timeout_s)
        self._waiting.append((future, packed, due_s))
        if due_s < self._waiting_due_s:
            self._waiting_due_s = due_s
            if due_s < self._watch_s:
                self._watch_at(due_s)
        if not self._leaving:
            self.leave_soon()
        return future

    def attach(self, connection: RedisConnection, fenced_s: float) -> None:
        """Uses this connection from now on; its fence was sent at `fenced_s` (loop time)."""
        self._connection, self._fenced_s = connection, fenced_s
        self._in_time_s, self._slow = fenced_s, False
        self.leave_soon()

    def leave_soon(self) -> None:
        """Sends what waits, and the fence if it is time for it: at the end of this step of the event loop or, while
        the last flight is young, when that is back or old enough."""
        if self._connection is None or self._leaving:
            return
        loop = self._loop or self._on_its_loop()
        if not self._out:
            self._leaving = True
            loop.call_soon(self._depart)
        elif self._gathering is None and self._out[-1].next_s < math.inf:
            self._gathering = loop.call_at(self._out[-1].next_s, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        connection = self._connection
        if connection is None or self._leaving:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        next_s = self._out[-1].next_s if self._out else now
        if not connection.writable:
            next_s = max(next_s, now + GATHER_S)
        if next_s <= now:
            self._depart()
        elif self._waiting and next_s < math.inf:
            self._gathering = loop.call_at(next_s, self._gathered)

    def _depart(self) -> None:
        self._leaving = False
        if self._connection is None:
            return
        now = (self._loop or self._on_its_loop()).time()
        commands = [waiting for waiting in self._waiting if not waiting[0].done()]
        due_s, self._waiting, self._waiting_due_s = self._waiting_due_s, [], math.inf
        fenced = now - self._fenced_s >= fences.FENCE_EVERY_S
        if not commands and not fenced:
            return
        packed = [command for _, command, _ in commands]
        if fenced:
            packed.insert(0, self._fence.packed)
        count = len(commands) + fences.COMMANDS * fenced
        next_s, awaited = now + GATHER_S, None
        if commands and self._seal is not None and self._seal.needed:
            awaited = self._seal.awaited
            packed.append(self._seal.packed(self._time_to_wait_s(due_s, now)))
            count += 1 + bool(awaited)
            if awaited:
                next_s = now + SEALED_GATHER_S if self._sealed_s > SEALED_GATHER_S else math.inf
        if fenced:
            self._fenced_s = now
        due_s = due_s if commands else now + self._timeout_s
        self._out.append(_Flight(commands, fenced, awaited, now, due_s, next_s, self._connection))
        look_s = min(due_s, now + SILENT_S)
        if look_s < self._watch_s:
            self._watch_at(look_s)
        self._connection.exchange(b"".join(packed), count, self._arrived)

    def _time_to_wait_s(self, due_s: float, now: float) -> float:
        """What replicas have for a flight whose first command is due then: Redis waits for one after the other."""
        begins_s = max(now, self._waits_until_s) if self._out else now
        wait_s = max(due_s - begins_s, SHORTEST_FLIGHT_S) * fences.WAIT_SHARE
        self._waits_until_s = begins_s + wait_s
        return wait_s

    def _arrived(self, replies: list[Any]) -> None:
        flight = self._out[0]
        if flight.fenced:
            try:
                self._fence.accept(replies[: fences.COMMANDS], flight.asked_s)
            except ReplyError as error:
                self.give_up(error)
                return
            del replies[: fences.COMMANDS]
        self._out.popleft()
        if not flight.late:
            self._in_time_s = flight.connection.heard_s
            if self._slow:
                self._tell_slow(False)
        if flight.awaited is None or self._seal is None:
            self._deliver(flight, replies)
        else:
            self._break_seal(self._seal, flight, flight.awaited, replies)
        if self._waiting and not self._out:
            self.leave_soon()

    def _break_seal(self, seal: Seal, flight: _Flight, awaited: int, replies: list[Any]) -> None:
        acknowledged = replies.pop() if awaited else 0
        mark = replies.pop()
        if isinstance(mark, ReplyError):
            self._deliver(flight, _unsafe(replies, mark))
            return
        acknowledged = acknowledged if isinstance(acknowledged, int) else 0
        if acknowledged >= awaited:
            self._sealed_s = flight.connection.heard_s - flight.asked_s
        verdict = seal.verdict(awaited, acknowledged)
        if verdict is not None:
            self._deliver(flight, replies if verdict else _unsafe(replies))
            return
        self._doubted.append((flight, replies))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_about(seal))

    async def _ask_about(self, seal: Seal) -> None:
        """One question for all flights that came back before it; for those that come meanwhile, the next one."""
        try:
            while self._doubted:
                count = len(self._doubted)
                safe = await self._is_safe(seal)
                doubted, self._doubted = self._doubted[:count], self._doubted[count:]
                for flight, replies in doubted:
                    self._deliver(flight, replies if safe else _unsafe(replies))
        finally:
            self._asking = None

    async def _is_safe(self, seal: Seal) -> bool:
        safe = False

        async def ask() -> None:
            nonlocal safe
            safe = await seal.still_the_primary()

        return await self._questions.attempt(ask) and safe

    def _deliver(self, flight: _Flight, replies: list[Any]) -> None:
        store, took_s = metrics.STORE_SECONDS, flight.connection.heard_s - flight.asked_s
        store.in_bucket[bisect_left(store.bounds, took_s)] += 1  # By hand: it is on the path of every call.
        store.sum_s += took_s
        elsewhere: ReplyError | None = None
        for (future, packed, _), reply in zip(flight.commands, replies, strict=True):
            if isinstance(reply, Exception):
                if isinstance(reply, ReplyError) and is_elsewhere(reply):
                    elsewhere = reply
                elif is_wrong_type(reply) and self._owner is not None:
                    self._owner.wrong_type(packed)
                if not future.done():
                    future.set_exception(as_failure(reply))
            elif not future.done():
                future.set_result(reply)
        if elsewhere is not None and flight.connection is self._connection:
            self.give_up(elsewhere)

    def _watch_at(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._watch_s = at_s
        self._timer = asyncio.get_running_loop().call_at(at_s, self._watch)

    def _watch(self) -> None:
        """The one timer: nothing waits longer than it may."""
        now = asyncio.get_running_loop().time()
        self._held_up = not self._held_up and now - self._watch_s > OWN_DELAY_S
        self._timer, self._watch_s = None, math.inf
        next_s = now
        if not self._held_up:
            next_s = min(self._fail_overdue(now), self._give_up_silent(now))
        if next_s < math.inf:
            self._watch_at(max(next_s, now + LOOK_EVERY_S))

    def _fail_overdue(self, now: float) -> float:
        """Fails what is due; when it is to be looked at again, in loop time."""
        next_s, was_late = math.inf, False
        for flight in (*self._out, *(flight for flight, _ in self._doubted)):
            if flight.due_s <= now:
                flight.late = was_late = True
                flight.due_s = _fail_due(flight.commands, now)
            next_s = min(next_s, flight.due_s)
        if self._waiting_due_s <= now:
            self._waiting_due_s = _fail_due(self._waiting, now)
        if was_late and not self._slow and now - self._in_time_s >= self._timeout_s:
            self._tell_slow(True)
        return min(next_s, self._waiting_due_s)

    def _give_up_silent(self, now: float) -> float:
        """Gives up a connection that is silent; else, when that is to be looked at again, in loop time."""
        if self._connection is None or not self._out:
            return math.inf
        end_s = max(self._out[0].asked_s, self._connection.heard_s) + SILENT_S
        if end_s > now:
            return end_s
        self.give_up(TimeoutError())
        return self._waiting_due_s

    def _tell_slow(self, is_slow: bool) -> None:
        self._slow = is_slow
        if self._owner is not None:
            self._owner.slow(is_slow)

    def give_up(self, error: Exception) -> None:
        """Drops the connection; the flights that are out fail, what waits goes on waiting."""
        connection, self._connection = self._connection, None
        flights, self._out = self._out, deque()
        if connection is not None:
            connection.drop()
        for flight in flights:
            _fail(flight.commands)
        if connection is not None and self._owner is not None:
            self._owner.broken(error)

    def close(self) -> None:
        """Fails all that is pending and lets go of the connection."""
        self._owner = None
        self.give_up(ConnectionError("closed"))
        if self._asking is not None:
            self._asking.cancel()
        for flight, _ in self._doubted:
            _fail(flight.commands)
        _fail(self._waiting)
        self._waiting = []
        for timer in (self._timer, self._gathering):
            if timer is not None:
                timer.cancel()


def _fail(commands: Iterable[_Waiting]) -> None:
    for future, _, _ in commands:
        if not future.done():
            future.set_exception(StoreUnavailable())


def _fail_due(commands: Iterable[_Waiting], now: float) -> float:
    """Fails those that are due; when the next one is."""
    commands = [waiting for waiting in commands if not waiting[0].done()]
    _fail(waiting for waiting in commands if waiting[2] <= now)
    return min((due_s for _, _, due_s in commands if due_s > now), default=math.inf)


def _unsafe(replies: list[Any], why: Exception | None = None) -> list[Any]:
    """Each reply becomes a failure: what it tells of may be lost."""
    return [reply if isinstance(reply, Exception) else why or StoreUnavailable() for reply in replies]
