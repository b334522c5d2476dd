"""`innerhelp`: another agent is asked into the agent's call, or into a second one with the customer on hold."""

from typing import Final

from gateway.backends.embedded.core import inviting, legality, legs, originate
from gateway.backends.embedded.core.model import Call, Desk, Feature, Leg, Purpose, Reached, Stage
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

TWO_PARTY, THREE_PARTY = 1, 2
QUEUE, AGENT = 1, 2
NOBODY: Final = {QUEUE: ("all_busy", "consult_fail"), AGENT: ("consult_fail",)}
"""Kind of target (`devicetype`) -> what the agent is told when nobody is there to help."""


def check(world: World, session_id: str) -> tuple[Call, Leg]:
    """The call to be helped in: the present one, or one on hold when there is no other. Raises Refused."""
    held = world.held(session_id)
    call, leg = held[-1] if held and not world.active(session_id) else legality.active(world, session_id, "innerHelp")
    if any(not other.connected for other in call.legs) or call.waiting is not None:
        raise Refused(retcodes.WRONG_STATE, "somebody is being called into this call already")
    return call, leg


def ask(
    out: Outcome,
    world: World,
    call: Call,
    leg: Leg,
    target: Desk | None,
    device: int,
    mode: int,
    *,
    hold: bool,
    data: str,
) -> Call:
    """Asks the occupied agent for help; the call it takes place in. Without one the events of NOBODY say so."""
    if target is None:
        tell(out, world, call, leg, *NOBODY[device])
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
    return originate.call_agent(
        out,
        world,
        desk,
        str(target.agent_id),
        Reached(target),
        Purpose.HELP,
        feature=Feature.HELP,
        data=data or call.data,
        skill_id=call.skill_id,
    )
