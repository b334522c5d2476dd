"""The agent's state at the beginning and at the end of calls (contract connection.md section 10)."""

from dataclasses import replace
from enum import Enum
from typing import Final

from gateway.backends.embedded.core.outcome import After
from gateway.backends.embedded.state_machine import SET_BUSY, WORK, Step, enter_deferred, settled
from gateway.sessions.agent_state import AgentState, State
from gateway.wire import retcodes
from gateway.wire.errors import Refused


class Way(Enum):
    """How an agent gets into a call, with the states that allow it."""

    ROUTED = frozenset({State.IDLE})
    ASKED = frozenset({State.IDLE, State.WRAP_UP})
    OWN = frozenset({State.IDLE, State.BUSY, State.WRAP_UP})


BUSY_REASON: Final[dict[After, int]] = {After.NO_ANSWER: 2, After.NO_PHONE: 5, After.REJECTED: 7}
"""After these the agent is busy, with the reason that the platform gives."""


def check(state: AgentState, way: Way) -> None:
    """Raises Refused `100-009` unless an agent in this state can get into a call in this way."""
    if state.state not in way.value:
        raise Refused(retcodes.WRONG_STATE, f"not possible while {state.state.name.lower().replace('_', ' ')}")


def occupy(state: AgentState, way: Way, centre: str, now_ms: int, calls: tuple[str, ...] = ()) -> AgentState:
    """The agent is in a call of `centre` from now on, in `calls` if known. One who was busy will be so again.

    Raises Refused `100-009`.
    """
    check(state, way)
    kept = replace(state, state=State.TALKING, since_ms=now_ms, reason=0, wrap_until_ms=0, centre=centre, calls=calls)
    if state.state is State.BUSY:
        kept = replace(kept, deferred=State.BUSY, deferred_reason=state.reason, deferred_rest_s=0)
    return kept


def free(state: AgentState, after: After, wrap_up_s: float, now_ms: int) -> Step | None:
    """The agent is in no call any more; None when the record says that it was in none."""
    if state.state is not State.TALKING:
        return None
    reason = BUSY_REASON.get(after)
    if reason is not None:
        return Step(settled(state, State.BUSY, now_ms, reason=reason), ((SET_BUSY, {"reason": str(reason)}),))
    if after is After.TALKED and not state.auto_enter_idle:
        wrapped = replace(
            state,
            state=State.WRAP_UP,
            since_ms=now_ms,
            centre="",
            calls=(),
            wrap_until_ms=now_ms + round(wrap_up_s * 1000) if wrap_up_s else 0,
            deferred=None if state.deferred is State.WRAP_UP else state.deferred,
        )
        return Step(wrapped, ((WORK, None),))
    return enter_deferred(state, now_ms)
