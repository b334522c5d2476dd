"""Agents' phones as somebody uses them by hand, without the desktop: one row for each act.

What is done with a linked phone is told by an event of its own, before those of the call: a desktop that knows the
latter alone keeps up.
"""

from collections.abc import Callable
from typing import Final

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor import inviting, legality, legs, midcall, originate, phones, releasing, transferring
from gateway.contact_centre.floor.calls import AgentDesk, Purpose
from gateway.contact_centre.floor.effects import Content
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.floor.switchboard import Switchboard
from gateway.wire import retcodes
from gateway.wire.errors import Refused

PHONE_NUMBER: Final = 6
"""`addressType` of every number."""
AFTER_TALK: Final = 2
"""Mode of a transfer that ends the own call once the other side has answered."""
Act = Callable[[Transaction, AgentDesk, str], None]


class DeskPhones:
    """Every agent's phone."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    async def act(self, agent_id: int, name: str, number: str = "") -> None:
        """Does one of ACTS with an agent's phone; `number` for those that dial.

        Raises NoSuchCallError where that cannot be done now.
        """
        try:
            with self._board.transaction() as transaction:
                desk = transaction.world.desks.get(agent_id)
                if desk is None:
                    raise NoSuchCallError(f"agent {agent_id} is not signed in")
                ACTS[name](transaction, desk, number)
        except Refused as refused:
            raise NoSuchCallError(f"agent {agent_id}: {refused.message}") from None


def _linked(desk: AgentDesk) -> AgentDesk:
    """Raises Refused `100-009` unless the agent's phone is linked."""
    if not desk.state.linkage:
        raise Refused(retcodes.WRONG_STATE, "this phone is not linked: sign in with phonelinkage")
    return desk


def _dial(transaction: Transaction, desk: AgentDesk, number: str) -> None:
    """A number outside is dialled. The id that is told is not that of the call."""
    out, world = transaction.out, transaction.world
    legality.no_active(world, _linked(desk).session_id)
    originate.check_number(world, number)
    transaction.occupy(desk, CallOrigin.OWN)
    content: Content = {
        "addrCalled": _address(number),
        "addrCaller": _address(desk.state.phone),
        "skillId": 0,
        "callId": f"{out.now_ms // 1000}-{next(world.numbers)}",
    }
    out.tell_desk(desk, "AgentEvent_linkagePhoneCallOut", content)
    phones.lift(out, desk)
    originate.call_out(out, world, desk, number, caller=desk.state.phone, skill_id=0, data="")


def _hold(transaction: Transaction, desk: AgentDesk, _number: str) -> None:
    """The present call is put on hold. Raises Refused as `hold`."""
    out, world = transaction.out, transaction.world
    call, leg = legality.active(world, _linked(desk).session_id, "hold")
    tell(out, world, call, leg, "phone_hold")
    legs.hold(out, world, call, leg)


def _unhold(transaction: Transaction, desk: AgentDesk, _number: str) -> None:
    """The latest call on hold is taken back. Raises Refused as `gethold`."""
    out, world = transaction.out, transaction.world
    call, leg = midcall.to_get_back(world, _linked(desk).session_id)
    tell(out, world, call, leg, "phone_unhold")
    midcall.get_back(out, world, call, leg)


def _transfer(transaction: Transaction, desk: AgentDesk, number: str) -> None:
    """The present call goes to a number outside; the agent leaves when that answers. Raises Refused as `transfer`."""
    out, world = transaction.out, transaction.world
    call, leg = legality.active(world, _linked(desk).session_id, "transfer")
    transferring.check(world, call, transferring.OUTSIDE, AFTER_TALK, number)
    content: Content = {"addrOut": _address(number), "addrSelf": _address(desk.state.phone)}
    out.tell(leg, "AgentEvent_linkagePhoneTransferOut", content)
    inviting.ask_outside(out, world, call, number, Purpose.PHONE_TRANSFER, leg)


def _address(number: str) -> dict[str, object]:
    return {"address": number, "addressType": PHONE_NUMBER}


def _engage(_transaction: Transaction, desk: AgentDesk, _number: str) -> None:
    phones.engage(desk)


def _lose(transaction: Transaction, desk: AgentDesk, _number: str) -> None:
    releasing.lose_phone(transaction.out, transaction.world, desk)


def _find(transaction: Transaction, desk: AgentDesk, _number: str) -> None:
    phones.find(transaction.out, desk)


ACTS: Final[dict[str, Act]] = {
    "dial": _dial,
    "hold": _hold,
    "unhold": _unhold,
    "transfer": _transfer,
    "engage": _engage,
    "lose": _lose,
    "find": _find,
}
"""With a linked phone: dial, hold, take back, transfer. With any: use it for something else, cut it off, undo both."""
DIALS: Final = frozenset({"dial", "transfer"})
"""Acts that need a number."""
