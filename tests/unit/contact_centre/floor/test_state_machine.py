"""States of agents besides those that the wire tests show: what is put off during a call, what time does alone."""

import pytest

from gateway.contact_centre.floor import state_machine
from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.effects import CallEnding
from gateway.wire.errors import Refused

NOW = 1_000_000
TALKING = AgentState(State.TALKING, since_ms=1)


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
    step = state_machine.step(TALKING._replace(deferred=asked, deferred_reason=7), operation, NOW)
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
    talked = TALKING._replace(deferred=deferred, deferred_reason=205, deferred_rest_s=60)
    step = state_machine.enter_deferred(talked, NOW)
    assert (step.state.state, step.events) == (state, ((event, content),))
    assert step.state.deferred is None


def test_a_rest_that_was_put_off_lasts_from_its_beginning() -> None:
    step = state_machine.enter_deferred(TALKING._replace(deferred=State.REST, deferred_rest_s=60), NOW)
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


@pytest.mark.parametrize(
    ("operation", "reason", "rest_s"), [("sayBusy", 205, 0), ("rest", 205, 60), ("sayWork", 0, 0), ("sayFree", 0, 0)]
)
def test_what_is_put_off_keeps_a_reason_and_a_rest_where_its_state_has_them(
    operation: str, reason: int, rest_s: int
) -> None:
    later = state_machine.step(TALKING, operation, NOW, reason=205, rest_s=60).state
    assert (later.deferred_reason, later.deferred_rest_s) == (reason, rest_s)


@pytest.mark.parametrize(("rest_s", "until_ms"), [(60, NOW + 60_000), (0, 0)])
def test_a_rest_ends_where_it_has_a_time(rest_s: int, until_ms: int) -> None:
    rests = state_machine.enter(AgentState(), State.REST, NOW, state_machine.SET_REST, rest_s=rest_s).state
    assert (rests.rest_until_ms, state_machine.due_ms(rests)) == (until_ms, until_ms or None)


def test_no_other_state_ends_by_the_time_of_a_rest() -> None:
    busy = state_machine.enter(AgentState(), State.BUSY, NOW, state_machine.SET_BUSY, rest_s=60).state
    assert (busy.rest_until_ms, state_machine.due_ms(busy)) == (0, None)


def test_wrap_up_without_a_time_lasts_until_the_agent_leaves_it() -> None:
    assert state_machine.due_ms(AgentState(State.WRAP_UP)) is None
    assert state_machine.due_ms(AgentState(State.WRAP_UP, wrap_until_ms=NOW)) == NOW


def test_the_state_before_is_kept_also_when_a_state_is_set_anew() -> None:
    busy = state_machine.step(AgentState(), "sayBusy", NOW).state
    again = state_machine.step(busy, "sayBusy", NOW + 1, reason=205, prolong=True).state
    assert (busy.previous, again.previous, again.reason) == (State.IDLE, State.IDLE, 205)


@pytest.mark.parametrize(("asked", "later"), [(State.WRAP_UP, None), (State.REST, State.REST), (None, None)])
def test_what_was_asked_for_during_a_call_comes_after_the_wrap_up_that_follows_it_anyway(
    asked: State | None, later: State | None
) -> None:
    talked = TALKING._replace(deferred=asked, auto_enter_idle=False)
    step = state_machine.free(talked, CallEnding.TALKED, 0, NOW)
    assert step is not None
    assert (step.state.state, step.state.deferred, step.state.previous) == (State.WRAP_UP, later, State.TALKING)
