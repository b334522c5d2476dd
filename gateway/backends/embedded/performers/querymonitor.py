"""Queries about the gateways and the whole VDN, and limits of sessions (rows of `operations/querymonitor.py`)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from gateway import __version__
from gateway.backends.base import Call
from gateway.backends.embedded.core.model import Call as InCall
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import rights, roll
from gateway.backends.embedded.performers.queue_views import statistics
from gateway.backends.embedded.performers.roll import Entry
from gateway.operations.parameters import OtherAgentParameters, QueueParameters
from gateway.operations.querymonitor import (
    AgentCluster,
    Cluster,
    ClusterParameters,
    MaxChatParameters,
    SystemState,
    TimeOutParameters,
)
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def performers(parts: Parts, cluster: str) -> dict[str, Performer]:
    """By operation name; `cluster` is the name that sign-in tells as serverName."""
    group = _QueryMonitor(parts, cluster)
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
    def __init__(self, parts: Parts, cluster: str) -> None:
        self._parts = parts
        self._cluster = cluster

    async def clusters(self, _call: Call) -> object:
        return [await self._this_cluster()]

    async def cluster(self, call: Call) -> object:
        known = cast(ClusterParameters, call.parameters).clustername == self._cluster
        return await self._this_cluster() if known else None

    async def _this_cluster(self) -> Cluster:
        """The nodes that have agents, the caller's among them."""
        nodes = {entry.here.session.node for entry in await roll.signed_in(self._parts) if entry.here}
        return Cluster(cluster_name=self._cluster, nodes=sorted(nodes))

    async def where_agent(self, call: Call) -> object:
        found = self._where(await roll.of(self._parts, [cast(OtherAgentParameters, call.parameters).workno]))
        if not found:
            raise Refused(retcodes.NO_SUCH_AGENT_INFO, "this agent is not signed in, or not known")
        return found[0]

    async def where_all(self, _call: Call) -> object:
        return self._where(await roll.signed_in(self._parts))

    def _where(self, entries: Iterable[Entry]) -> list[AgentCluster]:
        return [
            AgentCluster(workno=str(entry.agent.id), cluster_name=self._cluster, node_name=entry.here.session.node)
            for entry in entries
            if entry.here
        ]

    async def time(self, _call: Call) -> object:
        return self._parts.records.now_ms()

    async def version(self, _call: Call) -> object:
        return __version__

    async def set_time_out(self, call: Call) -> object:
        """Whether the caller's own session ends after a silence longer than its limit."""
        rights.require(self._parts, call, retcodes.NO_RIGHT_TO_QUERY, rights.SYSTEM)
        await self._set(call.record.agent_id, call.session_id, runs_out=cast(TimeOutParameters, call.parameters).flag)
        return NOTHING

    async def set_max_chats(self, call: Call) -> object:
        """For the sessions of the agents named, or of all who are signed in."""
        rights.require(self._parts, call, retcodes.NO_RIGHT_TO_QUERY, rights.SYSTEM)
        wanted = cast(MaxChatParameters, call.parameters)
        if wanted.vdnid != self._parts.world.plan.vdn_id:
            raise Refused(retcodes.BAD_PARAMETER, "vdnid: is not the VDN of this agent")
        named = wanted.agents
        for entry in await (roll.signed_in(self._parts) if named is None else roll.of(self._parts, named)):
            if entry.here is not None:
                with suppress(Refused):
                    await self._set(entry.agent.id, entry.here.session.id, max_chats=wanted.chatnum)
        return NOTHING

    async def _set(self, agent_id: int, session_id: str, **fields: Any) -> None:
        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, **fields), ()

        await self._parts.records.change(agent_id, session_id, change)

    async def queue(self, call: Call) -> object:
        skill = self._parts.registry.skills().get(cast(QueueParameters, call.parameters).skillid)
        if skill is None:
            raise Refused(retcodes.OWN_VDN_NO_QUEUE, "there is no such skill queue in the VDN")
        return statistics(self._parts, skill, await roll.signed_in(self._parts))

    async def system(self, _call: Call) -> object:
        world = self._parts.world
        states = [entry.state for entry in await roll.signed_in(self._parts)]
        return SystemState(
            vdnid=world.plan.vdn_id,
            logged_on_agents=len(states),
            idle_agents=states.count(State.IDLE),
            busy_agents=states.count(State.BUSY),
            talking_agents=states.count(State.TALKING),
            talking_calls=sum(map(_talks, world.calls.values())) + len(world.besides.conferences),
            waiting_calls=len(world.waiting_calls()),
        )


def _talks(call: InCall) -> bool:
    """Whether an agent talks, or has talked, in this call. Conferences are counted on their own."""
    return any(leg.talking_since_ms for leg in call.agents())
