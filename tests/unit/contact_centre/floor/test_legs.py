"""What becomes of a call when a party leaves it, and of two calls that become one."""

import pytest

from gateway.contact_centre.floor import legs
from gateway.contact_centre.floor.calls import Feature, Phone, Purpose, QueueEntry, Recording, Stage
from gateway.contact_centre.floor.effects import CallEnding
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    NOW_MS,
    contents,
    freed,
    join,
    new_call,
    new_world,
    out_now,
    outside,
    session,
    told,
)

T, R, H = Stage.TALKING, Stage.RINGING, Stage.HELD


def test_two_who_stay_talk_on_and_their_agents_are_told_so() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    legs.end(out, world, call, call.legs[2])
    legs.settle(out, world, call)
    assert (call.id in world.calls, told(out, 101)) == (True, ["AgentEvent_Talking"])


def test_an_agent_who_has_the_call_on_hold_is_not_told_that_it_talks() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (101, H))
    legs.settle(out, world, call)
    assert told(out, 101) == []


def test_a_party_that_is_left_alone_goes_and_the_call_is_over() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    legs.end(out, world, call, call.legs[0])
    legs.settle(out, world, call)
    assert told(out, 101) == ["AgentEvent_Call_Release"]
    assert (world.calls, list(world.ended), call.ended_ms) == ({}, [call], NOW_MS)


def test_a_customer_waits_alone_for_somebody_who_is_being_asked() -> None:
    world, out = new_world(None, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (102, R))
    legs.settle(out, world, call)
    assert call.connected() == [call.legs[0]]


def test_an_agent_does_not_wait_alone_for_somebody_whom_it_asked_itself() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (101, T))
    join(world, call, 102, R).by = call.legs[0]
    legs.settle(out, world, call)
    assert (call.legs, freed(out)) == ([], {101: "TALKED", 102: "NOT_TALKED"})


@pytest.mark.parametrize(("alone", "goes_on"), [(CUSTOMER, True), (101, False)])
def test_in_a_voice_menu_a_customer_may_be_alone_an_agent_may_not(alone: int | str, goes_on: bool) -> None:
    world = new_world(None, 101)
    call = new_call(world, (alone, T))
    call.at_ivr = "70001"
    legs.settle(out_now(), world, call)
    assert bool(call.legs) is goes_on


def test_a_customer_in_a_queue_outlives_the_agent_who_sent_it_there() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    world.enqueue(QueueEntry(call, 1, NOW_MS, by=call.legs[1]))
    assert legs.goes_on(call, call.legs[1])


def test_a_conference_does_not_fall_apart_by_the_rules_of_calls() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T))
    call.conference = 1_030_001
    legs.settle(out_now(), world, call)
    assert len(call.legs) == 1


def test_who_leaves_one_of_two_calls_is_not_free_yet() -> None:
    world, out = new_world(None, 101), out_now()
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, ("139", T), (101, T))
    legs.end(out, world, call, call.legs[1])
    assert (freed(out), world.held(session(101))[0][0]) == ({}, held)


def test_a_talk_counts_for_the_agents_day_and_for_who_released_last() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    legs.end(out_now(), world, call, call.legs[1])
    assert (world.day_totals(101, NOW_MS).talk_ms, call.last_release_agent) == (60_000, 101)


def test_an_offer_that_ends_counts_for_nothing() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, R))
    legs.end(out_now(), world, call, call.legs[1])
    assert (world.day_totals(101, NOW_MS).talk_ms, call.last_release_agent) == (0, 65_535)


def test_the_recording_ends_with_its_party() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    call.legs[1].recording = Recording(7, NOW_MS - 5_000, "Y:/7.V3")
    legs.end(out, world, call, call.legs[1])
    assert "AgentMediaEvent_StopRecordDone" in told(out, 101)
    assert world.activities.recorded == {"Y:/7.V3": 5.0}


def test_all_agents_are_told_that_the_customer_left_whoever_talks_with_it() -> None:
    world, out = new_world(None, 101, 102, 103), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T), (102, H), (103, R))
    legs.customer_leaves(out, world, call, call.legs[0])
    assert [told(out, agent).count("AgentEvent_Customer_Release") for agent in (101, 102, 103)] == [1, 1, 1]
    assert outside(out) == [(CUSTOMER, "GONE")]


def test_two_calls_become_one_without_the_agent_who_joins_them() -> None:
    world, out = new_world(None, 101, 102), out_now()
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, (101, T), (102, T), feature=Feature.INTERNAL)
    moved = legs.merge(out, world, held, call, session(101))
    assert [leg.number for leg in moved] == [CUSTOMER]
    assert [leg.number for leg in call.legs] == ["101", "102", CUSTOMER]
    assert held.id not in world.calls


def test_an_internal_call_takes_over_what_is_known_of_the_customer() -> None:
    world = new_world(None, 101, 102)
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, (101, T), (102, T), feature=Feature.HELP)
    held.data, held.priority, call.caller = "order 7", 3, "101"
    legs.merge(out_now(), world, held, call, session(101))
    assert (call.caller, call.data, call.priority) == (CUSTOMER, "order 7", 3)


def test_a_call_out_keeps_its_own_numbers_when_a_customer_is_joined_to_it() -> None:
    world = new_world(None, 101)
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, (101, T), ("139", T))
    call.feature, call.caller = Feature.OUTBOUND, "60000"
    legs.merge(out_now(), world, held, call, session(101))
    assert call.caller == "60000"


def test_a_talk_is_answered_once_for_the_call_and_for_the_agents_day() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, R))
    legs.talk(out, world, call, call.legs[1])
    call.legs[1].stage = H
    legs.talk(out, world, call, call.legs[1])
    assert (call.served, world.day_totals(101, NOW_MS).answered, call.answered_ms) == ([101], 1, NOW_MS)


def test_a_call_that_the_agent_makes_itself_is_none_that_it_answered() -> None:
    world = new_world(None, 101)
    call = new_call(world, ("139", T), feature=Feature.OUTBOUND)
    own = join(world, call, 101, Stage.DIALLING, Purpose.ORIGIN)
    legs.talk(out_now(), world, call, own)
    assert world.day_totals(101, NOW_MS).answered == 0


def test_the_phone_is_hung_up_after_the_last_call_alone() -> None:
    world, out = new_world(None, 101), out_now()
    world.desks[101].phone = Phone.OFF_HOOK
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, ("139", T), (101, T))
    legs.end(out, world, call, call.legs[1], "call_release")
    assert told(out, 101) == ["AgentEvent_Call_Release"]
    legs.end(out, world, held, held.legs[1], "call_release")
    assert told(out, 101)[1:] == ["AgentEvent_Call_Release", "AgentOther_PhoneRelease"]


def test_a_call_that_failed_hangs_the_phone_up_before_it_is_told() -> None:
    world, out = new_world(None, 101), out_now()
    world.desks[101].phone = Phone.OFF_HOOK
    call = new_call(world, (101, Stage.DIALLING))
    legs.end(out, world, call, call.legs[0], "call_out_fail", phone_first=True)
    assert told(out, 101) == ["AgentOther_PhoneRelease", "AgentEvent_Call_Out_Fail"]


def test_the_agent_is_what_its_ending_says_else_what_follows_from_its_talk() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    legs.end(out, world, call, call.legs[2], after=CallEnding.NO_PHONE)
    legs.end(out, world, call, call.legs[1])
    assert freed(out) == {102: "NO_PHONE", 101: "TALKED"}


@pytest.mark.parametrize(("by_agent", "phone"), [(True, Phone.ON_HOOK), (False, Phone.OFF_HOOK)])
def test_a_phone_that_is_to_stay_lifted_is_hung_up_by_its_agent_alone(by_agent: bool, phone: Phone) -> None:
    world = new_world(None, 101, release_phone=False)
    world.desks[101].phone = Phone.OFF_HOOK
    call = new_call(world, (101, T))
    legs.drop_phone(out_now(), world, call.legs[0], by_agent=by_agent)
    assert world.desks[101].phone is phone


def test_a_helper_lifts_its_phone_for_an_assistant_call() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (101, R))
    call.legs[0].assistant = True
    legs.lift_phone(out, world, call.legs[0])
    assert contents(out, "AgentOther_PhoneOffhook") == [{"type": "assistant"}]


def test_who_talks_is_told_so_and_recorded_where_that_is_wanted() -> None:
    world, out = new_world(None, 101, self_record=True), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    legs.say_talking(out, world, call, call.legs[1])
    assert told(out, 101) == ["AgentEvent_Talking", "AgentMediaEvent_Record"]


def test_who_joins_two_calls_is_in_one_of_them_afterwards() -> None:
    world = new_world(None, 101, 102)
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, (101, T), (102, T))
    legs.merge(out_now(), world, held, call, session(101))
    assert world.call_ids(session(101)) == [call.id]


def test_two_others_keep_a_call_going_one_other_who_asked_nobody_does_not() -> None:
    world = new_world(None, 101, 102)
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    assert legs.goes_on(call, call.legs[2])
    world.remove(call, call.legs[2])
    assert not legs.goes_on(call, call.legs[1])
