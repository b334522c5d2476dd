"""The one table of retCodes: what an answer about a token says, by default and under TOKEN_EXPLAIN."""

from enum import Enum
from typing import Final

SUCCESS: Final = 0
REFUSED: Final = 1
MALFORMED: Final = 2
UNAVAILABLE: Final = 3
"""Out of reach, or too many requests: the caller may try again later."""

VALIDATED: Final = "validate success"
NOT_VALIDATED: Final = "validate failed"
"""All that a refusal says unless TOKEN_EXPLAIN is ON."""


class Cause(Enum):
    """Why a token is refused, the first that applies counts. Values are (retCode, message under TOKEN_EXPLAIN).

    The retCodes are stable: developers and their scripts know them.
    """

    BAD_SIGNATURE = (101, "bad signature: not a token of ours, altered, or signed with a key that was removed")
    TENANT_UNKNOWN = (102, "tenant unknown: tenantSpaceId names none")
    OTHER_TENANT = (103, "the token was issued for another tenantSpaceId")
    EXPIRED = (104, "expired: ask for a new token")
    USER_NOT_MATCHING = (105, "the token was issued for another userId or userName")
    USER_UNKNOWN = (106, "user unknown: the tenant has no user with this userId and userName")
    ALREADY_USED = (107, "already used: TOKEN_SINGLE_USE is ON")

    def __init__(self, ret_code: int, message: str) -> None:
        self.ret_code = ret_code
        self.message = message

    @property
    def word(self) -> str:
        """The name in the audit log and in metrics."""
        return self.name.lower().replace("_", "-")
