"""What an agent does about a call that is offered: answer, reject, take over another's, take one out of a queue."""

from gateway.contact_centre.floor import inviting, legality, legs, originate
from gateway.contact_centre.floor.calls import (
    AgentDesk,
    Call,
    Dial,
    Feature,
    Leg,
    Purpose,
    QueueEntry,
    ReachedParty,
    Stage,
)
from gateway.contact_centre.floor.effects import CallEnding, Effects
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

REJECT_BUSY = 1
PRIVATE = 1
"""`skilltype` of an agent's own queue; 0 is a public one."""


def answer(out: Effects, world: World, session_id: str, call_id: str = "") -> None:
    """`answer`: the ringing call is taken."""
    call, leg = legality.active(world, session_id, "answer", call_id)
    inviting.answered(out, world, call, leg)


def reject(out: Effects, world: World, session_id: str, mode: int, call_id: str = "") -> None:
    """`reject`: 1 back to the queue and the agent is busy, 2 the call is released and the agent idle."""
    call, leg = legality.active(world, session_id, "reject", call_id)
    if mode == REJECT_BUSY:
        inviting.failed(out, world, call, leg, "no_answer", after=CallEnding.REJECTED)
        return
    if leg.purpose in (Purpose.ROUTED, Purpose.BLIND):
        legs.end(out, world, call, leg, "no_answer", after=CallEnding.NOT_TALKED)
        for other in call.connected():
            legs.end(out, world, call, other, "call_release")
        legs.settle(out, world, call)
        return
    inviting.failed(out, world, call, leg, "no_answer", after=CallEnding.NOT_TALKED)


def _linked(world: World, desk: AgentDesk, operation: str) -> tuple[Call, Leg]:
    if not desk.state.linkage:
        raise Refused(retcodes.WRONG_STATE, "this phone is not linked: sign in with phonelinkage")
    return legality.active(world, desk.session_id, operation)


def to_dial(world: World, desk: AgentDesk) -> Dial | None:
    """What `phonepickup` would dial; None where it answers. Raises Refused."""
    call, _leg = _linked(world, desk, "phonePickup")
    return call.to_dial


def pick_up(out: Effects, world: World, desk: AgentDesk, target: ReachedParty | None) -> None:
    """`phonepickup`: answers, or goes on with the call that the agent is making, to the `target` if any."""
    call, leg = _linked(world, desk, "phonePickup")
    dial = call.to_dial
    if dial is None:
        inviting.answered(out, world, call, leg)
        return
    originate.lifted(out, world, call, leg)
    if dial.purpose is Purpose.OUTBOUND:
        inviting.ask_outside(out, world, call, dial.number, dial.purpose, leg)
    else:
        originate.dial_agent(out, world, call, leg, dial, target)


def hang_up(out: Effects, world: World, desk: AgentDesk) -> None:
    """`phonehangup`: rejects with the linked phone; a call that the agent is making is given up."""
    call, leg = _linked(world, desk, "phoneHangUp")
    legs.drop_phone(out, world, leg, by_agent=True)
    if leg.stage is Stage.ALERTING:
        inviting.not_picked_up(out, world, call, leg)
    else:
        inviting.failed(out, world, call, leg, "no_answer", after=CallEnding.REJECTED)


def ringing_at(world: World, desk: AgentDesk, target: AgentDesk | None) -> tuple[Call, Leg]:
    """`snatchpickup`: the call that rings at an agent of the same group. Raises Refused `100-009`."""
    if target is None or world.plan.group_of(desk.agent_id) != world.plan.group_of(target.agent_id):
        raise Refused(retcodes.WRONG_STATE, "that agent is not signed in, or of another group")
    found = world.active(target.session_id)
    if found is None or found[1].stage is not Stage.RINGING or found[0].feature is Feature.INTERNAL:
        raise Refused(retcodes.WRONG_STATE, "no call that can be picked up rings at that agent")
    return found


def snatch(out: Effects, world: World, desk: AgentDesk, call: Call, leg: Leg) -> None:
    """The occupied agent takes a call that rings at another one, whose offer ends."""
    legs.end(out, world, call, leg, "call_release", after=CallEnding.NOT_TALKED)
    _take(out, world, desk, call, leg.purpose, leg.by)


def appointed(world: World, desk: AgentDesk, call_id: str, skill_type: int, skill_id: int) -> Call:
    """`requestcall`: the call, if it waits in this public queue, or (PRIVATE) in that of the agent.

    Raises Refused `100-009`.
    """
    call = world.calls.get(call_id)
    place = None if call is None else call.waiting
    if call is None or place is None or not _asked_for(place, desk, skill_type, skill_id):
        raise Refused(retcodes.WRONG_STATE, "this call does not wait in that queue")
    return call


def _asked_for(place: QueueEntry, desk: AgentDesk, skill_type: int, skill_id: int) -> bool:
    if skill_type == PRIVATE:
        return place.agent_id == desk.agent_id
    return not place.agent_id and skill_id == place.skill_id


def take_waiting(out: Effects, world: World, desk: AgentDesk, call: Call) -> None:
    """The occupied agent takes a waiting call."""
    waiting = world.leave_queue(call)
    if waiting is not None:
        _take(out, world, desk, call, waiting.purpose, waiting.by)


def _take(out: Effects, world: World, desk: AgentDesk, call: Call, purpose: Purpose, by: Leg | None) -> None:
    leg = Leg(str(desk.agent_id), Stage.RINGING, purpose, out.now_ms, desk.agent_id, desk.session_id, by)
    world.add(call, leg)
    tell(out, world, call, leg, "busy")
    legs.ring_phone(out, world, leg, call)
    inviting.answered(out, world, call, leg)
    tell(out, world, call, leg, "incoming")
