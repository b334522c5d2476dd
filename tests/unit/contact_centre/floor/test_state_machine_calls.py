"""Agents' states at the beginning and the end of calls."""

import pytest

from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.effects import CallEnding
from gateway.contact_centre.floor.state_machine import CallOrigin, free, occupy
from gateway.wire.errors import Refused

NOW = 5_000
TALKING = AgentState(State.TALKING)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("origin", list(CallOrigin))
def test_an_agent_gets_into_a_call_only_from_the_states_of_its_way(state: State, origin: CallOrigin) -> None:
    allowed = {
        CallOrigin.ROUTED: {State.IDLE},
        CallOrigin.ASKED: {State.IDLE, State.WRAP_UP},
        CallOrigin.OWN: {State.IDLE, State.BUSY, State.WRAP_UP},
    }[origin]
    if state in allowed:
        after = occupy(AgentState(state), origin, NOW)
        assert (after.state, after.since_ms) == (State.TALKING, NOW)
    else:
        with pytest.raises(Refused) as refusal:
            occupy(AgentState(state), origin, NOW)
        assert refusal.value.retcode == "100-009"


def test_a_busy_agent_who_calls_out_is_busy_again_afterwards_for_the_same_reason() -> None:
    step = free(occupy(AgentState(State.BUSY, 205), CallOrigin.OWN, NOW), CallEnding.TALKED, 0, NOW)
    assert step is not None
    assert (step.state.state, step.state.reason) == (State.BUSY, 205)
    assert step.events == (("AgentState_SetNotReady_Success", {"reason": "205"}),)


@pytest.mark.parametrize(("after", "reason"), [(CallEnding.NO_ANSWER, 2), (CallEnding.REJECTED, 7)])
def test_no_answer_and_rejection_make_busy_with_the_reason_of_the_platform(after: CallEnding, reason: int) -> None:
    step = free(TALKING, after, 0, NOW)
    assert step is not None
    assert (step.state.state, step.state.reason) == (State.BUSY, reason)
    assert step.events == (("AgentState_SetNotReady_Success", {"reason": str(reason)}),)


@pytest.mark.parametrize(
    ("auto_enter_idle", "after", "state", "event"),
    [
        (True, CallEnding.TALKED, State.IDLE, "AgentState_Ready"),
        (False, CallEnding.TALKED, State.WRAP_UP, "AgentState_Work"),
        (False, CallEnding.NOT_TALKED, State.IDLE, "AgentState_Ready"),
    ],
)
def test_after_a_call_comes_what_the_sign_in_chose_and_wrap_up_only_after_talk(
    auto_enter_idle: bool, after: CallEnding, state: State, event: str
) -> None:
    step = free(AgentState(State.TALKING, auto_enter_idle=auto_enter_idle), after, 0, NOW)
    assert step is not None
    assert (step.state.state, step.events) == (state, ((event, None),))


def test_wrap_up_lasts_as_long_as_the_centre_says() -> None:
    step = free(AgentState(State.TALKING, auto_enter_idle=False), CallEnding.TALKED, 15, NOW)
    assert step is not None
    assert step.state.wrap_until_ms == NOW + 15_000


def test_an_agent_who_is_in_no_call_is_left_alone() -> None:
    assert free(AgentState(State.BUSY), CallEnding.TALKED, 0, NOW) is None
