"""Fetching without listeners: sessions in memory, a strict centre behind, as many processes as a test starts."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from gateway.backend import Upstream
from gateway.events.claims import LEASE_S
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Bounds, Change
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.event_fetchers import EventFetchers
from gateway.upstream.service_client import ServiceClient
from gateway.upstream.session_client import SessionClient
from gateway.wire.errors import StoreUnavailable
from gateway.wire.trust import client_context
from tests.support.behind import Centre, centre_behind
from tests.support.waiting import GENEROUS_S
from tests.unit.sessions.samples import FRESH, RING, START

AGENT = 101
GUID = "first.Legacy1"


class Nodes:
    """`PushNodes` whose members the test decides, besides those that say that they are alive; perhaps out of reach."""

    def __init__(self) -> None:
        self.living: set[str] = set()
        self.away = False

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        if self.away:
            raise StoreUnavailable
        self.living.add(process)
        return frozenset(self.living)

    async def leave(self, process: str) -> None:
        self.living.discard(process)


class MovingStore(MemorySessionStore):
    """A store that can be out of reach."""

    away = False
    refused = 0

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        if self.away:
            self.refused += 1
            raise StoreUnavailable
        return await super().read(agent_id, sure=sure)


@dataclass
class Bench:
    """The parts that processes share. `clock_s` is their time."""

    centre: Centre
    service: ServiceClient
    clock_s: float = 1000.0
    ended: int = 0
    nodes: Nodes = field(default_factory=Nodes)
    sealer: Sealer = field(default_factory=lambda: Sealer(RING))
    processes: list[EventFetchers] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
        self.store = MovingStore(self.queue, lambda: START)
        self.session_client = SessionClient(self.store, self.service, self.sealer, self._note_end)

    def _note_end(self) -> None:
        self.ended += 1

    async def process(self) -> EventFetchers:
        """Another gateway process, alive since longer than a lease."""
        made = EventFetchers(
            "Node", self.store, self.queue, self.service, self.session_client, self.nodes, clock=lambda: self.clock_s
        )
        self.processes.append(made)
        await made.round()
        await self.later(LEASE_S)
        return made

    async def later(self, seconds: float, *dead: EventFetchers) -> None:
        """Lets time pass, with looks in between by all but the dead; these lose their lease."""
        for one in dead:
            self.nodes.living.discard(one.process)
        for _ in range(round(seconds)):
            self.clock_s += 1
            for one in self.processes:
                if one not in dead:
                    await one.round()

    async def open(self, holder: EventFetchers, agent_id: int = AGENT, guid: str = GUID) -> Session:
        """A session whose sign-in `holder` answered."""
        self.centre.sessions[agent_id] = guid
        session_id = f"{agent_id:032x}"
        key = self.sealer.seal(session_id, Keys(guid))
        session = replace(FRESH, id=session_id, upstream=Upstream(key, holder.process))
        await self.store.apply(agent_id, lambda _record: Change(None, Record(agent_id, session)))
        holder.opened(agent_id, session.id, session.upstream)
        return session

    async def holder(self, agent_id: int = AGENT) -> str:
        """Whose the session is, "" when it is over."""
        session = (await self.store.read(agent_id)).session
        return session.upstream.holder if session is not None and session.upstream is not None else ""

    async def event_types(self, count: int, agent_id: int = AGENT) -> list[bytes]:
        """Waits for so many events in the queue, takes them."""
        found: list[bytes] = []
        session_id = f"{agent_id:032x}"
        async with asyncio.timeout(GENEROUS_S):
            while len(found) < count:
                event = await self.queue.head(agent_id, session_id)
                if event is None:
                    await asyncio.sleep(0.005)
                else:
                    found.append(event.body)
                    await self.queue.confirm(agent_id, session_id, event.id)
        return found


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    async with centre_behind() as centre:
        settings = Settings.model_validate({"UPSTREAM_URL": centre.url})
        service = ServiceClient(lambda: settings, client_context(None))
        made = Bench(centre, service)
        try:
            yield made
        finally:
            await asyncio.gather(*(one.close() for one in made.processes))
            await service.close()
