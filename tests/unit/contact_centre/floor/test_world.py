"""Look-ups in the state of the contact centre: an agent's calls, who is idle for whom, places in queues, days."""

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Feature, QueueEntry, Stage
from gateway.contact_centre.floor.world import DAY_MS, World
from tests.unit.contact_centre.floor.pieces import CUSTOMER, NOW_MS, new_call, new_world, session

T, H = Stage.TALKING, Stage.HELD
S = session(101)


def idle_world(**state: object) -> World:
    """101 is idle, in the skill queue 1."""
    return new_world(None, 101, **{"state": State.IDLE, **state})


def test_the_id_of_a_call_is_its_second_and_a_number() -> None:
    world = new_world()
    ids = [world.new_call(Feature.INBOUND, CUSTOMER, "60001", NOW_MS).id for _ in range(2)]
    assert ids == ["1760000000-1", "1760000000-2"]


def test_the_present_call_is_the_one_that_is_not_on_hold() -> None:
    world = new_world(None, 101)
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, ("139", T), (101, T))
    active = world.active(S)
    assert active is not None
    assert (active[0], [pair[0] for pair in world.held(S)]) == (call, [held])


@pytest.mark.parametrize(("stages", "found"), [((H, T), 1), ((T, H), 0), ((H, H), 1)])
def test_without_an_id_the_call_meant_is_the_present_one_else_the_one_put_on_hold_last(
    stages: tuple[Stage, Stage], found: int
) -> None:
    world = new_world(None, 101)
    calls = [new_call(world, (CUSTOMER, T), (101, stage)) for stage in stages]
    assert world.current(S) is calls[found]


def test_a_call_of_others_is_not_found_by_its_id() -> None:
    world = new_world(None, 101, 102)
    call = new_call(world, (CUSTOMER, T), (102, T))
    assert (world.current(S, call.id), world.current(session(102), call.id)) == (None, call)


def test_an_agent_with_another_session_by_now_has_nothing_to_do_with_the_former_ones_calls() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    world.desks[101].session_id = "next"
    assert world.desk(call.legs[1]) is None


def test_the_longest_idle_agent_of_a_queue_comes_first() -> None:
    world = new_world(None, 101, 102, 103, state=State.IDLE)
    for agent_id, since_ms in ((101, 30), (102, 10), (103, 20)):
        world.desks[agent_id].state = world.desks[agent_id].state._replace(since_ms=since_ms)
    assert [desk.agent_id for desk in world.idle(1)] == [102, 103, 101]


@pytest.mark.parametrize("state", [{"state": State.BUSY}, {"talk_right": False}, {"skills": (2,)}])
def test_who_is_not_idle_or_takes_no_calls_or_is_in_another_queue_gets_no_call_of_it(state: dict[str, object]) -> None:
    assert idle_world(**state).idle(1) == []


def test_who_is_just_signing_out_gets_no_call() -> None:
    world = idle_world()
    world.desks[101].leaving = True
    assert (world.idle(1), world.idle_agent(101)) == ([], [])


def test_who_has_a_call_on_hold_gets_no_other() -> None:
    world = idle_world()
    new_call(world, (CUSTOMER, T), (101, H))
    assert world.idle_agent(101) == []


def test_a_private_queue_asks_for_no_skill() -> None:
    world = idle_world(skills=())
    assert [desk.agent_id for desk in world.idle_agent(101)] == [101]


def test_a_call_leaves_its_queue_when_it_is_over_and_the_queue_with_the_last() -> None:
    world = new_world()
    call, other = new_call(world, (CUSTOMER, T)), new_call(world, ("139", T))
    for one in (call, other):
        world.enqueue(QueueEntry(one, 1, NOW_MS))
    world.forget(call, NOW_MS)
    assert [place.call for place in world.waiting_calls()] == [other]
    world.forget(other, NOW_MS)
    assert (world.queues, world.anybody_waits()) == ({}, False)


def test_the_first_place_of_a_queue_can_be_given() -> None:
    world = new_world()
    call, other = new_call(world, (CUSTOMER, T)), new_call(world, ("139", T))
    world.enqueue(QueueEntry(other, 1, NOW_MS))
    world.enqueue(QueueEntry(call, 1, NOW_MS), first=True)
    assert [place.call for place in world.queues[1]] == [call, other]


def test_a_call_that_is_over_is_kept_once() -> None:
    world = new_world()
    call = new_call(world)
    world.forget(call, NOW_MS)
    world.forget(call, NOW_MS + 1)
    assert list(world.ended) == [call]


def test_days_before_yesterday_are_forgotten() -> None:
    world = new_world()
    for day in range(3):
        world.day_totals(101, NOW_MS + day * DAY_MS).called_out += 1
    assert len(world.totals) == 2
    assert world.day_totals(101, NOW_MS + 2 * DAY_MS).called_out == 1


def test_a_party_that_leaves_is_in_no_call_of_its_agent() -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    world.remove(call, call.legs[1])
    assert (world.legs_of(S), world.call_ids(S)) == ([], [])


def test_a_party_that_leaves_one_call_is_still_in_the_other() -> None:
    world = new_world(None, 101)
    call, held = new_call(world, (CUSTOMER, T), (101, T)), new_call(world, ("139", T), (101, H))
    world.remove(call, call.legs[1])
    assert world.call_ids(S) == [held.id]


def test_a_call_for_one_agent_waits_too() -> None:
    world = new_world()
    call = new_call(world, (CUSTOMER, T))
    world.enqueue(QueueEntry(call, 0, NOW_MS, agent_id=101))
    assert (world.anybody_waits(), list(world.private), world.queues) == (True, [101], {})
