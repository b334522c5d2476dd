"""Brings the effects of calls to agents' sessions: events in order, and the state after the last call.

What a shard of the store cannot take now waits, in order, and is tried again: calls go on while it is out of reach.
"""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from gateway.backends.embedded import occupation
from gateway.backends.embedded.core.outcome import After, Effect, Free, Tell
from gateway.backends.embedded.records import STORE_RETRY_S, Records
from gateway.backends.embedded.scheduler import Scheduler
from gateway.events.event import make_event
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import Event
from gateway.sessions.store import EventQueue, SessionStore
from gateway.wire.errors import Refused, StoreUnavailable

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Parcel:
    """Events for one session, and what the agent is after them (None: still in a call, or never was)."""

    agent_id: int
    session_id: str
    events: list[Event] = field(default_factory=list)
    after: After | None = None


def parcels(effects: Iterable[Effect], now_ms: int) -> list[Parcel]:
    """Effects on agents, one parcel a session; the order within a session is kept."""
    packed: dict[str, Parcel] = {}
    for effect in effects:
        if isinstance(effect, Tell | Free):
            parcel = packed.setdefault(effect.session_id, Parcel(effect.agent_id, effect.session_id))
            if isinstance(effect, Free):
                parcel.after = effect.after
            else:
                event = make_event(effect.event_type, effect.agent_id, effect.content, now_ms)
                parcel.events.append(event)
    return list(packed.values())


class Courier:
    """`wrap_up_s` is how long wrap-up lasts after a call, 0 = until the agent leaves it."""

    def __init__(self, records: Records, queue: EventQueue, scheduler: Scheduler, wrap_up_s: float) -> None:
        self._records = records
        self._queue = queue
        self._scheduler = scheduler
        self._wrap_up_s = wrap_up_s
        self._late: dict[SessionStore, deque[Parcel]] = {}
        """By the shard that is out of reach."""

    async def deliver(self, parcel: Parcel) -> bool:
        """Brings a parcel, or keeps it for later; False when the session is over."""
        shard = self._records.service.store.shard_of(parcel.agent_id)
        if shard in self._late:
            self._late[shard].append(parcel)
            return True
        try:
            return await self._bring(parcel)
        except StoreUnavailable:
            _LOG.warning("the store is out of reach: events of calls wait for it")
            self._late[shard] = deque([parcel])
            self._try_later(shard)
            return True

    def _try_later(self, shard: SessionStore) -> None:
        self._scheduler.after(STORE_RETRY_S, partial(self._bring_late, shard))

    async def _bring(self, parcel: Parcel) -> bool:
        if parcel.after is None:
            return await self._queue.append(parcel.agent_id, parcel.session_id, parcel.events)
        if parcel.after is After.LEFT:
            return True
        return await self._free(parcel, parcel.after)

    async def _free(self, parcel: Parcel, after: After) -> bool:
        told = tuple(parcel.events)

        def leave(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            step = occupation.free(state, after, self._wrap_up_s, now_ms)
            if step is None:
                return state, told
            later, events = self._records.with_events(parcel.agent_id, step, now_ms)
            return later, (*told, *events)

        try:
            await self._records.set(parcel.agent_id, parcel.session_id, leave)
        except Refused:
            return False
        return True

    async def _bring_late(self, shard: SessionStore) -> None:
        late = self._late[shard]
        while late:
            try:
                await self._bring(late[0])
            except StoreUnavailable:
                self._try_later(shard)
                return
            except Exception as crash:
                _LOG.error("events of agent %d are lost: %s", late[0].agent_id, type(crash).__name__)
            late.popleft()
        del self._late[shard]
