"""Operations of agents about themselves: states, skills, switches, password."""

from typing import Any, Final

from gateway.agents.registry import Agent
from gateway.backend import BackendAnswer
from gateway.contact_centre.floor import state_machine
from gateway.contact_centre.floor.agent_state import NO_CUSTOM_STATE, State
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.directory import ABOUT_TO_REST, status
from gateway.contact_centre.operations.onlineagent.rows import (
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
from gateway.interface.fields import OtherAgentParameters
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused

_STATUS_ANSWERS: Final = {
    code: BackendAnswer(envelope.result({"agentState": code, "isWorking": code in {State.TALKING, ABOUT_TO_REST}}))
    for code in (*State, ABOUT_TO_REST)
}
"""What `agentstatus` answers, by status: of all questions the most frequent one."""
_STATE_OPERATIONS = ("sayFree", "sayBusy", "cancelBusy", "sayWork", "cancelWork", "rest", "cancelRest")


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _OnlineAgent(services)
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
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def set_state(self, invocation: Invocation) -> object:
        reason, rest_s, prolong = 0, 0, False
        match invocation.parameters:
            case BusyParameters() as asked:
                reason, prolong = asked.reason, asked.prolong
            case RestParameters() as asked:
                reason, rest_s, prolong = asked.restcause, asked.time, asked.prolong
        desk, roster, name = invocation.desk, self._services.roster, invocation.operation.name
        roster.change(
            desk,
            state_machine.step(desk.state, name, roster.now_ms(), reason=reason, rest_s=rest_s, prolong=prolong),
        )
        return NOTHING

    async def status(self, invocation: Invocation) -> object:
        return _STATUS_ANSWERS[status(invocation.desk.state)]

    async def reset_skill(self, invocation: Invocation[SkillParameters]) -> object:
        """All configured skill queues, or those asked for that are configured."""
        parameters = invocation.parameters
        configured = tuple(skill.id for skill in self._agent(invocation).skills)
        wanted = {int(part) for part in parameters.skillid.replace(",", ";").split(";") if part.strip()}
        chosen = configured if parameters.autoflag else tuple(skill for skill in configured if skill in wanted)
        linked = {"linkage": True} if parameters.phonelinkage else {}
        return self._set(invocation, skills=chosen, **linked)

    async def auto_answer(self, invocation: Invocation[AutoAnswerParameters]) -> object:
        return self._set(invocation, auto_answer=invocation.parameters.isautoanswer)

    async def auto_enter_idle(self, invocation: Invocation[AutoEnterIdleParameters]) -> object:
        return self._set(invocation, auto_enter_idle=invocation.parameters.flag)

    async def talk_right(self, invocation: Invocation[TalkRightParameters]) -> object:
        return self._set(invocation, talk_right=bool(invocation.parameters.flag))

    async def custom_state(self, invocation: Invocation[CustomStateParameters]) -> object:
        return self._set(invocation, custom_state=invocation.parameters.customstate)

    async def query_custom_state(self, invocation: Invocation) -> object:
        return {"agentcustomstate": str(invocation.desk.state.custom_state)}

    async def clear_custom_state(self, invocation: Invocation) -> object:
        if invocation.desk.state.custom_state == NO_CUSTOM_STATE:
            raise Refused(retcodes.WRONG_STATE, "no status of the business is set")
        return self._set(invocation, custom_state=NO_CUSTOM_STATE)

    async def skills(self, invocation: Invocation) -> object:
        return _skill_list(self._agent(invocation))

    async def skills_of_other(self, invocation: Invocation[OtherAgentParameters]) -> object:
        other = self._services.registry.get(invocation.parameters.workno)
        if other is None or not other.skills:
            raise Refused(retcodes.NO_SKILLS)
        return _skill_list(other)

    async def change_password(self, invocation: Invocation[Any, PasswordBody]) -> object:
        asked = invocation.parameters if isinstance(invocation.parameters, PasswordParameters) else invocation.body
        await self._services.authentication.change_password(
            invocation.desk.agent_id,
            asked.old_password,
            asked.new_password,
            invocation.address(),
            now_ms=self._services.roster.now_ms(),
        )
        return NOTHING

    def _set(self, invocation: Invocation, **fields: Any) -> object:
        self._services.roster.set(invocation.desk, **fields)
        return NOTHING

    def _agent(self, invocation: Invocation) -> Agent:
        agent = self._services.registry.get(invocation.desk.agent_id)
        if agent is None:
            raise Refused(retcodes.NO_SKILLS, "this agent is no longer configured: tell the operator")
        return agent


def _skill_list(agent: Agent) -> list[dict[str, object]]:
    return [{"name": skill.name, "id": skill.id, "mediatype": skill.mediatype} for skill in agent.skills]
