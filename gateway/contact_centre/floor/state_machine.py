"""The agent's states: which operation leads where, what an inspector forces, what calls do, their events."""

from enum import Enum
from typing import Final, NamedTuple

from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.effects import CallEnding, Content
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
"""States that have a reason, and the event that tells it as `{"reason": "<number>"}`; other events have no content."""
TELL_REASON: Final = frozenset(WITH_REASON.values())


SIGN_IN: Final[dict[int, State]] = {3: _BUSY, 4: _IDLE, 5: _WORK}
"""`status` of a sign-in -> first state."""
BUSY_REASON: Final[dict[CallEnding, int]] = {CallEnding.NO_ANSWER: 2, CallEnding.NO_PHONE: 5, CallEnding.REJECTED: 7}
"""After these the agent is busy, with the reason that the platform gives."""
FORCED_READY: Final = "AgentState_Force_Ready"
FORCED_BUSY: Final = "AgentState_Force_SetNotReady"
BY_INSPECTOR: Final = 3
FORCED: Final[dict[str, State]] = {"forceIdle": State.IDLE, "forceBusy": State.BUSY, "forceRest": State.REST}
"""Operation -> state. An agent in a call is in it after the call; one who is in it already: `900-005`."""
FORCED_EVENTS: Final[dict[State, tuple[str, ...]]] = {
    State.IDLE: (FORCED_READY, READY),
    State.BUSY: (FORCED_BUSY, SET_BUSY),
    State.REST: (SET_REST,),
}
"""Older clients know events of their own for it, newer ones those of the state. Both come."""


class Step(NamedTuple):
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
    return enter(state, target, now_ms, event, reason=reason, rest_s=rest_s)


def _defer(state: AgentState, operation: str, reason: int, rest_s: int) -> AgentState:
    key = (operation, state.deferred)
    if key not in DEFERRED:
        raise _not_now(state)
    target = DEFERRED[key]
    return state._replace(
        deferred=target,
        deferred_reason=reason if target in WITH_REASON else 0,
        deferred_rest_s=rest_s if target is _REST else 0,
    )


def _not_now(state: AgentState) -> Refused:
    return Refused(retcodes.WRONG_STATE, f"not possible while {state.state.name.lower().replace('_', ' ')}")


def enter(state: AgentState, target: State, now_ms: int, *events: str, reason: int = 0, rest_s: int = 0) -> Step:
    """The agent is in `target` from now on, with nothing left of the state before, and told by these events.

    `reason` counts for a state that has one, `rest_s` (s, 0 = without an end) for a rest.
    """
    reason = reason if target in WITH_REASON else 0
    after = state._replace(
        state=target,
        previous=state.state if target is not state.state else state.previous,
        reason=reason,
        since_ms=now_ms,
        rest_until_ms=now_ms + rest_s * 1000 if target is _REST and rest_s else 0,
        rest_told=False,
        wrap_until_ms=0,
        deferred=None,
        deferred_reason=0,
        deferred_rest_s=0,
    )
    return Step(after, tuple([(kind, {"reason": str(reason)} if kind in TELL_REASON else None) for kind in events]))


def enter_deferred(state: AgentState, now_ms: int) -> Step:
    """Into the state that was asked for during the call; idle where none was."""
    target = state.deferred or _IDLE
    event = {_BUSY: SET_BUSY, _REST: SET_REST, _WORK: SET_WORK, _IDLE: READY}[target]
    return enter(state, target, now_ms, event, reason=state.deferred_reason, rest_s=state.deferred_rest_s)


def time_passes(state: AgentState, now_ms: int) -> Step | None:
    """What time alone does: the reminder at the end of a rest (the agent stays in it), the end of wrap-up."""
    due = due_ms(state)
    if due is None or now_ms < due:
        return None
    if state.state is _WORK:
        return enter_deferred(state, now_ms)
    return Step(state._replace(rest_told=True), ((REST_TIMEOUT, None),))


def due_ms(state: AgentState) -> int | None:
    """When time alone changes something: the rest runs out and the agent was not told yet, or wrap-up is over."""
    if state.state is _REST and state.rest_until_ms and not state.rest_told:
        return state.rest_until_ms
    if state.state is _WORK and state.wrap_until_ms:
        return state.wrap_until_ms
    return None


def signed_in_as(state: AgentState) -> tuple[tuple[str, Content], ...]:
    """The events of a sign-in that leads into this state, in order."""
    reason: Content = {"reason": str(state.reason)}
    further = {_BUSY: ((SET_BUSY, reason),), _REST: ((SET_REST, reason),), _WORK: ((WORK, None),)}
    return ("AgentOther_InService", None), (READY, None), *further.get(state.state, ())


class CallOrigin(Enum):
    """How an agent gets into a call, with the states that allow it."""

    ROUTED = frozenset({State.IDLE})
    ASKED = frozenset({State.IDLE, State.WRAP_UP})
    OWN = frozenset({State.IDLE, State.BUSY, State.WRAP_UP})


def check_origin(state: AgentState, origin: CallOrigin) -> None:
    """Raises Refused `100-009` unless an agent in this state can get into a call in this way."""
    if state.state not in origin.value:
        raise _not_now(state)


def occupy(state: AgentState, origin: CallOrigin, now_ms: int) -> AgentState:
    """The agent is in a call from now on. One who was busy will be so again.

    Raises Refused `100-009`.
    """
    check_origin(state, origin)
    talks = state._replace(state=State.TALKING, previous=state.state, since_ms=now_ms, reason=0, wrap_until_ms=0)
    if state.state is State.BUSY:
        return talks._replace(deferred=State.BUSY, deferred_reason=state.reason, deferred_rest_s=0)
    return talks


def free(state: AgentState, after: CallEnding, wrap_up_s: float, now_ms: int) -> Step | None:
    """The agent is in no call any more; None when it was in none."""
    if state.state is not State.TALKING:
        return None
    reason = BUSY_REASON.get(after)
    if reason is not None:
        return enter(state, State.BUSY, now_ms, SET_BUSY, reason=reason)
    if after is CallEnding.TALKED and not state.auto_enter_idle:
        wrapped = state._replace(
            state=State.WRAP_UP,
            previous=State.TALKING,
            since_ms=now_ms,
            wrap_until_ms=now_ms + round(wrap_up_s * 1000) if wrap_up_s else 0,
            deferred=None if state.deferred is State.WRAP_UP else state.deferred,
        )
        return Step(wrapped, ((WORK, None),))
    return enter_deferred(state, now_ms)


def force(state: AgentState, operation: str, now_ms: int, *, reason: int = 0, rest_s: int = 0) -> Step:
    """Forces a state; `reason` and `rest_s` (s) are those of a rest. Raises Refused `900-005`."""
    target = FORCED[operation]
    reason = BY_INSPECTOR if target is State.BUSY else reason
    if state.state is State.TALKING:
        deferred = None if target is State.IDLE else target
        return Step(state._replace(deferred=deferred, deferred_reason=reason, deferred_rest_s=rest_s))
    if state.state is target:
        raise Refused(retcodes.INSPECTION_STATE, f"the agent is {target.name.lower()} already")
    return enter(state, target, now_ms, *FORCED_EVENTS[target], reason=reason, rest_s=rest_s)
