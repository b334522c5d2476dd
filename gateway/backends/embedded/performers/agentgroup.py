"""Queries about agents and groups (contract agentgroup.yaml): who is meant, and what is told of each."""

from collections.abc import Awaitable, Callable, Iterable
from math import ceil
from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core.plan import Group
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import rights, roll
from gateway.backends.embedded.performers.agent_status import status
from gateway.backends.embedded.performers.agent_views import AgentViews
from gateway.backends.embedded.performers.roll import Entry
from gateway.operations import agentgroup_models as models
from gateway.operations.parameters import OtherAgentParameters, QueueParameters
from gateway.sessions.agent_state import State
from gateway.wire import retcodes
from gateway.wire.errors import Refused

Who = Callable[[Parts, Call], Awaitable[Iterable[Entry]]]
Shape = Callable[[AgentViews, Entry], object]

_SIGNED_IN, _LIKE_IDLE = 1, 6
RIGHTS: Final = {
    "isCensor": rights.INSPECTOR,
    "isMonitor": rights.INSPECTOR,
    "isSpyMonitor": rights.INSPECTOR,
    "isPickUp": rights.PICKUP,
    "isReportManager": rights.REPORTS,
    "isSystem": rights.SYSTEM,
}
"""Question about a right -> the role that gives it."""


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _AgentGroup(parts)
    lists = {name: _listing(parts, who, shape) for name, (who, shape) in LISTS.items()}
    roles = {name: _has_role(parts, role) for name, role in RIGHTS.items()}
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


async def _in_queue(parts: Parts, call: Call) -> Iterable[Entry]:
    """Those signed in to a queue who may take calls, if the caller may; some of them, if the body says which."""
    if not call.record.state.talk_right:
        raise Refused(retcodes.NO_RIGHT_TO_QUERY, "only for agents who take inbound calls: see settalkright")
    skill_id = cast(QueueParameters, call.parameters).skillid
    found = [entry for entry in await roll.signed_in(parts) if skill_id in entry.skills and entry.takes_calls]
    wanted = call.body if isinstance(call.body, models.AgentFilterBody) else models.AgentFilterBody()
    if wanted.agent_status is not None:
        found = [entry for entry in found if entry.status in wanted.agent_status]
    return found[: wanted.agent_limit]


async def _configured(parts: Parts, call: Call) -> Iterable[Entry]:
    skill_id = cast(QueueParameters, call.parameters).skillid
    everybody = await roll.everybody(parts)
    return [entry for entry in everybody if skill_id in (skill.id for skill in entry.agent.skills)]


async def _named(parts: Parts, call: Call) -> Iterable[Entry]:
    return await roll.of(parts, cast(models.AgentListBody, call.body).agentlist)


async def _named_or_all(parts: Parts, call: Call) -> Iterable[Entry]:
    """Agents named, or all that are signed in; with media types, those signed in to a queue of one of these."""
    asked = cast(models.AgentListParameters, call.parameters)
    found = await (roll.signed_in(parts) if asked.agentlist is None else roll.of(parts, asked.agentlist))
    wanted = {int(part) for part in asked.media_types.replace(",", ";").split(";") if part.strip().isdecimal()}
    declared = parts.registry.skills()
    fitting = {skill_id for skill_id, skill in declared.items() if skill.mediatype in wanted}
    return [entry for entry in found if not wanted or not fitting.isdisjoint(entry.skills)]


async def _signed_in(parts: Parts, _call: Call) -> Iterable[Entry]:
    return await roll.signed_in(parts)


async def _everybody(parts: Parts, _call: Call) -> Iterable[Entry]:
    return await roll.everybody(parts)


async def _of_this_node(parts: Parts, call: Call) -> Iterable[Entry]:
    """Those who signed in to the same gateway as the caller."""
    node = call.record.session.node if call.record.session else ""
    return [entry for entry in await roll.signed_in(parts) if entry.here and entry.here.session.node == node]


async def _idle(parts: Parts, _call: Call) -> Iterable[Entry]:
    return [entry for entry in await roll.signed_in(parts) if entry.state is State.IDLE]


async def _in_status(parts: Parts, call: Call) -> Iterable[Entry]:
    wanted = cast(models.StatusParameters, call.parameters).status
    if wanted == _SIGNED_IN:
        return await roll.signed_in(parts)
    state = State.IDLE if wanted == _LIKE_IDLE else wanted
    return [entry for entry in await roll.everybody(parts) if entry.status == state]


async def _chatting(parts: Parts, _call: Call) -> Iterable[Entry]:
    world = parts.world
    in_chat = {leg.agent_id for chat in world.besides.chats.values() for leg in chat.present()}
    return [entry for entry in await roll.signed_in(parts) if entry.agent.id in in_chat]


async def _own_group(parts: Parts, call: Call) -> Iterable[Entry]:
    return await roll.of(parts, sorted(_group_of(parts, call.record.agent_id).agents))


async def _group(parts: Parts, call: Call) -> Iterable[Entry]:
    wanted = cast(models.GroupParameters, call.parameters).groupid
    if wanted is None:
        return await _own_group(parts, call)
    group = next((group for group in parts.world.plan.groups if group.id == wanted), None)
    if group is None:
        raise Refused(retcodes.NO_SUCH_GROUP)
    return await roll.of(parts, sorted(group.agents))


LISTS: Final[dict[str, tuple[Who, Shape]]] = {
    "queryAgentInfoBySkillId": (_in_queue, AgentViews.info),
    "queryAgentIdsBySkillId": (_in_queue, AgentViews.id),
    "queryAgentInfoByConfigedSkillId": (_configured, AgentViews.info),
    "queryAgentInfoByList": (_named_or_all, AgentViews.info),
    "queryAgentInfoWithoutSkills": (_named, AgentViews.brief),
    "queryAllLoginedAgentInfoOnVdn": (_signed_in, AgentViews.info),
    "queryAllLoggedInAgentPhonesOnVdn": (_signed_in, AgentViews.phone),
    "getAllStatusAgents": (_everybody, AgentViews.brief),
    "getAllStatusLocalAgents": (_of_this_node, AgentViews.brief),
    "queryAgentStatusAndTimeOnVDN": (_everybody, AgentViews.status_time),
    "getIdleStatusAgents": (_idle, AgentViews.name),
    "getAgentListByStatus": (_in_status, AgentViews.name),
    "getAllAgentsInTextChat": (_chatting, AgentViews.name),
    "queryAllAgentInfoOnMyGroup": (_own_group, AgentViews.info),
    "queryAllAgentInfoOnMyGroupEx": (_group, AgentViews.info),
}
"""Query -> which agents it is about, and what it tells of each."""


def _listing(parts: Parts, who: Who, shape: Shape) -> Performer:
    async def perform(call: Call) -> object:
        entries = await who(parts, call)
        views = AgentViews(parts)
        return [shape(views, entry) for entry in entries]

    return perform


def _has_role(parts: Parts, role: str) -> Performer:
    async def perform(call: Call) -> object:
        return rights.has(parts, call.record.agent_id, role)

    return perform


def _group_of(parts: Parts, agent_id: int) -> Group:
    group = parts.world.plan.group_of(agent_id)
    if group is None:
        raise Refused(retcodes.NO_SUCH_GROUP, "the agent is in no group")
    return group


class _AgentGroup:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def may_call_out(self, call: Call) -> object:
        return rights.has_voice(call.record.state)

    async def one(self, call: Call) -> object:
        found = await roll.of(self._parts, [cast(OtherAgentParameters, call.parameters).workno])
        if not found:
            raise Refused(retcodes.NO_SUCH_AGENT_INFO)
        return AgentViews(self._parts).info(found[0])

    async def nodes(self, _call: Call) -> object:
        """The gateway node that each agent signed in to."""
        signed_in = await roll.signed_in(self._parts)
        return {str(entry.agent.id): entry.here.session.node for entry in signed_in if entry.here}

    async def status_and_skills(self, call: Call) -> object:
        state = call.record.state
        return models.StatusSkills(
            workno=str(call.record.agent_id),
            status=str(status(state)),
            skills=AgentViews(self._parts).queues(state.skills),
        )

    async def rest(self, call: Call) -> object:
        state = call.record.state
        if state.state is not State.REST:
            return None
        return models.RestDetail(
            rest_reason_id=state.reason,
            rest_reason=self._parts.registry.rest_reasons().get(state.reason, ""),
            rest_time=max(0, state.rest_until_ms - state.since_ms) // 1000,
            left_time=max(0, ceil((state.rest_until_ms - self._parts.records.now_ms()) / 1000)),
        )

    async def rest_reasons(self, _call: Call) -> object:
        reasons = self._parts.registry.rest_reasons()
        return [models.RestReason(rest_reason_id=number, rest_reason=name) for number, name in reasons.items()]

    async def group_of_agent(self, call: Call) -> object:
        agent_id = cast(OtherAgentParameters, call.parameters).workno
        if self._parts.registry.get(agent_id) is None:
            raise Refused(retcodes.GROUP_NO_AGENT)
        return self._info(_group_of(self._parts, agent_id))

    async def groups(self, _call: Call) -> object:
        return [self._info(group) for group in self._parts.world.plan.groups]

    def _info(self, group: Group) -> models.GroupInfo:
        monitor = self._parts.registry.get(group.monitor)
        name = monitor.name if monitor is not None else ""
        return models.GroupInfo(id=group.id, name=group.name, monitorno=group.monitor, monitorname=name)
