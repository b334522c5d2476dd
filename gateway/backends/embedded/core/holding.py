"""Hold, mute, and joining a call on hold with the present one."""

from gateway.backends.embedded.core import legality, legs, missions
from gateway.backends.embedded.core.model import Call, Leg
from gateway.backends.embedded.core.notices import tell, tell_customer_left
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def hold(out: Outcome, world: World, session_id: str) -> None:
    """`hold`."""
    call, leg = legality.active(world, session_id, "hold")
    legs.hold(out, world, call, leg)


def get_hold(out: Outcome, world: World, session_id: str, call_id: str = "") -> None:
    """`gethold`: back to a call on hold; not while the agent is in another one."""
    get_back(out, world, *to_get_back(world, session_id, call_id))


def to_get_back(world: World, session_id: str, call_id: str = "") -> tuple[Call, Leg]:
    """The call on hold with this id, or the latest one, where it can be taken back. Raises Refused."""
    call, leg = legality.held(world, session_id, "getHold", call_id)
    if world.active(session_id) is not None:
        raise Refused(retcodes.UNHOLD_STATE, "not possible during another call: release it first")
    return call, leg


def get_back(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """The agent talks in the call again."""
    legs.talk(out, world, call, leg)
    tell(out, world, call, leg, "talking")
    if len(call.connected()) >= legs.CONFERENCE:
        tell(out, world, call, leg, "conference")


MUTES: dict[str, bool] = {"beginMute": True, "endMute": False}


def mute(out: Outcome, world: World, session_id: str, operation: str) -> None:
    """`beginmute` and `endmute`; there is no event."""
    _call, leg = legality.active(world, session_id, operation)
    if leg.muted is MUTES[operation]:
        raise Refused(legality.LEGAL[operation].wrong)
    leg.muted = MUTES[operation]


def connect_hold(out: Outcome, world: World, session_id: str, call_id: str) -> None:
    """`connecthold`: the parties of both calls go on together and the agent leaves."""
    call, leg = legality.active(world, session_id, "connectHold")
    held_call, _held = legality.held(world, session_id, "connectHold", call_id)
    leave_joined(out, world, call, leg, held_call)


def leave_joined(out: Outcome, world: World, call: Call, leg: Leg, held_call: Call) -> None:
    """Joins a call on hold to the agent's present one, which the agent leaves."""
    moved = legs.merge(out, world, held_call, call, leg.session_id)
    for other in call.legs:
        other.assistant = False
    _say_moved(out, world, leg, held_call, moved)
    legs.end(out, world, call, leg, "call_release")
    legs.settle(out, world, call)
    missions.say_conference(out, world, call)


def join(out: Outcome, world: World, session_id: str, call_id: str, data: str = "") -> None:
    """`confjoin`: the agent and the parties of both calls in one."""
    call, leg = legality.active(world, session_id, "confJoin")
    held_call, _held = legality.held(world, session_id, "confJoin", call_id)
    call.data = data or call.data
    moved = legs.merge(out, world, held_call, call, session_id)
    missions.say_conference(out, world, call)
    _say_moved(out, world, leg, held_call, moved)


def _say_moved(out: Outcome, world: World, leg: Leg, held_call: Call, moved: list[Leg]) -> None:
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
