"""A class for each type of event. Where none is named, `content` is None.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Final

from gateway.client.event import Event
from gateway.client.event_contents import (
    Alerting,
    AnnouncementResult,
    CallFailure,
    CallParty,
    CallResult,
    ChatInfo,
    ChatMessage,
    ConferenceNotice,
    ConferenceRefused,
    CustomerMessage,
    IncomingCall,
    InspectionNotice,
    LinkedCall,
    LinkedHold,
    LinkedTransfer,
    MediaSwitch,
    MultiPartyCall,
    Offered,
    ParticipantChanged,
    PhoneLifted,
    PhoneReleased,
    PhoneRings,
    PlayStopped,
    Preview,
    PreviewCall,
    Reason,
    RecordingBegun,
    RecordingDone,
    SignedOut,
    Talking,
    Text,
    WatchedAgent,
)


class AgentStateBusy(Event, type_name="AgentState_Busy"):
    """Occupied by a call."""


class AgentStateWork(Event, type_name="AgentState_Work"):
    """Wrap-up after a call."""


class AgentStateReady(Event, type_name="AgentState_Ready"):
    """Idle."""


class AgentStateSetNotReadySuccess(Event, type_name="AgentState_SetNotReady_Success"):
    """Busy."""

    content: Reason


class AgentStateCancelNotReadySuccess(Event, type_name="AgentState_CancelNotReady_Success"):
    """No longer busy."""


class AgentStateSetRestSuccess(Event, type_name="AgentState_SetRest_Success"):
    """At rest."""

    content: Reason


class AgentStateCancelRestSuccess(Event, type_name="AgentState_CancelRest_Success"):
    """No longer at rest."""


class AgentStateRestTimeout(Event, type_name="AgentState_Rest_Timeout"):
    """The rest asked for is over; the agent stays in it."""


class AgentStateSetWorkSuccess(Event, type_name="AgentState_SetWork_Success"):
    """Wrap-up as asked for."""


class AgentStateCancelWorkSuccess(Event, type_name="AgentState_CancelWork_Success"):
    """No longer in wrap-up."""


class AgentOtherNote(Event, type_name="AgentOther_Note"):
    """A note has come."""

    content: Text


class AgentOtherBulletin(Event, type_name="AgentOther_Bulletin"):
    """A bulletin was published."""

    content: Text


class AgentStateForceReady(Event, type_name="AgentState_Force_Ready"):
    """Made idle by an inspector."""


class AgentStateForceSetNotReady(Event, type_name="AgentState_Force_SetNotReady"):
    """Made busy by an inspector."""


class AgentEventTalking(Event, type_name="AgentEvent_Talking"):
    """Talking."""

    content: Talking


class AgentEventCustomerAlerting(Event, type_name="AgentEvent_Customer_Alerting"):
    """The called party rings."""

    content: Alerting


class AgentEventHold(Event, type_name="AgentEvent_Hold"):
    """The call is on hold."""

    content: str


class AgentEventConference(Event, type_name="AgentEvent_Conference"):
    """In a call of three or more."""

    content: MultiPartyCall


class AgentEventCallOutFail(Event, type_name="AgentEvent_Call_Out_Fail"):
    """A call out failed."""

    content: str


class OutboundDetectEvent(Event, type_name="OUTBOUND_DETECT_EVENT"):
    """Why it failed."""

    content: CallFailure


class AgentEventInsideCallFail(Event, type_name="AgentEvent_Inside_Call_Fail"):
    """An internal call failed."""

    content: str


class AgentEventNoAnswer(Event, type_name="AgentEvent_No_Answer"):
    """An offered call was not answered."""

    content: str


class AgentEventCallRelease(Event, type_name="AgentEvent_Call_Release"):
    """The agent left the call."""

    content: str


class AgentEventCustomerRelease(Event, type_name="AgentEvent_Customer_Release"):
    """The customer left the call."""

    content: CallParty


class AgentEventAutoAnswer(Event, type_name="AgentEvent_Auto_Answer"):
    """A call came and was answered by itself."""

    content: Offered


class AgentEventRinging(Event, type_name="AgentEvent_Ringing"):
    """A call came and wants to be answered."""

    content: Offered


class AgentEventConnectFail(Event, type_name="AgentEvent_Connect_Fail"):
    """Connecting failed."""

    content: str


class AgentEventConsultFail(Event, type_name="AgentEvent_Consult_Fail"):
    """A help call failed."""

    content: str


class AgentEventSuccTransResult(Event, type_name="AgentEvent_SuccTransResult"):
    """How a success transfer went."""

    content: CallResult


class AgentEventReturnFromIvr(Event, type_name="AgentEvent_ReturnFromIvr"):
    """A suspended call is back."""

    content: str


class AgentEventMediaSwith(Event, type_name="AgentEvent_MediaSwith"):
    """The call was switched to video, or could not be."""

    content: MediaSwitch


class AgentEventIncomingCallInfo(Event, type_name="AgentEvent_Incoming_CallInfo"):
    """A customer's call was given to the agent."""

    content: IncomingCall


class AgentEventAgentOccupyed(Event, type_name="AgentEvent_Agent_Occupyed"):
    """Kept for a call out."""


class AgentEventPreview(Event, type_name="AgentEvent_Preview"):
    """A number to call."""

    content: Preview


class AgentEventPreviewCallOut(Event, type_name="AgentEvent_Preview_CallOut"):
    """A number to call, with data."""

    content: PreviewCall


class AgentEventPreviewCallOutEx(Event, type_name="AgentEvent_Preview_CallOut_Ex"):
    """Numbers to call, with data."""

    content: PreviewCall


class AgentMediaEventRecord(Event, type_name="AgentMediaEvent_Record"):
    """Recording."""

    content: RecordingBegun


class AgentMediaEventRecordFail(Event, type_name="AgentMediaEvent_Record_Fail"):
    """Recording could not be started."""

    content: RecordingBegun


class AgentMediaEventStopRecordDone(Event, type_name="AgentMediaEvent_StopRecordDone"):
    """Recording is over."""

    content: RecordingDone


class AgentMediaEventPlay(Event, type_name="AgentMediaEvent_Play"):
    """Playing begins."""


class AgentMediaEventPlaySucc(Event, type_name="AgentMediaEvent_Play_Succ"):
    """Playing."""


class AgentMediaEventPlayFail(Event, type_name="AgentMediaEvent_Play_Fail"):
    """Playing failed."""


class AgentMediaEventStopPlayDone(Event, type_name="AgentMediaEvent_StopPlayDone"):
    """Playing is over."""

    content: PlayStopped


class AgentMediaEventPausePlayDone(Event, type_name="AgentMediaEvent_PausePlayDone"):
    """Playing pauses."""


class AgentMediaEventResumePlayDone(Event, type_name="AgentMediaEvent_ResumePlayDone"):
    """Playing goes on."""


class AgentMediaEventJumpPlayDone(Event, type_name="AgentMediaEvent_JumpPlayDone"):
    """Wound forwards or back."""


class QcAgentStateNotify(Event, type_name="QC_AgentState_Notify"):
    """A watched agent signed in or out."""

    content: WatchedAgent


class AgentOtherBeQcStart(Event, type_name="AgentOther_BeQcStart"):
    """Inspected from now on."""

    content: InspectionNotice


class AgentOtherBeQcStop(Event, type_name="AgentOther_BeQcStop"):
    """No longer inspected."""

    content: InspectionNotice


class AgentOtherPhoneUnknow(Event, type_name="AgentOther_PhoneUnknow"):
    """Out of reach."""


class AgentOtherPhoneRelease(Event, type_name="AgentOther_PhoneRelease"):
    """On hook."""

    content: PhoneReleased


class AgentOtherPhoneOffhook(Event, type_name="AgentOther_PhoneOffhook"):
    """Off hook."""

    content: PhoneLifted


class AgentOtherPhoneAlerting(Event, type_name="AgentOther_PhoneAlerting"):
    """Ringing."""

    content: PhoneRings | None


class AgentOtherPhoneBusy(Event, type_name="AgentOther_PhoneBusy"):
    """In use, so that a call could not reach it."""


class AgentOtherInService(Event, type_name="AgentOther_InService"):
    """Signing in."""


class AgentOtherShutdownService(Event, type_name="AgentOther_ShutdownService"):
    """An inspector or the operator signs the agent out."""

    content: SignedOut


class AgentOtherAllAgentBusy(Event, type_name="AgentOther_All_Agent_Busy"):
    """All agents of the queue asked for are busy."""


class AgentEventMessageData(Event, type_name="AgentEvent_MessageData"):
    """A message of a customer."""

    content: CustomerMessage


class AgentConfRequestSuccess(Event, type_name="AgentConf_RequestSuccess"):
    """Granted; the chair has joined."""

    content: ConferenceNotice


class AgentConfRequestFailed(Event, type_name="AgentConf_RequestFailed"):
    """Refused."""

    content: ConferenceRefused


class AgentConfSelfJoinResult(Event, type_name="AgentConf_SelfJoinResult"):
    """This agent has joined."""

    content: ConferenceNotice


class AgentConfTimeout(Event, type_name="AgentConf_Timeout"):
    """Its time is nearly over."""

    content: ConferenceNotice


class AgentConfRinging(Event, type_name="AgentConf_Ringing"):
    """A conference is calling."""

    content: ConferenceNotice


class AgentConfParticipantChanged(Event, type_name="AgentConf_ParticipantChanged"):
    """Something about a participant."""

    content: ParticipantChanged


class AgentConfSelfLeaveResult(Event, type_name="AgentConf_SelfLeaveResult"):
    """This agent has left."""

    content: ConferenceNotice


class AgentConfPresidentChanged(Event, type_name="AgentConf_PresidentChanged"):
    """This agent has the chair."""

    content: ConferenceNotice


class AgentConfStopVoice(Event, type_name="AgentConf_StopVoice"):
    """The announcement is over."""

    content: AnnouncementResult


class AgentConfStopParticipantVoice(Event, type_name="AgentConf_StopParticipantVoice"):
    """The announcement to one is over."""

    content: AnnouncementResult


class AgentEventLinkagePhoneTransferOut(Event, type_name="AgentEvent_linkagePhoneTransferOut"):
    """Transferring with the phone."""

    content: LinkedTransfer


class AgentEventLinkagePhoneTransferOutResult(Event, type_name="AgentEvent_linkagePhoneTransferOut_Result"):
    """How that went."""

    content: CallResult


class AgentEventLinkagePhoneHold(Event, type_name="AgentEvent_linkagePhoneHold"):
    """Held with the phone."""

    content: LinkedHold


class AgentEventLinkagePhoneUnHold(Event, type_name="AgentEvent_linkagePhoneUnHold"):
    """Taken back with the phone."""

    content: LinkedHold


class AgentEventLinkagePhoneCallOut(Event, type_name="AgentEvent_linkagePhoneCallOut"):
    """Dialling with the phone."""

    content: LinkedCall


class AgentChatRing(Event, type_name="AgentChat_Ring"):
    """A chat is offered."""

    content: ChatInfo


class AgentChatConnected(Event, type_name="AgentChat_Connected"):
    """A chat was set up."""

    content: ChatInfo


class AgentChatDisconnected(Event, type_name="AgentChat_Disconnected"):
    """A chat is over."""

    content: ChatInfo


class AgentChatDataRecved(Event, type_name="AgentChat_DataRecved"):
    """A text has come."""

    content: ChatMessage


class AgentChatCallOutCreated(Event, type_name="AgentChat_CallOutCreated"):
    """An own chat was created."""

    content: ChatInfo


class AgentChatCalloutFailed(Event, type_name="AgentChat_CalloutFailed"):
    """An own chat failed."""

    content: ChatInfo


_BY_NAME: Final = {kind.type_name: kind for kind in Event.__subclasses__()}


def event_class(name: str) -> type[Event]:
    """The class of a type; Event itself for a name that is not known."""
    return _BY_NAME.get(name, Event)
