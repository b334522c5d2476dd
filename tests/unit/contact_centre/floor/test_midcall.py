"""In the middle of a call: hold, taking back, mute, and two calls that become one with or without the agent."""

import pytest

from gateway.contact_centre.floor import midcall
from gateway.contact_centre.floor.calls import Feature, Stage
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    contents,
    freed,
    join,
    new_call,
    new_world,
    out_now,
    session,
    told,
)

T, R, H = Stage.TALKING, Stage.RINGING, Stage.HELD
S = session(101)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.retcode


def test_a_call_is_put_on_hold_and_is_muted_no_longer() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    call.legs[1].muted = True
    midcall.hold(out, world, S)
    assert (call.legs[1].stage, call.legs[1].muted, contents(out, "AgentEvent_Hold")) == (H, False, [call.id])


@pytest.mark.parametrize(("stages", "wrong"), [((), "200-013"), ((H,), "200-014"), ((R,), "200-014")])
def test_what_is_no_talk_is_not_put_on_hold(stages: tuple[Stage, ...], wrong: str) -> None:
    world, out = new_world(None, 101), out_now()
    for stage in stages:
        new_call(world, (CUSTOMER, T), (101, stage))
    with pytest.raises(Refused) as refused:
        midcall.hold(out, world, S)
    assert (code(refused), out.effects) == (wrong, [])


def test_of_calls_on_hold_the_one_named_is_taken_back_or_the_latest() -> None:
    for named in (True, False):
        world = new_world(None, 101)
        first, last = (new_call(world, (CUSTOMER, T), (101, H)) for _ in range(2))
        midcall.get_hold(out_now(), world, S, first.id if named else "")
        assert (first if named else last).legs[1].stage is T


def test_a_call_of_three_that_is_taken_back_is_one_of_three_again() -> None:
    world, out = new_world(None, 101, 102), out_now()
    new_call(world, (CUSTOMER, T), (101, H), (102, T))
    midcall.get_hold(out, world, S)
    assert told(out, 101) == ["AgentEvent_Talking", "AgentEvent_Conference"]


@pytest.mark.parametrize(("talks", "wrong"), [(False, "200-015"), (True, "200-016")])
def test_nothing_is_taken_back_where_nothing_is_on_hold_or_during_another_call(talks: bool, wrong: str) -> None:
    world, out = new_world(None, 101), out_now()
    if talks:
        new_call(world, (CUSTOMER, T), (101, H))
        new_call(world, ("139", T), (101, T))
    with pytest.raises(Refused) as refused:
        midcall.get_hold(out, world, S)
    assert (code(refused), out.effects) == (wrong, [])


@pytest.mark.parametrize(("operation", "muted"), [("beginMute", True), ("endMute", False)])
def test_a_call_is_muted_once_and_unmuted_once(operation: str, muted: bool) -> None:
    world = new_world(None, 101)
    call = new_call(world, (CUSTOMER, T), (101, T))
    call.legs[1].muted = not muted
    midcall.mute(out_now(), world, S, operation)
    assert call.legs[1].muted is muted
    with pytest.raises(Refused):
        midcall.mute(out_now(), world, S, operation)


def test_two_calls_are_connected_and_the_agent_leaves_them() -> None:
    world, out = new_world(None, 101, 102), out_now()
    held = new_call(world, (CUSTOMER, T), (101, H))
    call = new_call(world, (101, T), (102, T), feature=Feature.INTERNAL)
    midcall.connect_hold(out, world, S, held.id)
    assert [leg.number for leg in call.legs] == ["102", CUSTOMER]
    assert (told(out, 101), freed(out)) == (
        ["AgentEvent_Customer_Release", "AgentEvent_Call_Release"],
        {101: "TALKED"},
    )
    assert held.id not in world.calls


def test_a_helper_is_the_customers_agent_once_it_is_connected_with_it() -> None:
    world = new_world(None, 101, 102)
    held = new_call(world, (CUSTOMER, T), (101, H))
    call = new_call(world, (101, T), (102, T), feature=Feature.HELP)
    call.legs[1].assistant = True
    midcall.connect_hold(out_now(), world, S, held.id)
    assert call.legs[0].kind == "main"


def test_two_calls_become_one_with_the_agent_and_its_data() -> None:
    world, out = new_world(None, 101, 102), out_now()
    held = new_call(world, (CUSTOMER, T), (101, H))
    call = new_call(world, (101, T), (102, T), feature=Feature.INTERNAL)
    midcall.join(out, world, S, held.id, "order 7")
    assert ([leg.number for leg in call.legs], call.data) == (["101", "102", CUSTOMER], "order 7")
    assert told(out, 101) == ["AgentEvent_Conference", "AgentEvent_Customer_Release"]


def test_without_data_of_its_own_a_joined_call_keeps_what_it_has() -> None:
    world = new_world(None, 101, 102)
    held, call = new_call(world, (CUSTOMER, T), (101, H)), new_call(world, (101, T), (102, T))
    call.data = "order 7"
    midcall.join(out_now(), world, S, held.id)
    assert call.data == "order 7"


def test_an_agent_who_was_moved_is_told_that_the_call_on_hold_is_over() -> None:
    world, out = new_world(None, 101, 102, 103), out_now()
    held, call = new_call(world, (103, T), (101, H)), new_call(world, (101, T), (102, T))
    midcall.join(out, world, S, held.id)
    assert contents(out, "AgentEvent_Call_Release") == [held.id, held.id]
    assert len(call.legs) == 3


@pytest.mark.parametrize(
    ("operation", "no_call", "no_held"), [("connectHold", "200-005", "200-006"), ("confJoin", "200-010", "200-011")]
)
def test_two_calls_are_needed_and_nobody_may_be_on_its_way_into_them(
    operation: str, no_call: str, no_held: str
) -> None:
    def act(number: str) -> str:
        world = new_world(None, 101, 102, 103)
        if number != "none":
            call = new_call(world, (CUSTOMER, T), (101, T))
        if number == "ringing":
            join(world, call, 103, R)
            new_call(world, ("139", T), (101, H))
        with pytest.raises(Refused) as refused:
            (midcall.connect_hold if operation == "connectHold" else midcall.join)(out_now(), world, S, "")
        return code(refused)

    assert [act(number) for number in ("none", "one", "ringing")] == [no_call, no_held, no_call]


@pytest.mark.parametrize("operation", ["secondDial", "secondDialEx", "reportSound"])
def test_digits_need_a_talk(operation: str) -> None:
    world = new_world(None, 101)
    with pytest.raises(Refused):
        midcall.digits(world, S, operation)
    new_call(world, (CUSTOMER, T), (101, T))
    midcall.digits(world, S, operation)
