"""Conferences begin out of nothing or out of a steady call, with seats, and end for all at once."""

import pytest

from gateway.contact_centre.floor import conference_parties, conferring
from gateway.contact_centre.floor.activities import Conference
from gateway.contact_centre.floor.calls import Call, Phone, QueueEntry, Stage
from gateway.contact_centre.floor.effects import Effects, TimerKey
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.floor.world import World
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    NOW_MS,
    contents,
    freed,
    join,
    new_call,
    new_world,
    out_now,
    session,
    timers,
    told,
)

T, H, R = Stage.TALKING, Stage.HELD, Stage.RINGING


def begun(world: World, out: Effects, call: Call | None = None, minutes: int = 60, prompt: int = 5) -> Conference:
    """101 has the chair."""
    return conferring.begin(out, world, world.desks[101], call, 5, minutes, prompt)


def test_out_of_nothing_the_chair_is_alone_with_its_phone_lifted() -> None:
    world, out = new_world(None, 101), out_now()
    made = begun(world, out)
    assert ([one.leg.agent_id for one in made.members], world.desks[101].phone) == ([101], Phone.OFF_HOOK)
    assert told(out, 101)[-2:] == ["AgentConf_SelfJoinResult", "AgentConf_RequestSuccess"]


def test_the_parties_of_a_call_are_in_the_conference_and_its_agents_in_no_call_any_more() -> None:
    world = new_world(None, 101, 102)
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    made = begun(world, out_now(), call)
    assert {one.leg.number for one in made.joined()} == {CUSTOMER, "101", "102"}
    assert [leg.number for leg in call.legs] == [CUSTOMER]


def test_who_is_in_a_conference_may_not_ask_for_another() -> None:
    world = new_world(None, 101)
    begun(world, out_now())
    with pytest.raises(Refused) as refused:
        conferring.check(world, world.desks[101])
    assert refused.value.retcode == "101-003"


def unsteady(kind: str) -> World:
    """101 is in a call, or two, that cannot become a conference."""
    world = new_world(None, 101, 102)
    call = new_call(world, (CUSTOMER, T), (101, H if kind == "on hold" else T))
    if kind == "muted":
        call.legs[1].muted = True
    if kind == "in a voice menu":
        call.at_ivr = "70001"
    if kind == "somebody rings":
        join(world, call, 102, R)
    if kind == "two calls":
        new_call(world, ("139", T), (101, T))
    if kind == "called by another agent":
        call.legs[1].by = join(world, call, 102)
    return world


@pytest.mark.parametrize(
    "kind", ["on hold", "muted", "in a voice menu", "somebody rings", "two calls", "called by another agent"]
)
def test_a_call_that_is_not_steady_becomes_no_conference(kind: str) -> None:
    world = unsteady(kind)
    with pytest.raises(Refused) as refused:
        conferring.check(world, world.desks[101])
    assert refused.value.retcode == "100-009"


def test_a_steady_call_is_brought_along() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    assert conferring.check(world, world.desks[101]) is call


def test_a_call_that_waits_in_a_queue_too_is_not_steady() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    world.enqueue(QueueEntry(call, 1, NOW_MS))
    with pytest.raises(Refused) as refused:
        conferring.check(world, world.desks[101])
    assert refused.value.retcode == "100-009"


def test_a_number_outside_that_answered_has_joined() -> None:
    world, out = new_world(None, 101), out_now()
    made = begun(world, out_now())
    conference_parties.ask_outside(out_now(), world, made, "139")
    conferring.look_after(out, world)
    assert [one.leg.number for one in made.joined()] == ["101"]
    made.members[1].leg.stage = T
    conferring.look_after(out, world)
    assert [one.leg.number for one in made.joined()] == ["101", "139"]
    assert told(out, 101) == ["AgentConf_ParticipantChanged"]


def test_who_came_out_of_no_call_is_told_that_it_is_occupied() -> None:
    for brings in (False, True):
        world, out = new_world(None, 101), out_now()
        begun(world, out, new_call(world, (CUSTOMER, T), (101, T)) if brings else None)
        assert ("AgentState_Busy" in told(out, 101)) is not brings


def test_agents_who_want_that_are_recorded_in_it() -> None:
    world, out = new_world(None, 101, self_record=True), out_now()
    begun(world, out)
    assert "AgentMediaEvent_Record" in told(out, 101)


def test_who_is_in_no_call_brings_none() -> None:
    world = new_world(None, 101)
    assert conferring.check(world, world.desks[101]) is None


@pytest.mark.parametrize(("wanted", "left"), [(3, True), (4, False)])
def test_the_seats_of_all_conferences_are_bounded(wanted: int, left: bool) -> None:
    world = new_world(Plan(conference_seats=8), 101)
    begun(world, out_now())
    assert conferring.has_seats(world, wanted) is left


def test_without_seats_the_one_event_tells_why() -> None:
    world, out = new_world(None, 101), out_now()
    conferring.refuse(out, world.desks[101])
    assert (told(out, 101), contents(out, "AgentConf_RequestFailed")) == (
        ["AgentConf_RequestFailed"],
        [{"cause": 21_001}],
    )


@pytest.mark.parametrize(("prompt", "reminder"), [(5, 55 * 60.0), (0, None), (60, None)])
def test_the_chair_is_reminded_where_it_asked_for_that_and_there_is_time(prompt: int, reminder: float | None) -> None:
    world, out = new_world(None, 101), out_now()
    begun(world, out, prompt=prompt)
    assert (timers(out)["conference end"], timers(out)["conference reminder"]) == (3600.0, reminder)


def test_at_the_end_the_chair_is_told_of_all_others_and_leaves_last() -> None:
    world = new_world(None, 101, 102)
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    made = begun(world, out_now(), call)
    for desk in world.desks.values():
        desk.phone = Phone.OFF_HOOK
    out = out_now()
    conferring.end(out, world, made)
    left = [one for one in contents(out, "AgentConf_ParticipantChanged") if isinstance(one, dict)]
    assert [(one["participant"], one["changeReason"]) for one in left] == [(CUSTOMER, 3), ("102", 3)]
    assert list(freed(out).items()) == [(102, "TALKED"), (101, "TALKED")]
    assert (world.activities.conferences, world.calls) == ({}, {})


@pytest.mark.parametrize("gone", ["signed out", "hung up"])
def test_it_ends_with_the_chair(gone: str) -> None:
    world = new_world(None, 101, 102)
    begun(world, out_now(), new_call(world, (CUSTOMER, T), (101, T), (102, T)))
    world.desks[102].phone = Phone.OFF_HOOK
    if gone == "signed out":
        del world.desks[101]
    conferring.look_after(out_now(), world)
    assert world.activities.conferences == {}


def test_another_agent_who_hangs_up_leaves_it_and_it_goes_on() -> None:
    world, out = new_world(None, 101, 102), out_now()
    made = begun(world, out_now(), new_call(world, (CUSTOMER, T), (101, T), (102, T)))
    world.desks[101].phone = Phone.OFF_HOOK
    conferring.look_after(out, world)
    assert {one.leg.number for one in made.members} == {CUSTOMER, "101"}
    assert told(out, 101) == ["AgentConf_ParticipantChanged"]


def test_a_customer_who_hung_up_has_left_it() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    made = begun(world, out_now(), call)
    world.desks[101].phone = Phone.OFF_HOOK
    world.remove(call, call.legs[0])
    conferring.look_after(out_now(), world)
    assert [one.leg.number for one in made.members] == ["101"]


def test_its_time_is_its_own() -> None:
    """A timer of a conference that is over does nothing."""
    world, out = new_world(None, 101), out_now()
    made = begun(world, out_now())
    conferring.reminds(out, world, TimerKey(conferring.REMINDER, made.call.id))
    assert told(out, 101) == ["AgentConf_Timeout"]
    conferring.time_is_over(out, world, TimerKey(conferring.END, made.call.id))
    assert world.activities.conferences == {}
    later = out_now()
    conferring.time_is_over(later, world, TimerKey(conferring.END, made.call.id))
    conferring.reminds(later, world, TimerKey(conferring.REMINDER, made.call.id))
    assert later.effects == []


@pytest.mark.parametrize("ask", [conferring.joined, conferring.invited])
def test_who_is_in_no_conference_is_refused(ask: object) -> None:
    world = new_world(None, 101)
    with pytest.raises(Refused) as refused:
        (conferring.joined if ask is conferring.joined else conferring.invited)(world, session(101))
    assert refused.value.retcode == "101-001"


def test_time_that_has_gone_counts_when_it_is_prolonged() -> None:
    world, out = new_world(None, 101), out_now()
    made = begun(world, out_now(), minutes=10)
    made.since_ms = NOW_MS - 4 * 60_000
    conferring.set_timers(out, made)
    assert timers(out)["conference end"] == 6 * 60.0
