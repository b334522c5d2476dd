"""The one place where calls change: transactions, one after the other, each carried out before the next begins.

A transaction checks, occupies agents, changes the world by the rules, and ends with events, timers and the search for
agents for waiting calls. Nothing in it waits, so no other can come between. What every transaction brings with it for
what is no call (somebody signed out or hung up, a place became free) is a row of AT_THE_END; what runs out is a row of
TIMERS.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from gateway.contact_centre.floor import (
    call_forwarding,
    chat_routing,
    chatting,
    conference_parties,
    conferring,
    inspecting,
    inviting,
    legs,
    playing,
    queueing,
    recording,
    releasing,
)
from gateway.contact_centre.floor.calls import AgentDesk, Call, QueueEntry, Stage
from gateway.contact_centre.floor.effects import (
    CallEnding,
    Content,
    Effect,
    Effects,
    Free,
    PartyChanged,
    Tell,
    Timer,
    TimerKey,
)
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.roster import Roster, Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.scheduler import Pending, Scheduler
from gateway.wire.errors import Refused

AT_THE_END: Final[tuple[Callable[[Effects, World], None], ...]] = (
    inspecting.look_after,
    conferring.look_after,
    playing.look_after,
    chatting.look_after,
    chat_routing.forget_limits,
    chat_routing.route,
    recording.forget_screens,
)


def _no_answer(out: Effects, world: World, call: Call, party: str) -> None:
    for leg in call.legs:
        if party == (leg.session_id or leg.number) and leg.stage in (Stage.RINGING, Stage.ALERTING):
            inviting.no_answer(out, world, call, leg)
            return


def _wait(out: Effects, world: World, call: Call, _party: str) -> None:
    waiting = world.leave_queue(call)
    if waiting is None:
        return
    if waiting.by is not None and waiting.by in call.legs:
        tell(out, world, call, waiting.by, "connect_fail", "transfer_failed")
    else:
        legs.settle(out, world, call)


def _ivr(out: Effects, world: World, call: Call, _party: str) -> None:
    if call.at_ivr:
        queueing.menu_over(out, world, call)


TIMERS: Final[dict[str, Callable[[Effects, World, Call, str], None]]] = {
    legs.NO_ANSWER: _no_answer,
    "wait": _wait,
    "ivr": _ivr,
}

ACTIVITIES: Final[dict[str, Callable[[Effects, World, TimerKey], None]]] = {
    chatting.OFFER: chatting.offer_runs_out,
    chatting.WAIT: chatting.wait_runs_out,
    playing.PLAY: playing.runs_out,
    conferring.END: conferring.time_is_over,
    conferring.REMINDER: conferring.reminds,
    conference_parties.INVITATION: conference_parties.invitation_runs_out,
    conferring.VOICE: conferring.voice_is_over,
    conferring.PARTICIPANT_VOICE: conferring.participant_voice_is_over,
}
"""The same for what is no call."""


def runs_out(out: Effects, world: World, key: TimerKey) -> None:
    """The time of this timer is over; nothing when its call is."""
    if key.name in ACTIVITIES:
        ACTIVITIES[key.name](out, world, key)
        return
    call = world.calls.get(key.call_id)
    if call is not None:
        TIMERS[key.name](out, world, call, key.party)


class Switchboard:
    """Transactions over one world. `outside` is told what happens to parties outside, within the transaction."""

    def __init__(self, world: World, roster: Roster, scheduler: Scheduler) -> None:
        self.world = world
        self.roster = roster
        self.outside: Callable[[PartyChanged], None] = lambda moves: None
        self._scheduler = scheduler
        self._timers: dict[TimerKey, Pending] = {}
        roster.on_idle = self.route

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A change of the world; what follows from it is done when the block is left."""
        transaction = Transaction(self.world, self.roster)
        try:
            yield transaction
        except BaseException:
            transaction.undo()
            raise
        self._carry_out(transaction.out)
        self._route()

    def route(self) -> None:
        """Looks for agents for the calls that wait."""
        with self.transaction():
            pass

    def gone(self, desk: AgentDesk) -> None:
        """The agent's session is over: it is in no call any more."""
        self.roster.remove(desk)
        with self.transaction() as transaction:
            releasing.leave_all(transaction.out, self.world, desk.session_id)

    def _carry_out(self, out: Effects) -> None:
        for rule in AT_THE_END:
            rule(out, self.world)
        for effect in out.effects:
            if isinstance(effect, Timer):
                self._set_timer(effect)
            elif isinstance(effect, PartyChanged):
                self.outside(effect)
        self._tell(out.effects)

    def _tell(self, effects: Iterable[Effect]) -> None:
        """What each agent is told, in order; what it is after the last call comes at the end."""
        told: dict[str, list[tuple[str, Content]]] = {}
        after: dict[str, CallEnding] = {}
        agents: dict[str, int] = {}
        for effect in effects:
            if isinstance(effect, Tell):
                told.setdefault(effect.session_id, []).append((effect.event_type, effect.content))
                agents[effect.session_id] = effect.agent_id
            elif isinstance(effect, Free):
                after[effect.session_id] = effect.after
                agents[effect.session_id] = effect.agent_id
        wrap_up_s = self.world.plan.timing.wrap_up_s
        for session_id, agent_id in agents.items():
            desk = self.world.desk_of(agent_id, session_id)
            if desk is None or after.get(session_id) is CallEnding.LEFT:
                continue
            events = told.get(session_id, [])
            if session_id in after:
                events = [*events, *self.roster.free(desk, after[session_id], wrap_up_s)]
            self.roster.tell(desk, events)

    def _set_timer(self, timer: Timer) -> None:
        pending = self._timers.pop(timer.key, None)
        if pending is not None:
            pending.cancel()
        if timer.delay_s is None:
            return

        async def run_out() -> None:
            with self.transaction() as transaction:
                self._timers.pop(timer.key, None)
                if not call_forwarding.forward_unanswered(transaction, timer.key):
                    runs_out(transaction.out, self.world, timer.key)

        self._timers[timer.key] = self._scheduler.after(timer.delay_s, run_out)

    def _route(self) -> None:
        """Waiting calls to free agents until nothing fits."""
        while (match := self._next_match()) is not None:
            out = Effects(self.roster.now_ms())
            queueing.assign(out, self.world, *match)
            self._carry_out(out)

    def _next_match(self) -> tuple[QueueEntry, AgentDesk] | None:
        for waiting, desks in queueing.matches(self.world):
            for desk in desks:
                with contextlib.suppress(Refused):
                    self.roster.occupy(desk, CallOrigin.ROUTED)
                    return waiting, desk
        return None
