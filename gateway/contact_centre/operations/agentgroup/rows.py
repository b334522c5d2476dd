"""The agentgroup group: queries about agents and groups."""

from functools import partial
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from gateway.interface.fields import AgentIds, Body, Ordinal, OtherAgentParameters, Parameters, QueueParameters
from gateway.interface.operation import Operation, query
from gateway.interface.results import Result, SkillQueue
from gateway.wire import retcodes

Status = Annotated[int, Field(ge=0, le=9)]
"""0 unknown, 2 signed out, 3 busy, 4 idle, 5 wrap-up, 7 talking, 8 rest, 9 rest applied for; 1 and 6 are reserved."""


class StatusParameters(Parameters):
    """`agentlistbystatus`."""

    status: Status


class GroupParameters(Parameters):
    """`agentongroupex`: a group, or the own one."""

    groupid: Ordinal | None = None


class AgentListParameters(Parameters):
    """`agentbylist`: no source shows how agents are named; without any, all that are signed in are meant."""

    agentlist: AgentIds | None = None
    media_types: str = Field("", max_length=100)


class AgentFilterBody(Body):
    """`agentbyskill` may carry a body with its GET: both members or none."""

    agent_limit: int | None = Field(None, ge=1, le=500)
    agent_status: tuple[Status, ...] | None = None

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.agent_limit is None) != (self.agent_status is None):
            raise ValueError("agentLimit and agentStatus go together")
        return self


class AgentListBody(Body):
    """`agentinfonoskills`."""

    agentlist: AgentIds = Field(examples=[["102", "103"]])


class AgentName(Result):
    """An agent by id and name."""

    workno: str
    name: str


class AgentBrief(AgentName):
    """An agent without its queues. `logindate` is ms since the epoch, `currentstatetime` s.

    `status` and `cti_status` are texts, as the example of the interface has them.
    """

    status: str
    cti_status: str
    groupid: int
    groupname: str
    mediatype: str
    vdnid: int
    phonenumber: str
    currentstatetime: int
    logindate: int
    in_multimedia_conf: int = 0
    current_state_reason: int = 0


class AgentInfo(AgentBrief):
    """An agent with the queues it is signed in to."""

    skilllist: list[SkillQueue]
    callids: list[str]


class StatusTime(Result):
    """An agent's status and for how many s."""

    workno: str
    status: str
    cti_status: str
    currentstatetime: int


class StatusSkills(Result):
    """Own status and queues."""

    workno: str
    status: str
    skills: list[SkillQueue]


class AgentPhone(Result):
    """The phone in use by an agent."""

    workno: str
    phonenumber: str


class RestReason(Result):
    """A rest cause and its name."""

    rest_reason_id: int
    rest_reason: str


class RestDetail(RestReason):
    """The rest under way: asked for and left, in s; left is 0 when it is over."""

    rest_time: int
    left_time: int


class GroupInfo(Result):
    """A group of agents. `monitorno` and `monitorname` are the agent who leads it, 0 and empty for none."""

    id: int
    name: str
    monitorno: int
    monitorname: str


_RIGHT = (retcodes.NO_RIGHT_TO_QUERY,)
_AGENT = (retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_SUCH_AGENT_INFO)
_GROUP = (retcodes.GROUP_NO_AGENT, retcodes.NO_SUCH_GROUP)
_NAMES = list[AgentName]
_BRIEFS = list[AgentBrief]
_INFOS = list[AgentInfo]
_OF_SKILL = QueueParameters


_query: Final = partial(query, "agentgroup")

AGENTS: tuple[Operation, ...] = (
    Operation(
        "queryAgentInfoBySkillId",
        "GET",
        "agentgroup/{agentid}/agentbyskill/{skillid}",
        "agents signed in to a skill queue",
        parameters=_OF_SKILL,
        body=AgentFilterBody,
        retcodes=_RIGHT,
        result=_INFOS,
    ),
    _query(
        "queryAgentInfoByWorkNo",
        "agentbyworkno/{workno}",
        "one agent",
        AgentInfo,
        _AGENT,
        OtherAgentParameters,
    ),
    _query("queryAgentInfoByList", "agentbylist", "several agents", _INFOS, _RIGHT, AgentListParameters),
    Operation(
        "queryAgentInfoWithoutSkills",
        "POST",
        "agentgroup/{agentid}/agentinfonoskills",
        "several agents, without queues",
        body=AgentListBody,
        retcodes=_RIGHT,
        result=_BRIEFS,
    ),
    _query(
        "queryAgentInfoByConfigedSkillId",
        "agentbyconfigedskill/{skillid}",
        "agents that a skill queue is configured for",
        _INFOS,
        _RIGHT,
        _OF_SKILL,
    ),
    _query(
        "queryAgentIdsBySkillId",
        "agentidsbyskill/{skillid}",
        "ids of agents signed in to a skill queue",
        list[str],
        _RIGHT,
        _OF_SKILL,
    ),
    _query("queryAllLoginedAgentInfoOnVdn", "onlineagentonvdn", "agents signed in to the VDN", _INFOS, _RIGHT),
    _query("queryAllLoggedInAgentPhonesOnVdn", "loggedinagentphoneonvdn", "their phones", list[AgentPhone], _RIGHT),
    _query(
        "queryAllAgentWasNameOnVdn", "agentwasnameonvdn", "gateway node of each signed-in agent", dict[str, str], _RIGHT
    ),
    _query("getAllStatusAgents", "allagentstatus", "all agents of the VDN", _BRIEFS, _RIGHT),
    _query("getAllStatusLocalAgents", "alllocalagentstatus", "agents signed in to this gateway", _BRIEFS, _RIGHT),
    _query("getIdleStatusAgents", "idleagent", "idle agents", _NAMES, _RIGHT),
    _query("getAgentListByStatus", "agentlistbystatus", "agents in a status", _NAMES, _RIGHT, StatusParameters),
    _query("getAllAgentsInTextChat", "allchatagents", "agents in a text chat", _NAMES, _RIGHT),
    _query("queryAgentStatusAndTimeOnVDN", "queryagentstatus", "status of all agents", list[StatusTime], _RIGHT),
    _query("queryAgentStatusAndSkill", "queryagentstatusandskill", "own status and queues", StatusSkills),
    _query("queryAgentRestDetailInfo", "agentrestinfo", "the own rest under way", RestDetail | None),
    _query("getAgentRestReason", "restreason", "rest causes of the VDN", list[RestReason]),
)

GROUPS: tuple[Operation, ...] = (
    _query("queryAllAgentInfoOnMyGroup", "agentongroup", "agents of the own group", _INFOS, _GROUP),
    _query("queryAllAgentInfoOnMyGroupEx", "agentongroupex", "agents of a group", _INFOS, _GROUP, GroupParameters),
    _query(
        "queryGroupInfoByWorkNo",
        "groupbyagent/{workno}",
        "the group of an agent",
        GroupInfo,
        _GROUP,
        OtherAgentParameters,
    ),
    _query("queryGroupInfoOnVdn", "grouponvdn", "groups of the VDN", list[GroupInfo], _GROUP),
)

RIGHTS: tuple[Operation, ...] = (
    _query("isCallOut", "iscallout", "may the agent call out", bool),
    _query("isCensor", "iscensor", "is the agent an inspector", bool),
    _query("isMonitor", "ismonitor", "may the agent watch others", bool),
    _query("isPickUp", "ispickup", "may the agent pick up calls of its group", bool),
    _query("isReportManager", "isreportmanager", "may the agent manage reports", bool),
    _query("isSpyMonitor", "isspymonitor", "may the agent watch others unnoticed", bool),
    _query("isSystem", "issystem", "is the agent an administrator", bool),
)

OPERATIONS: tuple[Operation, ...] = (*AGENTS, *GROUPS, *RIGHTS)
