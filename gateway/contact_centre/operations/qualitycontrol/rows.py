"""The qualitycontrol group: inspection of agents by an inspector."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from gateway.contact_centre.operations.agentgroup.rows import AgentBrief
from gateway.contact_centre.operations.calldata.rows import When
from gateway.interface.fields import (
    INT_MAX,
    AgentId,
    AgentIds,
    Bit,
    Body,
    CallParameters,
    OpenBody,
    OptionalCallId,
    Ordinal,
    Parameters,
    SkillIds,
    TrueOrElse,
    WorkNoParameters,
)
from gateway.interface.operation import Operation
from gateway.interface.results import Result
from gateway.wire import retcodes

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


_RIGHT = (
    retcodes.SELF_INSPECTION,
    retcodes.INSPECTION_UNAVAILABLE,
    retcodes.NOT_INSPECTOR,
    retcodes.INSPECTION_RESOURCE,
    retcodes.INSPECTED_UNKNOWN,
)
_INSPECT = (*_RIGHT, retcodes.INSPECTION_STATE)
_VIDEO_AWAY = retcodes.INSPECTION_RESOURCE


def _post(
    name: str, action: str, summary: str, parameters: type[Parameters], codes: tuple[str, ...] = _RIGHT
) -> Operation:
    path = f"qualitycontrol/{{agentid}}/{action}"
    return Operation(name, "POST", path, summary, parameters=parameters, retcodes=codes)


def _video(operation: Operation, code: str = _VIDEO_AWAY) -> Operation:
    return replace(operation, relayed_only=code, retcodes=tuple(dict.fromkeys((*operation.retcodes, code))))


_INTERCEPT = Operation(
    "intercept",
    "PUT",
    "qualitycontrol/{agentid}/intercept/{workNo}",
    "take the customer over from an inspected agent",
    parameters=InterceptParameters,
    retcodes=_INSPECT,
)

INSPECTION: tuple[Operation, ...] = (
    Operation(
        "addSupervise",
        "PUT",
        "qualitycontrol/{agentid}/addsupervise/{workNo}",
        "listen to an agent unnoticed",
        parameters=MediaParameters,
        retcodes=_INSPECT,
    ),
    Operation(
        "addInsert",
        "PUT",
        "qualitycontrol/{agentid}/addinsert/{workNo}",
        "join the call of an agent",
        parameters=MediaParameters,
        retcodes=_INSPECT,
    ),
    _post(
        "switchSuperviseOrInsert",
        "switch/{workNo}",
        "change between listening and inserting",
        WorkNoParameters,
        _INSPECT,
    ),
    Operation(
        "stopSuperviseOrInsert",
        "DELETE",
        "qualitycontrol/{agentid}/{workNo}",
        "stop listening or inserting",
        parameters=WorkNoParameters,
        retcodes=_INSPECT,
    ),
    _INTERCEPT,
    replace(_INTERCEPT, path="qualitycontrol/{agentid}/intercept/{workNo}/{callId}"),
    _post("requestWhisperAgent", "requestwhisperagent", "whisper to an agent", WhisperParameters, _INSPECT),
    _post("requestStopWhisperAgent", "requeststopwhisperagent", "stop whispering", WhisperParameters, _INSPECT),
    _post(
        "requestSwitchInsertWhisperAgent",
        "requestswitchinsertwhisperagent",
        "change among listening, inserting, whispering",
        SwitchParameters,
        _INSPECT,
    ),
)

FORCED: tuple[Operation, ...] = (
    _post("forceBusy", "forcebusy/{workNo}", "make an agent busy", WorkNoParameters, _INSPECT),
    _post("forceIdle", "forceidle/{workNo}", "make an agent idle", WorkNoParameters, _INSPECT),
    _post("forceRest", "forcerest/{workNo}/{time}/{reason}", "send an agent to rest", ForceRestParameters, _INSPECT),
    _post("forceLogOutAgent", "forcelogout/{workNo}", "sign an agent out", WorkNoParameters),
    _post(
        "forceDropCall", "forcedropcall/{callid}", "release a call", CallParameters, (*_RIGHT, retcodes.DROP_NO_CALL)
    ),
    Operation(
        "adjustSkill",
        "POST",
        "qualitycontrol/{agentid}/adjustskill",
        "change the skill queues of an agent",
        body=AdjustSkillBody,
        retcodes=(retcodes.BAD_SIGN_IN, *_RIGHT),
    ),
)

WATCHING: tuple[Operation, ...] = (
    _post("beginMonitor", "beginmonitor", "watch agents: their events come too", AgentsParameters),
    _post("endMonitor", "endmonitor", "stop watching agents", AgentsParameters),
    Operation(
        "queryAllMonitoredAgents",
        "GET",
        "qualitycontrol/{agentid}/allagent",
        "agents being watched",
        retcodes=_RIGHT,
        result=list[AgentBrief],
    ),
    _post(
        "qcSetAgentSelfRecord",
        "setselfrecord/{recordflag}/{recordbeforetalking}",
        "record the calls of agents or not",
        RecordAgentsParameters,
    ),
    _post("qcCancelAgentSelfRecord", "cancelselfrecord", "end that", AgentsParameters),
    Operation(
        "queryQcTasks",
        "GET",
        "qualitycontrol/{agentid}/queryqctasks",
        "inspection tasks",
        retcodes=_RIGHT,
        result=list[QcTask],
    ),
    Operation(
        "deleteQcTask",
        "DELETE",
        "qualitycontrol/{agentid}/deleteqctask",
        "delete an inspection task",
        parameters=TaskParameters,
        retcodes=_RIGHT,
    ),
    Operation(
        "queryUrlInfo",
        "GET",
        "qualitycontrol/{agentid}/queryurlinfo",
        "an address by its name, empty for an unknown one",
        parameters=UrlParameters,
        result=str,
    ),
    _post("registerDataToServer", "registerDataToServer", "name the own data port", PortParameters),
)

VIDEO: tuple[Operation, ...] = (
    _video(
        Operation(
            "startVideoMonitor",
            "POST",
            "qualitycontrol/{agentid}/startVideoMonitor",
            "watch the screen of an agent",
            body=VideoBody,
            retcodes=_RIGHT,
        )
    ),
    _video(
        Operation(
            "stopVideoMonitor",
            "POST",
            "qualitycontrol/{agentid}/stopVideoMonitor",
            "stop watching a screen",
            body=VideoBody,
            retcodes=_RIGHT,
        )
    ),
    _video(
        _post("startVideoOperation", "startVideoOperation", "answer a request to be watched", VideoResultParameters)
    ),
    _video(_post("startOrStopVideoPlay", "startOrStopVideoPlay", "start or stop playing", VideoPlayParameters)),
    _video(_post("deleteVideoTask", "deleteVideoTask", "delete a task of watching", VideoAgentParameters)),
    _video(
        Operation(
            "queryVideoRecordFile",
            "GET",
            "qualitycontrol/{agentid}/queryvideorecordfile",
            "recorded screens of an agent",
            parameters=VideoRecordParameters,
            result=list[dict[str, object]],
        ),
        retcodes.DOWNLOAD_OFF,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*INSPECTION, *FORCED, *WATCHING, *VIDEO)
