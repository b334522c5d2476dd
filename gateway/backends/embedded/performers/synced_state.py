"""State and call of an agent for a desktop that was loaded again (contract onlineagent.yaml, syncagentinfo)."""

from typing import Final

from pydantic_core import to_json

from gateway.backends.embedded.core.model import Call, Desk, Leg, Stage
from gateway.backends.embedded.core.notices import partner
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.performers.agent_status import CONSOLE, NO_CONSOLE_STATE, console, present_leg
from gateway.backends.embedded.performers.call_views import CallViews
from gateway.operations.onlineagent_results import StateInfo
from gateway.sessions.agent_state import State

NO_CALL_TYPE: Final = -1
_NO_COMMAND: Final = 0

Pair = tuple[Call, Leg]


def call_info(world: World, desk: Desk, now_ms: int) -> str | None:
    """The present call as `callinfo` tells it, as JSON; None without a call."""
    found = present_leg(world, desk.session_id)
    return None if found is None else to_json(CallViews(world).info(found[0], now_ms), by_alias=True).decode()


def state_info(world: World, desk: Desk, now_ms: int) -> StateInfo:
    """The state object. The first call is the oldest one, the second the next."""
    state, inspection = desk.state, world.besides.inspection_of(desk.session_id)
    return StateInfo.model_validate(
        {
            "work_no": str(desk.agent_id),
            "qc_work_no": str(inspection.agent_id) if inspection else "",
            "state": console(world, state.state, desk.session_id),
            "last_state": NO_CONSOLE_STATE if state.previous is None else CONSOLE.get(state.previous, NO_CONSOLE_STATE),
            "agent_state_begin_time": state.since_ms,
            "pre_busy": state.deferred is State.BUSY,
            "pre_rest": state.deferred is State.REST,
            "current_time": str(now_ms),
            "release_flag": 0,
            "cur_command": _NO_COMMAND,
            "cmd_begin_time": str(state.since_ms),
            **_present(present_leg(world, desk.session_id)),
            **_calls(world, desk.session_id),
        }
    )


def _present(found: Pair | None) -> dict[str, object]:
    """About the call that the agent is busy with."""
    call, leg = found or (None, None)
    return {
        "call_feature": int(call.feature) if call else NO_CALL_TYPE,
        "call_data": call.data if call else "",
        "caller_no": call.caller if call else "",
        "called_no": call.called if call else "",
        "cur_call_id": call.id if call else "",
        "partner": partner(call, leg) if call and leg else "",
        "record_id": f"{call.id}-{leg.recording.task_id}" if call and leg and leg.recording else "",
    }


def _calls(world: World, session_id: str) -> dict[str, object]:
    """About all calls of the agent."""
    pairs, held, active = world.legs_of(session_id), world.held(session_id), world.active(session_id)
    talking = active if active and active[1].stage is Stage.TALKING else None
    return {
        "talking_callfeature": int(talking[0].feature) if talking else NO_CALL_TYPE,
        "firsttalking_flag": talking is not None and talking == pairs[0],
        "main_call_id": pairs[0][0].id if pairs else "",
        "hold_call_id": held[-1][0].id if held else "",
        "begin_talking_time": _time(pairs[0][1].talking_since_ms if pairs else 0),
        "second_talking_time": _time(pairs[1][1].talking_since_ms if len(pairs) > 1 else 0),
        "begin_hold_time": _time(held[-1][1].held_since_ms if held else 0),
    }


def _time(at_ms: int) -> str | None:
    return str(at_ms) if at_ms else None
