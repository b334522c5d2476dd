"""Who is signed in and in which state, what agents are told of changes, and what time does to them.

Every change of a state is a `Step` of the rules (`state_machine`): a new state and the events that it brings. The
session keeps the newest state for the case that this process starts anew.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from gateway.backend import Sink
from gateway.contact_centre.floor import phones, state_machine
from gateway.contact_centre.floor.agent_state import AgentState, State, write_note
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.effects import CallEnding, Content, Effects
from gateway.contact_centre.floor.state_machine import CallOrigin, Step
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.scheduler import Pending, Scheduler
from gateway.wire import retcodes
from gateway.wire.envelope import make_event
from gateway.wire.errors import Refused

HOLD_BACK_S: Final = 5.0
"""For so long at most an agent who is allowed to sign out is given no new call."""

Told = Iterable[tuple[str, Content]]
"""Types and contents of events."""


class Roster:
    """The desks of `world`. `clock` gives ms since the epoch; what agents are told goes to `sink`.

    `entering` are agents who are let in while the session is not open yet, by session: a former one of the agent may
    still stand beside it. `on_idle` runs when somebody may take a waiting call.
    """

    def __init__(self, world: World, sink: Sink, scheduler: Scheduler, clock: Callable[[], int]) -> None:
        self.world = world
        self.sink = sink
        self.now_ms = clock
        self.entering: dict[str, AgentDesk] = {}
        self.on_idle: Callable[[], None] = lambda: None
        self._scheduler = scheduler
        self._due: dict[str, Pending] = {}
        self._held_back: dict[str, Pending] = {}

    def change(self, desk: AgentDesk, step: Step) -> None:
        """Takes a step from the present state; who became idle may get a waiting call. Not within a transaction."""
        if step.state is not desk.state or step.events:
            self.put(desk, step.state)
            self.tell(desk, step.events)
        if desk.state.state is State.IDLE and self.world.anybody_waits():
            self.on_idle()

    def set(self, desk: AgentDesk, **fields: Any) -> None:
        """Changes these fields of the agent's state alone; there is no event."""
        self.change(desk, Step(desk.state._replace(**fields)))

    def put(self, desk: AgentDesk, state: AgentState) -> None:
        """The agent is this from now on; what time alone changes of it is seen to."""
        desk.state = state
        if desk.session_id in self._due:
            self._due.pop(desk.session_id).cancel()
        due_ms = state_machine.due_ms(state)
        if due_ms is not None:
            self._due[desk.session_id] = self._later(desk, due_ms)

    def _later(self, desk: AgentDesk, due_ms: int) -> Pending:
        async def pass_time() -> None:
            step = state_machine.time_passes(desk.state, self.now_ms())
            if step is None:
                self.put(desk, desk.state)
            else:
                self.change(desk, step)

        return self._scheduler.after(max(0, due_ms - self.now_ms()) / 1000, pass_time)

    def tell(self, desk: AgentDesk, events: Told = ()) -> None:
        """Tells the agent, in this order, and lets the session keep what it is."""
        now_ms = self.now_ms()
        made = [make_event(kind, desk.agent_id, content, now_ms) for kind, content in events]
        world, session_id = self.world, desk.session_id
        self.sink.tell(desk.agent_id, session_id, made, lambda: write_note(desk.state, world.call_ids(session_id)))

    def occupy(self, desk: AgentDesk, origin: CallOrigin) -> AgentState:
        """The agent is in a call from now on; the state before. It is told at the end of the transaction.

        Raises Refused (`100-009`).
        """
        if desk.leaving and origin is not CallOrigin.OWN:
            raise Refused(retcodes.WRONG_STATE, "the agent is signing out")
        before = desk.state
        self.put(desk, state_machine.occupy(before, origin, self.now_ms()))
        return before

    def free(self, desk: AgentDesk, after: CallEnding, wrap_up_s: float) -> Told:
        """The agent is in no call any more; what it is to be told of that."""
        step = state_machine.free(desk.state, after, wrap_up_s, self.now_ms())
        if step is None:
            return ()
        self.put(desk, step.state)
        return step.events

    def add(self, desk: AgentDesk) -> None:
        """The agent is signed in. What it is the session knows, or is told next."""
        self.world.desks[desk.agent_id] = desk
        self.put(desk, desk.state)

    def remove(self, desk: AgentDesk) -> None:
        """The agent is not signed in any more, or in another session."""
        if self.world.desks.get(desk.agent_id) is desk:
            del self.world.desks[desk.agent_id]
        _cancel(self._due, desk)
        _cancel(self._held_back, desk)

    def hold_back(self, desk: AgentDesk) -> None:
        """The agent is about to sign out: for a while it gets no new call."""
        desk.leaving = True
        _cancel(self._held_back, desk)

        async def lapse() -> None:
            self.stay(desk)

        self._held_back[desk.session_id] = self._scheduler.after(HOLD_BACK_S, lapse)

    def stay(self, desk: AgentDesk) -> None:
        """The agent did not sign out after all."""
        _cancel(self._held_back, desk)
        desk.leaving = False
        if desk.state.state is State.IDLE and self.world.anybody_waits():
            self.on_idle()


def _cancel(pending: dict[str, Pending], desk: AgentDesk) -> None:
    timer = pending.pop(desk.session_id, None)
    if timer is not None:
        timer.cancel()


class Transaction:
    """One change of the world. `out` collects what follows; nothing of it happens when the transaction raises."""

    def __init__(self, world: World, roster: Roster) -> None:
        self.world = world
        self.out = Effects(roster.now_ms())
        self._roster = roster
        self._occupied: list[tuple[AgentDesk, AgentState]] = []

    def occupy(self, desk: AgentDesk, origin: CallOrigin) -> None:
        """The agent is in a call from now on; one who is in a call already stays so. Raises Refused.

        For the agent itself: its phone must be one that can be used.
        """
        phones.check(desk)
        if not self.world.legs_of(desk.session_id):
            self._occupy(desk, origin)

    def _occupy(self, desk: AgentDesk, origin: CallOrigin) -> None:
        self._occupied.append((desk, self._roster.occupy(desk, origin)))

    def try_occupy(self, desk: AgentDesk | None, origin: CallOrigin) -> bool:
        """As `occupy`, for another agent: False when there is none, when it is in a call, or not free."""
        if desk is None or self.world.legs_of(desk.session_id):
            return False
        try:
            self._occupy(desk, origin)
        except Refused:
            return False
        return True

    def first_free(self, desks: Iterable[AgentDesk], origin: CallOrigin) -> AgentDesk | None:
        """Occupies the first of these agents who is free."""
        return next((desk for desk in desks if self.try_occupy(desk, origin)), None)

    def undo(self) -> None:
        """The transaction failed: agents who were occupied for it are what they were."""
        for desk, before in reversed(self._occupied):
            self._roster.put(desk, before)
