"""A class for each retcode.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Final

from gateway.client.errors import Refused


class WrongEventWay(Refused, retcode="000-001"):
    """Events of this session are not fetched in this way."""


class BadParameter(Refused, retcode="000-002"):
    """A parameter of the address is wrong."""


class NoRight(Refused, retcode="000-003"):
    """No right to call this interface: the guid header is missing, wrong or expired."""


class SelfInspection(Refused, retcode="000-005"):
    """An inspector cannot inspect itself."""


class BadMessage(Refused, retcode="000-006"):
    """The message is malformed."""


class BadSignIn(Refused, retcode="100-001"):
    """A sign-in parameter is missing or invalid."""


class AlreadySignedIn(Refused, retcode="100-002"):
    """The agent is already signed in."""


class WrongCredentials(Refused, retcode="100-004"):
    """Wrong agent or password."""


class BadSignOut(Refused, retcode="100-005"):
    """A sign-out parameter is invalid."""


class NotSignedIn(Refused, retcode="100-006"):
    """The agent is not signed in."""


class Unavailable(Refused, retcode="100-007"):
    """Temporarily unavailable: try again."""


class WrongState(Refused, retcode="100-009"):
    """Not possible in the present state of the agent."""


class WrongSignOutState(Refused, retcode="100-010"):
    """The agent cannot sign out in its present state."""


class BadAgentAsked(Refused, retcode="100-011"):
    """The agent asked about is not valid here."""


class PhoneInvalid(Refused, retcode="100-013"):
    """This phone number cannot be bound."""


class PhoneOutOfRange(Refused, retcode="100-014"):
    """This phone number is outside the configured range."""


class MayNotBeForced(Refused, retcode="100-015"):
    """The agent is already signed in and may not be signed out by force."""


class BadAddress(Refused, retcode="100-016"):
    """The IP address is invalid."""


class SignInInProgress(Refused, retcode="100-021"):
    """A sign-in of this agent is in progress: wait for its answer."""


class NoConference(Refused, retcode="101-001"):
    """The agent is in no conference."""


class NotChairperson(Refused, retcode="101-002"):
    """Only the chairperson of the conference may do this."""


class InConference(Refused, retcode="101-003"):
    """The agent is in a conference already."""


class NotInspectorOfConferences(Refused, retcode="101-004"):
    """Only inspectors may ask for the conferences of the VDN."""


class ChairToItself(Refused, retcode="101-005"):
    """The chairperson has the chair already: name another agent."""


class ChairRemovesItself(Refused, retcode="101-006"):
    """The chairperson cannot remove itself: end the conference."""


class ChairLeaves(Refused, retcode="101-007"):
    """The chairperson cannot leave: pass the chair on or end the conference."""


class DownloadOff(Refused, retcode="104-001"):
    """Recordings are not available here: the download is switched off."""


class MultimediaOff(Refused, retcode="106-001"):
    """Multimedia is switched off."""


class EmptyMessage(Refused, retcode="106-002"):
    """The message is empty."""


class TooManySessions(Refused, retcode="106-003"):
    """More sessions than the maximum of 60."""


class WrongTargetType(Refused, retcode="106-004"):
    """A session cannot be transferred to this type of target."""


class NoQueueOfMedia(Refused, retcode="106-008"):
    """The agent is signed in to no skill queue of this media type."""


class WrongOldPassword(Refused, retcode="110-003"):
    """The old password is wrong."""


class Locked(Refused, retcode="110-016"):
    """Locked after too many wrong passwords: try again later."""


class PasswordUnchanged(Refused, retcode="110-017"):
    """The new password was used before."""


class PasswordRule(Refused, retcode="110-019"):
    """The new password breaks the password rule."""


class PasswordLength(Refused, retcode="110-020"):
    """The new password must have 8 to 32 characters."""


class CalledNumber(Refused, retcode="200-001"):
    """The number cannot be called."""


class AnswerNoCall(Refused, retcode="200-002"):
    """There is no call to answer."""


class MuteNoCall(Refused, retcode="200-003"):
    """There is no call to mute."""


class MuteState(Refused, retcode="200-004"):
    """The call cannot be muted in its present state."""


class ConnectNoCall(Refused, retcode="200-005"):
    """There is no call to connect with the held one."""


class ConnectNoHeld(Refused, retcode="200-006"):
    """There is no such held call to connect."""


class UnmuteNoCall(Refused, retcode="200-007"):
    """There is no call to unmute."""


class UnmuteState(Refused, retcode="200-008"):
    """The call is not muted."""


class ReportNoCall(Refused, retcode="200-009"):
    """There is no call to announce a number in."""


class JoinNoCall(Refused, retcode="200-010"):
    """There is no call for a three-party call."""


class JoinNoHeld(Refused, retcode="200-011"):
    """There is no such held call for a three-party call."""


class TransferNoCall(Refused, retcode="200-012"):
    """There is no call to transfer."""


class HoldNoCall(Refused, retcode="200-013"):
    """There is no call to hold."""


class HoldState(Refused, retcode="200-014"):
    """The call cannot be held in its present state."""


class UnholdNoHeld(Refused, retcode="200-015"):
    """There is no such held call to take back."""


class UnholdState(Refused, retcode="200-016"):
    """The held call cannot be taken back now."""


class ReleaseNoCall(Refused, retcode="200-017"):
    """There is no call to release."""


class HelpNoCall(Refused, retcode="200-018"):
    """There is no call to ask help for."""


class NoSuchParty(Refused, retcode="200-023"):
    """This number is no party of the call."""


class PartyStays(Refused, retcode="200-024"):
    """This party cannot be released now."""


class DropNoCall(Refused, retcode="200-025"):
    """There is no such call to drop."""


class RejectState(Refused, retcode="200-037"):
    """The call cannot be rejected in its present state."""


class NoRightToQuery(Refused, retcode="300-001"):
    """No right to query agents."""


class NoSuchAgentInfo(Refused, retcode="300-002"):
    """There is no such agent."""


class GroupNoAgent(Refused, retcode="300-003"):
    """There is no such agent in any group."""


class NoSuchGroup(Refused, retcode="300-004"):
    """There is no such group."""


class DataNoCall(Refused, retcode="400-001"):
    """There is no call to set data for."""


class DataNothing(Refused, retcode="400-002"):
    """There is no data to set."""


class NoHeldCall(Refused, retcode="400-003"):
    """There is no held call."""


class RewindState(Refused, retcode="500-001"):
    """Nothing is playing that could jump back."""


class ForwardState(Refused, retcode="500-002"):
    """Nothing is playing that could jump forward."""


class PausePlayState(Refused, retcode="500-003"):
    """Nothing is playing that could be paused."""


class PauseRecordState(Refused, retcode="500-004"):
    """No recording is running that could be paused."""


class ResumePlayState(Refused, retcode="500-005"):
    """No playing is paused."""


class ResumeRecordState(Refused, retcode="500-006"):
    """No recording is paused."""


class PlayState(Refused, retcode="500-007"):
    """Playing cannot start in the present state."""


class RecordState(Refused, retcode="500-008"):
    """Recording cannot start in the present state."""


class StopPlayState(Refused, retcode="500-009"):
    """Nothing is playing."""


class NoSkills(Refused, retcode="600-001"):
    """No such agent, or no skill queue configured for it."""


class VdnNoQueue(Refused, retcode="600-002"):
    """No skill queue is configured in this VDN."""


class NoAccessCode(Refused, retcode="600-003"):
    """No access code is configured in the VDN."""


class NoIvr(Refused, retcode="600-004"):
    """No IVR is configured in the VDN."""


class OwnVdnNoQueue(Refused, retcode="600-005"):
    """No skill queue is configured in the agent's VDN."""


class ForbiddenWord(Refused, retcode="700-016"):
    """The text holds a forbidden word."""


class InspectionUnavailable(Refused, retcode="900-001"):
    """Inspection is not available."""


class NotInspector(Refused, retcode="900-002"):
    """No right to inspect."""


class InspectionResource(Refused, retcode="900-003"):
    """What this inspection needs is not available."""


class InspectedUnknown(Refused, retcode="900-004"):
    """There is no such agent to inspect."""


class InspectionState(Refused, retcode="900-005"):
    """Not possible in the present state of the inspection."""


_BY_CODE: Final = {kind.retcode: kind for kind in Refused.__subclasses__()}


def refusal(retcode: str, message: str) -> Refused:
    """The error for a retcode; Refused itself for one that is not known."""
    return _BY_CODE.get(retcode, Refused)(message, retcode)
