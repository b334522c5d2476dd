"""Inspection of agents: listening, inserting, whispering, taking their customer over.

An inspection goes with the agent, not with a call: calls that begin later are heard too, and none depends on it.
"""

from typing import Final

from gateway.contact_centre.floor import legs, phones
from gateway.contact_centre.floor.activities import Inspection, Mode
from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg, Purpose, Stage
from gateway.contact_centre.floor.effects import CallEnding, Effects, Free, Tell
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_ANY = frozenset(Mode)
_SILENT = frozenset({Mode.LISTEN, Mode.INSERT})

LEGAL: Final[dict[str, frozenset[Mode]]] = {
    "switchSuperviseOrInsert": _SILENT,
    "stopSuperviseOrInsert": _SILENT,
    "requestStopWhisperAgent": frozenset({Mode.WHISPER}),
    "requestSwitchInsertWhisperAgent": _ANY,
    "intercept": _ANY,
}
"""Operation -> how the inspector must be inspecting; else `900-005`."""

OTHER: Final = {Mode.LISTEN: Mode.INSERT, Mode.INSERT: Mode.LISTEN}
"""What `switch` changes to."""


def running(world: World, session_id: str, operation: str, target_id: int) -> Inspection:
    """The inspector's inspection of this agent (0: of whichever agent). Raises Refused `900-005`."""
    found = world.activities.inspections.get(session_id)
    if found is None or target_id not in (0, found.target_id) or found.mode not in LEGAL[operation]:
        raise Refused(retcodes.INSPECTION_STATE)
    return found


def check_free(world: World, target: AgentDesk) -> None:
    """Raises Refused `900-003` while another inspector is with this agent, or it inspects somebody itself."""
    if world.activities.inspection_of(target.session_id) is not None:
        raise Refused(retcodes.INSPECTION_RESOURCE, "this agent is being inspected already")
    if target.session_id in world.activities.inspections:
        raise Refused(retcodes.INSPECTION_RESOURCE, "this agent inspects another one now")


def begin(out: Effects, world: World, desk: AgentDesk, target: AgentDesk, mode: Mode) -> Inspection:
    """The occupied inspector is with the agent from now on."""
    made = Inspection(desk.agent_id, desk.session_id, target.agent_id, target.session_id, mode, out.now_ms)
    world.activities.inspections[desk.session_id] = made
    phones.ring(out, desk)
    phones.lift(out, desk)
    out.tell_desk(desk, "AgentState_Busy")
    _tell_target(out, made, "AgentOther_BeQcStart")
    return made


def change(out: Effects, inspection: Inspection, mode: Mode) -> None:
    """The inspector goes over to another way. Raises Refused `900-005` when it is the present one."""
    if inspection.mode is mode:
        raise Refused(retcodes.INSPECTION_STATE)
    inspection.mode = mode
    _tell_target(out, inspection, "AgentOther_BeQcStart")


def end(out: Effects, world: World, inspection: Inspection) -> None:
    """The inspector is with the agent no longer, and free again."""
    _leave(out, world, inspection)
    desk = world.desk_of(inspection.agent_id, inspection.session_id)
    if desk is not None:
        phones.drop(out, desk)
        out.add(Free(desk.agent_id, desk.session_id, CallEnding.NOT_TALKED))


def to_intercept(world: World, inspection: Inspection, call_id: str) -> tuple[Call, Leg]:
    """The agent's call that can be taken over: this one, or the present one. Raises Refused `900-005`."""
    pairs = world.legs_of(inspection.target_session)
    for call, leg in pairs:
        wanted = call.id == call_id if call_id else leg.stage is Stage.TALKING
        steady = leg.stage in (Stage.TALKING, Stage.HELD) and all(other.connected for other in call.legs)
        if wanted and steady and call.others(leg) and call.waiting is None:
            return call, leg
    raise Refused(retcodes.INSPECTION_STATE, "the agent is in no call that could be taken over")


def intercept(out: Effects, world: World, inspection: Inspection, call: Call, leg: Leg) -> None:
    """The inspector talks in the agent's place; the agent is cut off."""
    _leave(out, world, inspection)
    legs.end(out, world, call, leg, "call_release", after=CallEnding.NOT_TALKED)
    own = Leg(
        str(inspection.agent_id),
        Stage.TALKING,
        Purpose.ORIGIN,
        out.now_ms,
        inspection.agent_id,
        inspection.session_id,
    )
    world.add(call, own)
    legs.talk(out, world, call, own)
    legs.say_talking(out, world, call, own)


def look_after(out: Effects, world: World) -> None:
    """Ends inspections whose inspector hung up, and those of which one side is signed out."""
    for inspection in list(world.activities.inspections.values()):
        desk = world.desk_of(inspection.agent_id, inspection.session_id)
        target = world.desk_of(inspection.target_id, inspection.target_session)
        if desk is None or target is None or not phones.in_use(desk):
            end(out, world, inspection)


def _leave(out: Effects, world: World, inspection: Inspection) -> None:
    del world.activities.inspections[inspection.session_id]
    if world.desk_of(inspection.target_id, inspection.target_session) is not None:
        _tell_target(out, inspection, "AgentOther_BeQcStop")


def _tell_target(out: Effects, inspection: Inspection, event_type: str) -> None:
    content: dict[str, object] = {"qcType": int(inspection.mode), "qcAgentId": inspection.agent_id}
    out.add(Tell(inspection.target_id, inspection.target_session, event_type, content))
