"""The queuedevice group: skill queues, their lengths and numbers, IVRs, access codes."""

from pydantic import Field

from gateway.interface.fields import Body, Ordinal, Parameters, QueueParameters, SkillIds, WorkNoParameters
from gateway.interface.operation import Operation
from gateway.interface.results import QueueInfo, Result, SkillStatistics
from gateway.wire import retcodes

MOST_SKILLS = 100


class VdnParameters(Parameters):
    """A VDN."""

    vdnid: int = Field(ge=1, le=512)


class SkillsBody(Body):
    """`queryacdstat`: up to 100 skill queues."""

    skills: SkillIds = Field(min_length=1, max_length=MOST_SKILLS, examples=[[5, 6]])


class VdnSkillsBody(Body):
    """`queryskillstat`; no source shows the members: those of `queryacdstat`, all queues when absent, and the VDN."""

    skills: SkillIds = Field((), max_length=MOST_SKILLS)
    vdnid: Ordinal | None = None


class Ivr(Result):
    """An IVR and the access code that leads to it."""

    access: str
    id: int
    description: str
    service_no: int


class AccessCode(Result):
    """A number that calls come in on, with the members that a public client reads. `id` counts the access codes.

    `mediatype` is that of the queue it leads to; 5, audio and video, for one that leads to a voice menu.
    """

    id: int
    inno: str
    description: str
    vdnid: int
    mediatype: int


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "queryQueueLengthOnAgent",
        "GET",
        "queuedevice/{agentid}/waitnum",
        "users waiting in the queues configured for the agent",
        result=int,
    ),
    Operation(
        "queryQueueLengthOnAgentSkills",
        "GET",
        "queuedevice/{agentid}/waitnumbyagent",
        "users waiting in the queues the agent is signed in to",
        result=int,
    ),
    Operation(
        "queryQueueLengthBySkillId",
        "GET",
        "queuedevice/{agentid}/skillwaitnum/{skillid}",
        "users waiting in a queue",
        parameters=QueueParameters,
        result=int,
    ),
    Operation(
        "querySkillQueueOnAgentVDN",
        "GET",
        "queuedevice/{agentid}/agentvdnskill",
        "queues of the agent's VDN",
        retcodes=(retcodes.OWN_VDN_NO_QUEUE,),
        result=list[QueueInfo],
    ),
    Operation(
        "querySkillQueueOnVDN",
        "GET",
        "queuedevice/{agentid}/vdnskill/{vdnid}",
        "queues of a VDN",
        parameters=VdnParameters,
        retcodes=(retcodes.VDN_NO_QUEUE,),
        result=list[QueueInfo],
    ),
    Operation(
        "querySkillQueueOnAgent",
        "GET",
        "queuedevice/{agentid}/agentskill/{workNo}",
        "queues of an agent",
        parameters=WorkNoParameters,
        retcodes=(retcodes.NO_SKILLS,),
        result=list[QueueInfo],
    ),
    Operation(
        "queryStatInfoOfAcd",
        "POST",
        "queuedevice/{agentid}/queryacdstat",
        "queues in numbers",
        body=SkillsBody,
        retcodes=(retcodes.OWN_VDN_NO_QUEUE,),
        result=list[SkillStatistics],
    ),
    Operation(
        "querySkillStatWithVdn",
        "POST",
        "queuedevice/{agentid}/queryskillstat",
        "queues of a VDN in numbers",
        body=VdnSkillsBody,
        retcodes=(retcodes.VDN_NO_QUEUE,),
        result=list[SkillStatistics],
    ),
    Operation(
        "queryIVRInfoOnVdn",
        "GET",
        "queuedevice/{agentid}/ivrinfo",
        "IVRs of the VDN",
        retcodes=(retcodes.NO_IVR,),
        result=list[Ivr],
    ),
    Operation(
        "queryInNoOnVDN",
        "GET",
        "queuedevice/{agentid}/innoinfo",
        "access codes of the VDN",
        retcodes=(retcodes.NO_ACCESS_CODE,),
        result=list[AccessCode],
    ),
)
