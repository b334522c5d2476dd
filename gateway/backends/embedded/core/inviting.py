"""Asking parties into a call: an agent who is occupied for it, or somebody outside."""

from gateway.backends.embedded.core import legs, missions, recording
from gateway.backends.embedded.core.model import Call, Desk, Leg, Phone, Purpose, Reached, Stage
from gateway.backends.embedded.core.notices import tell, tell_alerting
from gateway.backends.embedded.core.outcome import After, Moves, Outcome, Outside, Timer
from gateway.backends.embedded.core.world import World

ASSISTANTS = frozenset({Purpose.HELP, Purpose.HELP_THREE})


def ask_agent(
    out: Outcome, world: World, call: Call, desk: Desk, purpose: Purpose, by: Leg | None = None, *, queued: bool = False
) -> Leg:
    """An occupied agent is asked to answer; where calls are answered automatically it answers at once.

    A linked phone is lifted by hand, so it rings then too. One whose phone no call can reach turns busy for it.
    `queued` tells that the call comes from a skill queue.
    """
    leg = Leg(
        str(desk.agent_id),
        Stage.RINGING,
        purpose,
        out.now_ms,
        desk.agent_id,
        desk.session_id,
        by,
        assistant=purpose in ASSISTANTS,
    )
    world.add(call, leg)
    tell(out, world, call, leg, "busy")
    if queued:
        tell(out, world, call, leg, "incoming")
    if not legs.ring_phone(out, world, leg, call):
        missions.failed(out, world, call, leg, after=After.NO_PHONE)
        return leg
    if by is not None and by in call.legs:
        tell_alerting(out, call, by, leg)
    recording.begin_early(out, world, call, leg)
    if desk.state.auto_answer and not (desk.state.linkage and desk.phone is not Phone.OFF_HOOK):
        tell(out, world, call, leg, "auto_answer")
        missions.answered(out, world, call, leg)
    else:
        tell(out, world, call, leg, "ringing")
        out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.no_answer_s))
    return leg


def ask(out: Outcome, world: World, call: Call, reached: Reached, purpose: Purpose, by: Leg | None = None) -> Leg:
    """Whoever is reached is asked to answer. A call to an agent who forwards it is one to that number from now on."""
    call.forwarded_by = reached.forwarded_by
    if call.called == str(reached.forwarded_by):
        call.called = reached.number
    if isinstance(reached.who, str):
        return ask_outside(out, world, call, reached.who, purpose, by)
    return ask_agent(out, world, call, reached.who, purpose, by)


def ask_outside(out: Outcome, world: World, call: Call, number: str, purpose: Purpose, by: Leg | None) -> Leg:
    """Somebody outside is rung; `by` is told so."""
    leg = Leg(number, Stage.RINGING, purpose, out.now_ms, by=by)
    world.add(call, leg)
    if by is not None and by in call.legs:
        tell_alerting(out, call, by, leg)
    out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.dial_s))
    out.add(Moves(Outside.RINGS, call, leg))
    return leg


def no_answer(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """The time to answer is over: an agent turns busy for it, a caller gives up."""
    if leg.stage is Stage.ALERTING:
        not_picked_up(out, world, call, leg)
    elif leg.agent_id:
        missions.failed(out, world, call, leg, "no_answer", after=After.NO_ANSWER)
    else:
        missions.failed(out, world, call, leg)


def not_picked_up(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """The agent did not lift the own phone for a call it wanted to make."""
    legs.end(out, world, call, leg, "call_out_fail", "connect_fail", after=After.NOT_TALKED)
    legs.settle(out, world, call)
