"""Agents' states in their records, and the desks that mirror them here (design section 8)."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.backends.base import Call
from gateway.backends.embedded import occupation, state_machine
from gateway.backends.embedded.core import phones
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.core.outcome import After
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.scheduler import Pending, Scheduler
from gateway.backends.embedded.state_machine import Step
from gateway.events.event import make_event
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event, Record
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Transition, change_state
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable

_LOG = logging.getLogger(__name__)
STORE_RETRY_S = 1.0
CALL_RELEASED: Final = "AgentEvent_Call_Release"


class Records:
    """Changes states atomically in the store; `centre` names this process in the records of agents in a call."""

    def __init__(self, service: SessionService, world: World, scheduler: Scheduler, centre: str) -> None:
        self.service = service
        self.world = world
        self.centre = centre
        self._scheduler = scheduler
        self._due: dict[int, Pending] = {}
        self.on_idle: Callable[[], Awaitable[None]] | None = None

    def now_ms(self) -> int:
        """The store's time."""
        return self.service.store.now_ms()

    async def change(self, agent_id: int, session_id: str, transition: Transition) -> AgentState:
        """As `signing.change_state`; the desk here follows, and an agent who became idle may get a waiting call."""
        state = await self.set(agent_id, session_id, transition)
        if state.state is State.IDLE and self.world.anybody_waits() and self.on_idle is not None:
            await self.on_idle()
        return state

    async def set(self, agent_id: int, session_id: str, transition: Transition) -> AgentState:
        """As `change`, without looking for a waiting call."""
        state = await change_state(self.service, agent_id, session_id, transition)
        self.note(agent_id, session_id, state)
        return state

    def note(self, agent_id: int, session_id: str, state: AgentState) -> Desk:
        """The agent's state is this one now."""
        desk = self.world.desks.get(agent_id)
        if desk is None or desk.session_id != session_id:
            desk = self.world.desks[agent_id] = Desk(agent_id, session_id, state)
        desk.state = state
        self._watch(agent_id, session_id, state)
        return desk

    def desk(self, call: Call) -> Desk:
        """The calling agent's desk. Raises Refused `100-007` when its calls are held by another process."""
        state = call.record.state
        if state.state is State.TALKING and state.centre != self.centre and not self.world.legs_of(call.session_id):
            raise Refused(retcodes.UNAVAILABLE, "the call of this agent is held by another node: ask that one")
        desk = self.world.desks.get(call.record.agent_id)
        if desk is None or desk.session_id != call.session_id:
            desk = self.note(call.record.agent_id, call.session_id, state)
        return desk

    def note_record(self, record: Record) -> Desk | None:
        """The agent's record is this one now; its desk, if it is signed in."""
        if record.session is None:
            self.gone(record.agent_id)
            return None
        return self.note(record.agent_id, record.session.id, record.state)

    def gone(self, agent_id: int, session_id: str = "") -> None:
        """The agent is not signed in any more, or not in this session."""
        desk = self.world.desks.get(agent_id)
        if desk is not None and session_id in ("", desk.session_id):
            del self.world.desks[agent_id]
            self._cancel(agent_id)

    def _cancel(self, agent_id: int) -> None:
        pending = self._due.pop(agent_id, None)
        if pending is not None:
            pending.cancel()

    def _watch(self, agent_id: int, session_id: str, state: AgentState) -> None:
        self._cancel(agent_id)
        due = state_machine.due_ms(state)
        if due is not None:
            self._again(agent_id, session_id, max(0, due - self.service.now_ms(agent_id)) / 1000)

    def _again(self, agent_id: int, session_id: str, delay_s: float) -> None:
        async def act() -> None:
            try:
                await self.come_due(agent_id, session_id)
            except Refused:
                self.gone(agent_id, session_id)
            except StoreUnavailable:
                self._again(agent_id, session_id, STORE_RETRY_S)

        self._due[agent_id] = self._scheduler.after(delay_s, act)

    async def come_due(self, agent_id: int, session_id: str) -> None:
        """What time alone does to the state; harmless when it is done already. Raises Refused, StoreUnavailable."""

        def passes(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            step = state_machine.time_passes(state, now_ms)
            return None if step is None else self.with_events(agent_id, step, now_ms)

        await self.change(agent_id, session_id, passes)

    def with_events(self, agent_id: int, step: Step, now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
        """A step as `change` wants it."""
        return step.state, tuple(make_event(kind, agent_id, content, now_ms) for kind, content in step.events)

    async def occupy(self, desk: Desk, way: Way, calls: tuple[str, ...] = ()) -> AgentState:
        """The agent is in a call from now on, in `calls` if known; the state before.

        Raises Refused (`100-006`, `100-009`).
        """
        before = desk.state

        def into(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            nonlocal before
            before = state
            return occupation.occupy(state, way, self.centre, now_ms, calls), ()

        try:
            await self.set(desk.agent_id, desk.session_id, into)
        except Refused as refusal:
            if refusal.retcode == retcodes.NOT_SIGNED_IN:
                self.gone(desk.agent_id, desk.session_id)
            else:
                self.note(desk.agent_id, desk.session_id, before)
            raise
        return before

    async def end_calls_of(self, agent_id: int, session_id: str, centre: str) -> bool:
        """The agent's calls at this process are over; False when it has none there. Raises Refused."""
        ended = False

        def leave(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            nonlocal ended
            step = occupation.free(state, After.NOT_TALKED, 0, now_ms)
            ended = step is not None and state.centre == centre
            if step is None or not ended:
                return None
            told = [make_event(CALL_RELEASED, agent_id, call, now_ms) for call in state.calls]
            told.append(make_event(phones.RELEASED, agent_id, phones.released_by(phones.BY_PLATFORM), now_ms))
            later, events = self.with_events(agent_id, step, now_ms)
            return later, (*told, *events)

        await self.set(agent_id, session_id, leave)
        return ended

    async def undo(self, desk: Desk, before: AgentState) -> None:
        """The call did not come about: the agent is what it was."""

        def back(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            ours = state.state is State.TALKING and state.centre == self.centre
            return (before, ()) if ours else None

        try:
            await self.set(desk.agent_id, desk.session_id, back)
        except Refused:
            self.gone(desk.agent_id, desk.session_id)
        except StoreUnavailable:
            _LOG.warning("agent %d stays occupied until the store is back", desk.agent_id)
