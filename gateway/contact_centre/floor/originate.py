"""Calls that agents make: the own phone first, then the other side; and calls for help."""

from typing import Final

from gateway.contact_centre.floor import inviting, legality, legs, recording
from gateway.contact_centre.floor.calls import AgentDesk, Call, Dial, Feature, Leg, Phone, Purpose, ReachedParty, Stage
from gateway.contact_centre.floor.effects import Effects, Timer
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

TWO_PARTY, THREE_PARTY = 1, 2
HELP_BY_QUEUE, HELP_BY_AGENT = 1, 2
NOBODY_HELPS: Final = {HELP_BY_QUEUE: ("all_busy", "consult_fail"), HELP_BY_AGENT: ("consult_fail",)}
"""Kind of target (`devicetype`) -> what the agent is told when nobody is there to help."""


def check_number(world: World, number: str) -> None:
    """Raises Refused `200-001` for a number that may not be called."""
    if number.startswith(world.plan.barred):
        raise Refused(retcodes.CALLED_NUMBER)


def must_lift(desk: AgentDesk) -> bool:
    """True when a call of this agent begins with lifting its linked phone by hand."""
    return desk.state.linkage and desk.phone is not Phone.OFF_HOOK


def begin(out: Effects, world: World, call: Call, desk: AgentDesk, dial: Dial) -> Leg:
    """The occupied agent is the first party; it dials at once unless its linked phone must be lifted by hand."""
    leg = Leg(str(desk.agent_id), Stage.DIALLING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    leg.assistant = dial.purpose in inviting.ASSISTANTS
    first = not world.legs_of(desk.session_id)
    world.add(call, leg)
    legs.ring_phone(out, world, leg)
    if must_lift(desk):
        leg.stage = Stage.ALERTING
        call.to_dial = dial
        out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.no_answer_s))
        return leg
    legs.lift_phone(out, world, leg)
    if first:
        tell(out, world, call, leg, "busy")
    recording.begin_early(out, world, call, leg)
    return leg


def lifted(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The caller's phone was lifted by hand: it waits for the answer from now on."""
    call.to_dial = None
    out.add(Timer(legs.no_answer_key(call, leg), None))
    legs.lift_phone(out, world, leg)
    leg.stage = Stage.DIALLING
    if len(world.legs_of(leg.session_id)) == 1:
        tell(out, world, call, leg, "busy")
    recording.begin_early(out, world, call, leg)


def call_out(
    out: Effects, world: World, desk: AgentDesk, number: str, *, caller: str, skill_id: int, data: str
) -> Call:
    """An agent calls somebody outside."""
    call = world.new_call(Feature.OUTBOUND, caller or world.plan.number, number, out.now_ms, skill_id)
    call.data = data
    world.day_totals(desk.agent_id, out.now_ms).called_out += 1
    leg = begin(out, world, call, desk, Dial(number, Purpose.OUTBOUND))
    if leg.stage is Stage.DIALLING:
        inviting.ask_outside(out, world, call, number, Purpose.OUTBOUND, leg)
    return call


def call_agent(
    out: Effects,
    world: World,
    desk: AgentDesk,
    number: str,
    target: ReachedParty | None,
    purpose: Purpose = Purpose.INTERNAL,
    *,
    feature: Feature = Feature.INTERNAL,
    data: str = "",
    skill_id: int = 0,
) -> Call:
    """An agent calls another one, who is reached already unless the caller's phone must be lifted first (None).

    Then `number` may be "" for an idle agent of the queue.
    """
    call = world.new_call(feature, str(desk.agent_id), number, out.now_ms, skill_id)
    call.data = data
    leg = begin(out, world, call, desk, Dial(number, purpose, 0 if number else skill_id))
    if target is not None:
        inviting.ask(out, world, call, target, purpose, leg)
    return call


def dial_agent(out: Effects, world: World, call: Call, leg: Leg, dial: Dial, target: ReachedParty | None) -> None:
    """The caller's phone was lifted: the other agent is asked, or the call fails when there is none."""
    if target is not None:
        call.called = call.original_called = dial.number or target.number
        inviting.ask(out, world, call, target, dial.purpose, leg)
        return
    legs.end(out, world, call, leg, *inviting.FOLLOW_UPS[dial.purpose].on_failure)
    legs.settle(out, world, call)


def call_fails_at_once(out: Effects, world: World, desk: AgentDesk, number: str, event: str) -> Call:
    """The other agent cannot be called: the one event says so, and nothing else has happened."""
    call = world.new_call(Feature.INTERNAL, str(desk.agent_id), number, out.now_ms)
    leg = Leg(str(desk.agent_id), Stage.DIALLING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    tell(out, world, call, leg, event)
    world.forget(call, out.now_ms)
    return call


def check_help(world: World, session_id: str) -> tuple[Call, Leg]:
    """The call to be helped in: the present one, or one on hold when there is no other. Raises Refused."""
    held = world.held(session_id)
    call, leg = held[-1] if held and not world.active(session_id) else legality.active(world, session_id, "innerHelp")
    if any(not other.connected for other in call.legs) or call.waiting is not None:
        raise Refused(retcodes.WRONG_STATE, "somebody is being called into this call already")
    return call, leg


def ask_help(
    out: Effects,
    world: World,
    call: Call,
    leg: Leg,
    target: AgentDesk | None,
    device: int,
    mode: int,
    *,
    hold: bool,
    data: str,
) -> Call:
    """Asks the occupied agent for help; the call it takes place in. Without one the events of NOBODY say so."""
    if target is None:
        tell(out, world, call, leg, *NOBODY_HELPS[device])
        return call
    if mode == THREE_PARTY:
        call.data = data or call.data
        if hold and leg.stage is not Stage.HELD:
            legs.hold(out, world, call, leg)
        inviting.ask_agent(out, world, call, target, Purpose.HELP_THREE, leg)
        return call
    if leg.stage is not Stage.HELD:
        legs.hold(out, world, call, leg)
    desk = world.desks[leg.agent_id]
    return call_agent(
        out,
        world,
        desk,
        str(target.agent_id),
        ReachedParty(target),
        Purpose.HELP,
        feature=Feature.HELP,
        data=data or call.data,
        skill_id=call.skill_id,
    )
