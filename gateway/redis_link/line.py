"""A line to Redis that comes back by itself: connects, signs in, passes the fence, and again after each loss."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.ops.jobs import Job
from gateway.redis_link import fence as fences
from gateway.redis_link.address import Address
from gateway.redis_link.connection import OWN_FAULT, dial, greeting
from gateway.redis_link.fence import Fence
from gateway.redis_link.flights import Flights
from gateway.redis_link.packing import pack
from gateway.redis_link.places import Places
from gateway.redis_link.replies import refusal_of
from gateway.redis_link.rights import Rights
from gateway.redis_link.seal import Seal
from gateway.wire.errors import StoreUnavailable

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
SEEKING_PAUSE_S: Final = 0.1
"""Pauses between attempts double from the first to the longest, each shortened by up to a half. The second one is the
longest where another server may have become the primary meanwhile: each of them is an outage of its own."""


@dataclass(frozen=True)
class Manner:
    """How a line behaves.

    `name` is the connection's name in Redis; `channel` is subscribed to, if any, and `pushed` hears it. `prelude` gives
    packed commands for each new connection. With `seal`, a key to write, what is sent counts only when it is safe (see
    Seal). `state` hears "" when the line is up and else why not. `rights` hears of denials, and answers before a new
    connection is used.
    """

    name: str
    state: Callable[[str], None]
    rights: Rights
    pushed: Callable[[list[Any]], None] = lambda push: None
    channel: str = ""
    prelude: Callable[[], list[bytes]] = list
    seal: str = ""


class Line:
    """One connection after another to wherever the primary is: `address`, None while there is no connection."""

    def __init__(self, places: Places, fence: Fence, timeout_ms: int, manner: Manner) -> None:
        self._places = places
        self._fence = fence
        self._timeout_s = timeout_ms / 1000
        self._manner = manner
        self._seal = Seal(fence, places.sentinels, lambda: self.address, manner.seal) if manner.seal else None
        self._flights = Flights(fence, self._timeout_s, self._seal, self._broken)
        self._longest_pause_s = SEEKING_PAUSE_S if places.several else LONGEST_PAUSE_S
        self._gone = asyncio.Event()
        self._faults = Job("redis-line", manner.name)
        self._closed = False
        self._dialled: Address | None = None
        self.address: Address | None = None

    @property
    def seals(self) -> bool:
        """Whether what is sent waits until it is safe; else there is nobody who could take over."""
        return self._seal is not None and self._seal.needed

    def send(self, packed: bytes) -> "asyncio.Future[Any]":
        """See Flights.send; fails at once when the line is closed."""
        if self._closed:
            refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            refused.set_exception(StoreUnavailable())
            return refused
        return self._flights.send(packed)

    async def run(self) -> None:
        """Keeps the line connected until it is cancelled."""
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        while True:
            began_s = loop.time()
            try:
                async with asyncio.timeout(self._timeout_s):
                    await self._open()
            except (OSError, TimeoutError, ReplyError, TypeError, ValueError) as error:
                self._tell(error)
            except Exception as fault:
                self._faults.failed(fault)
                self._tell(ConnectionError(OWN_FAULT))
            else:
                self._faults.worked()
                await self._stay()
                if loop.time() - began_s >= LONGEST_PAUSE_S:
                    pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))
            pause_s = min(2 * pause_s, self._longest_pause_s)

    async def _open(self) -> None:
        """Signs in and passes the fence, in one exchange. Raises OSError, ReplyError."""
        self._dialled = None
        manner, address = self._manner, await self._places.find()
        self._dialled = address
        head, question = greeting(address, manner.name) + manner.prelude(), manner.rights.question()
        # What a subscription answers is a push, not a reply; a refusal is a reply and takes the place of another.
        subscribe = pack(("SUBSCRIBE", manner.channel)) if manner.channel else b""
        packed = b"".join((*head, *question, subscribe, self._fence.packed))
        asked_s = asyncio.get_running_loop().time()
        count = len(head) + len(question) + fences.COMMANDS
        connection, replies = await dial(address, packed, count, manner.pushed, self._lost)
        try:
            manner.rights.answered(replies[len(head) : len(head) + len(question)])
            for reply in replies[: len(head)] + replies[len(head) + len(question) :]:
                if isinstance(reply, ReplyError):
                    raise reply
            self._fence.accept(replies[-fences.COMMANDS :], asked_s)
        except BaseException:
            connection.drop()
            raise
        self._gone.clear()
        self.address = address
        if self._seal is not None:
            self._seal.begin()
        self._flights.attach(connection, asked_s)
        manner.state("")

    def leave(self, reason: str) -> None:
        """Gives the connection up, if there is one, and looks for the primary again."""
        if self.address is not None:
            self._lost(reason)

    def _lost(self, reason: str) -> None:
        self._flights.give_up(ConnectionError(reason))

    async def _stay(self) -> None:
        while not self._gone.is_set():
            try:
                async with asyncio.timeout(fences.IDLE_FENCE_EVERY_S):
                    await self._gone.wait()
            except TimeoutError:
                self._flights.leave_soon()

    def _broken(self, error: Exception) -> None:
        self.address = None
        self._tell(error)
        self._gone.set()

    def _tell(self, error: Exception) -> None:
        self._manner.rights.note(error)
        if self._dialled is not None and isinstance(error, ReplyError):
            self._places.refused(self._dialled, str(error))
        elif self._dialled is not None:
            self._places.failed(self._dialled)
        self._manner.state(self._why(error))

    def _why(self, error: Exception) -> str:
        if isinstance(error, ReplyError):
            return refusal_of(error)
        if isinstance(error, TimeoutError) and not str(error):
            return f"no answer within {self._timeout_s * 1000:.0f} ms"
        return str(error) or type(error).__name__

    def close(self) -> None:
        """Fails what is pending and lets go of the connection."""
        self._closed = True
        self._flights.close()
