"""Parameters, bodies and results of the calldata group (contract calldata.yaml)."""

from typing import Annotated

from pydantic import AliasChoices, Field

from gateway.operations.fields import (
    AgentId,
    Body,
    CallData,
    OpenBody,
    OptionalCallId,
    OptionalSkillId,
    Ordinal,
    Parameters,
    SkillId,
    TrueOrElse,
)
from gateway.operations.results import Result

CALL_DATA_ENCODED_MAX = 22 * 1024
"""16 KiB in base64, with line breaks."""
PAGE = 100
When = Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z:./+ -]*$")]
"""A time whose form no source shows; taken as it comes."""


class LastCallParameters(Parameters):
    """`callinfo`: true for no call at all rather than the last one when there is none now."""

    is_no_contain_last_call: bool = False


class AppDataParameters(Parameters):
    """`appdata`: the table of the contract spells callid, its address callId."""

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
