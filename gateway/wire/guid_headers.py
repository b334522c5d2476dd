"""The GUID in headers, and the only writer of `Set-GUID` (design section 4, lines 3 and 4)."""

from collections.abc import Sequence
from typing import Final

from gateway.wire.errors import Malformed

REQUEST_HEADER: Final = "guid"
SET_GUID: Final = "Set-GUID"
GUID: Final = "Guid"
MAX_LENGTH: Final = 64


def read_guid(values: Sequence[str]) -> str:
    """The GUID a request carries, from all values of its `guid` headers; "" where none can be right.

    Raises Malformed for two headers.
    """
    if not values:
        return ""
    if len(values) > 1:
        raise Malformed("guid: send this header once")
    value = values[0]
    return value if len(value) <= MAX_LENGTH and value.isascii() else ""


def handed_out(guid: str) -> dict[str, str]:
    """Headers of a poll or heartbeat answer that hands out a GUID."""
    return {SET_GUID: f"JSESSIONID={guid}"}


def signed_in(guid: str) -> dict[str, str]:
    """Headers of a sign-in answer."""
    return {SET_GUID: f"JSESSIONID={guid}", GUID: guid}
