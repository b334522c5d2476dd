"""What parties outside do: call, answer, refuse, hang up."""

from gateway.backends.embedded.core import forwarding, ivr, legs, missions, queueing
from gateway.backends.embedded.core.forwarding import Target
from gateway.backends.embedded.core.model import Call, Feature, Leg, Purpose, Stage
from gateway.backends.embedded.core.notices import tell_cause
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World


def arrives(
    out: Outcome, world: World, skill_id: int, caller: str, *, called: str = "", data: str = "", media_type: int = 5
) -> Call:
    """A customer calls a skill queue."""
    number = called or world.plan.access_code(skill_id)
    call = world.new_call(Feature.INBOUND, caller, number, out.now_ms, skill_id)
    call.data, call.media_type = data, media_type
    leg = world.add(call, Leg(caller, Stage.TALKING, Purpose.ORIGIN, out.now_ms))
    leg.talking_since_ms = out.now_ms
    queueing.wait(out, world, call, skill_id)
    return call


def arrives_for(
    out: Outcome, world: World, agent_id: int, caller: str, data: str = "", *, forwarded: Target | None = None
) -> Call:
    """A customer calls one agent, and waits for it where need be, or goes where the agent forwards the call to."""
    call = world.new_call(Feature.INBOUND, caller, str(agent_id), out.now_ms)
    call.data = data
    leg = world.add(call, Leg(caller, Stage.TALKING, Purpose.ORIGIN, out.now_ms))
    leg.talking_since_ms = out.now_ms
    if forwarded is None:
        queueing.wait_for(out, world, call, agent_id)
    else:
        forwarding.send_customer(out, world, call, agent_id, forwarded)
    return call


def arrives_at_menu(out: Outcome, world: World, access: str, caller: str, data: str = "") -> Call:
    """A customer calls a voice menu, by its access code."""
    call = world.new_call(Feature.INBOUND, caller, access, out.now_ms)
    call.data = data
    leg = world.add(call, Leg(caller, Stage.TALKING, Purpose.ORIGIN, out.now_ms))
    leg.talking_since_ms = out.now_ms
    ivr.visit(out, world, call, access)
    return call


def answers(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """A party outside takes the call; nothing for one that does not ring."""
    if leg in call.legs and leg.stage is Stage.RINGING:
        missions.answered(out, world, call, leg)


def refuses(out: Outcome, world: World, call: Call, leg: Leg, detect: int = 0, text: str = "") -> None:
    """A party outside does not take the call; `detect` and `text` are the cause, 0 = not known."""
    if leg not in call.legs or leg.stage is not Stage.RINGING:
        return
    if detect and leg.by is not None:
        tell_cause(out, call, leg.by, detect, text)
    missions.failed(out, world, call, leg)


def hangs_up(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """A party outside leaves the call, also while it waits; nothing for one that has left."""
    if leg not in call.legs:
        return
    if leg.stage is Stage.RINGING:
        missions.failed(out, world, call, leg)
        return
    legs.customer_leaves(out, world, call, leg)
