"""Operations of the group querymonitor, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import TypedDict

from gateway.client.operations.shared import SkillStatistics
from gateway.client.request import Group, Wait


class Cluster(TypedDict):
    """A cluster of gateways and the names of its nodes."""

    clusterName: str
    nodes: list[str]


class AgentCluster(TypedDict):
    """Where an agent is signed in."""

    workno: str
    clusterName: str
    nodeName: str


class SystemState(TypedDict):
    """The VDN now: agents signed in and by state, calls that talk and calls that wait."""

    vdnid: int
    loggedOnAgents: int
    idleAgents: int
    busyAgents: int
    talkingAgents: int
    talkingCalls: int
    waitingCalls: int


class Querymonitor(Group):
    """Operations of `querymonitor`."""

    async def query_cluster_info(self) -> list[Cluster]:
        """Clusters of gateways (`queryClusterInfo`)."""
        result: list[Cluster] = await self._ask("queryClusterInfo", "GET", "querymonitor/{agentid}/clusterinfo")
        return result

    async def query_cluster_info_by_name(self, clustername: str) -> Cluster | None:
        """A cluster by name (`queryClusterInfoByName`)."""
        result: Cluster | None = await self._ask(
            "queryClusterInfoByName",
            "GET",
            "querymonitor/{agentid}/clusterinfobyname/{clustername}",
            {"clustername": clustername},
        )
        return result

    async def query_agent_cluster_info(self, workno: int) -> AgentCluster:
        """Where an agent is signed in (`queryAgentClusterInfo`). May be refused with NoRightToQuery,
        NoSuchAgentInfo.
        """
        result: AgentCluster = await self._ask(
            "queryAgentClusterInfo", "GET", "querymonitor/{agentid}/agentclusterinfo/{workno}", {"workno": workno}
        )
        return result

    async def query_all_agent_cluster_info(self) -> list[AgentCluster]:
        """Where all agents are signed in (`queryAllAgentClusterInfo`). May be refused with NoRightToQuery."""
        result: list[AgentCluster] = await self._ask(
            "queryAllAgentClusterInfo", "GET", "querymonitor/{agentid}/allagentclusterinfo"
        )
        return result

    async def query_server_time(self) -> int:
        """Time of the server, ms since the epoch (`queryServerTime`)."""
        result: int = await self._ask("queryServerTime", "GET", "querymonitor/{agentid}/servertime")
        return result

    async def set_agent_time_out(self, flag: bool) -> None:
        """Let the own session end after a silence or not (`setAgentTimeOut`). May be refused with
        NoRightToQuery.
        """
        await self._ask("setAgentTimeOut", "POST", "querymonitor/{agentid}/setagenttimeout/{flag}", {"flag": flag})

    async def set_max_chat_num(self, vdnid: int, chatnum: int, *, agents: Sequence[int] | None = None) -> None:
        """Limit the text chats of agents (`setMaxChatNum`). May be refused with NoRightToQuery."""
        await self._ask(
            "setMaxChatNum",
            "POST",
            "querymonitor/{agentid}/setmaxchatnum/{vdnid}/{chatnum}",
            {"vdnid": vdnid, "chatnum": chatnum, "agents": agents},
        )

    async def query_skills_statistic_info(self, skillid: int) -> SkillStatistics:
        """A queue in numbers (`querySkillsStatisticInfo`). May be refused with OwnVdnNoQueue."""
        result: SkillStatistics = await self._ask(
            "querySkillsStatisticInfo",
            "GET",
            "querymonitor/{agentid}/skillstatisticinfo/{skillid}",
            {"skillid": skillid},
        )
        return result

    async def query_system_state_info(self) -> SystemState:
        """The VDN in numbers (`querySystemStateInfo`)."""
        result: SystemState = await self._ask("querySystemStateInfo", "GET", "querymonitor/{agentid}/systemstate")
        return result

    async def query_sys_version(self) -> str:
        """Version of the server (`querySysVersion`)."""
        result: str = await self._ask("querySysVersion", "GET", "querymonitor/{agentid}/systemversion")
        return result


class BlockingQuerymonitor:
    """Operations of `querymonitor`, without await."""

    def __init__(self, group: Querymonitor, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def query_cluster_info(self) -> list[Cluster]:
        """Clusters of gateways (`queryClusterInfo`)."""
        return self._wait(self._group.query_cluster_info())

    def query_cluster_info_by_name(self, clustername: str) -> Cluster | None:
        """A cluster by name (`queryClusterInfoByName`)."""
        return self._wait(self._group.query_cluster_info_by_name(clustername))

    def query_agent_cluster_info(self, workno: int) -> AgentCluster:
        """Where an agent is signed in (`queryAgentClusterInfo`). May be refused with NoRightToQuery,
        NoSuchAgentInfo.
        """
        return self._wait(self._group.query_agent_cluster_info(workno))

    def query_all_agent_cluster_info(self) -> list[AgentCluster]:
        """Where all agents are signed in (`queryAllAgentClusterInfo`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_all_agent_cluster_info())

    def query_server_time(self) -> int:
        """Time of the server, ms since the epoch (`queryServerTime`)."""
        return self._wait(self._group.query_server_time())

    def set_agent_time_out(self, flag: bool) -> None:
        """Let the own session end after a silence or not (`setAgentTimeOut`). May be refused with
        NoRightToQuery.
        """
        self._wait(self._group.set_agent_time_out(flag))

    def set_max_chat_num(self, vdnid: int, chatnum: int, *, agents: Sequence[int] | None = None) -> None:
        """Limit the text chats of agents (`setMaxChatNum`). May be refused with NoRightToQuery."""
        self._wait(self._group.set_max_chat_num(vdnid, chatnum, agents=agents))

    def query_skills_statistic_info(self, skillid: int) -> SkillStatistics:
        """A queue in numbers (`querySkillsStatisticInfo`). May be refused with OwnVdnNoQueue."""
        return self._wait(self._group.query_skills_statistic_info(skillid))

    def query_system_state_info(self) -> SystemState:
        """The VDN in numbers (`querySystemStateInfo`)."""
        return self._wait(self._group.query_system_state_info())

    def query_sys_version(self) -> str:
        """Version of the server (`querySysVersion`)."""
        return self._wait(self._group.query_sys_version())
