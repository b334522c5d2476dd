"""Every event type with its `content`: nothing, a call id as a bare text, or an object."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from gateway.contact_centre import event_contents as of
from gateway.contact_centre.event_contents import EventContent


class CallId:
    """Marks events whose content is the call id itself."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One type. `content` None: null on the wire. `seen` False: the name is known, but no source shows the content.

    Desktops read members without asking whether there is a content, so what has some is never null, unless that means
    something to them: `or_null` tells when.
    """

    name: str
    group: str
    when: str
    content: type[EventContent] | type[CallId] | None = None
    seen: bool = True
    or_null: str = ""


STATE, VOICE, PREVIEW, RECORD, PLAY = "agent state", "voice call", "preview call", "recording", "playing"
INSPECTION, PHONE, OTHER, MEDIA = "inspection", "phone", "other", "multimedia"
CONFERENCE, LINKAGE, CHAT = "conference", "phone linkage", "text chat"

ROWS: Final = (
    EventType("AgentState_Busy", STATE, "occupied by a call"),
    EventType("AgentState_Work", STATE, "wrap-up after a call"),
    EventType("AgentState_Ready", STATE, "idle"),
    EventType("AgentState_SetNotReady_Success", STATE, "busy", of.Reason),
    EventType("AgentState_CancelNotReady_Success", STATE, "no longer busy"),
    EventType("AgentState_SetRest_Success", STATE, "at rest", of.Reason),
    EventType("AgentState_CancelRest_Success", STATE, "no longer at rest"),
    EventType("AgentState_Rest_Timeout", STATE, "the rest asked for is over; the agent stays in it"),
    EventType("AgentState_SetWork_Success", STATE, "wrap-up as asked for", seen=False),
    EventType("AgentState_CancelWork_Success", STATE, "no longer in wrap-up"),
    EventType("AgentOther_Note", STATE, "a note has come", of.Text, seen=False),
    EventType("AgentOther_Bulletin", STATE, "a bulletin was published", of.Text, seen=False),
    EventType("AgentState_Force_Ready", STATE, "made idle by an inspector", seen=False),
    EventType("AgentState_Force_SetNotReady", STATE, "made busy by an inspector", seen=False),
    EventType("AgentEvent_Talking", VOICE, "talking", of.Talking),
    EventType("AgentEvent_Customer_Alerting", VOICE, "the called party rings", of.Alerting),
    EventType("AgentEvent_Hold", VOICE, "the call is on hold", CallId),
    EventType("AgentEvent_Conference", VOICE, "in a call of three or more", of.MultiPartyCall),
    EventType("AgentEvent_Call_Out_Fail", VOICE, "a call out failed", CallId),
    EventType("OUTBOUND_DETECT_EVENT", VOICE, "why it failed", of.CallFailure),
    EventType("AgentEvent_Inside_Call_Fail", VOICE, "an internal call failed", CallId),
    EventType("AgentEvent_No_Answer", VOICE, "an offered call was not answered", CallId),
    EventType("AgentEvent_Call_Release", VOICE, "the agent left the call", CallId),
    EventType("AgentEvent_Customer_Release", VOICE, "the customer left the call", of.CallParty),
    EventType("AgentEvent_Auto_Answer", VOICE, "a call came and was answered by itself", of.Offered),
    EventType("AgentEvent_Ringing", VOICE, "a call came and wants to be answered", of.Offered),
    EventType("AgentEvent_Connect_Fail", VOICE, "connecting failed", CallId),
    EventType("AgentEvent_Consult_Fail", VOICE, "a help call failed", CallId),
    EventType("AgentEvent_SuccTransResult", VOICE, "how a success transfer went", of.CallResult),
    EventType("AgentEvent_ReturnFromIvr", VOICE, "a suspended call is back", CallId),
    EventType("AgentEvent_MediaSwith", VOICE, "the call was switched to video, or could not be", of.MediaSwitch),
    EventType("AgentEvent_Incoming_CallInfo", VOICE, "a customer's call was given to the agent", of.IncomingCall),
    EventType("AgentEvent_Agent_Occupyed", PREVIEW, "kept for a call out"),
    EventType("AgentEvent_Preview", PREVIEW, "a number to call", of.Preview),
    EventType("AgentEvent_Preview_CallOut", PREVIEW, "a number to call, with data", of.PreviewCall),
    EventType("AgentEvent_Preview_CallOut_Ex", PREVIEW, "numbers to call, with data", of.PreviewCall),
    EventType("AgentMediaEvent_Record", RECORD, "recording", of.RecordingBegun),
    EventType("AgentMediaEvent_Record_Fail", RECORD, "recording could not be started", of.RecordingBegun),
    EventType("AgentMediaEvent_StopRecordDone", RECORD, "recording is over", of.RecordingDone),
    EventType("AgentMediaEvent_Play", PLAY, "playing begins"),
    EventType("AgentMediaEvent_Play_Succ", PLAY, "playing"),
    EventType("AgentMediaEvent_Play_Fail", PLAY, "playing failed"),
    EventType("AgentMediaEvent_StopPlayDone", PLAY, "playing is over", of.PlayStopped),
    EventType("AgentMediaEvent_PausePlayDone", PLAY, "playing pauses"),
    EventType("AgentMediaEvent_ResumePlayDone", PLAY, "playing goes on"),
    EventType("AgentMediaEvent_JumpPlayDone", PLAY, "wound forwards or back"),
    EventType("QC_AgentState_Notify", INSPECTION, "a watched agent signed in or out", of.WatchedAgent),
    EventType("AgentOther_BeQcStart", INSPECTION, "inspected from now on", of.InspectionNotice),
    EventType("AgentOther_BeQcStop", INSPECTION, "no longer inspected", of.InspectionNotice),
    EventType("AgentOther_PhoneUnknow", PHONE, "out of reach"),
    EventType("AgentOther_PhoneRelease", PHONE, "on hook", of.PhoneReleased),
    EventType("AgentOther_PhoneOffhook", PHONE, "off hook", of.PhoneLifted),
    EventType("AgentOther_PhoneAlerting", PHONE, "ringing", of.PhoneRings, or_null="for a call of its own"),
    EventType("AgentOther_PhoneBusy", PHONE, "in use, so that a call could not reach it"),
    EventType("AgentOther_InService", OTHER, "signing in"),
    EventType("AgentOther_ShutdownService", OTHER, "an inspector or the operator signs the agent out", of.SignedOut),
    EventType("AgentOther_All_Agent_Busy", OTHER, "all agents of the queue asked for are busy"),
    EventType("AgentEvent_MessageData", MEDIA, "a message of a customer", of.CustomerMessage),
    EventType("AgentConf_RequestSuccess", CONFERENCE, "granted; the chair has joined", of.ConferenceNotice),
    EventType("AgentConf_RequestFailed", CONFERENCE, "refused", of.ConferenceRefused),
    EventType("AgentConf_SelfJoinResult", CONFERENCE, "this agent has joined", of.ConferenceNotice),
    EventType("AgentConf_Timeout", CONFERENCE, "its time is nearly over", of.ConferenceNotice),
    EventType("AgentConf_Ringing", CONFERENCE, "a conference is calling", of.ConferenceNotice),
    EventType("AgentConf_ParticipantChanged", CONFERENCE, "something about a participant", of.ParticipantChanged),
    EventType("AgentConf_SelfLeaveResult", CONFERENCE, "this agent has left", of.ConferenceNotice),
    EventType("AgentConf_PresidentChanged", CONFERENCE, "this agent has the chair", of.ConferenceNotice),
    EventType("AgentConf_StopVoice", CONFERENCE, "the announcement is over", of.AnnouncementResult),
    EventType("AgentConf_StopParticipantVoice", CONFERENCE, "the announcement to one is over", of.AnnouncementResult),
    EventType("AgentEvent_linkagePhoneTransferOut", LINKAGE, "transferring with the phone", of.LinkedTransfer),
    EventType("AgentEvent_linkagePhoneTransferOut_Result", LINKAGE, "how that went", of.CallResult),
    EventType("AgentEvent_linkagePhoneHold", LINKAGE, "held with the phone", of.LinkedHold),
    EventType("AgentEvent_linkagePhoneUnHold", LINKAGE, "taken back with the phone", of.LinkedHold),
    EventType("AgentEvent_linkagePhoneCallOut", LINKAGE, "dialling with the phone", of.LinkedCall),
    EventType("AgentChat_Ring", CHAT, "a chat is offered", of.ChatInfo, seen=False),
    EventType("AgentChat_Connected", CHAT, "a chat was set up", of.ChatInfo, seen=False),
    EventType("AgentChat_Disconnected", CHAT, "a chat is over", of.ChatInfo, seen=False),
    EventType("AgentChat_DataRecved", CHAT, "a text has come", of.ChatMessage),
    EventType("AgentChat_CallOutCreated", CHAT, "an own chat was created", of.ChatInfo, seen=False),
    EventType("AgentChat_CalloutFailed", CHAT, "an own chat failed", of.ChatInfo, seen=False),
)

CATALOGUE: Final[dict[str, EventType]] = {row.name: row for row in ROWS}
"""By type."""


def check(event_type: str, content: object) -> None:
    """Raises ValueError, with what is wrong, unless the content is one of this type."""
    row = CATALOGUE.get(event_type)
    if row is None:
        raise ValueError(f"{event_type}: not in the catalogue")
    if row.content is None or (row.or_null and content is None):
        fits = content is None
    elif issubclass(row.content, CallId):
        fits = isinstance(content, str) and bool(content)
    else:
        try:
            row.content.model_validate(content)
        except ValidationError as wrong:
            raise ValueError(f"{event_type}: {wrong}") from None
        return
    if not fits:
        raise ValueError(f"{event_type}: content is {content!r}")
