"""What an inspector may make of an agent's state (contract qualitycontrol.yaml: forceBusy, forceIdle, forceRest).

Older clients know events of their own for it, newer ones those of the state, where busy has the reason 3. Both come.
"""

from dataclasses import replace
from typing import Final

from gateway.backends.embedded.state_machine import READY, SET_BUSY, SET_REST, Step, settled
from gateway.sessions.agent_state import AgentState, State
from gateway.wire import retcodes
from gateway.wire.errors import Refused

FORCED_READY: Final = "AgentState_Force_Ready"
FORCED_BUSY: Final = "AgentState_Force_SetNotReady"
BY_INSPECTOR: Final = 3

TARGETS: Final[dict[str, State]] = {"forceIdle": State.IDLE, "forceBusy": State.BUSY, "forceRest": State.REST}
"""Operation -> state. An agent in a call is in it after the call; one who is in it already: `900-005`."""

EVENTS: Final[dict[State, tuple[tuple[str, bool], ...]]] = {
    State.IDLE: ((FORCED_READY, False), (READY, False)),
    State.BUSY: ((FORCED_BUSY, False), (SET_BUSY, True)),
    State.REST: ((SET_REST, True),),
}
"""State -> events, each with whether it tells the reason."""


def step(state: AgentState, operation: str, now_ms: int, *, reason: int = 0, rest_s: int = 0) -> Step:
    """Forces a state; `reason` and `rest_s` (s) are those of a rest. Raises Refused `900-005`."""
    target = TARGETS[operation]
    reason = BY_INSPECTOR if target is State.BUSY else reason
    if state.state is State.TALKING:
        return Step(_later(state, target, reason, rest_s))
    if state.state is target:
        raise Refused(retcodes.INSPECTION_STATE, f"the agent is {target.name.lower()} already")
    until_ms = now_ms + rest_s * 1000 if target is State.REST else 0
    after = settled(state, target, now_ms, reason=reason, rest_until_ms=until_ms)
    return Step(after, tuple((kind, {"reason": str(reason)} if told else None) for kind, told in EVENTS[target]))


def _later(state: AgentState, target: State, reason: int, rest_s: int) -> AgentState:
    return replace(
        state,
        deferred=None if target is State.IDLE else target,
        deferred_reason=reason,
        deferred_rest_s=rest_s,
    )
