"""What is asked of Redis at the same time travels together: one write there, one wait, one timer (design section 8)."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.ops.jobs import Job
from gateway.redis_link import fence as fences
from gateway.redis_link.connection import Connection
from gateway.redis_link.fence import Fence
from gateway.redis_link.replies import as_failure, is_elsewhere
from gateway.redis_link.seal import Seal
from gateway.wire.errors import StoreUnavailable

SHORTEST_FLIGHT_S: Final = 0.15
"""What a flight has at least, though its first command has waited long: our own delay is no fault of Redis."""

_LOG = logging.getLogger(__name__)

_Waiting = tuple["asyncio.Future[Any]", bytes, float]
"""The caller's future, the packed command, the loop time at which it must be answered."""


@dataclass(slots=True)
class _Flight:
    commands: list[_Waiting]
    fenced: bool
    awaited: int | None
    asked_s: float
    due_s: float
    connection: Connection


_Doubted = tuple[_Flight, list[Any]]
"""A flight that is back, and its replies, which may not be safe."""


class Flights:
    """Commands wait here for the next flight; one is out at a time. Without a connection they wait for the next one.

    A flight begins with the fence when the last one is 100 ms old. With a `seal` it ends with that, one for all of its
    commands, and none of them counts as done unless that says so. `broken` hears why the connection must be given up,
    after that was done.
    """

    def __init__(self, fence: Fence, timeout_s: float, seal: Seal | None, broken: Callable[[Exception], None]) -> None:
        self._fence = fence
        self._timeout_s = timeout_s
        self._seal = seal
        self._broken = broken
        self._waiting: deque[_Waiting] = deque()
        self._flight: _Flight | None = None
        self._doubted: list[_Doubted] = []
        self._asking: asyncio.Task[None] | None = None
        self._questions = Job("ask-sentinels")
        self._connection: Connection | None = None
        self._leaving = False
        self._fenced_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def send(self, packed: bytes) -> "asyncio.Future[Any]":
        """Sends a packed command with the next flight. The future may fail: StoreUnavailable, hiredis.ReplyError."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        due_s = loop.time() + self._timeout_s
        self._waiting.append((future, packed, due_s))
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._watch)
        self.leave_soon()
        return future

    def attach(self, connection: Connection, fenced_s: float) -> None:
        """Uses this connection from now on; its fence was sent at `fenced_s` (loop time)."""
        self._connection, self._fenced_s = connection, fenced_s
        self.leave_soon()

    def leave_soon(self) -> None:
        """Sends what waits, and the fence if it is time for it, at the end of this step of the event loop."""
        if self._connection is not None and self._flight is None and not self._leaving:
            self._leaving = True
            asyncio.get_running_loop().call_soon(self._depart)

    def _depart(self) -> None:
        self._leaving = False
        if self._connection is None or self._flight is not None:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        commands = [waiting for waiting in self._waiting if not waiting[0].done()]
        self._waiting.clear()
        fenced = now - self._fenced_s >= fences.FENCE_EVERY_S
        if not commands and not fenced:
            return
        due_s = max(commands[0][2], now + SHORTEST_FLIGHT_S) if commands else now + self._timeout_s
        seal = self._seal if commands and self._seal is not None and self._seal.needed else None
        awaited = seal.awaited if seal is not None else None
        self._flight = _Flight(commands, fenced, awaited, now, due_s, self._connection)
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._watch)
        packed = [self._fence.packed if fenced else b"", *(command for _, command, _ in commands)]
        count = len(commands) + fences.COMMANDS * fenced
        if seal is not None:
            packed.append(seal.packed(due_s - now))
            count += 1 + bool(awaited)
        self._connection.exchange(b"".join(packed), count, self._arrived)

    def _arrived(self, replies: list[Any]) -> None:
        flight = self._flight
        if flight is None:
            return
        if flight.fenced:
            try:
                self._fence.accept(replies[: fences.COMMANDS], flight.asked_s)
            except ReplyError as error:
                self.give_up(error)
                return
            self._fenced_s = flight.asked_s
            del replies[: fences.COMMANDS]
        self._flight = None
        if flight.awaited is None or self._seal is None:
            self._deliver(flight, replies)
        else:
            self._break_seal(self._seal, flight, flight.awaited, replies)
        if self._waiting:
            self.leave_soon()

    def _break_seal(self, seal: Seal, flight: _Flight, awaited: int, replies: list[Any]) -> None:
        acknowledged = replies.pop() if awaited else 0
        mark = replies.pop()
        if isinstance(mark, ReplyError):
            self._deliver(flight, _unsafe(replies, mark))
            return
        verdict = seal.verdict(awaited, acknowledged if isinstance(acknowledged, int) else 0)
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
        elsewhere: ReplyError | None = None
        for (future, _, _), reply in zip(flight.commands, replies, strict=True):
            if isinstance(reply, Exception):
                if isinstance(reply, ReplyError) and is_elsewhere(reply):
                    elsewhere = reply
                if not future.done():
                    future.set_exception(as_failure(reply))
            elif not future.done():
                future.set_result(reply)
        if elsewhere is not None and flight.connection is self._connection:
            self.give_up(elsewhere)

    def _watch(self) -> None:
        """The one timer: nothing waits longer than it may."""
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._flight is not None and self._flight.due_s <= now:
            self.give_up(TimeoutError())
        if self._connection is None:
            while self._waiting and self._waiting[0][2] <= now:
                _fail(self._waiting.popleft())
        due_s = self._flight.due_s if self._flight else self._waiting[0][2] if self._waiting else None
        if due_s is not None:
            self._timer = loop.call_at(max(due_s, now + 0.001), self._watch)

    def give_up(self, error: Exception) -> None:
        """Drops the connection; the flight that is out fails, what waits goes on waiting."""
        connection, self._connection = self._connection, None
        flight, self._flight = self._flight, None
        if connection is not None:
            connection.drop()
        for waiting in flight.commands if flight else ():
            _fail(waiting)
        if connection is not None:
            self._broken(error)

    def close(self) -> None:
        """Fails all that is pending and lets go of the connection."""
        self._broken = lambda error: None
        self.give_up(ConnectionError("closed"))
        if self._asking is not None:
            self._asking.cancel()
        for flight, _ in self._doubted:
            self._waiting.extend(flight.commands)
        while self._waiting:
            _fail(self._waiting.popleft())
        if self._timer is not None:
            self._timer.cancel()


def _fail(waiting: _Waiting) -> None:
    future, _, _ = waiting
    if not future.done():
        future.set_exception(StoreUnavailable())


def _unsafe(replies: list[Any], why: Exception | None = None) -> list[Any]:
    """Each reply becomes a failure: what it tells of may be lost."""
    return [reply if isinstance(reply, Exception) else why or StoreUnavailable() for reply in replies]
