"""The agentconf group: conferences of agents."""

from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, model_validator

from gateway.interface.fields import AgentId, Body, Caller, OpenBody, one_of
from gateway.interface.operation import Operation
from gateway.interface.results import Nothing, Result
from gateway.wire import retcodes

CONFERENCE_MINUTES_MAX = 1440

Address = Annotated[str, Field(min_length=1, max_length=24, examples=["102"])]
AddressType = Annotated[str, Field(pattern=r"^[69]$", examples=["9"])]
"""6 phone number, 9 agent; sent as a text."""
PlayMode = Annotated[int, one_of(2)]
VoicePath = Annotated[str, Field(min_length=1, max_length=127, examples=["y:/conf/1/hello.V3"])]
OptionalVoicePath = Annotated[str, Field(max_length=127)]


class ConferenceBody(Body):
    """`requestagentconf`: seats, and minutes asked for; `prompt_time` is minutes before the end."""

    member_num: int = Field(ge=1, le=120)
    conf_caller_no: Caller = ""
    time: int = Field(60, ge=4, le=CONFERENCE_MINUTES_MAX)
    prompt_time: int = Field(0, ge=0, le=CONFERENCE_MINUTES_MAX)
    beep_tone: bool = False
    play_mode: PlayMode = 2
    voice_path: OptionalVoicePath = ""


class ParticipantBody(Body):
    """A participant: a phone number or an agent."""

    address_type: AddressType
    address: Address


class HoldParticipantBody(ParticipantBody):
    """`holdparticipant`, `playvoicetoparticipant`: the file that the participant hears."""

    play_mode: PlayMode = 2
    voice_path: VoicePath


class ParticipantModeBody(ParticipantBody):
    """`changeparticipantmode`: 1 listens, 2 speaks, 3 both, 4 neither."""

    attribute: int = Field(ge=1, le=4)


class ProlongBody(Body):
    """`prolongtime`: minutes to add; an older client sends them in the query."""

    prolong_time: int = Field(ge=1, le=CONFERENCE_MINUTES_MAX)


class ShiftBody(Body):
    """`applytoshiftpresident`: the new chairperson; an older client sends destWorkNo in the query."""

    dest_agent_no: AgentId = Field(
        alias="destAgentNo", validation_alias=AliasChoices("destAgentNo", "destWorkNo"), examples=[102]
    )


class InviteBody(Body):
    """`batchaddparticipant`: up to 120 at a time; a welcome needs its file."""

    addresses: tuple[ParticipantBody, ...] = Field(min_length=1, max_length=120)
    beep_tone: bool = False
    play_mode: PlayMode = 2
    voice_path: OptionalVoicePath = ""
    caller: Caller = ""

    @model_validator(mode="after")
    def _welcome_has_file(self) -> Self:
        if self.beep_tone and not self.voice_path:
            raise ValueError("voicePath is required with beepTone")
        return self


class RemoveBody(Body):
    """`batchremoveparticipant`: up to 30 at a time."""

    addresses: tuple[ParticipantBody, ...] = Field(min_length=1, max_length=30)


class PlayToAllBody(Body):
    """`playvoicetoconf`: the file for everybody."""

    play_mode: PlayMode = 2
    voice_path: VoicePath


class SeatsBody(Body):
    """`modifyconfresource`: more (0) or fewer (1) seats."""

    modify_type: int = Field(ge=0, le=1)
    modify_num: int = Field(ge=2, le=118)


class ConferenceQueryBody(OpenBody):
    """`queryconfinfos`: takes a list of conference ids whose member name no source shows."""


class Prolonged(Result):
    """Minutes really added, spelt so by the interface."""

    applyed_time: int


class Participant(Result):
    """A participant as it was named."""

    address_type: str
    address: str


class NotRemoved(Result):
    """Those that were not in the conference."""

    no_exist_participants: list[Participant]


class ParticipantInfo(Participant):
    """`channel_attrib`: 1 listens, 2 speaks, 3 both. `channel_state`: 0 normal, 1 held, 2 hears a file.

    `role` is 1 for the chair, `enter_time` is ms since the epoch.
    """

    device_call_type: int
    device_type: int
    channel_attrib: int
    channel_state: int
    role: int
    enter_time: int


class ConferenceInfo(Result):
    """`conf_state`: 1 while a file is played to all. `start_time` in ms since the epoch, the others in minutes."""

    conf_id: int
    conf_state: int
    start_time: int
    apply_conf_time: int
    conf_have_been_time: int
    addresses: list[ParticipantInfo]


_CHAIR = (retcodes.NO_CONFERENCE, retcodes.NOT_CHAIRPERSON)


def _chair(
    name: str, action: str, summary: str, body: type[Body] | None = None, *more: str, result: Any = Nothing
) -> Operation:
    """An operation of the chairperson."""
    path = f"agentconf/{{agentid}}/{action}"
    return Operation(name, "POST", path, summary, body=body, retcodes=(*_CHAIR, *more), result=result)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "requestAgentConf",
        "POST",
        "agentconf/{agentid}/requestagentconf",
        "ask for a conference",
        body=ConferenceBody,
        retcodes=(retcodes.IN_CONFERENCE, retcodes.WRONG_STATE),
    ),
    Operation(
        "answerAgentConf",
        "POST",
        "agentconf/{agentid}/answeragentconf",
        "accept an invitation",
        retcodes=(retcodes.NO_CONFERENCE,),
    ),
    Operation(
        "rejectAgentConf",
        "POST",
        "agentconf/{agentid}/rejectagentconf",
        "decline an invitation",
        retcodes=(retcodes.NO_CONFERENCE,),
    ),
    Operation(
        "requestLeaveAgentConf",
        "POST",
        "agentconf/{agentid}/requestleaveagentconf",
        "leave the conference",
        retcodes=(retcodes.NO_CONFERENCE, retcodes.CHAIR_LEAVES),
    ),
    _chair("releaseAgentConf", "releaseagentconf", "end the conference"),
    _chair("holdParticipant", "holdparticipant", "hold a participant", HoldParticipantBody),
    _chair("unholdParticipant", "unholdparticipant", "take a participant off hold", ParticipantBody),
    _chair("prolongTime", "prolongtime", "ask for more time", ProlongBody, result=Prolonged),
    _chair(
        "applyToShiftPresident",
        "applytoshiftpresident",
        "give the chair to another agent",
        ShiftBody,
        retcodes.CHAIR_TO_ITSELF,
    ),
    _chair("batchAddParticipant", "batchaddparticipant", "invite participants", InviteBody),
    _chair(
        "batchRemoveParticipant",
        "batchremoveparticipant",
        "remove participants",
        RemoveBody,
        retcodes.CHAIR_REMOVES_ITSELF,
        result=NotRemoved,
    ),
    _chair(
        "changeParticipantMode",
        "changeparticipantmode",
        "let a participant listen or speak",
        ParticipantModeBody,
    ),
    _chair("playVoiceToConf", "playvoicetoconf", "play a file to all", PlayToAllBody),
    _chair("stopVoiceToConf", "stopvoicetoconf", "stop playing to all"),
    _chair("playVoiceToParticipant", "playvoicetoparticipant", "play a file to one", HoldParticipantBody),
    _chair("stopVoiceToParticipant", "stopvoicetoparticipant", "stop playing to one", ParticipantBody),
    _chair("modifyConfResource", "modifyconfresource", "change the number of seats", SeatsBody),
    Operation(
        "queryConfInfos",
        "POST",
        "agentconf/{agentid}/queryconfinfos",
        "conferences: own, or all of the VDN for an inspector",
        body=ConferenceQueryBody,
        result=list[ConferenceInfo],
    ),
    Operation(
        "queryAllConfIds",
        "GET",
        "agentconf/{agentid}/queryvdnconfid",
        "ids of the conferences of the VDN, for inspectors",
        retcodes=(retcodes.NOT_INSPECTOR_OF_CONFERENCES,),
        result=list[int],
    ),
)
