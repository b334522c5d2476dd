"""What events carry in `content`.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Literal, NotRequired, TypedDict


class Alerting(TypedDict):
    """The party that the agent calls is ringing; `otherPhoneWorkno` is its agent id, "" for one outside."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    otherPhone: str
    otherPhoneWorkno: str
    type: Literal["main", "assistant"]


class AnnouncementResult(TypedDict):
    """0 success, else failure."""

    jsonKey: NotRequired[list[str] | None]
    result: int


class CallFailure(TypedDict):
    """Why an outgoing call failed: the platform's code and its text."""

    jsonKey: NotRequired[list[str] | None]
    callId: str
    detect: int
    desc: str


class CallParty(TypedDict):
    """A party of a call."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    number: str


class CallResult(TypedDict):
    """How something about a call went: 0 well, else not."""

    jsonKey: NotRequired[list[str] | None]
    callId: str
    result: int


class ChatInfo(TypedDict):
    """A chat, with the members that public clients read; no page shows them. `attachData` is the call data."""

    jsonKey: NotRequired[list[str] | None]
    callId: str
    caller: str
    called: str
    isInnerCall: bool
    attachData: str


class ChatMessage(TypedDict):
    """A text in a chat, as older clients read it. `isInnerCall`: the chat is one between agents. With
    `chatContentType`, what the sender says it is, `chatContent` is the path of a file (`mediafile`).
    """

    jsonKey: NotRequired[list[str] | None]
    sender: str
    callId: str
    chatContent: str
    isInnerCall: bool
    chatContentType: NotRequired[str]


class ConferenceNotice(TypedDict):
    """An agent conference."""

    jsonKey: NotRequired[list[str] | None]
    confId: int


class ConferenceRefused(TypedDict):
    """Why a conference was refused."""

    jsonKey: NotRequired[list[str] | None]
    cause: int


class CustomerMessage(TypedDict):
    """A message of a customer in a multimedia call."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    caller: str
    called: str
    feature: int
    type: Literal["main", "assistant"]
    message: str
    mediaAbility: str


class IncomingCall(TypedDict):
    """A customer's call has been given to the agent. `lastReleaseAgentId` is 65535 when no agent released it
    yet.
    """

    jsonKey: NotRequired[list[str] | None]
    callId: str
    skillName: str
    skillId: int
    caller: str
    called: str
    lastReleaseAgentId: int
    mediaType: int
    releaseAndReQueueCount: int
    releaseAndReQueueCallFlag: Literal[0, 1]


class InspectionNotice(TypedDict):
    """Inspection of this agent: 8 listening, 9 inserting, 20172 and 20173 whispering; by whom."""

    jsonKey: NotRequired[list[str] | None]
    qcType: Literal[8, 9, 20172, 20173]
    qcAgentId: int


class PhoneAddress(TypedDict):
    """A phone number as linkage events carry it."""

    address: str
    addressType: Literal[6]


class LinkedCall(TypedDict):
    """A call made with the phone; its id is not the one of the later call."""

    jsonKey: NotRequired[list[str] | None]
    addrCalled: PhoneAddress
    addrCaller: PhoneAddress
    skillId: int
    callId: str


class LinkedHold(TypedDict):
    """A call held or taken back with the phone."""

    jsonKey: NotRequired[list[str] | None]
    callId: str


class LinkedTransfer(TypedDict):
    """A transfer made with the phone: where to, and the agent's own number."""

    jsonKey: NotRequired[list[str] | None]
    addrOut: PhoneAddress
    addrSelf: PhoneAddress


class MediaSwitch(TypedDict):
    """A switch of audio to video; `reason` 0 is success."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    reason: int
    caller: str
    called: str
    mediaType: int


class MultiPartyCall(TypedDict):
    """A call of three or more; `partner` are the numbers of the others, comma-separated."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    partner: str


class Offered(TypedDict):
    """A call as it is offered; `transfrom` tells who transferred it. `mediaType` is a text or a number by event."""

    jsonKey: NotRequired[list[str] | None]
    caller: str
    called: str
    callid: str
    feature: str
    type: Literal["main", "assistant"]
    mediaAbility: Literal["1", "2", "3", "5", "6"]
    transfer: Literal["yes", "no"]
    transfrom: str
    mediaType: str | int


class ParticipantChanged(TypedDict):
    """`changeType`: 0 joined, 1 left, 2 chair, 3 muted, 4 may speak, 5 held, 6 back. `participantType`: 6 phone
    number, 9 agent.
    """

    jsonKey: NotRequired[list[str] | None]
    result: int
    changeType: int
    changeReason: int
    confId: int
    participant: str
    participantType: Literal[6, 9]
    deviceCallType: int
    deviceType: int


class PhoneLifted(TypedDict):
    """For which call the phone was lifted."""

    jsonKey: NotRequired[list[str] | None]
    type: Literal["main", "assistant", "unknown"]


class PhoneReleased(TypedDict):
    """Why the phone is on hook: 3 by the platform, 2 by the agent."""

    jsonKey: NotRequired[list[str] | None]
    phoneState: Literal[2, 3]


class PhoneRings(TypedDict):
    """The call that comes in."""

    jsonKey: NotRequired[list[str] | None]
    callid: str
    caller: str


class PlayStopped(TypedDict):
    """Why playing ended: 0 at its end, 1 by the agent, 2 it failed."""

    jsonKey: NotRequired[list[str] | None]
    cause: int


class Preview(TypedDict):
    """A number that the agent is asked to call."""

    jsonKey: NotRequired[list[str] | None]
    controlid: str
    dialeddigits: str


class PreviewCall(TypedDict):
    """The same with call data; several numbers are comma-separated."""

    jsonKey: NotRequired[list[str] | None]
    controlid: str
    dialeddigits: str
    callData: str


class Reason(TypedDict):
    """Why an agent is busy (1 asked for, 2 no answer, 3 inspector, 4 rest, 5 phone, 7 rejected, 200-250) or
    rests.
    """

    jsonKey: NotRequired[list[str] | None]
    reason: str


class RecordingBegun(TypedDict):
    """A recording that was begun, or could not be."""

    jsonKey: NotRequired[list[str] | None]
    taskId: int
    caller: str
    called: str
    locationId: str
    recordID: str
    fileName: str
    callId: str
    fileMediaType: str | int


class RecordingDone(TypedDict):
    """A recording that is over; times are ms since the epoch."""

    jsonKey: NotRequired[list[str] | None]
    beginTime: int
    endTime: int
    taskId: int
    fileMediaType: str


class SignedOut(TypedDict):
    """When the session that is over began: ms since the epoch as a text."""

    jsonKey: NotRequired[list[str] | None]
    loginTime: str


class Talking(TypedDict):
    """A call as its agent talks. `feature` is the kind of call, `mediaAbility` 1 voice, 3 video, 5 text, 6 H5."""

    jsonKey: NotRequired[list[str] | None]
    caller: str
    called: str
    callid: str
    feature: str
    type: Literal["main", "assistant"]
    mediaAbility: Literal["1", "2", "3", "5", "6"]


class Text(TypedDict):
    """A note or a bulletin, as older clients read it: who wrote it, and its text."""

    jsonKey: NotRequired[list[str] | None]
    sender: str
    context: str


class WatchedAgent(TypedDict):
    """An agent whom this inspector watches signed in or out."""

    jsonKey: NotRequired[list[str] | None]
    subtype: Literal["QC_AgentState_Login", "QC_AgentState_Logout"]
    monitoredagent: str
    agentname: str
    mediaserver: str
