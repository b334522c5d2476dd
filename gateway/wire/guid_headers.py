"""The GUID in headers, and the only writer of `Set-GUID` (docs/protocol.md, GUID headers)."""

from collections.abc import Sequence
from typing import Final

from gateway.wire.errors import Malformed

REQUEST_HEADER: Final = "guid"
SET_GUID: Final = "Set-GUID"
GUID: Final = "Guid"
MAX_LENGTH: Final = 64


def read_guid(values: Sequence[str]) -> str:
    """The GUID a request carries, from all values of its `guid` headers; "" where none can be right.

    Several lines are one list, as a proxy may join them (RFC 9110, 5.3); the same GUID again says nothing new. Raises
    Malformed for two of them.
    """
    if not values:
        return ""
    sent = values[0]
    if len(values) > 1 or "," in sent:
        found = {part.strip(" \t") for value in values for part in value.split(",")} - {""}
        if len(found) > 1:
            raise Malformed("guid: send one value")
        sent = "".join(found)
    return sent if len(sent) <= MAX_LENGTH and sent.isascii() else ""


def handed_out(guid: str) -> dict[str, str]:
    """Headers of a poll or heartbeat answer that hands out a GUID."""
    return {SET_GUID: f"JSESSIONID={guid}"}


def signed_in(guid: str) -> dict[str, str]:
    """Headers of a sign-in answer."""
    return {SET_GUID: f"JSESSIONID={guid}", GUID: guid}
