"""Operations on the calling agent: states, skills, password (contract onlineagent.yaml)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

from gateway.agents.authentication import Authentication
from gateway.agents.registry import Agent, AgentRegistry
from gateway.backends.base import Call
from gateway.backends.embedded import state_machine
from gateway.events.event import make_event
from gateway.operations.onlineagent_models import (
    BusyParameters,
    PasswordBody,
    RestParameters,
    SkillParameters,
)
from gateway.operations.parameters import OtherAgentParameters
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event
from gateway.sessions.service import SessionService
from gateway.sessions.signing import change_state
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_STATE_OPERATIONS = ("sayFree", "sayBusy", "cancelBusy", "sayWork", "cancelWork", "rest", "cancelRest")
_NOTHING: dict[str, object] = {}


class AgentOperations:
    """Performers of the onlineagent group."""

    def __init__(self, service: SessionService, registry: AgentRegistry, authentication: Authentication) -> None:
        self._service = service
        self._registry = registry
        self._authentication = authentication

    def performers(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        """By operation name."""
        return {
            **dict.fromkeys(_STATE_OPERATIONS, self.set_state),
            "getAgentStatus": self.status,
            "resetSkill": self.reset_skill,
            "queryAgentSkills": self.skills,
            "queryAgentSkillsByWorkNo": self.skills_of_other,
            "modifyAccountPwdEx": self.change_password,
        }

    async def set_state(self, call: Call) -> object:
        """One of the state operations, as the transition table says."""
        reason, rest_s, prolong = 0, 0, False
        if isinstance(call.parameters, BusyParameters):
            reason, prolong = call.parameters.reason, call.parameters.prolong
        elif isinstance(call.parameters, RestParameters):
            reason, rest_s, prolong = call.parameters.restcause, call.parameters.time, call.parameters.prolong

        def transition(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            step = state_machine.step(state, call.operation.name, now_ms, reason=reason, rest_s=rest_s, prolong=prolong)
            if step.event is None:
                return None
            return step.state, (make_event(step.event, call.record.agent_id, step.content, now_ms),)

        await change_state(self._service, call.record.agent_id, call.session_id, transition)
        return _NOTHING

    async def status(self, call: Call) -> object:
        """`agentstatus`: the state as a number and whether the agent is talking."""
        state = call.record.state.state
        return {"agentState": int(state), "isWorking": state is State.TALKING}

    async def reset_skill(self, call: Call) -> object:
        """`resetskill`: signs in to all configured skill queues, or to those asked for that are configured."""
        parameters = cast(SkillParameters, call.parameters)
        configured = tuple(skill.id for skill in self._agent(call).skills)
        wanted = {int(part) for part in parameters.skillid.replace(",", ";").split(";") if part.strip()}
        chosen = configured if parameters.autoflag else tuple(skill for skill in configured if skill in wanted)
        await change_state(
            self._service, call.record.agent_id, call.session_id, lambda state, now: (replace(state, skills=chosen), ())
        )
        return _NOTHING

    async def skills(self, call: Call) -> object:
        """`agentskills`: the skill queues configured for the caller."""
        return _skill_list(self._agent(call))

    async def skills_of_other(self, call: Call) -> object:
        """`agentskillsbyworkno`: those of another agent; `600-001` when there is none."""
        other = self._registry.get(cast(OtherAgentParameters, call.parameters).workno)
        if other is None or not other.skills:
            raise Refused(retcodes.NO_SKILLS)
        return _skill_list(other)

    async def change_password(self, call: Call) -> object:
        """`modifyaccountpwdex`."""
        body = cast(PasswordBody, call.body)
        await self._authentication.change_password(
            call.record.agent_id,
            body.old_password,
            body.new_password,
            call.address(),
            now_ms=self._service.store.now_ms(),
        )
        return _NOTHING

    def _agent(self, call: Call) -> Agent:
        agent = self._registry.get(call.record.agent_id)
        if agent is None:
            raise Refused(retcodes.NO_SKILLS, "this agent is no longer configured: tell the operator")
        return agent


def _skill_list(agent: Agent) -> list[dict[str, object]]:
    return [{"name": skill.name, "id": skill.id, "mediatype": skill.mediatype} for skill in agent.skills]
