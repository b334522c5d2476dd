"""What strangers may be told of a store that is out of reach: what kind of trouble, never the place."""

from typing import Final

from gateway.redis_link.connection import OWN_FAULT

WITHOUT_PLACE: Final = (
    OWN_FAULT,
    "it refuses: ",
    "no answer within ",
    "no sentinel names a primary",
    "not connected yet",
    "the server closed the connection",
)
"""How the reasons begin that name no host, port or certificate."""
NO_CONNECTION: Final = "no connection"


def told(reason: str) -> str:
    """A reason of `RedisLink` for a page that everybody may read; "" for none."""
    return reason if not reason or reason.startswith(WITHOUT_PLACE) else NO_CONNECTION
