"""What agents do with a linked desk phone itself: dial, hold, take back, transfer (contract events.yaml).

Every act is told by an event of its own, before those of the call: a desktop that knows the latter alone keeps up.
"""

from typing import Final

from gateway.backends.embedded.core import holding, inviting, legality, legs, originate, phones, transferring
from gateway.backends.embedded.core.model import Call, Desk, Purpose
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Content, Outcome, Tell
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

PHONE_NUMBER: Final = 6
"""`addressType` of every number."""
AFTER_TALK: Final = 2
"""Mode of a transfer that ends the own call once the other side has answered."""


def check(desk: Desk) -> None:
    """Raises Refused `100-009` unless the agent's phone is linked."""
    if not desk.state.linkage:
        raise Refused(retcodes.WRONG_STATE, "this phone is not linked: sign in with phonelinkage")


def dial(out: Outcome, world: World, desk: Desk, number: str) -> Call:
    """The occupied agent has lifted the phone and dialled. The id that is told is not that of the call."""
    content: Content = {
        "addrCalled": _address(number),
        "addrCaller": _own(desk),
        "skillId": 0,
        "callId": f"{out.now_ms // 1000}-{next(world.numbers)}",
    }
    out.add(Tell(desk.agent_id, desk.session_id, "AgentEvent_linkagePhoneCallOut", content))
    phones.lift(out, desk)
    return originate.call_out(out, world, desk, number, caller=desk.state.phone, skill_id=0, data="")


def hold(out: Outcome, world: World, desk: Desk) -> None:
    """The present call is put on hold. Raises Refused as `hold`."""
    call, leg = legality.active(world, desk.session_id, "hold")
    tell(out, world, call, leg, "phone_hold")
    legs.hold(out, world, call, leg)


def unhold(out: Outcome, world: World, desk: Desk) -> None:
    """The latest call on hold is taken back. Raises Refused as `gethold`."""
    call, leg = holding.to_get_back(world, desk.session_id)
    tell(out, world, call, leg, "phone_unhold")
    holding.get_back(out, world, call, leg)


def transfer(out: Outcome, world: World, desk: Desk, number: str) -> None:
    """The present call goes to a number outside; the agent leaves when that answers. Raises Refused as `transfer`."""
    call, leg = legality.active(world, desk.session_id, "transfer")
    transferring.check(world, call, transferring.OUTSIDE, AFTER_TALK, number)
    content: Content = {"addrOut": _address(number), "addrSelf": _own(desk)}
    out.tell(leg, "AgentEvent_linkagePhoneTransferOut", content)
    inviting.ask_outside(out, world, call, number, Purpose.PHONE_TRANSFER, leg)


def _address(number: str) -> dict[str, object]:
    return {"address": number, "addressType": PHONE_NUMBER}


def _own(desk: Desk) -> dict[str, object]:
    return _address(desk.state.phone)
