"""Plain settings of the calling agent, and what a desktop asks when it is loaded (contract onlineagent.yaml)."""

import re
import secrets
from dataclasses import replace
from typing import Any, Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import forwarding, originate
from gateway.backends.embedded.core.forwarding import Target, When
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers.synced_state import call_info, state_info
from gateway.operations.onlineagent_models import ForwardingBody, PhoneBody, SelfRecordParameters
from gateway.operations.onlineagent_results import PhoneLogin, SyncedAgent
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_NUMBER: Final = re.compile(r"[0-9*#]{1,24}")
_KINDS: Final = " or ".join(When)
_SWITCH: Final = {"none": True, "true": True, "false": False}
"""`activateForward` -> whether to forward; absent means yes."""
_TOKEN_BYTES: Final = 16


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Settings(parts)
    return {
        "loginInfo": group.phone_login,
        "syncagentinfo": group.sync,
        "bindAgentPhone": group.bind_phone,
        "setForwarding": group.forward,
        "setAgentSelfRecord": group.self_record,
    }


def _kind(said: object) -> When | None:
    """The case that the desktop names, None for none. Raises Refused `000-002`."""
    if said is None:
        return None
    try:
        return When(str(said))
    except ValueError:
        raise Refused(retcodes.BAD_PARAMETER, f"forwardingType: must be {_KINDS}") from None


class _Settings:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def phone_login(self, call: Call) -> object:
        """The phones here need no registration: any password is as good, and this one is used nowhere else."""
        return PhoneLogin(phonetoken=secrets.token_hex(_TOKEN_BYTES), phonenum=call.record.state.phone)

    async def sync(self, call: Call) -> object:
        """State and call for a desktop that was loaded again, whose events so far are dropped."""
        desk = self._parts.records.desk(call)
        await self._parts.queue.clear(call.record.agent_id, call.session_id)
        now_ms = self._parts.records.now_ms()
        return SyncedAgent(
            callinfo=call_info(self._parts.world, desk, now_ms),
            agent_state_info=state_info(self._parts.world, desk, now_ms),
        )

    async def bind_phone(self, call: Call) -> object:
        number = cast(PhoneBody, call.body).phonenum
        if not (number.isascii() and number.isdigit()):
            raise Refused(retcodes.PHONE_INVALID, "phonenum: may hold digits only")
        if not self._parts.world.plan.takes_phone(number):
            raise Refused(retcodes.PHONE_OUT_OF_RANGE)

        def bind(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            if state.state is State.TALKING:
                raise Refused(retcodes.WRONG_STATE, "not possible during a call")
            return replace(state, phone=number), ()

        await self._parts.records.change(call.record.agent_id, call.session_id, bind)
        return NOTHING

    async def forward(self, call: Call) -> object:
        """Calls that come from now on go elsewhere, or no longer do."""
        body = cast(ForwardingBody, call.body)
        on = _SWITCH.get(str(body.activate_forward).lower())
        if on is None:
            raise Refused(retcodes.BAD_PARAMETER, "activateForward: must be true or false")
        named = _kind(body.forwarding_type)
        if on and named is None:
            raise Refused(retcodes.BAD_PARAMETER, f"forwardingType: must be {_KINDS}")
        target = self._target(call, body.forward_dn) if on else None

        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            others = {when: to for when, to in forwarding.wishes(state).items() if named not in (None, when)}
            wished = {named: target} if named is not None and target is not None else {}
            return replace(state, forwarding=forwarding.kept(others | wished)), ()

        await self._parts.records.change(call.record.agent_id, call.session_id, change)
        return NOTHING

    def _target(self, call: Call, said: object) -> Target:
        """Another agent, or a number outside. Raises Refused `000-002`, `200-001`."""
        number = str(said)
        if not _NUMBER.fullmatch(number):
            raise Refused(retcodes.BAD_PARAMETER, "forwardDN: must be 1 to 24 of the characters 0-9 * #")
        if number in (str(call.record.agent_id), call.record.state.phone):
            raise Refused(retcodes.BAD_PARAMETER, "forwardDN: calls to you cannot be forwarded to you")
        agent_id = int(number) if number.isdigit() and not number.startswith("0") else 0
        if self._parts.registry.get(agent_id) is not None:
            return agent_id
        originate.check_number(self._parts.world, number)
        return number

    async def self_record(self, call: Call) -> object:
        asked = cast(SelfRecordParameters, call.parameters)
        return await self._set(call, self_record=bool(asked.recordflag), record_early=bool(asked.recordbeforetalking))

    async def _set(self, call: Call, **fields: Any) -> object:
        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, **fields), ()

        await self._parts.records.change(call.record.agent_id, call.session_id, change)
        return NOTHING
