"""Operations of the group agentgroup, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from gateway.client.operations.shared import AgentBrief, SkillQueue
from gateway.client.request import Group, Wait


class AgentInfo(TypedDict):
    """An agent with the queues it is signed in to."""

    workno: str
    name: str
    status: str
    ctiStatus: str
    groupid: int
    groupname: str
    mediatype: str
    vdnid: int
    phonenumber: str
    currentstatetime: int
    logindate: int
    inMultimediaConf: NotRequired[int]
    currentStateReason: NotRequired[int]
    skilllist: list[SkillQueue]
    callids: list[str]


class AgentPhone(TypedDict):
    """The phone in use by an agent."""

    workno: str
    phonenumber: str


class AgentName(TypedDict):
    """An agent by id and name."""

    workno: str
    name: str


class StatusTime(TypedDict):
    """An agent's status and for how many s."""

    workno: str
    status: str
    ctiStatus: str
    currentstatetime: int


class StatusSkills(TypedDict):
    """Own status and queues."""

    workno: str
    status: str
    skills: list[SkillQueue]


class RestDetail(TypedDict):
    """The rest under way: asked for and left, in s; left is 0 when it is over."""

    restReasonId: int
    restReason: str
    restTime: int
    leftTime: int


class RestReason(TypedDict):
    """A rest cause and its name."""

    restReasonId: int
    restReason: str


class GroupInfo(TypedDict):
    """A group of agents. `monitorno` and `monitorname` are the agent who leads it, 0 and empty for none."""

    id: int
    name: str
    monitorno: int
    monitorname: str


class Agentgroup(Group):
    """Operations of `agentgroup`."""

    async def query_agent_info_by_skill_id(
        self, skillid: int, *, agent_limit: int | None = None, agent_status: Sequence[int] | None = None
    ) -> list[AgentInfo]:
        """Agents signed in to a skill queue (`queryAgentInfoBySkillId`). May be refused with NoRightToQuery."""
        result: list[AgentInfo] = await self._ask(
            "queryAgentInfoBySkillId",
            "GET",
            "agentgroup/{agentid}/agentbyskill/{skillid}",
            {"skillid": skillid},
            body={"agentLimit": agent_limit, "agentStatus": agent_status},
        )
        return result

    async def query_agent_info_by_work_no(self, workno: int) -> AgentInfo:
        """One agent (`queryAgentInfoByWorkNo`). May be refused with NoRightToQuery, NoSuchAgentInfo."""
        result: AgentInfo = await self._ask(
            "queryAgentInfoByWorkNo", "GET", "agentgroup/{agentid}/agentbyworkno/{workno}", {"workno": workno}
        )
        return result

    async def query_agent_info_by_list(
        self, *, agentlist: Sequence[int] | None = None, media_types: str | None = None
    ) -> list[AgentInfo]:
        """Several agents (`queryAgentInfoByList`). May be refused with NoRightToQuery."""
        result: list[AgentInfo] = await self._ask(
            "queryAgentInfoByList",
            "GET",
            "agentgroup/{agentid}/agentbylist",
            {"agentlist": agentlist, "mediaTypes": media_types},
        )
        return result

    async def query_agent_info_without_skills(self, agentlist: Sequence[int]) -> list[AgentBrief]:
        """Several agents, without queues (`queryAgentInfoWithoutSkills`). May be refused with NoRightToQuery."""
        result: list[AgentBrief] = await self._ask(
            "queryAgentInfoWithoutSkills",
            "POST",
            "agentgroup/{agentid}/agentinfonoskills",
            body={"agentlist": agentlist},
        )
        return result

    async def query_agent_info_by_configed_skill_id(self, skillid: int) -> list[AgentInfo]:
        """Agents that a skill queue is configured for (`queryAgentInfoByConfigedSkillId`). May be refused with
        NoRightToQuery.
        """
        result: list[AgentInfo] = await self._ask(
            "queryAgentInfoByConfigedSkillId",
            "GET",
            "agentgroup/{agentid}/agentbyconfigedskill/{skillid}",
            {"skillid": skillid},
        )
        return result

    async def query_agent_ids_by_skill_id(self, skillid: int) -> list[str]:
        """Ids of agents signed in to a skill queue (`queryAgentIdsBySkillId`). May be refused with
        NoRightToQuery.
        """
        result: list[str] = await self._ask(
            "queryAgentIdsBySkillId", "GET", "agentgroup/{agentid}/agentidsbyskill/{skillid}", {"skillid": skillid}
        )
        return result

    async def query_all_logined_agent_info_on_vdn(self) -> list[AgentInfo]:
        """Agents signed in to the VDN (`queryAllLoginedAgentInfoOnVdn`). May be refused with NoRightToQuery."""
        result: list[AgentInfo] = await self._ask(
            "queryAllLoginedAgentInfoOnVdn", "GET", "agentgroup/{agentid}/onlineagentonvdn"
        )
        return result

    async def query_all_logged_in_agent_phones_on_vdn(self) -> list[AgentPhone]:
        """Their phones (`queryAllLoggedInAgentPhonesOnVdn`). May be refused with NoRightToQuery."""
        result: list[AgentPhone] = await self._ask(
            "queryAllLoggedInAgentPhonesOnVdn", "GET", "agentgroup/{agentid}/loggedinagentphoneonvdn"
        )
        return result

    async def query_all_agent_was_name_on_vdn(self) -> dict[str, Any]:
        """Gateway node of each signed-in agent (`queryAllAgentWasNameOnVdn`). May be refused with
        NoRightToQuery.
        """
        result: dict[str, Any] = await self._ask(
            "queryAllAgentWasNameOnVdn", "GET", "agentgroup/{agentid}/agentwasnameonvdn"
        )
        return result

    async def get_all_status_agents(self) -> list[AgentBrief]:
        """All agents of the VDN (`getAllStatusAgents`). May be refused with NoRightToQuery."""
        result: list[AgentBrief] = await self._ask("getAllStatusAgents", "GET", "agentgroup/{agentid}/allagentstatus")
        return result

    async def get_all_status_local_agents(self) -> list[AgentBrief]:
        """Agents signed in to this gateway (`getAllStatusLocalAgents`). May be refused with NoRightToQuery."""
        result: list[AgentBrief] = await self._ask(
            "getAllStatusLocalAgents", "GET", "agentgroup/{agentid}/alllocalagentstatus"
        )
        return result

    async def get_idle_status_agents(self) -> list[AgentName]:
        """Idle agents (`getIdleStatusAgents`). May be refused with NoRightToQuery."""
        result: list[AgentName] = await self._ask("getIdleStatusAgents", "GET", "agentgroup/{agentid}/idleagent")
        return result

    async def get_agent_list_by_status(self, status: int) -> list[AgentName]:
        """Agents in a status (`getAgentListByStatus`). May be refused with NoRightToQuery."""
        result: list[AgentName] = await self._ask(
            "getAgentListByStatus", "GET", "agentgroup/{agentid}/agentlistbystatus", {"status": status}
        )
        return result

    async def get_all_agents_in_text_chat(self) -> list[AgentName]:
        """Agents in a text chat (`getAllAgentsInTextChat`). May be refused with NoRightToQuery."""
        result: list[AgentName] = await self._ask("getAllAgentsInTextChat", "GET", "agentgroup/{agentid}/allchatagents")
        return result

    async def query_agent_status_and_time_on_vdn(self) -> list[StatusTime]:
        """Status of all agents (`queryAgentStatusAndTimeOnVDN`). May be refused with NoRightToQuery."""
        result: list[StatusTime] = await self._ask(
            "queryAgentStatusAndTimeOnVDN", "GET", "agentgroup/{agentid}/queryagentstatus"
        )
        return result

    async def query_agent_status_and_skill(self) -> StatusSkills:
        """Own status and queues (`queryAgentStatusAndSkill`)."""
        result: StatusSkills = await self._ask(
            "queryAgentStatusAndSkill", "GET", "agentgroup/{agentid}/queryagentstatusandskill"
        )
        return result

    async def query_agent_rest_detail_info(self) -> RestDetail | None:
        """The own rest under way (`queryAgentRestDetailInfo`)."""
        result: RestDetail | None = await self._ask(
            "queryAgentRestDetailInfo", "GET", "agentgroup/{agentid}/agentrestinfo"
        )
        return result

    async def get_agent_rest_reason(self) -> list[RestReason]:
        """Rest causes of the VDN (`getAgentRestReason`)."""
        result: list[RestReason] = await self._ask("getAgentRestReason", "GET", "agentgroup/{agentid}/restreason")
        return result

    async def query_all_agent_info_on_my_group(self) -> list[AgentInfo]:
        """Agents of the own group (`queryAllAgentInfoOnMyGroup`). May be refused with GroupNoAgent, NoSuchGroup."""
        result: list[AgentInfo] = await self._ask(
            "queryAllAgentInfoOnMyGroup", "GET", "agentgroup/{agentid}/agentongroup"
        )
        return result

    async def query_all_agent_info_on_my_group_ex(self, *, groupid: int | None = None) -> list[AgentInfo]:
        """Agents of a group (`queryAllAgentInfoOnMyGroupEx`). May be refused with GroupNoAgent, NoSuchGroup."""
        result: list[AgentInfo] = await self._ask(
            "queryAllAgentInfoOnMyGroupEx", "GET", "agentgroup/{agentid}/agentongroupex", {"groupid": groupid}
        )
        return result

    async def query_group_info_by_work_no(self, workno: int) -> GroupInfo:
        """The group of an agent (`queryGroupInfoByWorkNo`). May be refused with GroupNoAgent, NoSuchGroup."""
        result: GroupInfo = await self._ask(
            "queryGroupInfoByWorkNo", "GET", "agentgroup/{agentid}/groupbyagent/{workno}", {"workno": workno}
        )
        return result

    async def query_group_info_on_vdn(self) -> list[GroupInfo]:
        """Groups of the VDN (`queryGroupInfoOnVdn`). May be refused with GroupNoAgent, NoSuchGroup."""
        result: list[GroupInfo] = await self._ask("queryGroupInfoOnVdn", "GET", "agentgroup/{agentid}/grouponvdn")
        return result

    async def is_call_out(self) -> bool:
        """May the agent call out (`isCallOut`)."""
        result: bool = await self._ask("isCallOut", "GET", "agentgroup/{agentid}/iscallout")
        return result

    async def is_censor(self) -> bool:
        """Is the agent an inspector (`isCensor`)."""
        result: bool = await self._ask("isCensor", "GET", "agentgroup/{agentid}/iscensor")
        return result

    async def is_monitor(self) -> bool:
        """May the agent watch others (`isMonitor`)."""
        result: bool = await self._ask("isMonitor", "GET", "agentgroup/{agentid}/ismonitor")
        return result

    async def is_pick_up(self) -> bool:
        """May the agent pick up calls of its group (`isPickUp`)."""
        result: bool = await self._ask("isPickUp", "GET", "agentgroup/{agentid}/ispickup")
        return result

    async def is_report_manager(self) -> bool:
        """May the agent manage reports (`isReportManager`)."""
        result: bool = await self._ask("isReportManager", "GET", "agentgroup/{agentid}/isreportmanager")
        return result

    async def is_spy_monitor(self) -> bool:
        """May the agent watch others unnoticed (`isSpyMonitor`)."""
        result: bool = await self._ask("isSpyMonitor", "GET", "agentgroup/{agentid}/isspymonitor")
        return result

    async def is_system(self) -> bool:
        """Is the agent an administrator (`isSystem`)."""
        result: bool = await self._ask("isSystem", "GET", "agentgroup/{agentid}/issystem")
        return result


class BlockingAgentgroup:
    """Operations of `agentgroup`, without await."""

    def __init__(self, group: Agentgroup, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def query_agent_info_by_skill_id(
        self, skillid: int, *, agent_limit: int | None = None, agent_status: Sequence[int] | None = None
    ) -> list[AgentInfo]:
        """Agents signed in to a skill queue (`queryAgentInfoBySkillId`). May be refused with NoRightToQuery."""
        return self._wait(
            self._group.query_agent_info_by_skill_id(skillid, agent_limit=agent_limit, agent_status=agent_status)
        )

    def query_agent_info_by_work_no(self, workno: int) -> AgentInfo:
        """One agent (`queryAgentInfoByWorkNo`). May be refused with NoRightToQuery, NoSuchAgentInfo."""
        return self._wait(self._group.query_agent_info_by_work_no(workno))

    def query_agent_info_by_list(
        self, *, agentlist: Sequence[int] | None = None, media_types: str | None = None
    ) -> list[AgentInfo]:
        """Several agents (`queryAgentInfoByList`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_agent_info_by_list(agentlist=agentlist, media_types=media_types))

    def query_agent_info_without_skills(self, agentlist: Sequence[int]) -> list[AgentBrief]:
        """Several agents, without queues (`queryAgentInfoWithoutSkills`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_agent_info_without_skills(agentlist))

    def query_agent_info_by_configed_skill_id(self, skillid: int) -> list[AgentInfo]:
        """Agents that a skill queue is configured for (`queryAgentInfoByConfigedSkillId`). May be refused with
        NoRightToQuery.
        """
        return self._wait(self._group.query_agent_info_by_configed_skill_id(skillid))

    def query_agent_ids_by_skill_id(self, skillid: int) -> list[str]:
        """Ids of agents signed in to a skill queue (`queryAgentIdsBySkillId`). May be refused with
        NoRightToQuery.
        """
        return self._wait(self._group.query_agent_ids_by_skill_id(skillid))

    def query_all_logined_agent_info_on_vdn(self) -> list[AgentInfo]:
        """Agents signed in to the VDN (`queryAllLoginedAgentInfoOnVdn`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_all_logined_agent_info_on_vdn())

    def query_all_logged_in_agent_phones_on_vdn(self) -> list[AgentPhone]:
        """Their phones (`queryAllLoggedInAgentPhonesOnVdn`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_all_logged_in_agent_phones_on_vdn())

    def query_all_agent_was_name_on_vdn(self) -> dict[str, Any]:
        """Gateway node of each signed-in agent (`queryAllAgentWasNameOnVdn`). May be refused with
        NoRightToQuery.
        """
        return self._wait(self._group.query_all_agent_was_name_on_vdn())

    def get_all_status_agents(self) -> list[AgentBrief]:
        """All agents of the VDN (`getAllStatusAgents`). May be refused with NoRightToQuery."""
        return self._wait(self._group.get_all_status_agents())

    def get_all_status_local_agents(self) -> list[AgentBrief]:
        """Agents signed in to this gateway (`getAllStatusLocalAgents`). May be refused with NoRightToQuery."""
        return self._wait(self._group.get_all_status_local_agents())

    def get_idle_status_agents(self) -> list[AgentName]:
        """Idle agents (`getIdleStatusAgents`). May be refused with NoRightToQuery."""
        return self._wait(self._group.get_idle_status_agents())

    def get_agent_list_by_status(self, status: int) -> list[AgentName]:
        """Agents in a status (`getAgentListByStatus`). May be refused with NoRightToQuery."""
        return self._wait(self._group.get_agent_list_by_status(status))

    def get_all_agents_in_text_chat(self) -> list[AgentName]:
        """Agents in a text chat (`getAllAgentsInTextChat`). May be refused with NoRightToQuery."""
        return self._wait(self._group.get_all_agents_in_text_chat())

    def query_agent_status_and_time_on_vdn(self) -> list[StatusTime]:
        """Status of all agents (`queryAgentStatusAndTimeOnVDN`). May be refused with NoRightToQuery."""
        return self._wait(self._group.query_agent_status_and_time_on_vdn())

    def query_agent_status_and_skill(self) -> StatusSkills:
        """Own status and queues (`queryAgentStatusAndSkill`)."""
        return self._wait(self._group.query_agent_status_and_skill())

    def query_agent_rest_detail_info(self) -> RestDetail | None:
        """The own rest under way (`queryAgentRestDetailInfo`)."""
        return self._wait(self._group.query_agent_rest_detail_info())

    def get_agent_rest_reason(self) -> list[RestReason]:
        """Rest causes of the VDN (`getAgentRestReason`)."""
        return self._wait(self._group.get_agent_rest_reason())

    def query_all_agent_info_on_my_group(self) -> list[AgentInfo]:
        """Agents of the own group (`queryAllAgentInfoOnMyGroup`). May be refused with GroupNoAgent, NoSuchGroup."""
        return self._wait(self._group.query_all_agent_info_on_my_group())

    def query_all_agent_info_on_my_group_ex(self, *, groupid: int | None = None) -> list[AgentInfo]:
        """Agents of a group (`queryAllAgentInfoOnMyGroupEx`). May be refused with GroupNoAgent, NoSuchGroup."""
        return self._wait(self._group.query_all_agent_info_on_my_group_ex(groupid=groupid))

    def query_group_info_by_work_no(self, workno: int) -> GroupInfo:
        """The group of an agent (`queryGroupInfoByWorkNo`). May be refused with GroupNoAgent, NoSuchGroup."""
        return self._wait(self._group.query_group_info_by_work_no(workno))

    def query_group_info_on_vdn(self) -> list[GroupInfo]:
        """Groups of the VDN (`queryGroupInfoOnVdn`). May be refused with GroupNoAgent, NoSuchGroup."""
        return self._wait(self._group.query_group_info_on_vdn())

    def is_call_out(self) -> bool:
        """May the agent call out (`isCallOut`)."""
        return self._wait(self._group.is_call_out())

    def is_censor(self) -> bool:
        """Is the agent an inspector (`isCensor`)."""
        return self._wait(self._group.is_censor())

    def is_monitor(self) -> bool:
        """May the agent watch others (`isMonitor`)."""
        return self._wait(self._group.is_monitor())

    def is_pick_up(self) -> bool:
        """May the agent pick up calls of its group (`isPickUp`)."""
        return self._wait(self._group.is_pick_up())

    def is_report_manager(self) -> bool:
        """May the agent manage reports (`isReportManager`)."""
        return self._wait(self._group.is_report_manager())

    def is_spy_monitor(self) -> bool:
        """May the agent watch others unnoticed (`isSpyMonitor`)."""
        return self._wait(self._group.is_spy_monitor())

    def is_system(self) -> bool:
        """Is the agent an administrator (`isSystem`)."""
        return self._wait(self._group.is_system())
