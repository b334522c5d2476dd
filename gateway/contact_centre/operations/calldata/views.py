"""Calls as queries show them."""

from gateway.contact_centre.floor.calls import NO_AGENT, Call
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.operations.calldata.rows import (
    CallBrief,
    CallById,
    CallInfo,
    CallRecord,
    HeldCall,
    WaitingCall,
)


class CallViews:
    """Makes results from calls of `world`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _brief(self, call: Call) -> dict[str, object]:
        return {
            "callfeature": int(call.feature),
            "callid": call.id,
            "caller": call.caller,
            "called": call.called,
            "callskill": self._world.skills().get(call.skill_id, ""),
        }

    def _held(self, call: Call) -> dict[str, object]:
        return {
            **self._brief(call),
            "callskillid": call.skill_id,
            "orgicallednum": call.original_called,
            "calldata": call.data,
            "begintime": call.answered_ms or None,
            "endtime": call.ended_ms or None,
        }

    def _info(self, call: Call, now_ms: int) -> dict[str, object]:
        until = call.ended_ms or now_ms
        return {
            **self._held(call),
            "userPriority": call.priority,
            "trunkNo": NO_AGENT,
            "logontimes": (until - call.created_ms) // 1000,
        }

    def brief(self, call: Call) -> CallBrief:
        """Who calls whom."""
        return CallBrief.model_validate(self._brief(call))

    def by_id(self, call: Call) -> CallById:
        """With its data."""
        return CallById.model_validate(
            {**self._brief(call), "orgicallednum": call.original_called, "calldata": call.data}
        )

    def held(self, call: Call) -> HeldCall:
        """As an entry of the list of held calls."""
        return HeldCall.model_validate(self._held(call))

    def info(self, call: Call, now_ms: int) -> CallInfo:
        """In full."""
        return CallInfo.model_validate(self._info(call, now_ms))

    def waiting(self, call: Call, now_ms: int) -> WaitingCall:
        """As an entry of a queue."""
        return WaitingCall.model_validate({**self._info(call, now_ms), "mediaType": call.media_type})

    def record(self, call: Call, agent_id: int) -> CallRecord:
        """A call that is over, for one of its agents."""
        return CallRecord(
            callid=call.id,
            callfeature=int(call.feature),
            caller=call.caller,
            called=call.called,
            workno=str(agent_id),
            skillid=call.skill_id,
            begintime=call.answered_ms or call.created_ms,
            endtime=call.ended_ms,
        )
