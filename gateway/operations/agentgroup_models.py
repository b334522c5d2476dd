"""Parameters, bodies and results of the agentgroup group (contract agentgroup.yaml).

Where no source shows a result, its members are named as those of `agentbyworkno`.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from gateway.operations.fields import AgentIds, Body, Ordinal, Parameters
from gateway.operations.results import Result, SkillQueue

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

    `status` and `cti_status` are texts, as the example of the contract has them.
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
