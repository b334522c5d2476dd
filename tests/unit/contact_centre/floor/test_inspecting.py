"""Inspection: which change fits which way of inspecting, whom it may be of, what the agent is told, when it ends."""

import pytest

from gateway.contact_centre.floor import inspecting
from gateway.contact_centre.floor.activities import Inspection, Mode
from gateway.contact_centre.floor.calls import Phone, Stage
from gateway.contact_centre.floor.effects import Effects
from gateway.contact_centre.floor.world import World
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

INSPECTOR, AGENT, OTHER = 119, 101, 102
T, R, H = Stage.TALKING, Stage.RINGING, Stage.HELD


def begun(mode: Mode = Mode.LISTEN) -> tuple[World, Inspection, Effects]:
    """INSPECTOR is with AGENT."""
    world = new_world(None, INSPECTOR, AGENT, OTHER)
    made = inspecting.begin(out_now(), world, world.desks[INSPECTOR], world.desks[AGENT], mode)
    return world, made, out_now()


def test_the_inspector_lifts_its_phone_and_the_agent_is_told_how_and_by_whom() -> None:
    world, out = new_world(None, INSPECTOR, AGENT), out_now()
    inspecting.begin(out, world, world.desks[INSPECTOR], world.desks[AGENT], Mode.WHISPER)
    assert told(out, INSPECTOR) == ["AgentOther_PhoneAlerting", "AgentOther_PhoneOffhook", "AgentState_Busy"]
    assert contents(out, "AgentOther_BeQcStart") == [{"qcType": 20172, "qcAgentId": INSPECTOR}]


@pytest.mark.parametrize(
    ("operation", "modes"),
    [
        ("switchSuperviseOrInsert", {Mode.LISTEN, Mode.INSERT}),
        ("stopSuperviseOrInsert", {Mode.LISTEN, Mode.INSERT}),
        ("requestStopWhisperAgent", {Mode.WHISPER}),
        ("requestSwitchInsertWhisperAgent", set(Mode)),
        ("intercept", set(Mode)),
    ],
)
@pytest.mark.parametrize("mode", list(Mode))
def test_an_operation_fits_the_way_of_inspecting_or_is_refused(operation: str, modes: set[Mode], mode: Mode) -> None:
    world, made, _out = begun(mode)
    if mode in modes:
        assert inspecting.running(world, session(INSPECTOR), operation, AGENT) is made
    else:
        with pytest.raises(Refused) as refused:
            inspecting.running(world, session(INSPECTOR), operation, AGENT)
        assert refused.value.retcode == "900-005"


@pytest.mark.parametrize(("target", "fits"), [(AGENT, True), (0, True), (OTHER, False)])
def test_the_agent_named_is_the_one_inspected_or_none_is_named(target: int, fits: bool) -> None:
    world, made, _out = begun()
    if fits:
        assert inspecting.running(world, session(INSPECTOR), "intercept", target) is made
    else:
        with pytest.raises(Refused):
            inspecting.running(world, session(INSPECTOR), "intercept", target)


@pytest.mark.parametrize("agent", [AGENT, INSPECTOR])
def test_one_inspector_at_a_time_and_no_inspector_who_inspects(agent: int) -> None:
    world, _made, _out = begun()
    with pytest.raises(Refused) as refused:
        inspecting.check_free(world, world.desks[agent])
    assert refused.value.retcode == "900-003"


def test_who_inspects_nobody_and_is_not_inspected_may_be() -> None:
    world, _made, _out = begun()
    inspecting.check_free(world, world.desks[OTHER])


def test_a_change_to_the_present_way_is_refused_another_is_told() -> None:
    _world, made, out = begun()
    with pytest.raises(Refused):
        inspecting.change(out, made, Mode.LISTEN)
    inspecting.change(out, made, Mode.INSERT)
    assert contents(out, "AgentOther_BeQcStart") == [{"qcType": 9, "qcAgentId": INSPECTOR}]


def test_at_the_end_the_inspector_is_free_and_the_agent_told() -> None:
    world, made, out = begun()
    inspecting.end(out, world, made)
    assert (freed(out), told(out, AGENT)) == ({INSPECTOR: "NOT_TALKED"}, ["AgentOther_BeQcStop"])
    assert world.desks[INSPECTOR].phone is Phone.ON_HOOK


@pytest.mark.parametrize("gone", ["the agent", "the inspector", "the phone"])
def test_it_ends_with_either_side_and_with_the_inspectors_phone(gone: str) -> None:
    world, _made, out = begun()
    if gone == "the phone":
        world.desks[INSPECTOR].phone = Phone.ON_HOOK
    else:
        del world.desks[AGENT if gone == "the agent" else INSPECTOR]
    inspecting.look_after(out, world)
    assert world.activities.inspections == {}
    assert told(out, AGENT) == ([] if gone == "the agent" else ["AgentOther_BeQcStop"])


def test_it_goes_on_while_both_are_there() -> None:
    world, made, out = begun()
    inspecting.look_after(out, world)
    assert (world.activities.inspections, out.effects) == ({session(INSPECTOR): made}, [])


def test_the_inspector_talks_in_the_agents_place() -> None:
    world, made, out = begun()
    call = new_call(world, (CUSTOMER, T), (AGENT, T))
    inspecting.intercept(out, world, made, *inspecting.to_intercept(world, made, ""))
    assert [leg.number for leg in call.legs] == [CUSTOMER, str(INSPECTOR)]
    assert (freed(out), told(out, INSPECTOR)) == ({AGENT: "NOT_TALKED"}, ["AgentEvent_Talking"])


def test_a_call_on_hold_is_taken_over_by_its_id_alone() -> None:
    world, made, _out = begun()
    held, call = new_call(world, (CUSTOMER, T), (AGENT, H)), new_call(world, ("139", T), (AGENT, T))
    assert inspecting.to_intercept(world, made, "")[0] is call
    assert inspecting.to_intercept(world, made, held.id)[0] is held


@pytest.mark.parametrize("kind", ["none", "rings", "alone", "somebody rings", "another's id"])
def test_a_call_that_is_not_steady_cannot_be_taken_over(kind: str) -> None:
    world, made, _out = begun()
    if kind != "none":
        call = new_call(world, (AGENT, R if kind == "rings" else T))
        if kind != "alone":
            join(world, call, CUSTOMER)
        if kind == "somebody rings":
            join(world, call, OTHER, R)
    with pytest.raises(Refused) as refused:
        inspecting.to_intercept(world, made, "1-1" if kind == "another's id" else "")
    assert refused.value.retcode == "900-005"
