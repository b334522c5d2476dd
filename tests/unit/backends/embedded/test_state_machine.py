"""States of agents besides those that the wire tests show: what is put off during a call, what time does alone."""

from dataclasses import replace

import pytest

from gateway.backends.embedded import state_machine
from gateway.sessions.agent_state import AgentState, State
from gateway.wire.errors import Refused

NOW = 1_000_000
TALKING = AgentState(State.TALKING, since_ms=1, centre="node.1")


@pytest.mark.parametrize(
    ("operation", "deferred"), [("sayBusy", State.BUSY), ("rest", State.REST), ("sayWork", State.WRAP_UP)]
)
def test_a_state_asked_for_during_a_call_is_put_off_without_an_event(operation: str, deferred: State) -> None:
    step = state_machine.step(TALKING, operation, NOW, reason=5, rest_s=60)
    assert (step.state.state, step.state.deferred, step.events) == (State.TALKING, deferred, ())


@pytest.mark.parametrize(
    ("asked", "operation"),
    [(State.BUSY, "cancelBusy"), (State.REST, "cancelRest"), (State.WRAP_UP, "cancelWork"), (State.REST, "sayFree")],
)
def test_what_was_put_off_can_be_taken_back(asked: State, operation: str) -> None:
    step = state_machine.step(replace(TALKING, deferred=asked, deferred_reason=7), operation, NOW)
    assert (step.state.deferred, step.state.deferred_reason, step.events) == (None, 0, ())


@pytest.mark.parametrize("operation", ["cancelBusy", "cancelRest", "cancelWork"])
def test_nothing_can_be_taken_back_that_was_not_asked_for(operation: str) -> None:
    with pytest.raises(Refused) as refusal:
        state_machine.step(TALKING, operation, NOW)
    assert refusal.value.retcode == "100-009"


@pytest.mark.parametrize(
    ("deferred", "state", "event", "content"),
    [
        (None, State.IDLE, "AgentState_Ready", None),
        (State.BUSY, State.BUSY, "AgentState_SetNotReady_Success", {"reason": "205"}),
        (State.REST, State.REST, "AgentState_SetRest_Success", {"reason": "205"}),
        (State.WRAP_UP, State.WRAP_UP, "AgentState_SetWork_Success", None),
    ],
)
def test_after_the_call_the_agent_is_what_was_asked_for(
    deferred: State | None, state: State, event: str, content: object
) -> None:
    talked = replace(TALKING, deferred=deferred, deferred_reason=205, deferred_rest_s=60)
    step = state_machine.enter_deferred(talked, NOW)
    assert (step.state.state, step.events) == (state, ((event, content),))
    assert (step.state.deferred, step.state.centre) == (None, "")


def test_a_rest_that_was_put_off_lasts_from_its_beginning() -> None:
    step = state_machine.enter_deferred(replace(TALKING, deferred=State.REST, deferred_rest_s=60), NOW)
    assert step.state.rest_until_ms == NOW + 60_000


def test_what_was_put_off_waits_for_the_end_of_wrap_up() -> None:
    wrapping = AgentState(State.WRAP_UP, deferred=State.BUSY, deferred_reason=201)
    step = state_machine.step(wrapping, "cancelWork", NOW)
    assert step.state.state is State.BUSY
    assert [event for event, _ in step.events] == ["AgentState_CancelWork_Success", "AgentState_SetNotReady_Success"]


def test_wrap_up_ends_by_itself_when_its_time_is_over() -> None:
    wrapping = AgentState(State.WRAP_UP, wrap_until_ms=NOW)
    assert state_machine.time_passes(wrapping, NOW - 1) is None
    step = state_machine.time_passes(wrapping, NOW)
    assert step is not None
    assert (step.state.state, step.events) == (State.IDLE, (("AgentState_Ready", None),))


def test_a_rest_that_is_over_is_told_once() -> None:
    resting = AgentState(State.REST, rest_until_ms=NOW)
    step = state_machine.time_passes(resting, NOW)
    assert step is not None
    assert (step.state.state, step.events) == (State.REST, (("AgentState_Rest_Timeout", None),))
    assert state_machine.time_passes(step.state, NOW + 1) is None
