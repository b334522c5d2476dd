"""The qualitycontrol group: inspection of agents by an inspector (contract qualitycontrol.yaml)."""

from dataclasses import replace

from gateway.operations import qualitycontrol_models as models
from gateway.operations.agentgroup_models import AgentBrief
from gateway.operations.fields import Parameters
from gateway.operations.operation import Operation
from gateway.operations.parameters import CallParameters, WorkNoParameters
from gateway.wire import retcodes

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
    parameters=models.InterceptParameters,
    retcodes=_INSPECT,
)

INSPECTION: tuple[Operation, ...] = (
    Operation(
        "addSupervise",
        "PUT",
        "qualitycontrol/{agentid}/addsupervise/{workNo}",
        "listen to an agent unnoticed",
        parameters=models.MediaParameters,
        retcodes=_INSPECT,
    ),
    Operation(
        "addInsert",
        "PUT",
        "qualitycontrol/{agentid}/addinsert/{workNo}",
        "join the call of an agent",
        parameters=models.MediaParameters,
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
    _post("requestWhisperAgent", "requestwhisperagent", "whisper to an agent", models.WhisperParameters, _INSPECT),
    _post("requestStopWhisperAgent", "requeststopwhisperagent", "stop whispering", models.WhisperParameters, _INSPECT),
    _post(
        "requestSwitchInsertWhisperAgent",
        "requestswitchinsertwhisperagent",
        "change among listening, inserting, whispering",
        models.SwitchParameters,
        _INSPECT,
    ),
)

FORCED: tuple[Operation, ...] = (
    _post("forceBusy", "forcebusy/{workNo}", "make an agent busy", WorkNoParameters, _INSPECT),
    _post("forceIdle", "forceidle/{workNo}", "make an agent idle", WorkNoParameters, _INSPECT),
    _post(
        "forceRest", "forcerest/{workNo}/{time}/{reason}", "send an agent to rest", models.ForceRestParameters, _INSPECT
    ),
    _post("forceLogOutAgent", "forcelogout/{workNo}", "sign an agent out", WorkNoParameters),
    _post(
        "forceDropCall", "forcedropcall/{callid}", "release a call", CallParameters, (*_RIGHT, retcodes.DROP_NO_CALL)
    ),
    Operation(
        "adjustSkill",
        "POST",
        "qualitycontrol/{agentid}/adjustskill",
        "change the skill queues of an agent",
        body=models.AdjustSkillBody,
        retcodes=(retcodes.BAD_SIGN_IN, *_RIGHT),
    ),
)

WATCHING: tuple[Operation, ...] = (
    _post("beginMonitor", "beginmonitor", "watch agents: their events come too", models.AgentsParameters),
    _post("endMonitor", "endmonitor", "stop watching agents", models.AgentsParameters),
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
        models.RecordAgentsParameters,
    ),
    _post("qcCancelAgentSelfRecord", "cancelselfrecord", "end that", models.AgentsParameters),
    Operation(
        "queryQcTasks",
        "GET",
        "qualitycontrol/{agentid}/queryqctasks",
        "inspection tasks",
        retcodes=_RIGHT,
        result=list[models.QcTask],
    ),
    Operation(
        "deleteQcTask",
        "DELETE",
        "qualitycontrol/{agentid}/deleteqctask",
        "delete an inspection task",
        parameters=models.TaskParameters,
        retcodes=_RIGHT,
    ),
    Operation(
        "queryUrlInfo",
        "GET",
        "qualitycontrol/{agentid}/queryurlinfo",
        "an address by its name, empty for an unknown one",
        parameters=models.UrlParameters,
        result=str,
    ),
    _post("registerDataToServer", "registerDataToServer", "name the own data port", models.PortParameters),
)

VIDEO: tuple[Operation, ...] = (
    _video(
        Operation(
            "startVideoMonitor",
            "POST",
            "qualitycontrol/{agentid}/startVideoMonitor",
            "watch the screen of an agent",
            body=models.VideoBody,
            retcodes=_RIGHT,
        )
    ),
    _video(
        Operation(
            "stopVideoMonitor",
            "POST",
            "qualitycontrol/{agentid}/stopVideoMonitor",
            "stop watching a screen",
            body=models.VideoBody,
            retcodes=_RIGHT,
        )
    ),
    _video(
        _post(
            "startVideoOperation", "startVideoOperation", "answer a request to be watched", models.VideoResultParameters
        )
    ),
    _video(_post("startOrStopVideoPlay", "startOrStopVideoPlay", "start or stop playing", models.VideoPlayParameters)),
    _video(_post("deleteVideoTask", "deleteVideoTask", "delete a task of watching", models.VideoAgentParameters)),
    _video(
        Operation(
            "queryVideoRecordFile",
            "GET",
            "qualitycontrol/{agentid}/queryvideorecordfile",
            "recorded screens of an agent",
            parameters=models.VideoRecordParameters,
            result=list[dict[str, object]],
        ),
        retcodes.DOWNLOAD_OFF,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*INSPECTION, *FORCED, *WATCHING, *VIDEO)
