"""What an agent does in the middle of a call: hold, mute, show a picture, join it with one on hold.

Whether a call has a picture follows from its media type, or from a switch. None is sent: calls here are only states.
"""

from typing import Final

from gateway.contact_centre.floor import inviting, legality, legs
from gateway.contact_centre.floor.calls import Call, Leg, Stage
from gateway.contact_centre.floor.effects import Content, Effects
from gateway.contact_centre.floor.notices import media_ability, tell, tell_customer_left
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

MUTES: dict[str, bool] = {"beginMute": True, "endMute": False}
VIDEO: Final = "3"
"""`mediaAbility` of calls with a picture."""
WELL, FAILED = 0, 1
VIDEO_MUTES: Final = {"beginMuteVideo": True, "endMuteVideo": False}


def hold(out: Effects, world: World, session_id: str) -> None:
    """`hold`."""
    call, leg = legality.active(world, session_id, "hold")
    legs.hold(out, world, call, leg)


def get_hold(out: Effects, world: World, session_id: str, call_id: str = "") -> None:
    """`gethold`: back to a call on hold; not while the agent is in another one."""
    get_back(out, world, *to_get_back(world, session_id, call_id))


def to_get_back(world: World, session_id: str, call_id: str = "") -> tuple[Call, Leg]:
    """The call on hold with this id, or the latest one, where it can be taken back. Raises Refused."""
    call, leg = legality.held(world, session_id, "getHold", call_id)
    if world.active(session_id) is not None:
        raise Refused(retcodes.UNHOLD_STATE, "not possible during another call: release it first")
    return call, leg


def get_back(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The agent talks in the call again."""
    legs.talk(out, world, call, leg)
    tell(out, world, call, leg, "talking")
    if len(call.connected()) >= legs.CONFERENCE:
        tell(out, world, call, leg, "conference")


def mute(out: Effects, world: World, session_id: str, operation: str) -> None:
    """`beginmute` and `endmute`; there is no event."""
    _call, leg = legality.active(world, session_id, operation)
    if leg.muted is MUTES[operation]:
        raise Refused(legality.LEGAL[operation].wrong)
    leg.muted = MUTES[operation]


def connect_hold(out: Effects, world: World, session_id: str, call_id: str) -> None:
    """`connecthold`: the parties of both calls go on together and the agent leaves."""
    call, leg = legality.active(world, session_id, "connectHold")
    held_call, _held = legality.held(world, session_id, "connectHold", call_id)
    leave_joined(out, world, call, leg, held_call)


def leave_joined(out: Effects, world: World, call: Call, leg: Leg, held_call: Call) -> None:
    """Joins a call on hold to the agent's present one, which the agent leaves."""
    moved = legs.merge(out, world, held_call, call, leg.session_id)
    for other in call.legs:
        other.assistant = False
    _say_moved(out, world, leg, held_call, moved)
    legs.end(out, world, call, leg, "call_release")
    legs.settle(out, world, call)
    inviting.say_conference(out, world, call)


def join(out: Effects, world: World, session_id: str, call_id: str, data: str = "") -> None:
    """`confjoin`: the agent and the parties of both calls in one."""
    call, leg = legality.active(world, session_id, "confJoin")
    held_call, _held = legality.held(world, session_id, "confJoin", call_id)
    call.data = data or call.data
    moved = legs.merge(out, world, held_call, call, session_id)
    inviting.say_conference(out, world, call)
    _say_moved(out, world, leg, held_call, moved)


def _say_moved(out: Effects, world: World, leg: Leg, held_call: Call, moved: list[Leg]) -> None:
    """The call on hold is over under its id: the joining agent and agents who were moved are told."""
    for other in moved:
        tell(out, world, held_call, other, "call_release")
    customer = next((other for other in moved if not other.agent_id), None)
    if customer is not None:
        tell_customer_left(out, held_call, leg, customer.number)
    else:
        tell(out, world, held_call, leg, "call_release")


def digits(world: World, session_id: str, operation: str) -> None:
    """`seconddial`, `seconddialex`, `reportsound`: only their legality matters, nobody listens to tones here."""
    legality.active(world, session_id, operation)


def ask_for_video(out: Effects, world: World, call: Call) -> None:
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


def mute_video(world: World, session_id: str, operation: str) -> None:
    """`beginmutevideo` and `endmutevideo`; there is no event. Raises Refused, also where there is no picture."""
    call, leg = legality.active(world, session_id, operation)
    if media_ability(call) != VIDEO or leg.hidden is VIDEO_MUTES[operation]:
        raise Refused(legality.LEGAL[operation].wrong)
    leg.hidden = VIDEO_MUTES[operation]
