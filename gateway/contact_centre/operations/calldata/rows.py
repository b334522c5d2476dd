"""The calldata group: calls, their data, records and numbers."""

from functools import partial
from typing import Annotated, Final

from pydantic import AliasChoices, Field

from gateway.interface.fields import (
    AgentId,
    Body,
    CallData,
    CallParameters,
    OpenBody,
    OptionalCallId,
    OptionalSkillId,
    Ordinal,
    OtherAgentParameters,
    Parameters,
    QueueParameters,
    SkillId,
    TrueOrElse,
)
from gateway.interface.operation import Operation, query
from gateway.interface.results import JsonObject, Result
from gateway.wire import retcodes

CALL_DATA_ENCODED_MAX = 22 * 1024
"""16 KiB in base64, with line breaks."""
PAGE = 100
When = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z:./+ -]*$")]
"""A time whose form no source shows; taken as it comes."""


class LastCallParameters(Parameters):
    """`callinfo`: true for no call at all rather than the last one when there is none now."""

    is_no_contain_last_call: bool = False


class AppDataParameters(Parameters):
    """`appdata`: the table of the interface spells callid, its address callId."""

    is_encode_result: TrueOrElse = False
    call_id: OptionalCallId = Field("", alias="callId", validation_alias=AliasChoices("callId", "callid"))


class SetAppDataParameters(Parameters):
    """`calldata/{agentid}`, the older form of `setcalldataex`."""

    calldata: CallData = ""
    callid: OptionalCallId = ""


class IvrParameters(Parameters):
    """An IVR."""

    ivrid: SkillId


class OwnRecordsParameters(Parameters):
    """Call records of a time span, from position to position; an absent end is the last."""

    skillid: OptionalSkillId = None
    startdate: When = ""
    enddate: When = ""
    startposition: Ordinal = 0
    endposition: Ordinal = PAGE


class RecordsParameters(OwnRecordsParameters):
    """The same for any agent."""

    workno: AgentId | None = None


class SetAppDataBody(Body):
    """`setcalldataex`: `is_data_encoded` says that the data is base64."""

    callid: OptionalCallId = ""
    calldata: str = Field("", max_length=CALL_DATA_ENCODED_MAX)
    is_data_encoded: bool = False


class BusinessDataBody(OpenBody):
    """`getcallbusinessdata`, `setcallbusinessdata`: the members besides the call are the business's own."""

    callid: OptionalCallId = ""


class CallBrief(Result):
    """A call. `callfeature` stays with it: 0 inbound, 6 internal, 7 outbound, 51 and 52 help, 53 conference."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str


class HeldCall(CallBrief):
    """A held call; the members after `callskill` are unused by the interface."""

    callskillid: int
    orgicallednum: str
    calldata: str
    begintime: int | None
    endtime: int | None


class CallInfo(HeldCall):
    """A call in full. Times are ms since the epoch, `logontimes` the s since it came in; the interface spells so."""

    user_priority: int
    trunk_no: int
    logontimes: int


class CallById(CallBrief):
    """`callinfobycallid`."""

    orgicallednum: str
    calldata: str


class WaitingCall(CallInfo):
    """A call in a queue."""

    media_type: int


class CallStatistics(Result):
    """Of today: s of talk, calls answered, calls made."""

    talktime: int
    answernums: int
    calloutnums: int


class CallRecord(Result):
    """A call that is over; times are ms since the epoch. No source shows the members."""

    callid: str
    callfeature: int
    caller: str
    called: str
    workno: str
    skillid: int
    begintime: int
    endtime: int


_SET = (retcodes.DATA_NO_CALL, retcodes.DATA_NOTHING)
_HELD = (retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
_OTHERS = (retcodes.BAD_AGENT_ASKED, retcodes.NOT_INSPECTOR)
_OF_AGENT = OtherAgentParameters


_query: Final = partial(query, "calldata")

CALLS: tuple[Operation, ...] = (
    _query(
        "queryCallInfo",
        "callinfo",
        "the present or the last call",
        CallInfo | None,
        parameters=LastCallParameters,
    ),
    _query("queryCallInfoBeforeAnswer", "callinfobeforeanswer", "the call offered", CallInfo | None),
    _query(
        "queryCallInfoByCallId",
        "callinfobycallid/{callid}",
        "a call by its id",
        CallById | None,
        parameters=CallParameters,
    ),
    _query("queryAllCallID", "allcallid", "ids of the own calls", list[str]),
    _query(
        "queryAllCallInfoByAgentWorkNo",
        "allcallinfo/{workno}",
        "calls of an agent",
        list[CallInfo],
        _OTHERS,
        _OF_AGENT,
    ),
    _query("queryAllCallInfoByAgentWorkNoEx", "allcallinfoEx/{workno}", "ids of these", list[str], _OTHERS, _OF_AGENT),
    _query(
        "queryAllCallInfoOnVdn",
        "allcallinfoinvdn",
        "calls of the VDN",
        list[CallInfo],
        (retcodes.NOT_INSPECTOR,),
    ),
    _query("queryCallNumsOnAgent", "callnums", "number of own calls", int),
    _query("isProcessCall", "isprocesscall", "is a call being handled", bool),
    _query("queryRemoteNumbers", "remotenumbers", "numbers talked to", list[str]),
    _query("queryHoldListInfo", "holdlist", "own held calls", list[HeldCall], _HELD),
    _query("queryHoldListInfoEx", "holdlistex/{workno}", "held calls of an agent", list[CallBrief], _HELD, _OF_AGENT),
    _query("queryAgentHoldNum", "agentholdnum/{workno}", "number of held calls of an agent", int, _HELD, _OF_AGENT),
)

DATA: tuple[Operation, ...] = (
    _query(
        "queryCallAppData",
        "appdata",
        "data of the call",
        str,
        (retcodes.DATA_NO_CALL,),
        AppDataParameters,
    ),
    Operation(
        "setCallAppDataEx",
        "PUT",
        "calldata/{agentid}/setcalldataex",
        "set data of the call",
        body=SetAppDataBody,
        retcodes=_SET,
    ),
    Operation(
        "setCallAppData",
        "PUT",
        "calldata/{agentid}",
        "set data of the call, older form",
        parameters=SetAppDataParameters,
        retcodes=_SET,
    ),
    Operation(
        "getCallBusinessData",
        "PUT",
        "calldata/{agentid}/getcallbusinessdata",
        "read the business's data of a call",
        body=BusinessDataBody,
        retcodes=(retcodes.DATA_NO_CALL,),
        result=JsonObject,
    ),
    Operation(
        "setCallBusinessData",
        "PUT",
        "calldata/{agentid}/setcallbusinessdata",
        "keep the business's data of a call",
        body=BusinessDataBody,
        retcodes=_SET,
    ),
)

QUEUED: tuple[Operation, ...] = (
    _query(
        "queryWaitCallInfoBySkillId",
        "waitcallinfo/{skillid}",
        "calls waiting in a skill queue",
        list[WaitingCall],
        parameters=QueueParameters,
    ),
    _query("queryPrivateCallInfo", "privatecallinfo", "calls waiting for this agent alone", list[WaitingCall]),
    _query(
        "queryCallCountByIVRId",
        "ivrcallcount/{ivrid}",
        "number of calls in an IVR",
        int,
        parameters=IvrParameters,
    ),
    _query(
        "queryWaitCallInfoByIVRId",
        "ivrcallinfo/{ivrid}",
        "calls in an IVR",
        list[WaitingCall],
        parameters=IvrParameters,
    ),
)

RECORDS: tuple[Operation, ...] = (
    _query("queryCallStatisticsInfo", "statistics", "own calls of today, older form", CallStatistics),
    _query("queryCallStatisticsInfoEx", "statisticsEx", "own calls of today", CallStatistics),
    _query(
        "queryCallRecordList",
        "callRecordInfoList",
        "records of calls",
        list[CallRecord],
        (retcodes.NOT_INSPECTOR,),
        RecordsParameters,
    ),
    _query(
        "querySelfCallRecordInfo",
        "queryselfcallrecordinfolist",
        "records of own calls",
        list[CallRecord],
        parameters=OwnRecordsParameters,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*CALLS, *DATA, *QUEUED, *RECORDS)
