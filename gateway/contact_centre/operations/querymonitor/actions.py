"""Queries about the gateways and the whole VDN, and limits of sessions (rows of `operations/querymonitor.py`)."""

from collections.abc import Iterable

from gateway import __version__
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Call as InCall
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import directory, roles
from gateway.contact_centre.operations.directory import ListedAgent, statistics
from gateway.contact_centre.operations.querymonitor.rows import (
    AgentCluster,
    Cluster,
    ClusterParameters,
    MaxChatParameters,
    SystemState,
    TimeOutParameters,
)
from gateway.interface.fields import OtherAgentParameters, QueueParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _QueryMonitor(services)
    return {
        "queryClusterInfo": group.clusters,
        "queryClusterInfoByName": group.cluster,
        "queryAgentClusterInfo": group.where_agent,
        "queryAllAgentClusterInfo": group.where_all,
        "queryServerTime": group.time,
        "setAgentTimeOut": group.set_time_out,
        "setMaxChatNum": group.set_max_chats,
        "querySkillsStatisticInfo": group.queue,
        "querySystemStateInfo": group.system,
        "querySysVersion": group.version,
    }


class _QueryMonitor:
    def __init__(self, services: CentreServices) -> None:
        self._services = services
        self._cluster = services.cluster

    async def clusters(self, _invocation: Invocation) -> object:
        return [self._this_cluster()]

    async def cluster(self, invocation: Invocation[ClusterParameters]) -> object:
        known = invocation.parameters.clustername == self._cluster
        return self._this_cluster() if known else None

    def _this_cluster(self) -> Cluster:
        """The nodes that have agents, that of who asks among them."""
        nodes = {self._services.node for entry in directory.signed_in(self._services) if entry.here}
        return Cluster(cluster_name=self._cluster, nodes=sorted(nodes))

    async def where_agent(self, invocation: Invocation[OtherAgentParameters]) -> object:
        found = self._where(directory.of(self._services, [invocation.parameters.workno]))
        if not found:
            raise Refused(retcodes.NO_SUCH_AGENT_INFO, "this agent is not signed in, or not known")
        return found[0]

    async def where_all(self, _invocation: Invocation) -> object:
        return self._where(directory.signed_in(self._services))

    def _where(self, entries: Iterable[ListedAgent]) -> list[AgentCluster]:
        return [
            AgentCluster(workno=str(entry.agent.id), cluster_name=self._cluster, node_name=self._services.node)
            for entry in entries
            if entry.here
        ]

    async def time(self, _invocation: Invocation) -> object:
        return self._services.roster.now_ms()

    async def version(self, _invocation: Invocation) -> object:
        return __version__

    async def set_time_out(self, invocation: Invocation[TimeOutParameters]) -> object:
        """Whether the session of who asks ends after a silence longer than its limit."""
        roles.require(self._services, invocation, retcodes.NO_RIGHT_TO_QUERY, roles.SYSTEM)
        desk = invocation.desk
        self._services.sink.may_be_silent(desk.agent_id, desk.session_id, not invocation.parameters.flag)
        return NOTHING

    async def set_max_chats(self, invocation: Invocation[MaxChatParameters]) -> object:
        """For the sessions of the agents named, or of all who are signed in."""
        roles.require(self._services, invocation, retcodes.NO_RIGHT_TO_QUERY, roles.SYSTEM)
        wanted = invocation.parameters
        if wanted.vdnid != self._services.world.plan.vdn_id:
            raise Refused(retcodes.BAD_PARAMETER, "vdnid: is not the VDN of this agent")
        named = wanted.agents
        for entry in directory.signed_in(self._services) if named is None else directory.of(self._services, named):
            if entry.here is not None:
                self._services.roster.set(entry.here, max_chats=wanted.chatnum)
        return NOTHING

    async def queue(self, invocation: Invocation[QueueParameters]) -> object:
        skill = self._services.registry.skills().get(invocation.parameters.skillid)
        if skill is None:
            raise Refused(retcodes.OWN_VDN_NO_QUEUE, "there is no such skill queue in the VDN")
        return statistics(self._services, skill, directory.signed_in(self._services))

    async def system(self, _invocation: Invocation) -> object:
        world = self._services.world
        states = [entry.state for entry in directory.signed_in(self._services)]
        return SystemState(
            vdnid=world.plan.vdn_id,
            logged_on_agents=len(states),
            idle_agents=states.count(State.IDLE),
            busy_agents=states.count(State.BUSY),
            talking_agents=states.count(State.TALKING),
            talking_calls=sum(map(_talks, world.calls.values())) + len(world.activities.conferences),
            waiting_calls=len(world.waiting_calls()),
        )


def _talks(call: InCall) -> bool:
    """Whether an agent talks, or has talked, in this call. Conferences are counted on their own."""
    return any(leg.talking_since_ms for leg in call.agents())
