"""Calls that agents make: the own phone first, then the other side."""

from gateway.backends.embedded.core import inviting, legs, missions, recording
from gateway.backends.embedded.core.model import Call, Desk, Dial, Feature, Leg, Phone, Purpose, Reached, Stage
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Outcome, Timer
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def check_number(world: World, number: str) -> None:
    """Raises Refused `200-001` for a number that may not be called."""
    if number.startswith(world.plan.barred):
        raise Refused(retcodes.CALLED_NUMBER)


def begin(out: Outcome, world: World, call: Call, desk: Desk, dial: Dial) -> Leg:
    """The occupied agent is the first party; it dials at once unless its linked phone must be lifted by hand."""
    leg = Leg(str(desk.agent_id), Stage.DIALLING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    leg.assistant = dial.purpose in inviting.ASSISTANTS
    first = not world.legs_of(desk.session_id)
    world.add(call, leg)
    legs.ring_phone(out, world, leg)
    if desk.state.linkage and desk.phone is not Phone.OFF_HOOK:
        leg.stage = Stage.ALERTING
        call.to_dial = dial
        out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.no_answer_s))
        return leg
    legs.lift_phone(out, world, leg)
    if first:
        tell(out, world, call, leg, "busy")
    recording.begin_early(out, world, call, leg)
    return leg


def lifted(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """The caller's phone was lifted by hand: it waits for the answer from now on."""
    call.to_dial = None
    out.add(Timer(legs.no_answer_key(call, leg), None))
    legs.lift_phone(out, world, leg)
    leg.stage = Stage.DIALLING
    if len(world.legs_of(leg.session_id)) == 1:
        tell(out, world, call, leg, "busy")
    recording.begin_early(out, world, call, leg)


def call_out(out: Outcome, world: World, desk: Desk, number: str, *, caller: str, skill_id: int, data: str) -> Call:
    """An agent calls somebody outside."""
    call = world.new_call(Feature.OUTBOUND, caller or world.plan.number, number, out.now_ms, skill_id)
    call.data = data
    world.tally(desk.agent_id, out.now_ms).called_out += 1
    leg = begin(out, world, call, desk, Dial(number, Purpose.OUTBOUND))
    if leg.stage is Stage.DIALLING:
        inviting.ask_outside(out, world, call, number, Purpose.OUTBOUND, leg)
    return call


def call_agent(
    out: Outcome,
    world: World,
    desk: Desk,
    number: str,
    target: Reached | None,
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


def dial_agent(out: Outcome, world: World, call: Call, leg: Leg, dial: Dial, target: Reached | None) -> None:
    """The caller's phone was lifted: the other agent is asked, or the call fails when there is none."""
    if target is not None:
        call.called = call.original_called = dial.number or target.number
        inviting.ask(out, world, call, target, dial.purpose, leg)
        return
    legs.end(out, world, call, leg, *missions.MISSIONS[dial.purpose].on_failure)
    legs.settle(out, world, call)


def must_lift(desk: Desk) -> bool:
    """True when a call of this agent begins with lifting its linked phone by hand."""
    return desk.state.linkage and desk.phone is not Phone.OFF_HOOK


def call_fails_at_once(out: Outcome, world: World, desk: Desk, number: str, event: str) -> Call:
    """The other agent cannot be called: the one event says so, and nothing else has happened."""
    call = world.new_call(Feature.INTERNAL, str(desk.agent_id), number, out.now_ms)
    leg = Leg(str(desk.agent_id), Stage.DIALLING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    tell(out, world, call, leg, event)
    world.forget(call, out.now_ms)
    return call
