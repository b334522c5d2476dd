"""`transfer` in all its modes: one row for each kind of target and mode."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.contact_centre.floor import inviting, legs, originate, queueing
from gateway.contact_centre.floor.calls import Call, Dial, Feature, Leg, Purpose, ReachedParty, Stage
from gateway.contact_centre.floor.effects import Effects
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

QUEUE, AGENT, IVR, ACCESS, OUTSIDE = 1, 2, 3, 4, 5
BLIND_OUT = 1


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """A transfer as asked for. `target` is whom it reaches where it is to an agent, `skill_id` the queue, for one."""

    address: str
    caller: str = ""
    hold: bool = True
    target: ReachedParty | None = None
    skill_id: int = 0


Transfer = Callable[[Effects, World, Call, Leg, TransferRequest], None]


def _leave(out: Effects, world: World, call: Call, leg: Leg) -> None:
    legs.end(out, world, call, leg, "call_release")


def _agent(purpose: Purpose) -> Transfer:
    def go(out: Effects, world: World, call: Call, leg: Leg, order: TransferRequest) -> None:
        if order.target is None:
            tell(out, world, call, leg, *_NOBODY[purpose])
            return
        if purpose is Purpose.BLIND:
            _leave(out, world, call, leg)
        inviting.ask(out, world, call, order.target, purpose, leg)

    return go


_NOBODY: Final = {Purpose.BLIND: ("connect_fail",), Purpose.SUCCESS: ("connect_fail", "transfer_failed")}


def _queue(purpose: Purpose) -> Transfer:
    def go(out: Effects, world: World, call: Call, leg: Leg, order: TransferRequest) -> None:
        if not world.idle(order.skill_id):
            tell(out, world, call, leg, "all_busy")
        queueing.wait(out, world, call, order.skill_id, purpose, leg)
        if purpose is Purpose.BLIND:
            call.requeued += 1
            _leave(out, world, call, leg)

    return go


def _talk(purpose: Purpose) -> Transfer:
    """A second call, with the customer on hold; releasing it connects the customer with the other party."""

    def go(out: Effects, world: World, call: Call, leg: Leg, order: TransferRequest) -> None:
        if purpose is Purpose.TALK and order.target is None:
            tell(out, world, call, leg, "connect_fail")
            return
        desk = world.desks[leg.agent_id]
        legs.hold(out, world, call, leg)
        feature, caller = (Feature.INTERNAL, leg.number) if order.target else (Feature.OUTBOUND, order.caller)
        second = world.new_call(feature, caller or world.plan.number, order.address, out.now_ms, call.skill_id)
        second.data = call.data
        own = originate.begin(out, world, second, desk, Dial(order.address, purpose))
        own.joins = call
        if order.target is not None:
            inviting.ask(out, world, second, order.target, purpose, own)
        else:
            inviting.ask_outside(out, world, second, order.address, purpose, own)

    return go


def _outside(purpose: Purpose) -> Transfer:
    """The number is called into the call itself."""

    def go(out: Effects, world: World, call: Call, leg: Leg, order: TransferRequest) -> None:
        if purpose is Purpose.OUT_THREE and order.hold:
            legs.hold(out, world, call, leg)
        if purpose is Purpose.OUT_BLIND:
            _leave(out, world, call, leg)
        inviting.ask_outside(out, world, call, order.address, purpose, leg)

    return go


def _ivr(*, suspend: bool) -> Transfer:
    def go(out: Effects, world: World, call: Call, leg: Leg, order: TransferRequest) -> None:
        queueing.visit_menu(out, world, call, order.address)
        if suspend:
            leg.stage = Stage.AT_IVR
        else:
            _leave(out, world, call, leg)

    return go


WAYS: Final[dict[tuple[int, int], Transfer]] = {
    (QUEUE, 0): _queue(Purpose.BLIND),
    (QUEUE, 2): _queue(Purpose.SUCCESS),
    (AGENT, 0): _agent(Purpose.BLIND),
    (AGENT, 2): _agent(Purpose.SUCCESS),
    (AGENT, 3): _talk(Purpose.TALK),
    (IVR, 0): _ivr(suspend=False),
    (IVR, 1): _ivr(suspend=True),
    (ACCESS, 0): _queue(Purpose.BLIND),
    (ACCESS, 2): _queue(Purpose.SUCCESS),
    (OUTSIDE, 1): _outside(Purpose.OUT_BLIND),
    (OUTSIDE, 2): _outside(Purpose.OUT_SUCCESS),
    (OUTSIDE, 3): _talk(Purpose.OUT_TALK),
    (OUTSIDE, 4): _outside(Purpose.OUT_THREE),
}
"""Kind of target (`devicetype`) and mode -> how it goes."""


def check(world: World, call: Call, device: int, mode: int, address: str) -> int:
    """The skill queue that the transfer leads to, 0 for none. Raises Refused for a target that does not exist."""
    if call.customer() is None and device in (QUEUE, IVR, ACCESS):
        raise Refused(retcodes.WRONG_STATE, "only a call with a customer can be transferred there")
    if call.waiting is not None or call.at_ivr or any(not leg.connected for leg in call.legs):
        raise Refused(retcodes.WRONG_STATE, "a transfer of this call is under way")
    if device == QUEUE:
        return _known_queue(world, int(address))
    if device == ACCESS:
        return _known_queue(world, world.plan.access.get(address, 0))
    if device == IVR and address not in world.plan.ivrs:
        raise Refused(retcodes.CALLED_NUMBER, "no IVR has this access code")
    if device == OUTSIDE:
        originate.check_number(world, address)
        if mode == BLIND_OUT and call.feature is Feature.OUTBOUND:
            raise Refused(retcodes.WRONG_STATE, "a call out cannot be transferred to a number without talking to it")
    return 0


def _known_queue(world: World, skill_id: int) -> int:
    if skill_id not in world.skills():
        raise Refused(retcodes.CALLED_NUMBER, "no skill queue has this number")
    return skill_id
