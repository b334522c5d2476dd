"""Forced states: from every state but the same one, after the call for an agent in one."""

import pytest

from gateway.contact_centre.floor import state_machine
from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.state_machine import FORCED
from gateway.wire.errors import Refused

NOW = 1_000_000
FREE = (State.IDLE, State.BUSY, State.WRAP_UP, State.REST)
EVENTS = {
    "forceIdle": (("AgentState_Force_Ready", None), ("AgentState_Ready", None)),
    "forceBusy": (
        ("AgentState_Force_SetNotReady", None),
        ("AgentState_SetNotReady_Success", {"reason": "3"}),
    ),
    "forceRest": (("AgentState_SetRest_Success", {"reason": "7"}),),
}


@pytest.mark.parametrize(
    ("operation", "before"),
    [(operation, before) for operation, target in FORCED.items() for before in FREE if before is not target],
)
def test_a_state_is_forced_from_every_other_one(operation: str, before: State) -> None:
    step = state_machine.force(AgentState(before), operation, NOW, reason=7, rest_s=60)
    assert (step.state.state, step.state.since_ms, step.events) == (FORCED[operation], NOW, EVENTS[operation])


@pytest.mark.parametrize("operation", sorted(FORCED))
def test_the_same_state_is_refused(operation: str) -> None:
    with pytest.raises(Refused) as refused:
        state_machine.force(AgentState(FORCED[operation]), operation, NOW)
    assert refused.value.retcode == "900-005"


def test_a_forced_rest_runs_out_as_one_that_was_asked_for() -> None:
    step = state_machine.force(AgentState(State.IDLE), "forceRest", NOW, reason=7, rest_s=60)
    assert (step.state.reason, step.state.rest_until_ms) == (7, NOW + 60_000)


@pytest.mark.parametrize(
    ("operation", "later"), [("forceIdle", None), ("forceBusy", State.BUSY), ("forceRest", State.REST)]
)
def test_during_a_call_the_state_is_put_off(operation: str, later: State | None) -> None:
    step = state_machine.force(AgentState(State.TALKING, deferred=State.WRAP_UP), operation, NOW, reason=7, rest_s=60)
    assert (step.state.state, step.state.deferred, step.events) == (State.TALKING, later, ())
