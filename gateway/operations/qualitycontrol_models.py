"""Parameters, bodies and results of the qualitycontrol group (contract qualitycontrol.yaml)."""

from typing import Annotated

from pydantic import Field

from gateway.operations.calldata_models import When
from gateway.operations.fields import (
    INT_MAX,
    AgentId,
    AgentIds,
    Bit,
    Body,
    OpenBody,
    OptionalCallId,
    Ordinal,
    Parameters,
    SkillIds,
    TrueOrElse,
)
from gateway.operations.parameters import WorkNoParameters
from gateway.operations.results import Result

Name = Annotated[str, Field(min_length=1, max_length=255)]


class MediaParameters(WorkNoParameters):
    """`addinsert`, `addsupervise`: a client names media type 1 to inspect text chats."""

    media_type: Ordinal | None = None


class InterceptParameters(WorkNoParameters):
    """`intercept`: the inspected agent, and which of its calls where there are several."""

    call_id: OptionalCallId = Field("", examples=["1455885056-1095"])


class ForceRestParameters(WorkNoParameters):
    """`forcerest`: time in s and cause."""

    time: int = Field(ge=1, le=86_399)
    reason: int = Field(ge=1, le=255)


class WhisperParameters(Parameters):
    """`requestwhisperagent`, `requeststopwhisperagent`."""

    whisperagentid: AgentId


class SwitchParameters(Parameters):
    """`requestswitchinsertwhisperagent`: to 0 listening, 1 inserting, 2 whispering; the agent may be left out."""

    whisperagentid: AgentId | None = None
    switchtype: int = Field(ge=0, le=2)


class AgentsParameters(Parameters):
    """`beginmonitor`, `endmonitor`, `cancelselfrecord`: agents, separated by semicolons."""

    agents: AgentIds


class RecordAgentsParameters(AgentsParameters):
    """`setselfrecord`: whether to record, and whether already before a call is answered."""

    recordflag: Bit
    recordbeforetalking: Bit


class TaskParameters(Parameters):
    """`deleteqctask`."""

    taskdsn: Annotated[str, Field(min_length=1, max_length=64, examples=["1"])]
    begintime: When = Field(examples=["1760000000000"])


class UrlParameters(Parameters):
    """`queryurlinfo`: an address by its name."""

    urlname: Name = Field(examples=["help"])


class PortParameters(Parameters):
    """`registerDataToServer`."""

    port: int = Field(ge=1, le=65_535)


class VideoRecordParameters(Parameters):
    """`queryvideorecordfile`."""

    workno: AgentId
    startdate: When = Field(examples=["2025-11-21 08:00:00"])
    enddate: When = Field(examples=["2025-11-21 18:00:00"])
    startposition: Ordinal
    endposition: Ordinal


class VideoAgentParameters(Parameters):
    """An agent whose screen is watched."""

    monitoragent: AgentId


class VideoResultParameters(VideoAgentParameters):
    """`startVideoOperation`: the answer to a request."""

    result: int = Field(ge=0, le=INT_MAX)


class VideoPlayParameters(VideoAgentParameters):
    """`startOrStopVideoPlay`."""

    isstart: TrueOrElse = Field(examples=["true"])


class VideoBody(OpenBody):
    """`startVideoMonitor`, `stopVideoMonitor`; no source shows the members."""


class AdjustSkillBody(Body):
    """`adjustskill`: the new queues of an agent; absent means the inspector itself."""

    work_no: AgentId | None = None
    skills: SkillIds = Field((), max_length=1000)


class QcTask(Result):
    """An inspection task; no source shows the members besides those that delete it."""

    taskdsn: str
    begintime: str
