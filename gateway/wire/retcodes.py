"""Retcodes of the interface and the text sent with each when nothing more precise is known (contract errors.yaml)."""

from typing import Final

SUCCESS: Final = "0"
WRONG_EVENT_WAY: Final = "000-001"
BAD_PARAMETER: Final = "000-002"
NO_RIGHT: Final = "000-003"
BAD_MESSAGE: Final = "000-006"
BAD_SIGN_IN: Final = "100-001"
ALREADY_SIGNED_IN: Final = "100-002"
WRONG_CREDENTIALS: Final = "100-004"
BAD_SIGN_OUT: Final = "100-005"
NOT_SIGNED_IN: Final = "100-006"
UNAVAILABLE: Final = "100-007"
WRONG_STATE: Final = "100-009"
WRONG_SIGN_OUT_STATE: Final = "100-010"
MAY_NOT_BE_FORCED: Final = "100-015"
SIGN_IN_IN_PROGRESS: Final = "100-021"
WRONG_OLD_PASSWORD: Final = "110-003"
LOCKED: Final = "110-016"
PASSWORD_UNCHANGED: Final = "110-017"
PASSWORD_RULE: Final = "110-019"
PASSWORD_LENGTH: Final = "110-020"
NO_SKILLS: Final = "600-001"

MESSAGES: Final[dict[str, str]] = {
    SUCCESS: "success",
    WRONG_EVENT_WAY: "events of this session are not fetched in this way",
    BAD_PARAMETER: "a parameter of the address is wrong",
    NO_RIGHT: "no right to call this interface: the guid header is missing, wrong or expired",
    BAD_MESSAGE: "the message is malformed",
    BAD_SIGN_IN: "a sign-in parameter is missing or invalid",
    ALREADY_SIGNED_IN: "the agent is already signed in",
    WRONG_CREDENTIALS: "wrong agent or password",
    BAD_SIGN_OUT: "a sign-out parameter is invalid",
    NOT_SIGNED_IN: "the agent is not signed in",
    UNAVAILABLE: "temporarily unavailable: try again",
    WRONG_STATE: "not possible in the present state of the agent",
    WRONG_SIGN_OUT_STATE: "the agent cannot sign out in its present state",
    MAY_NOT_BE_FORCED: "the agent is already signed in and may not be signed out by force",
    SIGN_IN_IN_PROGRESS: "a sign-in of this agent is in progress: wait for its answer",
    WRONG_OLD_PASSWORD: "the old password is wrong",
    LOCKED: "locked after too many wrong passwords: try again later",
    PASSWORD_UNCHANGED: "the new password was used before",
    PASSWORD_RULE: "the new password breaks the password rule",
    PASSWORD_LENGTH: "the new password must have 8 to 32 characters",
    NO_SKILLS: "no such agent, or no skill queue configured for it",
}
"""Text by retcode; every retcode that this server sends is a row."""
