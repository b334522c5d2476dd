"""How one of our gateways tells another behind it which event it has kept, so that neither's death loses one.

The interface has no acknowledgement of events: what an agent's client has is seen by its connection (design section 9).
A gateway that fetches events sends `Event-Receipt` with every poll: that of the last event it has stored, or `wanted`.
An answer to such a poll carries the receipt of its event, and the event stays until a poll brings it back. Requests
without the header, and services that do not know it, are as ever.
"""

import re
from typing import Final

HEADER: Final = "Event-Receipt"
WANTED: Final = "wanted"
_FORM: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


def read_receipt(value: str | None) -> str | None:
    """The receipt in a header; WANTED for anything that is none; None where the header is absent."""
    if value is None:
        return None
    return value if _FORM.fullmatch(value) else WANTED


def receipt_of(event_id: str) -> dict[str, str]:
    """Headers of the answer that carries this event."""
    return {HEADER: event_id}
