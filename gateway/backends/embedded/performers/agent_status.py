"""An agent's status in the codes of `agentstatus`, the CTI platform and the console (contract onlineagent.yaml)."""

from typing import Final

from gateway.backends.embedded.core.besides import Mode
from gateway.backends.embedded.core.model import Call, Feature, Leg, Purpose, Stage
from gateway.backends.embedded.core.world import World
from gateway.sessions.agent_state import AgentState, State

ABOUT_TO_REST: Final = 9
"""The status of an agent who asked for rest during a call and is still in it."""

_CTI: Final = {State.SIGNED_OUT: 0, State.IDLE: 1, State.WRAP_UP: 6, State.BUSY: 7, State.REST: 8}
_CTI_OCCUPIED, _CTI_ANSWERING, _CTI_TALKING = 3, 4, 5
_CTI_STAGES: Final = {
    Stage.ALERTING: _CTI_OCCUPIED,
    Stage.DIALLING: _CTI_OCCUPIED,
    Stage.RINGING: _CTI_ANSWERING,
    Stage.TALKING: _CTI_TALKING,
    Stage.HELD: _CTI_TALKING,
    Stage.AT_IVR: _CTI_TALKING,
}

NO_CONSOLE_STATE: Final = 255
_PLAYBACK, _OCCUPIED, _ANSWERING, _TALKING, _THREE, _MUTE, _HELP, _TALK_TRANSFER = 5, 7, 8, 9, 10, 12, 13, 14
CONSOLE: Final = {State.IDLE: 1, State.WRAP_UP: 2, State.REST: 3, State.BUSY: 4, State.TALKING: _OCCUPIED}
_CONSOLE_STAGES: Final = {Stage.DIALLING: 6, Stage.ALERTING: _OCCUPIED, Stage.RINGING: _ANSWERING, Stage.HELD: 11}
_CONSOLE_MODES: Final = {Mode.INSERT: 15, Mode.LISTEN: 16, Mode.WHISPER: 17}
_HELPING: Final = frozenset({Purpose.HELP, Purpose.HELP_THREE})


def present_leg(world: World, session_id: str) -> tuple[Call, Leg] | None:
    """The call that the agent is busy with, else the latest one on hold, else its conference; None without any here."""
    held = world.held(session_id)
    found = world.active(session_id) or (held[-1] if held else None)
    if found is not None:
        return found
    conferences = world.besides.conferences.values()
    joined = ((one.call, member) for one in conferences if (member := one.of_session(session_id)) and member.joined_ms)
    return next(((call, member.leg) for call, member in joined), None)


def _besides(world: World, session_id: str) -> tuple[int, int] | None:
    """CTI and console status of an agent who does something besides calls."""
    inspection = world.besides.inspections.get(session_id)
    if inspection is not None:
        return _CTI_TALKING, _CONSOLE_MODES[inspection.mode]
    if session_id in world.besides.playing:
        return _CTI_OCCUPIED, _PLAYBACK
    for conference in world.besides.conferences.values():
        member = conference.of_session(session_id)
        if member is not None:
            return (_CTI_TALKING, _THREE) if member.joined_ms else (_CTI_ANSWERING, _ANSWERING)
    return None


def status(state: AgentState) -> int:
    """The status as `agentstatus` and queries tell it (table 1)."""
    waits_for_rest = state.state is State.TALKING and state.deferred is State.REST
    return ABOUT_TO_REST if waits_for_rest else int(state.state)


def cti(world: World, state: State, session_id: str = "") -> int:
    """The status at the CTI platform. An agent in a call of another process is told as occupied."""
    if state is not State.TALKING:
        return _CTI[state]
    besides = _besides(world, session_id)
    if besides is not None:
        return besides[0]
    found = present_leg(world, session_id)
    return _CTI_OCCUPIED if found is None else _CTI_STAGES[found[1].stage]


def console(world: World, state: State, session_id: str) -> int:
    """The status as a console shows it."""
    if state is not State.TALKING:
        return CONSOLE.get(state, NO_CONSOLE_STATE)
    besides = _besides(world, session_id)
    if besides is not None:
        return besides[1]
    found = present_leg(world, session_id)
    if found is None:
        return CONSOLE[state]
    call, leg = found
    return _CONSOLE_STAGES.get(leg.stage) or _talking(call, leg)


def _talking(call: Call, leg: Leg) -> int:
    """What kind of talk it is; the first that fits."""
    helping = call.feature is Feature.HELP or any(other.purpose in _HELPING for other in call.legs)
    fits = (
        (leg.muted, _MUTE),
        (leg.joins is not None, _TALK_TRANSFER),
        (helping, _HELP),
        (len(call.connected()) > 2, _THREE),
    )
    return next((code for applies, code in fits if applies), _TALKING)
