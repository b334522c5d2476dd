"""Agents' states at the beginning and the end of calls."""

import pytest

from gateway.backends.embedded.core.outcome import After
from gateway.backends.embedded.occupation import Way, free, occupy
from gateway.sessions.agent_state import AgentState, State
from gateway.wire.errors import Refused

NOW = 5_000
TALKING = AgentState(State.TALKING, centre="node.1")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("way", list(Way))
def test_an_agent_gets_into_a_call_only_from_the_states_of_its_way(state: State, way: Way) -> None:
    allowed = {
        Way.ROUTED: {State.IDLE},
        Way.ASKED: {State.IDLE, State.WRAP_UP},
        Way.OWN: {State.IDLE, State.BUSY, State.WRAP_UP},
    }[way]
    if state in allowed:
        after = occupy(AgentState(state), way, "node.1", NOW)
        assert (after.state, after.centre, after.since_ms) == (State.TALKING, "node.1", NOW)
    else:
        with pytest.raises(Refused) as refusal:
            occupy(AgentState(state), way, "node.1", NOW)
        assert refusal.value.retcode == "100-009"


def test_a_busy_agent_who_calls_out_is_busy_again_afterwards_for_the_same_reason() -> None:
    step = free(occupy(AgentState(State.BUSY, 205), Way.OWN, "node.1", NOW), After.TALKED, 0, NOW)
    assert step is not None
    assert (step.state.state, step.state.reason) == (State.BUSY, 205)
    assert step.events == (("AgentState_SetNotReady_Success", {"reason": "205"}),)


@pytest.mark.parametrize(("after", "reason"), [(After.NO_ANSWER, 2), (After.REJECTED, 7)])
def test_no_answer_and_rejection_make_busy_with_the_reason_of_the_platform(after: After, reason: int) -> None:
    step = free(TALKING, after, 0, NOW)
    assert step is not None
    assert (step.state.state, step.state.reason) == (State.BUSY, reason)
    assert step.events == (("AgentState_SetNotReady_Success", {"reason": str(reason)}),)


@pytest.mark.parametrize(
    ("auto_enter_idle", "after", "state", "event"),
    [
        (True, After.TALKED, State.IDLE, "AgentState_Ready"),
        (False, After.TALKED, State.WRAP_UP, "AgentState_Work"),
        (False, After.NOT_TALKED, State.IDLE, "AgentState_Ready"),
    ],
)
def test_after_a_call_comes_what_the_sign_in_chose_and_wrap_up_only_after_talk(
    auto_enter_idle: bool, after: After, state: State, event: str
) -> None:
    step = free(AgentState(State.TALKING, auto_enter_idle=auto_enter_idle), after, 0, NOW)
    assert step is not None
    assert (step.state.state, step.events) == (state, ((event, None),))


def test_wrap_up_lasts_as_long_as_the_centre_says() -> None:
    step = free(AgentState(State.TALKING, auto_enter_idle=False), After.TALKED, 15, NOW)
    assert step is not None
    assert step.state.wrap_until_ms == NOW + 15_000


def test_an_agent_who_is_in_no_call_by_its_record_is_left_alone() -> None:
    assert free(AgentState(State.BUSY), After.TALKED, 0, NOW) is None
