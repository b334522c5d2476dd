"""The only writer of answer bodies: `{"message":...,"retcode":...}`, then `result` or `event`.

See docs/protocol.md, Answers. An event is `eventType`, `eventGenTime` (ms since the epoch), `workNo`, `content`.

The interface has no acknowledgement of events: what an agent's client has is seen by its connection
(docs/design/events.md). So that the death of neither of two gateways, one behind the other, loses an event, the one
that fetches sends `Event-Receipt` with every poll: that of the last event it has stored, or `wanted`. An answer to such
a poll carries the receipt of its event, and the event stays until a poll brings it back. Requests without the header,
and services that do not know it, are as ever.
"""

import os
import re
from dataclasses import dataclass
from typing import Final

from pydantic_core import to_json

from gateway.wire import retcodes
from gateway.wire.errors import GatewayError

EMPTY_POLL: Final = b'{"message":"","retcode":"0"}'
DONE: Final = b'{"message":"success","retcode":"0"}'
RECEIPT: Final = "Event-Receipt"
WANTED: Final = "wanted"

_FORM: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MADE: Final = re.compile(rb'"eventGenTime":\s?([0-9]{1,15})')
_MINOR: Final = re.compile(rb'"eventType":"AgentOther_(?:Note|Bulletin)"')
_HEAD_BYTES: Final = 200
"""Of a body, in which its type is looked for. Inside of a text that an agent wrote the quotes are escaped."""
_EVENT_HEAD: Final = b'{"message":"","retcode":"0","event":'


def plain(message: str, retcode: str) -> bytes:
    """Message and retcode alone."""
    return b'{"message":' + to_json(message) + b',"retcode":' + to_json(retcode) + b"}"


def result(value: object) -> bytes:
    """A success with a `result` of any JSON shape; pydantic models go out by their wire names."""
    return b'{"message":"success","retcode":"0","result":' + to_json(value, by_alias=True) + b"}"


def event(encoded: bytes) -> bytes:
    """A poll answer around an event that is encoded already."""
    return _EVENT_HEAD + encoded + b"}"


def error(problem: GatewayError) -> bytes:
    """The body for a refusal or a failure."""
    return plain(problem.message, problem.retcode)


UNEXPECTED: Final = plain("internal error: try again, then tell the operator", retcodes.UNAVAILABLE)
"""What a client sees of a bug: nothing of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event for a session's queue: a random id of 16 hex digits and the JSON object, encoded once."""

    id: str
    body: bytes

    @property
    def minor(self) -> bool:
        """Whether it is a text of another agent, which a full queue loses before anything that a call brings."""
        return _MINOR.search(self.body, 0, _HEAD_BYTES) is not None


def make_event(event_type: str, agent_id: int, content: object, now_ms: int) -> Event:
    """An event made now; its body is the `event` member of a poll answer, encoded once so that a repeat is the same."""
    body = {"eventType": event_type, "eventGenTime": now_ms, "workNo": str(agent_id), "content": content}
    return Event(os.urandom(8).hex(), to_json(body))


def read_receipt(value: str | None) -> str | None:
    """The receipt in a header; WANTED for anything that is none; None where the header is absent."""
    if value is None:
        return None
    return value if _FORM.fullmatch(value) else WANTED


def receipt_of(event_id: str) -> dict[str, str]:
    """Headers of the answer that carries this event."""
    return {RECEIPT: event_id}


def age_s(event: Event, now_ms: int) -> float:
    """In s, never negative; 0 for an event of a service behind that does not say it."""
    found = _MADE.search(event.body)
    made_ms = int(found[1]) if found else now_ms
    return (now_ms - made_ms) / 1000 if now_ms > made_ms else 0.0
