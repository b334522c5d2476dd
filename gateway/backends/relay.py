"""The seam to a contact centre that judges everything itself: who may sign in, what is valid, what comes of it.

Beside `backends.base`, where the gateway judges credentials, parameters and bodies. What a client sends goes on as it
came, and what the centre answers goes back as it is (design section 10).
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gateway.operations.operation import Operation
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import End, Record, Session
from gateway.sessions.signing import Admission
from gateway.wire.errors import Refused


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of a client: `target` is path and query, undecoded; `address` is where it came from."""

    method: str
    target: str
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Relayed:
    """An answer to pass on: the whole body, JSON or (as a payload) a file, and headers that belong to it."""

    retcode: str
    body: bytes | AsyncGenerator[bytes, None] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


class Declined(Refused):
    """The centre said no; `answer` is what it said."""

    def __init__(self, answer: Relayed) -> None:
        super().__init__(answer.retcode, "declined by the contact centre")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Keys:
    """What calls of one session carry there: its GUID, and the cookies that its balancer gave ("" for none)."""

    guid: str = field(repr=False)
    cookie: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """The centre let the agent in."""

    agent_id: int
    keys: Keys
    answer: Relayed


@dataclass(frozen=True, slots=True)
class RelayCall:
    """One operation of a signed-in agent; `values` are its path and query parameters, not validated."""

    operation: Operation
    record: Record
    session: Session
    sent: Sent
    values: Mapping[str, str]


class Relay(Protocol):
    """A contact centre behind the gateway. Methods raise Unavailable when it is out of reach."""

    async def enter(self, agent_id: int, sent: Sent) -> Entered:
        """Signs in there; with `agent_id` 0 the centre says who it is. Raises Declined, and Refused by a lock here."""

    def admission(self, entered: Entered, session_id: str) -> Admission:
        """What the session here keeps of it."""

    def opened(self, agent_id: int, session: Session) -> None:
        """The session is open: its events are fetched from now on."""

    async def give_back(self, entered: Entered) -> None:
        """No session came of it: signs out there, if it can be reached."""

    async def perform(self, call: RelayCall) -> Relayed:
        """Passes an operation on. Raises Refused (`100-006`) when the session is over there; it is then over here."""

    async def sign_out(self, end: End) -> None:
        """The session is over. Told at least once, by any node; unknown sessions are no error."""

    def due_ms(self, state: AgentState) -> int | None:
        """As `Backend.due_ms`."""

    async def come_due(self, agent_id: int, session_id: str) -> None:
        """As `Backend.come_due`."""
