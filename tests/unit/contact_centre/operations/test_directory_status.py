"""Status codes of the CTI platform and of the console, from an agent's part in its calls."""

import pytest

from gateway.contact_centre.floor.activities import Inspection, Mode
from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Purpose, Stage
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.operations.directory import console, cti, status

SESSION = "a" * 32


def in_call(stage: Stage, *others: Purpose, feature: Feature = Feature.INBOUND) -> tuple[World, Call, Leg]:
    """An agent in a call with these other parties."""
    world = World()
    call = world.new_call(feature, "13800000000", "60000", 1_000)
    leg = world.add(call, Leg("101", stage, Purpose.ROUTED, 1_000, 101, SESSION))
    for purpose in others:
        world.add(call, Leg("13800000000", Stage.TALKING, purpose, 1_000))
    return world, call, leg


@pytest.mark.parametrize(
    ("stage", "at_platform", "at_console"),
    [
        (Stage.ALERTING, 3, 7),
        (Stage.DIALLING, 3, 6),
        (Stage.RINGING, 4, 8),
        (Stage.TALKING, 5, 9),
        (Stage.HELD, 5, 11),
        (Stage.AT_IVR, 5, 9),
    ],
)
def test_a_stage_of_a_call_has_its_codes(stage: Stage, at_platform: int, at_console: int) -> None:
    world, _, _ = in_call(stage, Purpose.ORIGIN)
    assert cti(world, State.TALKING, SESSION) == at_platform
    assert console(world, State.TALKING, SESSION) == at_console


@pytest.mark.parametrize(
    ("state", "at_platform", "at_console"),
    [
        (State.SIGNED_OUT, 0, 255),
        (State.IDLE, 1, 1),
        (State.WRAP_UP, 6, 2),
        (State.REST, 8, 3),
        (State.BUSY, 7, 4),
        (State.TALKING, 3, 7),
    ],
)
def test_a_state_without_a_call_here_has_its_codes(state: State, at_platform: int, at_console: int) -> None:
    assert cti(World(), state, SESSION) == at_platform
    assert console(World(), state, SESSION) == at_console


@pytest.mark.parametrize(
    ("state", "deferred", "code"),
    [
        (State.TALKING, State.REST, 9),
        (State.TALKING, State.BUSY, 7),
        (State.TALKING, None, 7),
        (State.WRAP_UP, State.REST, 5),
        (State.REST, None, 8),
    ],
)
def test_who_asked_for_rest_during_a_call_is_about_to_rest(state: State, deferred: State | None, code: int) -> None:
    assert status(AgentState(state=state, deferred=deferred)) == code


def test_mute_is_told_first() -> None:
    world, _, leg = in_call(Stage.TALKING, Purpose.ORIGIN, Purpose.TALK)
    leg.muted = True
    assert console(world, State.TALKING, SESSION) == 12


def test_a_talk_transfer_is_told() -> None:
    world, call, leg = in_call(Stage.TALKING, Purpose.TALK)
    leg.joins = call
    assert console(world, State.TALKING, SESSION) == 14


@pytest.mark.parametrize(
    ("purpose", "feature"), [(Purpose.HELP_THREE, Feature.INBOUND), (Purpose.ORIGIN, Feature.HELP)]
)
def test_help_is_told(purpose: Purpose, feature: Feature) -> None:
    world, _, _ = in_call(Stage.TALKING, purpose, feature=feature)
    assert console(world, State.TALKING, SESSION) == 13


def test_three_parties_are_told() -> None:
    world, _, _ = in_call(Stage.TALKING, Purpose.ORIGIN, Purpose.OUT_THREE)
    assert console(world, State.TALKING, SESSION) == 10


@pytest.mark.parametrize(("mode", "at_console"), [(Mode.INSERT, 15), (Mode.LISTEN, 16), (Mode.WHISPER, 17)])
def test_an_inspection_is_told(mode: Mode, at_console: int) -> None:
    world = World()
    world.activities.inspections[SESSION] = Inspection(119, SESSION, 101, "b" * 32, mode, 1_000)
    assert console(world, State.TALKING, SESSION) == at_console
    assert cti(world, State.TALKING, SESSION) == 5
