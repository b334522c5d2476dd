"""The seam: all that passes between the gateway, which guards sessions, and the contact centre behind it.

Towards the centre goes `Backend`; from it comes what a `Sink` takes. The gateway knows no telephony, the centre no
GUIDs and no store. Both the embedded centre and one behind HTTP implement `Backend`, and nobody asks which it is.
Times are ms since the epoch.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from gateway.interface.operation import Operation, SignIn
from gateway.wire import retcodes
from gateway.wire.envelope import Event
from gateway.wire.errors import Refused

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class EndReason(StrEnum):
    """Why a session ended; the value is what its former holder is told in the message of `100-006`."""

    SIGNED_OUT = "the agent signed out"
    TAKEN_OVER = "the agent signed in elsewhere by force"
    REPLACED = "the agent signed in again before this session was used"
    IDLE = "signed out: no request of the agent within the time limit"
    TOO_OLD = "signed out: the session reached its longest duration"
    REUSED_GUID = "signed out: a GUID was used again after its replacement"
    FORCED = "signed out by an inspector or the operator"
    PUSH_FAILED = "signed out: events could not be delivered"
    UPSTREAM = "signed out by the contact centre behind this gateway"


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a session keeps of its counterpart at a contact centre behind HTTP.

    `key` and `former` are what calls there carry, the newest and the one before (replaced at `replaced_ms`), sealed by
    `upstream.counterpart`. `holder` names the gateway process that fetches its events.
    """

    key: str = field(repr=False)
    holder: str = ""
    former: str = field(default="", repr=False)
    replaced_ms: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """The end of a session, owed to the backend until it confirms it.

    `code` is the sign-out cause that the client gave, 1 to 255, 0 for none.
    """

    agent_id: int
    session_id: str
    reason: EndReason
    ended_ms: int
    code: int = 0
    upstream: Upstream | None = None


class Message(NamedTuple):
    """A request of a client as it was understood: `target` is path and query, `body` encoded by us where it is JSON.

    `address` tells where it came from; `forwarded`: by a proxy, or so it says (told of sign-ins alone).
    """

    method: str
    target: str
    body: bytes = b""
    content_type: str = ""
    address: Callable[[], str] = str
    forwarded: bool = False


class BackendAnswer(NamedTuple):
    """An answer to pass on: the whole body, JSON or (as pieces) a file, and headers that belong to it."""

    body: bytes | AsyncGenerator[bytes, None]
    retcode: str = retcodes.SUCCESS
    headers: Mapping[str, str] = _NO_HEADERS


class Declined(Refused):
    """The centre said no in words of its own; `answer` is what it said."""

    def __init__(self, answer: BackendAnswer) -> None:
        super().__init__(answer.retcode, "declined by the contact centre")
        self.answer = answer


def _nobody_asks(_agent_id: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Somebody wants in: the agent named in the path, 0 where the body names an account.

    `known` is to be told who that is as soon as the centre knows it, before it judges where it can.
    """

    operation: SignIn
    agent_id: int
    message: Message
    known: Callable[[int], None] = _nobody_asks


@dataclass(frozen=True, slots=True)
class LetInBehind:
    """A centre behind has let the agent in already: nothing here may refuse but for somebody whom it let in later.

    `standing` is what the record told of the agent's sessions before the centre was asked (`lifecycle.standing`), None
    where nobody knew whose record to read. `still_in` asks the centre whether it has let in nobody else since; it
    raises Unavailable.
    """

    standing: str | None
    still_in: Callable[[], Awaitable[bool]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whose credentials are right. `let_in`: by a centre behind, which judges itself.

    `may_be_forced`: a session of the agent may be taken over. `proof` is the backend's own.
    """

    agent_id: int
    may_be_forced: bool = True
    let_in: LetInBehind | None = None
    proof: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """The agent is in: the answer to the sign-in, the first events, the counterpart of the session behind HTTP.

    `note` is what the session keeps for the contact centre from its first moment on (see `Sink.tell`), b"" for nothing.
    """

    answer: BackendAnswer
    events: tuple[Event, ...] = ()
    upstream: Upstream | None = None
    note: bytes = b""


class OperationRequest(Protocol):
    """One operation of a signed-in agent. The edge hands over the object that it works with: this is all of it."""

    @property
    def operation(self) -> Operation:
        """The row."""

    @property
    def agent_id(self) -> int:
        """Who asks."""

    @property
    def session_id(self) -> str:
        """In which session."""

    @property
    def values(self) -> Mapping[str, str]:
        """Path and query parameters by name, not validated."""

    @property
    def body(self) -> bytes:
        """That of `message`."""

    @property
    def message(self) -> Message:
        """The request as it was understood; made when it is asked for, since few need it."""

    @property
    def upstream(self) -> Upstream | None:
        """The counterpart of the session behind HTTP."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The centre's yes to a voluntary end. `told`: it has signed the agent out already, so it is owed no end.

    `answer`: what it said itself, where it was asked by a request.
    """

    answer: BackendAnswer | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is alive, as the centre may know it. `note` is what it kept there last, b"" if nothing."""

    agent_id: int
    session_id: str
    started_ms: int
    note: bytes = b""
    upstream: Upstream | None = None


class Backend(Protocol):
    """A contact centre. Every method raises Refused for a business refusal and Unavailable when out of reach."""

    async def admit(self, request: SignInRequest) -> Admitted:
        """Judges the credentials. Raises Declined where a centre behind says no in its own words."""

    async def enter(self, admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
        """Takes the agent in as this session; a former one stands beside it until that one's `leave`."""

    async def withdraw(self, admitted: Admitted) -> None:
        """No session came of it. (Where `enter` was reached, its session's `leave` is told as well.)"""

    def opened(self, agent_id: int, session_id: str, upstream: Upstream | None) -> None:
        """The session is open."""

    async def perform(self, request: OperationRequest) -> BackendAnswer:
        """Performs an operation."""

    async def ask_to_leave(self, live: LiveSession, request: OperationRequest | None = None) -> Leave:
        """May the agent sign out now? Raises Refused where not (in a call). A yes holds new calls back for a while.

        `request` is the sign-out; without one the session is too old.
        """

    def stay(self, agent_id: int, session_id: str) -> None:
        """The end that was asked for did not happen."""

    async def leave(self, end: End) -> None:
        """The session is over. Told at least once; unknown sessions are no error."""

    def resume(self, sessions: Sequence[LiveSession]) -> None:
        """These sessions were alive when this process started."""

    def compare(self, live: Mapping[int, str]) -> None:
        """All agents who are signed in now, each with the session id: a centre lets go of others."""

    async def run(self) -> None:
        """What the centre does by itself, until cancelled."""

    async def close(self) -> None:
        """Lets go of everything."""


class Sink(Protocol):
    """What comes from the centre. All of it is taken in order for each session, and kept while the store is away.

    Nothing here waits or raises. Of sessions that are over, all is dropped.
    """

    @property
    def under_way(self) -> Sized:
        """What is being written to the store just now; nothing of it: `settled` would not wait."""

    def tell(
        self,
        agent_id: int,
        session_id: str,
        events: Sequence[Event] = (),
        note: Callable[[], bytes] | None = None,
    ) -> None:
        """Events for a session, and what the session is to keep for the centre: asked for when it is written."""

    def forget_events(self, agent_id: int, session_id: str) -> None:
        """The events told so far and not yet fetched are void."""

    def ended(self, agent_id: int, session_id: str, reason: EndReason, by: int = 0) -> None:
        """The centre has signed the agent out; `by` is the agent who did it, 0 for nobody."""

    def may_be_silent(self, agent_id: int, session_id: str, silent: bool) -> None:
        """Whether the agent need not poll for now: the time limit does not count meanwhile."""

    async def settled(self) -> None:
        """All that was told until now is in the store, or waits because a store is away."""
