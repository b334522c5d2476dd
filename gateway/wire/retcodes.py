"""Retcodes of the interface and the text sent with each when nothing more precise is known (docs/retcodes.md)."""

from typing import Final

SUCCESS: Final = "0"
WRONG_EVENT_WAY: Final = "000-001"
BAD_PARAMETER: Final = "000-002"
NO_RIGHT: Final = "000-003"
SELF_INSPECTION: Final = "000-005"
BAD_MESSAGE: Final = "000-006"
BAD_SIGN_IN: Final = "100-001"
ALREADY_SIGNED_IN: Final = "100-002"
WRONG_CREDENTIALS: Final = "100-004"
BAD_SIGN_OUT: Final = "100-005"
NOT_SIGNED_IN: Final = "100-006"
UNAVAILABLE: Final = "100-007"
WRONG_STATE: Final = "100-009"
WRONG_SIGN_OUT_STATE: Final = "100-010"
BAD_AGENT_ASKED: Final = "100-011"
PHONE_INVALID: Final = "100-013"
PHONE_OUT_OF_RANGE: Final = "100-014"
MAY_NOT_BE_FORCED: Final = "100-015"
BAD_ADDRESS: Final = "100-016"
SIGN_IN_IN_PROGRESS: Final = "100-021"
NO_CONFERENCE: Final = "101-001"
NOT_CHAIRPERSON: Final = "101-002"
IN_CONFERENCE: Final = "101-003"
NOT_INSPECTOR_OF_CONFERENCES: Final = "101-004"
CHAIR_TO_ITSELF: Final = "101-005"
CHAIR_REMOVES_ITSELF: Final = "101-006"
CHAIR_LEAVES: Final = "101-007"
DOWNLOAD_OFF: Final = "104-001"
MULTIMEDIA_OFF: Final = "106-001"
EMPTY_MESSAGE: Final = "106-002"
TOO_MANY_SESSIONS: Final = "106-003"
WRONG_TARGET_TYPE: Final = "106-004"
NO_QUEUE_OF_MEDIA: Final = "106-008"
WRONG_OLD_PASSWORD: Final = "110-003"
LOCKED: Final = "110-016"
PASSWORD_UNCHANGED: Final = "110-017"
PASSWORD_RULE: Final = "110-019"
PASSWORD_LENGTH: Final = "110-020"
CALLED_NUMBER: Final = "200-001"
ANSWER_NO_CALL: Final = "200-002"
MUTE_NO_CALL: Final = "200-003"
MUTE_STATE: Final = "200-004"
CONNECT_NO_CALL: Final = "200-005"
CONNECT_NO_HELD: Final = "200-006"
UNMUTE_NO_CALL: Final = "200-007"
UNMUTE_STATE: Final = "200-008"
REPORT_NO_CALL: Final = "200-009"
JOIN_NO_CALL: Final = "200-010"
JOIN_NO_HELD: Final = "200-011"
TRANSFER_NO_CALL: Final = "200-012"
HOLD_NO_CALL: Final = "200-013"
HOLD_STATE: Final = "200-014"
UNHOLD_NO_HELD: Final = "200-015"
UNHOLD_STATE: Final = "200-016"
RELEASE_NO_CALL: Final = "200-017"
HELP_NO_CALL: Final = "200-018"
NO_SUCH_PARTY: Final = "200-023"
PARTY_STAYS: Final = "200-024"
DROP_NO_CALL: Final = "200-025"
REJECT_STATE: Final = "200-037"
NO_RIGHT_TO_QUERY: Final = "300-001"
NO_SUCH_AGENT_INFO: Final = "300-002"
GROUP_NO_AGENT: Final = "300-003"
NO_SUCH_GROUP: Final = "300-004"
DATA_NO_CALL: Final = "400-001"
DATA_NOTHING: Final = "400-002"
NO_HELD_CALL: Final = "400-003"
REWIND_STATE: Final = "500-001"
FORWARD_STATE: Final = "500-002"
PAUSE_PLAY_STATE: Final = "500-003"
PAUSE_RECORD_STATE: Final = "500-004"
RESUME_PLAY_STATE: Final = "500-005"
RESUME_RECORD_STATE: Final = "500-006"
PLAY_STATE: Final = "500-007"
RECORD_STATE: Final = "500-008"
STOP_PLAY_STATE: Final = "500-009"
NO_SKILLS: Final = "600-001"
VDN_NO_QUEUE: Final = "600-002"
NO_ACCESS_CODE: Final = "600-003"
NO_IVR: Final = "600-004"
OWN_VDN_NO_QUEUE: Final = "600-005"
FORBIDDEN_WORD: Final = "700-016"
INSPECTION_UNAVAILABLE: Final = "900-001"
NOT_INSPECTOR: Final = "900-002"
INSPECTION_RESOURCE: Final = "900-003"
INSPECTED_UNKNOWN: Final = "900-004"
INSPECTION_STATE: Final = "900-005"

MESSAGES: Final[dict[str, str]] = {
    SUCCESS: "success",
    WRONG_EVENT_WAY: "events of this session are not fetched in this way",
    BAD_PARAMETER: "a parameter of the address is wrong",
    NO_RIGHT: "no right to call this interface: the guid header is missing, wrong or expired",
    SELF_INSPECTION: "an inspector cannot inspect itself",
    BAD_MESSAGE: "the message is malformed",
    BAD_SIGN_IN: "a sign-in parameter is missing or invalid",
    ALREADY_SIGNED_IN: "the agent is already signed in",
    WRONG_CREDENTIALS: "wrong agent or password",
    BAD_SIGN_OUT: "a sign-out parameter is invalid",
    NOT_SIGNED_IN: "the agent is not signed in",
    UNAVAILABLE: "temporarily unavailable: try again",
    WRONG_STATE: "not possible in the present state of the agent",
    WRONG_SIGN_OUT_STATE: "the agent cannot sign out in its present state",
    BAD_AGENT_ASKED: "the agent asked about is not valid here",
    PHONE_INVALID: "this phone number cannot be bound",
    PHONE_OUT_OF_RANGE: "this phone number is outside the configured range",
    MAY_NOT_BE_FORCED: "the agent is already signed in and may not be signed out by force",
    BAD_ADDRESS: "the IP address is invalid",
    SIGN_IN_IN_PROGRESS: "a sign-in of this agent is in progress: wait for its answer",
    NO_CONFERENCE: "the agent is in no conference",
    NOT_CHAIRPERSON: "only the chairperson of the conference may do this",
    IN_CONFERENCE: "the agent is in a conference already",
    NOT_INSPECTOR_OF_CONFERENCES: "only inspectors may ask for the conferences of the VDN",
    CHAIR_TO_ITSELF: "the chairperson has the chair already: name another agent",
    CHAIR_REMOVES_ITSELF: "the chairperson cannot remove itself: end the conference",
    CHAIR_LEAVES: "the chairperson cannot leave: pass the chair on or end the conference",
    DOWNLOAD_OFF: "recordings are not available here: the download is switched off",
    MULTIMEDIA_OFF: "multimedia is switched off",
    EMPTY_MESSAGE: "the message is empty",
    TOO_MANY_SESSIONS: "more sessions than the maximum of 60",
    WRONG_TARGET_TYPE: "a session cannot be transferred to this type of target",
    NO_QUEUE_OF_MEDIA: "the agent is signed in to no skill queue of this media type",
    WRONG_OLD_PASSWORD: "the old password is wrong",
    LOCKED: "locked after too many wrong passwords: try again later",
    PASSWORD_UNCHANGED: "the new password was used before",
    PASSWORD_RULE: "the new password breaks the password rule",
    PASSWORD_LENGTH: "the new password must have 8 to 32 characters",
    CALLED_NUMBER: "the number cannot be called",
    ANSWER_NO_CALL: "there is no call to answer",
    MUTE_NO_CALL: "there is no call to mute",
    MUTE_STATE: "the call cannot be muted in its present state",
    CONNECT_NO_CALL: "there is no call to connect with the held one",
    CONNECT_NO_HELD: "there is no such held call to connect",
    UNMUTE_NO_CALL: "there is no call to unmute",
    UNMUTE_STATE: "the call is not muted",
    REPORT_NO_CALL: "there is no call to announce a number in",
    JOIN_NO_CALL: "there is no call for a three-party call",
    JOIN_NO_HELD: "there is no such held call for a three-party call",
    TRANSFER_NO_CALL: "there is no call to transfer",
    HOLD_NO_CALL: "there is no call to hold",
    HOLD_STATE: "the call cannot be held in its present state",
    UNHOLD_NO_HELD: "there is no such held call to take back",
    UNHOLD_STATE: "the held call cannot be taken back now",
    RELEASE_NO_CALL: "there is no call to release",
    HELP_NO_CALL: "there is no call to ask help for",
    NO_SUCH_PARTY: "this number is no party of the call",
    PARTY_STAYS: "this party cannot be released now",
    DROP_NO_CALL: "there is no such call to drop",
    REJECT_STATE: "the call cannot be rejected in its present state",
    NO_RIGHT_TO_QUERY: "no right to query agents",
    NO_SUCH_AGENT_INFO: "there is no such agent",
    GROUP_NO_AGENT: "there is no such agent in any group",
    NO_SUCH_GROUP: "there is no such group",
    DATA_NO_CALL: "there is no call to set data for",
    DATA_NOTHING: "there is no data to set",
    NO_HELD_CALL: "there is no held call",
    REWIND_STATE: "nothing is playing that could jump back",
    FORWARD_STATE: "nothing is playing that could jump forward",
    PAUSE_PLAY_STATE: "nothing is playing that could be paused",
    PAUSE_RECORD_STATE: "no recording is running that could be paused",
    RESUME_PLAY_STATE: "no playing is paused",
    RESUME_RECORD_STATE: "no recording is paused",
    PLAY_STATE: "playing cannot start in the present state",
    RECORD_STATE: "recording cannot start in the present state",
    STOP_PLAY_STATE: "nothing is playing",
    NO_SKILLS: "no such agent, or no skill queue configured for it",
    VDN_NO_QUEUE: "no skill queue is configured in this VDN",
    NO_ACCESS_CODE: "no access code is configured in the VDN",
    NO_IVR: "no IVR is configured in the VDN",
    OWN_VDN_NO_QUEUE: "no skill queue is configured in the agent's VDN",
    FORBIDDEN_WORD: "the text holds a forbidden word",
    INSPECTION_UNAVAILABLE: "inspection is not available",
    NOT_INSPECTOR: "no right to inspect",
    INSPECTION_RESOURCE: "what this inspection needs is not available",
    INSPECTED_UNKNOWN: "there is no such agent to inspect",
    INSPECTION_STATE: "not possible in the present state of the inspection",
}
"""Text by retcode; every retcode that this server sends is a row."""
