"""A party that was asked into a call answers, or does not: what follows for it, for who asked, and for the call."""

import pytest

from gateway.contact_centre.floor import inviting
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Phone, Purpose, ReachedParty, Stage
from gateway.contact_centre.floor.effects import CallEnding
from gateway.contact_centre.floor.world import World
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    contents,
    freed,
    join,
    new_call,
    new_world,
    out_now,
    outside,
    session,
    timers,
    told,
)

T, R, H, D = Stage.TALKING, Stage.RINGING, Stage.HELD, Stage.DIALLING
P = Purpose


def asked(world: World, purpose: Purpose, who: int | str = 102, stage: Stage = R) -> tuple[Call, Leg, Leg]:
    """101 talks with a customer and asked somebody into the call: the call, the leg of 101, that of who was asked."""
    call = new_call(world, (CUSTOMER, T), (101, T))
    leg = join(world, call, who, stage, purpose)
    leg.by = call.legs[1]
    return call, call.legs[1], leg


def test_every_reason_to_ask_a_party_tells_what_follows() -> None:
    """The first party of a call asks itself."""
    assert set(inviting.FOLLOW_UPS) == set(Purpose) - {P.ORIGIN}


@pytest.mark.parametrize(
    ("purpose", "who", "asking", "third"),
    [
        (P.SUCCESS, 102, ["AgentEvent_SuccTransResult", "AgentEvent_Call_Release"], ["AgentEvent_Talking"]),
        (P.OUT_SUCCESS, "139", ["AgentEvent_SuccTransResult", "AgentEvent_Call_Release"], []),
        (P.PHONE_TRANSFER, "139", ["AgentEvent_linkagePhoneTransferOut_Result", "AgentEvent_Call_Release"], []),
        (P.HELP_THREE, 102, ["AgentEvent_Conference"], ["AgentEvent_Talking", "AgentEvent_Conference"]),
        (P.OUT_THREE, "139", ["AgentEvent_Conference"], []),
        (P.TALK, 102, ["AgentEvent_Talking"], ["AgentEvent_Talking"]),
        (P.OUTBOUND, "139", ["AgentEvent_Talking"], []),
    ],
)
def test_when_it_answers_who_asked_is_told_and_stays_or_leaves(
    purpose: Purpose, who: int | str, asking: list[str], third: list[str]
) -> None:
    world, out = new_world(None, 101, 102), out_now()
    call, _by, leg = asked(world, purpose, who)
    inviting.answered(out, world, call, leg)
    calls_alone = [kind for kind in told(out, 101) if kind.startswith("AgentEvent")]
    assert (calls_alone, [kind for kind in told(out, 102) if kind.startswith("AgentEvent")]) == (asking, third)


@pytest.mark.parametrize(
    ("purpose", "asking"),
    [
        (P.SUCCESS, ["AgentEvent_Connect_Fail", "AgentEvent_SuccTransResult"]),
        (P.PHONE_TRANSFER, ["AgentEvent_linkagePhoneTransferOut_Result"]),
        (P.HELP_THREE, ["AgentEvent_Consult_Fail"]),
        (P.OUT_THREE, ["AgentEvent_Connect_Fail"]),
    ],
)
def test_when_it_does_not_answer_who_asked_is_told_and_talks_on(purpose: Purpose, asking: list[str]) -> None:
    world, out = new_world(None, 101, 102), out_now()
    call, by, leg = asked(world, purpose)
    inviting.failed(out, world, call, leg)
    assert (told(out, 101), by in call.legs) == (asking, True)


@pytest.mark.parametrize(
    ("purpose", "why"),
    [
        (P.OUTBOUND, ["AgentEvent_Call_Out_Fail", "AgentEvent_Connect_Fail"]),
        (P.INTERNAL, ["AgentEvent_Inside_Call_Fail"]),
        (P.HELP, ["AgentEvent_Consult_Fail"]),
        (P.TALK, ["AgentEvent_Connect_Fail"]),
    ],
)
def test_a_call_for_that_party_alone_is_over_when_it_does_not_answer(purpose: Purpose, why: list[str]) -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, feature=Feature.INTERNAL)
    own, leg = join(world, call, 101, D, P.ORIGIN), join(world, call, 102, R, purpose)
    leg.by = own
    inviting.failed(out, world, call, leg)
    assert (told(out, 101), world.calls) == (why, {})


def test_a_routed_call_that_is_not_answered_is_the_first_of_its_queue_again() -> None:
    world = new_world(None, 101)
    other, call = new_call(world, ("139", T)), new_call(world, (CUSTOMER, T), (101, R))
    inviting.queue_again(out_now(), world, other, join(world, other, 101, R))
    inviting.failed(out_now(), world, call, call.legs[1])
    assert [place.call for place in world.queues[1]] == [call, other]


def test_a_transferred_call_that_belongs_to_no_queue_is_released() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, ("139", T), (102, R))
    call.skill_id, call.legs[1].purpose = 0, P.BLIND
    inviting.failed(out, world, call, call.legs[1])
    assert (world.calls, world.anybody_waits()) == ({}, False)


def test_a_call_that_nobody_is_in_any_more_does_not_wait() -> None:
    world = new_world(None, 101)
    call = new_call(world, (101, R))
    inviting.failed(out_now(), world, call, call.legs[0])
    assert (world.calls, world.anybody_waits()) == ({}, False)


def test_who_joined_is_not_taken_out_of_another_call() -> None:
    """Who asked a third party in has another call by now: this one stays on hold."""
    world, out = new_world(None, 101, 102), out_now()
    call, by, leg = asked(world, P.OUT_THREE, "139")
    by.stage = H
    new_call(world, (101, T), ("137", T))
    inviting.answered(out, world, call, leg)
    assert by.stage is H


def test_agents_answer_at_once_where_they_want_that_but_not_with_a_linked_phone_on_hook() -> None:
    for linkage, stage in ((False, T), (True, R)):
        world, out = new_world(None, 101, auto_answer=True, linkage=linkage), out_now()
        call = new_call(world, (CUSTOMER, T))
        leg = inviting.ask_agent(out, world, call, world.desks[101], P.ROUTED, queued=True)
        assert leg.stage is stage


def test_an_offer_from_a_queue_tells_of_the_customer_before_it_rings() -> None:
    world, out = new_world(None, 101, auto_answer=False), out_now()
    call = new_call(world, (CUSTOMER, T))
    inviting.ask_agent(out, world, call, world.desks[101], P.ROUTED, queued=True)
    assert told(out, 101) == [
        "AgentState_Busy",
        "AgentEvent_Incoming_CallInfo",
        "AgentOther_PhoneAlerting",
        "AgentEvent_Ringing",
    ]
    assert timers(out) == {"no answer": 20.0}


def test_an_agent_whose_phone_is_out_of_reach_is_busy_for_it() -> None:
    world, out = new_world(None, 101, auto_answer=False), out_now()
    world.desks[101].phone = Phone.LOST
    call = new_call(world, (CUSTOMER, T))
    inviting.ask_agent(out, world, call, world.desks[101], P.ROUTED, queued=True)
    assert freed(out) == {101: "NO_PHONE"}


def test_who_asks_is_told_that_the_other_party_rings() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (101, D))
    inviting.ask_outside(out, world, call, "139", P.OUTBOUND, call.legs[0])
    assert (told(out, 101), outside(out)) == (["AgentEvent_Customer_Alerting"], [("139", "RINGS")])
    assert timers(out) == {"no answer": 45.0}


def test_a_helper_is_an_assistant_in_the_call() -> None:
    world, out = new_world(None, 101, 102, auto_answer=False), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    inviting.ask_agent(out, world, call, world.desks[102], P.HELP_THREE, call.legs[1])
    [ringing] = contents(out, "AgentEvent_Ringing")
    assert isinstance(ringing, dict)
    assert (ringing["type"], ringing["feature"]) == ("assistant", "52")


def test_a_call_to_an_agent_who_forwards_it_is_one_to_that_number() -> None:
    world = new_world(None, 101)
    call = new_call(world, (101, D), feature=Feature.INTERNAL)
    call.called = "102"
    inviting.ask(out_now(), world, call, ReachedParty("139", forwarded_by=102), P.INTERNAL, call.legs[0])
    assert (call.called, call.forwarded_by) == ("139", 102)


@pytest.mark.parametrize(
    ("stage", "after", "told_last"),
    [
        (R, CallEnding.NO_ANSWER, "AgentEvent_No_Answer"),
        (Stage.ALERTING, CallEnding.NOT_TALKED, "AgentEvent_Connect_Fail"),
    ],
)
def test_who_lets_it_ring_is_busy_for_it_who_does_not_lift_the_own_phone_is_not(
    stage: Stage, after: CallEnding, told_last: str
) -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, stage))
    inviting.no_answer(out, world, call, call.legs[1])
    assert (freed(out)[101], told(out, 101)[-1]) == (after.name, told_last)
    assert world.active(session(101)) is None


def test_who_had_the_call_on_hold_talks_in_it_again_when_the_third_party_joins() -> None:
    world, out = new_world(None, 101), out_now()
    call, by, leg = asked(world, P.OUT_THREE, "139")
    by.stage = H
    inviting.answered(out, world, call, leg)
    assert (by.stage, told(out, 101)[-1]) == (T, "AgentEvent_Conference")


def test_who_called_talks_as_soon_as_the_other_side_answers() -> None:
    world = new_world(None, 101)
    call = new_call(world, (101, D), feature=Feature.OUTBOUND)
    leg = join(world, call, "139", R, P.OUTBOUND)
    leg.by = call.legs[0]
    inviting.answered(out_now(), world, call, leg)
    assert [one.stage for one in call.legs] == [T, T]


def test_an_answer_takes_the_time_to_answer_back() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, R))
    inviting.answered(out, world, call, call.legs[1])
    assert timers(out) == {"no answer": None}


def test_who_has_left_the_call_meanwhile_is_not_told_that_the_other_party_rings() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T))
    gone = Leg("101", T, P.ORIGIN, 0, 101, session(101))
    inviting.ask_outside(out, world, call, "139", P.OUT_BLIND, gone)
    assert told(out, 101) == []
