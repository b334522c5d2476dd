"""Plain settings of the calling agent, and what a desktop asks when it is loaded (contract onlineagent.yaml)."""

import secrets
from dataclasses import replace
from typing import Any, Final, cast

from pydantic_core import to_json

from gateway.backends.base import Call
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers.synced_state import call_info, state_info
from gateway.operations.onlineagent_models import ForwardingBody, PhoneBody, SelfRecordParameters
from gateway.operations.onlineagent_results import PhoneLogin, SyncedAgent
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event
from gateway.wire import retcodes
from gateway.wire.errors import Refused

FORWARDING_BYTES: Final = 1024
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
        """Keeps what the desktop says, without effect on calls: no source shows what it means."""
        said = to_json(cast(ForwardingBody, call.body).model_extra or {})
        if len(said) > FORWARDING_BYTES:
            raise Refused(retcodes.BAD_PARAMETER, f"body: may have at most {FORWARDING_BYTES} bytes")
        return await self._set(call, forwarding=said.decode())

    async def self_record(self, call: Call) -> object:
        asked = cast(SelfRecordParameters, call.parameters)
        return await self._set(call, self_record=bool(asked.recordflag), record_early=bool(asked.recordbeforetalking))

    async def _set(self, call: Call, **fields: Any) -> object:
        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, **fields), ()

        await self._parts.records.change(call.record.agent_id, call.session_id, change)
        return NOTHING
