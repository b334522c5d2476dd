"""Push mode without listeners: sessions in memory, real receivers, time that pauses move."""

import asyncio
import itertools
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from gateway.events.claims import LEASE_S
from gateway.events.push import PushService
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds, Change, EventQueue
from gateway.settings.schema import Settings
from gateway.wire.envelope import make_event
from tests.support.receiver import Receiver
from tests.support.waiting import GENEROUS_S
from tests.unit.sessions.samples import RING

START_MS = 1_700_000_000_000


class Nodes:
    """`PushNodes` whose members the test decides, besides those that say that they are alive."""

    def __init__(self) -> None:
        self.living: set[str] = set()

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        self.living.add(process)
        return frozenset(self.living)

    async def leave(self, process: str) -> None:
        self.living.discard(process)


class Bench:
    """A store, a queue, and as many processes as the test starts. Leave it with `close`."""

    def __init__(self, *receivers: Receiver, **settings: str) -> None:
        self.now_ms = START_MS
        self.pauses: list[float] = []
        self.ended = 0
        self.clock_s = 1000.0
        self.settings = Settings.model_validate(
            {"EVENT_PUST_WHILTELIST_CALLBACKURI": tuple(one.url() for one in receivers), **settings}
        )
        self.queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
        self.store = MemorySessionStore(self.queue, lambda: self.now_ms)
        self.service = SessionService(self.store, RING, lambda: Policy(self.settings))
        self.nodes = Nodes()
        self._ids = itertools.count(1)
        self._stack = AsyncExitStack()

    async def _pause(self, seconds: float) -> None:
        if seconds:
            self.pauses.append(seconds)
            self.now_ms += int(seconds * 1000)
        await asyncio.sleep(0)

    def _end(self) -> None:
        self.ended += 1

    def process(self, queue: EventQueue | None = None) -> PushService:
        """A process that has not looked yet."""
        made = PushService(
            self.service,
            queue or self.queue,
            self.nodes,
            lambda: self.settings,
            self._end,
            pause=self._pause,
            clock=lambda: self.clock_s,
        )
        self.store.on_wake(made.wake)
        self._stack.push_async_callback(made.close)
        return made

    async def hold(self, *processes: PushService) -> None:
        """These are alive for one lease without a gap."""
        for _ in range(3):
            await asyncio.gather(*(process.round(everything=True) for process in processes))
            self.clock_s += LEASE_S / 2
        await asyncio.gather(*(process.round(everything=True) for process in processes))

    async def sign_in(self, process: PushService, url: str, *events: str, agent_id: int = 101, **way: Any) -> Session:
        """Opens a push session at this process."""
        session = Session(
            f"{next(self._ids):032x}",
            "AgentGateway0",
            "k1",
            self.now_ms,
            issued_ms=self.now_ms,
            push=True,
            way=replace(PushWay(url, "token-1", holder=process.process), **way),
        )
        made = tuple(make_event(kind, agent_id, None, self.now_ms) for kind in events)
        await self.store.apply(agent_id, lambda record: Change(None, replace(record, session=session), made))
        process.opened(agent_id, session)
        return session

    async def happens(self, *kinds: str, agent_id: int = 101) -> None:
        """Events for the agent's live session."""
        record = await self.store.read(agent_id)
        assert record.session is not None
        made = [make_event(kind, agent_id, None, self.now_ms) for kind in kinds]
        await self.queue.append(agent_id, record.session.id, made)

    async def way(self, agent_id: int = 101) -> PushWay | None:
        """What the record says of the session now."""
        session = (await self.store.read(agent_id)).session
        return session.way if session else None

    async def until(self, holds: Callable[[Record], bool], agent_id: int = 101) -> Record:
        """Waits until the record is so."""
        async with asyncio.timeout(GENEROUS_S):
            while not holds(record := await self.store.read(agent_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return record

    async def until_empty(self, agent_id: int = 101) -> None:
        """Waits until every event is acknowledged."""
        async with asyncio.timeout(GENEROUS_S):
            while await self.queue.depth(agent_id):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self._stack.aclose()
