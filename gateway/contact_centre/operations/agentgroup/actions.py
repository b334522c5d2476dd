"""Queries about agents and groups: who is meant, and what is told of each."""

from collections.abc import Callable, Iterable
from math import ceil
from typing import Any, Final

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Team
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import directory, roles
from gateway.contact_centre.operations.agentgroup import rows
from gateway.contact_centre.operations.agentgroup.views import AgentViews
from gateway.contact_centre.operations.directory import ListedAgent, status
from gateway.interface.fields import OtherAgentParameters, QueueParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

Who = Callable[[CentreServices, Invocation], Iterable[ListedAgent]]
Shape = Callable[[AgentViews, ListedAgent], object]

_SIGNED_IN, _LIKE_IDLE = 1, 6
RIGHTS: Final = {
    "isCensor": roles.INSPECTOR,
    "isMonitor": roles.INSPECTOR,
    "isSpyMonitor": roles.INSPECTOR,
    "isPickUp": roles.PICKUP,
    "isReportManager": roles.REPORTS,
    "isSystem": roles.SYSTEM,
}
"""Question about a right -> the role that gives it."""


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _AgentGroup(services)
    lists = {name: _listing(services, who, shape) for name, (who, shape) in LISTS.items()}
    roles = {name: _has_role(services, role) for name, role in RIGHTS.items()}
    return {
        **lists,
        **roles,
        "isCallOut": group.may_call_out,
        "queryAgentInfoByWorkNo": group.one,
        "queryAllAgentWasNameOnVdn": group.nodes,
        "queryAgentStatusAndSkill": group.status_and_skills,
        "queryAgentRestDetailInfo": group.rest,
        "getAgentRestReason": group.rest_reasons,
        "queryGroupInfoByWorkNo": group.group_of_agent,
        "queryGroupInfoOnVdn": group.groups,
    }


def _in_queue(services: CentreServices, invocation: Invocation[QueueParameters]) -> Iterable[ListedAgent]:
    """Those signed in to a queue who may take calls, if the caller may; some of them, if the body says which."""
    if not invocation.desk.state.talk_right:
        raise Refused(retcodes.NO_RIGHT_TO_QUERY, "only for agents who take inbound calls: see settalkright")
    skill_id = invocation.parameters.skillid
    found = [entry for entry in directory.signed_in(services) if skill_id in entry.skills and entry.takes_calls]
    wanted = invocation.body if isinstance(invocation.body, rows.AgentFilterBody) else rows.AgentFilterBody()
    if wanted.agent_status is not None:
        found = [entry for entry in found if entry.status in wanted.agent_status]
    return found[: wanted.agent_limit]


def _configured(services: CentreServices, invocation: Invocation[QueueParameters]) -> Iterable[ListedAgent]:
    skill_id = invocation.parameters.skillid
    everybody = directory.everybody(services)
    return [entry for entry in everybody if skill_id in (skill.id for skill in entry.agent.skills)]


def _named(services: CentreServices, invocation: Invocation[Any, rows.AgentListBody]) -> Iterable[ListedAgent]:
    return directory.of(services, invocation.body.agentlist)


def _named_or_all(services: CentreServices, invocation: Invocation[rows.AgentListParameters]) -> Iterable[ListedAgent]:
    """Agents named, or all that are signed in; with media types, those signed in to a queue of one of these."""
    asked = invocation.parameters
    found = directory.signed_in(services) if asked.agentlist is None else directory.of(services, asked.agentlist)
    wanted = {int(part) for part in asked.media_types.replace(",", ";").split(";") if part.strip().isdecimal()}
    declared = services.registry.skills()
    fitting = {skill_id for skill_id, skill in declared.items() if skill.mediatype in wanted}
    return [entry for entry in found if not wanted or not fitting.isdisjoint(entry.skills)]


def _signed_in(services: CentreServices, _invocation: Invocation) -> Iterable[ListedAgent]:
    return directory.signed_in(services)


def _everybody(services: CentreServices, _invocation: Invocation) -> Iterable[ListedAgent]:
    return directory.everybody(services)


def _idle(services: CentreServices, _invocation: Invocation) -> Iterable[ListedAgent]:
    return [entry for entry in directory.signed_in(services) if entry.state is State.IDLE]


def _in_status(services: CentreServices, invocation: Invocation[rows.StatusParameters]) -> Iterable[ListedAgent]:
    wanted = invocation.parameters.status
    if wanted == _SIGNED_IN:
        return directory.signed_in(services)
    state = State.IDLE if wanted == _LIKE_IDLE else wanted
    return [entry for entry in directory.everybody(services) if entry.status == state]


def _chatting(services: CentreServices, _invocation: Invocation) -> Iterable[ListedAgent]:
    world = services.world
    in_chat = {leg.agent_id for chat in world.activities.chats.values() for leg in chat.present()}
    return [entry for entry in directory.signed_in(services) if entry.agent.id in in_chat]


def _own_group(services: CentreServices, invocation: Invocation) -> Iterable[ListedAgent]:
    return directory.of(services, sorted(_group_of(services, invocation.desk.agent_id).agents))


def _group(services: CentreServices, invocation: Invocation[rows.GroupParameters]) -> Iterable[ListedAgent]:
    wanted = invocation.parameters.groupid
    if wanted is None:
        return _own_group(services, invocation)
    group = next((group for group in services.world.plan.groups if group.id == wanted), None)
    if group is None:
        raise Refused(retcodes.NO_SUCH_GROUP)
    return directory.of(services, sorted(group.agents))


LISTS: Final[dict[str, tuple[Who, Shape]]] = {
    "queryAgentInfoBySkillId": (_in_queue, AgentViews.info),
    "queryAgentIdsBySkillId": (_in_queue, AgentViews.id),
    "queryAgentInfoByConfigedSkillId": (_configured, AgentViews.info),
    "queryAgentInfoByList": (_named_or_all, AgentViews.info),
    "queryAgentInfoWithoutSkills": (_named, AgentViews.brief),
    "queryAllLoginedAgentInfoOnVdn": (_signed_in, AgentViews.info),
    "queryAllLoggedInAgentPhonesOnVdn": (_signed_in, AgentViews.phone),
    "getAllStatusAgents": (_everybody, AgentViews.brief),
    "getAllStatusLocalAgents": (_signed_in, AgentViews.brief),
    "queryAgentStatusAndTimeOnVDN": (_everybody, AgentViews.status_time),
    "getIdleStatusAgents": (_idle, AgentViews.name),
    "getAgentListByStatus": (_in_status, AgentViews.name),
    "getAllAgentsInTextChat": (_chatting, AgentViews.name),
    "queryAllAgentInfoOnMyGroup": (_own_group, AgentViews.info),
    "queryAllAgentInfoOnMyGroupEx": (_group, AgentViews.info),
}
"""Query -> which agents it is about, and what it tells of each."""


def _listing(services: CentreServices, who: Who, shape: Shape) -> Action:
    async def perform(invocation: Invocation) -> object:
        entries = who(services, invocation)
        views = AgentViews(services)
        return [shape(views, entry) for entry in entries]

    return perform


def _has_role(services: CentreServices, role: str) -> Action:
    async def perform(invocation: Invocation) -> object:
        return roles.has(services, invocation.desk.agent_id, role)

    return perform


def _group_of(services: CentreServices, agent_id: int) -> Team:
    group = services.world.plan.group_of(agent_id)
    if group is None:
        raise Refused(retcodes.NO_SUCH_GROUP, "the agent is in no group")
    return group


class _AgentGroup:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def may_call_out(self, invocation: Invocation) -> object:
        return invocation.desk.state.has_voice

    async def one(self, invocation: Invocation[OtherAgentParameters]) -> object:
        found = directory.of(self._services, [invocation.parameters.workno])
        if not found:
            raise Refused(retcodes.NO_SUCH_AGENT_INFO)
        return AgentViews(self._services).info(found[0])

    async def nodes(self, _invocation: Invocation) -> object:
        """The gateway node that each agent signed in to."""
        signed_in = directory.signed_in(self._services)
        return {str(entry.agent.id): self._services.node for entry in signed_in}

    async def status_and_skills(self, invocation: Invocation) -> object:
        state = invocation.desk.state
        return rows.StatusSkills(
            workno=str(invocation.desk.agent_id),
            status=str(status(state)),
            skills=AgentViews(self._services).queues(state.skills),
        )

    async def rest(self, invocation: Invocation) -> object:
        state = invocation.desk.state
        if state.state is not State.REST:
            return None
        return rows.RestDetail(
            rest_reason_id=state.reason,
            rest_reason=self._services.registry.rest_reasons().get(state.reason, ""),
            rest_time=max(0, state.rest_until_ms - state.since_ms) // 1000,
            left_time=max(0, ceil((state.rest_until_ms - self._services.roster.now_ms()) / 1000)),
        )

    async def rest_reasons(self, _invocation: Invocation) -> object:
        reasons = self._services.registry.rest_reasons()
        return [rows.RestReason(rest_reason_id=number, rest_reason=name) for number, name in reasons.items()]

    async def group_of_agent(self, invocation: Invocation[OtherAgentParameters]) -> object:
        agent_id = invocation.parameters.workno
        if self._services.registry.get(agent_id) is None:
            raise Refused(retcodes.GROUP_NO_AGENT)
        return self._info(_group_of(self._services, agent_id))

    async def groups(self, _invocation: Invocation) -> object:
        return [self._info(group) for group in self._services.world.plan.groups]

    def _info(self, group: Team) -> rows.GroupInfo:
        monitor = self._services.registry.get(group.monitor)
        name = monitor.name if monitor is not None else ""
        return rows.GroupInfo(id=group.id, name=group.name, monitorno=group.monitor, monitorname=name)
