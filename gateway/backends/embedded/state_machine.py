"""The agent's states: which operation leads where, and the events it brings (contract connection.md section 10)."""

from dataclasses import dataclass, replace
from typing import Final

from gateway.sessions.agent_state import AgentState, State
from gateway.wire import retcodes
from gateway.wire.errors import Refused

CANCEL_BUSY: Final = "AgentState_CancelNotReady_Success"
CANCEL_WORK: Final = "AgentState_CancelWork_Success"
CANCEL_REST: Final = "AgentState_CancelRest_Success"
SET_BUSY: Final = "AgentState_SetNotReady_Success"
SET_REST: Final = "AgentState_SetRest_Success"
SET_WORK: Final = "AgentState_SetWork_Success"
REST_TIMEOUT: Final = "AgentState_Rest_Timeout"

_BUSY, _IDLE, _WORK, _REST = State.BUSY, State.IDLE, State.WRAP_UP, State.REST

TRANSITIONS: Final[dict[tuple[str, State], tuple[State, str | None]]] = {
    ("sayFree", _BUSY): (_IDLE, CANCEL_BUSY),
    ("sayFree", _WORK): (_IDLE, CANCEL_WORK),
    ("sayFree", _IDLE): (_IDLE, None),
    ("sayBusy", _IDLE): (_BUSY, SET_BUSY),
    ("sayBusy", _WORK): (_BUSY, SET_BUSY),
    ("cancelBusy", _BUSY): (_IDLE, CANCEL_BUSY),
    ("sayWork", _IDLE): (_WORK, SET_WORK),
    ("sayWork", _BUSY): (_WORK, SET_WORK),
    ("cancelWork", _WORK): (_IDLE, CANCEL_WORK),
    ("rest", _IDLE): (_REST, SET_REST),
    ("rest", _BUSY): (_REST, SET_REST),
    ("rest", _WORK): (_REST, SET_REST),
    ("cancelRest", _REST): (_IDLE, CANCEL_REST),
    # With prolong=true a state is set anew.
    ("sayBusy prolong", _BUSY): (_BUSY, SET_BUSY),
    ("rest prolong", _REST): (_REST, SET_REST),
}
"""Operation and state -> new state and event; what is not here is refused with `100-009` and changes nothing."""

WITH_REASON: Final = frozenset({SET_BUSY, SET_REST})
"""Events whose content is `{"reason": "<number>"}`; the others have none."""


@dataclass(frozen=True, slots=True)
class Step:
    """A transition taken: the new state and the event it brings, if any, with its content."""

    state: AgentState
    event: str | None = None
    content: dict[str, str] | None = None


def step(
    state: AgentState, operation: str, now_ms: int, *, reason: int = 0, rest_s: int = 0, prolong: bool = False
) -> Step:
    """Takes one transition. `rest_s` is the rest asked for, in s. Raises Refused `100-009`."""
    row = TRANSITIONS.get((operation, state.state))
    if row is None and prolong:
        row = TRANSITIONS.get((f"{operation} prolong", state.state))
    if row is None:
        raise Refused(retcodes.WRONG_STATE, f"not possible while {state.state.name.lower().replace('_', ' ')}")
    target, event = row
    if event is None:
        return Step(state)
    with_reason = event in WITH_REASON
    after = replace(
        state,
        state=target,
        reason=reason if with_reason else 0,
        since_ms=now_ms,
        rest_until_ms=now_ms + rest_s * 1000 if target is State.REST else 0,
        rest_told=False,
    )
    return Step(after, event, {"reason": str(reason)} if with_reason else None)


def rest_runs_out(state: AgentState, now_ms: int) -> Step | None:
    """The reminder at the end of a rest; the agent stays in it. None when there is nothing to remind of."""
    due = due_ms(state)
    if due is None or now_ms < due:
        return None
    return Step(replace(state, rest_told=True), REST_TIMEOUT)


def due_ms(state: AgentState) -> int | None:
    """When the rest that was asked for runs out, if the agent was not told yet."""
    if state.state is State.REST and state.rest_until_ms and not state.rest_told:
        return state.rest_until_ms
    return None


SIGN_IN: Final[dict[int, tuple[State, tuple[tuple[str, dict[str, str] | None], ...]]]] = {
    3: (_BUSY, (("AgentOther_InService", None), ("AgentState_Ready", None), (SET_BUSY, {"reason": "0"}))),
    4: (_IDLE, (("AgentOther_InService", None), ("AgentState_Ready", None))),
    5: (_WORK, (("AgentOther_InService", None), ("AgentState_Ready", None), ("AgentState_Work", None))),
}
"""`status` of a sign-in -> first state and events, in order."""
