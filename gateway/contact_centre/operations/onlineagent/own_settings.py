"""Plain settings of the asking agent, and what a desktop asks when it is loaded."""

import re
import secrets
from typing import Any, Final

from pydantic_core import to_json

from gateway.contact_centre.floor import call_forwarding, originate
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.call_forwarding import ForwardingType, Target
from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg, Stage
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.notices import partner
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.calldata.views import CallViews
from gateway.contact_centre.operations.directory import CONSOLE, NO_CONSOLE_STATE, console, present_leg
from gateway.contact_centre.operations.onlineagent.rows import (
    ForwardingBody,
    PhoneBody,
    PhoneLogin,
    SelfRecordParameters,
    StateInfo,
    SyncedAgent,
)
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_NUMBER: Final = re.compile(r"[0-9*#]{1,24}")
_KINDS: Final = " or ".join(ForwardingType)
_SWITCH: Final = {"none": True, "true": True, "false": False}
"""`activateForward` -> whether to forward; absent means yes."""
_TOKEN_BYTES: Final = 16
NO_CALL_TYPE: Final = -1
_NO_COMMAND: Final = 0


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _Settings(services)
    return {
        "loginInfo": group.phone_login,
        "syncagentinfo": group.sync,
        "bindAgentPhone": group.bind_phone,
        "setForwarding": group.forward,
        "setAgentSelfRecord": group.self_record,
    }


def _kind(said: object) -> ForwardingType | None:
    """The case that the desktop names, None for none. Raises Refused `000-002`."""
    if said is None:
        return None
    try:
        return ForwardingType(str(said))
    except ValueError:
        raise Refused(retcodes.BAD_PARAMETER, f"forwardingType: must be {_KINDS}") from None


class _Settings:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def phone_login(self, invocation: Invocation) -> object:
        """The phones here need no registration: any password is as good, and this one is used nowhere else."""
        return PhoneLogin(phonetoken=secrets.token_hex(_TOKEN_BYTES), phonenum=invocation.desk.state.phone)

    async def sync(self, invocation: Invocation) -> object:
        """State and call for a desktop that was loaded again, whose events so far are dropped."""
        desk = invocation.desk
        self._services.sink.forget_events(desk.agent_id, desk.session_id)
        now_ms = self._services.roster.now_ms()
        return SyncedAgent(
            callinfo=call_info(self._services.world, desk, now_ms),
            agent_state_info=state_info(self._services.world, desk, now_ms),
        )

    async def bind_phone(self, invocation: Invocation[Any, PhoneBody]) -> object:
        number = invocation.body.phonenum
        if not (number.isascii() and number.isdigit()):
            raise Refused(retcodes.PHONE_INVALID, "phonenum: may hold digits only")
        if not self._services.world.plan.takes_phone(number):
            raise Refused(retcodes.PHONE_OUT_OF_RANGE)

        if invocation.desk.in_call:
            raise Refused(retcodes.WRONG_STATE, "not possible during a call")
        self._services.roster.set(invocation.desk, phone=number)
        return NOTHING

    async def forward(self, invocation: Invocation[Any, ForwardingBody]) -> object:
        """Calls that come from now on go elsewhere, or no longer do."""
        body = invocation.body
        on = _SWITCH.get(str(body.activate_forward).lower())
        if on is None:
            raise Refused(retcodes.BAD_PARAMETER, "activateForward: must be true or false")
        named = _kind(body.forwarding_type)
        if on and named is None:
            raise Refused(retcodes.BAD_PARAMETER, f"forwardingType: must be {_KINDS}")
        target = self._target(invocation, body.forward_dn) if on else None

        former = call_forwarding.targets_of(invocation.desk.state)
        others = {when: to for when, to in former.items() if named not in (None, when)}
        wished = {named: target} if named is not None and target is not None else {}
        self._services.roster.set(invocation.desk, forwarding=call_forwarding.as_text(others | wished))
        return NOTHING

    def _target(self, invocation: Invocation, said: object) -> Target:
        """Another agent, or a number outside. Raises Refused `000-002`, `200-001`."""
        number = str(said)
        if not _NUMBER.fullmatch(number):
            raise Refused(retcodes.BAD_PARAMETER, "forwardDN: must be 1 to 24 of the characters 0-9 * #")
        if number in (str(invocation.desk.agent_id), invocation.desk.state.phone):
            raise Refused(retcodes.BAD_PARAMETER, "forwardDN: calls to you cannot be forwarded to you")
        agent_id = int(number) if number.isdigit() and not number.startswith("0") else 0
        if self._services.registry.get(agent_id) is not None:
            return agent_id
        originate.check_number(self._services.world, number)
        return number

    async def self_record(self, invocation: Invocation[SelfRecordParameters]) -> object:
        asked = invocation.parameters
        self._services.roster.set(
            invocation.desk, self_record=bool(asked.recordflag), record_early=bool(asked.recordbeforetalking)
        )
        return NOTHING


def call_info(world: World, desk: AgentDesk, now_ms: int) -> str | None:
    """The present call as `callinfo` tells it, as JSON; None without a call."""
    found = present_leg(world, desk.session_id)
    return None if found is None else to_json(CallViews(world).info(found[0], now_ms), by_alias=True).decode()


def state_info(world: World, desk: AgentDesk, now_ms: int) -> StateInfo:
    """The state object. The first call is the oldest one, the second the next."""
    state, inspection = desk.state, world.activities.inspection_of(desk.session_id)
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


def _present(found: tuple[Call, Leg] | None) -> dict[str, object]:
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
