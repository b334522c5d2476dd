"""Calls with a picture: a customer asks for it, agents hide theirs (contract events.yaml, MediaSwith).

Whether a call has one follows from its media type, or from a switch. No picture is sent: calls here are only states.
"""

from typing import Final

from gateway.backends.embedded.core import legality
from gateway.backends.embedded.core.model import Call, Stage
from gateway.backends.embedded.core.notices import media_ability
from gateway.backends.embedded.core.outcome import Content, Outcome
from gateway.backends.embedded.core.world import World
from gateway.wire.errors import Refused

VIDEO: Final = "3"
"""`mediaAbility` of calls with a picture."""
WELL, FAILED = 0, 1
MUTES: Final = {"beginMuteVideo": True, "endMuteVideo": False}


def ask(out: Outcome, world: World, call: Call) -> None:
    """A customer asks for a picture: all agents in the call are told whether it has one from now on.

    It fails where an agent's phone has none (`agenttype` at sign-in). Nothing for a call that has one already.
    """
    agents = [leg for leg in call.agents() if leg.stage in (Stage.TALKING, Stage.HELD)]
    if media_ability(call) == VIDEO or not agents:
        return
    desks = [world.desk(leg) for leg in agents]
    call.picture = all(desk is not None and desk.state.video for desk in desks)
    content: Content = {
        "callid": call.id,
        "reason": WELL if call.picture else FAILED,
        "caller": call.caller,
        "called": call.called,
        "mediaType": int(media_ability(call)),
        "jsonKey": ["callid", "reason", "caller", "called", "mediaType"],
    }
    for leg in agents:
        out.tell(leg, "AgentEvent_MediaSwith", content)


def mute(world: World, session_id: str, operation: str) -> None:
    """`beginmutevideo` and `endmutevideo`; there is no event. Raises Refused, also where there is no picture."""
    call, leg = legality.active(world, session_id, operation)
    if media_ability(call) != VIDEO or leg.hidden is MUTES[operation]:
        raise Refused(legality.LEGAL[operation].wrong)
    leg.hidden = MUTES[operation]
