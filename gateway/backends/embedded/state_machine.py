"""The agent's states: which operation leads where, and the events it brings (contract connection.md section 10)."""

from dataclasses import dataclass, replace
from typing import Final

from gateway.sessions.agent_state import AgentState, State
from gateway.wire import retcodes
from gateway.wire.errors import Refused

READY: Final = "AgentState_Ready"
WORK: Final = "AgentState_Work"
CANCEL_BUSY: Final = "AgentState_CancelNotReady_Success"
CANCEL_WORK: Final = "AgentState_CancelWork_Success"
CANCEL_REST: Final = "AgentState_CancelRest_Success"
SET_BUSY: Final = "AgentState_SetNotReady_Success"
SET_REST: Final = "AgentState_SetRest_Success"
SET_WORK: Final = "AgentState_SetWork_Success"
REST_TIMEOUT: Final = "AgentState_Rest_Timeout"

_BUSY, _IDLE, _WORK, _REST, _TALKING = State.BUSY, State.IDLE, State.WRAP_UP, State.REST, State.TALKING

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

DEFERRED: Final[dict[tuple[str, State | None], State | None]] = {
    **{("sayBusy", asked): _BUSY for asked in (None, _BUSY, _WORK, _REST)},
    **{("sayWork", asked): _WORK for asked in (None, _BUSY, _WORK, _REST)},
    **{("rest", asked): _REST for asked in (None, _BUSY, _WORK, _REST)},
    **dict.fromkeys([("sayFree", asked) for asked in (None, _BUSY, _WORK, _REST)]),
    ("cancelBusy", _BUSY): None,
    ("cancelWork", _WORK): None,
    ("cancelRest", _REST): None,
}
"""During a call: operation and state asked for so far -> state after the call (None: as the sign-in chose)."""

WITH_REASON: Final = {_BUSY: SET_BUSY, _REST: SET_REST}
"""States whose event has the content `{"reason": "<number>"}`; the other events have none."""

Content = dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Step:
    """A transition taken: the new state and the events it brings, in order, each with its content."""

    state: AgentState
    events: tuple[tuple[str, Content], ...] = ()


def step(
    state: AgentState, operation: str, now_ms: int, *, reason: int = 0, rest_s: int = 0, prolong: bool = False
) -> Step:
    """Takes one transition; during a call it is put off until the call is over.

    `rest_s` is the rest asked for, in s. Raises Refused `100-009`.
    """
    if state.state is _TALKING:
        return Step(_defer(state, operation, reason, rest_s))
    row = TRANSITIONS.get((operation, state.state))
    if row is None and prolong:
        row = TRANSITIONS.get((f"{operation} prolong", state.state))
    if row is None:
        raise _not_now(state)
    target, event = row
    if event is None:
        return Step(state)
    if state.deferred is not None and state.state is _WORK and target is _IDLE:
        later = enter_deferred(state, now_ms)
        return Step(later.state, ((event, None), *later.events))
    return _to(state, target, event, now_ms, reason, rest_s)


def _defer(state: AgentState, operation: str, reason: int, rest_s: int) -> AgentState:
    key = (operation, state.deferred)
    if key not in DEFERRED:
        raise _not_now(state)
    target = DEFERRED[key]
    return replace(
        state,
        deferred=target,
        deferred_reason=reason if target in WITH_REASON else 0,
        deferred_rest_s=rest_s if target is _REST else 0,
    )


def _not_now(state: AgentState) -> Refused:
    return Refused(retcodes.WRONG_STATE, f"not possible while {state.state.name.lower().replace('_', ' ')}")


def _to(state: AgentState, target: State, event: str, now_ms: int, reason: int = 0, rest_s: int = 0) -> Step:
    with_reason = target in WITH_REASON
    after = settled(
        state,
        target,
        now_ms,
        reason=reason if with_reason else 0,
        rest_until_ms=now_ms + rest_s * 1000 if target is _REST and rest_s else 0,
    )
    return Step(after, ((event, {"reason": str(reason)} if with_reason else None),))


def settled(state: AgentState, target: State, now_ms: int, *, reason: int = 0, rest_until_ms: int = 0) -> AgentState:
    """The agent in `target` from now on, with nothing left of the state before."""
    return replace(
        state,
        state=target,
        reason=reason,
        since_ms=now_ms,
        rest_until_ms=rest_until_ms,
        rest_told=False,
        wrap_until_ms=0,
        deferred=None,
        deferred_reason=0,
        deferred_rest_s=0,
        centre="",
        calls=(),
    )


def enter_deferred(state: AgentState, now_ms: int) -> Step:
    """Into the state that was asked for during the call; idle where none was."""
    target = state.deferred or _IDLE
    event = {_BUSY: SET_BUSY, _REST: SET_REST, _WORK: SET_WORK, _IDLE: READY}[target]
    return _to(state, target, event, now_ms, state.deferred_reason, state.deferred_rest_s)


def time_passes(state: AgentState, now_ms: int) -> Step | None:
    """What time alone does: the reminder at the end of a rest (the agent stays in it), the end of wrap-up."""
    due = due_ms(state)
    if due is None or now_ms < due:
        return None
    if state.state is _WORK:
        return enter_deferred(state, now_ms)
    return Step(replace(state, rest_told=True), ((REST_TIMEOUT, None),))


def due_ms(state: AgentState) -> int | None:
    """When time alone changes something: the rest runs out and the agent was not told yet, or wrap-up is over."""
    if state.state is _REST and state.rest_until_ms and not state.rest_told:
        return state.rest_until_ms
    if state.state is _WORK and state.wrap_until_ms:
        return state.wrap_until_ms
    return None


SIGN_IN: Final[dict[int, tuple[State, tuple[tuple[str, Content], ...]]]] = {
    3: (_BUSY, (("AgentOther_InService", None), (READY, None), (SET_BUSY, {"reason": "0"}))),
    4: (_IDLE, (("AgentOther_InService", None), (READY, None))),
    5: (_WORK, (("AgentOther_InService", None), (READY, None), (WORK, None))),
}
"""`status` of a sign-in -> first state and events, in order."""
