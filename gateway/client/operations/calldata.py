"""Operations of the group calldata, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Any, TypedDict

from gateway.client.request import Group, Wait


class CallInfo(TypedDict):
    """A call in full. Times are ms since the epoch, `logontimes` the s since it came in; the interface spells
    so.
    """

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str
    callskillid: int
    orgicallednum: str
    calldata: str
    begintime: int | None
    endtime: int | None
    userPriority: int
    trunkNo: int
    logontimes: int


class CallById(TypedDict):
    """`callinfobycallid`."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str
    orgicallednum: str
    calldata: str


class HeldCall(TypedDict):
    """A held call; the members after `callskill` are unused by the interface."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str
    callskillid: int
    orgicallednum: str
    calldata: str
    begintime: int | None
    endtime: int | None


class CallBrief(TypedDict):
    """A call. `callfeature` stays with it: 0 inbound, 6 internal, 7 outbound, 51 and 52 help, 53 conference."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str


class WaitingCall(TypedDict):
    """A call in a queue."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str
    callskillid: int
    orgicallednum: str
    calldata: str
    begintime: int | None
    endtime: int | None
    userPriority: int
    trunkNo: int
    logontimes: int
    mediaType: int


class CallStatistics(TypedDict):
    """Of today: s of talk, calls answered, calls made."""

    talktime: int
    answernums: int
    calloutnums: int


class CallRecord(TypedDict):
    """A call that is over; times are ms since the epoch. No source shows the members."""

    callid: str
    callfeature: int
    caller: str
    called: str
    workno: str
    skillid: int
    begintime: int
    endtime: int


class Calldata(Group):
    """Operations of `calldata`."""

    async def query_call_info(self, *, is_no_contain_last_call: bool | None = None) -> CallInfo | None:
        """The present or the last call (`queryCallInfo`)."""
        result: CallInfo | None = await self._ask(
            "queryCallInfo", "GET", "calldata/{agentid}/callinfo", {"isNoContainLastCall": is_no_contain_last_call}
        )
        return result

    async def query_call_info_before_answer(self) -> CallInfo | None:
        """The call offered (`queryCallInfoBeforeAnswer`)."""
        result: CallInfo | None = await self._ask(
            "queryCallInfoBeforeAnswer", "GET", "calldata/{agentid}/callinfobeforeanswer"
        )
        return result

    async def query_call_info_by_call_id(self, callid: str) -> CallById | None:
        """A call by its id (`queryCallInfoByCallId`)."""
        result: CallById | None = await self._ask(
            "queryCallInfoByCallId", "GET", "calldata/{agentid}/callinfobycallid/{callid}", {"callid": callid}
        )
        return result

    async def query_all_call_id(self) -> list[str]:
        """Ids of the own calls (`queryAllCallID`)."""
        result: list[str] = await self._ask("queryAllCallID", "GET", "calldata/{agentid}/allcallid")
        return result

    async def query_all_call_info_by_agent_work_no(self, workno: int) -> list[CallInfo]:
        """Calls of an agent (`queryAllCallInfoByAgentWorkNo`). May be refused with BadAgentAsked, NotInspector."""
        result: list[CallInfo] = await self._ask(
            "queryAllCallInfoByAgentWorkNo", "GET", "calldata/{agentid}/allcallinfo/{workno}", {"workno": workno}
        )
        return result

    async def query_all_call_info_by_agent_work_no_ex(self, workno: int) -> list[str]:
        """Ids of these (`queryAllCallInfoByAgentWorkNoEx`). May be refused with BadAgentAsked, NotInspector."""
        result: list[str] = await self._ask(
            "queryAllCallInfoByAgentWorkNoEx", "GET", "calldata/{agentid}/allcallinfoEx/{workno}", {"workno": workno}
        )
        return result

    async def query_all_call_info_on_vdn(self) -> list[CallInfo]:
        """Calls of the VDN (`queryAllCallInfoOnVdn`). May be refused with NotInspector."""
        result: list[CallInfo] = await self._ask("queryAllCallInfoOnVdn", "GET", "calldata/{agentid}/allcallinfoinvdn")
        return result

    async def query_call_nums_on_agent(self) -> int:
        """Number of own calls (`queryCallNumsOnAgent`)."""
        result: int = await self._ask("queryCallNumsOnAgent", "GET", "calldata/{agentid}/callnums")
        return result

    async def is_process_call(self) -> bool:
        """Is a call being handled (`isProcessCall`)."""
        result: bool = await self._ask("isProcessCall", "GET", "calldata/{agentid}/isprocesscall")
        return result

    async def query_remote_numbers(self) -> list[str]:
        """Numbers talked to (`queryRemoteNumbers`)."""
        result: list[str] = await self._ask("queryRemoteNumbers", "GET", "calldata/{agentid}/remotenumbers")
        return result

    async def query_hold_list_info(self) -> list[HeldCall]:
        """Own held calls (`queryHoldListInfo`). May be refused with NoRightToQuery, NoHeldCall."""
        result: list[HeldCall] = await self._ask("queryHoldListInfo", "GET", "calldata/{agentid}/holdlist")
        return result

    async def query_hold_list_info_ex(self, workno: int) -> list[CallBrief]:
        """Held calls of an agent (`queryHoldListInfoEx`). May be refused with NoRightToQuery, NoHeldCall."""
        result: list[CallBrief] = await self._ask(
            "queryHoldListInfoEx", "GET", "calldata/{agentid}/holdlistex/{workno}", {"workno": workno}
        )
        return result

    async def query_agent_hold_num(self, workno: int) -> int:
        """Number of held calls of an agent (`queryAgentHoldNum`). May be refused with NoRightToQuery,
        NoHeldCall.
        """
        result: int = await self._ask(
            "queryAgentHoldNum", "GET", "calldata/{agentid}/agentholdnum/{workno}", {"workno": workno}
        )
        return result

    async def query_call_app_data(self, *, is_encode_result: bool | None = None, call_id: str | None = None) -> str:
        """Data of the call (`queryCallAppData`). May be refused with DataNoCall."""
        result: str = await self._ask(
            "queryCallAppData",
            "GET",
            "calldata/{agentid}/appdata",
            {"isEncodeResult": is_encode_result, "callId": call_id},
        )
        return result

    async def set_call_app_data_ex(
        self, *, callid: str | None = None, calldata: str | None = None, is_data_encoded: bool | None = None
    ) -> None:
        """Set data of the call (`setCallAppDataEx`). May be refused with DataNoCall, DataNothing."""
        await self._ask(
            "setCallAppDataEx",
            "PUT",
            "calldata/{agentid}/setcalldataex",
            body={"callid": callid, "calldata": calldata, "isDataEncoded": is_data_encoded},
        )

    async def set_call_app_data(self, *, calldata: str | None = None, callid: str | None = None) -> None:
        """Set data of the call, older form (`setCallAppData`). May be refused with DataNoCall, DataNothing."""
        await self._ask("setCallAppData", "PUT", "calldata/{agentid}", {"calldata": calldata, "callid": callid})

    async def get_call_business_data(self, *, callid: str | None = None, **members: object) -> dict[str, Any]:
        """Read the business's data of a call (`getCallBusinessData`). May be refused with DataNoCall."""
        result: dict[str, Any] = await self._ask(
            "getCallBusinessData", "PUT", "calldata/{agentid}/getcallbusinessdata", body={"callid": callid, **members}
        )
        return result

    async def set_call_business_data(self, *, callid: str | None = None, **members: object) -> None:
        """Keep the business's data of a call (`setCallBusinessData`). May be refused with DataNoCall,
        DataNothing.
        """
        await self._ask(
            "setCallBusinessData", "PUT", "calldata/{agentid}/setcallbusinessdata", body={"callid": callid, **members}
        )

    async def query_wait_call_info_by_skill_id(self, skillid: int) -> list[WaitingCall]:
        """Calls waiting in a skill queue (`queryWaitCallInfoBySkillId`)."""
        result: list[WaitingCall] = await self._ask(
            "queryWaitCallInfoBySkillId", "GET", "calldata/{agentid}/waitcallinfo/{skillid}", {"skillid": skillid}
        )
        return result

    async def query_private_call_info(self) -> list[WaitingCall]:
        """Calls waiting for this agent alone (`queryPrivateCallInfo`)."""
        result: list[WaitingCall] = await self._ask("queryPrivateCallInfo", "GET", "calldata/{agentid}/privatecallinfo")
        return result

    async def query_call_count_by_ivr_id(self, ivrid: int) -> int:
        """Number of calls in an IVR (`queryCallCountByIVRId`)."""
        result: int = await self._ask(
            "queryCallCountByIVRId", "GET", "calldata/{agentid}/ivrcallcount/{ivrid}", {"ivrid": ivrid}
        )
        return result

    async def query_wait_call_info_by_ivr_id(self, ivrid: int) -> list[WaitingCall]:
        """Calls in an IVR (`queryWaitCallInfoByIVRId`)."""
        result: list[WaitingCall] = await self._ask(
            "queryWaitCallInfoByIVRId", "GET", "calldata/{agentid}/ivrcallinfo/{ivrid}", {"ivrid": ivrid}
        )
        return result

    async def query_call_statistics_info(self) -> CallStatistics:
        """Own calls of today, older form (`queryCallStatisticsInfo`)."""
        result: CallStatistics = await self._ask("queryCallStatisticsInfo", "GET", "calldata/{agentid}/statistics")
        return result

    async def query_call_statistics_info_ex(self) -> CallStatistics:
        """Own calls of today (`queryCallStatisticsInfoEx`)."""
        result: CallStatistics = await self._ask("queryCallStatisticsInfoEx", "GET", "calldata/{agentid}/statisticsEx")
        return result

    async def query_call_record_list(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
        workno: int | None = None,
    ) -> list[CallRecord]:
        """Records of calls (`queryCallRecordList`). May be refused with NotInspector."""
        result: list[CallRecord] = await self._ask(
            "queryCallRecordList",
            "GET",
            "calldata/{agentid}/callRecordInfoList",
            {
                "skillid": skillid,
                "startdate": startdate,
                "enddate": enddate,
                "startposition": startposition,
                "endposition": endposition,
                "workno": workno,
            },
        )
        return result

    async def query_self_call_record_info(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
    ) -> list[CallRecord]:
        """Records of own calls (`querySelfCallRecordInfo`)."""
        result: list[CallRecord] = await self._ask(
            "querySelfCallRecordInfo",
            "GET",
            "calldata/{agentid}/queryselfcallrecordinfolist",
            {
                "skillid": skillid,
                "startdate": startdate,
                "enddate": enddate,
                "startposition": startposition,
                "endposition": endposition,
            },
        )
        return result


class BlockingCalldata:
    """Operations of `calldata`, without await."""

    def __init__(self, group: Calldata, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def query_call_info(self, *, is_no_contain_last_call: bool | None = None) -> CallInfo | None:
        """The present or the last call (`queryCallInfo`)."""
        return self._wait(self._group.query_call_info(is_no_contain_last_call=is_no_contain_last_call))

    def query_call_info_before_answer(self) -> CallInfo | None:
        """The call offered (`queryCallInfoBeforeAnswer`)."""
        return self._wait(self._group.query_call_info_before_answer())

    def query_call_info_by_call_id(self, callid: str) -> CallById | None:
        """A call by its id (`queryCallInfoByCallId`)."""
        return self._wait(self._group.query_call_info_by_call_id(callid))

    def query_all_call_id(self) -> list[str]:
        """Ids of the own calls (`queryAllCallID`)."""
        return self._wait(self._group.query_all_call_id())

    def query_all_call_info_by_agent_work_no(self, workno: int) -> list[CallInfo]:
        """Calls of an agent (`queryAllCallInfoByAgentWorkNo`). May be refused with BadAgentAsked, NotInspector."""
        return self._wait(self._group.query_all_call_info_by_agent_work_no(workno))

    def query_all_call_info_by_agent_work_no_ex(self, workno: int) -> list[str]:
        """Ids of these (`queryAllCallInfoByAgentWorkNoEx`). May be refused with BadAgentAsked, NotInspector."""
        return self._wait(self._group.query_all_call_info_by_agent_work_no_ex(workno))

    def query_all_call_info_on_vdn(self) -> list[CallInfo]:
        """Calls of the VDN (`queryAllCallInfoOnVdn`). May be refused with NotInspector."""
        return self._wait(self._group.query_all_call_info_on_vdn())

    def query_call_nums_on_agent(self) -> int:
        """Number of own calls (`queryCallNumsOnAgent`)."""
        return self._wait(self._group.query_call_nums_on_agent())

    def is_process_call(self) -> bool:
        """Is a call being handled (`isProcessCall`)."""
        return self._wait(self._group.is_process_call())

    def query_remote_numbers(self) -> list[str]:
        """Numbers talked to (`queryRemoteNumbers`)."""
        return self._wait(self._group.query_remote_numbers())

    def query_hold_list_info(self) -> list[HeldCall]:
        """Own held calls (`queryHoldListInfo`). May be refused with NoRightToQuery, NoHeldCall."""
        return self._wait(self._group.query_hold_list_info())

    def query_hold_list_info_ex(self, workno: int) -> list[CallBrief]:
        """Held calls of an agent (`queryHoldListInfoEx`). May be refused with NoRightToQuery, NoHeldCall."""
        return self._wait(self._group.query_hold_list_info_ex(workno))

    def query_agent_hold_num(self, workno: int) -> int:
        """Number of held calls of an agent (`queryAgentHoldNum`). May be refused with NoRightToQuery,
        NoHeldCall.
        """
        return self._wait(self._group.query_agent_hold_num(workno))

    def query_call_app_data(self, *, is_encode_result: bool | None = None, call_id: str | None = None) -> str:
        """Data of the call (`queryCallAppData`). May be refused with DataNoCall."""
        return self._wait(self._group.query_call_app_data(is_encode_result=is_encode_result, call_id=call_id))

    def set_call_app_data_ex(
        self, *, callid: str | None = None, calldata: str | None = None, is_data_encoded: bool | None = None
    ) -> None:
        """Set data of the call (`setCallAppDataEx`). May be refused with DataNoCall, DataNothing."""
        self._wait(self._group.set_call_app_data_ex(callid=callid, calldata=calldata, is_data_encoded=is_data_encoded))

    def set_call_app_data(self, *, calldata: str | None = None, callid: str | None = None) -> None:
        """Set data of the call, older form (`setCallAppData`). May be refused with DataNoCall, DataNothing."""
        self._wait(self._group.set_call_app_data(calldata=calldata, callid=callid))

    def get_call_business_data(self, *, callid: str | None = None, **members: object) -> dict[str, Any]:
        """Read the business's data of a call (`getCallBusinessData`). May be refused with DataNoCall."""
        return self._wait(self._group.get_call_business_data(callid=callid, **members))

    def set_call_business_data(self, *, callid: str | None = None, **members: object) -> None:
        """Keep the business's data of a call (`setCallBusinessData`). May be refused with DataNoCall,
        DataNothing.
        """
        self._wait(self._group.set_call_business_data(callid=callid, **members))

    def query_wait_call_info_by_skill_id(self, skillid: int) -> list[WaitingCall]:
        """Calls waiting in a skill queue (`queryWaitCallInfoBySkillId`)."""
        return self._wait(self._group.query_wait_call_info_by_skill_id(skillid))

    def query_private_call_info(self) -> list[WaitingCall]:
        """Calls waiting for this agent alone (`queryPrivateCallInfo`)."""
        return self._wait(self._group.query_private_call_info())

    def query_call_count_by_ivr_id(self, ivrid: int) -> int:
        """Number of calls in an IVR (`queryCallCountByIVRId`)."""
        return self._wait(self._group.query_call_count_by_ivr_id(ivrid))

    def query_wait_call_info_by_ivr_id(self, ivrid: int) -> list[WaitingCall]:
        """Calls in an IVR (`queryWaitCallInfoByIVRId`)."""
        return self._wait(self._group.query_wait_call_info_by_ivr_id(ivrid))

    def query_call_statistics_info(self) -> CallStatistics:
        """Own calls of today, older form (`queryCallStatisticsInfo`)."""
        return self._wait(self._group.query_call_statistics_info())

    def query_call_statistics_info_ex(self) -> CallStatistics:
        """Own calls of today (`queryCallStatisticsInfoEx`)."""
        return self._wait(self._group.query_call_statistics_info_ex())

    def query_call_record_list(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
        workno: int | None = None,
    ) -> list[CallRecord]:
        """Records of calls (`queryCallRecordList`). May be refused with NotInspector."""
        return self._wait(
            self._group.query_call_record_list(
                skillid=skillid,
                startdate=startdate,
                enddate=enddate,
                startposition=startposition,
                endposition=endposition,
                workno=workno,
            )
        )

    def query_self_call_record_info(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
    ) -> list[CallRecord]:
        """Records of own calls (`querySelfCallRecordInfo`)."""
        return self._wait(
            self._group.query_self_call_record_info(
                skillid=skillid,
                startdate=startdate,
                enddate=enddate,
                startposition=startposition,
                endposition=endposition,
            )
        )
