"""The querymonitor group: the system, its clusters, limits (routes of real clients; no source shows a result)."""

from pydantic import Field

from gateway.interface.fields import AgentIds, Ordinal, OtherAgentParameters, Parameters, QueueParameters, TrueOrElse
from gateway.interface.operation import Operation
from gateway.interface.results import Result, SkillStatistics
from gateway.wire import retcodes

_RIGHT = (retcodes.NO_RIGHT_TO_QUERY,)


class ClusterParameters(Parameters):
    """A cluster of gateways by name."""

    clustername: str = Field(min_length=1, max_length=64, examples=["AgentGateway"])


class TimeOutParameters(Parameters):
    """`setagenttimeout`: true lets the own session end after a silence, any other text does not."""

    flag: TrueOrElse = Field(examples=["true"])


class MaxChatParameters(Parameters):
    """`setmaxchatnum`: most text chats at a time, of the agents named or of all of the VDN."""

    vdnid: Ordinal
    chatnum: Ordinal
    agents: AgentIds | None = None


class Cluster(Result):
    """A cluster of gateways and the names of its nodes."""

    cluster_name: str
    nodes: list[str]


class AgentCluster(Result):
    """Where an agent is signed in."""

    workno: str
    cluster_name: str
    node_name: str


class SystemState(Result):
    """The VDN now: agents signed in and by state, calls that talk and calls that wait."""

    vdnid: int
    logged_on_agents: int
    idle_agents: int
    busy_agents: int
    talking_agents: int
    talking_calls: int
    waiting_calls: int


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "queryClusterInfo", "GET", "querymonitor/{agentid}/clusterinfo", "clusters of gateways", result=list[Cluster]
    ),
    Operation(
        "queryClusterInfoByName",
        "GET",
        "querymonitor/{agentid}/clusterinfobyname/{clustername}",
        "a cluster by name",
        parameters=ClusterParameters,
        result=Cluster | None,
    ),
    Operation(
        "queryAgentClusterInfo",
        "GET",
        "querymonitor/{agentid}/agentclusterinfo/{workno}",
        "where an agent is signed in",
        parameters=OtherAgentParameters,
        retcodes=(retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_SUCH_AGENT_INFO),
        result=AgentCluster,
    ),
    Operation(
        "queryAllAgentClusterInfo",
        "GET",
        "querymonitor/{agentid}/allagentclusterinfo",
        "where all agents are signed in",
        retcodes=_RIGHT,
        result=list[AgentCluster],
    ),
    Operation(
        "queryServerTime",
        "GET",
        "querymonitor/{agentid}/servertime",
        "time of the server, ms since the epoch",
        result=int,
    ),
    Operation(
        "setAgentTimeOut",
        "POST",
        "querymonitor/{agentid}/setagenttimeout/{flag}",
        "let the own session end after a silence or not",
        parameters=TimeOutParameters,
        retcodes=_RIGHT,
    ),
    Operation(
        "setMaxChatNum",
        "POST",
        "querymonitor/{agentid}/setmaxchatnum/{vdnid}/{chatnum}",
        "limit the text chats of agents",
        parameters=MaxChatParameters,
        retcodes=_RIGHT,
    ),
    Operation(
        "querySkillsStatisticInfo",
        "GET",
        "querymonitor/{agentid}/skillstatisticinfo/{skillid}",
        "a queue in numbers",
        parameters=QueueParameters,
        retcodes=(retcodes.OWN_VDN_NO_QUEUE,),
        result=SkillStatistics,
    ),
    Operation(
        "querySystemStateInfo", "GET", "querymonitor/{agentid}/systemstate", "the VDN in numbers", result=SystemState
    ),
    Operation("querySysVersion", "GET", "querymonitor/{agentid}/systemversion", "version of the server", result=str),
)
