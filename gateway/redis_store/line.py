"""A line to Redis that comes back by itself: connects, signs in, passes the fence, and again after each loss.

`Places` tells where the primary is: at home, where a Cluster sent us, or where the sentinels say
(docs/design/redis_link.md).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.ops.backoff import Backoff
from gateway.ops.jobs import Job
from gateway.redis_store import fence_and_seal as fences
from gateway.redis_store.address import Address, RedisTarget
from gateway.redis_store.connection import OWN_FAULT, dial, greeting
from gateway.redis_store.fence_and_seal import Fence, Seal
from gateway.redis_store.flights import Flights
from gateway.redis_store.replies import refusal_of
from gateway.redis_store.rights import Rights
from gateway.redis_store.scripts import pack
from gateway.redis_store.sentinels import Sentinels

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
SEEKING_PAUSE_S: Final = 0.1
"""Pauses between attempts double from the first to the longest, each shortened by up to a half. The second one is the
longest where another server may have become the primary meanwhile: each of them is an outage of its own."""


class Places:
    """Finds the server to connect to, for all lines of one link. `sentinels` are those of `target`, None for none."""

    def __init__(self, target: RedisTarget, sentinels: Sentinels | None = None) -> None:
        self.sentinels = sentinels
        self._servers = target.servers
        self._turn = 0
        self._moved: Address | None = None

    @property
    def several(self) -> bool:
        """Whether the primary may be elsewhere tomorrow."""
        return len(self._servers) > 1 or self.sentinels is not None

    @property
    def _here(self) -> Address:
        return self._moved or self._servers[self._turn % len(self._servers)]

    async def find(self) -> Address:
        """The address to dial. Raises OSError when no sentinel names one."""
        return await self.sentinels.ask() if self.sentinels is not None else self._here

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


@dataclass(frozen=True)
class LineOptions:
    """How a line behaves.

    `name` is the connection's name in Redis; `channel` is subscribed to, if any, and `pushed` hears it. `prelude` gives
    packed commands for each new connection. With `seal`, a key to write, what is sent counts only when it is safe (see
    Seal), for which `one` replica may be enough. `state` hears "" when the line is up and else why not. `rights` hears
    of denials, and answers before a new connection is used. `wrong_type` gets packed commands on a key that is of
    another type than they need.
    """

    name: str
    state: Callable[[str], None]
    rights: Rights
    pushed: Callable[[list[Any]], None] = lambda push: None
    wrong_type: Callable[[bytes], None] = lambda packed: None
    channel: str = ""
    prelude: Callable[[], list[bytes]] = list
    seal: str = ""
    one: bool = False


class Line:
    """One connection after another to wherever the primary is: `address`, None while there is no connection."""

    def __init__(self, places: Places, fence: Fence, timeout_ms: int, options: LineOptions) -> None:
        self._places = places
        self._fence = fence
        self._timeout_s = timeout_ms / 1000
        self._options = options
        self._seal: Seal | None = None
        if options.seal:
            self._seal = Seal(fence, places.sentinels, lambda: self.address, options.seal, one=options.one)
        self._flights = Flights(fence, self._timeout_s, self._seal, self)
        self.send = self._flights.send
        self._backoff = Backoff(FIRST_PAUSE_S, SEEKING_PAUSE_S if places.several else LONGEST_PAUSE_S)
        self._gone = asyncio.Event()
        self._faults = Job("redis-line", options.name)
        self._dialled: Address | None = None
        self.address: Address | None = None

    @property
    def seals(self) -> bool:
        """Whether what is sent waits until it is safe; else there is nobody who could take over."""
        return self._seal is not None and self._seal.needed

    @property
    def under_way(self) -> int:
        """See Flights."""
        return self._flights.under_way

    async def run(self) -> None:
        """Keeps the line connected until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
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
                    self._backoff.reset()
            await asyncio.sleep(self._backoff.next_s())

    async def _open(self) -> None:
        """Signs in and passes the fence, in one exchange. Raises OSError, ReplyError."""
        self._dialled = None
        options = self._options
        async with asyncio.timeout(self._timeout_s):
            address = await self._places.find()
        self._dialled = address
        head, question = greeting(address, options.name) + options.prelude(), options.rights.question()
        # What a subscription answers is a push, not a reply; a refusal is a reply and takes the place of another.
        subscribe = pack(("SUBSCRIBE", options.channel)) if options.channel else b""
        packed = b"".join((*head, *question, subscribe, self._fence.packed))
        asked_s = asyncio.get_running_loop().time()
        count = len(head) + len(question) + fences.COMMANDS
        connection, replies = await dial(address, packed, count, options.pushed, self._lost, self._timeout_s)
        try:
            options.rights.answered(replies[len(head) : len(head) + len(question)])
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
        options.state("")

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

    def broken(self, error: Exception) -> None:
        """See Owner."""
        self.address = None
        self._tell(error)
        self._gone.set()

    def slow(self, is_slow: bool) -> None:
        """See Owner. The connection stays: late answers may be in time again."""
        self._options.state(self._why(TimeoutError()) if is_slow else "")

    def wrong_type(self, packed: bytes) -> None:
        """See Owner."""
        self._options.wrong_type(packed)

    def _tell(self, error: Exception) -> None:
        self._options.rights.note(error)
        if self._dialled is not None and isinstance(error, ReplyError):
            self._places.refused(self._dialled, str(error))
        elif self._dialled is not None:
            self._places.failed(self._dialled)
        self._options.state(self._why(error))

    def _why(self, error: Exception) -> str:
        if isinstance(error, ReplyError):
            return refusal_of(error)
        if isinstance(error, TimeoutError) and not str(error):
            return f"no answer within {self._timeout_s * 1000:.0f} ms"
        return str(error) or type(error).__name__

    def close(self) -> None:
        """Fails what is pending and lets go of the connection."""
        self._flights.close()
