"""Calls that agents make: which numbers, when the own phone is lifted, and who is asked for help."""

import pytest

from gateway.contact_centre.floor import originate
from gateway.contact_centre.floor.calls import Dial, Feature, Phone, Purpose, QueueEntry, ReachedParty, Stage
from gateway.contact_centre.floor.plan import Plan
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    NOW_MS,
    contents,
    join,
    new_call,
    new_world,
    out_now,
    outside,
    session,
    timers,
    told,
)

T, R, H = Stage.TALKING, Stage.RINGING, Stage.HELD
OUTSIDE = "13900"


@pytest.mark.parametrize(("number", "barred"), [("110", True), ("1101", True), ("0110", False)])
def test_numbers_with_a_barred_prefix_may_not_be_called(number: str, barred: bool) -> None:
    world = new_world(Plan(barred=("110",)))
    if barred:
        with pytest.raises(Refused) as refused:
            originate.check_number(world, number)
        assert refused.value.retcode == "200-001"
    else:
        originate.check_number(world, number)


def test_a_call_out_lifts_the_own_phone_and_rings_the_other_side() -> None:
    world, out = new_world(None, 101), out_now()
    made = originate.call_out(out, world, world.desks[101], OUTSIDE, caller="", skill_id=0, data="order 7")
    assert told(out, 101) == [
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentState_Busy",
        "AgentEvent_Customer_Alerting",
    ]
    assert (made.caller, made.data, outside(out)) == ("60000", "order 7", [(OUTSIDE, "RINGS")])
    assert world.day_totals(101, NOW_MS).called_out == 1


def test_a_linked_phone_is_lifted_by_hand_before_anybody_is_rung() -> None:
    world, out = new_world(None, 101, linkage=True), out_now()
    made = originate.call_out(out, world, world.desks[101], OUTSIDE, caller="", skill_id=0, data="")
    assert (told(out, 101), outside(out), timers(out)) == (["AgentOther_PhoneAlerting"], [], {"no answer": 20.0})
    assert (made.legs[0].stage, made.to_dial) == (Stage.ALERTING, Dial(OUTSIDE, Purpose.OUTBOUND))


def test_a_linked_phone_that_is_lifted_already_dials_at_once() -> None:
    world, out = new_world(None, 101, linkage=True), out_now()
    world.desks[101].phone = Phone.OFF_HOOK
    originate.call_out(out, world, world.desks[101], OUTSIDE, caller="", skill_id=0, data="")
    assert outside(out) == [(OUTSIDE, "RINGS")]


def test_a_second_call_occupies_nobody_anew() -> None:
    world, out = new_world(None, 101), out_now()
    new_call(world, (CUSTOMER, T), (101, H))
    originate.call_out(out, world, world.desks[101], OUTSIDE, caller="", skill_id=0, data="")
    assert "AgentState_Busy" not in told(out, 101)


def test_once_the_phone_is_lifted_the_other_agent_is_asked() -> None:
    world, out = new_world(None, 101, 102, linkage=True, auto_answer=False), out_now()
    call = originate.call_agent(out, world, world.desks[101], "", None, skill_id=1)
    assert call.to_dial == Dial("", Purpose.INTERNAL, 1)
    originate.lifted(out, world, call, call.legs[0])
    originate.dial_agent(out, world, call, call.legs[0], Dial("", Purpose.INTERNAL, 1), ReachedParty(world.desks[102]))
    assert (call.called, call.legs[0].stage, call.legs[1].number) == ("102", Stage.DIALLING, "102")


def test_once_the_phone_is_lifted_a_call_to_nobody_is_over() -> None:
    world, out = new_world(None, 101, linkage=True), out_now()
    call = originate.call_agent(out, world, world.desks[101], "102", None)
    originate.lifted(out, world, call, call.legs[0])
    originate.dial_agent(out, world, call, call.legs[0], Dial("102", Purpose.INTERNAL), None)
    assert ("AgentEvent_Inside_Call_Fail" in told(out, 101), world.calls) == (True, {})


def test_a_call_to_who_cannot_be_reached_brings_the_one_event() -> None:
    world, out = new_world(None, 101), out_now()
    made = originate.call_fails_at_once(out, world, world.desks[101], "102", "inside_call_fail")
    assert contents(out, "AgentEvent_Inside_Call_Fail") == [made.id]
    assert (told(out, 101), world.calls) == (["AgentEvent_Inside_Call_Fail"], {})


def test_help_is_asked_in_the_present_call_or_in_the_one_on_hold_when_there_is_no_other() -> None:
    world = new_world(None, 101)
    held = new_call(world, (CUSTOMER, T), (101, H))
    assert originate.check_help(world, session(101))[0] is held
    call = new_call(world, (OUTSIDE, T), (101, T))
    assert originate.check_help(world, session(101))[0] is call


@pytest.mark.parametrize(("kind", "code"), [("no call", "200-018"), ("rings", "100-009"), ("waits", "100-009")])
def test_help_is_not_asked_without_a_call_or_while_somebody_is_called_into_it(kind: str, code: str) -> None:
    world = new_world(None, 101, 102)
    if kind != "no call":
        call = new_call(world, (CUSTOMER, T), (101, T))
        if kind == "rings":
            join(world, call, 102, R)
        else:
            world.enqueue(QueueEntry(call, 1, NOW_MS))
    with pytest.raises(Refused) as refused:
        originate.check_help(world, session(101))
    assert refused.value.retcode == code


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (originate.HELP_BY_QUEUE, ["AgentOther_All_Agent_Busy", "AgentEvent_Consult_Fail"]),
        (originate.HELP_BY_AGENT, ["AgentEvent_Consult_Fail"]),
    ],
)
def test_when_nobody_is_there_to_help_the_events_say_so_and_nothing_else_happens(device: int, why: list[str]) -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    originate.ask_help(out, world, call, call.legs[1], None, device, originate.TWO_PARTY, hold=True, data="x")
    assert (told(out, 101), call.legs[1].stage, call.data) == (why, T, "")


def test_two_party_help_is_a_call_of_its_own_with_the_customer_on_hold() -> None:
    world, out = new_world(None, 101, 102, auto_answer=False), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    call.data = "order 7"
    made = originate.ask_help(
        out,
        world,
        call,
        call.legs[1],
        world.desks[102],
        originate.HELP_BY_AGENT,
        originate.TWO_PARTY,
        hold=False,
        data="",
    )
    assert (made.feature, made.data, call.legs[1].stage) == (Feature.HELP, "order 7", H)


@pytest.mark.parametrize(("hold", "stage"), [(True, H), (False, T)])
def test_three_party_help_takes_place_in_the_call_itself(hold: bool, stage: Stage) -> None:
    world, out = new_world(None, 101, 102, auto_answer=False), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    made = originate.ask_help(
        out,
        world,
        call,
        call.legs[1],
        world.desks[102],
        originate.HELP_BY_AGENT,
        originate.THREE_PARTY,
        hold=hold,
        data="new",
    )
    assert (made, call.data, call.legs[1].stage, len(call.legs)) == (call, "new", stage, 3)


@pytest.mark.parametrize(
    ("linkage", "phone", "lifts"),
    [(True, Phone.ON_HOOK, True), (True, Phone.OFF_HOOK, False), (False, Phone.ON_HOOK, False)],
)
def test_only_a_linked_phone_on_hook_is_lifted_by_hand(linkage: bool, phone: Phone, lifts: bool) -> None:
    desk = new_world(None, 101, linkage=linkage).desks[101]
    desk.phone = phone
    assert originate.must_lift(desk) is lifts


def test_a_colleague_who_was_reached_is_asked_at_once() -> None:
    world, out = new_world(None, 101, 102, auto_answer=False), out_now()
    call = originate.call_agent(out, world, world.desks[101], "102", ReachedParty(world.desks[102]))
    assert [(leg.number, leg.stage) for leg in call.legs] == [("101", Stage.DIALLING), ("102", R)]


@pytest.mark.parametrize(("purpose", "kind"), [(Purpose.HELP, "assistant"), (Purpose.INTERNAL, "main")])
def test_who_asks_for_help_is_in_an_assistant_call(purpose: Purpose, kind: str) -> None:
    world = new_world(None, 101)
    call = new_call(world, feature=Feature.HELP)
    assert originate.begin(out_now(), world, call, world.desks[101], Dial("102", purpose)).kind == kind


@pytest.mark.parametrize(("holds", "occupied"), [(True, False), (False, True)])
def test_who_lifts_the_phone_for_a_second_call_is_occupied_already(holds: bool, occupied: bool) -> None:
    world, out = new_world(None, 101, linkage=True), out_now()
    if holds:
        new_call(world, (CUSTOMER, T), (101, H))
    call = originate.call_out(out_now(), world, world.desks[101], OUTSIDE, caller="", skill_id=0, data="")
    originate.lifted(out, world, call, call.legs[0])
    assert ("AgentState_Busy" in told(out, 101)) is occupied
