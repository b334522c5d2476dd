"""The voicecall group: calls of a signed-in agent."""

from dataclasses import replace
from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field, model_validator

from gateway.interface.fields import (
    AgentId,
    Bit,
    Body,
    CallData,
    Called,
    Caller,
    CallId,
    CallParameters,
    OpenBody,
    OptionalCallId,
    OptionalSkillId,
    Parameters,
    SkillId,
    one_of,
)
from gateway.interface.operation import Operation
from gateway.wire import retcodes

TRANSFER_MODES: Final[dict[int, tuple[int, ...]]] = {
    1: (0, 2),
    2: (0, 2, 3),
    3: (0, 1),
    4: (0, 2),
    5: (1, 2, 3, 4),
}
"""Modes by type of target: 1 skill queue, 2 agent, 3 IVR, 4 access code, 5 outbound number. Towards 1 to 4: 0 release,
1 suspend, 2 success; towards 5: 1 release, 2 success, 3 talk, 4 three-party. Mode 3 towards an agent is in no table of
the interface but in its example, so clients send it.
"""

MediaAbility = Annotated[int, Field(ge=0, le=2)]
"""0 audio, 1 video, 2 the most that both sides can."""
Digits = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[0-9]+$", examples=["40038"])]


class OptionalCallParameters(Parameters):
    """`answer` and `gethold`: which call, where there are several."""

    callid: OptionalCallId = ""


class PartyParameters(Parameters):
    """`disconnect`: the number of the party to release."""

    number: Digits


class DialParameters(Parameters):
    """`seconddialex`: the digits to send; `#` is percent-encoded."""

    number: Called


class OlderDialParameters(Parameters):
    """`seconddial`: the older form also takes a comma."""

    number: str = Field(min_length=1, max_length=24, pattern=r"^[0-9*#,]+$", examples=["12*3"])


class SnatchParameters(Parameters):
    """`snatchpickup`: the agent whose ringing call is taken."""

    dest_work_no: AgentId


class QueuedCallParameters(Parameters):
    """`requestcall`: a call in the public queue skillId (older clients: skillid), or in the own private one."""

    callid: CallId
    skilltype: Bit = Field(examples=[1])
    skill_id: OptionalSkillId = Field(
        None, alias="skillId", validation_alias=AliasChoices("skillId", "skillid"), examples=[5]
    )

    @model_validator(mode="after")
    def _public_queues_are_named(self) -> Self:
        if not (self.skilltype or self.skill_id):
            raise ValueError("skillId is required for a public queue")
        return self


class CallOutBody(Body):
    """`callout`. `user_video_direction`: 1 receives, 2 sends, 3 both, 4 not set."""

    called: Called
    caller: Caller = ""
    skillid: OptionalSkillId = None
    callappdata: CallData = ""
    mediaability: MediaAbility = 0
    user_video_direction: int = Field(4, ge=1, le=4)


class InnerCallBody(Body):
    """`callinner`: another agent; `mediaability` is read and has no effect."""

    called: Called = Field(examples=["102"])
    caller: Caller = ""
    skillid: OptionalSkillId = None
    callappdata: CallData = ""
    mediaability: MediaAbility = 0


class InnerSkillCallBody(Body):
    """`callinnerskill`: any idle agent of a skill queue."""

    skill_id: SkillId


class PreviewCallBody(Body):
    """`previewcallout`: one of the numbers offered by the event with this control id."""

    called: Called
    callcontrolid: int = Field(ge=0, examples=[7])


class CancelPreviewBody(Body):
    """`cancelPreviewCallout`: the control id of the offer."""

    callcontrolid: int = Field(ge=0, examples=[7])


class HelpBody(Body):
    """`innerhelp`. `devicetype`: 1 skill queue, 2 agent. `mode`: 1 two parties, 2 three."""

    dstaddress: Digits = Field(examples=["102"])
    devicetype: int = Field(2, ge=1, le=2)
    mode: int = Field(1, ge=1, le=2)
    callappdata: CallData = ""
    holdflag: bool = True


class TransferBody(Body):
    """`transfer`; see TRANSFER_MODES. `caller` and `mediaability` count for an outbound number only."""

    devicetype: Annotated[int, one_of(*TRANSFER_MODES), Field(examples=[2])]
    address: Digits = Field(examples=["102"])
    mode: Annotated[int, one_of(0, 1, 2, 3, 4)]
    callappdata: CallData = ""
    caller: Caller = ""
    mediaability: MediaAbility = 0
    holdflag: bool = True

    @model_validator(mode="after")
    def _mode_fits(self) -> Self:
        allowed = TRANSFER_MODES[self.devicetype]
        if self.mode not in allowed:
            raise ValueError(f"mode must be one of {', '.join(map(str, allowed))} for devicetype {self.devicetype}")
        return self


class JoinBody(Body):
    """`confjoin`: the held call that joins the present one."""

    callid: CallId
    callappdata: CallData = ""


class RejectBody(Body):
    """`reject`. `mode`: 1 back to the queue and busy, 2 release and idle."""

    callid: OptionalCallId = ""
    mode: int = Field(ge=1, le=2)


class ReportSoundBody(OpenBody):
    """`reportsound`; no source shows the members."""


_STATE = (retcodes.WRONG_STATE,)
_CALLING = (retcodes.WRONG_STATE, retcodes.CALLED_NUMBER)
_MUTE = (retcodes.MUTE_NO_CALL, retcodes.MUTE_STATE)
_UNMUTE = (retcodes.UNMUTE_NO_CALL, retcodes.UNMUTE_STATE)
_RELEASE = (retcodes.RELEASE_NO_CALL,)

_PREVIEW = Operation(
    "previewCallOut",
    "PUT",
    "voicecall/{agentid}/previewcallout",
    "call a number of an offered preview call",
    body=PreviewCallBody,
    retcodes=_CALLING,
    result=str,
)
_RELEASE_ROW = Operation(
    "release", "DELETE", "voicecall/{agentid}/release", "hang up the present call", retcodes=_RELEASE
)
_PICK_UP = Operation(
    "phonePickup", "POST", "voicecall/{agentid}/phonepickup", "lift the linked desk phone", retcodes=_STATE
)
_HANG_UP = Operation(
    "phoneHangUp", "POST", "voicecall/{agentid}/phonehangup", "reject a call on the linked desk phone", retcodes=_STATE
)

MAKING: tuple[Operation, ...] = (
    Operation(
        "callout",
        "PUT",
        "voicecall/{agentid}/callout",
        "call a number",
        body=CallOutBody,
        retcodes=_CALLING,
        result=str,
    ),
    _PREVIEW,
    replace(_PREVIEW, path="voicecall/{agentid}/previewCallout"),
    Operation(
        "cancelPreviewCallout",
        "PUT",
        "voicecall/{agentid}/cancelPreviewCallout",
        "decline an offered preview call",
        body=CancelPreviewBody,
        retcodes=_STATE,
    ),
    Operation(
        "callInner",
        "PUT",
        "voicecall/{agentid}/callinner",
        "call another agent",
        body=InnerCallBody,
        retcodes=_CALLING,
        result=str,
    ),
    Operation(
        "callInnerSkill",
        "PUT",
        "voicecall/{agentid}/callinnerskill",
        "call an idle agent of a skill queue",
        body=InnerSkillCallBody,
        retcodes=_STATE,
        result=str,
    ),
    Operation(
        "requestAppointedCall",
        "POST",
        "voicecall/{agentid}/requestcall/{callid}/{skilltype}",
        "take a chosen call out of a queue",
        parameters=QueuedCallParameters,
        retcodes=_STATE,
    ),
)

ANSWERING: tuple[Operation, ...] = (
    Operation(
        "answer",
        "PUT",
        "voicecall/{agentid}/answer",
        "answer the ringing call",
        parameters=OptionalCallParameters,
        retcodes=(retcodes.ANSWER_NO_CALL,),
    ),
    Operation(
        "reject",
        "POST",
        "voicecall/{agentid}/reject",
        "reject the ringing call",
        body=RejectBody,
        retcodes=(retcodes.ANSWER_NO_CALL, retcodes.REJECT_STATE),
    ),
    Operation(
        "snatchPickup",
        "PUT",
        "voicecall/{agentid}/snatchpickup",
        "answer a call that rings at another agent of the group",
        parameters=SnatchParameters,
        retcodes=_STATE,
    ),
    _PICK_UP,
    replace(_PICK_UP, method="PUT"),
    _HANG_UP,
    replace(_HANG_UP, method="PUT"),
)

TALKING: tuple[Operation, ...] = (
    Operation("beginMute", "POST", "voicecall/{agentid}/beginmute", "mute the call", retcodes=_MUTE),
    Operation("endMute", "POST", "voicecall/{agentid}/endmute", "unmute the call", retcodes=_UNMUTE),
    Operation("beginMuteVideo", "POST", "voicecall/{agentid}/beginmutevideo", "stop the own picture", retcodes=_MUTE),
    Operation("endMuteVideo", "POST", "voicecall/{agentid}/endmutevideo", "show the own picture", retcodes=_UNMUTE),
    Operation(
        "hold",
        "POST",
        "voicecall/{agentid}/hold",
        "hold the call",
        retcodes=(retcodes.HOLD_NO_CALL, retcodes.HOLD_STATE),
    ),
    Operation(
        "getHold",
        "POST",
        "voicecall/{agentid}/gethold",
        "take a held call back",
        parameters=OptionalCallParameters,
        retcodes=(retcodes.UNHOLD_NO_HELD, retcodes.UNHOLD_STATE),
    ),
    Operation(
        "connectHold",
        "POST",
        "voicecall/{agentid}/connecthold/{callid}",
        "connect the held call with the present one and leave",
        parameters=CallParameters,
        retcodes=(
            retcodes.CONNECT_NO_CALL,
            retcodes.CONNECT_NO_HELD,
            retcodes.HOLD_NO_CALL,
            retcodes.HOLD_STATE,
        ),
    ),
    Operation(
        "transfer",
        "POST",
        "voicecall/{agentid}/transfer",
        "transfer the call",
        body=TransferBody,
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_STATE, retcodes.CALLED_NUMBER),
    ),
    Operation(
        "cancelTransfer",
        "POST",
        "voicecall/{agentid}/canceltransfer",
        "take a transferred call back",
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_STATE),
    ),
    Operation(
        "innerHelp",
        "POST",
        "voicecall/{agentid}/innerhelp",
        "ask another agent for help in the call",
        body=HelpBody,
        retcodes=(retcodes.HELP_NO_CALL, retcodes.WRONG_STATE, retcodes.CALLED_NUMBER),
        result=str,
    ),
    Operation(
        "confJoin",
        "POST",
        "voicecall/{agentid}/confjoin",
        "join a held call to a three-party call",
        body=JoinBody,
        retcodes=(retcodes.JOIN_NO_CALL, retcodes.JOIN_NO_HELD),
    ),
    Operation(
        "secondDialEx",
        "POST",
        "voicecall/{agentid}/seconddialex",
        "send digits",
        parameters=DialParameters,
        retcodes=_STATE,
    ),
    Operation(
        "secondDial",
        "POST",
        "voicecall/{agentid}/seconddial/{number}",
        "send digits, older form",
        parameters=OlderDialParameters,
        retcodes=_STATE,
    ),
    Operation(
        "reportSound",
        "POST",
        "voicecall/{agentid}/reportsound",
        "announce a number in the call",
        body=ReportSoundBody,
        retcodes=(retcodes.REPORT_NO_CALL,),
    ),
)

ENDING: tuple[Operation, ...] = (
    _RELEASE_ROW,
    replace(_RELEASE_ROW, path="voicecall/{agentid}", summary="hang up the present call, older form"),
    Operation(
        "dropCall",
        "POST",
        "voicecall/{agentid}/dropcall/{callid}",
        "hang up a call by its id",
        parameters=CallParameters,
        retcodes=(retcodes.DROP_NO_CALL,),
    ),
    Operation(
        "disconnect",
        "POST",
        "voicecall/{agentid}/disconnect/{number}",
        "release one party of the call",
        parameters=PartyParameters,
        retcodes=(retcodes.NO_SUCH_PARTY, retcodes.PARTY_STAYS),
    ),
    Operation("releasePhone", "DELETE", "voicecall/{agentid}/releasephone", "hang up the phone", retcodes=_STATE),
)

OPERATIONS: tuple[Operation, ...] = (*MAKING, *ANSWERING, *TALKING, *ENDING)
