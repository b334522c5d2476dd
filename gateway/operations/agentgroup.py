"""The agentgroup group: queries about agents and groups (contract agentgroup.yaml)."""

from typing import Any

from gateway.operations import agentgroup_models as models
from gateway.operations.fields import Parameters
from gateway.operations.operation import Operation
from gateway.operations.parameters import OtherAgentParameters, QueueParameters
from gateway.wire import retcodes

_RIGHT = (retcodes.NO_RIGHT_TO_QUERY,)
_AGENT = (retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_SUCH_AGENT_INFO)
_GROUP = (retcodes.GROUP_NO_AGENT, retcodes.NO_SUCH_GROUP)
_NAMES = list[models.AgentName]
_BRIEFS = list[models.AgentBrief]
_INFOS = list[models.AgentInfo]
_OF_SKILL = QueueParameters


def _query(
    name: str,
    action: str,
    summary: str,
    result: Any,
    codes: tuple[str, ...] = (),
    parameters: type[Parameters] = Parameters,
) -> Operation:
    path = f"agentgroup/{{agentid}}/{action}"
    return Operation(name, "GET", path, summary, parameters=parameters, retcodes=codes, result=result)


AGENTS: tuple[Operation, ...] = (
    Operation(
        "queryAgentInfoBySkillId",
        "GET",
        "agentgroup/{agentid}/agentbyskill/{skillid}",
        "agents signed in to a skill queue",
        parameters=_OF_SKILL,
        body=models.AgentFilterBody,
        retcodes=_RIGHT,
        result=_INFOS,
    ),
    _query(
        "queryAgentInfoByWorkNo",
        "agentbyworkno/{workno}",
        "one agent",
        models.AgentInfo,
        _AGENT,
        OtherAgentParameters,
    ),
    _query("queryAgentInfoByList", "agentbylist", "several agents", _INFOS, _RIGHT, models.AgentListParameters),
    Operation(
        "queryAgentInfoWithoutSkills",
        "POST",
        "agentgroup/{agentid}/agentinfonoskills",
        "several agents, without queues",
        body=models.AgentListBody,
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
    _query(
        "queryAllLoggedInAgentPhonesOnVdn", "loggedinagentphoneonvdn", "their phones", list[models.AgentPhone], _RIGHT
    ),
    _query(
        "queryAllAgentWasNameOnVdn", "agentwasnameonvdn", "gateway node of each signed-in agent", dict[str, str], _RIGHT
    ),
    _query("getAllStatusAgents", "allagentstatus", "all agents of the VDN", _BRIEFS, _RIGHT),
    _query("getAllStatusLocalAgents", "alllocalagentstatus", "agents signed in to this gateway", _BRIEFS, _RIGHT),
    _query("getIdleStatusAgents", "idleagent", "idle agents", _NAMES, _RIGHT),
    _query("getAgentListByStatus", "agentlistbystatus", "agents in a status", _NAMES, _RIGHT, models.StatusParameters),
    _query("getAllAgentsInTextChat", "allchatagents", "agents in a text chat", _NAMES, _RIGHT),
    _query("queryAgentStatusAndTimeOnVDN", "queryagentstatus", "status of all agents", list[models.StatusTime], _RIGHT),
    _query("queryAgentStatusAndSkill", "queryagentstatusandskill", "own status and queues", models.StatusSkills),
    _query("queryAgentRestDetailInfo", "agentrestinfo", "the own rest under way", models.RestDetail | None),
    _query("getAgentRestReason", "restreason", "rest causes of the VDN", list[models.RestReason]),
)

GROUPS: tuple[Operation, ...] = (
    _query("queryAllAgentInfoOnMyGroup", "agentongroup", "agents of the own group", _INFOS, _GROUP),
    _query(
        "queryAllAgentInfoOnMyGroupEx", "agentongroupex", "agents of a group", _INFOS, _GROUP, models.GroupParameters
    ),
    _query(
        "queryGroupInfoByWorkNo",
        "groupbyagent/{workno}",
        "the group of an agent",
        models.GroupInfo,
        _GROUP,
        OtherAgentParameters,
    ),
    _query("queryGroupInfoOnVdn", "grouponvdn", "groups of the VDN", list[models.GroupInfo], _GROUP),
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
