"""Operations on the calling agent: states, skills, switches, password (contract onlineagent.yaml)."""

from dataclasses import replace
from typing import Any, cast

from gateway.agents.registry import Agent
from gateway.backends.base import Call
from gateway.backends.embedded import state_machine
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers.agent_status import status
from gateway.operations.onlineagent_models import (
    AutoAnswerParameters,
    AutoEnterIdleParameters,
    BusyParameters,
    CustomStateParameters,
    PasswordBody,
    PasswordParameters,
    RestParameters,
    SkillParameters,
    TalkRightParameters,
)
from gateway.operations.parameters import OtherAgentParameters
from gateway.sessions.agent_state import NO_CUSTOM_STATE, AgentState, State
from gateway.sessions.model import Event
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_STATE_OPERATIONS = ("sayFree", "sayBusy", "cancelBusy", "sayWork", "cancelWork", "rest", "cancelRest")


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _OnlineAgent(parts)
    return {
        **dict.fromkeys(_STATE_OPERATIONS, group.set_state),
        "getAgentStatus": group.status,
        "resetSkill": group.reset_skill,
        "setAgentAutoAnswer": group.auto_answer,
        "setAgentAutoEnterIdle": group.auto_enter_idle,
        "setTalkRight": group.talk_right,
        "setCustomState": group.custom_state,
        "queryCustomState": group.query_custom_state,
        "cancelSetCustomState": group.clear_custom_state,
        "queryAgentSkills": group.skills,
        "queryAgentSkillsByWorkNo": group.skills_of_other,
        "modifyAccountPwdEx": group.change_password,
        "modifyAccountPwd": group.change_password,
    }


class _OnlineAgent:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def set_state(self, call: Call) -> object:
        reason, rest_s, prolong = 0, 0, False
        if isinstance(call.parameters, BusyParameters):
            reason, prolong = call.parameters.reason, call.parameters.prolong
        elif isinstance(call.parameters, RestParameters):
            reason, rest_s, prolong = call.parameters.restcause, call.parameters.time, call.parameters.prolong

        def transition(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            step = state_machine.step(state, call.operation.name, now_ms, reason=reason, rest_s=rest_s, prolong=prolong)
            return None if step.state is state else self._parts.records.with_events(call.record.agent_id, step, now_ms)

        await self._parts.records.change(call.record.agent_id, call.session_id, transition)
        return NOTHING

    async def status(self, call: Call) -> object:
        state = call.record.state
        return {"agentState": status(state), "isWorking": state.state is State.TALKING}

    async def reset_skill(self, call: Call) -> object:
        """All configured skill queues, or those asked for that are configured."""
        parameters = cast(SkillParameters, call.parameters)
        configured = tuple(skill.id for skill in self._agent(call).skills)
        wanted = {int(part) for part in parameters.skillid.replace(",", ";").split(";") if part.strip()}
        chosen = configured if parameters.autoflag else tuple(skill for skill in configured if skill in wanted)
        linked = {"linkage": True} if parameters.phonelinkage else {}
        return await self._set(call, skills=chosen, **linked)

    async def auto_answer(self, call: Call) -> object:
        return await self._set(call, auto_answer=cast(AutoAnswerParameters, call.parameters).isautoanswer)

    async def auto_enter_idle(self, call: Call) -> object:
        return await self._set(call, auto_enter_idle=cast(AutoEnterIdleParameters, call.parameters).flag)

    async def talk_right(self, call: Call) -> object:
        return await self._set(call, talk_right=bool(cast(TalkRightParameters, call.parameters).flag))

    async def custom_state(self, call: Call) -> object:
        return await self._set(call, custom_state=cast(CustomStateParameters, call.parameters).customstate)

    async def query_custom_state(self, call: Call) -> object:
        return {"agentcustomstate": str(call.record.state.custom_state)}

    async def clear_custom_state(self, call: Call) -> object:
        if call.record.state.custom_state == NO_CUSTOM_STATE:
            raise Refused(retcodes.WRONG_STATE, "no status of the business is set")
        return await self._set(call, custom_state=NO_CUSTOM_STATE)

    async def skills(self, call: Call) -> object:
        return _skill_list(self._agent(call))

    async def skills_of_other(self, call: Call) -> object:
        other = self._parts.registry.get(cast(OtherAgentParameters, call.parameters).workno)
        if other is None or not other.skills:
            raise Refused(retcodes.NO_SKILLS)
        return _skill_list(other)

    async def change_password(self, call: Call) -> object:
        asked = call.parameters if isinstance(call.parameters, PasswordParameters) else cast(PasswordBody, call.body)
        await self._parts.authentication.change_password(
            call.record.agent_id,
            asked.old_password,
            asked.new_password,
            call.address(),
            now_ms=self._parts.records.now_ms(),
        )
        return NOTHING

    async def _set(self, call: Call, **fields: Any) -> object:
        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, **fields), ()

        await self._parts.records.change(call.record.agent_id, call.session_id, change)
        return NOTHING

    def _agent(self, call: Call) -> Agent:
        agent = self._parts.registry.get(call.record.agent_id)
        if agent is None:
            raise Refused(retcodes.NO_SKILLS, "this agent is no longer configured: tell the operator")
        return agent


def _skill_list(agent: Agent) -> list[dict[str, object]]:
    return [{"name": skill.name, "id": skill.id, "mediatype": skill.mediatype} for skill in agent.skills]
