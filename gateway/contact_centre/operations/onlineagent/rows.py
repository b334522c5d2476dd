"""The onlineagent group: states, settings, notes, the own password."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AliasChoices, Field

from gateway.interface.fields import (
    AgentIds,
    AnyAgents,
    Bit,
    Body,
    OpenBody,
    OtherAgentParameters,
    Parameters,
    TrueOrElse,
    max_bytes,
)
from gateway.interface.operation import Operation
from gateway.interface.results import Nothing, Result, SkillQueue
from gateway.wire import retcodes

BUSY_REASONS = range(200, 251)
NOTE_BYTES = 1023
CUSTOM_STATE_MAX = 65_534
NO_CUSTOM_STATE = "65535"
"""What `querycustomstate` tells when none is set."""


def _busy_reason(value: int) -> int:
    if value and value not in BUSY_REASONS:
        raise ValueError("must be 0 or 200 to 250")
    return value


class BusyParameters(Parameters):
    """`saybusy`: `prolong` sets the reason anew while already busy."""

    reason: Annotated[int, AfterValidator(_busy_reason)] = 0
    prolong: bool = False


class RestParameters(Parameters):
    """`rest`: time in s and cause; `prolong` sets them anew while already resting."""

    time: int = Field(ge=1, le=86_399)
    restcause: int = Field(ge=0, le=255)
    prolong: bool = False


class SkillParameters(Parameters):
    """`resetskill`: all configured skill queues, or those of `skillid` (`1;2;3`)."""

    autoflag: TrueOrElse
    skillid: str = Field("", max_length=4000, pattern=r"^[0-9;, ]*$")
    phonelinkage: int = Field(0, ge=0, le=1)


class AutoAnswerParameters(Parameters):
    """`autoanswer`: true answers by itself, any other text leaves it to the agent."""

    isautoanswer: TrueOrElse = Field(examples=["true"])


class AutoEnterIdleParameters(Parameters):
    """`autoenteridle`: true leads to idle after a call, any other text to wrap-up."""

    flag: TrueOrElse = Field(examples=["true"])


class TalkRightParameters(Parameters):
    """`settalkright`: 1 takes inbound calls, 0 does not."""

    flag: Bit


class CustomStateParameters(Parameters):
    """`setcustomstate`: a status number of the business."""

    customstate: int = Field(ge=0, le=CUSTOM_STATE_MAX)


class SelfRecordParameters(Parameters):
    """`setselfrecord`: whether to record, and whether already before the call is answered."""

    recordflag: Bit
    recordbeforetalking: Bit


class NoteParameters(Parameters):
    """`sendnotelet`, the older form: the receivers are in the path."""

    receiver: AgentIds
    content: Annotated[str, max_bytes(NOTE_BYTES)] = ""


class PasswordParameters(Parameters):
    """`modifyaccountpwd`, the older form of `modifyaccountpwdex`."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"oldpassword", "newpassword"})

    old_password: str = Field(alias="oldpassword", max_length=32, examples=["present"])
    new_password: str = Field(alias="newpassword", max_length=256, examples=["next"])


class PasswordBody(Body):
    """`modifyaccountpwdex`; the rule for the new password is the agent registry's business."""

    old_password: str = Field(max_length=32, examples=["present"])
    new_password: str = Field(max_length=256, examples=["next"])


class NoteBody(Body):
    """`sendnoteletex`: a text of at most 1023 bytes, for up to 100 agents; the page lists 100-001 for a wrong one."""

    own_codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"agentIds": retcodes.BAD_SIGN_IN, "content": retcodes.BAD_SIGN_IN}
    )

    agent_ids: AnyAgents = Field(min_length=1, max_length=100, examples=[[102, 103]])
    content: Annotated[str, Field(examples=["lunch at noon"]), max_bytes(NOTE_BYTES)]


class BulletinBody(Body):
    """`notifybulletin`: to a group (0) or to a skill queue (1), by its name."""

    targettype: Bit
    targetname: str = Field(min_length=1, max_length=100, examples=["sales"])
    bulletindata: str = Field(max_length=900, examples=["a new tariff from Monday"])


class PhoneBody(Body):
    """`bindphone`: the phone for this session. No source shows the members: the name is that of sign-in."""

    phonenum: str = Field(
        min_length=1,
        max_length=24,
        examples=["40038"],
        alias="phonenum",
        validation_alias=AliasChoices("phonenum", "phoneNum", "phonenumber", "phoneNumber"),
    )


class ForwardingBody(OpenBody):
    """`setforwarding`. No source shows the members, so an upstream gets what came.

    The embedded contact centre reads those of the service of this name in ECMA-269: `forwardingType` is one of
    forwardImmediate, forwardBusy and forwardNoAns, `forwardDN` the number; `activateForward` false cancels the one
    kind, or all without a kind.
    """

    forwarding_type: Any = Field(None, examples=["forwardBusy"])
    activate_forward: Any = Field(None, examples=[True])
    forward_dn: Any = Field(None, alias="forwardDN", examples=["13800000000"])


class AgentStatus(Result):
    """The state: 2 signed out, 3 busy, 4 idle, 5 wrap-up, 7 talking, 8 rest, 9 rest applied for, 0 unknown."""

    agent_state: int
    is_working: bool


class PhoneLogin(Result):
    """`logininfo`: a password for the softphone to register with, for a short time."""

    phonetoken: str
    phonenum: str


class CustomState(Result):
    """`querycustomstate`: the number as a text, 65535 for none."""

    agentcustomstate: str


class StateInfo(Result):
    """The state for a desktop that was loaded again. Times are ms since the epoch as text; `state` and `last_state`
    are console states (1 idle, 2 wrap-up, 3 rest, 4 busy, ..., 255 none); call types are those of `callfeature`.
    """

    call_feature: int
    call_data: str
    last_state: int
    pre_busy: bool
    firsttalking_flag: bool
    work_no: str
    qc_work_no: str
    caller_no: str
    begin_hold_time: str | None
    state: int
    talking_callfeature: int
    release_flag: int
    called_no: str
    main_call_id: str
    second_talking_time: str | None
    pre_rest: bool
    record_id: str = Field(alias="recordID")
    current_time: str
    begin_talking_time: str | None
    partner: str
    hold_call_id: str
    agent_state_begin_time: int
    cur_command: int
    cur_call_id: str
    cmd_begin_time: str


class SyncedAgent(Result):
    """`syncagentinfo`: state and call after a reload of the desktop."""

    callinfo: str | None
    agent_state_info: StateInfo


_STATE = (retcodes.WRONG_STATE,)
_PASSWORD_CODES = (
    retcodes.WRONG_OLD_PASSWORD,
    retcodes.LOCKED,
    retcodes.PASSWORD_UNCHANGED,
    retcodes.PASSWORD_RULE,
    retcodes.PASSWORD_LENGTH,
)
_PHONE_CODES = (retcodes.WRONG_STATE, retcodes.PHONE_INVALID, retcodes.PHONE_OUT_OF_RANGE)

PROGRAM: tuple[Operation, ...] = (
    Operation(
        "loginInfo",
        "POST",
        "onlineagent/{agentid}/logininfo",
        "a short-lived password for the softphone",
        result=PhoneLogin,
    ),
    Operation(
        "syncagentinfo",
        "POST",
        "onlineagent/{agentid}/syncagentinfo",
        "state and call for a reloaded desktop; empties the event queue",
        result=SyncedAgent,
    ),
    Operation(
        "modifyAccountPwdEx",
        "POST",
        "onlineagent/{agentid}/modifyaccountpwdex",
        "change the own password",
        body=PasswordBody,
        retcodes=_PASSWORD_CODES,
    ),
    Operation(
        "modifyAccountPwd",
        "POST",
        "onlineagent/{agentid}/modifyaccountpwd",
        "change the own password, older form",
        parameters=PasswordParameters,
        retcodes=_PASSWORD_CODES,
    ),
)

STATES: tuple[Operation, ...] = (
    Operation("getAgentStatus", "GET", "onlineagent/{agentid}/agentstatus", "own state", result=AgentStatus),
    Operation("sayFree", "POST", "onlineagent/{agentid}/sayfree", "go idle", retcodes=_STATE),
    Operation(
        "sayBusy", "POST", "onlineagent/{agentid}/saybusy", "go busy", parameters=BusyParameters, retcodes=_STATE
    ),
    Operation("cancelBusy", "POST", "onlineagent/{agentid}/cancelbusy", "leave busy", retcodes=_STATE),
    Operation("sayWork", "POST", "onlineagent/{agentid}/work", "go into wrap-up", retcodes=_STATE),
    Operation("cancelWork", "POST", "onlineagent/{agentid}/cancelwork", "leave wrap-up", retcodes=_STATE),
    Operation(
        "rest",
        "POST",
        "onlineagent/{agentid}/rest/{time}/{restcause}",
        "apply for rest",
        parameters=RestParameters,
        retcodes=_STATE,
    ),
    Operation("cancelRest", "POST", "onlineagent/{agentid}/cancelrest", "leave rest", retcodes=_STATE),
    Operation(
        "setCustomState",
        "POST",
        "onlineagent/{agentid}/setcustomstate",
        "set a status number of the business",
        parameters=CustomStateParameters,
    ),
    Operation(
        "queryCustomState",
        "GET",
        "onlineagent/{agentid}/querycustomstate",
        "the status number of the business",
        result=CustomState,
    ),
    Operation(
        "cancelSetCustomState",
        "POST",
        "onlineagent/{agentid}/cancelsetcustomstate",
        "clear the status number of the business",
        retcodes=_STATE,
    ),
)

SETTINGS: tuple[Operation, ...] = (
    Operation(
        "resetSkill",
        "POST",
        "onlineagent/{agentid}/resetskill/{autoflag}",
        "sign in to skill queues",
        parameters=SkillParameters,
    ),
    Operation(
        "queryAgentSkills",
        "GET",
        "onlineagent/{agentid}/agentskills",
        "own skill queues",
        retcodes=(retcodes.NO_SKILLS,),
        result=list[SkillQueue],
    ),
    Operation(
        "queryAgentSkillsByWorkNo",
        "GET",
        "onlineagent/{agentid}/agentskillsbyworkno/{workno}",
        "skill queues of another agent",
        parameters=OtherAgentParameters,
        retcodes=(retcodes.NO_SKILLS,),
        result=list[SkillQueue],
    ),
    Operation(
        "setAgentAutoAnswer",
        "POST",
        "onlineagent/{agentid}/autoanswer/{isautoanswer}",
        "answer calls by itself or by hand",
        parameters=AutoAnswerParameters,
    ),
    Operation(
        "setAgentAutoEnterIdle",
        "POST",
        "onlineagent/{agentid}/autoenteridle/{flag}",
        "idle or wrap-up after a call",
        parameters=AutoEnterIdleParameters,
    ),
    Operation(
        "setTalkRight",
        "POST",
        "onlineagent/{agentid}/settalkright",
        "take inbound calls or not",
        parameters=TalkRightParameters,
    ),
    Operation(
        "bindAgentPhone",
        "POST",
        "onlineagent/{agentid}/bindphone",
        "use another phone",
        body=PhoneBody,
        retcodes=_PHONE_CODES,
    ),
    Operation(
        "setForwarding",
        "POST",
        "onlineagent/{agentid}/setforwarding",
        "forward the calls to oneself",
        body=ForwardingBody,
        retcodes=(retcodes.CALLED_NUMBER,),
    ),
    Operation(
        "setAgentSelfRecord",
        "POST",
        "onlineagent/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}",
        "record the own calls or not",
        parameters=SelfRecordParameters,
    ),
    Operation(
        "sendNotelet",
        "POST",
        "onlineagent/{agentid}/sendnotelet/{receiver}",
        "send a note, older form",
        parameters=NoteParameters,
    ),
    Operation(
        "sendNoteletEx",
        "POST",
        "onlineagent/{agentid}/sendnoteletex",
        "send a note",
        body=NoteBody,
        retcodes=(retcodes.BAD_SIGN_IN,),
        result=Nothing | None,
    ),
    Operation(
        "notifyBulletin",
        "POST",
        "onlineagent/{agentid}/notifybulletin",
        "publish a bulletin",
        body=BulletinBody,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*PROGRAM, *STATES, *SETTINGS)
