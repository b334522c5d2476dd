"""One lasting connection: gathers commands into flights, minds their time, comes back by itself (design section 8)."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_link import fence as fences
from gateway.redis_link.connection import Connection, dial, greeting
from gateway.redis_link.fence import Fence
from gateway.redis_link.packing import pack
from gateway.redis_link.places import Places
from gateway.redis_link.replies import ELSEWHERE, as_failure, code
from gateway.wire.errors import StoreUnavailable

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
SHORTEST_FLIGHT_S: Final = 0.15

_Waiting = tuple["asyncio.Future[Any]", bytes, float]
"""The caller's future, the packed command, the loop time at which it must be answered."""


@dataclass(slots=True)
class _Flight:
    commands: list[_Waiting]
    fenced: bool
    sealed: bool
    asked_s: float
    due_s: float


@dataclass(frozen=True)
class Manner:
    """How a line behaves.

    `name` is the connection's name in Redis; `channel` is subscribed to, if any. `prelude` gives packed commands for
    each new connection. `seal` gives a packed WAIT that ends each flight, or b"" for none: no command of the flight
    counts as done unless a replica has acknowledged it. `state` hears "" when the line is up and else why it is not.
    """

    name: str
    state: Callable[[str], None]
    pushed: Callable[[list[Any]], None] = lambda push: None
    channel: str = ""
    prelude: Callable[[], list[bytes]] = list
    seal: Callable[[], bytes] = bytes


class Line:
    """Commands wait here for the next flight. One flight is out at a time; a line without connection keeps them."""

    def __init__(self, places: Places, fence: Fence, timeout_ms: int, manner: Manner) -> None:
        self._places = places
        self._fence = fence
        self._timeout_s = timeout_ms / 1000
        self._manner = manner
        self._waiting: deque[_Waiting] = deque()
        self._flight: _Flight | None = None
        self._connection: Connection | None = None
        self._leaving = False
        self._fenced_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()
        self._closed = False

    def send(self, packed: bytes) -> "asyncio.Future[Any]":
        """Sends a packed command with the next flight. The future may fail: StoreUnavailable, hiredis.ReplyError."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if self._closed:
            future.set_exception(StoreUnavailable())
            return future
        due_s = loop.time() + self._timeout_s
        self._waiting.append((future, packed, due_s))
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._watch)
        self._leave_soon()
        return future

    def _leave_soon(self) -> None:
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
        packed = [command for _, command, _ in commands]
        if fenced:
            packed.insert(0, self._fence.packed)
        seal = self._manner.seal() if commands else b""
        packed.append(seal)
        due_s = max(commands[0][2], now + SHORTEST_FLIGHT_S) if commands else now + self._timeout_s
        self._flight = _Flight(commands, fenced, bool(seal), now, due_s)
        if self._timer is None:
            self._timer = loop.call_at(due_s, self._watch)
        count = len(commands) + fences.COMMANDS * fenced + bool(seal)
        self._connection.exchange(b"".join(packed), count, self._arrived)

    def _arrived(self, replies: list[Any]) -> None:
        flight, self._flight = self._flight, None
        if flight is None:
            return
        if flight.fenced:
            try:
                self._fence.accept(replies[: fences.COMMANDS], flight.asked_s)
            except ReplyError as error:
                self._flight = flight
                self._drop(error)
                return
            self._fenced_s = flight.asked_s
            del replies[: fences.COMMANDS]
        if flight.sealed:
            replies = _unless_alone(replies)
        self._deliver(flight, replies)
        if self._waiting:
            self._leave_soon()

    def _deliver(self, flight: _Flight, replies: list[Any]) -> None:
        elsewhere: ReplyError | None = None
        for (future, _, _), reply in zip(flight.commands, replies, strict=True):
            if isinstance(reply, Exception):
                if isinstance(reply, ReplyError) and code(reply) in ELSEWHERE:
                    elsewhere = reply
                if not future.done():
                    future.set_exception(as_failure(reply))
            elif not future.done():
                future.set_result(reply)
        if elsewhere is not None:
            self._drop(elsewhere)

    def _watch(self) -> None:
        """The one timer: nothing waits longer than it may."""
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._flight is not None and self._flight.due_s <= now:
            self._drop(TimeoutError())
        if self._connection is None:
            while self._waiting and self._waiting[0][2] <= now:
                _fail(self._waiting.popleft()[0])
        due_s = self._flight.due_s if self._flight else self._waiting[0][2] if self._waiting else None
        if due_s is not None:
            self._timer = loop.call_at(max(due_s, now + 0.001), self._watch)

    def _drop(self, error: Exception) -> None:
        connection, self._connection = self._connection, None
        flight, self._flight = self._flight, None
        if connection is None:
            return
        connection.drop()
        for waiting in flight.commands if flight else ():
            _fail(waiting[0])
        self._manner.state(self._reason(error))
        self._gone.set()

    def _reason(self, error: Exception) -> str:
        if isinstance(error, ReplyError):
            self._places.refused(str(error))
            return f"it refuses: {code(error)}"
        if isinstance(error, TimeoutError) and not str(error):
            return f"no answer within {self._timeout_s * 1000:.0f} ms"
        self._places.failed()
        return str(error) or type(error).__name__

    async def run(self) -> None:
        """Keeps the line connected until it is cancelled."""
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        while True:
            began_s = loop.time()
            try:
                async with asyncio.timeout(self._timeout_s):
                    await self._open()
            except (OSError, TimeoutError, ReplyError) as error:
                self._manner.state(self._reason(error))
            else:
                self._manner.state("")
                self._leave_soon()
                await self._stay()
                if loop.time() - began_s >= LONGEST_PAUSE_S:
                    pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        address = await self._places.find()
        opened: asyncio.Future[list[Any]] = loop.create_future()

        def lost(reason: str) -> None:
            if opened.done():
                self._drop(ConnectionError(reason))
            else:
                opened.set_exception(ConnectionError(reason))

        connection = await dial(address, self._manner.pushed, lost)
        try:
            head = greeting(address, self._manner.name) + self._manner.prelude()
            # What a subscription answers is a push, not a reply.
            subscribe = pack(("SUBSCRIBE", self._manner.channel)) if self._manner.channel else b""
            asked_s = loop.time()
            packed = b"".join((*head, subscribe, self._fence.packed))
            connection.exchange(packed, len(head) + fences.COMMANDS, opened.set_result)
            replies = await opened
            for reply in replies[: len(head)]:
                if isinstance(reply, ReplyError):
                    raise reply
            self._fence.accept(replies[-fences.COMMANDS :], asked_s)
        except BaseException:
            opened.cancel()
            connection.drop()
            raise
        self._fenced_s = asked_s
        self._gone.clear()
        self._connection = connection

    async def _stay(self) -> None:
        while self._connection is not None:
            try:
                async with asyncio.timeout(fences.IDLE_FENCE_EVERY_S):
                    await self._gone.wait()
            except TimeoutError:
                self._leave_soon()

    def close(self) -> None:
        """Fails what is pending and lets go of the connection."""
        self._closed = True
        self._manner.state("closed")
        self._drop(ConnectionError("closed"))
        while self._waiting:
            _fail(self._waiting.popleft()[0])
        if self._timer is not None:
            self._timer.cancel()


def _fail(future: "asyncio.Future[Any]") -> None:
    if not future.done():
        future.set_exception(StoreUnavailable())


def _unless_alone(replies: list[Any]) -> list[Any]:
    """The replies ahead of a WAIT; without an acknowledgement each of them becomes a failure."""
    acknowledged = replies.pop()
    if isinstance(acknowledged, int) and acknowledged >= 1:
        return replies
    return [reply if isinstance(reply, Exception) else StoreUnavailable() for reply in replies]
