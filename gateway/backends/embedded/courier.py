"""Brings the effects of calls to agents' sessions: events in order, and the state after the last call.

What a shard of the store cannot take now waits, in order, and is tried again: calls go on while it is out of reach.
"""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from gateway.backends.embedded import occupation
from gateway.backends.embedded.core.outcome import After, Effect, Free, Tell
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.records import STORE_RETRY_S, Records
from gateway.backends.embedded.scheduler import Scheduler
from gateway.events.event import make_event
from gateway.ops.crashes import crash_line
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import Event
from gateway.sessions.signing import Transition
from gateway.sessions.store import EventQueue, SessionStore
from gateway.wire.errors import Refused, StoreUnavailable

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Parcel:
    """Events for one session, and what the agent is after them (None: still in a call, or never was).

    `calls` are those that it is in by then, None where nothing has changed there.
    """

    agent_id: int
    session_id: str
    events: list[Event] = field(default_factory=list)
    after: After | None = None
    calls: tuple[str, ...] | None = None


def parcels(effects: Iterable[Effect], world: World, now_ms: int) -> list[Parcel]:
    """Effects on agents in this world, one parcel a session; the order within a session is kept."""
    packed: dict[str, Parcel] = {}
    for effect in effects:
        if isinstance(effect, Tell | Free):
            parcel = packed.get(effect.session_id)
            if parcel is None:
                calls = tuple(call.id for call, _leg in world.legs_of(effect.session_id))
                parcel = packed[effect.session_id] = Parcel(effect.agent_id, effect.session_id, calls=calls)
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

    def is_late(self, agent_id: int) -> bool:
        """Whether parcels of this agent's shard wait for the store."""
        return self._records.service.store.shard_of(agent_id) in self._late

    def _try_later(self, shard: SessionStore) -> None:
        self._scheduler.after(STORE_RETRY_S, partial(self._bring_late, shard))

    async def _bring(self, parcel: Parcel) -> bool:
        if parcel.after is After.LEFT:
            return True
        if parcel.after is None and self._is_known(parcel):
            return await self._queue.append(parcel.agent_id, parcel.session_id, parcel.events)
        try:
            await self._records.set(parcel.agent_id, parcel.session_id, self._change(parcel, tuple(parcel.events)))
        except Refused:
            return False
        return True

    def _is_known(self, parcel: Parcel) -> bool:
        """Whether the agent's record names these calls, as far as is known here."""
        desk = self._records.world.desks.get(parcel.agent_id)
        ours = desk is not None and desk.session_id == parcel.session_id
        return parcel.calls is None or (ours and desk is not None and desk.state.calls == parcel.calls)

    def _change(self, parcel: Parcel, told: tuple[Event, ...]) -> Transition:
        def into(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            if parcel.calls is None or state.centre != self._records.centre:
                return state, told
            return replace(state, calls=parcel.calls), told

        def out_of(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            step = occupation.free(state, parcel.after or After.NOT_TALKED, self._wrap_up_s, now_ms)
            if step is None or state.centre != self._records.centre:
                return state, told
            later, events = self._records.with_events(parcel.agent_id, step, now_ms)
            return later, (*told, *events)

        return into if parcel.after is None else out_of

    async def _bring_late(self, shard: SessionStore) -> None:
        late = self._late[shard]
        while late:
            try:
                await self._bring(late[0])
            except StoreUnavailable:
                self._try_later(shard)
                return
            except Exception as crash:
                _LOG.error("events of agent %d are lost: %s", late[0].agent_id, crash_line(crash))
            late.popleft()
        del self._late[shard]
