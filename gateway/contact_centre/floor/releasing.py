"""Hanging up: the present call, one by its id, one party, the phone; taking a transfer back; leaving altogether."""

from gateway.contact_centre.floor import inviting, legality, legs, midcall, phones
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Phone, Purpose, Stage
from gateway.contact_centre.floor.effects import CallEnding, Effects
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_TAKEN_BACK = frozenset({Purpose.OUT_THREE, Purpose.OUT_TALK, Purpose.TALK})


def release(out: Effects, world: World, session_id: str) -> None:
    """`release`: after a talk transfer those who are left stay connected."""
    call, leg = legality.active(world, session_id, "release")
    if leg.joins is not None and leg.stage is Stage.TALKING and leg.joins.id in world.calls:
        midcall.leave_joined(out, world, call, leg, leg.joins)
        return
    leave(out, world, call, leg)


def leave(out: Effects, world: World, call: Call, leg: Leg, after: CallEnding | None = None) -> None:
    """An agent leaves a call; when that ends the call, it is told that the customer is released too.

    `after` tells what the agent is after its last call, None: as always.
    """
    ends = call.customer() is not None and not legs.goes_on(call, leg)
    legs.end(out, world, call, leg, "call_release", *(("customer_release",) if ends else ()), after=after)
    legs.settle(out, world, call)


def lose_phone(out: Effects, world: World, desk: AgentDesk) -> None:
    """The agent's phone is out of reach: it leaves every call and is busy for it."""
    phones.lose(out, desk)
    for call, leg in world.legs_of(desk.session_id):
        if leg.call is None:
            continue
        if leg.stage is Stage.RINGING:
            inviting.failed(out, world, call, leg, after=CallEnding.NO_PHONE)
        else:
            leave(out, world, call, leg, CallEnding.NO_PHONE)


def drop_call(out: Effects, world: World, session_id: str, call_id: str) -> None:
    """`dropcall`: any call of the agent, also one on hold."""
    for call, leg in world.legs_of(session_id):
        if call.id == call_id and leg.stage is not Stage.RINGING:
            leave(out, world, call, leg)
            return
    raise Refused(retcodes.DROP_NO_CALL)


def disconnect(out: Effects, world: World, desk: AgentDesk, number: str) -> None:
    """`disconnect`: one party of the present call. A helper may only drop itself."""
    call, leg = legality.active(world, desk.session_id, "disconnect")
    if number in (str(desk.agent_id), desk.state.phone):
        leave(out, world, call, leg)
        return
    party = next((other for other in call.legs if other.number == number), None)
    if party is None:
        _held_party(out, world, desk.session_id, call, number)
        return
    if leg.by is not None and leg.assistant:
        raise Refused(retcodes.PARTY_STAYS, "a helper may only release itself")
    drop_party(out, world, call, party)


def _held_party(out: Effects, world: World, session_id: str, call: Call, number: str) -> None:
    """The held customer may be released during a call out, but not during two-party help."""
    for held_call, _leg in world.held(session_id):
        party = next((other for other in held_call.legs if other.number == number), None)
        if party is not None:
            if call.feature in (Feature.HELP, Feature.HELP_THREE):
                raise Refused(retcodes.PARTY_STAYS, "the customer cannot be released during help")
            drop_party(out, world, held_call, party)
            return
    raise Refused(retcodes.NO_SUCH_PARTY)


def drop_party(out: Effects, world: World, call: Call, party: Leg) -> None:
    """A party is released by another one; one that was still ringing is not called any longer."""
    was_in = party.connected
    if not party.agent_id and was_in:
        legs.customer_leaves(out, world, call, party)
        return
    by = party.by
    legs.end(out, world, call, party, "call_release")
    if was_in or len(call.connected()) < 2:
        legs.settle(out, world, call)
    elif by is not None and by in call.legs and by.stage is Stage.TALKING:
        tell(out, world, call, by, "talking")


def cancel_transfer(out: Effects, world: World, session_id: str) -> None:
    """`canceltransfer`: takes back a talk or three-party transfer; the agent talks with the customer again."""
    call, leg = legality.active(world, session_id, "cancelTransfer")
    if leg.joins is not None and leg.joins.id in world.calls:
        back = leg.joins
        leave(out, world, call, leg)
        own = next(mine for of, mine in world.held(session_id) if of is back)
        legs.talk(out, world, back, own)
        tell(out, world, back, own, "talking")
        return
    party = next((other for other in call.legs if other.purpose in _TAKEN_BACK and other.by is leg), None)
    if party is None:
        raise Refused(retcodes.WRONG_STATE, "no transfer to take back")
    drop_party(out, world, call, party)


def release_phone(out: Effects, world: World, desk: AgentDesk) -> None:
    """`releasephone`: hangs the phone up, and with it the present call."""
    found = world.active(desk.session_id)
    if found is not None and found[1].stage is not Stage.RINGING:
        call, leg = found
        if len(world.legs_of(desk.session_id)) == 1:
            legs.drop_phone(out, world, leg, by_agent=True)
        leave(out, world, call, leg)
        return
    if desk.phone is not Phone.OFF_HOOK or world.legs_of(desk.session_id):
        raise Refused(retcodes.WRONG_STATE, "the phone is on the hook, or holds a call")
    phones.drop(out, desk, by_agent=True)


def drop_all(out: Effects, world: World, call_id: str) -> None:
    """`forcedropcall`: the call is over for all its parties, also one that waits. Raises Refused `200-025`."""
    call = world.calls.get(call_id)
    if call is None:
        raise Refused(retcodes.DROP_NO_CALL)
    told = ("call_release", "customer_release") if call.customer() is not None else ("call_release",)
    for leg in list(call.agents()):
        if leg.connected:
            legs.end(out, world, call, leg, *told)
        else:
            legs.end(out, world, call, leg, "call_release", after=CallEnding.NOT_TALKED)
    for leg in list(call.legs):
        legs.end(out, world, call, leg)
    world.forget(call, out.now_ms)


def leave_all(out: Effects, world: World, session_id: str) -> None:
    """The agent's session is over: it leaves every call, and the others are told."""
    for control in [control for control, offer in world.offers.items() if offer.session_id == session_id]:
        del world.offers[control]
    for call, leg in world.legs_of(session_id):
        if leg.stage is Stage.RINGING:
            inviting.failed(out, world, call, leg, after=CallEnding.LEFT)
        else:
            legs.end(out, world, call, leg, after=CallEnding.LEFT)
            legs.settle(out, world, call)
