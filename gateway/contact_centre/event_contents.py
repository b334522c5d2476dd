"""What events carry in `content`, by the names of the wire; spelling differs by event."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EventContent(BaseModel):
    """An object in `content`. `json_key` names the other members where the interface adds it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=False, defer_build=True)

    json_key: list[str] | None = Field(None, alias="jsonKey")


class Reason(EventContent):
    """Why an agent is busy (1 asked for, 2 no answer, 3 inspector, 4 rest, 5 phone, 7 rejected, 200-250) or rests."""

    reason: str = Field(pattern=r"^[0-9]{1,3}$")


class Text(EventContent):
    """A note or a bulletin, as older clients read it: who wrote it, and its text."""

    sender: str
    context: str


class Talking(EventContent):
    """A call as its agent talks. `feature` is the kind of call, `media_ability` 1 voice, 3 video, 5 text, 6 H5."""

    caller: str
    called: str
    callid: str
    feature: str
    type: Literal["main", "assistant"]
    media_ability: Literal["1", "2", "3", "5", "6"] = Field(alias="mediaAbility")


class Offered(Talking):
    """A call as it is offered; `transfrom` tells who transferred it. `media_type` is a text or a number by event."""

    transfer: Literal["yes", "no"]
    transfrom: str
    media_type: str | int = Field(alias="mediaType")


class Alerting(EventContent):
    """The party that the agent calls is ringing; `other_phone_workno` is its agent id, "" for one outside."""

    callid: str
    other_phone: str = Field(alias="otherPhone")
    other_phone_workno: str = Field(alias="otherPhoneWorkno")
    type: Literal["main", "assistant"]


class MultiPartyCall(EventContent):
    """A call of three or more; `partner` are the numbers of the others, comma-separated."""

    callid: str
    partner: str


class CallParty(EventContent):
    """A party of a call."""

    callid: str
    number: str


class CallFailure(EventContent):
    """Why an outgoing call failed: the platform's code and its text."""

    call_id: str = Field(alias="callId")
    detect: int
    desc: str


class CallResult(EventContent):
    """How something about a call went: 0 well, else not."""

    call_id: str = Field(alias="callId")
    result: int


class MediaSwitch(EventContent):
    """A switch of audio to video; `reason` 0 is success."""

    callid: str
    reason: int
    caller: str
    called: str
    media_type: int = Field(alias="mediaType")


class IncomingCall(EventContent):
    """A customer's call has been given to the agent. `last_release_agent_id` is 65535 when no agent released it yet."""

    call_id: str = Field(alias="callId")
    skill_name: str = Field(alias="skillName")
    skill_id: int = Field(alias="skillId")
    caller: str
    called: str
    last_release_agent_id: int = Field(alias="lastReleaseAgentId")
    media_type: int = Field(alias="mediaType")
    times_queued_again: int = Field(alias="releaseAndReQueueCount")
    queued_again: Literal[0, 1] = Field(alias="releaseAndReQueueCallFlag")


class Preview(EventContent):
    """A number that the agent is asked to call."""

    controlid: str
    dialeddigits: str = Field(max_length=24)


class PreviewCall(EventContent):
    """The same with call data; several numbers are comma-separated."""

    controlid: str
    dialeddigits: str = Field(max_length=120)
    call_data: str = Field(alias="callData", max_length=16_384)


class RecordingBegun(EventContent):
    """A recording that was begun, or could not be."""

    task_id: int = Field(alias="taskId")
    caller: str
    called: str
    location_id: str = Field(alias="locationId")
    record_id: str = Field(alias="recordID")
    file_name: str = Field(alias="fileName")
    call_id: str = Field(alias="callId")
    file_media_type: str | int = Field(alias="fileMediaType")


class RecordingDone(EventContent):
    """A recording that is over; times are ms since the epoch."""

    begin_time: int = Field(alias="beginTime")
    end_time: int = Field(alias="endTime")
    task_id: int = Field(alias="taskId")
    file_media_type: str = Field(alias="fileMediaType")


class PlayStopped(EventContent):
    """Why playing ended: 0 at its end, 1 by the agent, 2 it failed."""

    cause: int


class WatchedAgent(EventContent):
    """An agent whom this inspector watches signed in or out."""

    subtype: Literal["QC_AgentState_Login", "QC_AgentState_Logout"]
    monitoredagent: str
    agentname: str
    mediaserver: str


class InspectionNotice(EventContent):
    """Inspection of this agent: 8 listening, 9 inserting, 20172 and 20173 whispering; by whom."""

    qc_type: Literal[8, 9, 20172, 20173] = Field(alias="qcType")
    qc_agent_id: int = Field(alias="qcAgentId")


class PhoneReleased(EventContent):
    """Why the phone is on hook: 3 by the platform, 2 by the agent."""

    phone_state: Literal[2, 3] = Field(alias="phoneState")


class PhoneRings(EventContent):
    """The call that comes in."""

    callid: str
    caller: str


class PhoneLifted(EventContent):
    """For which call the phone was lifted."""

    type: Literal["main", "assistant", "unknown"]


class SignedOut(EventContent):
    """When the session that is over began: ms since the epoch as a text."""

    login_time: str = Field(alias="loginTime", pattern=r"^[0-9]+$")


class CustomerMessage(EventContent):
    """A message of a customer in a multimedia call."""

    callid: str
    caller: str
    called: str
    feature: int
    type: Literal["main", "assistant"]
    message: str
    media_ability: str = Field(alias="mediaAbility")


class ConferenceNotice(EventContent):
    """An agent conference."""

    conf_id: int = Field(alias="confId")


class ConferenceRefused(EventContent):
    """Why a conference was refused."""

    cause: int


class ParticipantChanged(EventContent):
    """`change_type`: 0 joined, 1 left, 2 chair, 3 muted, 4 may speak, 5 held, 6 back.

    `participant_type`: 6 phone number, 9 agent.
    """

    result: int
    change_type: int = Field(alias="changeType")
    change_reason: int = Field(alias="changeReason")
    conf_id: int = Field(alias="confId")
    participant: str
    participant_type: Literal[6, 9] = Field(alias="participantType")
    device_call_type: int = Field(alias="deviceCallType")
    device_type: int = Field(alias="deviceType")


class AnnouncementResult(EventContent):
    """0 success, else failure."""

    result: int


class PhoneAddress(BaseModel):
    """A phone number as linkage events carry it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    address: str
    address_type: Literal[6] = Field(alias="addressType")


class LinkedTransfer(EventContent):
    """A transfer made with the phone: where to, and the agent's own number."""

    addr_out: PhoneAddress = Field(alias="addrOut")
    addr_self: PhoneAddress = Field(alias="addrSelf")


class LinkedCall(EventContent):
    """A call made with the phone; its id is not the one of the later call."""

    addr_called: PhoneAddress = Field(alias="addrCalled")
    addr_caller: PhoneAddress = Field(alias="addrCaller")
    skill_id: int = Field(alias="skillId")
    call_id: str = Field(alias="callId")


class LinkedHold(EventContent):
    """A call held or taken back with the phone."""

    call_id: str = Field(alias="callId")


class ChatMessage(EventContent):
    """A text in a chat, as older clients read it. `is_inner_call`: the chat is one between agents.

    With `chat_content_type`, what the sender says it is, `chat_content` is the path of a file (`mediafile`).
    """

    sender: str
    call_id: str = Field(alias="callId")
    chat_content: str = Field(alias="chatContent")
    is_inner_call: bool = Field(alias="isInnerCall")
    chat_content_type: str = Field("", alias="chatContentType")


class ChatInfo(EventContent):
    """A chat, with the members that public clients read; no page shows them. `attach_data` is the call data."""

    call_id: str = Field(alias="callId")
    caller: str
    called: str
    is_inner_call: bool = Field(alias="isInnerCall")
    attach_data: str = Field(alias="attachData")
