"""The calldata group: calls, their data, records and numbers (contract calldata.yaml)."""

from typing import Any

from gateway.operations import calldata_models as models
from gateway.operations.fields import Parameters
from gateway.operations.operation import Operation
from gateway.operations.parameters import CallParameters, OtherAgentParameters, QueueParameters
from gateway.operations.results import JsonObject
from gateway.wire import retcodes

_SET = (retcodes.DATA_NO_CALL, retcodes.DATA_NOTHING)
_HELD = (retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
_OTHERS = (retcodes.BAD_AGENT_ASKED, retcodes.NOT_INSPECTOR)
_OF_AGENT = OtherAgentParameters


def _query(
    name: str,
    action: str,
    summary: str,
    result: Any,
    codes: tuple[str, ...] = (),
    parameters: type[Parameters] = Parameters,
) -> Operation:
    path = f"calldata/{{agentid}}/{action}"
    return Operation(name, "GET", path, summary, parameters=parameters, retcodes=codes, result=result)


CALLS: tuple[Operation, ...] = (
    _query(
        "queryCallInfo",
        "callinfo",
        "the present or the last call",
        models.CallInfo | None,
        parameters=models.LastCallParameters,
    ),
    _query("queryCallInfoBeforeAnswer", "callinfobeforeanswer", "the call offered", models.CallInfo | None),
    _query(
        "queryCallInfoByCallId",
        "callinfobycallid/{callid}",
        "a call by its id",
        models.CallById | None,
        parameters=CallParameters,
    ),
    _query("queryAllCallID", "allcallid", "ids of the own calls", list[str]),
    _query(
        "queryAllCallInfoByAgentWorkNo",
        "allcallinfo/{workno}",
        "calls of an agent",
        list[models.CallInfo],
        _OTHERS,
        _OF_AGENT,
    ),
    _query("queryAllCallInfoByAgentWorkNoEx", "allcallinfoEx/{workno}", "ids of these", list[str], _OTHERS, _OF_AGENT),
    _query(
        "queryAllCallInfoOnVdn",
        "allcallinfoinvdn",
        "calls of the VDN",
        list[models.CallInfo],
        (retcodes.NOT_INSPECTOR,),
    ),
    _query("queryCallNumsOnAgent", "callnums", "number of own calls", int),
    _query("isProcessCall", "isprocesscall", "is a call being handled", bool),
    _query("queryRemoteNumbers", "remotenumbers", "numbers talked to", list[str]),
    _query("queryHoldListInfo", "holdlist", "own held calls", list[models.HeldCall], _HELD),
    _query(
        "queryHoldListInfoEx", "holdlistex/{workno}", "held calls of an agent", list[models.CallBrief], _HELD, _OF_AGENT
    ),
    _query("queryAgentHoldNum", "agentholdnum/{workno}", "number of held calls of an agent", int, _HELD, _OF_AGENT),
)

DATA: tuple[Operation, ...] = (
    _query(
        "queryCallAppData",
        "appdata",
        "data of the call",
        str,
        (retcodes.DATA_NO_CALL,),
        models.AppDataParameters,
    ),
    Operation(
        "setCallAppDataEx",
        "PUT",
        "calldata/{agentid}/setcalldataex",
        "set data of the call",
        body=models.SetAppDataBody,
        retcodes=_SET,
    ),
    Operation(
        "setCallAppData",
        "PUT",
        "calldata/{agentid}",
        "set data of the call, older form",
        parameters=models.SetAppDataParameters,
        retcodes=_SET,
    ),
    Operation(
        "getCallBusinessData",
        "PUT",
        "calldata/{agentid}/getcallbusinessdata",
        "read the business's data of a call",
        body=models.BusinessDataBody,
        retcodes=(retcodes.DATA_NO_CALL,),
        result=JsonObject,
    ),
    Operation(
        "setCallBusinessData",
        "PUT",
        "calldata/{agentid}/setcallbusinessdata",
        "keep the business's data of a call",
        body=models.BusinessDataBody,
        retcodes=_SET,
    ),
)

QUEUED: tuple[Operation, ...] = (
    _query(
        "queryWaitCallInfoBySkillId",
        "waitcallinfo/{skillid}",
        "calls waiting in a skill queue",
        list[models.WaitingCall],
        parameters=QueueParameters,
    ),
    _query("queryPrivateCallInfo", "privatecallinfo", "calls waiting for this agent alone", list[models.WaitingCall]),
    _query(
        "queryCallCountByIVRId",
        "ivrcallcount/{ivrid}",
        "number of calls in an IVR",
        int,
        parameters=models.IvrParameters,
    ),
    _query(
        "queryWaitCallInfoByIVRId",
        "ivrcallinfo/{ivrid}",
        "calls in an IVR",
        list[models.WaitingCall],
        parameters=models.IvrParameters,
    ),
)

RECORDS: tuple[Operation, ...] = (
    _query("queryCallStatisticsInfo", "statistics", "own calls of today, older form", models.CallStatistics),
    _query("queryCallStatisticsInfoEx", "statisticsEx", "own calls of today", models.CallStatistics),
    _query(
        "queryCallRecordList",
        "callRecordInfoList",
        "records of calls",
        list[models.CallRecord],
        (retcodes.NOT_INSPECTOR,),
        models.RecordsParameters,
    ),
    _query(
        "querySelfCallRecordInfo",
        "queryselfcallrecordinfolist",
        "records of own calls",
        list[models.CallRecord],
        parameters=models.OwnRecordsParameters,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*CALLS, *DATA, *QUEUED, *RECORDS)
