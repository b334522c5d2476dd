"""`innerhelp`: another agent is asked into the agent's call, or into a second one with the customer on hold."""

from gateway.backends.embedded.core import inviting, legality, legs, originate
from gateway.backends.embedded.core.model import Call, Desk, Feature, Leg, Purpose
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

TWO_PARTY, THREE_PARTY = 1, 2


def check(world: World, session_id: str) -> tuple[Call, Leg]:
    """The call to be helped in. Raises Refused."""
    call, leg = legality.active(world, session_id, "innerHelp")
    if any(not other.connected for other in call.legs) or call.waiting is not None:
        raise Refused(retcodes.WRONG_STATE, "somebody is being called into this call already")
    return call, leg


def ask(
    out: Outcome, world: World, call: Call, leg: Leg, target: Desk | None, mode: int, *, hold: bool, data: str
) -> Call:
    """Asks the occupied agent for help; the call it takes place in. Nobody there: the one event says so."""
    if target is None:
        tell(out, world, call, leg, "consult_fail")
        return call
    if mode == THREE_PARTY:
        call.data = data or call.data
        if hold:
            legs.hold(out, world, call, leg)
        inviting.ask_agent(out, world, call, target, Purpose.HELP_THREE, leg)
        return call
    legs.hold(out, world, call, leg)
    desk = world.desks[leg.agent_id]
    return originate.call_agent(
        out,
        world,
        desk,
        target,
        Purpose.HELP,
        feature=Feature.HELP,
        data=data or call.data,
        skill_id=call.skill_id,
    )


def idle_for(world: World, skill_id: int, but: int) -> list[Desk]:
    """Who could be asked in a skill queue, the longest idle first."""
    return [desk for desk in world.idle(skill_id) if desk.agent_id != but]


def reachable(world: World, agent_id: int, but: int) -> Desk | None:
    """The desk of an agent who could be asked; None for one who is not signed in, in a call, or the asker."""
    desk = world.desks.get(agent_id)
    if desk is None or agent_id == but or world.legs_of(desk.session_id):
        return None
    return desk
