"""How agents come and go: let in, signed in, signed out, back after a start of this process; and who watches that."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.agents.registry import Agent
from gateway.backend import EndReason, LiveSession
from gateway.contact_centre.floor import phones, state_machine
from gateway.contact_centre.floor.agent_state import AgentState, State, read_note, write_note
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.effects import CallEnding, Content
from gateway.contact_centre.floor.roster import Roster
from gateway.contact_centre.floor.switchboard import Switchboard
from gateway.interface.sign_in_models import LightSignInBody
from gateway.wire import retcodes
from gateway.wire.envelope import Event, make_event
from gateway.wire.errors import Refused

NOTIFY: Final = "QC_AgentState_Notify"
SIGNED_IN: Final = "QC_AgentState_Login"
SIGNED_OUT: Final = "QC_AgentState_Logout"
_MEDIA_SERVER: Final = "CtiServer"
CALL_RELEASED: Final = "AgentEvent_Call_Release"
PHONE_WITH_VIDEO: Final = 11
"""`agenttype` of a sign-in."""
SETTLING_MS: Final = 10_000
"""A session that is younger may be open without the store having told of it."""
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watcher:
    agent_id: int
    agents: set[int] = field(default_factory=set)
    everyone: bool = False

    def watches(self, agent_id: int) -> bool:
        return agent_id != self.agent_id and (self.everyone or agent_id in self.agents)


class Watchers:
    """Who watches whom, by the inspector's session."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._watchers: dict[str, _Watcher] = {}

    def begin(self, desk: AgentDesk, agents: Iterable[int]) -> None:
        """The inspector at this desk watches these agents too."""
        self._watcher(desk).agents.update(agents)

    def everyone(self, desk: AgentDesk) -> None:
        """The inspector at this desk watches everyone."""
        self._watcher(desk).everyone = True

    def end(self, desk: AgentDesk, agents: Iterable[int]) -> None:
        """The inspector at this desk watches these agents no longer."""
        watcher = self._watchers.get(desk.session_id)
        if watcher is not None:
            watcher.agents.difference_update(agents)
            if not watcher.agents and not watcher.everyone:
                del self._watchers[desk.session_id]

    def watched(self, desk: AgentDesk) -> tuple[int, ...]:
        """The agents named to be watched, by id."""
        watcher = self._watchers.get(desk.session_id)
        return tuple(sorted(watcher.agents)) if watcher is not None else ()

    def signed_in(self, desk: AgentDesk) -> None:
        """Somebody has signed in."""
        self._notify(desk.agent_id, SIGNED_IN)

    def signed_out(self, desk: AgentDesk) -> None:
        """Somebody has signed out, and watches no longer."""
        self._watchers.pop(desk.session_id, None)
        self._notify(desk.agent_id, SIGNED_OUT)

    def _watcher(self, desk: AgentDesk) -> _Watcher:
        return self._watchers.setdefault(desk.session_id, _Watcher(desk.agent_id))

    def _notify(self, agent_id: int, subtype: str) -> None:
        content: dict[str, object] = {
            "subtype": subtype,
            "monitoredagent": str(agent_id),
            "agentname": str(agent_id),
            "mediaserver": _MEDIA_SERVER,
        }
        for session_id, watcher in self._watchers.items():
            desk = self._roster.world.desk_of(watcher.agent_id, session_id)
            if desk is not None and watcher.watches(agent_id):
                self._roster.tell(desk, [(NOTIFY, {**content, "jsonKey": list(content)})])


class Presence:
    """The sessions that the centre knows, by the roster."""

    def __init__(self, roster: Roster, board: Switchboard, watchers: Watchers) -> None:
        self._roster = roster
        self._board = board
        self._watchers = watchers

    def enter(
        self, agent: Agent, session_id: str, body: LightSignInBody, login_time_ms: int, *, watches: bool
    ) -> tuple[tuple[Event, ...], bytes]:
        """Lets an agent in, who is signed in from `open` on; the first events, and what the session is to keep.

        `watches`: all sign-ins and sign-outs.

        Raises Refused `100-014`.
        """
        if body.phonenum and not self._roster.world.plan.takes_phone(body.phonenum):
            raise Refused(retcodes.PHONE_OUT_OF_RANGE)
        state = AgentState(
            state=state_machine.SIGN_IN[body.status],
            since_ms=login_time_ms,
            phone=body.phonenum,
            media=agent.media,
            auto_answer=body.autoanswer,
            auto_enter_idle=body.autoenteridle,
            release_phone=body.releasephone,
            linkage=body.phonelinkage,
            video=body.agenttype == PHONE_WITH_VIDEO,
        )
        desk = AgentDesk(agent.id, session_id, state, since_ms=login_time_ms)
        self._roster.entering[session_id] = desk
        if watches:
            self._watchers.everyone(desk)
        now_ms = self._roster.now_ms()
        first = state_machine.signed_in_as(state)
        return tuple(make_event(kind, agent.id, content, now_ms) for kind, content in first), write_note(state, ())

    def open(self, agent_id: int, session_id: str) -> None:
        """The session of an agent who was let in is open; a former one is over."""
        desk = self._roster.entering.pop(session_id, None)
        if desk is None:
            return
        former = self._roster.world.desks.get(agent_id)
        if former is not None:
            self._sign_out(former)
        self._roster.add(desk)
        self._watchers.signed_in(desk)
        self._board.route()

    def leave(self, agent_id: int, session_id: str) -> None:
        """The session is over; one that stands beside it takes its place."""
        self._roster.entering.pop(session_id, None)
        desk = self._roster.world.desk_of(agent_id, session_id)
        if desk is None:
            return
        self._sign_out(desk)
        beside = [other for other in self._roster.entering.values() if other.agent_id == agent_id]
        if beside:
            self.open(agent_id, beside[-1].session_id)

    def force_out(self, desk: AgentDesk, by: int) -> None:
        """An inspector signs an agent out, whatever it does."""
        self._sign_out(desk)
        self._roster.sink.ended(desk.agent_id, desk.session_id, EndReason.FORCED, by)

    def _sign_out(self, desk: AgentDesk) -> None:
        self._board.gone(desk)
        self._watchers.signed_out(desk)

    def resume(self, sessions: Sequence[LiveSession]) -> None:
        """Agents who were signed in when this process started are so again, and are told so; their calls are over."""
        for live in sessions:
            known = self._roster.world.desks.get(live.agent_id)
            if known is None and live.session_id not in self._roster.entering:
                self._resume(live)
        self._board.route()

    def _resume(self, live: LiveSession) -> None:
        try:
            state, calls = read_note(live.note)
        except ValueError as wrong:
            _LOG.warning("agent %d begins as at its sign-in: %s", live.agent_id, wrong)
            state, calls = AgentState(), ()
        desk = AgentDesk(live.agent_id, live.session_id, state, since_ms=live.started_ms)
        told: list[tuple[str, Content]] = [(CALL_RELEASED, call) for call in calls]
        if state.state is State.TALKING:
            told.append((phones.RELEASED, phones.released_by(phones.BY_PLATFORM)))
            told += self._roster.free(desk, CallEnding.NOT_TALKED, 0)
        if not desk.state.since_ms:
            desk.state = desk.state._replace(since_ms=self._roster.now_ms())
        self._roster.add(desk)
        self._roster.tell(desk, [*told, *state_machine.signed_in_as(desk.state)])

    def compare(self, live: Mapping[int, str]) -> None:
        """Lets go of agents whose sessions are over."""
        now_ms = self._roster.now_ms()
        for desk in [*self._roster.world.desks.values(), *self._roster.entering.values()]:
            if live.get(desk.agent_id) != desk.session_id and now_ms - desk.since_ms > SETTLING_MS:
                _LOG.warning("agent %d is not signed in any more, and nobody had said so", desk.agent_id)
                self.leave(desk.agent_id, desk.session_id)
